"""The tables of `allocator compare`: for the terminal, for JSON and for CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from allocator.commands.text_table import text_table
from allocator.messages import lang, pick
from allocator.quantity import Exact, m2, m2_text

if TYPE_CHECKING:
    from allocator.compare import Grid, GridRow
    from allocator.compare_inputs import InputDifference
    from allocator.compare_thresholds import Threshold
    from allocator.compare_units import UnitDifference
    from allocator.plan import Plan
    from allocator.records.record import RecordChange
    from allocator.scenario import Scenario

    Entry: TypeAlias = tuple[str, Scenario, Plan]

LISTED = 15
"""Units and input differences that the terminal shows; files hold all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Everything a comparison says; `inputs` and `changes` are against the first plan."""

    grid: Grid
    thresholds: Mapping[str, Threshold]
    units: tuple[UnitDifference, ...]
    unit_names: Mapping[str, str]
    inputs: tuple[tuple[InputDifference, ...], ...]
    changes: tuple[tuple[RecordChange, ...], ...]


def compared(read: Sequence[Entry], thresholds: Path | None) -> Compared:
    """Compare plans in every way; raises InputError for thresholds that cannot be read."""
    from allocator.compare import FIGURES, compare_plans
    from allocator.compare_inputs import scenario_differences
    from allocator.compare_thresholds import read_thresholds
    from allocator.compare_units import unit_differences
    from allocator.records.collect import records_of
    from allocator.records.record import subtract

    limits = read_thresholds(thresholds, FIGURES)
    records = [records_of(s, p.assignments, p.areas.common_floors) for _, s, p in read]
    first = read[0][1]
    order = [tier.name for _, scenario, _ in read for tier in scenario.policy.tiers]
    return Compared(
        grid=compare_plans(read, limits),
        thresholds=limits,
        units=unit_differences(read),
        unit_names={u.code: u.name or u.code for _, s, _ in reversed(read) for u in s.ledger.units},
        inputs=tuple(scenario_differences(first, s) for _, s, _ in read),
        changes=tuple(
            tuple(sorted(subtract(records[0], found), key=lambda c: order.index(c.record.tier)))
            for found in records
        ),
    )


# -- the grid ------------------------------------------------------------------------------


def _unit(row: GridRow) -> str:
    from allocator.report.words import UNIT, known

    units = {"area": ("平方米", "m²"), "count": ("", ""), "yuan": ("元/年", "yuan a year")}
    return pick(*units[row.unit]) if row.unit in units else pick(*known(UNIT, row.unit))


def _shown(row: GridRow, value: Exact | None) -> str:
    from allocator.report.proof import shown

    if value is None:
        return "-"
    if row.unit == "area":
        return m2_text(value)
    return f"{value:,}" if isinstance(value, int) else shown(value, row.unit)


def _signed(row: GridRow, value: Exact | None) -> str:
    text = _shown(row, value)
    return f"+{text}" if value and value > 0 else text


def grid_text(found: Compared) -> str:
    """Values, differences to the first plan, colours in words, ranks."""
    from allocator.compare_thresholds import COLOUR_WORDS

    grid = found.grid
    later = range(1, len(grid.names))
    deltas = [f"Δ{place + 1}" for place in later]
    heads = [pick("指标", "quantity"), pick("单位", "unit"), *grid.names, *deltas,
             pick("名次", "ranks"), pick("界限", "limits")]  # fmt: skip
    rows = [heads]
    for row in grid.rows:
        ranks = [str(rank) if rank else "-" for rank in row.ranks] if row.better else []
        colours = [pick(*COLOUR_WORDS[c]) if c else "-" for c in row.colours]
        values = [_shown(row, value) for value in row.values]
        changes = [_signed(row, row.deltas[place]) for place in later]
        marks = " ".join(colours) if any(row.colours) else ""
        rows.append([pick(row.zh, row.en), _unit(row), *values, *changes, " ".join(ranks), marks])
    columns = len(grid.names) + len(deltas)
    return text_table(rows, "<<" + ">" * columns + "<<") + "\n" + _limits_text(found)


def _limits_text(found: Compared) -> str:
    titles = {row.key: (row.zh, row.en) for row in found.grid.rows}
    lines = [
        pick(
            "名次逐项排列，1 为最好，并列者同名次，不合成总分。界限是政策参数，没有法规出处：",
            "Ranks are per line, 1 is best, ties share a rank; there is no total. "
            "Limits are policy, without legal source:",
        )
    ]
    for key, limit in found.thresholds.items():
        name = pick(*titles[key])
        if limit.share_of:
            name = f"{name} / {pick(*titles[limit.share_of])}"
        lines.append(f"  {name}: {limit.text(lang())}")
    return "\n".join(lines)


# -- units, inputs, records ----------------------------------------------------------------


def units_text(found: Compared) -> str:
    """Units that differ, the largest change first."""
    title = pick("安排不同的单位（按变动面积）", "units that differ (by area changed)")
    if not found.units:
        return f"{title}: {pick('无', 'none')}"
    heads = (("单位", "unit"), ("方案", "plan"), ("主要楼栋", "main building"), ("房间", "rooms"),
             ("平方米", "m²"), ("人数", "people"), ("调整", "moved"))  # fmt: skip
    rows = [[pick(*words) for words in heads]]
    for row in found.units[:LISTED]:
        for name, place in zip(found.grid.names, row.places, strict=True):
            rows.append([found.unit_names[row.unit], name, place.building or "-",
                         str(len(place.rooms)), m2_text(place.area), str(place.people),
                         str(place.moved)])  # fmt: skip
    return f"{title}\n{text_table(rows, '<<<>>>>', '  ')}{_rest(len(found.units))}"


def inputs_text(found: Compared) -> str:
    """Differences of the inputs against the first plan."""
    lines = []
    for name, differences in zip(found.grid.names[1:], found.inputs[1:], strict=True):
        title = pick(f"输入差异（{name}）", f"input differences ({name})")
        if not differences:
            lines.append(f"{title}: {pick('无', 'none')}")
            continue
        shown = [f"  {pick(d.zh, d.en)}" for d in differences[:LISTED]]
        lines.append("\n".join([title, *shown]) + _rest(len(differences)))
    return "\n".join(lines)


def changes_text(found: Compared, top: int) -> str:
    """The records that change a tier most, `top` per tier and plan."""
    from allocator.report.proof import shown

    units = {row.key.removeprefix("tier:"): row.unit for row in found.grid.rows}
    lines = []
    for name, changes in zip(found.grid.names[1:], found.changes[1:], strict=True):
        for tier, inside in groupby(changes, key=lambda c: c.record.tier):
            rows = list(inside)
            total = sum((c.value for c in rows), Fraction(0))
            unit = units[tier]
            text = f"{'+' if total > 0 else ''}{shown(total, unit)}"
            title = pick(
                f"{name} 目标 {tier} 变化 {text}", f"{name}: tier {tier} changes by {text}"
            )
            lines.append(f"{title}{pick('，其中', ', of which')}")
            table = [
                [f"{'+' if c.value > 0 else ''}{shown(c.value, unit)}", pick(c.zh, c.en)]
                for c in rows[:top]
            ]
            lines.append(text_table(table, "><", "  ") + _rest(len(rows), top))
    return "\n".join(lines)


def _rest(count: int, shown: int = LISTED) -> str:
    if count <= shown:
        return ""
    return pick(
        f"\n  另有 {count - shown} 项（-o 文件夹中列全）",
        f"\n  {count - shown} more (-o lists all)",
    )


# -- data ----------------------------------------------------------------------------------


def _plain(row: GridRow, value: Exact | None) -> Any:
    if value is None or row.unit in ("count", "yuan"):
        return value
    return m2(value) if row.unit == "area" else float(Fraction(value))


def as_data(found: Compared, top: int) -> dict[str, Any]:
    """The comparison for machines; records are the `top` of each tier, records.csv holds all."""
    grid = found.grid
    return {
        "plans": list(grid.names),
        "rows": [
            {
                "key": row.key,
                "zh": row.zh,
                "en": row.en,
                "unit": "m2" if row.unit == "area" else row.unit,
                "values": [_plain(row, value) for value in row.values],
                "differences": [_plain(row, value) for value in row.deltas],
                "verdicts": list(row.verdicts),
                "better": row.better,
                "ranks": list(row.ranks),
                "colours": list(row.colours),
            }
            for row in grid.rows
        ],
        "thresholds": {
            key: {"zh": limit.text("zh"), "en": limit.text("en"), "share_of": limit.share_of}
            for key, limit in found.thresholds.items()
        },
        "thresholds_source": "policy, no legal source",
        "units": [dict(zip(UNIT_COLUMNS, line, strict=True)) for line in unit_lines(found)],
        "inputs": [dict(zip(INPUT_COLUMNS, line, strict=True)) for line in input_lines(found)],
        "records": [
            dict(zip(RECORD_COLUMNS, line, strict=True)) for line in record_lines(found, top)
        ],
    }


UNIT_COLUMNS = (
    "unit",
    "name",
    "plan",
    "building",
    "rooms",
    "area_m2",
    "people",
    "moved",
    "size_m2",
)
INPUT_COLUMNS = ("plan", "part", "table", "code", "column", "old", "new", "zh", "en")
RECORD_COLUMNS = (
    "plan", "tier", "term", "rule", "clause", "unit", "kind", "place", "subject", "amount_before",
    "amount_after", "amount_change", "value_change", "zh", "en",
)  # fmt: skip


def unit_lines(found: Compared) -> Iterator[tuple[Any, ...]]:
    """One line per unit that differs and plan."""
    for row in found.units:
        for name, place in zip(found.grid.names, row.places, strict=True):
            yield (row.unit, found.unit_names[row.unit], name, place.building,
                   " ".join(place.rooms), m2(place.area), place.people, place.moved,
                   m2(row.size))  # fmt: skip


def input_lines(found: Compared) -> Iterator[tuple[Any, ...]]:
    """One line per input difference."""
    for name, differences in zip(found.grid.names, found.inputs, strict=True):
        for d in differences:
            yield (name, d.part, d.table, d.code, d.column, d.old, d.new, d.zh, d.en)


def record_lines(found: Compared, top: int | None = None) -> Iterator[tuple[Any, ...]]:
    """One line per record that differs from the first plan's, all or the `top` of each tier."""
    for name, changes in zip(found.grid.names, found.changes, strict=True):
        for _, inside in groupby(changes, key=lambda c: c.record.tier):
            for c in list(inside)[:top]:
                r = c.record
                yield (name, r.tier, r.term, r.rule, r.clause, r.unit, r.kind, r.place, r.subject,
                       None if c.before is None else float(c.before.amount),
                       None if c.after is None else float(c.after.amount),
                       float(c.amount), float(c.value), c.zh, c.en)  # fmt: skip


def grid_lines(found: Compared) -> Iterator[tuple[Any, ...]]:
    """Heading and rows of comparison.csv: values, then differences, ranks and colours."""
    names = found.grid.names
    more = [f"{what} {name}" for what in ("difference", "rank", "colour") for name in names]
    yield ("key", lang(), "unit", *names, *more)
    for row in found.grid.rows:
        unit = "m2" if row.unit == "area" else row.unit
        values = [_plain(row, value) for value in (*row.values, *row.deltas)]
        yield (row.key, pick(row.zh, row.en), unit, *values, *row.ranks, *row.colours)


def write_csv(path: Path, lines: Iterable[Iterable[Any]]) -> None:
    """Rows as UTF-8 CSV; a text that looks like a formula stays a text."""
    from allocator.ledger.sources import escape
    from allocator.ledger.write import write_at_once

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([escape(v) if isinstance(v, str) else v for v in line] for line in lines)
    content = text.getvalue().encode("utf-8-sig")
    write_at_once(path, lambda part: part.write_bytes(content))
