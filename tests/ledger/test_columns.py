from __future__ import annotations

from dataclasses import fields

import pytest

from allocator import domain
from allocator.ledger.choices import normal
from allocator.ledger.column_types import Table
from allocator.ledger.columns import IGNORED, NOTES_SHEETS, TABLES

TYPES = {
    "sites": domain.Site, "buildings": domain.Building, "floors": domain.Floor,
    "rooms": domain.Room, "units": domain.Unit, "divisions": domain.Division,
    "posts": domain.Posts, "occupancy": domain.Occupancy, "requests": domain.Request,
    "relations": domain.Relation, "refits": domain.Refit, "survey": domain.Survey,
}  # fmt: skip
BESIDE = {"posts": {"in_post_known"}}
"""What a reader says about a row that is no column: a ledger in tables has a staff list."""


def test_the_tables_are_those_of_the_ledger_in_its_order() -> None:
    assert [t.key for t in TABLES] == [f.name for f in fields(domain.Ledger)] == list(TYPES)


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.key)
def test_the_columns_fill_exactly_the_fields_of_the_type(table: Table) -> None:
    told = {f.name for f in fields(TYPES[table.key])} - BESIDE.get(table.key, set())
    assert {c.attribute for c in table.columns} == told


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.key)
def test_no_heading_means_two_columns(table: Table) -> None:
    seen: dict[str, str] = {}
    for column in table.columns:
        for heading in {normal(h) for h in (column.key, column.zh, *column.synonyms)}:
            assert seen.setdefault(heading, column.key) == column.key
            assert heading not in {normal(h) for h in IGNORED}


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.key)
def test_no_word_means_two_choices(table: Table) -> None:
    for column in table.columns:
        seen: dict[str, str] = {}
        for choice in column.choices:
            for word in {normal(w) for w in (choice.key, choice.zh, *choice.synonyms)}:
                assert seen.setdefault(word, choice.key) == choice.key


def test_no_sheet_name_means_two_tables() -> None:
    names = [normal(n) for t in TABLES for n in {t.key, t.zh, *t.synonyms}]
    names += [normal(n) for n in NOTES_SHEETS]
    assert len(names) == len(set(names))


def test_features_and_categories_are_those_of_the_domain() -> None:
    columns = {(t.key, c.key): c for t in TABLES for c in t.columns}
    features = columns["rooms", "features"].choices
    assert tuple(c.key for c in features) == domain.FEATURES
    assert tuple(c.key for c in columns["units", "category"].choices) == domain.CATEGORIES


@pytest.mark.parametrize(
    ("heading", "same"),
    [("使用面积（㎡）", "使用面积"), ("Area (m2)", "area"), ("年租金(元/年)", "年租金"),
     ("  房 号 *", "房号"), ("单位\n编码", "单位编码"), ("AREA_M2", "area m2")],
)  # fmt: skip
def test_headings_are_compared_without_units_width_and_spaces(heading: str, same: str) -> None:
    assert normal(heading) == normal(same)
