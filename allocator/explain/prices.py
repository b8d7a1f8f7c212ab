"""The price table of what may be laid aside: declared policy, no legal source."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from allocator.findings import InputError
from allocator.quantity import area_from_m2
from allocator.strict_yaml import read_document_file
from allocator.yaml_fields import Node, Problems

FORMAT = "allocator-prices/1"
DEFAULT = Path(__file__).with_name("prices-default.yaml")

KINDS = (
    "pin", "forbid", "relation", "request", "sites_cap", "buildings_cap", "people_moved",
    "reserve", "min_share", "tolerance", "single", "business", "ineligible", "closed", "title",
    "territory", "market", "posts",
)  # fmt: skip
"""Kinds of things a scenario asks for."""

SOURCES: tuple[tuple[str, str], ...] = (
    ("不增加用房", "no space added"),
    ("调剂", "readjust"),
    ("置换", "exchange"),
    ("租用", "rent"),
    ("建设", "build"),
)
"""Where space comes from, in the lawful order (党政机关办公用房管理办法)."""

GRANTORS: dict[str, tuple[str, str]] = {
    "pin": ("提出固定要求的单位和机关事务管理部门", "who asked for it, with the administration"),
    "forbid": ("提出限制要求的单位和机关事务管理部门", "who asked for it, with the administration"),
    "relation": ("两个单位和机关事务管理部门", "the two units, with the administration"),
    "request": ("提出需求的单位", "the unit that asked"),
    "sites_cap": ("机关事务管理部门", "the government offices administration"),
    "buildings_cap": ("机关事务管理部门", "the government offices administration"),
    "people_moved": ("本级党委、政府", "the party committee and government of the level"),
    "reserve": ("机关事务管理部门", "the government offices administration"),
    "min_share": ("机关事务管理部门", "the government offices administration"),
    "tolerance": ("机关事务管理部门会同发展改革、财政部门", "the administration, DRC and finance"),
    "single": ("机关事务管理部门", "the government offices administration"),
    "business": ("使用单位和机关事务管理部门", "the unit, with the administration"),
    "ineligible": ("占用单位的主管部门", "the department in charge of the body"),
    "closed": ("机关事务管理部门", "the government offices administration"),
    "title": ("产权单位和机关事务管理部门", "the title holder, with the administration"),
    "territory": ("上一级机关事务管理部门", "the administration one level up"),
    "market": ("财政部门", "the finance department"),
    "posts": ("发展改革部门（建设）或机构编制部门（编制）", "DRC (to build) or the post committee"),
}  # fmt: skip
"""Who may grant it, in both languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What laying one thing aside costs: m2 (0.01 inside), people, yuan a year, and in one sum."""

    area: int = 0
    people: int = 0
    yuan: int = 0
    total: int = 0
    """Yuan-equivalents a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Rates of the table; `least` and `source` by kind."""

    per_m2: int
    per_person: int
    min_share: Fraction
    tolerance: int
    least: dict[str, int]
    source: dict[str, int]

    def price(self, kind: str, area: int = 0, people: int = 0, yuan: int = 0) -> Price:
        """The price of one thing; areas in 0.01 m2."""
        total = self.least[kind] + yuan + self.per_person * people + self.per_m2 * area // 100
        return Price(area=area, people=people, yuan=yuan, total=total)


def read_prices(path: Path | None = None) -> Prices:
    """The shipped table or another complete one; raises InputError, located."""
    target = path or DEFAULT
    problems = Problems(read_document_file(target, target.name))
    found = problems.root().fields(("format", "per_m2", "per_person", "levels", "kinds"))
    if "format" in found:
        found["format"].choice((FORMAT,))
    levels = found["levels"].fields(("min_share", "tolerance_m2")) if "levels" in found else {}
    kinds = found["kinds"].fields(KINDS) if "kinds" in found else {}
    least, source = {}, {}
    for kind, node in kinds.items():
        fields = node.fields(("least", "source"))
        least[kind] = _whole(fields, "least")
        source[kind] = min(_whole(fields, "source"), len(SOURCES) - 1)
    share = levels["min_share"].number(0, 1, above=True) if "min_share" in levels else None
    metres = levels["tolerance_m2"].number(0, 1000) if "tolerance_m2" in levels else None
    made = Prices(
        per_m2=_whole(found, "per_m2"),
        per_person=_whole(found, "per_person"),
        min_share=share or Fraction(1),
        tolerance=area_from_m2(metres or 0),
        least=least,
        source=source,
    )
    if problems.findings:
        raise InputError(problems.findings)
    return made


def _whole(found: dict[str, Node], key: str) -> int:
    return (found[key].integer(0) or 0) if key in found else 0
