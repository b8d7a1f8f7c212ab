"""Ledgers built by hand for the tests of the readers and writers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from allocator.domain import (
    Building,
    Division,
    Floor,
    Ledger,
    Occupancy,
    Posts,
    Refit,
    Relation,
    Request,
    Room,
    Site,
    Survey,
    Unit,
)
from standards.catalog import Figure, Grade, Standard


def full_ledger() -> Ledger:
    """A ledger with every table and nearly every column in use."""
    return Ledger(
        sites=(
            Site(
                code="S1",
                name="市行政中心",
                kind="centralized",
                territory="城区",
                tenure="owned",
                title_holder="=机关事务管理局",
                title_registered=True,
                agreement=("*",),
                x_km=Fraction("1.25"),
                y_km=Fraction(-1, 3),
            ),
            Site(
                code="S2",
                name="-租用楼",
                kind="dispatched",
                tenure="leased",
                title_holder="",
                title_registered=False,
                rent_per_year=1_200_000,
                lease_end=date(2027, 6, 30),
                agreement=("U1", "U2"),
            ),
        ),
        buildings=(
            Building(code="B1", site="S1", name="1号楼", usable_ratio=Fraction("0.65")),
            Building(
                code="B2",
                site="S2",
                name="2号楼",
                high_rise=True,
                tenure="borrowed",
                title_holder="某公司",
                title_registered=False,
                rent_per_year=0,
                lease_end=date(2026, 1, 1),
            ),
        ),
        floors=(
            Floor(code="F1", building="B1", level=1, drawing="f1.dxf", tenure="owned"),
            Floor(code="F2", building="B2", level=-1),
        ),
        rooms=(
            Room(code="R1", floor="F1", number="301", use="office", area=1805, position=1),
            Room(
                code="R2",
                floor="F1",
                number="0302",
                use="service",
                area=5000,
                features=("secure", "common"),
                outline="0,0 6,0 6,3",
                approved_use="office",
                allocated_unit="U1",
                lent_to="+某协会",
                idle_reported=True,
                drawing_area=5001,
            ),
            Room(code="-R3", floor="F2", number="@B01", use="business", area=7, status="sealed"),
        ),
        units=(
            Unit(code="U1", name="市财政局", level="municipal", features=("accessible",)),
            Unit(
                code="U2",
                name="原商务局",
                level="county",
                category="institution",
                parent="U1",
                territory="城区",
                status="abolished",
                abolished_on=date(2025, 3, 1),
                successor="U1",
            ),
        ),
        divisions=(Division(code="D1", unit="U1", name="办公室"),),
        posts=(
            Posts(unit="U1", division="D1", grade="clerk", established=3, in_post=2),
            Posts(
                unit="U1",
                division="",
                grade="head",
                established=1,
                in_post=1,
                established_min=1,
                established_max=2,
                borrowed=1,
            ),
        ),
        occupancy=(
            Occupancy(room="R1", unit="U1", division="D1", grade="clerk", people=2, desks=3),
            Occupancy(room="R2", unit="U1", until=date(2026, 12, 31)),
        ),
        requests=(
            Request(
                unit="U1",
                purpose="会议室",
                use="service",
                area_min=3000,
                area_max=6000,
                count=2,
                features=("secure",),
            ),
        ),
        relations=(
            Relation(a="U1", b="U2", kind="near", weight=3),
            Relation(a="U2", b="U1", kind="apart", must=True),
        ),
        refits=(
            Refit(place="R1", day=date(2020, 5, 1), kind="major", cost=12, approval="〔2020〕1号"),
            Refit(place="F1", day=date(2021, 5, 1), kind="daily"),
        ),
        survey=(Survey(room="R1", measured=1800, day=date(2024, 2, 29), error=5),),
    )


def clean_ledger() -> Ledger:
    """A small ledger about which the cross-checks have nothing to say."""
    full = full_ledger()
    return Ledger(
        sites=(replace(full.sites[0], agreement=()),),
        buildings=(full.buildings[0],),
        floors=(full.floors[0],),
        rooms=(
            full.rooms[0],
            Room(code="R2", floor="F1", number="302", use="service", area=5000),
            Room(code="R3", floor="F1", number="303", use="office", area=4000),
        ),
        units=(full.units[0],),
        divisions=full.divisions,
        posts=full.posts,
        occupancy=(
            full.occupancy[0],
            Occupancy(room="R3", unit="U1", grade="head", people=1),
        ),
    )


def small_standard() -> Standard:
    """A standard of three grades with Chinese names."""

    def grade(code: str, level: str, zh: str, area: int) -> Grade:
        return Grade(
            code=code,
            level=level,
            zh=zh,
            en=code,
            area=area,
            clause="art. 11",
            confidence="high",
            aliases=("科员",) if code == "clerk" else (),
        )

    figure = Figure(value=Fraction(9, 100), clause="art. 13", confidence="high")
    return Standard(
        code="test",
        version="1",
        zh="测试",
        en="test",
        place="nowhere",
        source="made up",
        grades=(
            grade("head", "municipal", "市级正职", 4200),
            grade("clerk", "municipal", "局(处)级以下", 900),
            grade("clerk", "county", "科级以下", 900),
        ),
        service=(),
        equipment=figure,
        ratio_multi_storey=figure,
        ratio_high_rise=figure,
    )
