"""An empty workbook to fill in: headings, drop-downs, a note per column and a sheet of notes."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from allocator.findings import Lang
from allocator.ledger.column_types import Column, Table
from allocator.ledger.columns import TABLES
from allocator.ledger.write import save_workbook

_LAST_ROW = 1_048_576
_NEEDED = PatternFill("solid", fgColor="FFDDEBF7")
_KINDS = {
    "code": ("编码", "code"),
    "ref": ("引用编码", "code of another sheet"),
    "refs": ("引用编码，可多个", "codes of another sheet"),
    "text": ("文本", "text"),
    "area": ("面积，平方米，两位小数", "area in m2, two decimals"),
    "count": ("整数", "whole number"),
    "integer": ("整数", "whole number"),
    "level": ("楼层数", "number of a storey"),
    "ratio": ("0 到 1 的小数", "number from 0 to 1"),
    "decimal": ("小数", "decimal number"),
    "money": ("金额，元", "yuan"),
    "date": ("日期，如 2025-12-31", "date such as 2025-12-31"),
    "flag": ("是或否", "yes or no"),
    "choice": ("从列表选择", "one of a list"),
    "choices": ("从列表选择，可多项", "several of a list"),
}
_TEXT = ("code", "ref", "refs", "text", "choices")
_INTRODUCTION = {
    "zh": (
        "办公用房台账模板",
        "每张表一行一条记录，第一行为列名，请勿合并单元格。底色列必填，空白不按零处理。",
        "编码与房号一律按文本填写；引用其他表时填编码，不填名称。面积为使用面积，单位平方米。",
        "台账只记岗位与人数，不记姓名。备注、序号列可以保留，不参与计算。",
        "“内设机构”“用房需求”“单位关系”“维修改造”“实测”可以不填。",
    ),
    "en": (
        "Template of the office space ledger",
        "One record a row, headings in the first row, no merged cells. Shaded columns must be "
        "filled in; a blank is not zero.",
        "Enter codes and room numbers as text; refer to other sheets by code, not by name. Areas "
        "are usable areas in m2.",
        "The ledger counts posts and people and names nobody. Columns headed note or no. are kept "
        "but not read.",
        "The sheets divisions, requests, relations, refits and survey may stay empty.",
    ),
}
_TABLE_HEADINGS = {
    "zh": ("表", "列", "另一语言列名", "必填", "内容", "允许的取值", "说明"),
    "en": ("sheet", "column", "Chinese heading", "required", "content", "allowed values", "note"),
}


def write_template(path: Path, lang: Lang, overwrite: bool = False) -> None:
    """Write the empty workbook. Raises FileExistsError unless `overwrite`."""
    if path.exists() and not overwrite:
        raise FileExistsError(f"{path} exists already")
    book = Workbook()
    book.remove(book.worksheets[0])
    _notes_sheet(book, lang)
    for table in TABLES:
        _table_sheet(book, table, lang)
    save_workbook(book, path)


def _allowed(column: Column, lang: Lang) -> str:
    words = [c.zh if lang == "zh" else c.key for c in column.choices]
    return ("、" if lang == "zh" else ", ").join(words)


def _note(column: Column, lang: Lang) -> str:
    return column.note_zh if lang == "zh" else column.note_en


def _kind(column: Column, lang: Lang) -> str:
    return _KINDS[column.kind][0 if lang == "zh" else 1]


def _notes_sheet(book: Workbook, lang: Lang) -> None:
    sheet = book.create_sheet("说明" if lang == "zh" else "notes")
    for line in _INTRODUCTION[lang]:
        sheet.append([line])
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.append([])
    sheet.append(list(_TABLE_HEADINGS[lang]))
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    yes = "是" if lang == "zh" else "yes"
    for table in TABLES:
        for column in table.columns:
            other = column.key if lang == "zh" else column.zh
            sheet.append(
                [
                    table.sheet(lang), column.heading(lang), other,
                    yes if column.required else "", _kind(column, lang), _allowed(column, lang),
                    _note(column, lang),
                ]
            )  # fmt: skip
    for letter, width in zip("ABCDEFG", (14, 18, 18, 8, 24, 60, 50), strict=True):
        sheet.column_dimensions[letter].width = width


def _table_sheet(book: Workbook, table: Table, lang: Lang) -> None:
    sheet = book.create_sheet(table.sheet(lang))
    sheet.freeze_panes = "A2"
    for number, column in enumerate(table.columns, 1):
        letter = get_column_letter(number)
        cell = sheet.cell(1, number, column.heading(lang))
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        if column.required:
            cell.fill = _NEEDED
        cell.comment = _comment(column, lang)
        dimension = sheet.column_dimensions[letter]
        dimension.width = max(12, 2 * len(column.heading(lang)) + 2)
        dimension.number_format = _number_format(column)
        _add_drop_down(sheet, column, letter, lang)


def _number_format(column: Column) -> str:
    if column.kind in _TEXT:
        return "@"
    return {"area": "0.00", "date": "yyyy-mm-dd"}.get(column.kind, "General")


def _comment(column: Column, lang: Lang) -> Comment:
    must = ("必填", "选填") if lang == "zh" else ("required", "optional")
    lines = [f"{must[0] if column.required else must[1]}: {_kind(column, lang)}"]
    lines += [line for line in (_allowed(column, lang), _note(column, lang)) if line]
    return Comment("\n".join(lines), "allocator", height=110, width=260)


def _add_drop_down(sheet: Worksheet, column: Column, letter: str, lang: Lang) -> None:
    if column.kind in ("choice", "flag"):
        words = ",".join(c.zh if lang == "zh" else c.key for c in column.choices)
        formula = f'"{words}"'
    elif column.kind == "ref":
        target = next(t for t in TABLES if t.key == column.to[0]).sheet(lang)
        formula = f"'{target}'!$A$2:$A${_LAST_ROW}"
    else:
        return
    rule = DataValidation(type="list", formula1=formula, allow_blank=True)
    # A code may be registered later on its own sheet: warn, but let it stand.
    rule.errorStyle = "warning" if column.kind == "ref" else "stop"
    rule.showErrorMessage = True
    rule.errorTitle = column.heading(lang)
    rule.error = _allowed(column, lang) or _note(column, lang)
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{_LAST_ROW}")
