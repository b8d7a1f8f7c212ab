"""All sites at a glance: stock in use and released, before and after a plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from allocator.palette import STATES, Style
from allocator.plan import Plan
from allocator.quantity import m2_text
from allocator.scenario import Scenario
from viz.labels import broken, fitted, height, width
from viz.page import head_lines, page_axes, paint_head
from viz.palette import block, frame, words
from viz.rooms import SiteAreas, View
from viz.sheet import LegendEntry, legend_high, paint_legend, signed, whole
from viz.theme import Lang, Rows, new_figure, text, theme

WIDE = 12.0
EDGE = 0.3
NAME, STAGE, NUMBER = 2.3, 0.55, 0.85
COLUMNS = ("in_use", "released_area", "new_released_area", "released_floors")
LINE_HIGH, BAR_HIGH = 0.56, 0.19
SIZE = 7.5
MOST_LINES = 24
GRID_COLUMNS, CELL = 6, (2.4, 0.56)
Pair: TypeAlias = tuple[SiteAreas, SiteAreas]
"""One site today and in the plan."""
HELD = Style("#5b7fa6", "", "#ffffff", "#3f5f80")

PARTS: tuple[tuple[str, Style, Callable[[SiteAreas], int]], ...] = (
    ("held", HELD, lambda areas: areas.held),
    ("common", STATES["common"], lambda areas: areas.common),
    ("stranded", STATES["stranded"], lambda areas: areas.stranded),
    ("released", STATES["released"], lambda areas: areas.released),
)
NOTHING = SiteAreas(0, 0, 0, 0, 0)


def city_areas(scenario: Scenario, plan: Plan) -> dict[str, Pair]:
    """Per site (before, after), most newly released first, ties by code."""
    view = View(scenario)
    before = view.site_areas(view.today())
    after = view.site_areas(view.of_plan(plan))
    pairs = {
        code: (before.get(code, NOTHING), after.get(code, NOTHING))
        for code in sorted(before.keys() | after.keys())
    }

    def order(code: str) -> tuple[int, str]:
        old, new = pairs[code]
        return (old.released - new.released, code)

    return {code: pairs[code] for code in sorted(pairs, key=order)}


def draw_city(scenario: Scenario, plan: Plan, *, lang: Lang = "zh") -> Figure:
    """Every site with a bar for today and one for the plan, all on one scale.

    Up to 24 sites: one line each with its figures. More: a grid of small cells, read line by line.
    """
    with theme():
        t = text(lang)
        pairs = city_areas(scenario, plan)
        names = {s.code: s.name or s.code for s in scenario.ledger.sites}
        is_grid = len(pairs) > MOST_LINES
        wide = GRID_COLUMNS * CELL[0] if is_grid else WIDE
        gain = sum(new.released - old.released for old, new in pairs.values())
        note = t["diff_sums"].format(
            before=whole(sum(old.in_use for old, _ in pairs.values())),
            after=whole(sum(new.in_use for _, new in pairs.values())),
            gain=whole(gain),
        )
        order = t["city_grid" if is_grid else "city_order"].format(count=len(pairs))
        head, head_high = head_lines(t["city_title"], [note, order], wide)
        entries = [
            LegendEntry(style, t[key], "dashed" if key == "released" else "")
            for key, style, _ in PARTS
        ]
        lines = -(-len(pairs) // GRID_COLUMNS) * CELL[1] if is_grid else len(pairs) * LINE_HIGH
        column_high = 0.0 if is_grid else height(2, SIZE) + 0.1
        body = head_high + column_high + lines + 0.15
        high = body + legend_high(entries, wide)
        fig = new_figure(wide + 2 * EDGE, high + 2 * EDGE)
        ax = page_axes(fig, EDGE, EDGE, wide, high)
        paint_head(ax, head, 0.0)
        shown = [(names[code], pair) for code, pair in pairs.items()]
        if is_grid:
            _grid(ax, head_high, shown)
        else:
            _list(ax, head_high, column_high, shown, t)
        paint_legend(ax, entries, body, wide)
        return fig


def _scale(pairs: Sequence[tuple[str, Pair]], room: float) -> float:
    largest = max((max(old.stock, new.stock) for _, (old, new) in pairs), default=1)
    return room / max(1, largest)


def _bar(ax: Axes, x: float, y: float, high: float, areas: SiteAreas, scale: float) -> None:
    for key, style, area_of in PARTS:
        wide = area_of(areas) * scale
        if wide:
            block(ax, x, y, wide, high, style)
            if key == "released":
                frame(ax, x, y, wide, high, color=style.stroke, dashed=True, thick=1.2)
        x += wide


def _name(ax: Axes, x: float, y: float, name: str, room: tuple[float, float]) -> None:
    """A site's name in a room, smaller where it must be; never cut."""
    for size in (SIZE, SIZE - 1, SIZE - 2):
        label = fitted([name], room, size)
        if label is not None:
            words(ax, x, y, label, size)
            return
    lines = max(1, int(room[1] / height(1, 5.0)))
    size = min(5.0, 5.0 * lines * room[0] * 0.9 / width(name, 5.0))
    words(ax, x, y, "\n".join(broken(name, room[0], size)), size)


