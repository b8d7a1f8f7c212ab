"""Remedies in words: who goes where, what it costs, what it cures."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from allocator.audit.remedies.board import Board
from allocator.audit.remedies.types import Move, Option, Remedy, moved
from allocator.audit.rule import Words
from allocator.domain import Group
from allocator.quantity import m2_text
from standards.catalog import UnknownFigure

ORDER = Words(
    "整改方案按超标面积由大到小逐项得出，每项以前面各项已实施为前提，请按序号实施；"
    "同一房间不会重复安排，任何方案都不采用隔断。",
    "The remedies are worked out one after the other, largest overrun first, each on what the "
    "earlier ones leave: carry them out in this order. No room is promised twice, and none is "
    "walled off.",
)

_STEPS = (
    Words("同层", "same floor"),
    Words("同楼", "same building"),
    Words("同办公区", "same site"),
    Words("另一办公区", "another site"),
)


def joined(parts: Iterable[Words], zh: str = "，", en: str = "; ") -> Words:
    """Several texts as one; blank ones left out."""
    kept = [part for part in parts if part.zh]
    return Words(zh.join(p.zh for p in kept), en.join(p.en for p in kept))


def group_words(board: Board, group: Group, people: int, *, named: bool = False) -> Words:
    """Such as `财政局预算科科级以下 2 人`; without the unit where it is `named` already."""
    unit = board.case.units[group.unit]
    grade = _grade(board, unit.level, group.grade)
    division = board.divisions.get((group.unit, group.division), "")
    inside = f" ({division})" if division else ""
    if named:
        return Words(f"{division}{grade.zh} {people} 人", f"{people} {grade.en}{inside}")
    return Words(
        f"{unit.name}{division}{grade.zh} {people} 人",
        f"{people} {grade.en} of {unit.name}{inside}",
    )


def _grade(board: Board, level: str, code: str) -> Words:
    try:
        grade = board.case.standard.grade(level, code)
    except UnknownFigure:
        return Words(f"（{code}）", code)
    return Words(grade.zh, grade.en)


def who(board: Board, moves: Iterable[Move], unit: str = "") -> Words:
    """Everybody in some moves, or the request where nobody moves; `unit` is named already."""
    parts: list[Words] = []
    for move in moves:
        if move.people:
            named = move.group.unit == unit
            unit = move.group.unit
            parts.append(group_words(board, move.group, move.people, named=named))
        else:
            name = board.case.name(move.group.unit)
            parts.append(Words(f"{name}的专用需求", f"the request of {name}"))
    return joined(parts, "、", ", ")


def room_words(board: Board, room: str, origin: str = "") -> Words:
    """A room with its area, and how far it is from `origin`."""
    area = m2_text(board.area(room))
    near = _STEPS[board.distance(origin, room)] if origin else Words("", "")
    return Words(
        f"房间 {room}（{area} 平方米{'，' if origin else ''}{near.zh}）",
        f"room {room} ({area} m2{', ' if origin else ''}{near.en})",
    )


def action_words(board: Board, option: Option, room: str) -> Words:
    """What is to be done, on the state before the moves."""
    kind, moves = option.kind, option.moves
    if kind == "hand_back":
        return _hand_back(board, room, option)
    if kind == "swap":
        return _swap(board, room, moves)
    if kind == "share":
        return _share(board, room, moves)
    done = Words(
        f"房间 {room} 转为公共服务用房并变更台账用途",
        f"room {room} is turned to common use, and its use changed in the ledger",
    )
    end = joined([done, service_words(board, room, moves)])
    return joined([_leaving(board, room, moves), end], "；")


def _hand_back(board: Board, room: str, option: Option) -> Words:
    here = room_words(board, room)
    kept = joined((room_words(board, other, room) for other in option.kept), "、", ", ")
    people = who(board, option.moves)
    entered = [m.to_room for m in option.moves if m.to_room]
    done = Words(
        f"{here.zh}交回统一调配，保留{kept.zh}；{people.zh}不得同时占用多处办公室",
        f"{here.en} is handed back for allocation, {kept.en} is kept; {people.en} may not have "
        "several offices",
    )
    if not entered:
        return done
    moving = Words(
        f"改在房间 {'、'.join(entered)} 办公", f"the place of work is now room {', '.join(entered)}"
    )
    return joined([done, moving])


def _swap(board: Board, room: str, moves: tuple[Move, ...]) -> Words:
    out = [m for m in moves if m.from_room == room]
    back = [m for m in moves if m.to_room == room]
    other = out[0].to_room
    here, there = room_words(board, room), room_words(board, other, room)
    first, second = who(board, out), who(board, back)
    if back:
        done = Words(
            f"{here.zh}的{first.zh}与{there.zh}的{second.zh}对调",
            f"{first.en} in {here.en} and {second.en} in {there.en} exchange rooms",
        )
        unit = back[0].group.unit
        if unit == out[0].group.unit:
            return done
        name = board.case.name(unit)
        return joined([done, Words(f"须{name}同意", f"{name} has to agree")])
    return Words(
        f"{first.zh}由{here.zh}调到空置的{there.zh}，房间 {room} 交回统一调配",
        f"{first.en}: from {here.en} to the empty {there.en}; room {room} is handed back for "
        "allocation",
    )


def _share(board: Board, room: str, moves: tuple[Move, ...]) -> Words:
    if all(m.to_room == room for m in moves):
        return _joining(board, room, moves)
    done = Words(f"房间 {room} 交回统一调配", f"room {room} is handed back for allocation")
    return joined([_leaving(board, room, moves), done], "；")


def _joining(board: Board, room: str, moves: tuple[Move, ...]) -> Words:
    """Colleagues who come into the large room, and the rooms that this empties."""
    here, coming, emptied, unit = room_words(board, room), [], [], ""
    for source in dict.fromkeys(m.from_room for m in moves):
        party = [m for m in moves if m.from_room == source]
        people = who(board, party, unit)
        unit = party[0].group.unit
        if not source:
            coming.append(
                Words(
                    f"{people.zh}入座{here.zh}合用（台账未列其房间，须先核实）",
                    f"{people.en}, in no room of the ledger (check first), to be seated in "
                    f"{here.en}",
                )
            )
            continue
        there = room_words(board, source, room)
        coming.append(
            Words(
                f"{there.zh}的{people.zh}搬入{here.zh}合用",
                f"{people.en} from {there.en} to join {here.en}",
            )
        )
        here = Words(f"房间 {room} ", f"room {room}")
        if moved(party) == sum(s.people for s in board.case.seats_in[source]):
            emptied.append(source)
    if emptied:
        zh, en = "、".join(emptied), ", ".join(emptied)
        coming.append(Words(f"房间 {zh} 交回统一调配", f"handed back for allocation: {en}"))
    return joined(coming, "；")


def _leaving(board: Board, room: str, moves: tuple[Move, ...]) -> Words:
    """Who leaves the large room for which empty room or which colleagues."""
    parts, unit = [], ""
    for target in dict.fromkeys(m.to_room for m in moves):
        people = who(board, [m for m in moves if m.to_room == target], unit)
        unit = moves[0].group.unit
        there = room_words(board, target, room)
        if any(s.people for s in board.case.seats_in.get(target, ())):
            parts.append(
                Words(f"{people.zh}搬到{there.zh}合用", f"{people.en} to share {there.en}")
            )
        else:
            parts.append(
                Words(
                    f"{people.zh}搬到空置的{there.zh}",
                    f"{people.en} to move to the empty {there.en}",
                )
            )
    here, journeys = room_words(board, room), joined(parts, "；")
    return Words(f"{here.zh}腾空：{journeys.zh}", f"{here.en} is left: {journeys.en}")


def service_words(board: Board, room: str, moves: tuple[Move, ...]) -> Words:
    """Says it where the unit is short of service rooms, which makes common use welcome."""
    short = service_short(board, moves[0].group.unit)
    if short <= 0:
        return Words("", "")
    area = m2_text(short)
    return Words(
        f"该单位服务用房尚缺 {area} 平方米，可一并补充",
        f"the unit is {area} m2 short of service rooms, which this helps",
    )


def service_short(board: Board, unit: str) -> int:
    """Service entitlement less service rooms held, 0.01 m2; 0 where the standard has no rate."""
    case = board.start
    try:
        due = case.standard.service_area(case.units[unit].level, case.established(unit).nominal)
    except UnknownFigure:
        return 0
    return int(Fraction(due)) - board.service_held.get(unit, 0)


def exception_words(board: Board, room: str) -> Words:
    """Why nothing else is left, and what a planner may register."""
    here, lot = room_words(board, room), board.lot_in(room)
    if lot is None:
        known = all(
            board.lots.of([(s.group, s.people)]) for s in board.case.seats_in[room] if s.people
        )
        why = (
            Words("室内人员不能作为一个整体调整", "its people cannot move as one party")
            if known
            else Words(
                "有职级标准不明，须先核实职级", "a grade is unknown and must be settled first"
            )
        )
    else:
        low, high = m2_text(lot.least), m2_text(lot.most)
        why = Words(
            f"在前述各项实施后，本办公区该单位所在楼内没有 {low}–{high} 平方米的"
            "可用空房或可对调房间，也无法合用或腾空",
            "after the remedies above the unit's buildings on this site have no empty room and no "
            f"partner of {low} to {high} m2, and nobody can lawfully share it or leave it",
        )
    return Words(
        f"{here.zh}：{why.zh}；可登记为结构性例外（理由由管理部门填写）",
        f"{here.en}: {why.en}; register a structural exception (reason to be written by the "
        "administration)",
    )


def cost_words(remedy: Remedy) -> Words:
    """Cost beside gain, what must come before, and whether it is worth it."""
    people, needs = remedy.people_moved, remedy.needs
    parts = [
        Words(f"须搬 {people} 人", f"{people} moved")
        if people
        else Words("无须搬人", "nobody moves")
    ]
    if remedy.people_seated:
        n = remedy.people_seated
        parts.append(Words(f"另安排 {n} 名尚无房间的人员", f"{n} without a room get one besides"))
    parts = [joined([*parts, _gain_words(remedy)], en=", ")]
    if needs:
        turns = "、".join(str(n) for n in needs)
        parts.append(Words(f"在第 {turns} 项之后实施", f"after no. {', '.join(map(str, needs))}"))
    if remedy.measure:
        rooms = "、".join(remedy.measure)
        parts.append(Words(f"先实测房间 {rooms}", f"measure first: {', '.join(remedy.measure)}"))
    if remedy.small:
        parts.append(
            Words(
                "所得甚小，也可考虑登记例外或设置容差",
                "the gain is small: an exception or a tolerance is worth a thought",
            )
        )
    return joined(parts, "；")


def _gain_words(remedy: Remedy) -> Words:
    """The area cured, and what of it lies in other rooms."""
    area = m2_text(remedy.area_gained)
    less = [(room, m2_text(gain)) for room, gain in remedy.gains if gain > 0]
    more = [(room, m2_text(-gain)) for room, gain in remedy.gains if gain < 0]
    parts = [Words(f"消除超标 {area} 平方米", f"{area} m2 cured")]
    if less:
        zh = "、".join(f"房间 {room} {gain} 平方米" for room, gain in less)
        en = ", ".join(f"{gain} m2 in room {room}" for room, gain in less)
        parts.append(Words(f"其中{zh}", f"of that {en}"))
    if more:
        zh = "、".join(f"房间 {room} {gain} 平方米" for room, gain in more)
        en = ", ".join(f"{gain} m2 in room {room}" for room, gain in more)
        parts.append(Words(f"已扣除容差内新增的{zh}", f"less, within the tolerance, {en}"))
    return joined(parts, "，", ", ")


def cheaper_words(moves: tuple[Move, ...]) -> Words:
    """A way of the next kind that moves fewer people."""
    people = moved(moves)
    rooms = tuple(dict.fromkeys(m.to_room for m in moves))
    return Words(
        f"另可合用房间 {'、'.join(rooms)}，只须搬 {people} 人",
        f"sharing room {', '.join(rooms)} instead moves {people}",
    )
