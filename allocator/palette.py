"""One colour and one hatch per unit, the same in every picture and page; no drawing here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from allocator.domain import Unit

COLOURS = (
    "#609c90",
    "#fce454",
    "#3c54a8",
    "#a8300c",
    "#3c9cfc",
    "#78f0fc",
    "#b4e4c0",
    "#18ccfc",
    "#007884",
    "#9c3c48",
    "#c06000",
    "#8484b4",
    "#a8306c",
    "#f06c60",
    "#c0606c",
    "#d8a800",
    "#cccc84",
    "#546ce4",
    "#78b4c0",
    "#90b490",
)
"""Solid grounds. Every pair, and every colour against the neutral grounds below, keeps a CIEDE2000
distance of 11 (neutrals: 9) in normal sight, protanopia and deuteranopia; a test measures it."""

HATCHES = ("", "///", "...", "\\\\\\", "---", "xxx", "|||", "ooo", "+++", "**", "//..", "\\\\--")
"""Patterns in matplotlib's notation, ordered so that neighbours look different."""

INKS = ("#000000", "#ffffff")


@dataclass(frozen=True, slots=True)
class Style:
    """Ground colour, hatch pattern, colour of text upon it, colour of the hatch lines."""

    color: str
    hatch: str
    ink: str
    stroke: str


STATES: dict[str, Style] = {
    "common": Style("#ffffff", "...", "#111111", "#4b83b8"),
    "stranded": Style("#ffffff", "xxx", "#111111", "#d0342c"),
    "released": Style("#ffffff", "", "#111111", "#00703c"),
    "closed": Style("#c8c8c8", "////", "#111111", "#8c8c8c"),
    "other": Style("#e8e8e8", "", "#111111", "#9a9a9a"),
}
"""Space that no unit holds: white ground, or grey when it is no stock. Units never look so.

common: unheld service rooms that are needed; stranded: idle on a floor in use; released: whole
floors not in use; closed: sealed, unavailable or let; other: equipment and ancillary rooms.
"""


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def luminance(color: str) -> float:
    """Relative luminance of a hex colour, 0 black to 1 white (WCAG 2)."""
    linear = []
    for channel in _channels(color):
        share = channel / 255
        linear.append(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    """Contrast ratio of two hex colours, 1 to 21 (WCAG 2)."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mixed(color: str, other: str, share: float) -> str:
    """A colour moved by `share` (0 to 1) towards another."""
    pairs = zip(_channels(color), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def style_at(position: int) -> Style:
    """The style of the unit at this position; styles repeat after all pairs are used."""
    round_, column = divmod(position, len(COLOURS))
    color = COLOURS[column]
    ink = max(INKS, key=lambda candidate: contrast(color, candidate))
    # The hatch moves on with the colour too, so that a few units already differ in print.
    hatch = HATCHES[(round_ + column) % len(HATCHES)]
    return Style(color, hatch, ink, mixed(color, ink, 0.4))


def unit_keys(units: Iterable[Unit]) -> dict[str, int]:
    """The number of each unit in legends and narrow blocks: its place by code, from 1."""
    codes = sorted({unit.code for unit in units})
    return {code: number for number, code in enumerate(codes, start=1)}


def unit_style(units: Iterable[Unit]) -> dict[str, Style]:
    """The style of each unit of a scenario, by unit code."""
    return {code: style_at(key - 1) for code, key in unit_keys(units).items()}


_LINES = {
    "/": '<path d="M-1,5 L5,-1 M-1,11 L11,-1 M5,11 L11,5"/>',
    "\\": '<path d="M-1,5 L5,11 M-1,-1 L11,11 M5,-1 L11,5"/>',
    "|": '<path d="M2.5,0 V10 M7.5,0 V10"/>',
    "-": '<path d="M0,2.5 H10 M0,7.5 H10"/>',
    ".": '<circle cx="2.5" cy="2.5" r="0.7"/><circle cx="7.5" cy="7.5" r="0.7"/>',
    "o": '<circle cx="5" cy="5" r="2.4"/>',
    "*": '<path d="M5,1.5 V8.5 M2,3.2 L8,6.8 M2,6.8 L8,3.2"/>',
}


def svg_pattern(identifier: str, style: Style) -> str:
    """An SVG `<pattern>` element with the style's ground and hatch, for pages.

    `identifier` goes into an attribute as it is: letters, digits and `-` only.
    """
    signs = []
    for sign in style.hatch:
        for part in {"x": "/\\", "+": "|-"}.get(sign, sign):
            if part not in signs:
                signs.append(part)
    lines = "".join(_LINES[sign] for sign in signs)
    return (
        f'<pattern id="{identifier}" width="10" height="10" patternUnits="userSpaceOnUse">'
        f'<rect width="10" height="10" fill="{style.color}"/>'
        f'<g fill="none" stroke="{style.stroke}" stroke-width="1">{lines}</g></pattern>'
    )
