"""The cheapest lawful remedy for every office above the standard.

Remedies are worked out one after the other, largest overrun first (ties by room code), each on the
state that the earlier ones leave, so that the list can be carried out in that order, no room is
promised twice and nobody moves twice; rooms that nothing cures are tried once more at the end. For
each room the first kind that offers anything lawful is taken: swap, share, common use, else a
structural exception; within a kind the cheapest option. A second office comes before them all: it
is handed back, because it is unlawful by itself (办法 art. 19) and nothing need be exchanged. An
option counts only after the rules of the register have judged every touched room again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from allocator.audit.case import Case
from allocator.audit.clauses import POLICY, RIGHT_USE
from allocator.audit.remedies.board import Board, Undo
from allocator.audit.remedies.hand_back import hand_backs
from allocator.audit.remedies.lawful import lawful, unsure
from allocator.audit.remedies.share import shares
from allocator.audit.remedies.swap import swaps
from allocator.audit.remedies.types import Option, Remedy, RemedyKind, moved, seated, touched
from allocator.audit.remedies.vacate import conversions, spread
from allocator.audit.remedies.words import (
    action_words,
    cheaper_words,
    cost_words,
    exception_words,
    joined,
)
from allocator.audit.rule import Words
from allocator.audit.run import AuditFinding, AuditResult

RULE = "over_standard"
CLAUSE = "《党政机关厉行节约反对浪费条例》（2025）第四十四条"
KINDS: tuple[tuple[RemedyKind, Words], ...] = (
    ("hand_back", Words("退回", "hand back")),
    ("swap", Words("调换", "swap")),
    ("share", Words("合用", "share")),
    ("common", Words("转为公共用房", "common use")),
    ("exception", Words("登记结构性例外", "structural exception")),
)
"""Second offices, then the kinds in the order of the regulation, with their names."""

_WAYS: tuple[Callable[[Board, str], list[Option]], ...] = (
    hand_backs, swaps, shares, spread, conversions,
)  # fmt: skip
MANY = 3
"""From so many people on, a swap names a way to share that moves fewer."""
SMALL = 100
"""0.01 m2: published checks file overruns above 1 m2; less than that per person moved is little."""


def remedies(result: AuditResult) -> dict[str, Remedy]:
    """Finding key -> remedy, in the order of execution; registered exceptions are left alone."""
    board = Board(result.case)
    waiting = sorted(
        (f for f in result.findings if f.rule.id == RULE and not f.judgement.exception),
        key=lambda f: (-board.overrun(f.judgement.subject.code), f.judgement.subject.code),
    )
    adviser = _Adviser(board)
    found: dict[str, Remedy] = {}
    before = -1
    while before != len(found):
        # Rooms that nothing cures are tried again: later remedies may have emptied one for them.
        before = len(found)
        still: list[AuditFinding] = []
        for finding in waiting:
            remedy = adviser.remedy(finding, len(found) + 1)
            if remedy is None:
                still.append(finding)
            else:
                found[finding.key] = remedy
        waiting = still
    for finding in waiting:
        found[finding.key] = adviser.exception(finding, len(found) + 1)
    return found


class _Adviser:
    """Takes remedies in turn; the board carries what the earlier ones left."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self._cured: dict[str, Remedy] = {}

    def remedy(self, finding: AuditFinding, rank: int) -> Remedy | None:
        """The remedy of one finding, carried out on the board; None if there is none now."""
        room = finding.judgement.subject.code
        if room in self._cured:
            return _with(self._cured[room], room, rank)
        for way in _WAYS:
            for option in way(self.board, room):
                found = self._tried(option, room, rank, finding.key)
                if found is not None:
                    return found
        return None

    def exception(self, finding: AuditFinding, rank: int) -> Remedy:
        """What is left where no remedy is lawful: a reason for the planner to write."""
        room = finding.judgement.subject.code
        named, words = dict(KINDS)["exception"], exception_words(self.board, room)
        return Remedy(
            kind="exception", room=room, rooms=(), moves=(), people_moved=0, area_gained=0,
            words=Words(f"{named.zh}：{words.zh}", f"{named.en}: {words.en}"),
            clause=POLICY, rank=rank,
        )  # fmt: skip

    def _tried(self, option: Option, room: str, rank: int, key: str) -> Remedy | None:
        """Carry an option out and judge the touched rooms; None (and no trace) if unlawful."""
        board, moves = self.board, option.moves
        rooms = touched(moves)
        before = {r: board.overrun(r) for r in rooms}
        over = [r for r in rooms if r != room and board.is_over(r)]
        action = action_words(board, option, room)
        other = self._cheaper(option, room)
        if not self._applied(option, room):
            return None
        gains = {r: before[r] - board.overrun(r) for r in rooms}
        gained, people = sum(gains.values()), moved(moves)
        others = (*(r for r in rooms if r != room), *option.kept)
        remedy = Remedy(
            kind=option.kind, room=room, rooms=tuple(dict.fromkeys(others)), moves=moves,
            people_moved=people, people_seated=seated(moves), area_gained=gained, words=action,
            clause=RIGHT_USE if option.kind == "hand_back" else CLAUSE, rank=rank,
            gains=tuple((r, gain) for r, gain in gains.items() if gain and r != room),
            needs=board.settle(dict.fromkeys((*rooms, *option.kept)), rank),
            measure=unsure(board, dict.fromkeys((*rooms, *option.kept))),
            small=people > 0 and gained < SMALL * people,
        )  # fmt: skip
        named = dict(KINDS)[remedy.kind]
        body = joined([action, joined([cost_words(remedy), other], "；")], "。", ". ")
        remedy = replace(remedy, words=Words(f"{named.zh}：{body.zh}", f"{named.en}: {body.en}"))
        for r in over:
            self._cured[r] = replace(remedy, cured_by=key)
        return remedy

    def _applied(self, option: Option, room: str) -> Undo | None:
        """Carry an option out if the result is lawful; else leave no trace."""
        undo = self.board.apply(option.moves, room if option.kind == "common" else "")
        if lawful(self.board, touched(option.moves)):
            return undo
        self.board.undo(undo)
        return None

    def _cheaper(self, option: Option, room: str) -> Words:
        """Sharing, where a swap of several people comes first but sharing moves fewer."""
        if option.kind != "swap" or moved(option.moves) < MANY:
            return Words("", "")
        for other in shares(self.board, room):
            if moved(other.moves) >= moved(option.moves):
                break
            undo = self._applied(other, room)
            if undo is not None:
                self.board.undo(undo)
                return cheaper_words(other.moves)
        return Words("", "")


