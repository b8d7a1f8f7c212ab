"""What a table and a column of the ledger are, and the kinds of column that recur."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from allocator.ledger.choices import FEATURES, REGISTERED, TENURES, Choice

Kind: TypeAlias = Literal[
    "code", "ref", "refs", "text", "area", "count", "integer", "level", "ratio", "decimal",
    "money", "date", "flag", "choice", "choices",
]  # fmt: skip
"""What a cell holds. `area`: m2; `count`: whole number; `ratio`: 0..1; `money`: whole yuan."""

LIST_SEPARATORS = ";；,，、"
"""Signs that separate the entries of a list cell; the first is the one written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column; `field` is the domain attribute, `to` the tables that a reference may name."""

    key: str
    zh: str
    kind: Kind
    field: str = ""
    required: bool = False
    synonyms: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    to: tuple[str, ...] = ()
    minimum: int | None = 0
    forbidden: str = ""
    note_zh: str = ""
    note_en: str = ""

    @property
    def attribute(self) -> str:
        """The attribute of the domain object this column fills."""
        return self.field or self.key

    def heading(self, lang: str) -> str:
        """The heading as written by the writers."""
        return self.zh if lang == "zh" else self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One sheet; `needed`: must exist; `filled`: must have rows; `unique`: keys of a row."""

    key: str
    zh: str
    columns: tuple[Column, ...]
    synonyms: tuple[str, ...] = ()
    needed: bool = False
    filled: bool = False
    unique: tuple[str, ...] = ()
    note_zh: str = ""
    note_en: str = ""

    def sheet(self, lang: str) -> str:
        """The sheet name as written by the writers."""
        return self.zh if lang == "zh" else self.key

    def column(self, key: str) -> Column:
        """The column with this key."""
        return next(c for c in self.columns if c.key == key)


def code_column(key: str, zh: str, *synonyms: str, forbidden: str = "") -> Column:
    """The column of a row's own code."""
    return Column(
        key=key, zh=zh, kind="code", field="code", required=True, synonyms=synonyms,
        forbidden=forbidden, note_zh="唯一编码，不含空格", note_en="unique code without spaces",
    )  # fmt: skip


def ref_column(
    key: str, zh: str, to: str, *synonyms: str, required: bool = True, field: str = ""
) -> Column:
    """A column that names a row of table `to`."""
    return Column(
        key=key, zh=zh, kind="ref", required=required, synonyms=synonyms, to=(to,), field=field,
        note_zh=f"{to} 表中的编码", note_en=f"a code from sheet {to}",
    )  # fmt: skip


def name_column(zh: str, *synonyms: str) -> Column:
    """The column of a name."""
    return Column(key="name", zh=zh, kind="text", required=True, synonyms=("名称", *synonyms))


def features_column(zh: str) -> Column:
    """A list of features."""
    return Column(
        key="features", zh=zh, kind="choices", choices=FEATURES, synonyms=("特征", "要求", "特性"),
        note_zh="多项用 ; 分隔", note_en="several are separated by ;",
    )  # fmt: skip


def holding_columns(required: bool) -> tuple[Column, ...]:
    """Tenure, title, rent and lease; on sites tenure and registration are `required`."""
    inherit = ("", "") if required else ("空白则沿用上一级", "blank: as the level above")
    zh, en = inherit
    return (
        Column(
            key="tenure", zh="权属性质", kind="choice", required=required, choices=TENURES,
            synonyms=("权属", "产权性质", "取得方式"), note_zh=zh, note_en=en,
        ),
        Column(
            key="title_holder", zh="权属登记人", kind="text", note_zh=zh, note_en=en,
            synonyms=("产权人", "产权单位", "权利人"),
        ),
        Column(
            key="title_registered", zh="是否统一登记", kind="flag", required=required,
            choices=REGISTERED, synonyms=("权属登记情况", "是否登记", "产权登记"),
            note_zh="权属是否已统一登记在机关事务管理部门名下" + (f"；{zh}" if zh else ""),
            note_en="title registered with the administration" + (f"; {en}" if en else ""),
        ),
        Column(
            key="rent_per_year", zh="年租金", kind="money", synonyms=("租金", "年租金额"),
            note_zh="元/年", note_en="yuan a year",
        ),
        Column(key="lease_end", zh="租期截止", kind="date",
            synonyms=("租赁到期", "租期至", "到期日")),
    )  # fmt: skip


def count_column(
    key: str, zh: str, *synonyms: str, required: bool = False, minimum: int = 0
) -> Column:
    """A whole number."""
    return Column(
        key=key, zh=zh, kind="count", required=required, synonyms=synonyms, minimum=minimum,
        note_zh="整数", note_en="whole number",
    )  # fmt: skip


def area_column(key: str, zh: str, *synonyms: str, field: str, required: bool = False) -> Column:
    """An area in m2."""
    return Column(
        key=key, zh=zh, kind="area", field=field, required=required, synonyms=synonyms,
        note_zh="使用面积，平方米", note_en="usable area, m2",
    )  # fmt: skip
