"""What a room of a flat ledger is used for, from the word of its 实际用途."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from allocator.ledger.asides import plain
from allocator.ledger.cells import BadCell
from allocator.ledger.choices import USES
from standards.repealed import REPEALED_NAMES

State: TypeAlias = Literal["used", "idle", "let", "lent"]

_STATES: dict[State, tuple[str, ...]] = {
    "idle": (
        "闲置",
        "空置",
        "闲置用房",
        "闲置办公室",
        "空置办公室",
        "空房",
        "空闲",
        "闲置办公用房",
    ),
    "let": ("出租", "已出租", "对外出租", "出租用房", "出租房"),
    "lent": ("出借", "已出借", "借出", "出借用房", "外借"),
}
_NOT_THAT = "原非拟待改不无闲空租借兼、/,;和及与未"
"""Signs in front of a known word that make it another one: 原会议室, 拟改会议室, 办公兼会议."""
_ALTERED = "闲空租借兼拟"
_HEADS_FROM = 2


@dataclass(frozen=True, slots=True)
class RoomUse:
    """The use of a room and what became of it; `repealed`: a name of the 1999 standard."""

    use: str
    state: State = "used"
    repealed: bool = False


_WORDS: dict[str, RoomUse] = {
    **{plain(w): RoomUse(c.key) for c in USES for w in (c.key, c.zh, *c.synonyms)},
    **{plain(w): RoomUse("office", state) for state, words in _STATES.items() for w in words},
    **{plain(w): RoomUse("office", repealed=True) for w in REPEALED_NAMES},
}


def use_of(text: str) -> RoomUse:
    """The use that a word means; 小会议室 and 会议室(东) are 会议室. Raises BadCell."""
    word, bracket, inner = plain(text).partition("(")
    inner = inner.removesuffix(")")
    found = _WORDS.get(word) or _of_head(word)
    if bracket and found is not None and any(sign in inner for sign in _ALTERED):
        # 办公室(闲置) is idle; what else may stand in brackets is a remark.
        found = _WORDS.get(inner)
    if found is None:
        raise BadCell(
            "unknown-use", "不认识的用途", "the use is not known",
            "；".join(
                f"{c.zh} {c.key}：{'、'.join((c.zh, *c.synonyms)[:6])}…" for c in USES
            ) + "；闲置、出租、出借",
            "请改用表中的词；一间房兼有两种用途时填主要用途",
            "Maybe use one of these words; of a room with two uses, its main one",
        )  # fmt: skip
    return found


def _of_head(word: str) -> RoomUse | None:
    """The last word of a compound names the thing: 第一会议室, 局长办公室."""
    word = word.rstrip("0123456789一二三四五六七八九十")
    if any(sign in word for sign in _NOT_THAT):
        return None
    ends = (word[i:] for i in range(len(word) - _HEADS_FROM + 1))
    return next((_WORDS[end] for end in ends if end in _WORDS and len(end) > 2), _WORDS.get(word))
