"""The register of audit rules: every finding kind, in the order in which reports list them."""

from __future__ import annotations

from allocator.audit.rule import AuditRule
from allocator.audit.rules_caps import CAP_RULES
from allocator.audit.rules_check import CHECK_RULES
from allocator.audit.rules_names import NAME_RULES
from allocator.audit.rules_people import PEOPLE_RULES
from allocator.audit.rules_plan import PLAN_RULES
from allocator.audit.rules_records import RECORD_RULES
from allocator.audit.rules_rooms import ROOM_RULES
from allocator.audit.rules_stay import STAY_RULES
from allocator.audit.rules_title import TITLE_RULES
from allocator.audit.rules_use import USE_RULES

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
