"""The audit's page and its section in the report: complete, bilingual, harmless."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from allocator.audit.build import plan_case, scenario_case
from allocator.audit.run import audit
from allocator.compare import compare_with_today
from allocator.report.audit_html import render_audit
from allocator.report.html import render_html
from tests.report.cases import random_case, small

ON = date(2026, 1, 1)
SCENARIO, PLAN = small()
TODAY = audit(scenario_case(SCENARIO, ON))


def test_every_finding_stands_on_the_page_in_both_languages() -> None:
    page = render_audit(TODAY, "ledger.xlsx", "zh")
    assert TODAY.findings
    for found in TODAY.findings:
        words = found.sentence()
        assert words.zh in page
        assert words.en in page
    assert '<html lang="zh-CN">' in page
    assert '<html lang="en">' in render_audit(TODAY, "ledger.xlsx", "en")


def test_the_page_asks_for_nothing_and_runs_only_its_own_script() -> None:
    page = render_audit(TODAY, "ledger.xlsx")
    assert re.findall(r"(?:src|href)=\"(?!#|data:)", page) == []
    assert "default-src 'none'" in page
    assert page.count("<script") == 2


def test_names_from_the_ledger_stay_text() -> None:
    evil = "<script>alert(1)</script>"
    ledger = SCENARIO.ledger
    units = tuple(replace(u, name=evil) for u in ledger.units)
    case = scenario_case(replace(SCENARIO, ledger=replace(ledger, units=units)), ON)
    page = render_audit(audit(case), evil)
    assert evil not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_report_counts_findings_before_and_after() -> None:
    scenario, plan = random_case(12, 5)
    audits = (audit(scenario_case(scenario, ON)), audit(plan_case(scenario, plan, ON)))
    found = compare_with_today(scenario, plan)
    page = render_html(scenario, plan, found, audits=audits)
    assert 'id="table-rules"' in page
    assert f"({len(audits[0].findings):,})" in page
    without = render_html(scenario, plan, found)
    assert "allocator audit" in without
