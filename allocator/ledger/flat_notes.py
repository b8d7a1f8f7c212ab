"""What a reader of a flat ledger is told besides faults: assumptions, and what was not read."""

from __future__ import annotations

from dataclasses import dataclass, field

from allocator.findings import Finding, Place, Severity


@dataclass(slots=True)
class Notes:
    """Infos and warnings in the order in which they were met."""

    found: list[Finding] = field(default_factory=list)

    def assume(self, code: str, place: Place, zh: str, en: str, zh_to: str, en_to: str) -> None:
        """Something the sheets do not say and what was taken instead; how to say it."""
        self.add("info", code, place, zh, en, (zh_to, en_to))

    def add(
        self,
        severity: Severity,
        code: str,
        place: Place,
        zh: str,
        en: str,
        advice: tuple[str, str] = ("", ""),
        *,
        value: str = "",
        expected: str = "",
    ) -> None:
        """Add a note."""
        self.found.append(Finding(code, zh, en, place, value, expected, *advice, severity))
