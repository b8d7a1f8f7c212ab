"""All sites at a glance: stock in use and released, before and after a plan."""

from __future__ import annotations

from collections.abc import Callable

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
HELD = Style("#5b7fa6", "", "#ffffff", "#3f5f80")

PARTS: tuple[tuple[str, Style, Callable[[SiteAreas], int]], ...] = (
    ("held", HELD, lambda areas: areas.held),
    ("common", STATES["common"], lambda areas: areas.common),
    ("stranded", STATES["stranded"], lambda areas: areas.stranded),
    ("released", STATES["released"], lambda areas: areas.released),
)
NOTHING = SiteAreas(0, 0, 0, 0, 0)


def city_areas(scenario: Scenario, plan: Plan) -> dict[str, tuple[SiteAreas, SiteAreas]]:
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
    """One line per site with a bar for today and one for the plan, on one scale."""
    with theme():
        t = text(lang)
        pairs = city_areas(scenario, plan)
        names = {s.code: s.name or s.code for s in scenario.ledger.sites}
        gain = sum(new.released - old.released for old, new in pairs.values())
        note = t["diff_sums"].format(
            before=whole(sum(old.in_use for old, _ in pairs.values())),
            after=whole(sum(new.in_use for _, new in pairs.values())),
            gain=whole(gain),
        )
        head, head_high = head_lines(t["city_title"], [note], WIDE)
        entries = [
            LegendEntry(style, t[key], "dashed" if key == "released" else "")
            for key, style, _ in PARTS
        ]
        column_high = height(2, SIZE) + 0.1
        body = head_high + column_high + LINE_HIGH * len(pairs) + 0.15
        high = body + legend_high(entries, WIDE)
        fig = new_figure(WIDE + 2 * EDGE, high + 2 * EDGE)
        ax = page_axes(fig, EDGE, EDGE, WIDE, high)
        paint_head(ax, head, 0.0)
        first = WIDE - len(COLUMNS) * NUMBER
        for place, key in enumerate(COLUMNS):
            lines = broken(t[key], NUMBER - 0.1, SIZE)
            x = first + (place + 1) * NUMBER
            words(ax, x, head_high + column_high / 2, "\n".join(lines), SIZE, ha="right")
        largest = max((max(o.stock, n.stock) for o, n in pairs.values()), default=1)
        scale = (first - NAME - STAGE - 0.15) / max(1, largest)
        for line, (code, pair) in enumerate(pairs.items()):
            _line(ax, head_high + column_high + line * LINE_HIGH, names[code], pair, scale, t)
        paint_legend(ax, entries, body, WIDE)
        return fig


def _line(
    ax: Axes,
    top: float,
    name: str,
    pair: tuple[SiteAreas, SiteAreas],
    scale: float,
    t: dict[str, str],
) -> None:
    ax.plot([0, WIDE], [top, top], color="#bbbbbb", linewidth=0.5)
    label = fitted([name], (NAME - 0.1, LINE_HIGH), SIZE) or "\n".join(
        broken(name, NAME - 0.1, SIZE - 2)
    )
    small = fitted([name], (NAME - 0.1, LINE_HIGH), SIZE) is None
    words(ax, 0, top + LINE_HIGH / 2, label, SIZE - 2 if small else SIZE)
    old, new = pair
    for place, (stage, areas) in enumerate((("before", old), ("after", new))):
        y = top + 0.07 + place * (BAR_HIGH + 0.04)
        words(ax, NAME, y + BAR_HIGH / 2, t[stage], SIZE - 1)
        x = NAME + STAGE
        for key, style, area_of in PARTS:
            wide = area_of(areas) * scale
            if not wide:
                continue
            block(ax, x, y, wide, BAR_HIGH, style)
            if key == "released":
                frame(ax, x, y, wide, BAR_HIGH, color=style.stroke, dashed=True, thick=1.4)
                number = whole(areas.released)
                if width(number, SIZE - 1) < wide - 0.08:
                    words(ax, x + wide / 2, y + BAR_HIGH / 2, number, SIZE - 1, ha="center")
            x += wide
        first = WIDE - len(COLUMNS) * NUMBER
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
