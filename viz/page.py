"""A page in inches, y downwards: its axes, its heading, and axes that a caller brings."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from viz.labels import broken, height
from viz.palette import words

HEAD_SIZE, NOTE_SIZE = 12.0, 8.0


def head_lines(
    title: str, notes: Sequence[str], wide: float
) -> tuple[list[tuple[str, float]], float]:
    """Lines of a heading with their sizes in points, and its height in inches."""
    lines = [(line, HEAD_SIZE) for line in broken(title, wide, HEAD_SIZE)]
    for note in notes:
        lines += [(line, NOTE_SIZE) for line in broken(note, wide, NOTE_SIZE)]
    return lines, sum(height(1, size) for _, size in lines) + 0.12


def paint_head(ax: Axes, lines: Sequence[tuple[str, float]], top: float) -> None:
    """The heading from `top` down."""
    for line, size in lines:
        high = height(1, size)
        words(ax, 0, top + high / 2, line, size)
        top += high


def page_axes(fig: Figure, left: float, top: float, wide: float, high: float) -> Axes:
    """Axes whose data units are inches, at a place counted from the figure's upper left."""
    total_wide, total_high = fig.get_size_inches()
    box = (left / total_wide, 1 - (top + high) / total_high, wide / total_wide, high / total_high)
    return ruled(fig.add_axes(box), wide, high)


def ruled(ax: Axes, wide: float, high: float) -> Axes:
    """Make the axes a page of so many inches, without ticks."""
    ax.set_xlim(0, wide)
    ax.set_ylim(high, 0)
    ax.axis("off")
    return ax


def figure_of(ax: Axes) -> Figure:
    """The figure that axes belong to; ValueError if there is none."""
    fig = ax.get_figure(root=True)
    if not isinstance(fig, Figure):
        raise ValueError("the axes belong to no figure")
    return fig


def inches(ax: Axes) -> tuple[float, float]:
    """Width and height of axes on the paper."""
    wide, high = figure_of(ax).get_size_inches()
    box = ax.get_position()
    return float(box.width * wide), float(box.height * high)
