"""A small ledger folder on disk with a scenario file beside it."""

from pathlib import Path

from allocator.domain import (
    Building,
    Division,
    Floor,
    Ledger,
    Occupancy,
    Posts,
    Relation,
    Room,
    RoomStatus,
    Site,
    Unit,
)
from allocator.ledger.write import write_ledger_csv

_STATUS: dict[int, RoomStatus] = {3: "sealed", 4: "unavailable", 5: "let"}


def small_ledger(rooms: int = 8) -> Ledger:
    """Sites main (buildings B1, B2), leased and market; two departments, a firm, one abolished."""
    floors = ("F1", "F2", "F3", "F4")
    return Ledger(
        sites=(
            Site(
                code="main", name="本部", kind="centralized", tenure="owned", title_registered=True
            ),
            Site(
                code="leased", name="租", kind="independent", tenure="leased", title_registered=True
            ),
            Site(
                code="market",
                name="可租",
                kind="independent",
                tenure="market",
                title_registered=True,
            ),
        ),
        buildings=(
            Building(code="B1", site="main", name="一号楼"),
            Building(code="B2", site="main", name="二号楼"),
            Building(code="B3", site="leased", name="三号楼"),
            Building(code="B4", site="market", name="四号楼"),
        ),
        floors=tuple(
            Floor(code=code, building=f"B{i}", level=1) for i, code in enumerate(floors, start=1)
        ),
        rooms=tuple(
            Room(
                code=f"R{i}",
                floor=floors[i % 4],
                number=str(100 + i),
                use="office",
                area=1800 + i,
                status=_STATUS.get(i, "available"),
            )
            for i in range(rooms)
        ),
        units=(
            Unit(code="reform", name="发改委", level="municipal"),
            Unit(code="finance", name="财政局", level="municipal"),
            Unit(code="firm", name="公司", level="municipal", category="enterprise"),
            Unit(code="gone", name="旧局", level="municipal", status="abolished"),
        ),
        divisions=(Division(code="office", unit="reform", name="办公室"),),
        posts=(
            Posts(unit="reform", division="office", grade="bureau_head", established=1, in_post=1),
            Posts(unit="finance", division="", grade="below_bureau", established=3, in_post=2),
        ),
        occupancy=(
            Occupancy(room="R1", unit="reform", division="office", grade="bureau_head", people=1),
        ),
        relations=(
            Relation(a="reform", b="finance", kind="near", weight=2),
            Relation(a="finance", b="reform", kind="same_site", must=True),
        ),
    )


HEAD = "name: 试验\nledger: ledger\nstandard: cn-2014\n"
"""The three lines every scenario has; what follows begins on line 4."""


def scenario_folder(folder: Path, more: str = "", head: str = HEAD, rooms: int = 8) -> Path:
    """Write the ledger and `scenario.yaml`; returns the scenario's path."""
    write_ledger_csv(small_ledger(rooms), folder / "ledger")
    path = folder / "scenario.yaml"
    path.write_text(head + more, encoding="utf-8")
    return path
