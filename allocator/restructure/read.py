"""The list `restructure` of a scenario file as operations; codes are looked up when applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast, get_args

from allocator.domain import CATEGORIES, FEATURES, Level, Request, Use
from allocator.quantity import area_from_m2
from allocator.restructure import operations as op
from allocator.scenario_parts import read_day
from allocator.strict_yaml import YamlPath
from allocator.yaml_fields import Node

LEVELS: tuple[Level, ...] = get_args(Level)
_USES: tuple[Use, ...] = get_args(Use)
_NEEDED = tuple(feature for feature in FEATURES if feature != "common")
_DESCRIBED = ("level", "category", "parent", "territory", "features")
_HOLDINGS = ("site", "building", "floor")
Found = dict[str, Node]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One entry of the list; `operation` is None where it could not be read.

    `path`: the operation's node. `data`: what was written there.
    """

    number: int
    kind: str
    label: str
    path: YamlPath
    data: Any
    operation: op.Operation | None

    @property
    def reason(self) -> str:
        """How the log names the step."""
        return f"restructure {self.number}: {self.label or self.kind}"


def read_steps(node: Node) -> list[Step]:
    """All entries in order; what cannot be read is reported."""
    return [_read_step(i, item) for i, item in enumerate(node.items(), start=1)]


def _read_step(number: int, item: Node) -> Step:
    findings = item.problems.findings
    before = len(findings)
    found = item.fields((), (*op.KINDS, "label", "on"))
    kinds = [kind for kind in op.KINDS if kind in found]
    label = (found["label"].text() or "") if "label" in found else ""
    on = read_day(found["on"]) if "on" in found else None
    if len(kinds) != 1:
        if len(findings) == before:
            zh, en = "每项应恰好写一个操作", "each entry is exactly one operation"
            item.add("operation-count", zh, en, value=", ".join(kinds))
        return Step(number=number, kind="", label=label, path=item.path, data=item.value,
                    operation=None)  # fmt: skip
    node = found[kinds[0]]
    made = _READ[kinds[0]](node, on)
    return Step(
        number=number, kind=kinds[0], label=label, path=node.path, data=node.value,
        operation=made if len(findings) == before else None,
    )  # fmt: skip


def _text(found: Found, key: str) -> str:
    return (found[key].text() or "") if key in found else ""


def _whole(found: Found, key: str) -> int | None:
    return found[key].integer() if key in found else None


def _words(found: Found) -> op.UnitWords:
    given: dict[str, Any] = {key: _text(found, key) for key in ("name",) if key in found}
    for key in ("parent", "territory"):
        if key in found:
            given[key] = found[key].text(blank=True)
    for key, choices in (("level", LEVELS), ("category", CATEGORIES)):
        if key in found:
            given[key] = found[key].choice(choices)
    if "features" in found:
        chosen = {item.choice(_NEEDED) for item in found["features"].items()}
        given["features"] = tuple(feature for feature in FEATURES if feature in chosen)
    return op.UnitWords(unit=_text(found, "unit"), **given)


def _listed(node: Node | None, least: int) -> tuple[str, ...]:
    if node is None:
        return ()
    if isinstance(node.value, list) and len(node.value) < least:
        node.add("out-of-range", f"至少列出 {least} 个", f"at least {least} must be listed",
                 expected=f">= {least}")  # fmt: skip
    return tuple(text for text, _ in node.texts())


def _merge(node: Node, on: date | None) -> op.Merge:
    found = node.fields(("units", "into"))
    into = found["into"].fields(("unit",), ("name", *_DESCRIBED)) if "into" in found else {}
    return op.Merge(units=_listed(found.get("units"), 2), into=_words(into), on=on)


def _split(node: Node, on: date | None) -> op.Split:
    found = node.fields(("unit", "into"), ("rest",))
    heirs = []
    for item in found["into"].items() if "into" in found else ():
        fields = item.fields(("unit",), ("name", "divisions", *_DESCRIBED))
        divisions = _listed(fields.get("divisions"), 0)
        heirs.append(op.Heir(words=_words(fields), divisions=divisions))
    if "into" in found and isinstance(found["into"].value, list) and len(heirs) < 2:
        found["into"].add("out-of-range", "至少两个承接单位", "at least 2 heirs", expected=">= 2")
    return op.Split(unit=_text(found, "unit"), into=tuple(heirs), rest=_text(found, "rest"), on=on)


