"""The whole report as one HTML file that needs nothing else: text, tables and stacks inline."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from allocator.audit.measurements import measurements
from allocator.audit.run import AuditResult
from allocator.compare import Comparison
from allocator.findings import Finding, Lang
from allocator.palette import STATES, Style, svg_pattern, unit_keys, unit_style
from allocator.plan import Plan
from allocator.problem import Problem
from allocator.quantity import m2_text
from allocator.report import proof, sentences, tables
from allocator.report.audit_tables import tables_of
from allocator.report.font import font_css
from allocator.report.names import Names
from allocator.report.page import (
    FONT_PLACE,
    HTML_LANG,
    environment,
    script_digest,
    template_text,
)
from allocator.report.stack import site_stacks
from allocator.report.words import STATE, TERM, TIER, UNIT, VALUE, WORD, Text, known
from allocator.scenario import Scenario

OPEN_SITES = 2
"""How many sites with released floors stand unfolded at first."""


def render_html(
    scenario: Scenario,
    plan: Plan,
    comparison: Comparison,
    lang_default: Lang = "zh",
    pictures: Mapping[str, bytes] | None = None,
    *,
    findings: Sequence[Finding] | None = None,
    bounds_checked: Sequence[str] = (),
    audits: tuple[AuditResult, AuditResult] | None = None,
) -> str:
    """One self-contained page in both languages.

    `pictures`: caption to PNG or SVG bytes. `findings`: those of the independent check; None when
    it has not been run. `bounds_checked`: bounds that it worked out again. `audits`: of today and
    of the plan. Raises ValueError for a picture that is neither PNG nor SVG.
    """
    problem = Problem(scenario)
    names = Names(problem)
    templates = environment()
    style = FONT_PLACE + template_text("style.css") + _unit_css(problem)
    script = template_text("page.js") + template_text("units.js")
    page = templates.get_template("report.html.j2").render(
        lang=lang_default,
        html_lang=HTML_LANG[lang_default],
        style=Markup(style),
        script=Markup(script),
        script_hash=script_digest(script),
        scenario=scenario,
        plan=plan,
        found=comparison,
        names=names,
        problem=problem,
        status=proof.status_text(plan, comparison),
        promise=proof.promise(plan, comparison),
        cards=sentences.cards(comparison),
        summary=sentences.summary(comparison, names),
        service=sentences.service_sentence(comparison),
        closer=sentences.closer_sentence(comparison),
        tiers=_tiers(scenario, comparison),
        bounds=[proof.bound_sentence(bound) for bound in plan.bounds],
        bound_checked=bool(bounds_checked),
        checked=proof.checked_text(bounds_checked),
        findings=findings,
        stacks=site_stacks(problem, plan, comparison),
        site_rows={row.site: row for row in comparison.sites},
        unfolded=_unfolded(comparison),
        state_names=STATE,
        keys=unit_keys(scenario.ledger.units),
        tables=_tables(problem, names, plan, comparison),
        audit_tables=_audit_tables(audits),
        policy=_policy(scenario),
        provenance=_provenance(scenario, plan),
        pictures=[(name, _data_uri(name, data)) for name, data in (pictures or {}).items()],
        page_data=_page_data(scenario, names),
    )
    return page.replace(FONT_PLACE, font_css(page), 1)


def _unit_css(problem: Problem) -> str:
    """One class per unit and state: ground colour, hatch and ink; codes never enter the CSS."""
    keys = unit_keys(problem.scenario.ledger.units)
    rules = [
        _css_rule(f"u{keys[code]}", style)
        for code, style in unit_style(problem.scenario.ledger.units).items()
    ]
    rules += [_css_rule(f"k-{name}", style) for name, style in STATES.items()]
    return "\n".join(rules)


def _css_rule(name: str, style: Style) -> str:
    ground = f".{name}{{background-color:{style.color};color:{style.ink}"
    ground += f";text-shadow:0 0 2px {style.color},0 0 2px {style.color},0 0 3px {style.color}"
    if not style.hatch:
        return ground + "}"
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">'
        f'<defs>{svg_pattern("p", style)}</defs><rect width="10" height="10" fill="url(#p)"/></svg>'
    )
    data = base64.b64encode(svg.encode()).decode("ascii")
    return f'{ground};background-image:url("data:image/svg+xml;base64,{data}")}}'


def _data_uri(name: str, data: bytes) -> str:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        kind = "png"
    elif re.match(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!DOCTYPE[^>]*>\s*)?<svg", data, re.S):
        kind = "svg+xml"
    else:
        raise ValueError(f"picture {name!r} is neither PNG nor SVG")
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"


def _tiers(scenario: Scenario, comparison: Comparison) -> list[dict[str, Any]]:
    rates = {tier.name: dict(tier.terms) for tier in scenario.policy.tiers}
    return [
        {
            "line": line,
            "name": known(TIER, line.result.name),
            "unit": known(UNIT, line.result.unit),
            "word": WORD[line.word],
            "sentence": proof.tier_sentence(line, first=place == 0),
            "terms": [
                (known(TERM, name), amount, rates.get(line.result.name, {}).get(name))
                for name, amount in line.result.terms.items()
            ],
        }
        for place, line in enumerate(comparison.tiers)
    ]


def _unfolded(comparison: Comparison) -> frozenset[str]:
    """All of a few sites; of many, those that gain most in whole floors, or the first one."""
    if len(comparison.sites) <= OPEN_SITES + 1:
        return frozenset(row.site for row in comparison.sites)
    gains = sorted((r.before.released - r.after.released, r.site) for r in comparison.sites)
    best = [site for gain, site in gains if gain < 0][:OPEN_SITES]
    return frozenset(best or [row.site for row in comparison.sites][:1])


def _tables(
    problem: Problem, names: Names, plan: Plan, comparison: Comparison
) -> dict[str, tables.Table]:
    made = (
        tables.balance_table(comparison.before, comparison.after),
        tables.site_table(problem, names, comparison),
        tables.transfer_table(names, comparison),
        tables.unit_table(names, comparison),
        tables.unplaced_table(names, plan),
        tables.exception_table(problem, names, plan),
        tables.cap_table(names, plan),
        tables.service_table(names, comparison),
        tables.change_table(problem, names),
    )
    return {table.key: table for table in made}


def _audit_tables(audits: tuple[AuditResult, AuditResult] | None) -> Sequence[tables.Table]:
    if audits is None:
        return ()
    today, after = audits
    return tables_of(today, after, measurements(today))


def _policy(scenario: Scenario) -> list[tuple[Text, str | Text]]:
    policy = scenario.policy
    cap = policy.people_moved_cap
    number = sentences.number_text
    return [
        (Text("安排依据", "Seats planned for"), known(VALUE, policy.basis)),
        (
            Text("房间面积下限（占标准的比例）", "Least share of the standard a room offers"),
            number(policy.min_share),
        ),
        (
            Text("房间面积上浮允许值", "Tolerance above the standard"),
            f"{m2_text(policy.tolerance)} m²",
        ),
        (Text("座位预留比例", "Seats kept in reserve"), number(policy.reserve)),
        (
            Text("服务用房保障比例", "Share of service rooms kept"),
            number(policy.service_share),
        ),
        (
            Text("单位使用办公区上限", "Sites per unit at most"),
            sentences.count_text(policy.sites_per_unit),
        ),
        (
            Text("单位使用楼栋上限", "Buildings per unit at most"),
            sentences.count_text(policy.buildings_per_unit),
        ),
        (
            Text("调整人数上限", "People moved at most"),
            Text("不限", "no cap") if cap is None else sentences.count_text(cap),
        ),
        (Text("技术业务用房", "Technical business rooms"), known(VALUE, policy.business)),
        (Text("不具备资格的单位", "Bodies without entitlement"), known(VALUE, policy.ineligible)),
        (Text("例外房间", "Exceptions"), known(VALUE, policy.exceptions)),
    ]


def _provenance(scenario: Scenario, plan: Plan) -> list[tuple[Text, str]]:
    """Flat lines of what the plan was made from; unknown keys are printed as they are."""
    record = plan.provenance
    standard = scenario.standard
    lines = [
        (Text("标准", "Standard"), f"{standard.zh} / {standard.en}"),
        (Text("标准版本", "Standard pack"), str(record.get("standard", standard.identity()))),
    ]
    titles = {
        "inputs": Text("输入文件 SHA-256", "Input SHA-256"),
        "versions": Text("程序版本", "Version"),
        "budget": Text("求解预算", "Search budget"),
        "seed": Text("随机种子", "Seed"),
        "workers": Text("并行数", "Workers"),
    }
    for key in sorted(set(record) - {"standard"}):
        title, value = known(titles, key), record[key]
        if not isinstance(value, Mapping):
            lines.append((title, str(value)))
            continue
        for name, inner in sorted(value.items()):
            lines.append((Text(f"{title.zh}：{name}", f"{title.en}: {name}"), str(inner)))
    return lines


def _page_data(scenario: Scenario, names: Names) -> dict[str, Any]:
    """What the script needs: unit names by key, and the words of tooltips."""
    keys = unit_keys(scenario.ledger.units)
    return {
        "title": {"zh": "办公用房调配方案", "en": "Office space allocation plan"},
        "units": {str(key): names.unit(code) for code, key in keys.items()},
        "kinds": {name: list(text) for name, text in STATE.items()},
    }
