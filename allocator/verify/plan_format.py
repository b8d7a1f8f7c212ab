"""plan.json as typed values; every missing key and wrong type is reported in one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, cast, get_args

from allocator.plan import Areas, Assignment, People, Status, Unplaced
from allocator.quantity import half_up
from allocator.verify.json_fields import Fields, Gathered

FORMAT = "allocator-plan/1"
AREA_KEYS = (
    "stock",
    "held",
    "common",
    "stranded",
    "released",
    "hidden",
    "short",
    "service_short",
    "reserve",
    "hidden_same_basis",
    "leased_kept",
)
PLACE_KEYS = (
    "common_floors",
    "floors_in_use",
    "released_floors",
    "released_buildings",
    "leases_ended",
)
PEOPLE_KEYS = (
    "posts",
    "housed",
    "unhoused",
    "over_establishment",
    "moved",
    "moved_building",
    "moved_site",
    "moved_far",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TierRow:
    """One tier as the plan states it."""

    name: str
    unit: str
    best: Fraction
    slack: Fraction
    value: Fraction
    bound: Fraction | None
    proven: bool
    bound_checked: bool
    terms: dict[str, Fraction]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundRow:
    """A bound for one quantity alone, as the plan states it."""

    quantity: str
    value: Fraction
    bound: Fraction


@dataclass(frozen=True, slots=True)
class ListedException:
    """A room past the room rule, as the plan lists it; `area` None if not given."""

    room: str
    unit: str
    reason: str
    area: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanData:
    """A plan as written, before anything of it is believed."""

    scenario: str
    status: Status
    tiers: tuple[TierRow, ...]
    bounds: tuple[BoundRow, ...]
    areas: Areas
    before: Areas
    rough_areas: tuple[tuple[str, Fraction], ...]
    """(path, value) of areas with more than two decimals."""
    people: People
    assignments: tuple[Assignment, ...]
    unplaced: tuple[Unplaced, ...]
    exceptions: tuple[ListedException, ...]
    caps: tuple[tuple[str, int, int], ...]
    standard: str
    inputs: dict[str, str] = field(default_factory=dict)


def parse_plan(data: Mapping[str, Any]) -> PlanData:
    """Read a plan; raises InputError with every problem found."""
    out = Gathered()
    top = Fields(dict(data) if isinstance(data, Mapping) else data, "", out)
    if top.text("format") != FORMAT and isinstance(top.data.get("format"), str):
        out.add("format", "格式名不对", "unknown format", top.data["format"], FORMAT)
    status = top.text("status")
    if status not in get_args(Status) and isinstance(top.data.get("status"), str):
        out.add("status", "状态不对", "unknown status", status, "|".join(get_args(Status)))
    rough: list[tuple[str, Fraction]] = []
    standard, inputs = _provenance(top.object("provenance"))
    people = top.object("people")
    plan = PlanData(
        scenario=top.text("scenario"),
        status=cast(Status, status),
        tiers=tuple(_tier(row) for row in top.objects("tiers")),
        bounds=tuple(_bound(row) for row in top.objects("bounds")),
        areas=_areas(top.object("areas"), rough),
        before=_areas(top.object("before"), rough),
        rough_areas=tuple(rough),
        people=People(**{key: people.count(key) for key in PEOPLE_KEYS}),
        assignments=tuple(_assignment(row) for row in top.objects("assignments")),
        unplaced=tuple(_unplaced(row) for row in top.objects("unplaced")),
        exceptions=tuple(_exception(row) for row in top.objects("exceptions")),
        caps=tuple(
            (row.text("unit"), row.count("sites"), row.count("buildings"))
            for row in top.objects("caps")
        ),
        standard=standard,
        inputs=inputs,
    )
    out.raise_if_any()
    return plan


def _provenance(fields: Fields) -> tuple[str, dict[str, str]]:
    inputs = fields.object("inputs")
    hashes = {key: inputs.text(key) for key in inputs.data}
    versions = fields.object("versions")
    for key in versions.data:
        versions.text(key)
    fields.count("seed")
    fields.count("workers")
    fields.object("budget")
    return fields.text("standard"), hashes


def _tier(row: Fields) -> TierRow:
    terms = row.object("terms")
    return TierRow(
        name=row.text("name"),
        unit=row.text("unit"),
        best=row.exact("best"),
        slack=row.exact("slack"),
        value=row.exact("value"),
        bound=row.maybe_exact("bound"),
        proven=row.flag("proven"),
        bound_checked=row.flag("bound_checked"),
        terms={key: terms.exact(key) for key in terms.data},
    )


def _bound(row: Fields) -> BoundRow:
    row.text("unit")
    row.text("given")
    return BoundRow(
        quantity=row.text("quantity"), value=row.exact("value"), bound=row.exact("bound")
    )


def _areas(fields: Fields, rough: list[tuple[str, Fraction]]) -> Areas:
    numbers: dict[str, Any] = {}
    for key in AREA_KEYS:
        centi = fields.exact(key) * 100
        if centi.denominator != 1:
            rough.append((fields.path_of(key), centi / 100))
        numbers[key] = half_up(centi)
    places: dict[str, Any] = {key: fields.texts(key) for key in PLACE_KEYS}
    return Areas(**numbers, **places)


def _assignment(row: Fields) -> Assignment:
    return Assignment(
        room=row.text("room"),
        unit=row.text("unit"),
        division=row.text("division"),
        grade=row.text("grade"),
        people=row.count("people"),
        purpose=row.text("purpose"),
    )


def _unplaced(row: Fields) -> Unplaced:
    return Unplaced(
        unit=row.text("unit"),
        division=row.text("division"),
        grade=row.text("grade"),
        people=row.count("people"),
        reason=row.text("reason"),
        rule=row.text("rule"),
        nearest=row.text("nearest"),
    )


def _exception(row: Fields) -> ListedException:
    number = None if row.data.get("area") is None else row.exact("area")
    return ListedException(row.text("room"), row.text("unit"), row.text("reason"), number)
