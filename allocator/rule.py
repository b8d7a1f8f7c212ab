"""What a rule is: one id, one sentence in two languages, one source, one piece of advice."""

from __future__ import annotations

from dataclasses import dataclass

MEASURES = "办法 arts. 2-4"
STANDARD = "建设标准 art. 11"
SERVICE = "建设标准 art. 12"
USE = "办法 art. 19"
POLICY = "policy, no legal source"
IDENTITY = "declared arithmetic, space identity"
PEOPLE = "declared arithmetic, people"
TIERS = "declared arithmetic, tiers"
FORMAT = "plan format allocator-plan/1"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what holds (zh, en), where it comes from, and what to do when it is broken."""

    id: str
    zh: str
    en: str
    clause: str
    advice_zh: str
    advice_en: str


ROOM_ADVICE = (
    "可能应换房、合用或转为公共用房",
    "Maybe swap, share or turn the room to common use",
)
PLACE_ADVICE = ("可能应改安排到允许的房间", "Maybe choose a room that the unit may use")
PLAN_ADVICE = ("可能方案被改动过,请重新求解", "Maybe the plan was edited; solve again")
SUM_ADVICE = (
    "可能数字被改动或算法不一致,请按房间重算",
    "Maybe the figure was edited; count again from the rooms",
)
FILE_ADVICE = ("可能文件不完整或被改动", "Maybe the file is incomplete or was edited")
