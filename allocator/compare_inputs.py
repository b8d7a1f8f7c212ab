"""What two scenarios differ in, piece by piece, and how one piece is taken over by the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from fractions import Fraction
from typing import Any, TypeAlias

from allocator.ledger.columns import TABLES
from allocator.quantity import m2_text
from allocator.scenario import Scenario, Tier
from standards.catalog import Standard

Steps: TypeAlias = tuple[str, ...]

SAME_PROBLEM = ("name", "sources", "changes")
"""Fields of a scenario that say where it comes from; they decide nothing."""

_WHOLE = {("standard",), ("policy", "tiers"), ("policy", "single")}
_ROW_KEYS: Mapping[str, tuple[str, ...]] = {
    "posts": ("unit", "division", "grade"),
    "occupancy": ("room", "unit", "division", "grade"),
    "requests": ("unit", "purpose"),
    "refits": ("place", "day", "kind"),
    "survey": ("room", "day"),
}
"""What names a row of a ledger table that has no code."""
_AREAS = {"area", "area_min", "area_max", "drawing_area", "measured", "error", "tolerance"}
_NAMES_ZH = {
    "policy": "政策", "budget": "求解预算", "standard": "建设标准", "pins": "指定位置",
    "forbids": "禁止位置", "relations": "单位关系", "exceptions": "登记例外", "shared": "合用房间",
    "agreements": "使用协议", "market_open": "启用的市场房源", "lineage": "机构沿革",
    "tiers": "目标层级", "people_moved_cap": "调整人数上限", "sites_per_unit": "每单位办公区上限",
    "buildings_per_unit": "每单位楼栋上限", "min_share": "最低比例", "tolerance": "容差",
    "reserve": "增长预留", "service_share": "服务用房保障比例", "basis": "编制口径",
    "business": "技术业务用房", "ineligible": "无核定面积单位", "single": "单独办公职级",
    "seconds": "时限（秒）", "work": "工作量", "gap": "停止差距", "workers": "进程数",
    "seed": "随机种子",
}  # fmt: skip
_TABLES_ZH = {table.key: table.zh for table in TABLES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One value, entry or row at a path of the scenario; None: it is not there."""

    path: Steps
    key: Steps | None
    """What names an entry or row; None: the value at the path is one whole."""
    old: Any
    new: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class InputDifference:
    """One difference a reader can check: where, which code, which column, from what to what."""

    part: str
    table: str
    code: str
    column: str
    old: str
    new: str
    zh: str
    en: str


def pieces(a: Scenario, b: Scenario) -> tuple[Piece, ...]:
    """Everything that differs from `a` to `b`, in the order of the scenario's fields."""
    found: list[Piece] = []
    for field in fields(Scenario):
        if field.name not in SAME_PROBLEM:
            found += _descend((field.name,), getattr(a, field.name), getattr(b, field.name))
    # The scenario's relations hold those of the ledger; `take_over` keeps both alike.
    return tuple(piece for piece in found if piece.path != ("ledger", "relations"))


def _descend(path: Steps, old: Any, new: Any) -> Iterator[Piece]:
    if old == new:
        return
    if path in _WHOLE or type(old) is not type(new):
        yield Piece(path=path, key=None, old=old, new=new)
    elif is_dataclass(old):
        for field in fields(old):
            yield from _descend(
                (*path, field.name), getattr(old, field.name), getattr(new, field.name)
            )
    elif isinstance(old, Mapping):
        yield from _entries(path, _by_name(old), _by_name(new))
    elif isinstance(old, (tuple, frozenset, list)):
        yield from _entries(path, _by_key(path, old), _by_key(path, new))
    else:
        yield Piece(path=path, key=None, old=old, new=new)


def _entries(path: Steps, old: Mapping[Steps, Any], new: Mapping[Steps, Any]) -> Iterator[Piece]:
    for key in dict.fromkeys((*old, *new)):
        if old.get(key) != new.get(key):
            yield Piece(path=path, key=key, old=old.get(key), new=new.get(key))


def _by_name(values: Mapping[Any, Any]) -> dict[Steps, Any]:
    """(key, value) of a mapping by the key's text."""
    return {(str(key),): (key, value) for key, value in values.items()}


def _by_key(path: Steps, items: Iterable[Any]) -> dict[Steps, Any]:
    """Entries by what names them; a name that comes again is numbered."""
    ordered = items if isinstance(items, (tuple, list)) else sorted(items)
    seen: Counter[Steps] = Counter()
    found: dict[Steps, Any] = {}
    for item in ordered:
        key = _key(path, item)
        seen[key] += 1
        found[key if seen[key] == 1 else (*key, str(seen[key]))] = item
    return found


def _key(path: Steps, item: Any) -> Steps:
    if path[0] == "ledger":
        names = _ROW_KEYS.get(path[-1], ("code",))
        if all(hasattr(item, name) for name in names):
            return tuple(str(getattr(item, name)) for name in names)
    return (shown("", item),)


