"""The search over time: value of the best plan and proved bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from viz.page import figure_of
from viz.theme import Lang, Rows, new_figure, text, theme

WIDE, HIGH = 8.0, 4.0
VALUE, BOUND = "#a8300c", "#0054c0"
SIZE = 8.0


def _points(log: Sequence[Mapping[str, Any]], key: str) -> tuple[list[float], list[float]]:
    found = sorted(
        (float(row["seconds"]), place, float(row[key]))
        for place, row in enumerate(log)
        if row.get(key) is not None
    )
    return [seconds for seconds, _, _ in found], [number for _, _, number in found]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _ticks(low: float, high: float) -> list[float]:
    ticks = MaxNLocator(6).tick_values(low, high)
    return [float(tick) for tick in ticks if low - 1e-9 <= tick <= high + 1e-9]


def draw_progress(
    log: Sequence[Mapping[str, Any]],
    ax: Axes | None = None,
    *,
    lang: Lang = "zh",
    unit: str = "",
) -> Figure:
    """Value and bound as steps over seconds, from `run.json`: [{seconds, value, bound}, ...].

    Value or bound may be None at any moment. `unit` is the tier's unit, in the reader's language.
    """
    with theme():
        t = text(lang)
        if ax is None:
            fig = new_figure(WIDE, HIGH)
            ax = fig.add_axes((0.13, 0.14, 0.66, 0.74))
        ax.set_title(t["progress_title"], fontsize=11, loc="left")
        ax.set_xlabel(t["seconds"], fontsize=SIZE)
        ax.set_ylabel(unit, fontsize=SIZE)
        for side in ("top", "right"):
            ax.spines[side].set_visible(False)
        lines = {key: _points(log, key) for key in ("value", "bound")}
        numbers = [n for _, ys in lines.values() for n in ys]
        if not numbers:
            ax.set_xticks([])
            ax.set_yticks([])
            ax.text(0.5, 0.5, t["no_log"], transform=ax.transAxes, ha="center", fontsize=SIZE)
            return figure_of(ax)
        end = max(float(row["seconds"]) for row in log) or 1.0
        low, high = min(numbers), max(numbers)
        spare = (high - low) * 0.08 or max(1.0, abs(high) * 0.05)
        low, high = low - spare, high + spare
        ax.set_xlim(0, end * 1.001)
        ax.set_ylim(low, high)
        ax.set_xticks(_ticks(0, end), [f"{x:g}" for x in _ticks(0, end)], fontsize=SIZE)
        ax.set_yticks(_ticks(low, high), [_number(y) for y in _ticks(low, high)], fontsize=SIZE)
        ax.grid(axis="y", color="#dddddd", linewidth=0.5)
        ends: dict[str, float] = {}
        for key, color, dash in (("value", VALUE, "-"), ("bound", BOUND, (0, (4, 2)))):
            xs, ys = lines[key]
            if ys:
                ax.plot(
                    [*xs, end],
                    [*ys, ys[-1]],
                    drawstyle="steps-post",
                    color=color,
                    linestyle=dash,
                    linewidth=1.8,
                    marker="o" if key == "value" else "s",
                    markersize=3,
                    markevery=range(len(xs)),
                    clip_on=False,
                )
                ends[key] = ys[-1]
        _end_labels(ax, ends, t, (low, high))
        return figure_of(ax)


def _end_labels(
    ax: Axes, ends: dict[str, float], t: dict[str, str], span: tuple[float, float]
) -> None:
    """Names and last numbers at the right end, kept apart, with the difference between them."""
    low, high = span
    labels = [
        (number, f"{t[key]} {_number(number)}", color)
        for key, number, color in (
            ("value", ends.get("value"), VALUE),
            ("bound", ends.get("bound"), BOUND),
        )
        if number is not None
    ]
    if len(ends) == 2:
        gap = ends["value"] - ends["bound"]
        middle = (ends["value"] + ends["bound"]) / 2
        labels.append((middle, t["gap"].format(gap=_number(gap)), "#333333"))
    pitch = 0.075
    places: list[float] = []
    wants: list[float] = []
    ordered = sorted(labels, key=lambda label: label[0])
    for number, _, _ in ordered:
        wants.append((number - low) / (high - low))
        places.append(max(wants[-1], places[-1] + pitch) if places else wants[-1])
    # Pushed apart upwards only: move the whole group back around where it belongs.
    over = (sum(places) - sum(wants)) / max(1, len(places))
    over = min(over, places[0]) if places else 0.0
    for place, (_, label, color) in zip(places, ordered, strict=True):
        ax.text(
            1.02, place - over, label,
            transform=ax.transAxes, color=color, fontsize=SIZE, va="center",
        )  # fmt: skip


def progress_rows(log: Sequence[Mapping[str, Any]], *, lang: Lang = "zh") -> Rows:
    """The log as text."""
    t = text(lang)
    rows: list[tuple[str, ...]] = [(t["seconds"], t["value"], t["bound"])]
    for row in log:
        numbers = [row.get("value"), row.get("bound")]
        shown = [t["none"] if n is None else _number(float(n)) for n in numbers]
        rows.append((f"{float(row['seconds']):.1f}", *shown))
    return tuple(rows)
