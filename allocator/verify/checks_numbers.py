"""Checks of figures: areas, people, identities, tiers, bounds and the plan's own status."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from allocator.findings import Finding
from allocator.plan import Areas
from allocator.quantity import m2_text
from allocator.scenario import Tier
from allocator.verify.areas import Measured
from allocator.verify.context import Context
from allocator.verify.plan_format import AREA_KEYS, PEOPLE_KEYS, PLACE_KEYS, TierRow
from allocator.verify.say import at, broken, number
from allocator.verify.tiers import tier_value

TOLERANCE = Fraction(1, 1_000_000)
"""Rates such as 1/3 have no exact decimal; figures of tiers may differ by this much."""
MAXIMISED = ("released",)
"""Quantities whose lawful plans lie below the bound; all others lie above it."""


def areas(context: Context) -> Iterator[Finding]:
    """Areas of the plan."""
    keys = tuple(key for key in PLACE_KEYS if key != "common_floors")
    yield from _compare(context.plan.areas, context.measured.areas, "areas", keys)


def before(context: Context) -> Iterator[Finding]:
    """Areas of today's occupancy."""
    yield from _compare(context.plan.before, context.today.areas, "before", PLACE_KEYS)


def common_floors(context: Context) -> Iterator[Finding]:
    """Floors kept open for service rooms: with such a room, and nothing else to keep them open."""
    world, listed = context.world, context.plan.areas.common_floors
    if list(listed) != sorted(set(listed)):
        yield broken(
            "common_floors",
            "楼层重复或未排序",
            "the list repeats a floor or is not sorted",
            value=", ".join(listed),
            place=at("areas.common_floors"),
        )
    otherwise = {
        room.floor
        for room in world.rooms.values()
        if room.code in context.layout.holders or room.status == "let"
    }
    serving = {
        r.floor for r in world.rooms.values() if r.use == "service" and world.could_be_stock(r)
    }
    for floor in sorted(set(listed)):
        if floor in otherwise or floor not in serving:
            yield broken(
                "common_floors",
                f"楼层 {floor} 已因其他房间在用,或没有服务用房",
                f"floor {floor} is in use for another reason, or has no service room",
                value=floor,
                place=at("areas.common_floors"),
            )


def people(context: Context) -> Iterator[Finding]:
    """Counts of people."""
    for key in PEOPLE_KEYS:
        stated, counted = getattr(context.plan.people, key), getattr(context.people, key)
        if stated != counted:
            yield broken(
                f"people_{key}",
                "数字不符",
                "the figure differs",
                value=stated,
                expected=counted,
                place=at(f"people.{key}"),
            )


def identity_stock(context: Context) -> Iterator[Finding]:
    """Stock splits into held, common, stranded and released."""
    for name, stated in (("areas", context.plan.areas), ("before", context.plan.before)):
        parts = stated.held + stated.common + stated.stranded + stated.released
        if stated.stock != parts:
            yield broken(
                "identity_stock",
                f"{name} 各项之和不等于房源",
                f"the parts of {name} do not add up to stock",
                value=m2_text(parts),
                expected=m2_text(stated.stock),
                place=at(f"{name}.stock"),
            )


def identity_office(context: Context) -> Iterator[Finding]:
    """Held offices equal standards plus hidden less short, with the plan's own figures."""
    pairs: tuple[tuple[str, Areas, Measured], ...] = (
        ("areas", context.plan.areas, context.measured),
        ("before", context.plan.before, context.today),
    )
    for name, stated, counted in pairs:
        hidden = stated.hidden - counted.hidden_service
        total = counted.standards + hidden - stated.short
        if total != counted.office_held:
            yield broken(
                "identity_office",
                f"{name} 的隐含与不足和持有办公面积不符",
                f"hidden and short of {name} do not fit the office area held",
                value=m2_text(total),
                expected=m2_text(counted.office_held),
                place=at(name),
            )


def area_format(context: Context) -> Iterator[Finding]:
    """Areas have at most two decimals."""
    for path, value in context.plan.rough_areas:
        yield broken(
            "area_format",
            f"{path} 小数过多",
            f"{path} has more than two decimals",
            value=number(value),
            place=at(path),
        )


def tier_list(context: Context) -> Iterator[Finding]:
    """The policy's tiers in its order, with its units and slack."""
    wanted = [(t.name, t.unit, number(t.slack)) for t in context.world.policy.tiers]
    stated = [(t.name, t.unit, number(t.slack)) for t in context.plan.tiers]
    if wanted != stated:
        yield broken(
            "tier_list",
            "层级不符",
            "the tiers differ",
            value="; ".join(" ".join(row) for row in stated),
            expected="; ".join(" ".join(row) for row in wanted),
            place=at("tiers"),
        )


def tier_terms(context: Context) -> Iterator[Finding]:
    """Each term's quantity."""
    for path, stated, tier in _tiers(context):
        wanted = {term: context.quantities[term] for term, _ in tier.terms}
        for term in sorted(wanted.keys() | stated.terms.keys()):
            if term not in wanted or not _close(stated.terms.get(term), wanted[term]):
                yield broken(
                    "tier_terms",
                    f"层级 {tier.name} 的 {term} 不符",
                    f"term {term} of tier {tier.name} differs",
                    value=_or_none(stated.terms.get(term)),
                    expected=_or_none(wanted.get(term)),
                    place=at(f"{path}.terms.{term}"),
                )


