"""Posts, divisions and claimed limits of a flat ledger, once its rooms are known."""

from __future__ import annotations

from collections import Counter

from allocator.ledger.asides import plain
from allocator.ledger.cells import BadCell
from allocator.ledger.flat_columns import UNIT_LIST
from allocator.ledger.flat_notes import Notes
from allocator.ledger.flat_posts import PostBook
from allocator.ledger.flat_rooms import RoomBook
from allocator.ledger.flat_sheet import FlatRow
from allocator.ledger.flat_table import Rows, code_of, source_of, unwidened
from allocator.ledger.flat_units import UnitBook
from allocator.quantity import m2_text
from standards.catalog import Standard
from standards.repealed import REPEALED_AREA, repealed_words

_TOTAL = UNIT_LIST.column("in_post")
_DIVISION = {"division": "division", "name": "division", "unit": "unit"}


def _division_code(unit: str, name: str) -> str:
    return f"{unit}-{code_of(name)}"


def divisions_of(rooms: RoomBook, posts: PostBook) -> Rows:
    """Divisions of the units whose posts are counted by division; seats get their codes.

    Posts and people of a division must be comparable, so elsewhere 使用科室 is not used.
    """
    rows = Rows("divisions")
    known: set[str] = set()

    def add(row: FlatRow, unit: str, name: str) -> str:
        code = _division_code(unit, name)
        if code not in known:
            known.add(code)
            values = {"division": code, "unit": unit, "name": unwidened(name)}
            rows.add(row, source_of(row.sheet, _DIVISION), values)
        return code

    for line in posts.lines:
        if line.division:
            add(line.row, line.unit, line.division)
    for row, record in zip(rooms.seats.typed, rooms.seats.records, strict=True):
        if record["division"]:
            record["division"] = add(row, record["unit"], record["division"])
    return rows


def posts_of(posts: PostBook, rooms: RoomBook, notes: Notes) -> Rows:
    """The table of posts; people in post are counted in the rooms where no sheet counts them."""
    rows = Rows("posts", ("in_post_known",))
    for line in posts.lines:
        established = line.established or 0
        in_post = line.in_post
        if in_post is None and posts.in_post_given:
            line.row.sheet.refuse(
                line.row, "blank in_post", _NO_IN_POST, line.columns["in_post"][0]
            )
        elif in_post is None:
            seated = rooms.seated.get((line.unit, plain(line.division), line.grade), 0)
            in_post = min(seated, established)
        division = _division_code(line.unit, line.division) if line.division else None
        values = {
            "unit": line.unit, "division": division, "grade": line.grade,
            "established": established, "in_post": in_post,
            "in_post_known": line.in_post is not None, **line.extra,
        }  # fmt: skip
        rows.add(line.row, source_of(line.row.sheet, {}, line.columns), values)
    if posts.lines and not posts.in_post_given:
        notes.assume(
            "assumed-in-post", posts.lines[0].row.sheet.heading_place(),
            "未按职级填实有人数，取各单位各职级在房间中的人数（不超过编制），"
            "两者的比较不作判定",
            "people in post are not counted by grade; taken from the people in the rooms, at most "
            "the posts, so the rules that compare the two are not judged",
            "如有人事台账，请按职级增加“实有人数”列",
            "Maybe add columns of people in post per grade, under a heading 实有人数",
        )  # fmt: skip
    return rows


def tell_divisions(rooms: RoomBook, posts: PostBook, notes: Notes) -> None:
    """Say that divisions were not used, if the rooms name some."""
    divided = {line.unit for line in posts.lines if line.division}
    for row, record in zip(rooms.seats.typed, rooms.seats.records, strict=True):
        if record["unit"] not in divided and row.text("division"):
            notes.assume(
                "divisions-not-used", row.place("division"),
                "编制按单位统计，使用科室未参与比较",
                "posts are counted by unit, so divisions are not used",
                "如需按科室比较，请另加一张表：单位、科室、职级、编制数、实有人数",
                "Maybe add a sheet with the columns 单位, 科室, 职级, 编制数, 实有人数",
            )  # fmt: skip
            return


def tell_unheld(rooms: RoomBook, notes: Notes) -> None:
    """Say once that rooms other than offices name no unit."""
    if rooms.unheld:
        row, count = rooms.unheld[0], len(rooms.unheld)
        notes.assume(
            "assumed-unheld", row.place("unit"),
            f"{count} 间非办公用房未填使用单位，按无单位占用处理",
            f"rooms other than offices that name no unit are taken as held by none: {count}",
            "如有使用单位请补填；多单位共用填“公用”",
            "Maybe name the unit, or write 公用 where everybody uses the room",
        )  # fmt: skip


