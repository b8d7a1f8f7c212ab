"""The register of audit rules: every finding kind, in the order in which reports list them."""

from __future__ import annotations

from allocator.audit.rule import AuditRule
from allocator.audit.rules.caps import CAP_RULES
from allocator.audit.rules.check import CHECK_RULES
from allocator.audit.rules.names import NAME_RULES
from allocator.audit.rules.people import PEOPLE_RULES
from allocator.audit.rules.plan import PLAN_RULES
from allocator.audit.rules.records import RECORD_RULES
from allocator.audit.rules.rooms import ROOM_RULES
from allocator.audit.rules.stay import STAY_RULES
from allocator.audit.rules.title import TITLE_RULES
from allocator.audit.rules.use import USE_RULES

AUDIT_RULES: dict[str, AuditRule] = {
    rule.id: rule
    for rule in (
        *ROOM_RULES,
        *USE_RULES,
        *STAY_RULES,
        *RECORD_RULES,
        *TITLE_RULES,
        *PEOPLE_RULES,
        *NAME_RULES,
        *CAP_RULES,
        *CHECK_RULES,
        *PLAN_RULES,
    )
}
"""Every rule by id."""
