"""The area balance: from today's idle space, by closer seating and other change, to release."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from allocator.palette import STATES, Style
from allocator.plan import Plan
from allocator.quantity import m2_text
from viz.labels import broken, height
from viz.page import figure_of, head_lines, inches, page_axes, paint_head, ruled
from viz.palette import block, frame, words
from viz.sheet import LegendEntry, legend_high, paint_legend
from viz.theme import Lang, Rows, new_figure, text, theme

WIDE, EDGE = 9.0, 0.3
NAME, NUMBER = 2.0, 1.3
LINE_HIGH = 0.42
SIZE = 8.0

HIDDEN = Style("#ffffff", "\\\\\\", "#111111", "#b8860b")
CLOSER = Style("#546ce4", "|||", "#ffffff", "#2c3a80")
OTHER = Style("#b0b0b0", "--", "#111111", "#777777")
RELEASED = STATES["released"]


@dataclass(frozen=True, slots=True)
class Balance:
    """What a plan's release is made of, in 0.01 m2; hidden on the same basis.

    idle today - idle left + closer + other = new; new = from idle + closer; new + empty = total.
    """

    stranded_today: int
    hidden_today: int
    stranded_left: int
    hidden_left: int
    closer: int
    """Rise of `short`: people sit closer than their standards; never called idle space."""
    new: int
    empty_today: int

    @property
    def idle_today(self) -> int:
        """Stranded and hidden area today."""
        return self.stranded_today + self.hidden_today

    @property
    def idle_left(self) -> int:
        """Stranded and hidden area in the plan."""
        return self.stranded_left + self.hidden_left

    @property
    def other(self) -> int:
        """The rest: changed need for standards and service rooms, changed stock."""
        return self.new - self.closer - (self.idle_today - self.idle_left)

    @property
    def from_idle(self) -> int:
        """Newly released area that closer seating does not explain."""
        return self.new - self.closer

    @property
    def total(self) -> int:
        """All released area of the plan."""
        return self.new + self.empty_today


def balance_of(plan: Plan) -> Balance:
    """The balance of a plan against its `before`; closer seating at most what was released."""
    before, after = plan.before, plan.areas
    new = after.released - before.released
    return Balance(
        stranded_today=before.stranded,
        hidden_today=before.hidden_same_basis,
        stranded_left=after.stranded,
        hidden_left=after.hidden_same_basis,
        closer=min(max(0, new), max(0, after.short - before.short)),
        new=new,
        empty_today=before.released,
    )


@dataclass(frozen=True, slots=True)
class _Step:
    """One line of the picture: its parts from `start`, each with a style; `number` as text."""

    key: str
    start: int
    parts: tuple[tuple[int, Style], ...]
    number: int
    is_sum: bool = False


def _steps(b: Balance) -> tuple[_Step, ...]:
    after_left = b.idle_today - b.idle_left
    split_parts: tuple[tuple[int, Style], ...] = ((b.new, RELEASED),)
    if b.from_idle >= 0 and b.closer:
        split_parts = ((b.from_idle, RELEASED), (b.closer, CLOSER))
    idle, left = STATES["stranded"], b.idle_today
    return (
        _Step("idle_today", 0, ((b.stranded_today, idle), (b.hidden_today, HIDDEN)), left, True),
        _Step(
            "idle_left", left, ((-b.stranded_left, idle), (-b.hidden_left, HIDDEN)), -b.idle_left
        ),
        _Step("closer", after_left, ((b.closer, CLOSER),), b.closer),
        _Step("other_change", after_left + b.closer, ((b.other, OTHER),), b.other),
        _Step("new_released", 0, split_parts, b.new, True),
        _Step("released_before", b.new, ((b.empty_today, RELEASED),), b.empty_today),
        _Step("released_total", 0, ((b.total, RELEASED),), b.total, True),
    )


def _signed(area: int, *, is_sum: bool) -> str:
    shown = m2_text(area).replace("-", "−")
    return shown if is_sum or area <= 0 else "+" + shown


def draw_balance(plan: Plan, ax: Axes | None = None, *, lang: Lang = "zh") -> Figure:
    """A waterfall of a plan's areas, one line per step, numbers at the right."""
    with theme():
        t, b = text(lang), balance_of(plan)
        wide = WIDE if ax is None else inches(ax)[0]
        split = f"{t['new_released']} {m2_text(b.new)} m² = "
        split += f"{t['from_idle']} {m2_text(b.from_idle)} + {t['closer']} {m2_text(b.closer)}"
        head, head_high = head_lines(t["balance_title"], [split, t["balance_note"]], wide)
        steps = _steps(b)
        entries = [
            LegendEntry(STATES["stranded"], t["stranded"]),
            LegendEntry(HIDDEN, t["hidden"]),
            LegendEntry(CLOSER, t["closer"]),
            LegendEntry(RELEASED, t["released"], "dashed"),
        ]
        body = head_high + LINE_HIGH * len(steps) + 0.1
        high = body + legend_high(entries, wide)
        if ax is None:
            fig = new_figure(wide + 2 * EDGE, high + 2 * EDGE)
            ax = page_axes(fig, EDGE, EDGE, wide, high)
        else:
            ruled(ax, wide, high)
        paint_head(ax, head, 0.0)
        _paint(ax, steps, head_high, wide, t)
        paint_legend(ax, entries, body, wide)
        return figure_of(ax)


