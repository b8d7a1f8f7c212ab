"""Fonts, rcParams and wording of every picture; nothing global changes outside `theme()`."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, TypeAlias

from matplotlib import font_manager, rc_context, style
from matplotlib.figure import Figure

from viz.words import WORDS

Lang: TypeAlias = Literal["zh", "en"]

Rows: TypeAlias = tuple[tuple[str, ...], ...]
"""The text table beside a picture: headings first, then one tuple per line."""

CARRIER = ("zhplot", "fonts", "NotoSansSC-Regular.ttf")
"""Package, folder and file that carry the bundled font; the package is never imported."""

SYSTEM_FAMILIES = (
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
)
LATIN = "DejaVu Sans"


def _carried_font() -> Path | None:
    spec = find_spec(CARRIER[0])
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent.joinpath(*CARRIER[1:])
    return path if path.is_file() else None


@cache
def families() -> tuple[str, ...]:
    """Font families in order of use, Chinese first.

    Warns once when neither the bundled font nor a system one has Chinese characters.
    """
    path = _carried_font()
    if path is not None:
        font_manager.fontManager.addfont(str(path))
        return (font_manager.FontProperties(fname=str(path)).get_name(), LATIN)
    known = {font.name for font in font_manager.fontManager.ttflist}
    found = next((name for name in SYSTEM_FAMILIES if name in known), None)
    if found is not None:
        return (found, LATIN)
    warnings.warn(
        "No font with Chinese characters was found, so Chinese text in pictures stays empty. "
        "Maybe install the package zhplot 1.0.0 or one of: " + ", ".join(SYSTEM_FAMILIES[:4]),
        UserWarning,
        stacklevel=2,
    )
    return (LATIN,)


def settings() -> Any:
    """The rcParams of a picture."""
    return {
        "font.family": list(families()),
        "font.size": 8.0,
        "axes.unicode_minus": True,
        "text.parse_math": False,
        "text.usetex": False,
        # Hinted Chinese glyphs are pushed into each other at small sizes.
        "text.hinting": "none",
        "hatch.linewidth": 0.6,
        "svg.hashsalt": "allocator",
        "svg.fonttype": "path",
        "pdf.fonttype": 42,
        "path.simplify": False,
        "savefig.bbox": "standard",
        "savefig.facecolor": "white",
        "figure.facecolor": "white",
        "axes.facecolor": "white",
        "figure.autolayout": False,
        "figure.constrained_layout.use": False,
    }


@contextmanager
def theme() -> Iterator[None]:
    """Draw inside this block; rcParams are as before when it ends."""
    with style.context("default"), rc_context(settings()):
        yield


def text(lang: Lang) -> dict[str, str]:
    """The fixed wording of pictures in one language."""
    column = ("zh", "en").index(lang)
    return {key: both[column] for key, both in WORDS.items()}


def new_figure(width: float, height: float) -> Figure:
    """A figure of so many inches, tied to no window and to no global state."""
    return Figure(figsize=(width, height), dpi=100)


METADATA: dict[str, dict[str, str | None]] = {
    ".svg": {"Date": None, "Creator": "allocator"},
    ".pdf": {"CreationDate": None, "Creator": "allocator", "Producer": "allocator"},
    ".png": {"Software": None},
}


def save_figure(fig: Figure, path: Path, *, dpi: int = 150) -> Path:
    """Write a picture as SVG, PNG or PDF by its suffix; same picture, same bytes.

    Raises ValueError for another suffix.
    """
    kind = path.suffix.lower()
    if kind not in METADATA:
        raise ValueError(f"cannot write a picture as {kind!r}: use .svg, .png or .pdf")
    with theme():
        fig.savefig(path, format=kind[1:], dpi=dpi, metadata=METADATA[kind])
    return path