def _abolish(node: Node, on: date | None) -> op.Abolish:
    found = node.fields(("unit",), ("successor",))
    return op.Abolish(unit=_text(found, "unit"), successor=_text(found, "successor"), on=on)


def _strength(node: Node | None) -> op.Strength:
    """A number, or {min, max} of provisional posts: the larger is planned."""
    if node is None or not isinstance(node.value, dict):
        return op.Strength(planned=(node.integer() or 0) if node else 0)
    found = node.fields(("min", "max"))
    low, high = _whole(found, "min"), _whole(found, "max")
    if low is not None and high is not None and low > high:
        found["min"].add("out-of-range", "下限大于上限", "above its maximum",
                         expected=f"<= {high}")  # fmt: skip
    return op.Strength(planned=high or 0, low=low, high=high)


def _create(node: Node, _: date | None) -> op.Create:
    found = node.fields(("unit", "name", "level"), (*_DESCRIBED[1:], "divisions", "posts",
                                                    "requests"))  # fmt: skip
    divisions = []
    for item in _items(found, "divisions"):
        fields = item.fields(("division", "name"))
        divisions.append((_text(fields, "division"), _text(fields, "name")))
    posts = []
    for item in _items(found, "posts"):
        fields = item.fields(("grade", "established"), ("division", "in_post"))
        posts.append(
            op.NewPosts(
                grade=_text(fields, "grade"),
                established=_strength(fields.get("established")),
                division=_text(fields, "division"),
                in_post=_whole(fields, "in_post") or 0,
            )
        )
    words = _words(found)
    requests = [_request(item, words.unit) for item in _items(found, "requests")]
    return op.Create(
        words=words, divisions=tuple(divisions), posts=tuple(posts),
        requests=tuple(request for request in requests if request is not None),
    )  # fmt: skip


def _items(found: Found, key: str) -> Iterator[Node]:
    if key in found:
        yield from found[key].items()


def _request(item: Node, unit: str) -> Request | None:
    found = item.fields(("purpose", "use", "area_min", "area_max"), ("count", "features"))
    areas = [found[key].number() if key in found else None for key in ("area_min", "area_max")]
    use = found["use"].choice(_USES) if "use" in found else None
    count = found["count"].integer(1) if "count" in found else 1
    features = [item.choice(_NEEDED) for item in _items(found, "features")]
    low, high = areas
    if use is None or low is None or high is None or count is None:
        return None
    if low > high:
        found["area_min"].add("out-of-range", "最小面积大于最大面积", "above area_max",
                              expected="<= area_max")  # fmt: skip
    return Request(
        unit=unit, purpose=_text(found, "purpose"), use=use, area_min=area_from_m2(low),
        area_max=area_from_m2(high), count=count,
        features=tuple(feature for feature in features if feature is not None),
    )  # fmt: skip


def _transfer_division(node: Node, _: date | None) -> op.TransferDivision:
    found = node.fields(("division", "to"), ("as",))
    return op.TransferDivision(
        division=_text(found, "division"), to=_text(found, "to"), code=_text(found, "as")
    )


def _target(node: Node | None) -> op.Target:
    found = node.fields(("unit",), ("division",)) if node else {}
    return _text(found, "unit"), _text(found, "division")


def _transfer_posts(node: Node, _: date | None) -> op.TransferPosts:
    found = node.fields(("from", "to", "grade", "established"), ("in_post",))
    return op.TransferPosts(
        source=_target(found.get("from")), to=_target(found.get("to")),
        grade=_text(found, "grade"), established=_whole(found, "established") or 0,
        in_post=_whole(found, "in_post"),
    )  # fmt: skip


def _set_posts(node: Node, _: date | None) -> op.SetPosts:
    found = node.fields(("unit", "grade", "established"), ("division", "in_post"))
    return op.SetPosts(
        unit=_text(found, "unit"), division=_text(found, "division"), grade=_text(found, "grade"),
        established=_strength(found.get("established")), in_post=_whole(found, "in_post"),
    )  # fmt: skip


