"""What every page of the report shares: templates, filters, both languages, script hash."""

from __future__ import annotations

import base64
import hashlib
from fractions import Fraction
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from allocator.quantity import m2_text
from allocator.report import proof, sentences
from allocator.report.words import Text

FONT_PLACE = "/* font */"
"""Stands in a page until all its letters are known."""
HTML_LANG = {"zh": "zh-CN", "en": "en"}


@cache
def environment() -> Environment:
    """The templates with the filters that write areas, counts and both languages."""
    made = Environment(
        loader=PackageLoader("allocator", "report/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["t"] = _both
    made.globals["w"] = lambda zh, en: _both(Text(zh, en))
    made.filters["area"] = m2_text
    made.filters["delta"] = _delta
    made.filters["number"] = sentences.number_text
    made.filters["shown"] = proof.shown
    made.filters["count"] = sentences.count_text
    made.filters["share"] = _share
    return made


def template_text(name: str) -> str:
    """A style sheet or script as it stands."""
    loader = environment().loader
    assert loader is not None
    return loader.get_source(environment(), name)[0]


def _both(text: Text | str) -> Markup:
    """Both languages as spans of which the page shows one; equal words stand once."""
    if isinstance(text, str):
        return Markup.escape(text)
    if text.zh == text.en:
        return Markup.escape(text.zh)
    spans = Markup('<span class="zh" lang="zh-CN">{}</span><span class="en" lang="en">{}</span>')
    return spans.format(text.zh, text.en)


def _delta(area: int) -> str:
    return f"+{m2_text(area)}" if area > 0 else m2_text(area).replace("-", "\N{MINUS SIGN}")


def _share(value: Fraction) -> str:
    """A gap in per cent, two decimals; a gap that is not zero never prints as zero."""
    text = f"{sentences.number_text(Fraction(round(value * 10_000), 100))}%"
    return "< 0.01%" if value and text == "0%" else text


def script_digest(text: str) -> str:
    """The source expression that lets a page run this script and no other."""
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")
