from __future__ import annotations

from pathlib import Path

import pytest

from allocator.ledger.read import read_ledger
from allocator.ledger.write import write_ledger_csv, write_ledger_xlsx
from tests.ledger.ledgers import full_ledger, small_standard


def test_csv_reads_back_the_same(tmp_path: Path) -> None:
    write_ledger_csv(full_ledger(), tmp_path)
    assert read_ledger(tmp_path, None) == full_ledger()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_workbook_reads_back_the_same(tmp_path: Path, lang: str) -> None:
    path = tmp_path / "ledger.xlsx"
    write_ledger_xlsx(full_ledger(), path, lang)  # type: ignore[arg-type]
    assert read_ledger(path, small_standard()) == full_ledger()
