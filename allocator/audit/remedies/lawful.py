"""Whether rooms keep the rules of the register, as they are on a board."""

from __future__ import annotations

from collections.abc import Iterable

from allocator.audit.register import AUDIT_RULES
from allocator.audit.remedies.board import Board
from allocator.audit.rule import Subject

ROOM_RULE = ("over_standard", "under_share", "two_hands")
"""No touched room may break these afterwards."""
KEPT = (
    "feature_missing", "title_barred", "outside_territory", "ineligible_use", "function_changed",
    "business_netted", "sealed_used", "holder_differs", "colocation_nominal", "desks_added",
    "lent_out", "passed_on",
)  # fmt: skip
"""A touched room may break these afterwards only if it did so before."""


def lawful(board: Board, rooms: Iterable[str]) -> bool:
    """Whether the register finds nothing wrong in rooms as they now are that was not before."""
    for room in rooms:
        subject = Subject("room", room)
        for name in (*ROOM_RULE, *KEPT):
            rule = AUDIT_RULES.get(name)
            if rule is None or board.case.view not in rule.views:
                continue
            judged = rule.judge(board.case, subject)
            if judged is None or not judged.breach:
                continue
            before = rule.judge(board.start, subject) if name in KEPT else None
            if before is None or not before.breach:
                return False
    return True


def unsure(board: Board, rooms: Iterable[str]) -> tuple[str, ...]:
    """Rooms as they now are whose measurement could still turn the room rule's verdict."""
    found: dict[str, None] = {}
    for room in rooms:
        for name in ROOM_RULE:
            rule = AUDIT_RULES.get(name)
            judged = rule.judge(board.case, Subject("room", room)) if rule else None
            found |= dict.fromkeys(judged.rooms if judged else ())
    return tuple(found)
