"""Pictures against stored images; `python -m tests.viz.test_baseline` draws the images anew."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.viz.pictures import DRAWN
from viz.theme import save_figure

BASELINE = Path(__file__).parent / "baseline"
DPI = 50
MEAN, STRONG, SHARE = 4.0, 60, 0.002
"""Mean difference (of 255; 48 colours are stored), a strong one, and the share that may have it."""


def _grey(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"), dtype=float)


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_picture_looks_as_stored(name: str, tmp_path: Path) -> None:
    new = _grey(save_figure(DRAWN[name](), tmp_path / f"{name}.png", dpi=DPI))
    old = _grey(BASELINE / f"{name}.png")
    assert new.shape == old.shape
    difference = np.abs(new - old).max(axis=2)
    assert difference.mean() <= MEAN
    assert (difference > STRONG).mean() <= SHARE


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_stored_images_are_small(name: str) -> None:
    assert (BASELINE / f"{name}.png").stat().st_size < 60_000


if __name__ == "__main__":
    BASELINE.mkdir(exist_ok=True)
    for drawn, draw in sorted(DRAWN.items()):
        stored = save_figure(draw(), BASELINE / f"{drawn}.png", dpi=DPI)
        with Image.open(stored) as image:
            small = image.convert("RGB").quantize(48, dither=Image.Dither.NONE)
        small.save(stored, optimize=True)