def take_over(base: Scenario, other: Scenario, chosen: Iterable[Piece]) -> Scenario:
    """`base` with the chosen pieces as they are in `other`, whichever way they were found."""
    for piece in chosen:
        base = _put(base, other, piece.path, piece)
        if piece.path == ("relations",):
            base = replace(base, ledger=_put(base.ledger, other.ledger, ("relations",), piece))
    return base


def _put(base: Any, other: Any, path: Steps, piece: Piece) -> Any:
    """`base` with the piece below `path` as `other` has it."""
    if path:
        name, rest = path[0], path[1:]
        return replace(base, **{name: _put(getattr(base, name), getattr(other, name), rest, piece)})
    if piece.key is None:
        return other
    if isinstance(base, Mapping):
        return dict(_swap(_by_name(base), _by_name(other), piece.key).values())
    mine, theirs = _by_key(piece.path, base), _by_key(piece.path, other)
    return type(base)(_swap(mine, theirs, piece.key).values())


def _swap(mine: dict[Steps, Any], theirs: Mapping[Steps, Any], key: Steps) -> dict[Steps, Any]:
    """An entry replaced in its place, put at the end, or left out."""
    if key in theirs:
        return mine | {key: theirs[key]}
    return {name: item for name, item in mine.items() if name != key}


def scenario_differences(a: Scenario, b: Scenario) -> tuple[InputDifference, ...]:
    """What differs in the inputs from `a` to `b`, one line each, in both languages."""
    return tuple(line for piece in pieces(a, b) for line in lines_of(piece))


def lines_of(piece: Piece) -> Iterator[InputDifference]:
    """The lines of one piece: a changed row has one per column, a changed rate one of its own."""
    old, new = piece.old, piece.new
    rows = piece.path[0] == "ledger" and is_dataclass(old) and is_dataclass(new)
    if rows:
        for field in fields(old):
            values = getattr(old, field.name), getattr(new, field.name)
            if values[0] != values[1]:
                yield _line(piece, field.name, *(shown(field.name, value) for value in values))
    elif piece.path == ("policy", "tiers"):
        rates_old, rates_new = _tiers(old), _tiers(new)
        for name in dict.fromkeys((*rates_old, *rates_new)):
            if rates_old.get(name) != rates_new.get(name):
                yield _line(piece, name, rates_old.get(name, ""), rates_new.get(name, ""))
        if rates_old == rates_new:
            yield _line(piece, "", *(" > ".join(t.name for t in tiers) for tiers in (old, new)))
    else:
        yield _line(piece, "", *(shown(piece.path[-1], value) for value in (old, new)))


def _tiers(tiers: Iterable[Tier]) -> dict[str, str]:
    """Every rate and slack of the tiers by name."""
    found: dict[str, str] = {}
    for tier in tiers:
        found[f"{tier.name}.slack"] = shown("", tier.slack)
        found |= {f"{tier.name}.{term}": shown("", rate) for term, rate in tier.terms}
    return found


def _line(piece: Piece, column: str, old: str, new: str) -> InputDifference:
    named = piece.path[0] == "ledger" and piece.key is not None
    code = " ".join(part for part in piece.key or () if part) if named else ""
    zh, en = label(piece.path)
    where = " ".join(word for word in (code, column) if word)
    if piece.key is not None and (piece.old is None or piece.new is None):
        what = (where or old or new, ("删去", "gone") if piece.new is None else ("增加", "added"))
        zh, en = f"{zh}：{what[1][0]} {what[0]}", f"{en}: {what[1][1]}: {what[0]}"
    else:
        change = f"{old or '-'} → {new or '-'}"
        zh = f"{zh} {where}".rstrip() + f"：{change}"
        en = f"{en} {where}".rstrip() + f": {change}"
    table = piece.path[-1] if len(piece.path) > 1 else ""
    return InputDifference(
        part=piece.path[0], table=table, code=code, column=column, old=old, new=new, zh=zh, en=en
    )


def label(path: Steps) -> tuple[str, str]:
    """What a path is called in Chinese and in English."""
    if path[0] == "ledger":
        return f"台账 {_TABLES_ZH.get(path[-1], path[-1])}", f"ledger {path[-1]}"
    zh = " ".join(_NAMES_ZH.get(name, name) for name in path)
    return zh, " ".join(path).replace("_", " ")


def shown(name: str, value: Any) -> str:
    """A value in few words: areas in m2, entries by their filled fields, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, Standard):
        return value.identity()
    if isinstance(value, int) and not isinstance(value, bool) and name in _AREAS:
        return f"{m2_text(value)} m²"
    if isinstance(value, Fraction):
        return f"{float(value):g}"
    if is_dataclass(value):
        filled = [(f.name, getattr(value, f.name)) for f in fields(value)]
        return " ".join(
            f"{key}={shown(key, item)}" for key, item in filled if item not in (None, "", (), 0)
        )
    if isinstance(value, (tuple, list, frozenset)):
        items = value if isinstance(value, (tuple, list)) else sorted(value)
        return ", ".join(shown(name, item) for item in items)
    return str(value)
