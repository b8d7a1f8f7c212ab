"""Office area held against entitlement, unit by unit, today and under a plan."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import ceil

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from allocator.palette import Style, unit_keys, unit_style
from allocator.plan import Plan
from allocator.quantity import m2_text
from allocator.scenario import Scenario
from viz.labels import broken, fitted, height
from viz.page import head_lines, page_axes, paint_head
from viz.palette import block, words
from viz.rooms import View
from viz.sheet import whole
from viz.theme import Lang, Rows, new_figure, text, theme

WIDE, EDGE = 11.0, 0.3
NAME, NUMBER = 3.0, 0.85
LINE_HIGH = 0.25
SIZE = 7.5
LARGEST_SHARE = 2.5
TODAY, PLANNED, EXACT = "#a8300c", "#0054c0", "#111111"


@dataclass(frozen=True, slots=True)
class UnitArea:
    """Office area of one unit in 0.01 m2; `plan` None without a plan."""

    unit: str
    entitled: int
    today: int
    plan: int | None

    @property
    def excess(self) -> int:
        """Today's area above the entitlement, negative below."""
        return self.today - self.entitled


def unit_areas(scenario: Scenario, plan: Plan | None = None) -> tuple[UnitArea, ...]:
    """Units that hold or are entitled to office area, largest excess today first, then by code.

    Entitlement: the standards of the established posts of planned units.
    """
    view = View(scenario)
    entitled: dict[str, int] = defaultdict(int)
    for row in scenario.ledger.posts:
        if view.problem.units[row.unit].planned:
            entitled[row.unit] += row.established * view.problem.limit(row.unit, row.grade)
    today = view.office_by_unit(view.today())
    planned = view.office_by_unit(view.of_plan(plan)) if plan is not None else None
    areas = [
        UnitArea(code, entitled[code], held, None if planned is None else planned[code])
        for code, held in today.items()
    ]
    shown = [a for a in areas if a.entitled or a.today or a.plan]
    return tuple(sorted(shown, key=lambda area: (-area.excess, area.unit)))


def occupancy_pages(scenario: Scenario, *, per_page: int = 40) -> int:
    """How many pages `draw_occupancy` has, at least 1."""
    return max(1, ceil(len(unit_areas(scenario)) / per_page))


def draw_occupancy(
    scenario: Scenario,
    plan: Plan | None = None,
    *,
    lang: Lang = "zh",
    page: int = 1,
    per_page: int = 40,
) -> Figure:
    """One page of units: held over entitled as a share, the areas in columns.

    Raises ValueError for a page that does not exist.
    """
    with theme():
        t = text(lang)
        every = unit_areas(scenario, plan)
        pages = max(1, ceil(len(every) / per_page))
        if not 1 <= page <= pages:
            raise ValueError(f"no page {page}: there are {pages}")
        shown = every[(page - 1) * per_page : page * per_page]
        note = t["occupancy_page"].format(page=page, pages=pages, count=len(every))
        head, head_high = head_lines(t["occupancy_title"], [note], WIDE)
        column_high = height(2, SIZE) + 0.3
        high = head_high + column_high + LINE_HIGH * max(1, len(shown)) + 0.25
        fig = new_figure(WIDE + 2 * EDGE, high + 2 * EDGE)
        ax = page_axes(fig, EDGE, EDGE, WIDE, high)
        paint_head(ax, head, 0.0)
        top = head_high + column_high
        columns = 3 if plan is not None else 2
        # One axis for all pages, so that they can be laid side by side.
        chart = _Chart(NAME, WIDE - columns * NUMBER - 0.2, _largest(every))
        chart.grid(ax, top, high - 0.2, t)
        _column_heads(ax, head_high, t, columns)
        styles = unit_style(scenario.ledger.units)
        keys = unit_keys(scenario.ledger.units)
        names = {unit.code: unit.name for unit in scenario.ledger.units}
        for line, area in enumerate(shown):
            y = top + (line + 0.5) * LINE_HIGH
            _name(ax, y, f"{keys[area.unit]}  {names[area.unit]}", styles[area.unit])
            chart.marks(ax, y, area, t)
            _numbers(ax, y, area)
        _legend(ax, head_high, t, plan is not None)
        return fig


def _largest(areas: tuple[UnitArea, ...]) -> float:
    shares = [max(a.today, a.plan or 0) / a.entitled for a in areas if a.entitled]
    return min(LARGEST_SHARE, max(1.25, ceil(max(shares, default=1.0) * 4) / 4))


