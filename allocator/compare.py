"""A plan against today, and several plans against the first: records, no sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, TypeAlias

from allocator.compare_rows import SiteFigures, SiteRow, UnitRow, site_rows, unit_rows
from allocator.compare_thresholds import Colour, Threshold
from allocator.domain import Group
from allocator.measure import Measure, today_rows
from allocator.plan import Areas, People, Plan, QuantityBound, TierResult
from allocator.problem import Problem
from allocator.quantity import Exact
from allocator.scenario import Scenario
from allocator.transfers import Transfer, seat_moves, transfers

Word: TypeAlias = Literal["proved", "bounded", "unproved"]
Verdict: TypeAlias = Literal["better", "worse", "same"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseEnd:
    """A leased or borrowed place the plan empties; area in 0.01 m2, rent in yuan a year."""

    place: str
    area: int
    rent_per_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TierLine:
    """One tier in words: `gap` is value - bound in the tier's unit, `share` gap / max(1, value)."""

    result: TierResult
    word: Word
    gap: Fraction | None
    share: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A plan against today; areas in 0.01 m2.

    `idle_*` = stranded + hidden on the same basis. `released_gain` = plan - today, of which
    `from_closer` came from closer seating (the rise of short) and `from_idle` is the rest.
    """

    before: Areas
    after: Areas
    people: People
    losing_seat: int
    """People of planned groups seated today for whom the plan has no seat."""
    idle_before: int
    idle_after: int
    released_gain: int
    from_closer: int
    from_idle: int
    floors_released: tuple[str, ...]
    floors_taken: tuple[str, ...]
    buildings_released: tuple[str, ...]
    leases_ended: tuple[LeaseEnd, ...]
    tiers: tuple[TierLine, ...]
    bounds: tuple[QuantityBound, ...]
    optimal: bool
    sites: tuple[SiteRow, ...]
    units: tuple[UnitRow, ...]
    transfers: tuple[Transfer, ...]

    @property
    def idle_ratio(self) -> Fraction | None:
        """Idle area after over idle area before; None when nothing was idle."""
        return Fraction(self.idle_after, self.idle_before) if self.idle_before else None

    @property
    def rent_saved(self) -> int:
        """Yuan a year."""
        return sum(lease.rent_per_year for lease in self.leases_ended)

    @property
    def service_before(self) -> tuple[int, int]:
        """Service area entitled and offered today, over all sites."""
        return _service(tuple(row.before for row in self.sites))

    @property
    def service_after(self) -> tuple[int, int]:
        """Service area entitled and offered in the plan, over all sites."""
        return _service(tuple(row.after for row in self.sites))

    def bound_of(self, quantity: str) -> QuantityBound | None:
        """The bound solved for one quantity alone, if there is one."""
        return next((b for b in self.bounds if b.quantity == quantity), None)


def _service(figures: Sequence[SiteFigures]) -> tuple[int, int]:
    return sum(f.service_entitled for f in figures), sum(f.service_offered for f in figures)


def compare_with_today(scenario: Scenario, plan: Plan) -> Comparison:
    """Everything a reader asks of a plan, as numbers."""
    problem = Problem(scenario)
    before, after = plan.before, plan.areas
    today = today_rows(problem)
    gain = after.released - before.released
    closer = min(max(0, gain), max(0, after.short - before.short))
    stock_floors = set(problem.stock_by_floor)
    used_before = stock_floors.intersection(before.floors_in_use)
    used_after = stock_floors.intersection(after.floors_in_use)
    moves = seat_moves(scenario, plan.assignments)
    return Comparison(
        before=before,
        after=after,
        people=plan.people,
        losing_seat=_losing_seat(problem, plan),
        idle_before=before.stranded + before.hidden_same_basis,
        idle_after=after.stranded + after.hidden_same_basis,
        released_gain=gain,
        from_closer=closer,
        from_idle=gain - closer,
        floors_released=tuple(sorted(used_before - used_after)),
        floors_taken=tuple(sorted(used_after - used_before)),
        buildings_released=tuple(
            sorted(set(after.released_buildings) - set(before.released_buildings))
        ),
        leases_ended=_leases_ended(problem, plan),
        tiers=tuple(tier_line(tier) for tier in plan.tiers),
        bounds=plan.bounds,
        optimal=is_optimal(plan),
        sites=site_rows(problem, (before, today), (after, plan.assignments)),
        units=unit_rows(Measure(problem), today, plan.assignments, moves),
        transfers=transfers(scenario, plan.assignments),
    )


def tier_line(tier: TierResult) -> TierLine:
    """The tier's word and gap: proved when the bound meets the best value, never otherwise."""
    if tier.bound is None:
        return TierLine(result=tier, word="unproved", gap=None, share=None)
    gap = tier.value - tier.bound
    return TierLine(
        result=tier,
        word="proved" if tier.proven else "bounded",
        gap=gap,
        share=gap / max(Fraction(1), tier.value),
    )


