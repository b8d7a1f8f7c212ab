"""Stack pictures: the floors of a site in cross-section, alone or before and after a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from allocator.plan import Assignment, Plan
from allocator.quantity import m2_text
from allocator.scenario import Scenario
from viz.labels import height
from viz.layout import Sheet, arrange
from viz.page import NOTE_SIZE, figure_of, head_lines, inches, page_axes, paint_head, ruled
from viz.palette import words
from viz.rooms import FloorBlocks, State, View
from viz.sheet import LegendEntry, Painter, legend_high, level_name, paint_legend, whole
from viz.theme import Lang, Rows, new_figure, text, theme

WIDE = 15.0
NARROWEST = 7.0
"""A sheet's width in inches: at most, and at least for its heading and legend."""
EDGE = 0.3
BETWEEN = 0.4
DELTA = 0.5
LOW, HIGH = 0.3, 0.5
"""A floor's height in inches, by the number of floors."""


def _titles(view: View, floors: Sequence[FloorBlocks]) -> dict[str, str]:
    area: dict[str, int] = defaultdict(int)
    for floor in floors:
        area[floor.building] += floor.area
    names = {b.code: b.name or b.code for b in view.scenario.ledger.buildings}
    return {code: f"{names[code]}  {whole(total)} m²" for code, total in sorted(area.items())}


def _floor_high(levels: int) -> float:
    return min(HIGH, max(LOW, 6.5 / max(1, levels)))


def _site_name(view: View, site: str) -> str:
    return view.problem.sites[site].name or site


def _sums(floors: Sequence[FloorBlocks]) -> dict[str, int]:
    kinds = {k: sum(f.area_of(k) for f in floors) for k in ("unit", "common", "stranded")}
    released = sum(f.area_of("released") for f in floors)
    in_use = sum(kinds.values())
    return {
        "stock": in_use + released,
        "in_use": in_use,
        "stranded": kinds["stranded"],
        "released": released,
    }


def _state(
    view: View,
    assignments: Iterable[Assignment] | None,
    stage: str,
    floors_in_use: Iterable[str] | None,
) -> State:
    if assignments is None:
        return view.today()
    rows = tuple(sorted(assignments))
    if floors_in_use is not None:
        return State(rows, frozenset(floors_in_use))
    if stage == "today":
        return State(rows, view.today().in_use)
    return view.planned(rows)


def _dry(painter: Painter, sheets: Sequence[tuple[Sheet, float]]) -> None:
    """Paint once on a scratch figure, to learn which legend entries are needed."""
    scratch = new_figure(1, 1)
    for sheet, floor_high in sheets:
        painter.sheet(scratch.add_axes((0, 0, 1, 1)), sheet, 0.0, floor_high)


def draw_stacking(
    scenario: Scenario,
    assignments: Iterable[Assignment] | None = None,
    ax: Axes | None = None,
    *,
    site: str,
    lang: Lang = "zh",
    stage: Literal["today", "plan"] = "plan",
    floors_in_use: Iterable[str] | None = None,
) -> Figure:
    """The floors of one site, blocks to scale, one block per unit and floor.

    `assignments` None: today's occupancy. `floors_in_use`: as in `Plan.areas` (None: those the
    assignments keep in use). Without `ax` the figure grows with the site and carries a legend of
    every unit whose full name fits in no block; with `ax` the floors shrink to it, without legend.
    """
    with theme():
        stage = "today" if assignments is None else stage
        view = View(scenario)
        floors = view.blocks(_state(view, assignments, stage, floors_in_use), site)
        painter = Painter(view, lang, stage)
        t = painter.t
        wide = WIDE if ax is None else inches(ax)[0]
        sheet = arrange(floors, _titles(view, floors), wide)
        title = t["stack_title"].format(site=_site_name(view, site), stage=t[stage])
        sums = {name: whole(area) for name, area in _sums(floors).items()}
        notes = [t["stack_sums"].format(**sums), t["scale"]] if floors else [t["no_rooms"]]
        head, head_high = head_lines(title, notes, wide)
        if ax is not None:
            high = inches(ax)[1]
            fixed = head_high + sheet.high(0.0)
            floor_high = max(0.05, (high - fixed) / max(1, sheet.levels))
            ruled(ax, wide, fixed + floor_high * sheet.levels if sheet.levels else high)
            paint_head(ax, head, 0.0)
            painter.sheet(ax, sheet, head_high, floor_high)
            return figure_of(ax)
        floor_high = _floor_high(sheet.levels)
        _dry(painter, [(sheet, floor_high)])
        wide = max(NARROWEST, sheet.wide)
        head, head_high = head_lines(title, notes, wide)
        entries = painter.legend_entries()
        body = head_high + sheet.high(floor_high)
        high = body + legend_high(entries, wide)
        fig = new_figure(wide + 2 * EDGE, high + 2 * EDGE)
        own = page_axes(fig, EDGE, EDGE, wide, high)
        paint_head(own, head, 0.0)
        painter.sheet(own, sheet, head_high, floor_high)
        paint_legend(own, entries, body, wide)
        return fig


