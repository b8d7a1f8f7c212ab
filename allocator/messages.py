"""The language of the program's own words: chosen once per run, Chinese or English."""

from __future__ import annotations

import locale
from collections.abc import Mapping, Sequence

from allocator.findings import Lang

LANGS: tuple[Lang, ...] = ("zh", "en")
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
_chosen: list[Lang] = ["en"]


def use(lang: Lang) -> None:
    """Speak this language from now on."""
    _chosen[0] = lang


def lang() -> Lang:
    """The language spoken now."""
    return _chosen[0]


def pick(zh: str, en: str) -> str:
    """The sentence in the language spoken now."""
    return zh if lang() == "zh" else en


def lang_of_locale(environ: Mapping[str, str]) -> Lang:
    """Chinese for a Chinese locale, else English."""
    name = next((environ[v] for v in _VARIABLES if environ.get(v)), None)
    if name is None:
        name = locale.getlocale()[0] or ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


def lang_of_arguments(arguments: Sequence[str]) -> Lang | None:
    """The value of the last `--lang`, read before parsing so that usage errors speak it too."""
    found: Lang | None = None
    for index, argument in enumerate(arguments):
        name, sign, value = argument.partition("=")
        if name != "--lang":
            continue
        if not sign:
            value = arguments[index + 1] if index + 1 < len(arguments) else ""
        found = "zh" if value == "zh" else "en" if value == "en" else found
    return found
