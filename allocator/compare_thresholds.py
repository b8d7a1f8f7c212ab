"""Red, yellow and green for figures of a comparison: declared policy, no legal source."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal, TypeAlias

from allocator.findings import InputError
from allocator.quantity import Exact
from allocator.strict_yaml import read_document_file
from allocator.yaml_fields import Node, Problems

Colour: TypeAlias = Literal["green", "yellow", "red"]

FORMAT = "allocator-thresholds/1"
DEFAULT = Path(__file__).with_name("thresholds-default.yaml")

COLOUR_WORDS: dict[Colour, tuple[str, str]] = {
    "green": ("√绿", "ok green"),
    "yellow": ("△黄", "! yellow"),
    "red": ("×红", "x red"),
}
"""Words with a sign, so that black and white print and every eye can tell them apart."""

_LIMITS = ("yellow_above", "red_above", "yellow_below", "red_below")


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """Limits of one figure; `share_of` names the figure it is divided by first."""

    share_of: str = ""
    yellow_above: Fraction | None = None
    red_above: Fraction | None = None
    yellow_below: Fraction | None = None
    red_below: Fraction | None = None

    def colour(self, value: Exact, whole: Exact | None) -> Colour | None:
        """The colour of a value in the unit of the limits; None if there is nothing to divide by.

        Exactly at a limit the milder colour holds.
        """
        if self.share_of:
            if not whole:
                return None
            value = Fraction(value) / Fraction(whole)
        if _past(value, self.red_above, self.red_below):
            return "red"
        return "yellow" if _past(value, self.yellow_above, self.yellow_below) else "green"

    def text(self, lang: Literal["zh", "en"]) -> str:
        """The limits in few words, such as `idle / stock: yellow > 8 %, red > 15 %`."""
        words = {"yellow": ("黄", "yellow"), "red": ("红", "red")}
        found = []
        for name in _LIMITS:
            limit = getattr(self, name)
            if limit is not None:
                colour, side = name.split("_")
                number = f"{float(limit * 100):g} %" if self.share_of else f"{float(limit):g}"
                sign = ">" if side == "above" else "<"
                found.append(f"{words[colour][lang == 'en']} {sign} {number}")
        return ("，" if lang == "zh" else ", ").join(found)


def _past(value: Exact, above: Fraction | None, below: Fraction | None) -> bool:
    return (above is not None and value > above) or (below is not None and value < below)


def read_thresholds(path: Path | None, known: Collection[str]) -> Mapping[str, Threshold]:
    """The default thresholds, with those of a file over them; raises InputError, located.

    `known` are the figures that a threshold may name.
    """
    found = _read(DEFAULT, known)
    return found if path is None else {**found, **_read(path, known)}


def _read(path: Path, known: Collection[str]) -> dict[str, Threshold]:
    problems = Problems(read_document_file(path, path.name))
    nodes = problems.root().fields(("format",), sorted(known))
    if "format" in nodes:
        nodes.pop("format").choice((FORMAT,))
    found = {key: _threshold(node, known) for key, node in nodes.items()}
    if problems.findings:
        raise InputError(problems.findings)
    return found


def _threshold(node: Node, known: Collection[str]) -> Threshold:
    nodes = node.fields((), ("share_of", *_LIMITS))
    share = nodes["share_of"].choice(sorted(known)) if "share_of" in nodes else None
    limits = {name: nodes[name].number() for name in _LIMITS if name in nodes}
    if node.is_mapping() and not limits:
        node.add("threshold-empty", "没有任何界限", "names no limit", expected=", ".join(_LIMITS))
    return Threshold(share_of=share or "", **limits)