def is_optimal(plan: Plan) -> bool:
    """Whether the plan's own numbers bear out the word: every tier proved, within its slack."""
    within = all(t.proven and t.value <= t.best + t.slack for t in plan.tiers)
    return plan.status == "optimal" and bool(plan.tiers) and within


def _losing_seat(problem: Problem, plan: Plan) -> int:
    seats: dict[Group, int] = defaultdict(int)
    for row in plan.assignments:
        if row.people:
            seats[row.group] += row.people
    return sum(
        max(0, min(sum(problem.today_people.get(group, {}).values()), planned) - seats[group])
        for group, planned in problem.planned.items()
    )


def _leases_ended(problem: Problem, plan: Plan) -> tuple[LeaseEnd, ...]:
    ended = set(plan.areas.leases_ended) - set(plan.before.leases_ended)
    return tuple(
        LeaseEnd(place=x.place, area=x.area, rent_per_year=x.rent_per_year)
        for x in problem.leases
        if x.place in ended
    )


def today_as_plan(scenario: Scenario) -> Plan:
    """Today's occupancy as a plan, to stand beside others: nobody moves, nothing is proved."""
    problem = Problem(scenario)
    measure = Measure(problem)
    rows = tuple(today_rows(problem))
    before = measure.before
    measured = measure.plan(rows, before.common_floors)
    tiers = tuple(
        TierResult(
            name=tier.name,
            unit=tier.unit,
            best=value,
            slack=tier.slack,
            value=value,
            bound=None,
            terms={name: measured.terms[name] for name, _ in tier.terms},
        )
        for tier, value in zip(
            scenario.policy.tiers, measure.tier_values(measured.terms), strict=True
        )
    )
    people = replace(measured.people, unhoused=max(0, measured.people.unhoused))
    return Plan(
        scenario=scenario.name,
        status="unknown",
        tiers=tiers,
        bounds=(),
        areas=before,
        before=before,
        people=people,
        assignments=rows,
        unplaced=(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """One quantity over several plans; `deltas` and `verdicts` are against the first plan.

    Units: `area` 0.01 m2, `count`, `yuan`, or the unit of a tier. None: the plan has no such tier.
    `better` is the good direction, blank where there is none. `ranks` count from 1, equal values
    share one. `colours` are None where no threshold is declared.
    """

    key: str
    zh: str
    en: str
    unit: str
    values: tuple[Exact | None, ...]
    deltas: tuple[Exact | None, ...]
    verdicts: tuple[Verdict, ...]
    better: str
    ranks: tuple[int | None, ...]
    colours: tuple[Colour | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Plans side by side."""

    names: tuple[str, ...]
    rows: tuple[GridRow, ...]


def compare_plans(
    plans: Sequence[tuple[str, Scenario, Plan]], thresholds: Mapping[str, Threshold] | None = None
) -> Grid:
    """Values, differences to the first plan, which is better, ranks and colours."""
    facts = [_facts(scenario, plan) for _, scenario, plan in plans]
    limits = thresholds or {}
    rows = [
        replace(
            _grid_row(line, [fact[line[0]] for fact in facts]),
            colours=tuple(_colour(line, limits.get(line[0]), fact) for fact in facts),
        )
        for line in _LINES
    ]
    names: list[str] = []
    for _, _, plan in plans:
        names += [t.name for t in plan.tiers if t.name not in names]
    for name in names:
        found = [next((t for t in plan.tiers if t.name == name), None) for _, _, plan in plans]
        unit = next(t.unit for t in found if t is not None)
        line = (f"tier:{name}", f"目标 {name}", f"tier {name}", unit, "low")
        rows.append(_grid_row(line, [None if t is None else t.value for t in found]))
    return Grid(names=tuple(name for name, _, _ in plans), rows=tuple(rows))


def _grid_row(line: tuple[str, str, str, str, str], values: Sequence[Exact | None]) -> GridRow:
    key, zh, en, unit, better = line
    first = values[0]
    deltas = [None if v is None or first is None else v - first for v in values]
    return GridRow(
        key=key,
        zh=zh,
        en=en,
        unit=unit,
        values=tuple(values),
        deltas=tuple(deltas),
        verdicts=tuple(_verdict(delta, better) for delta in deltas),
        better=better,
        ranks=_ranks(values, better),
        colours=(None,) * len(values),
    )


def _ranks(values: Sequence[Exact | None], better: str) -> tuple[int | None, ...]:
    """1 for the best; equal values share a rank and the next one counts them all."""
    if not better:
        return (None,) * len(values)
    sign = 1 if better == "low" else -1
    known = sorted(sign * value for value in values if value is not None)
    return tuple(None if v is None else known.index(sign * v) + 1 for v in values)


def _colour(
    line: tuple[str, str, str, str, str], limit: Threshold | None, fact: Mapping[str, Exact]
) -> Colour | None:
    """The colour of one figure; areas are judged in m2."""
    if limit is None:
        return None
    value = fact[line[0]]
    if line[3] == "area" and not limit.share_of:
        value = Fraction(value, 100)
    return limit.colour(value, fact.get(limit.share_of))


def _verdict(delta: Exact | None, better: str) -> Verdict:
    if not delta or not better:
        return "same"
    return "better" if (delta < 0) == (better == "low") else "worse"


def _facts(scenario: Scenario, plan: Plan) -> Mapping[str, Exact]:
    areas, people = plan.areas, plan.people
    ended = _leases_ended(Problem(scenario), plan)
    facts: dict[str, Exact] = {name: getattr(areas, name) for name in _AREA_NAMES}
    facts |= {name: getattr(people, name) for name in _PEOPLE_NAMES}
    return facts | {
        "idle": areas.stranded + areas.hidden_same_basis,
        "floors_in_use": len(areas.floors_in_use),
        "released_floors": len(areas.released_floors),
        "released_buildings": len(areas.released_buildings),
        "leases_ended": len(ended),
        "rent_saved": sum(lease.rent_per_year for lease in ended),
        "transfers": len(transfers(scenario, plan.assignments)),
    }


_LINES: tuple[tuple[str, str, str, str, str], ...] = (
    ("stock", "可调配房源", "stock", "area", ""),
    ("held", "单位占用", "held by units", "area", "low"),
    ("common", "公共服务用房", "common service rooms", "area", ""),
    ("idle", "闲置（零散闲置与隐性闲置）", "idle (stranded and hidden)", "area", "low"),
    ("stranded", "在用楼层零散闲置", "stranded on floors in use", "area", "low"),
    ("hidden_same_basis", "隐性闲置（同口径）", "hidden, same basis", "area", "low"),
    ("hidden", "隐性闲置（实测）", "hidden as measured", "area", "low"),
    ("released", "整层腾空", "released whole floors", "area", "high"),
    ("short", "低于标准的面积", "short of the standard", "area", "low"),
    ("service_short", "服务用房缺口", "service rooms short", "area", "low"),
    ("reserve", "预留周转面积", "growth reserve", "area", ""),
    ("leased_kept", "保留的租借面积", "leased or borrowed area kept", "area", "low"),
    ("floors_in_use", "在用楼层", "floors in use", "count", "low"),
    ("released_floors", "腾空楼层", "floors released", "count", "high"),
    ("released_buildings", "整栋腾空", "buildings released", "count", "high"),
    ("leases_ended", "退租处数", "leases ended", "count", "high"),
    ("rent_saved", "每年节约租金", "rent saved a year", "yuan", "high"),
    ("posts", "应安排编制", "posts to seat", "count", ""),
    ("housed", "已安排", "posts seated", "count", "high"),
    ("unhoused", "未安排", "posts without a seat", "count", "low"),
    ("over_establishment", "超编人员", "people over establishment", "count", "low"),
    ("moved", "调整人数", "people moved", "count", "low"),
    ("moved_building", "楼内调整", "moved within a building", "count", "low"),
    ("moved_site", "院内调整", "moved within a site", "count", "low"),
    ("moved_far", "跨办公区调整", "moved to another site", "count", "low"),
    ("transfers", "调整批项", "transfers", "count", "low"),
)
"""(key, Chinese, English, unit, which direction is better) of every row of a grid."""

FIGURES = tuple(line[0] for line in _LINES)
"""What thresholds may name."""

_AREA_NAMES = (
    "stock",
    "held",
    "common",
    "stranded",
    "hidden_same_basis",
    "hidden",
    "released",
    "short",
    "service_short",
    "reserve",
    "leased_kept",
)
_PEOPLE_NAMES = (
    "posts",
    "housed",
    "unhoused",
    "over_establishment",
    "moved",
    "moved_building",
    "moved_site",
    "moved_far",
)