def tier_value_check(context: Context) -> Iterator[Finding]:
    """Each tier's value."""
    for path, stated, tier in _tiers(context):
        value = tier_value(tier, context.quantities)
        if not _close(stated.value, value):
            yield broken(
                "tier_value",
                f"层级 {tier.name} 的值不符",
                f"the value of tier {tier.name} differs",
                value=number(stated.value),
                expected=number(value),
                place=at(f"{path}.value"),
            )


def tier_best(context: Context) -> Iterator[Finding]:
    """Each recomputed value within best + slack."""
    for path, stated, tier in _tiers(context):
        value = tier_value(tier, context.quantities)
        if value > stated.best + tier.slack + TOLERANCE:
            yield broken(
                "tier_best",
                f"层级 {tier.name} 超出容许量",
                f"tier {tier.name} is past its slack",
                value=number(value),
                expected=f"<= {number(stated.best + tier.slack)}",
                place=at(f"{path}.best"),
            )


def tier_bound(context: Context) -> Iterator[Finding]:
    """Bounds below best and value; `certificate` judges whether they are checked."""
    for path, stated, tier in _tiers(context):
        least = min(stated.best, tier_value(tier, context.quantities))
        if stated.bound is not None and stated.bound > least + TOLERANCE:
            yield broken(
                "tier_bound",
                f"层级 {tier.name} 的界过高",
                f"the bound of tier {tier.name} is too high",
                value=number(stated.bound),
                expected=f"<= {number(least)}",
                place=at(f"{path}.bound"),
            )


def tier_proven(context: Context) -> Iterator[Finding]:
    """`proven` says exactly whether bound equals best."""
    for path, stated, tier in _tiers(context):
        if stated.proven != (stated.bound is not None and stated.bound == stated.best):
            yield broken(
                "tier_proven",
                f"层级 {tier.name} 的证明标记不符",
                f"tier {tier.name} states its proof wrongly",
                value=str(stated.proven).lower(),
                expected=str(not stated.proven).lower(),
                place=at(f"{path}.proven"),
            )


def bounds(context: Context) -> Iterator[Finding]:
    """Bounds of one quantity alone."""
    known = {key: Fraction(getattr(context.measured.areas, key), 100) for key in AREA_KEYS}
    known |= {key: Fraction(getattr(context.people, key)) for key in PEOPLE_KEYS}
    for position, row in enumerate(context.plan.bounds):
        place = at(f"bounds[{position}]")
        counted = known.get(row.quantity)
        if counted is None or not _close(row.value, counted):
            yield broken(
                "bounds",
                f"{row.quantity} 的值不符",
                f"the value of {row.quantity} differs",
                value=number(row.value),
                expected=_or_none(counted),
                place=place,
            )
        elif row.bound != counted and (row.bound < counted) == (row.quantity in MAXIMISED):
            yield broken(
                "bounds",
                f"{row.quantity} 的界在错误的一侧",
                f"the bound of {row.quantity} contradicts the plan itself",
                value=number(row.bound),
                expected=f"{'>=' if row.quantity in MAXIMISED else '<='} {number(counted)}",
                place=place,
            )


def plan_status(context: Context) -> Iterator[Finding]:
    """`optimal` needs every tier proven and within its slack; a plan is never `infeasible`."""
    stated = context.plan.status
    if stated in ("infeasible", "unknown"):
        yield broken(
            "plan_status",
            "该状态下没有方案可核",
            "with this status there is no plan to check",
            value=stated,
            expected="optimal or feasible",
            place=at("status"),
        )
    if stated == "optimal":
        for path, row, tier in _tiers(context):
            value = tier_value(tier, context.quantities)
            if row.bound is None or row.bound != row.best or value > row.best + tier.slack:
                yield broken(
                    "plan_status",
                    f"层级 {tier.name} 未证明或超出容许量",
                    f"tier {tier.name} is not proven or past its slack",
                    value=stated,
                    expected="feasible",
                    place=at(path),
                )


def _compare(
    stated: Areas, counted: Areas, name: str, places: tuple[str, ...]
) -> Iterator[Finding]:
    for key in AREA_KEYS:
        if getattr(stated, key) != getattr(counted, key):
            yield broken(
                f"{name}_{key}",
                "数字不符",
                "the figure differs",
                value=m2_text(getattr(stated, key)),
                expected=m2_text(getattr(counted, key)),
                place=at(f"{name}.{key}"),
            )
    for key in places:
        if tuple(getattr(stated, key)) != getattr(counted, key):
            yield broken(
                f"{name}_{key}",
                "列表不符",
                "the list differs",
                value=", ".join(getattr(stated, key)),
                expected=", ".join(getattr(counted, key)),
                place=at(f"{name}.{key}"),
            )


def _tiers(context: Context) -> Iterator[tuple[str, TierRow, Tier]]:
    """Stated tiers beside the policy's, by position as far as names agree."""
    pairs = zip(context.plan.tiers, context.world.policy.tiers, strict=False)
    for position, (stated, tier) in enumerate(pairs):
        if stated.name == tier.name:
            yield f"tiers[{position}]", stated, tier


def _close(stated: Fraction | None, wanted: Fraction) -> bool:
    return stated is not None and abs(stated - wanted) <= TOLERANCE


def _or_none(value: Fraction | None) -> str:
    return "none" if value is None else number(value)
