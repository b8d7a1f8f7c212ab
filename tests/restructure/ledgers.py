"""A small district for operations: three departments in divisions, a firm, one that ended."""

from __future__ import annotations

from pathlib import Path

from allocator.domain import Division, Ledger, Relation
from allocator.ledger.write import write_ledger_csv
from allocator.restructure.apply import apply
from allocator.restructure.operations import Operation
from allocator.restructure.state import State, start_state
from tests.builders import (
    building,
    floor,
    holds,
    make_ledger,
    office,
    posts,
    request,
    site,
    sits,
    tiny_standard,
    unit,
)

HEAD = "name: test\nledger: ledger\nstandard: cn-2014\n"
"""The three lines every scenario has; what follows begins on line 4."""
CHIEF, CLERK = "bureau_head", "below_bureau"


def district(chief: str = "chief", clerk: str = "clerk") -> Ledger:
    """Units com (c1, c2), inv (i1), cul (u1, u2 and posts outside), a firm, one gone."""
    rooms = [office(f"A{n}", "A1" if n < 5 else "A2", 18) for n in range(1, 9)]
    rooms[0] = office("A1", "A1", 18, allocated_unit="com")
    rooms[3] = office("A4", "A1", 18, allocated_unit="inv", lent_to="cul")
    rooms += [office("B1-1", "B1", 20), office("L1-1", "L1", 20, status="let")]
    rooms.append(office("M1-1", "M1", 30))
    return make_ledger(
        sites=[
            site("S1", agreement=("inv",)),
            site("L", tenure="leased", title_registered=False, title_holder="inv"),
            site("M", tenure="market"),
        ],
        buildings=[building("A", "S1"), building("B", "S1"), building("LB", "L"),
                   building("MB", "M")],
        floors=[floor("A1", "A"), floor("A2", "A", 2), floor("B1", "B"), floor("L1", "LB"),
                floor("M1", "MB")],
        rooms=rooms,
        units=[unit("com"), unit("inv"), unit("cul", parent="com"),
               unit("firm", category="enterprise"), unit("gone", status="abolished")],
        divisions=[Division(code=c, unit=u, name=f"division {c}")
                   for c, u in (("c1", "com"), ("c2", "com"), ("i1", "inv"), ("u1", "cul"),
                                ("u2", "cul"))],
        posts=[
            posts("com", chief, 1), posts("com", clerk, 4, 3, "c1"),
            posts("com", clerk, 2, 2, "c2"),
            posts("inv", clerk, 5, 4, "i1"), posts("cul", chief, 1),
            posts("cul", clerk, 3, 3, "u1"), posts("cul", clerk, 2, 1, "u2"),
        ],
        occupancy=[
            sits("A1", "com", chief), sits("A2", "com", clerk, 2, "c1"),
            sits("A3", "com", clerk, 1, "c1"), sits("A3", "com", clerk, 2, "c2"),
            sits("A4", "inv", clerk, 2, "i1"), sits("A5", "inv", clerk, 2, "i1"),
            sits("A6", "cul", chief), sits("A7", "cul", clerk, 3, "u1"),
            sits("A8", "cul", clerk, 1, "u2"), holds("B1-1", "inv"),
        ],
        requests=[request("inv", "hall", "service", 20, 30)],
        relations=[
            Relation(a="com", b="inv", kind="near", weight=2),
            Relation(a="inv", b="cul", kind="near", weight=3),
            Relation(a="cul", b="com", kind="near", weight=1),
            Relation(a="com", b="cul", kind="apart", must=True),
        ],
    )  # fmt: skip


def begin() -> State:
    """The district under the tiny standard."""
    return start_state(district(), tiny_standard())


def run(*operations: Operation, state: State | None = None) -> State:
    """The state after operations."""
    after = begin() if state is None else state
    for operation in operations:
        after = apply(after, operation)
    return after


def folder(path: Path, more: str, head: str = HEAD) -> Path:
    """The district on disk with a scenario beside it; returns the scenario's path."""
    write_ledger_csv(district(CHIEF, CLERK), path / "ledger")
    file = path / "scenario.yaml"
    file.write_text(head + more, encoding="utf-8")
    return file
