"""Small made-up scenarios for pictures; every number follows from the arguments."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from allocator.domain import Building, Floor, Ledger, Occupancy, Posts, Room, Site, Unit
from allocator.measure import Measure, today_rows
from allocator.plan import Assignment, Plan
from allocator.problem import Problem
from allocator.scenario import Policy, Scenario
from standards.catalog import Figure, Grade, ServiceRate, Standard

NAMES = (
    "财政局", "发展和改革委员会", "人力资源和社会保障局", "教育局", "科学技术局", "公安局",
    "民政局", "司法局", "自然资源和规划局", "生态环境局", "住房和城乡建设局", "交通运输局",
    "水利局", "农业农村局", "商务和投资促进局", "文化广电旅游体育局", "卫生健康委员会",
    "退役军人事务局", "应急管理局", "审计局", "市场监督管理局", "统计局", "医疗保障局",
    "机关事务管理局",
)  # fmt: skip
LONG = "江北市人民政府推进行政审批制度改革和优化营商环境工作领导小组办公室综合协调与督查专班"


def standard() -> Standard:
    """A standard with two grades of one level."""
    one = Figure(value=Fraction(70, 100), clause="art. 0", confidence="local")
    grades = tuple(
        Grade(
            code=code, level="municipal", zh=zh, en=code, area=area,
            clause="art. 0", confidence="local",
        )
        for code, zh, area in (("head", "处长", 1800), ("staff", "科员", 900))
    )  # fmt: skip
    rate = ServiceRate(
        level="municipal", low_posts=200, high_posts=400, high=Fraction(8), low=Fraction(6),
        numerator=Fraction(1000), denominator=Fraction(100), clause="art. 0", confidence="local",
    )  # fmt: skip
    return Standard(
        code="made-up", version="1", zh="虚构", en="made up", place="", source="",
        grades=grades, service=(rate,), equipment=one,
        ratio_multi_storey=one, ratio_high_rise=one,
    )  # fmt: skip


def unit(number: int, *, name: str | None = None) -> Unit:
    """The unit of this number; names repeat with a number after the list is used up."""
    cycle, place = divmod(number, len(NAMES))
    made = "江北市" + NAMES[place] + (f"第{cycle + 1}分局" if cycle else "")
    return Unit(code=f"U{number:03d}", name=name or made, level="municipal")


def scenario(
    *,
    units: int = 6,
    buildings: tuple[int, ...] = (5, 3),
    rooms: int = 12,
    idle_every: int = 7,
    names: dict[int, str] | None = None,
    site_count: int = 1,
) -> Scenario:
    """Sites with buildings of so many floors; units fill the floors one after another.

    Every `idle_every`-th room is left empty, each floor ends with a service and an equipment room.
    """
    sites, houses, floors, all_rooms, occupancy = [], [], [], [], []
    people = [units]
    offices: list[tuple[str, int]] = []
    for s in range(site_count):
        sites.append(
            Site(
                code=f"S{s + 1}", name="行政中心" if s == 0 else f"第{s + 1}办公区",
                kind="centralized", tenure="owned", title_holder="", title_registered=True,
            )
        )  # fmt: skip
        for b, levels in enumerate(buildings):
            house = f"S{s + 1}-B{b + 1}"
            houses.append(Building(code=house, site=sites[-1].code, name=f"{b + 1}号楼"))
            for level in range(1, levels + 1):
                floor = f"{house}-{level:02d}"
                floors.append(Floor(code=floor, building=house, level=level))
                for r in range(rooms):
                    code, use, status = f"{floor}{r + 1:02d}", "office", "available"
                    area = 1500 + 900 * (r % 3) + 37 * level
                    if r == rooms - 1 and rooms > 1:
                        use = "equipment"
                    elif r == rooms - 2 and rooms > 2:
                        use = "service"
                    elif r == 3 and level % 4 == 0:
                        status = "sealed"
                    else:
                        offices.append((code, area))
                    all_rooms.append(
                        Room(
                            code=code, floor=floor, number=code[-3:], use=use, area=area,
                            status=status, position=r,
                        )
                    )  # fmt: skip
    made = [unit(n, name=(names or {}).get(n)) for n in range(units)]
    counts: dict[tuple[str, str], int] = {}
    per = max(1, len(offices) // people[0])
    for place, (code, area) in enumerate(offices):
        if place % idle_every == idle_every - 1 and len(offices) > 1:
            continue
        owner = made[min(units - 1, place // per)]
        grade = "head" if place % per == 0 else "staff"
        number = 1 if grade == "head" else max(1, area // 1000)
        occupancy.append(Occupancy(room=code, unit=owner.code, grade=grade, people=number))
        counts[owner.code, grade] = counts.get((owner.code, grade), 0) + number
    posts = tuple(
        Posts(unit=u, division="", grade=g, established=n + n // 8, in_post=n)
        for (u, g), n in sorted(counts.items())
    )
    ledger = Ledger(
        sites=tuple(sites), buildings=tuple(houses), floors=tuple(floors), rooms=tuple(all_rooms),
        units=tuple(made), posts=posts, occupancy=tuple(occupancy),
    )  # fmt: skip
    return Scenario(
        name="made up", ledger=ledger, standard=standard(), policy=Policy(tiers=()),
    )  # fmt: skip


def compact_plan(made: Scenario) -> Plan:
    """Today's people pressed into the first rooms in order: the last floors come free."""
    problem = Problem(made)
    measure = Measure(problem)
    offices = [r for r in problem.stock if r.use == "office"]
    offices.sort(key=lambda r: r.code)
    rows: list[Assignment] = []
    place, seats, owner = 0, 0, ""
    for row in sorted(today_rows(problem), key=lambda r: (r.unit, r.grade, r.room)):
        limit = problem.limit(row.unit, row.grade) if row.people else 0
        left = row.people
        while left and place < len(offices):
            room = offices[place]
            if owner not in ("", row.unit) or (seats + limit) * 7 // 10 > room.area:
                place, seats, owner = place + 1, 0, ""
                continue
            rows.append(Assignment(room.code, row.unit, row.division, row.grade, 1))
            left, seats, owner = left - 1, seats + limit, row.unit
    merged: dict[tuple[str, str, str], int] = {}
    for row in rows:
        key = (row.room, row.unit, row.grade)
        merged[key] = merged.get(key, 0) + row.people
    final = tuple(Assignment(r, u, "", g, n) for (r, u, g), n in sorted(merged.items()))
    result = measure.plan(final, ())
    return Plan(
        scenario=made.name, status="feasible", tiers=(), bounds=(), areas=result.areas,
        before=measure.before, people=result.people, assignments=final, unplaced=(),
    )  # fmt: skip


def renamed(made: Scenario, names: dict[str, str]) -> Scenario:
    """The scenario with other unit names."""
    units = tuple(replace(u, name=names.get(u.code, u.name)) for u in made.ledger.units)
    return replace(made, ledger=replace(made.ledger, units=units))
