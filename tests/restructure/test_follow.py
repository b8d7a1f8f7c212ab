"""Entries of a base after operations on its units, each worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from allocator.domain import Group, Relation
from allocator.restructure.follow import follow
from allocator.restructure.lineage import Flow, Lineage
from allocator.scenario import Forbid, Pin, RoomException
from allocator.scenario_file import read_scenario
from tests.restructure.ledgers import folder

LINEAGE = Lineage(
    units=(("end", ()), ("one", ("both",)), ("s", ("s", "t")), ("two", ("both",))),
    divisions=(("e1", ("", "")), ("s2", ("t", "t2"))),
    flows=(
        Flow(old=Group("s", "s2", "a"), new=Group("t", "t2", "b"), established=3, in_post=3),
        Flow(old=Group("s", "", "a"), new=Group("t", "", "c"), established=1, in_post=1),
    ),
)


def _pin(unit: str, **more: Any) -> Pin:
    return Pin(**{"unit": unit, "kind": "site", "place": "S", **more})


@pytest.mark.parametrize(
    ("entry", "after"),
    [
        (_pin("one"), [_pin("both")]),
        (_pin("end"), []),
        (_pin("other"), [_pin("other")]),
        (_pin("s"), [_pin("s"), _pin("t")]),
        (_pin("s", kind="room", people=2), [_pin("s", kind="room", people=2)]),
        (_pin("s", division="s2", grade="a"), [_pin("t", division="t2", grade="b")]),
        (_pin("end", division="e1"), []),
        (Forbid(unit="s", kind="site", place="S"),
         [Forbid(unit="s", kind="site", place="S"), Forbid(unit="t", kind="site", place="S")]),
        (Forbid(unit="s", kind="site", place="S", division="s2"),
         [Forbid(unit="t", kind="site", place="S", division="t2")]),
        (Relation(a="one", b="two", kind="near", weight=1), []),
        (Relation(a="one", b="s", kind="apart", must=True),
         [Relation(a="both", b="s", kind="apart", must=True),
          Relation(a="both", b="t", kind="apart", must=True)]),
        (RoomException(room="R", unit="s", reason="r"),
         [RoomException(room="R", unit="s", reason="r")]),
        (("R", ("one", "s")), [("R", ("both", "s", "t"))]),
        (("S", ("*",)), [("S", ("*",))]),
        (("S", ("end",)), []),
    ],
)  # fmt: skip
def test_what_an_entry_becomes(entry: Any, after: list[Any]) -> None:
    assert list(follow(entry, LINEAGE)) == after


def test_an_entry_that_ends_with_its_unit_is_logged(tmp_path: Path) -> None:
    folder(
        tmp_path,
        "pins: [{unit: inv, site: S1}, {unit: com, site: S1}, {unit: cul, site: S1}]\n"
        "relations: [{a: com, b: inv, kind: near, weight: 2}, "
        "{a: cul, b: inv, kind: near, weight: 3}]\n",
    )
    own = tmp_path / "own.yaml"
    own.write_text("base: scenario.yaml\nrestructure: [{abolish: {unit: inv}}]\n", "utf-8")
    scenario = read_scenario(own)
    assert [pin.unit for pin in scenario.pins] == ["com", "cul"]
    (lost,) = (c for c in scenario.changes if c.what == "pins")
    assert (lost.place, lost.new) == ("inv", "")
    lines = {(c.place, c.what, c.old, c.new) for c in scenario.changes}
    assert ("inv", "people without successor", "4", "0") in lines
    own.write_text(
        "base: scenario.yaml\nrestructure: [{merge: {units: [com, cul], into: {unit: com}}}]\n",
        "utf-8",
    )
    merged = read_scenario(own)
    assert [pin.unit for pin in merged.pins] == ["inv", "com"]
    assert merged.relations == (Relation(a="com", b="inv", kind="near", weight=5),)
