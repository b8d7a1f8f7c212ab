"""Small ledgers and scenarios in one call each, so that a test can state its figures by hand.

Areas are given in square metres (numbers or text) and stored in 0.01 m2. Everything that a test
does not name has the plainest value: owned, registered, available, established = in post.

    ledger = make_ledger(
        sites=[site("S1")], buildings=[building("A", "S1")], floors=[floor("A1", "A")],
        rooms=[office("A101", "A1", 24)], units=[unit("fin")],
        posts=[posts("fin", "chief", 1)], occupancy=[sits("A101", "fin", "chief")],
    )
    scenario = make_scenario(ledger, policy=make_policy(reserve=0))

`tiny_standard()` has two grades per level (municipal: chief 24 m2, clerk 9 m2; county: chief
18 m2, clerk 9 m2) and 2 m2 of service rooms per post up to 200 posts, so that sums
stay easy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from allocator.domain import (
    Building,
    Floor,
    Ledger,
    Level,
    Occupancy,
    Posts,
    Request,
    Room,
    Site,
    Unit,
    Use,
)
from allocator.quantity import area_from_m2
from allocator.scenario import Policy, Scenario, Tier
from standards.catalog import Figure, Grade, ServiceRate, Standard

M2 = int | str


def tiny_standard() -> Standard:
    """Chief 24 (county 18), clerk 9 m2; service rooms 2 m2 per post up to 200 posts."""
    clause, confidence = "made up for tests", "local"
    grades = (
        ("municipal", "chief", 2400),
        ("municipal", "clerk", 900),
        ("county", "chief", 1800),
        ("county", "clerk", 900),
    )
    return Standard(
        code="tiny",
        version="1",
        zh="测试标准",
        en="test standard",
        place="nowhere",
        source="made up for tests",
        grades=tuple(
            Grade(
                code=code,
                level=level,
                zh={"chief": "正职", "clerk": "科员"}[code],
                en=code,
                area=area,
                clause=clause,
                confidence=confidence,
            )
            for level, code, area in grades
        ),
        service=tuple(
            ServiceRate(
                level=level,
                low_posts=200,
                high_posts=400,
                high=Fraction(2),
                low=Fraction(1),
                numerator=Fraction(600),
                denominator=Fraction(200),
                clause=clause,
                confidence=confidence,
            )
            for level in ("municipal", "county")
        ),
        equipment=_figure(9),
        ratio_multi_storey=_figure(65),
        ratio_high_rise=_figure(60),
    )


def _figure(percent: int) -> Figure:
    return Figure(value=Fraction(percent, 100), clause="made up for tests", confidence="local")


def site(code: str, **changes: Any) -> Site:
    """An owned, centralized, registered site."""
    plain: dict[str, Any] = {
        "code": code,
        "name": f"site {code}",
        "kind": "centralized",
        "tenure": "owned",
        "title_holder": "administration",
        "title_registered": True,
    }
    return Site(**(plain | changes))


def building(code: str, at: str, **changes: Any) -> Building:
    """A building on site `at`, tenure and title inherited."""
    return Building(**({"code": code, "site": at, "name": f"building {code}"} | changes))


def floor(code: str, of: str, level: int = 1, **changes: Any) -> Floor:
    """A floor of building `of`, tenure and title inherited."""
    return Floor(**({"code": code, "building": of, "level": level} | changes))


def room(code: str, on: str, use: Use, area: M2, **changes: Any) -> Room:
    """An available room of `area` m2 on floor `on`."""
    plain: dict[str, Any] = {"code": code, "floor": on, "number": code, "use": use}
    return Room(**(plain | {"area": area_from_m2(area)} | changes))


def office(code: str, on: str, area: M2, **changes: Any) -> Room:
    """An office of `area` m2."""
    return room(code, on, "office", area, **changes)


def service(code: str, on: str, area: M2, **changes: Any) -> Room:
    """A service room of `area` m2."""
    return room(code, on, "service", area, **changes)


def unit(code: str, level: Level = "municipal", **changes: Any) -> Unit:
    """An active organ named `unit <code>`."""
    return Unit(**({"code": code, "name": f"unit {code}", "level": level} | changes))


def posts(
    of: str, grade: str, established: int, in_post: int | None = None, division: str = ""
) -> Posts:
    """Posts of one group; everybody in post unless told."""
    return Posts(
        unit=of,
        division=division,
        grade=grade,
        established=established,
        in_post=established if in_post is None else in_post,
    )


def sits(at: str, of: str, grade: str, people: int = 1, division: str = "") -> Occupancy:
    """People of one group in room `at` today."""
    return Occupancy(room=at, unit=of, division=division, grade=grade, people=people)


def holds(at: str, of: str) -> Occupancy:
    """A room held today without people."""
    return Occupancy(room=at, unit=of)


def request(
    of: str, purpose: str, use: Use, least: M2, most: M2, count: int = 1, **changes: Any
) -> Request:
    """`count` rooms of `least` to `most` m2 for a purpose."""
    plain: dict[str, Any] = {"unit": of, "purpose": purpose, "use": use, "count": count}
    span = {"area_min": area_from_m2(least), "area_max": area_from_m2(most)}
    return Request(**(plain | span | changes))


def make_ledger(**tables: Iterable[Any]) -> Ledger:
    """A ledger of the named tables."""
    return Ledger(**{name: tuple(rows) for name, rows in tables.items()})


def default_tiers() -> tuple[Tier, ...]:
    """The default objective: unhoused, space, together, comfort."""
    half, one = Fraction(1, 2), Fraction(1)
    return (
        Tier(name="unhoused", unit="posts", terms=(("unhoused", one),)),
        Tier(
            name="space",
            unit="m2-equivalents",
            terms=(
                ("used", one),
                ("hidden", half),
                ("stranded", half),
                ("short", one),
                ("service_short", Fraction(2)),
                ("leased", half),
                ("moved_building", one),
                ("moved_site", Fraction(2)),
                ("moved_far", Fraction(4)),
            ),
        ),
        Tier(
            name="together",
            unit="person-steps",
            terms=(
                ("near", one),
                ("off_main_floor", one),
                ("outside_main_building", Fraction(2)),
            ),
        ),
        Tier(name="comfort", unit="0.01 m2", terms=(("short_per_person", one),)),
    )


def make_policy(**changes: Any) -> Policy:
    """The default policy with changes; numbers may be whole, Fraction or decimal text."""
    exact = ("min_share", "reserve", "service_share")
    known = {key: Fraction(value) if key in exact else value for key, value in changes.items()}
    return Policy(**({"tiers": default_tiers()} | known))


def make_scenario(ledger: Ledger, *, policy: Policy | None = None, **parts: Any) -> Scenario:
    """A scenario on the tiny standard; the ledger's relations are taken over."""
    plain: dict[str, Any] = {
        "name": "test",
        "ledger": ledger,
        "standard": tiny_standard(),
        "policy": policy or make_policy(),
        "relations": ledger.relations,
    }
    return Scenario(**(plain | parts))


def change(scenario: Scenario, table: str, code: str, **changes: Any) -> Scenario:
    """The scenario with one row changed, such as `change(s, "rooms", "A101", area=1800)`.

    Raises LookupError if no row has the code.
    """
    rows = getattr(scenario.ledger, table)
    if all(row.code != code for row in rows):
        raise LookupError(f"no {code!r} in {table}")
    changed = tuple(replace(row, **changes) if row.code == code else row for row in rows)
    return replace(scenario, ledger=replace(scenario.ledger, **{table: changed}))


def add(scenario: Scenario, table: str, *rows: Any) -> Scenario:
    """The scenario with rows added to a table of its ledger."""
    table_rows = (*getattr(scenario.ledger, table), *rows)
    return replace(scenario, ledger=replace(scenario.ledger, **{table: table_rows}))


def with_policy(scenario: Scenario, **changes: Any) -> Scenario:
    """The scenario with its policy changed."""
    return replace(scenario, policy=replace(scenario.policy, **changes))
