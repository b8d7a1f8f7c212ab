"""The units drawn for inspection and the strata they stand for: worksheets and rows of text."""

from __future__ import annotations

from openpyxl import Workbook

from allocator.audit.rule import Words
from allocator.audit.sample import SHOWN, Draw, Sample, SampleKind, hashed
from allocator.findings import Lang
from allocator.ledger.choices import LEVELS
from allocator.quantity import m2_text
from allocator.report.sheets import CellValue, SheetColumn, add_sheet, put

DRAWN = Words("抽查名单", "sample")
STRATA = Words("抽查分层", "strata")
KINDS: dict[SampleKind, Words] = {
    "secondary": Words("二级单位", "secondary"),
    "dispatched": Words("派出机构", "dispatched"),
    "both": Words("二级且派出", "secondary, dispatched"),
}
STRATUM_COLUMNS = (
    SheetColumn(Words("类型", "kind"), 16),
    SheetColumn(Words("级别", "level"), 10),
    SheetColumn(Words("属地", "territory"), 14),
    SheetColumn(Words("单位总数", "units"), 10, "count"),
    SheetColumn(Words("抽取", "drawn"), 8, "count"),
    SheetColumn(Words("未抽取", "not drawn"), 10, "count"),
)
DRAWN_COLUMNS = (
    *STRATUM_COLUMNS[:3],
    SheetColumn(Words("单位编码", "unit"), 14),
    SheetColumn(Words("单位", "name"), 26),
    SheetColumn(Words("抽签值", "rank"), 16),
    SheetColumn(Words("办公区", "sites"), 34),
    SheetColumn(Words("房间数", "rooms"), 8, "count"),
    SheetColumn(Words("使用面积（平方米）", "area (m2)"), 12, "area"),
)


def add_sample(book: Workbook, sample: Sample, lang: Lang) -> None:
    """The list of units to inspect, and the strata."""
    for name, columns, rows in (
        (DRAWN, DRAWN_COLUMNS, drawn_rows(sample, lang)),
        (STRATA, STRATUM_COLUMNS, stratum_rows(sample, lang)),
    ):
        sheet = add_sheet(book, name.zh if lang == "zh" else name.en, columns, rows, lang)
        if name is DRAWN and sample.size:
            # Below the table and its filter, one row apart.
            words = rank_words(sample)
            put(sheet.cell(sheet.max_row + 2, 1), words.zh if lang == "zh" else words.en)


def stratum_rows(sample: Sample, lang: Lang) -> list[list[CellValue]]:
    """Strata with how many units they have and how many of them were drawn."""
    return [
        [*_stratum(draw, lang), draw.population, len(draw.drawn), draw.not_drawn]
        for draw in sample.draws
    ]


def drawn_rows(sample: Sample, lang: Lang) -> list[list[CellValue]]:
    """The units drawn, in the order of the draw within each stratum; areas in 0.01 m2."""
    sign = "、" if lang == "zh" else ", "
    return [
        [
            *_stratum(draw, lang), unit.unit, unit.name, unit.rank, sign.join(unit.sites),
            unit.rooms, unit.area,
        ]
        for draw in sample.draws
        for unit in draw.drawn
    ]  # fmt: skip


def drawn_texts(sample: Sample, lang: Lang) -> list[list[str]]:
    """Headings and units drawn as text, for a terminal."""
    heads = [column.heading(lang) for column in DRAWN_COLUMNS]
    units = [unit for draw in sample.draws for unit in draw.drawn]
    texts = [[_text(value) for value in row] for row in drawn_rows(sample, lang)]
    return [heads, *([*t[:-1], m2_text(u.area)] for t, u in zip(texts, units, strict=True))]


def stratum_texts(sample: Sample, lang: Lang) -> list[list[str]]:
    """Headings and strata as text, for a terminal."""
    heads = [column.heading(lang) for column in STRATUM_COLUMNS]
    return [heads, *([_text(value) for value in row] for row in stratum_rows(sample, lang))]


def draw_words(sample: Sample) -> Words:
    """How many units were drawn of how many, and that the seed repeats it."""
    if not sample.population:
        return Words("台账中没有二级或派出单位可抽", "no secondary or dispatched unit to draw")
    zh = f"抽查 {sample.size:,} 个（共 {sample.population:,} 个二级及派出单位），种子 {sample.seed}"
    en = f"{sample.size:,} of {sample.population:,} secondary and dispatched units drawn, seed "
    en += str(sample.seed)
    if sample.size < sample.asked:
        zh += f"；不足要求的 {sample.asked:,} 个，已全部抽取"
        en += f"; fewer than the {sample.asked:,} asked for, so all of them are drawn"
    told = rank_words(sample)
    return Words(f"{zh}。{told.zh}", f"{en}. {told.en}") if sample.size else Words(zh, en)


def rank_words(sample: Sample) -> Words:
    """What the draw number is, with the text behind the first one: anybody can hash it again."""
    first = next((draw for draw in sample.draws if draw.drawn), None)
    zh = f"抽签值 = sha256(种子|分层|单位编码) 的前 {SHOWN} 位十六进制数，同一分层内从小到大抽取"
    en = f"rank = first {SHOWN} hex digits of sha256(seed|stratum|unit); in each stratum the "
    en += "smallest are drawn first"
    if first is not None:
        text = hashed(sample.seed, first.stratum, first.drawn[0].unit)
        zh += f"；如 sha256({text}) 的前 {SHOWN} 位为 {first.drawn[0].rank}"
        en += f"; sha256({text}) begins {first.drawn[0].rank}"
    return Words(zh, en)


def _stratum(draw: Draw, lang: Lang) -> list[CellValue]:
    kind, level = KINDS[draw.stratum.kind], draw.stratum.level
    names = {choice.key: choice.zh for choice in LEVELS}
    if lang == "zh":
        return [kind.zh, names.get(level, level), draw.stratum.territory]
    return [kind.en, level, draw.stratum.territory]


def _text(value: CellValue) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return "" if value is None else str(value)
