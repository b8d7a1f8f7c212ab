from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from allocator.findings import InputError, Lang
from allocator.ledger.columns import TABLES
from allocator.ledger.read import read_ledger
from allocator.ledger.template import write_template
from allocator.ledger.write import table_rows, write_ledger_xlsx
from tests.ledger.ledgers import full_ledger, small_standard

LANGS: list[Lang] = ["zh", "en"]


@pytest.mark.parametrize("lang", LANGS)
def test_an_empty_template_says_what_is_missing(tmp_path: Path, lang: Lang) -> None:
    write_template(tmp_path / "t.xlsx", lang)
    with pytest.raises(InputError, match="table rooms has no rows") as caught:
        read_ledger(tmp_path / "t.xlsx", None)
    assert [f.code for f in caught.value.findings] == ["empty-table"] * 5
    tables = [t.sheet(lang) for t in TABLES if t.filled]
    assert [f.place.sheet for f in caught.value.findings] == tables


@pytest.mark.parametrize("lang", LANGS)
def test_a_template_filled_in_reads_without_error(tmp_path: Path, lang: Lang) -> None:
    write_template(tmp_path / "t.xlsx", lang)
    write_ledger_xlsx(full_ledger(), tmp_path / "rows.xlsx", lang)
    template, rows = load_workbook(tmp_path / "t.xlsx"), load_workbook(tmp_path / "rows.xlsx")
    for table in TABLES:
        name = table.sheet(lang)
        assert [c.value for c in template[name][1]] == [c.value for c in rows[name][1]]
        for line in rows[name].iter_rows(min_row=2):
            for cell in line:
                target = template[name].cell(cell.row, cell.column, cell.value)
                target.data_type = cell.data_type
                target.number_format = cell.number_format
    template.save(tmp_path / "filled.xlsx")
    assert read_ledger(tmp_path / "filled.xlsx", small_standard()) == full_ledger()


@pytest.mark.parametrize("lang", LANGS)
def test_every_column_has_a_note_and_choices_have_a_list(tmp_path: Path, lang: Lang) -> None:
    write_template(tmp_path / "t.xlsx", lang)
    book = load_workbook(tmp_path / "t.xlsx")
    assert book.sheetnames == [
        "说明" if lang == "zh" else "notes",
        *(t.sheet(lang) for t in TABLES),
    ]
    for table in TABLES:
        sheet = book[table.sheet(lang)]
        lists = {str(v.sqref).rstrip("0123456789").split(":")[0]: v.formula1
                 for v in sheet.data_validations.dataValidation}  # fmt: skip
        for cell, column in zip(sheet[1], table.columns, strict=True):
            assert cell.comment is not None and cell.comment.text
            if column.kind in ("choice", "flag"):
                words = [c.zh if lang == "zh" else c.key for c in column.choices]
                assert lists[f"{cell.column_letter}2"] == f'"{",".join(words)}"'
                assert len(lists[f"{cell.column_letter}2"]) <= 255


def test_an_existing_file_stays_unless_told(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"mine")
    with pytest.raises(FileExistsError, match="exists already"):
        write_template(path, "zh")
    assert path.read_bytes() == b"mine"
    write_template(path, "zh", overwrite=True)
    assert load_workbook(path).sheetnames[0] == "说明"
    assert [p.name for p in tmp_path.iterdir()] == ["t.xlsx"]


def test_the_rows_of_a_refit_name_a_room_or_a_floor() -> None:
    table = next(t for t in TABLES if t.key == "refits")
    rows = [{c.key: v for c, v in row} for row in table_rows(full_ledger(), table)]
    assert [(r["room"], r["floor"]) for r in rows] == [("R1", None), (None, "F1")]
