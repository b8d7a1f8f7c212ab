"""The audit as one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from allocator.audit.measurements import measurements
from allocator.audit.rule import Words
from allocator.audit.run import AuditResult
from allocator.findings import Lang
from allocator.report.audit_tables import tables_of
from allocator.report.font import font_css
from allocator.report.page import FONT_PLACE, HTML_LANG, environment, script_digest, template_text
from allocator.report.words import Text


def render_audit(
    result: AuditResult,
    name: str,
    lang: Lang = "zh",
    remedies: Mapping[str, Words] | None = None,
    measured: int = 20,
) -> str:
    """One self-contained page in both languages; `name` is the ledger or plan audited.

    `remedies` by finding key; `measured`: how many rooms to name for measurement.
    """
    script = template_text("page.js")
    case = result.case
    page = (
        environment()
        .get_template("audit.html.j2")
        .render(
            lang=lang,
            html_lang=HTML_LANG[lang],
            style=Markup(FONT_PLACE + template_text("style.css")),
            script=Markup(script),
            script_hash=script_digest(script),
            name=name,
            standard=case.standard,
            day=case.settings.on.isoformat(),
            heading=Text("现状审计", "Today") if case.view == "today" else Text("方案审计", "Plan"),
            cards=_cards(result),
            tables=tables_of(result, None, measurements(result, measured), remedies),
            page_data={"title": {"zh": "办公用房审计", "en": "Office space audit"}},
        )
    )
    return page.replace(FONT_PLACE, font_css(page), 1)


def _cards(result: AuditResult) -> list[tuple[Text, int, Text]]:
    checks = sum(f.rule.to_check for f in result.findings)
    return [
        (Text("错误", "Errors"), result.count("error"), Text("违反条款", "against a clause")),
        (
            Text("警告", "Warnings"),
            result.count("warning"),
            Text(
                f"数据不符或政策参数；其中待核实 {checks:,} 项",
                f"records that disagree, or policy; {checks:,} of them only to check",
            ),
        ),
        (
            Text("未定", "Open"),
            len(result.undecided),
            Text("按登记数字不构成问题，但不能排除", "no finding on record, yet not excluded"),
        ),
    ]
