"""Findings: one thing wrong, with its place, value, what was expected and advice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning", "info"]
Lang: TypeAlias = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the input a finding stands; blanks where a part does not apply."""

    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""

    def text(self) -> str:
        """`file[sheet]:row:column`, leaving out what is blank."""
        sheet = f"[{self.sheet}]" if self.sheet else ""
        tail = "".join(f":{part}" for part in (self.row, self.column) if part not in (None, ""))
        return f"{self.file}{sheet}{tail}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem. `code` is stable and machine readable; sentences exist in both languages."""

    code: str
    zh: str
    en: str
    place: Place = Place()
    value: str = ""
    expected: str = ""
    advice_zh: str = ""
    advice_en: str = ""
    severity: Severity = "error"
    clause: str = ""

    def text(self, lang: Lang) -> str:
        """One line for a person: place, sentence, value, expected, advice."""
        sentence, advice = (self.zh, self.advice_zh) if lang == "zh" else (self.en, self.advice_en)
        words = ("值", "应为", "建议") if lang == "zh" else ("value", "expected", "advice")
        parts = [f"{self.place.text()}: {sentence}" if self.place.file else sentence]
        for word, content in zip(words, (self.value, self.expected, advice), strict=True):
            if content:
                parts.append(f"{word}: {content}")
        return "; ".join(parts)

    def as_json(self) -> dict[str, Any]:
        """All fields as plain data."""
        return asdict(self)


class InputError(Exception):
    """Input that cannot be read into a valid ledger, scenario, standard or plan (exit code 2)."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(f.text("en") for f in self.findings))


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings of severity error."""
    return tuple(f for f in findings if f.severity == "error")