@dataclass(frozen=True, slots=True)
class _Chart:
    """The part of the page where shares are marked, between two x in inches."""

    left: float
    right: float
    largest: float

    def x(self, share: float) -> float:
        """Where a share stands; shares beyond the axis stand at its end."""
        return self.left + (self.right - self.left) * min(share, self.largest) / self.largest

    def grid(self, ax: Axes, top: float, foot: float, t: dict[str, str]) -> None:
        """Lines at every quarter, the entitlement itself thick."""
        for quarter in range(int(self.largest * 4) + 1):
            x, exact = self.x(quarter / 4), quarter == 4
            color, thick = (EXACT, 1.2) if exact else ("#cccccc", 0.5)
            ax.plot([x, x], [top, foot], color=color, linewidth=thick, zorder=0.5)
            if quarter % 2 == 0:
                words(ax, x, top - 0.08, f"{quarter * 25}%", SIZE - 1, ha="center")
        words(ax, self.left, foot + 0.1, t["share_axis"], SIZE - 1)

    def marks(self, ax: Axes, y: float, area: UnitArea, t: dict[str, str]) -> None:
        """Today's circle, the plan's diamond and the line between them."""
        if not area.entitled:
            words(ax, self.left + 0.1, y, t["no_entitlement"], SIZE - 1, ground="#ffffff")
            return
        held = [(area.today, "o", "#ffffff", TODAY, 5.5)]
        if area.plan is not None:
            held.append((area.plan, "D", PLANNED, PLANNED, 3.8))
        places = [self.x(number / area.entitled) for number, *_ in held]
        ax.plot([min(places), max(places)], [y, y], color="#777777", linewidth=1, zorder=1.5)
        for x, (number, shape, fill, color, size) in zip(places, held, strict=True):
            beyond = number > self.largest * area.entitled
            ax.plot(
                [x],
                [y],
                marker=">" if beyond else shape,
                markersize=size,
                markerfacecolor=fill,
                markeredgecolor=color,
                markeredgewidth=1.2,
                linestyle="none",
                zorder=3,
                clip_on=False,
            )


def _name(ax: Axes, y: float, label: str, style: Style) -> None:
    block(ax, 0, y - 0.075, 0.25, 0.15, style)
    room = (NAME - 0.45, LINE_HIGH)
    for size in (SIZE, SIZE - 1.5, SIZE - 2.5):
        whole_name = fitted([label], room, size)
        if whole_name is not None:
            words(ax, 0.33, y, whole_name, size)
            return
    # Longer than two small lines: shrink it to the room, since a cut name may mean another unit.
    lines = broken(label, room[0] * 1.4, SIZE - 2)
    size = max(2.0, min((SIZE - 2) / 1.45, room[1] * 72 / 1.4 / len(lines)))
    words(ax, 0.33, y, "\n".join(lines), size)


def _numbers(ax: Axes, y: float, area: UnitArea) -> None:
    numbers = [area.entitled, area.today] + ([] if area.plan is None else [area.plan])
    for place, number in enumerate(reversed(numbers)):
        words(ax, WIDE - place * NUMBER, y, whole(number), SIZE, ha="right")


def _column_heads(ax: Axes, top: float, t: dict[str, str], columns: int) -> None:
    heads = ("entitled", "held_today", "held_plan")[:columns]
    for place, key in enumerate(reversed(heads)):
        lines = broken(t[key], NUMBER - 0.08, SIZE)
        foot = top + height(2, SIZE) + 0.22
        words(ax, WIDE - place * NUMBER, foot, "\n".join(lines), SIZE, ha="right", va="bottom")


def _legend(ax: Axes, top: float, t: dict[str, str], with_plan: bool) -> None:
    y = top + 0.1
    marks = [("o", "#ffffff", TODAY, t["today"])]
    if with_plan:
        marks.append(("D", PLANNED, PLANNED, t["plan"]))
    marks.append((">", "#ffffff", "#444444", t["beyond"]))
    for place, (shape, fill, color, label) in enumerate(marks):
        x = NAME + 0.1 + place * 1.2
        ax.plot(
            [x],
            [y],
            marker=shape,
            markersize=5,
            markerfacecolor=fill,
            markeredgecolor=color,
            linestyle="none",
        )
        words(ax, x + 0.12, y, label, SIZE)


def occupancy_rows(scenario: Scenario, plan: Plan | None = None, *, lang: Lang = "zh") -> Rows:
    """Every unit of `draw_occupancy` on all pages as text."""
    t = text(lang)
    keys = unit_keys(scenario.ledger.units)
    names = {unit.code: unit.name for unit in scenario.ledger.units}
    heads = ["key", "unit", "entitled", "held_today"] + ([] if plan is None else ["held_plan"])
    rows = [tuple(t[head] for head in heads)]
    for area in unit_areas(scenario, plan):
        numbers = [area.entitled, area.today] + ([] if area.plan is None else [area.plan])
        rows.append((str(keys[area.unit]), names[area.unit], *(m2_text(n) for n in numbers)))
    return tuple(rows)