def _paint(ax: Axes, steps: tuple[_Step, ...], top: float, wide: float, t: dict[str, str]) -> None:
    reached = [0]
    for step in steps:
        reached += [step.start, step.start + sum(area for area, _ in step.parts)]
    low, span = min(reached), max(1, max(reached) - min(reached))
    left, scale = NAME + 0.1, (wide - NAME - NUMBER - 0.3) / span

    def x(area: int) -> float:
        return left + (area - low) * scale

    foot = top + LINE_HIGH * len(steps)
    ax.plot([x(0), x(0)], [top, foot], color="#111111", linewidth=1)
    for line, step in enumerate(steps):
        y = top + line * LINE_HIGH
        if step.is_sum:
            ax.plot([0, wide], [y, y], color="#999999", linewidth=0.6)
        size = SIZE
        name = broken(t[step.key], NAME - 0.05, size)
        if height(len(name), size) > LINE_HIGH:
            size = SIZE - 1.5
            name = broken(t[step.key], NAME - 0.05, size)
        words(ax, 0, y + LINE_HIGH / 2, "\n".join(name), size)
        shown = _signed(step.number, is_sum=step.is_sum)
        words(ax, wide, y + LINE_HIGH / 2, shown, SIZE, ha="right")
        start = step.start
        for area, style in step.parts:
            a, z = sorted((x(start), x(start + area)))
            start += area
            if z <= a:
                continue
            block(ax, a, y + 0.08, z - a, LINE_HIGH - 0.16, style)
            if style is RELEASED:
                frame(
                    ax, a, y + 0.08, z - a, LINE_HIGH - 0.16,
                    color=style.stroke, dashed=True, thick=1.5,
                )  # fmt: skip
        if line + 1 < len(steps) and steps[line + 1].start == start:
            ax.plot(
                [x(start)] * 2,
                [y + LINE_HIGH - 0.08, y + LINE_HIGH + 0.08],
                color="#555555",
                linewidth=0.8,
                linestyle=(0, (2, 1.5)),
            )


def balance_rows(plan: Plan, *, lang: Lang = "zh") -> Rows:
    """The steps of `draw_balance` as text, with the parts of idle and released area."""
    t, b = text(lang), balance_of(plan)
    rows: list[tuple[str, str]] = [(t["step"], t["area"])]
    inside = {
        "idle_today": (("stranded", b.stranded_today), ("hidden", b.hidden_today)),
        "idle_left": (("stranded", -b.stranded_left), ("hidden", -b.hidden_left)),
        "new_released": (("from_idle", b.from_idle), ("closer", b.closer)),
    }
    for step in _steps(b):
        rows.append((t[step.key], _signed(step.number, is_sum=step.is_sum)))
        for key, area in inside.get(step.key, ()):
            rows.append((f"  {t[key]}", _signed(area, is_sum=step.is_sum)))
    return tuple(rows)
