"""Scenarios and plans built by hand or at random; plans need not be lawful, only consistent."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from random import Random
from typing import Any

from allocator.domain import (
    Building,
    Division,
    Floor,
    Ledger,
    Occupancy,
    Posts,
    Room,
    Site,
    Unit,
)
from allocator.measure import Measure, today_rows
from allocator.plan import Assignment, Plan, QuantityBound, Status, TierResult, Unplaced
from allocator.policy_file import default_policy
from allocator.problem import Problem
from allocator.scenario import Change, Scenario
from standards.load import load_standard

STANDARD = load_standard("cn-2014")
STAFF, DEPUTY, HEAD = "below_bureau", "deputy_bureau_head", "bureau_head"

_NAMES = [
    "发展和改革委员会",
    "教育局",
    "科学技术局",
    "工业和信息化局",
    "民政局",
    "司法局",
    "财政局",
    "人力资源和社会保障局",
    "自然资源和规划局",
    "生态环境局",
    "住房和城乡建设局",
    "交通运输局",
    "水务局",
    "农业农村局",
    "商务局",
    "文化和旅游局",
    "卫生健康委员会",
    "应急管理局",
    "审计局",
    "市场监督管理局",
    "统计局",
    "医疗保障局",
    "信访局",
]


def scenario_of(ledger: Ledger, **more: Any) -> Scenario:
    """A scenario with the default policy."""
    defaults: dict[str, Any] = {
        "name": "机构改革方案二",
        "standard": STANDARD,
        "policy": default_policy(STANDARD),
        "sources": {"ledger": "c0ffee" * 10 + "abcd"},
    }
    return Scenario(ledger=ledger, **{**defaults, **more})


def plan_of(
    scenario: Scenario,
    rows: tuple[Assignment, ...],
    *,
    common: tuple[str, ...] = (),
    status: Status = "feasible",
    bounds: str = "loose",
    unplaced: tuple[Unplaced, ...] = (),
    **more: Any,
) -> Plan:
    """A plan measured from its assignments; bounds `tight` (= value), `loose` or `none`."""
    measure = Measure(Problem(scenario))
    measured = measure.plan(rows, common)
    values = measure.tier_values(measured.terms)
    factor = {"tight": Fraction(1), "loose": Fraction(9, 10), "none": None}[bounds]
    tiers = tuple(
        TierResult(
            name=tier.name,
            unit=tier.unit,
            best=value,
            slack=tier.slack,
            value=value,
            bound=None if factor is None else value * factor,
            terms={name: measured.terms[name] for name, _ in tier.terms},
        )
        for tier, value in zip(scenario.policy.tiers, values, strict=True)
    )
    quantity = QuantityBound(
        quantity="released",
        unit="m2",
        value=measured.areas.released,
        bound=measured.areas.released + 6000,
        given="unhoused at its value",
    )
    return Plan(
        scenario=scenario.name,
        status=status,
        tiers=tiers,
        bounds=(quantity,),
        areas=measured.areas,
        before=measure.before,
        people=measured.people,
        assignments=tuple(sorted(rows)),
        unplaced=unplaced,
        provenance={
            "inputs": scenario.sources,
            "standard": scenario.standard.identity(),
            "versions": {"allocator": "0.1.0", "ortools": "9.15"},
            "seed": 0,
            "workers": 2,
            "budget": {"work": 120},
        },
        **more,
    )


def _room(code: str, floor: str, area: int, use: Any = "office", **more: Any) -> Room:
    return Room(code=code, floor=floor, number=code.split("-")[-1], use=use, area=area, **more)


def small() -> tuple[Scenario, Plan]:
    """Two sites, three units: the leased site is emptied and its lease ends.

    Today 商务局 sits on the leased site (B), 财政局 at A-1 on two floors, a market body holds one
    room. The plan seats 商务局 on the second floor of A-1 and packs 财政局 on the first.
    """
    sites = (
        Site(
            code="A",
            name="市行政中心",
            kind="centralized",
            tenure="owned",
            title_holder="机关事务管理局",
            title_registered=True,
        ),
        Site(
            code="B",
            name="东湖路租用点",
            kind="independent",
            tenure="leased",
            title_holder="东湖置业",
            title_registered=True,
            rent_per_year=480_000,
            lease_end=date(2027, 6, 30),
        ),
    )
    buildings = (
        Building(code="A1", site="A", name="主楼"),
        Building(code="B1", site="B", name="租用楼"),
    )
    floors = (
        Floor(code="A1F1", building="A1", level=1),
        Floor(code="A1F2", building="A1", level=2),
        Floor(code="B1F3", building="B1", level=3),
    )
    rooms = (
        _room("A1-101", "A1F1", 2000, position=1),
        _room("A1-102", "A1F1", 2700, position=2),
        _room("A1-103", "A1F1", 4000, "service", position=3, features=("common",)),
        _room("A1-104", "A1F1", 1200, "equipment", position=4),
        _room("A1-201", "A1F2", 2400, position=1),
        _room("A1-202", "A1F2", 1800, position=2),
        _room("A1-203", "A1F2", 1500, position=3, status="sealed"),
        _room("B1-301", "B1F3", 3000, position=1),
        _room("B1-302", "B1F3", 2500, position=2),
    )
    units = (
        Unit(code="cz", name="财政局", level="municipal"),
        Unit(code="sw", name="商务局", level="municipal"),
        Unit(code="xh", name="商业协会", level="municipal", category="association"),
    )
    posts = (
        Posts(unit="cz", division="", grade=STAFF, established=4, in_post=4),
        Posts(unit="sw", division="zh", grade=STAFF, established=4, in_post=3),
        Posts(unit="sw", division="zh", grade=HEAD, established=1, in_post=1),
    )
    occupancy = (
        Occupancy(room="A1-101", unit="cz", grade=STAFF, people=2),
        Occupancy(room="A1-201", unit="cz", grade=STAFF, people=2),
        Occupancy(room="B1-301", unit="sw", division="zh", grade=STAFF, people=3),
        Occupancy(room="B1-302", unit="sw", division="zh", grade=HEAD, people=1),
    )
    ledger = Ledger(
        sites=sites,
        buildings=buildings,
        floors=floors,
        rooms=rooms,
        units=units,
        divisions=(Division(code="zh", unit="sw", name="综合科"),),
        posts=posts,
        occupancy=occupancy,
    )
    change = Change(
        place="A1-203", what="status", old="available", new="sealed", reason="sites.seal"
    )
    scenario = scenario_of(ledger, changes=(change,))
    rows = (
        Assignment("A1-101", "cz", "", STAFF, 2),
        Assignment("A1-102", "cz", "", STAFF, 2),
        Assignment("A1-201", "sw", "zh", HEAD, 1),
        Assignment("A1-202", "sw", "zh", STAFF, 2),
    )
    reason = "no permitted room is left for these posts"
    unplaced = (Unplaced("sw", "zh", STAFF, 2, reason, "capacity", "A1"),)
    exception = {"room": "A1-102", "unit": "cz", "reason": "heritage partition", "area": 27.0}
    caps = ({"unit": "sw", "sites": 1, "buildings": 2},)
    plan = plan_of(scenario, rows, unplaced=unplaced, exceptions=(exception,), caps=caps)
    return scenario, plan


def unit_name(number: int) -> str:
    """A plausible unit name."""
    prefix, name = divmod(number, len(_NAMES))
    return ("市" if not prefix else f"第{prefix}区") + _NAMES[name]


def random_case(sites: int, units: int, seed: int = 1) -> tuple[Scenario, Plan]:
    """A city at random: today scattered, the plan packed into as few floors as come first."""
    random = Random(seed)
    ledger_sites, buildings, floors, rooms = _random_space(random, sites)
    offices = [r for r in rooms if r.use == "office" and r.status == "available"]
    unit_rows = tuple(
        Unit(code=f"u{n:03d}", name=unit_name(n), level="municipal") for n in range(units)
    )
    scattered = offices[:]
    random.shuffle(scattered)
    occupancy: list[Occupancy] = []
    posts: list[Posts] = []
    rows: list[Assignment] = []
    today, packed = iter(scattered), iter(offices)
    for unit in unit_rows:
        staff = random.randint(1, max(2, len(offices) // units))
        posts.append(
            Posts(unit=unit.code, division="", grade=STAFF, established=staff, in_post=staff)
        )
        left = staff
        while left:
            room, taken = next(today), min(left, random.randint(1, 2))
            occupancy.append(Occupancy(room=room.code, unit=unit.code, grade=STAFF, people=taken))
            left -= taken
        left = staff
        while left:
            room = next(packed)
            taken = max(1, min(left, room.area // 900))
            rows.append(Assignment(room.code, unit.code, "", STAFF, taken))
            left -= taken
    ledger = Ledger(
        sites=ledger_sites,
        buildings=buildings,
        floors=floors,
        rooms=rooms,
        units=unit_rows,
        posts=tuple(posts),
        occupancy=tuple(occupancy),
    )
    scenario = scenario_of(ledger)
    return scenario, plan_of(scenario, tuple(rows))


def _random_space(
    random: Random, sites: int
) -> tuple[tuple[Site, ...], tuple[Building, ...], tuple[Floor, ...], tuple[Room, ...]]:
    ledger_sites: list[Site] = []
    buildings: list[Building] = []
    floors: list[Floor] = []
    rooms: list[Room] = []
    for s in range(sites):
        leased = s % 9 == 8
        ledger_sites.append(
            Site(
                code=f"S{s:03d}",
                name=f"{unit_name(s)}办公区",
                kind="independent" if s else "centralized",
                tenure="leased" if leased else "owned",
                title_holder="",
                title_registered=True,
                rent_per_year=360_000 if leased else None,
            )
        )
        for b in range(1 + (s % 4 == 0)):
            building = f"S{s:03d}B{b}"
            buildings.append(Building(code=building, site=f"S{s:03d}", name=f"{b + 1}号楼"))
            for level in range(1, random.randint(2, 5) + 1):
                floor = f"{building}F{level}"
                floors.append(Floor(code=floor, building=building, level=level))
                rooms += _random_floor(random, floor, level)
    return tuple(ledger_sites), tuple(buildings), tuple(floors), tuple(rooms)


def _random_floor(random: Random, floor: str, level: int) -> list[Room]:
    rooms = []
    for number in range(1, random.randint(5, 10) + 1):
        draw = random.random()
        use = "service" if draw < 0.15 else "equipment" if draw < 0.2 else "office"
        rooms.append(
            Room(
                code=f"{floor}-{level}{number:02d}",
                floor=floor,
                number=f"{level}{number:02d}",
                use=use,  # type: ignore[arg-type]
                area=random.randint(1200, 5400),
                status="sealed" if random.random() < 0.02 else "available",
                features=("common",) if use == "service" and number == 1 else (),
                position=number,
            )
        )
    return rooms


def stay_put(scenario: Scenario) -> Plan:
    """Today written down as a plan."""
    problem = Problem(scenario)
    measure = Measure(problem)
    return plan_of(scenario, tuple(today_rows(problem)), common=measure.before.common_floors)
