"""Draws the shared colours and hatches with matplotlib: blocks, frames and legend swatches."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from allocator.palette import STATES, Style, unit_style

__all__ = ["STATES", "Style", "block", "frame", "unit_style", "words"]

EDGE = "#444444"


def block(ax: Axes, x: float, y: float, wide: float, high: float, style: Style) -> None:
    """A filled and hatched rectangle with a thin edge; data coordinates."""
    ax.add_patch(
        Rectangle(
            (x, y),
            wide,
            high,
            facecolor=style.color,
            edgecolor=style.stroke,
            hatch=style.hatch or None,
            linewidth=0,
            clip_on=False,
        )
    )
    ax.add_patch(
        Rectangle(
            (x, y), wide, high, facecolor="none", edgecolor=EDGE, linewidth=0.5, clip_on=False
        )
    )


def frame(
    ax: Axes,
    x: float,
    y: float,
    wide: float,
    high: float,
    *,
    color: str = "#000000",
    dashed: bool = False,
    thick: float = 1.8,
) -> None:
    """A frame just inside a rectangle given in inches, so that neighbours' frames stay apart."""
    inset = min(thick / 72 / 2, wide / 4, high / 4)
    # A white line beneath keeps the frame visible on dark grounds.
    for line, extra, dash in (("#ffffff", 1.4, False), (color, 0.0, dashed)):
        ax.add_patch(
            Rectangle(
                (x + inset, y + inset),
                wide - 2 * inset,
                high - 2 * inset,
                facecolor="none",
                edgecolor=line,
                linewidth=thick + extra,
                linestyle=(0, (3, 1.5)) if dash else "solid",
                joinstyle="miter",
                clip_on=False,
            )
        )


def words(
    ax: Axes,
    x: float,
    y: float,
    label: str,
    size: float,
    *,
    ink: str = "#111111",
    ground: str | None = None,
    ha: str = "left",
    va: str = "center",
    label_of: str = "",
) -> None:
    """Text in data coordinates; `ground` paints its box so that hatches never cross letters."""
    box = None if ground is None else {"facecolor": ground, "edgecolor": "none", "pad": 0.6}
    ax.text(
        x,
        y,
        label,
        fontsize=size,
        color=ink,
        ha=ha,
        va=va,
        linespacing=1.1,
        bbox=box,
        label=label_of,
        parse_math=False,
    )
