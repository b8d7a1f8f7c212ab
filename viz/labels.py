"""Text that fits: measured widths, wrapped lines, short names and the choice of a label."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from allocator.domain import Unit
from viz.theme import families

POINT = 1 / 72
LINE = 1.35
"""Line pitch over font size; Chinese glyphs fill their whole box."""
SAFETY = 1.06
"""Screens hint glyphs a little wider than measured outlines."""

SHORTER = (
    ("人民政府", ""),
    ("委员会", "委"),
    ("办公室", "办"),
    ("管理局", "局"),
    ("服务局", "局"),
    ("管理", "管"),
    ("和", ""),
    ("与", ""),
    ("、", ""),
)
"""Usual shortenings of unit names, applied in order until the name is short."""


@lru_cache(maxsize=65536)
def width(words: str, size: float) -> float:
    """Width of one line in inches at a font size in points."""
    if not words:
        return 0.0
    font = FontProperties(family=list(families()), size=size)
    points, _, _ = text_to_path.get_text_width_height_descent(words, font, False)
    return float(points) * POINT * SAFETY


def height(lines: int, size: float) -> float:
    """Height of so many lines in inches."""
    return lines * size * LINE * POINT


def _pieces(words: str) -> list[str]:
    """Places where a line may break: after each Chinese character or after a space."""
    return re.findall(r"[ -⟿]+?(?: +|-|$|(?=[⠀-￿]))|[⠀-￿]|.", words)


def wrapped(words: str, room: float, size: float) -> list[str] | None:
    """Lines no wider than `room` inches, or None when one piece alone is wider."""
    lines, line = [], ""
    for piece in _pieces(words):
        if width((line + piece).strip(), size) <= room:
            line += piece
            continue
        if line.strip():
            lines.append(line.strip())
        line = piece
        if width(line.strip(), size) > room:
            return None
    if line.strip():
        lines.append(line.strip())
    return lines


def fitted(
    candidates: Iterable[str], room: tuple[float, float], size: float, most: int = 3
) -> str | None:
    """The first candidate that goes whole into (width, height) inches, wrapped if need be."""
    for words in candidates:
        for lines in range(1, most + 1):
            if height(lines, size) > room[1]:
                break
            parts = _balanced(words, room[0], size, lines)
            if parts is not None:
                return "\n".join(parts)
    return None


def _balanced(words: str, room: float, size: float, lines: int) -> list[str] | None:
    """The words in at most so many lines of about equal length, or None."""
    parts = wrapped(words, room, size)
    if parts is None or len(parts) > lines:
        return None
    if len(parts) == 1:
        return parts
    if min(len(part) for part in parts) < 2:
        return None
    even = wrapped(words, max(room * 0.5, width(words, size) / len(parts) * 1.12), size)
    if even is None or len(even) != len(parts) or min(len(part) for part in even) < 2:
        return parts
    return even


def broken(words: str, room: float, size: float) -> list[str]:
    """Lines no wider than `room`, splitting inside a word where nothing else helps."""
    parts = wrapped(words, room, size)
    if parts is not None:
        return parts
    lines, line = [], ""
    for sign in words:
        if line and width(line + sign, size) > room:
            lines.append(line)
            line = ""
        line += sign
    return [*lines, line]


def _common_start(names: Iterable[str]) -> str:
    ordered = sorted(names)
    first, last = ordered[0], ordered[-1]
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), None)
    return first[: min(len(first), len(last)) if same is None else same]


def _initials(name: str) -> str:
    words = re.findall(r"[A-Za-z0-9]+", name)
    kept = [w for w in words if w.lower() not in ("and", "of", "the", "for")]
    return "".join(w if w.isdigit() else w[0].upper() for w in kept) if len(kept) > 1 else ""


def _steps(name: str, prefix: str) -> list[str]:
    """Ever shorter forms of a name."""
    short = name[len(prefix) :] if len(name) - len(prefix) >= 2 else name
    forms = [short]
    for long, brief in SHORTER:
        tail = short.replace(long, brief) if not short.startswith(long) else short
        if tail != short and len(tail) >= 2:
            short = tail
            forms.append(short)
    if name.isascii():
        forms.append(_initials(name))
    return [form for form in forms if form and form != name]


def short_names(units: Sequence[Unit]) -> dict[str, tuple[str, ...]]:
    """Per unit: its name, then shorter forms that no other unit of the scenario could have."""
    names = {unit.code: unit.name for unit in units}
    prefix = _common_start(names.values()) if len(names) > 2 else ""
    if prefix.isascii():
        prefix = prefix[: prefix.rfind(" ") + 1]
    forms = {code: _steps(name, prefix) for code, name in names.items()}
    taken = Counter(names.values())
    for code in sorted(forms):
        taken.update(set(forms[code]))
    return {
        code: (name, *(form for form in forms[code] if taken[form] == 1))
        for code, name in sorted(names.items())
    }