def _with(other: Remedy, room: str, rank: int) -> Remedy:
    """What is said of a room that an earlier remedy cures as well."""
    named = dict(KINDS)[other.kind]
    words = Words(
        f"{named.zh}：已随房间 {other.room} 的第 {other.rank} 项一并解决，无须另行搬动",
        f"{named.en}: cured with room {other.room} by no. {other.rank}; nobody else moves",
    )
    return Remedy(
        kind=other.kind, room=room, rooms=(other.room,), moves=(), people_moved=0, area_gained=0,
        words=words, clause=other.clause, rank=rank, needs=(other.rank,), cured_by=other.cured_by,
    )  # fmt: skip


def after(case: Case, found: Mapping[str, Remedy]) -> Case:
    """The case once all remedies are carried out in order.

    Emptied rooms count as handed back: they have no seat row and no allotted unit.
    """
    board = Board(case)
    for remedy in sorted(found.values(), key=lambda r: r.rank):
        if remedy.moves:
            board.apply(remedy.moves, remedy.room if remedy.kind == "common" else "")
    return board.settled_case()


def summary(found: Mapping[str, Remedy]) -> list[tuple[Words, int, int, int]]:
    """Per kind: its name, rooms, people moved, area gained in 0.01 m2."""
    rows = []
    for kind, named in KINDS:
        own = [r for r in found.values() if r.kind == kind]
        rows.append(
            (named, len(own), sum(r.people_moved for r in own), sum(r.area_gained for r in own))
        )
    return rows
