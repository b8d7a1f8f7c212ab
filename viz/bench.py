"""The gap of several methods over time: medians with quartile bands, one panel per scale."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, isfinite
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

from viz.theme import Lang, new_figure, theme

WIDE, HIGH = 3.6, 2.7
"""Inches of one panel."""
COLUMNS = 2
HEAD, FOOT = 0.42, 1.02
"""Inches above the panels and below them, where the key and the note stand."""

INKS = ("#000000", "#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00")
"""Okabe and Ito 2008: told apart without red or green, and as greys together with the dashes."""
DASHES = (
    "solid",
    (0, (5, 1.5)),
    (0, (1, 1)),
    (0, (6, 1.5, 1, 1.5)),
    (0, (3, 1, 1, 1)),
    (0, (2, 2)),
)
MARKS = ("", "s", "o", "^", "D", "v")
BAND = 0.13
"""Opacity of a band: six of them may lie on each other."""
LINEAR = 1.0
"""Gaps up to so many per cent stand on an even scale, larger ones on a logarithmic one."""
BEYOND = 1000.0
"""Per cent that no panel shows."""
GAPS = (0, 0.5, 1, 2, 5, 10, 20, 30, 50, 100)
TIMES = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600)

TITLE = {
    "zh": "方案与下界之差随时间变化（中位数，色带为上下四分位）",
    "en": "Gap between plan and bound over time (median, band between the quartiles)",
}
SECONDS = {"zh": "用时（秒，对数刻度）", "en": "seconds (logarithmic)"}
GAP = {"zh": "差距 (%)", "en": "gap (%)"}
NOTE = {
    "zh": "下界取本系统结束时的值；线从半数以上算例全员安置时开始；1% 以上为对数刻度",
    "en": "bound: ours at the end; a line begins once most instances house everybody; "
    "above 1 % the scale is logarithmic",
}
SCALES = {
    "district": ("县区", "district"),
    "pilot": ("试点", "pilot"),
    "city": ("全市", "city"),
    "ten-cities": ("十市", "ten cities"),
}
METHODS = {
    "ours": ("本系统", "ours"),
    "greedy": ("贪心", "greedy"),
    "annealing": ("模拟退火", "annealing"),
}
"""Names of methods that are no product's own; the others read the same in both languages."""


class Moment(NamedTuple):
    """Median and quartiles of the gap (shares, inf where most had no plan) at a second."""

    seconds: float
    middle: float
    low: float
    high: float


class Line(NamedTuple):
    """One method at one scale with this budget in seconds."""

    scale: str
    budget: int
    method: str
    points: tuple[Moment, ...]


def draw_gaps(lines: Sequence[Line], *, lang: Lang = "zh") -> Figure:
    """Two panels a row in the order given; methods keep ink, dash and mark in all panels."""
    panels = list(dict.fromkeys((line.scale, line.budget) for line in lines))
    methods = list(dict.fromkeys(line.method for line in lines))
    columns = min(COLUMNS, len(panels))
    rows = ceil(len(panels) / columns)
    with theme():
        # The title needs the width of two panels.
        fig = new_figure(WIDE * COLUMNS, HIGH * rows + HEAD + FOOT)
        axes = list(fig.subplots(rows, columns, squeeze=False).flat)
        for panel, ax in zip(panels, axes, strict=False):
            for line in lines:
                if (line.scale, line.budget) == panel:
                    _draw(ax, line, methods.index(line.method))
            highest = max(map(_highest, (n for n in lines if (n.scale, n.budget) == panel)))
            _dress(ax, panel, highest, lang)
        for ax in axes[len(panels) :]:
            ax.remove()
        wide, high = fig.get_size_inches()
        fig.suptitle(TITLE[lang], x=0.5, y=1 - 0.12 / high, va="top", fontsize=10)
        fig.legend(
            handles=[_key(number, name, lang) for number, name in enumerate(methods)],
            loc="lower center",
            bbox_to_anchor=(0.5, 0.27 / high),
            ncols=len(methods),
            frameon=False,
            handlelength=3.2,
            columnspacing=1.4,
        )
        fig.text(0.5, 0.1 / high, NOTE[lang], ha="center", va="bottom", fontsize=6.5)
        fig.subplots_adjust(
            left=0.55 / wide, right=1 - 0.12 / wide, bottom=FOOT / high,
            top=1 - (HEAD + 0.2) / high, wspace=0.22, hspace=0.42,
        )  # fmt: skip
        return fig


def _style(number: int) -> dict[str, Any]:
    """Ink, dash and mark of the method with this number; the first stands out."""
    place = number % len(INKS)
    return {
        "color": INKS[place],
        "linestyle": DASHES[place],
        "linewidth": 2.0 if place == 0 else 1.2,
        "marker": MARKS[place],
        "markersize": 3.2,
        "zorder": 5 if place == 0 else 3,
    }


def _highest(line: Line) -> float:
    edges = [e for p in line.points if isfinite(p.middle) for e in (p.middle, p.high)]
    return max(filter(isfinite, edges), default=0.0)


def _draw(ax: Axes, line: Line, number: int) -> None:
    shown = [p for p in line.points if isfinite(p.middle)]
    if not shown:
        return
    seconds = [p.seconds for p in shown]
    middle = [100 * p.middle for p in shown]
    style = _style(number)
    # A quartile without a plan has no upper edge: the band runs out of the panel.
    ax.fill_between(
        seconds,
        [100 * p.low for p in shown],
        [min(100 * p.high, BEYOND) for p in shown],
        step="post",
        color=INKS[number % len(INKS)],
        alpha=BAND,
        linewidth=0,
    )
    # Marks at different places on each line, so that lines on each other stay readable.
    every = (2 * number, max(8, len(shown) // 3))
    ax.plot(seconds, middle, drawstyle="steps-post", markevery=every, **style)


def _dress(ax: Axes, panel: tuple[str, int], highest: float, lang: Lang) -> None:
    scale, budget = panel
    name = SCALES.get(scale, (scale, scale))[("zh", "en").index(lang)]
    ax.set_title(f"{name}，{budget} 秒" if lang == "zh" else f"{name}, {budget} s")
    ax.set_xlabel(SECONDS[lang])
    ax.set_ylabel(GAP[lang])
    ax.set_xscale("log")
    ax.set_yscale("symlog", linthresh=LINEAR, linscale=0.5)
    ax.set_xlim(budget / 100, budget)
    ax.set_ylim(0, max(2.0, 115 * highest))
    plain = FuncFormatter(lambda value, _: f"{value:g}")
    for axis, ticks, least, most in (
        (ax.xaxis, TIMES, budget / 100, budget),
        (ax.yaxis, GAPS, 0, ax.get_ylim()[1]),
    ):
        axis.set_ticks([t for t in ticks if least <= t <= most])
        axis.set_major_formatter(plain)
        axis.set_minor_locator(NullLocator())
        axis.set_minor_formatter(NullFormatter())
    ax.grid(color="#dddddd", linewidth=0.5)
    ax.set_axisbelow(True)


def _key(number: int, method: str, lang: Lang) -> Line2D:
    name = METHODS.get(method, (method, method))[("zh", "en").index(lang)]
    return Line2D([], [], label=name, **_style(number))