def _regrade(node: Node, _: date | None) -> op.Regrade:
    found = node.fields(("unit", "from", "to"), ("division", "established", "in_post"))
    return op.Regrade(
        unit=_text(found, "unit"), division=_text(found, "division"), source=_text(found, "from"),
        to=_text(found, "to"), established=_whole(found, "established"),
        in_post=_whole(found, "in_post"),
    )  # fmt: skip


def _rename(node: Node, _: date | None) -> op.Rename:
    found = node.fields(("name",), ("unit", "division"))
    if node.is_mapping() and ("unit" in found) == ("division" in found):
        node.add("place-count", "应恰好写 unit 或 division", "either a unit or a division",
                 expected="unit | division")  # fmt: skip
    return op.Rename(
        name=_text(found, "name"), unit=_text(found, "unit"), division=_text(found, "division")
    )


def _set_level(node: Node, _: date | None) -> op.SetLevel:
    found = node.fields(("unit", "level"), ("grades",))
    level = found["level"].choice(LEVELS) if "level" in found else None
    entries = found["grades"].entries() if "grades" in found else ()
    grades = tuple((old, new.text() or "") for old, new in entries)
    return op.SetLevel(unit=_text(found, "unit"), level=level or "municipal", grades=grades)


def _place(node: Node | None, kinds: tuple[str, ...]) -> op.PlaceWords:
    """A code, or {kind: code}."""
    if node is None or not isinstance(node.value, dict):
        return op.PlaceWords(code=(node.text() or "") if node else "")
    return _one_place(node, node.fields((), kinds), kinds)


def _one_place(node: Node, found: Found, kinds: tuple[str, ...]) -> op.PlaceWords:
    named = [kind for kind in kinds if kind in found]
    if len(named) != 1:
        node.add("place-count", "应恰好写一个地方", "exactly one place must be given",
                 value=", ".join(named), expected=" | ".join(kinds))  # fmt: skip
        return op.PlaceWords(code="")
    kind = cast("Literal['site', 'building', 'floor', 'room']", named[0])
    return op.PlaceWords(code=_text(found, kind), kind=kind)


def _set_places(action: Literal["close", "seal", "open"]) -> Callable[[Node, date | None], Any]:
    def read(node: Node, _: date | None) -> op.SetPlaces:
        places = tuple(_place(item, (*_HOLDINGS, "room")) for item in node.items())
        return op.SetPlaces(action=action, places=places)

    return read


def _end_lease(node: Node, on: date | None) -> op.EndLease:
    found = node.fields(("place",), ("on",))
    day = read_day(found["on"]) if "on" in found else on
    return op.EndLease(place=_place(found.get("place"), _HOLDINGS), on=day)


def _extend_lease(node: Node, _: date | None) -> op.ExtendLease:
    found = node.fields(("place", "until"), ("rent_per_year",))
    day = read_day(found["until"]) if "until" in found else None
    return op.ExtendLease(
        place=_place(found.get("place"), _HOLDINGS), until=day or date.min,
        rent_per_year=_whole(found, "rent_per_year"),
    )  # fmt: skip


def _register_title(node: Node, _: date | None) -> op.RegisterTitle:
    found = node.fields(("holder",), _HOLDINGS)
    place = _one_place(node, found, _HOLDINGS)
    return op.RegisterTitle(place=place, holder=_text(found, "holder"))


_READ: dict[str, Callable[[Node, date | None], op.Operation]] = {
    "merge": _merge,
    "split": _split,
    "abolish": _abolish,
    "create": _create,
    "transfer_division": _transfer_division,
    "transfer_posts": _transfer_posts,
    "set_posts": _set_posts,
    "regrade": _regrade,
    "rename": _rename,
    "set_level": _set_level,
    "close": _set_places("close"),
    "seal": _set_places("seal"),
    "open": _set_places("open"),
    "end_lease": _end_lease,
    "extend_lease": _extend_lease,
    "register_title": _register_title,
}
