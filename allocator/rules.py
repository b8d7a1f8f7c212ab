"""The register of rules every plan is held to, by id."""

from __future__ import annotations

from allocator.rule import Rule
from allocator.rules_figures import AREA_RULES, BEFORE_RULES, FILE_RULES, NUMBER_RULES, PEOPLE_RULES
from allocator.rules_space import PERMIT_RULES, ROOM_RULES

RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        *FILE_RULES,
        *ROOM_RULES,
        *PERMIT_RULES,
        *AREA_RULES,
        *BEFORE_RULES,
        *PEOPLE_RULES,
        *NUMBER_RULES,
    )
}
"""Every rule by id, in the order in which they are checked."""