def _changes(
    before: Sequence[FloorBlocks], after: Sequence[FloorBlocks]
) -> dict[tuple[str, str], int]:
    """(floor, unit) -> area gained (+) or given up (-) by the plan, 0.01 m2; no zeros."""
    change: dict[tuple[str, str], int] = defaultdict(int)
    for sign, floors in ((-1, before), (1, after)):
        for floor in floors:
            for item in floor.blocks:
                if item.unit:
                    change[floor.floor, item.unit] += sign * item.area
    return {key: area for key, area in sorted(change.items()) if area}


def draw_before_after(scenario: Scenario, plan: Plan, *, site: str, lang: Lang = "zh") -> Figure:
    """One site today and under a plan, side by side on one scale, differences framed."""
    with theme():
        view = View(scenario)
        stages = {
            "before": view.blocks(view.today(), site),
            "after": view.blocks(view.of_plan(plan), site),
        }
        change = _changes(stages["before"], stages["after"])
        painters = {stage: Painter(view, lang, stage, change) for stage in stages}
        t = text(lang)
        wide = (WIDE - BETWEEN) / 2
        sheets = {
            stage: arrange(floors, _titles(view, floors), wide, DELTA)
            for stage, floors in stages.items()
        }
        sums = {stage: _sums(floors) for stage, floors in stages.items()}
        note = t["diff_sums"].format(
            before=whole(sums["before"]["in_use"]),
            after=whole(sums["after"]["in_use"]),
            gain=whole(sums["after"]["released"] - sums["before"]["released"]),
        )
        title = t["diff_title"].format(site=_site_name(view, site))
        head, head_high = head_lines(title, [note, t["scale"]] if change else [note], WIDE)
        floor_high = _floor_high(sheets["before"].levels)
        entries = _joined(painters, sheets, floor_high)
        caption = height(1, NOTE_SIZE) + 0.1
        body = head_high + caption + max(s.high(floor_high) for s in sheets.values())
        high = body + legend_high(entries, WIDE)
        fig = new_figure(WIDE + 2 * EDGE, high + 2 * EDGE)
        back = page_axes(fig, EDGE, EDGE, WIDE, high)
        paint_head(back, head, 0.0)
        paint_legend(back, entries, body, WIDE)
        for place, (stage, sheet) in enumerate(sheets.items()):
            own = page_axes(
                fig, EDGE + place * (wide + BETWEEN), EDGE + head_high, wide, body - head_high
            )
            words(own, 0, caption / 2, t[stage], NOTE_SIZE + 2)
            painters[stage].sheet(own, sheet, caption, floor_high)
        return fig


def _joined(
    painters: dict[str, Painter], sheets: dict[str, Sheet], floor_high: float
) -> list[LegendEntry]:
    """Legend entries that either side needs."""
    for stage, sheet in sheets.items():
        _dry(painters[stage], [(sheet, floor_high)])
    first, second = painters.values()
    first.states |= second.states
    first.unnamed |= second.unnamed
    first.business |= second.business
    return first.legend_entries()


# -- text tables ---------------------------------------------------------------------------


def _labels(view: View) -> tuple[dict[str, str], dict[str, str]]:
    units = {u.code: u.name for u in view.scenario.ledger.units}
    buildings = {b.code: b.name or b.code for b in view.scenario.ledger.buildings}
    return units, buildings


def stacking_rows(
    scenario: Scenario,
    assignments: Iterable[Assignment] | None = None,
    *,
    site: str,
    lang: Lang = "zh",
    stage: Literal["today", "plan"] = "plan",
    floors_in_use: Iterable[str] | None = None,
) -> Rows:
    """Every block of `draw_stacking` as text: building, floor, kind, unit, rooms, people, area."""
    t, view = text(lang), View(scenario)
    units, buildings = _labels(view)
    heads = ("building", "floor", "kind", "unit", "rooms", "people", "area")
    rows = [tuple(t[head] for head in heads)]
    for floor in view.blocks(_state(view, assignments, stage, floors_in_use), site):
        for item in floor.blocks:
            kind = t["held"] if item.kind == "unit" else t[item.kind]
            rows.append(
                (
                    buildings[floor.building],
                    level_name(floor.level),
                    kind,
                    units.get(item.unit, ""),
                    str(len(item.rooms)),
                    str(item.people),
                    m2_text(item.area),
                )
            )
    return tuple(rows)


def before_after_rows(scenario: Scenario, plan: Plan, *, site: str, lang: Lang = "zh") -> Rows:
    """Every difference of `draw_before_after`: building, floor, unit, areas, change."""
    t, view = text(lang), View(scenario)
    units, buildings = _labels(view)
    before = view.blocks(view.today(), site)
    after = view.blocks(view.of_plan(plan), site)
    place = {floor.floor: floor for floor in before}
    held: dict[tuple[str, str], int] = defaultdict(int)
    for floor in before:
        for item in floor.blocks:
            if item.unit:
                held[floor.floor, item.unit] += item.area
    heads = ("building", "floor", "unit", "before", "after", "change")
    rows = [tuple(t[head] for head in heads)]
    for (code, unit), area in _changes(before, after).items():
        old = held.get((code, unit), 0)
        rows.append(
            (
                buildings[place[code].building],
                level_name(place[code].level),
                units[unit],
                m2_text(old),
                m2_text(old + area),
                ("+" if area > 0 else "") + m2_text(area),
            )
        )
    return tuple(rows)
