"""The gap of several methods over time, one panel per scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.figure import Figure

from viz.theme import Lang, new_figure, theme

WIDE, HIGH = 4.2, 3.2
"""Inches of one panel."""

INKS = ("#0b3d91", "#b3541e", "#2e7d32", "#7b1fa2", "#555555", "#00838f")
DASHES = ("solid", "dashed", "dashdot", "dotted", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 2)))

TITLE = {"zh": "与下界之差随时间", "en": "Gap to the bound over time"}
SECONDS = {"zh": "秒", "en": "seconds"}
GAP = {"zh": "差 (%)", "en": "gap (%)"}


class Line(NamedTuple):
    """The median gap (a share) of one method at one scale, by seconds."""

    scale: str
    method: str
    points: tuple[tuple[float, float], ...]


def draw_gaps(lines: Sequence[Line], *, lang: Lang = "zh") -> Figure:
    """One panel per scale in the order given; methods keep their ink and dash in all panels."""
    scales = list(dict.fromkeys(line.scale for line in lines))
    methods = list(dict.fromkeys(line.method for line in lines))
    with theme():
        fig = new_figure(WIDE * len(scales), HIGH)
        panels = fig.subplots(1, len(scales), squeeze=False)[0]
        for scale, ax in zip(scales, panels, strict=True):
            for line in lines:
                if line.scale != scale:
                    continue
                number = methods.index(line.method) % len(INKS)
                ax.plot(
                    [seconds for seconds, _ in line.points],
                    [100 * share for _, share in line.points],
                    color=INKS[number],
                    linestyle=DASHES[number],
                    linewidth=1.4,
                    drawstyle="steps-post",
                    label=line.method,
                )
            ax.set_title(f"{TITLE[lang]}: {scale}")
            ax.set_xlabel(SECONDS[lang])
            ax.set_ylabel(GAP[lang])
            ax.set_ylim(bottom=0)
            ax.grid(color="#dddddd", linewidth=0.5)
            ax.legend(frameon=False)
        fig.subplots_adjust(left=0.6 / fig.get_figwidth(), right=1 - 0.15 / fig.get_figwidth(),
                            bottom=0.15, top=0.9, wspace=0.25)  # fmt: skip
        return fig
