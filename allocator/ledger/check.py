"""Cross-checks on a ledger that can be read: what contradicts itself or looks forgotten.

An error is data that cannot be right; a warning is a state that may be right but should be looked
at. The lawfulness of today's use is the audit's subject, not this one's.
"""

from __future__ import annotations

from allocator.domain import Ledger
from allocator.findings import Finding
from allocator.ledger.check_people import check_people
from allocator.ledger.check_space import check_space
from allocator.ledger.check_units import check_units
from allocator.ledger.read import Places
from allocator.ledger.remarks import Remarks
from standards.catalog import Standard


def check_ledger(
    ledger: Ledger, standard: Standard | None, places: Places | None = None
) -> tuple[Finding, ...]:
    """All findings in the order of the ledger; located by row if `places` is given.

    The reader's own notes come first.
    """
    remarks = Remarks(places)
    check_space(ledger, remarks)
    check_units(ledger, standard, remarks)
    check_people(ledger, remarks)
    if places is not None:
        _encodings(places, remarks)
        _formulas(places, remarks)
    notes = places.notes if places is not None else ()
    return (*notes, *remarks.sorted())


def _encodings(places: Places, remarks: Remarks) -> None:
    for key, parsed in places.tables.items():
        if parsed.encoding and not parsed.encoding.startswith("utf-8"):
            remarks.add(
                "info", "csv-encoding", (key, None, ""),
                f"{parsed.file} 按 {parsed.encoding.upper()} 编码读入",
                f"{parsed.file} was read as {parsed.encoding.upper()}",
                value=parsed.encoding,
            )  # fmt: skip


def _formulas(places: Places, remarks: Remarks) -> None:
    """Once per sheet: how many of its values were calculated, and not entered."""
    told: set[tuple[str, str]] = set()
    for key, parsed in places.tables.items():
        if not parsed.formulas or (parsed.file, parsed.sheet) in told:
            continue
        told.add((parsed.file, parsed.sheet))
        remarks.add(
            "info", "calculated-formulas", (key, None, ""),
            f"该表有 {parsed.formulas:,} 个公式，按文件中保存的计算结果读入",
            f"{parsed.formulas:,} cells are formulas; the results stored in the file were read",
            value=parsed.formulas,
            advice=(
                "如数据有改动，请先在表格软件中重新计算并保存",
                "Maybe calculate and save it again if anything was changed since",
            ),
        )  # fmt: skip