def tell_empty(rooms: RoomBook, notes: Notes) -> None:
    """Say once that offices without a unit, with nobody in them, were taken as empty."""
    if rooms.empty:
        row, count = rooms.empty[0], len(rooms.empty)
        notes.assume(
            "assumed-empty", row.place("unit"),
            f"{count} 间办公室未填使用单位且人数为 0，按无单位使用的空房处理",
            f"offices that name no unit and have 0 people are taken as held by none: {count}",
            "如由单位保留请补填使用单位；确属闲置可在实际用途填“闲置”",
            "Maybe name the unit that keeps the room, or write 闲置 as its use",
        )  # fmt: skip


def compare_totals(rooms: RoomBook, posts: PostBook, notes: Notes) -> None:
    """Warn where a unit's 实有人数 as a whole is not the number of people in its rooms."""
    seated: Counter[str] = Counter()
    for record in rooms.seats.records:
        seated[record["unit"]] += record["people"]
    for unit, rows in posts.in_post_rows.items():
        counts = [
            row.sheet.quiet(row, row.sheet.heads.positions["in_post"], _TOTAL) for row in rows
        ]
        first = rows[0]
        if None in counts:
            bad = rows[counts.index(None)]
            notes.add(
                "warning", "in-post-not-compared", bad.place("in_post"),
                "实有人数不是整数，未与房间中的人数比较",
                "this is no whole number, so it was not compared with the people in the rooms",
                ("请只填数字", "Maybe it holds a remark; enter the number alone"),
                value=bad.text("in_post"),
            )  # fmt: skip
        elif sum(counts) != seated[unit]:
            notes.add(
                "warning", "in-post-total", first.place("in_post"),
                f"{unit} 实有人数 {sum(counts)}，房间中登记 {seated[unit]} 人",
                f"{unit}: {sum(counts)} in post, {seated[unit]} people in the rooms",
                ("请核对人事台账与房间台账", "Maybe rooms are missing or people counted twice"),
                value=str(sum(counts)), expected=str(seated[unit]),
            )  # fmt: skip


def warn_repealed(
    rooms: RoomBook, units: UnitBook, standard: Standard | None, notes: Notes
) -> None:
    """Warn of figures and names of the repealed standard of 1999, each once with its count."""
    lowest = _lowest(standard)
    figures = [
        row
        for row, unit, grade, people in rooms.peopled
        if lowest.get(units.level(unit) or "") == grade
        and row.sheet.value(row, "limit") == REPEALED_AREA * people
    ]
    names = [row for row in rooms.read if _repealed_column(row)]
    for found, of in ((figures, _limit_column), (names, _repealed_column)):
        if found:
            column, row = of(found[0]), found[0]
            more = f"；共 {len(found)} 行" if len(found) > 1 else ""
            notes.add(
                "warning", "repealed-standard", row.place(column),
                f"使用了已废止的 1999 年标准{more}",
                f"this is the standard of 1999, which is repealed; rows: {len(found)}",
                ("请按现行标准重新核定", "Maybe the approved area is to be worked out anew"),
                value=row.text(column), expected=_expected(standard, units, row),
            )  # fmt: skip


def _lowest(standard: Standard | None) -> dict[str, str]:
    """The grade of the smallest area by level."""
    found: dict[str, tuple[int, str]] = {}
    for grade in standard.grades if standard is not None else ():
        if grade.level not in found or grade.area < found[grade.level][0]:
            found[grade.level] = (grade.area, grade.code)
    return {level: code for level, (_, code) in found.items()}


def _limit_column(_: FlatRow) -> str:
    return "limit"


def _repealed_column(row: FlatRow) -> str:
    """The column that holds a name of the repealed standard, or blank."""
    columns = ("use", "remark")
    return next((c for c in columns if repealed_words(row.text(c))), "")


def _expected(standard: Standard | None, units: UnitBook, row: FlatRow) -> str:
    level = units.level(code_of(row.text("unit")))
    if standard is None or level is None:
        return ""
    return "；".join(f"{g.zh} {m2_text(g.area)}" for g in standard.grades if g.level == level)


_NO_IN_POST = BadCell(
    "blank-cell", "没有填实有人数", "the number of people in post is missing",
    "0 / 整数 whole number", "没有则填 0", "Maybe 0 is meant; blank is not zero",
)  # fmt: skip
