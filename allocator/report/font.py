"""The page's Chinese letters as part of the page, for machines without a Chinese font."""

from __future__ import annotations

import base64
import io
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FAMILY = "Report CJK"
CARRIER = ("zhplot", "fonts", "NotoSansSC-Regular.ttf")
"""The installed package that only carries Noto Sans SC (OFL-1.1), and the file in it."""


def font_css(text: str) -> str:
    """A style rule with the letters of `text` above ASCII inline; empty if no font is installed.

    The reader's own Chinese font comes first in the page's list, so this one is the last resort.
    """
    letters = "".join(sorted({c for c in text if ord(c) > 0x2000}))
    data = _subset(letters)
    if data is None:
        return ""
    source = base64.b64encode(data).decode("ascii")
    return (
        f'@font-face {{ font-family: "{FAMILY}"; '
        f'src: url("data:font/woff;base64,{source}") format("woff"); }}\n'
    )


@cache
def _subset(letters: str) -> bytes | None:
    spec = find_spec(CARRIER[0])
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent.joinpath(*CARRIER[1:])
    if not path.is_file():
        return None
    options = Options(flavor="woff", hinting=False, layout_features=[], notdef_outline=True)
    font = TTFont(path, recalcTimestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(text=letters)
    subsetter.subset(font)
    font.flavor = "woff"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
