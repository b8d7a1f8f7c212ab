"""Every audit rule has a clause, words in both languages, and a test for either verdict."""

from __future__ import annotations

import importlib
import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from allocator.audit import register
from allocator.audit.case import Case
from allocator.audit.register import AUDIT_RULES
from allocator.audit.rule import AuditRule, Judgement, Words
from allocator.audit.run import filled
from tests.audit import people_cases

RULES = tuple(AUDIT_RULES.values())
KINDS = {
    # id: (kind, views, severity), as answer files and lists of earlier months name them.
    "over_standard": ("over_standard", "both", "error"),
    "under_share": ("under_share", "both", "warning"),
    "idle_unreported": ("idle", "today", "error"),
    "idle_reported": ("idle", "today", "info"),
    "let_out": ("let_out", "today", "error"),
    "lent_out": ("lent_out", "today", "error"),
    "passed_on": ("passed_on", "today", "error"),
    "ineligible_use": ("ineligible_use", "both", "error"),
    "function_changed": ("function_changed", "both", "error"),
    "business_netted": ("business_netted", "both", "error"),
    "refit_unapproved": ("refit_without_approval", "today", "error"),
    "title_unregistered": ("title_unregistered", "both", "warning"),
    "sealed_used": ("sealed_used", "both", "error"),
    "not_vacated": ("not_vacated", "today", "error"),
    "term_over": ("not_vacated", "today", "error"),
    "survey_differs": ("ledger_mismatch", "today", "warning"),
    "drawing_differs": ("ledger_mismatch", "today", "warning"),
    "holder_differs": ("ledger_mismatch", "today", "warning"),
    "two_hands": ("two_hands", "both", "warning"),
    "two_offices": ("two_offices", "both", "error"),
    "roll_above": ("roll_above_establishment", "today", "warning"),
    "roll_differs": ("ledger_mismatch", "today", "warning"),
    "division_unhoused": ("group_without_room", "today", "warning"),
    "posts_without_unit": ("posts_without_unit", "today", "error"),
    "grade_unknown": ("grade_unknown", "both", "error"),
    "unknown_named": ("unknown_named", "both", "error"),
    "service_over": ("service_over", "both", "error"),
    "equipment_over": ("equipment_over", "both", "error"),
    "aggregate_over": ("aggregate_over", "both", "error"),
    "colocation_nominal": ("to_check_colocation", "today", "warning"),
    "desks_added": ("to_check_desks", "today", "warning"),
    "room_slivers": ("to_check_slivers", "today", "warning"),
    "seats_above_posts": ("seats_above_posts", "plan", "error"),
    "posts_unseated": ("posts_unseated", "plan", "warning"),
    "feature_missing": ("feature_missing", "both", "error"),
    "title_barred": ("title_barred", "plan", "error"),
    "outside_territory": ("outside_territory", "both", "warning"),
}
VIEWS = {"today": {"today"}, "plan": {"plan"}, "both": {"today", "plan"}}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ACCUSING = {
    "zh": (
        "违规", "违反", "违法", "违纪", "虚假", "弄虚作假", "假合并", "挂名", "造假", "逃避",
        "规避", "故意", "擅自", "骗取",
    ),
    "en": (
        "violat", "breach", "illegal", "unlawful", "fraud", "sham", "fake", "evad", "deliberate",
        "abuse", "cheat",
    ),
}  # fmt: skip
"""What a question does not say."""


def _modules() -> list[ModuleType]:
    names = sorted(path.stem for path in Path(__file__).parent.glob("test_rules_*.py"))
    return [importlib.import_module(f"tests.audit.{name}") for name in names]


def _tests(verdict: str) -> dict[str, Callable[..., None]]:
    found: dict[str, Callable[..., None]] = {}
    for module in _modules():
        tests = getattr(module, verdict, None)
        assert tests, f"{module.__name__} has no {verdict}"
        for rule, test in tests.items():
            assert rule in AUDIT_RULES, f"{module.__name__} tests an unknown rule {rule}"
            assert found.setdefault(rule, test) is test, f"two {verdict} tests of {rule}"
            assert test.__name__.startswith("test_")
            assert getattr(inspect.getmodule(test), test.__name__) is test, "pytest never runs it"
    return found


def _each(*values: AuditRule) -> Any:
    return pytest.mark.parametrize("rule", values, ids=[rule.id for rule in values])


# -- the register itself ------------------------------------------------------------------------