def _grid(ax: Axes, top: float, pairs: Sequence[tuple[str, Pair]]) -> None:
    scale = _scale(pairs, CELL[0] - 0.25)
    for place, (name, (old, new)) in enumerate(pairs):
        line, column = divmod(place, GRID_COLUMNS)
        x, y = column * CELL[0], top + line * CELL[1]
        gain = signed(new.released - old.released)
        room = CELL[0] - 0.3 - width(gain, SIZE)
        _name(ax, x, y + 0.1, name, (room, 0.19))
        if gain:
            words(ax, x + CELL[0] - 0.25, y + 0.1, gain, SIZE, ha="right")
        _bar(ax, x, y + 0.21, 0.1, old, scale)
        _bar(ax, x, y + 0.33, 0.1, new, scale)


def _list(
    ax: Axes, top: float, column_high: float, pairs: Sequence[tuple[str, Pair]], t: dict[str, str]
) -> None:
    first = WIDE - len(COLUMNS) * NUMBER
    for place, key in enumerate(COLUMNS, start=1):
        lines = broken(t[key], NUMBER - 0.1, SIZE)
        x = first + place * NUMBER
        words(ax, x, top + column_high / 2, "\n".join(lines), SIZE, ha="right")
    scale = _scale(pairs, first - NAME - STAGE - 0.15)
    for line, (name, pair) in enumerate(pairs):
        _line(ax, top + column_high + line * LINE_HIGH, name, pair, scale, t)


def _line(ax: Axes, top: float, name: str, pair: Pair, scale: float, t: dict[str, str]) -> None:
    ax.plot([0, WIDE], [top, top], color="#bbbbbb", linewidth=0.5)
    _name(ax, 0, top + LINE_HIGH / 2, name, (NAME - 0.1, LINE_HIGH - 0.06))
    old, new = pair
    first = WIDE - len(COLUMNS) * NUMBER
    for place, (stage, areas) in enumerate((("before", old), ("after", new))):
        y = top + 0.07 + place * (BAR_HIGH + 0.04)
        words(ax, NAME, y + BAR_HIGH / 2, t[stage], SIZE - 1)
        _bar(ax, NAME + STAGE, y, BAR_HIGH, areas, scale)
        gain = signed(new.released - old.released) if place else ""
        numbers = (whole(areas.in_use), whole(areas.released), gain, str(areas.released_floors))
        for column, number in enumerate(numbers, start=1):
            words(ax, first + column * NUMBER, y + BAR_HIGH / 2, number, SIZE - 0.5, ha="right")


def city_rows(scenario: Scenario, plan: Plan, *, lang: Lang = "zh") -> Rows:
    """The figures of `draw_city` as text, two lines per site."""
    t = text(lang)
    names = {s.code: s.name or s.code for s in scenario.ledger.sites}
    heads = ("site", "stage", "stock", "held", "common", "stranded", "released_area")
    rows = [(*(t[head] for head in heads), t["released_floors"])]
    for code, pair in city_areas(scenario, plan).items():
        for stage, areas in zip(("before", "after"), pair, strict=True):
            numbers = [m2_text(areas.stock), *(m2_text(area_of(areas)) for _, _, area_of in PARTS)]
            rows.append((names[code], t[stage], *numbers, str(areas.released_floors)))
    return tuple(rows)