def test_ids_are_unique() -> None:
    # A second rule of one id would silently take the place of the first, and so would a module.
    tuples = {name: rules for name, rules in vars(register).items() if name.endswith("_RULES")}
    listed = [rule.id for name, rules in tuples.items() if name != "AUDIT_RULES" for rule in rules]
    assert [name for name, count in Counter(listed).items() if count > 1] == []
    assert sorted(listed) == sorted(AUDIT_RULES)
    folder = Path(register.__file__).parent / "rules"
    written = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    imported = {rule.judge.__module__.rsplit(".", 1)[1] for rule in RULES}
    assert written <= imported, "a file of rules that nobody registers"


def test_ids_kinds_views_and_severities_stay_as_answer_files_know_them() -> None:
    found = {
        rule.id: (
            rule.kind, next(n for n, v in VIEWS.items() if v == rule.views), rule.severity
        )
        for rule in RULES
    }  # fmt: skip
    assert found == KINDS


@_each(*RULES)
def test_every_rule_says_what_it_is_in_both_languages(rule: AuditRule) -> None:
    assert AUDIT_RULES[rule.id] is rule
    assert rule.kind.strip()
    assert rule.clause.strip()
    for words in (rule.title, rule.breach, rule.fine, rule.advice):
        assert CHINESE.search(words.zh), words.zh
        assert words.en.strip()
        assert not CHINESE.search(words.en), words.en
    assert rule.advice.en.startswith("Maybe ")
    assert rule.views


def _fields(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


@_each(*(rule for rule in RULES if rule.to_check))
def test_questions_accuse_nobody(rule: AuditRule) -> None:
    assert rule.kind.startswith("to_check_")
    for words in (rule.title, rule.breach, rule.fine, rule.advice):
        for lang, text in (("zh", words.zh), ("en", words.en.lower())):
            assert [word for word in ACCUSING[lang] if word in text] == [], text


def test_only_questions_are_to_check() -> None:
    assert {r.id for r in RULES if r.kind.startswith("to_check_")} == {
        r.id for r in RULES if r.to_check
    }


# -- tests of the rules -------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", ["POSITIVE", "NEGATIVE"])
def test_every_rule_is_tested_both_ways(verdict: str) -> None:
    assert sorted(AUDIT_RULES) == sorted(_tests(verdict))


Said = list[tuple[AuditRule, Judgement]]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    """What the rules judge while a rule's own test runs: (rule, judgement)."""
    made: Said = []

    def watching(rule: AuditRule) -> Callable[..., Judgement | None]:
        judge = rule.judge

        def judged(case: Case, subject: Any) -> Judgement | None:
            result = judge(case, subject)
            if result is not None:
                made.append((rule, result))
            return result

        return judged

    for rule in RULES:
        monkeypatch.setitem(AUDIT_RULES, rule.id, replace(rule, judge=watching(rule)))
    return made


def _arguments(test: Callable[..., None]) -> Iterator[dict[str, Any]]:
    """Each set of arguments that pytest would run the test with."""
    marks = [m for m in getattr(test, "pytestmark", ()) if m.name == "parametrize"]
    if not marks:
        yield {}
        return
    (mark,) = marks
    names = mark.args[0]
    names = [n.strip() for n in names.split(",")] if isinstance(names, str) else list(names)
    for values in mark.args[1]:
        values = getattr(values, "values", values)
        yield dict(zip(names, [values] if len(names) == 1 else values, strict=True))


@pytest.mark.parametrize("verdict", ["POSITIVE", "NEGATIVE"])
@_each(*RULES)
def test_facts_of_a_judgement_fill_both_sentences(
    rule: AuditRule, verdict: str, said: Said
) -> None:
    test = _tests(verdict)[rule.id]
    for arguments in _arguments(test):
        test(**arguments)
    own = [judged for other, judged in said if other.id == rule.id]
    breach = verdict == "POSITIVE"
    assert any(judged.breach == breach for judged in own), f"the test never sees breach={breach}"
    for judged in own:
        template = rule.breach if judged.breach else rule.fine
        assert _fields(template.zh) | _fields(template.en) <= set(judged.facts)
        _readable(filled(template, judged.facts))
        assert judged.subject.kind in ("room", "unit", "division", "group", "place", "row")
        assert judged.cells or not judged.breach


def _readable(words: Words) -> None:
    for text in words:
        assert not re.search(r"[{}]|None|Words\(|\bset\(|\[\]", text), text
        assert not re.search(r"；；|，，|。。|, ,|; ;|  ", text), text


def test_helpers_of_the_tests_read_the_same_register() -> None:
    assert people_cases.AUDIT_RULES is AUDIT_RULES
