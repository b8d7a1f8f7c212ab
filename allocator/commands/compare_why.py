"""`allocator compare A B --why`: solve again with one input difference at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.commands.inputs import read_verified
from allocator.commands.solving import Refused, solve_into
from allocator.commands.text_table import text_table
from allocator.findings import InputError, errors
from allocator.messages import lang, pick

if TYPE_CHECKING:
    from allocator.compare_effects import Effect
    from allocator.compare_groups import Group
    from allocator.plan import Plan
    from allocator.scenario import Scenario

FOLDER = "why"
"""Where the re-solves are kept, one verified plan each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One re-solve; without a plan `reason` says why (zh, en)."""

    folder: Path
    plan: Plan | None
    reason: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One group of input differences with what it does to the first and to the second plan."""

    group: Group
    first: Trial
    """The first plan's scenario with the difference taken over."""
    second: Trial
    """The second plan's scenario with the difference taken back."""
    in_first: tuple[Effect, ...]
    in_second: tuple[Effect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """All causes, and the whole change from the first to the second plan at the same work."""

    work: int
    first: Trial
    second: Trial
    total: tuple[Effect, ...]
    causes: tuple[Cause, ...]


def find_causes(
    first: tuple[Scenario, Plan], second: tuple[Scenario, Plan], work: int, output: Path
) -> Why:
    """Solve both scenarios and each with one difference changed, every time with `work`."""
    from allocator.compare_groups import groups
    from allocator.compare_inputs import take_over

    runs = _Runs(work, output / FOLDER)
    a, b = first[0], second[0]
    bases = runs.solved("first", a, first[1]), runs.solved("second", b, second[1])
    starts = [trial.plan or given[1] for trial, given in zip(bases, (first, second), strict=True)]
    causes = []
    for group in groups(a, b):
        forth = runs.solved(f"first-{group.name}", take_over(a, b, group.pieces), starts[0])
        back = runs.solved(f"second-{group.name}", take_over(b, a, group.pieces), starts[1])
        causes.append(
            Cause(
                group=group,
                first=forth,
                second=back,
                in_first=_effects(bases[0], forth),
                in_second=_effects(back, bases[1]),
            )
        )
    return Why(
        work=work, first=bases[0], second=bases[1], total=_effects(*bases), causes=tuple(causes)
    )


def _effects(before: Trial, after: Trial) -> tuple[Effect, ...]:
    from allocator.compare_effects import effects

    if before.plan is None or after.plan is None:
        return ()
    return effects(before.plan, after.plan)


class _Runs:
    """Re-solves by what they solve: one that was kept is checked and not done again."""

    def __init__(self, work: int, folder: Path) -> None:
        self.work = work
        self.folder = folder

    def solved(self, name: str, scenario: Scenario, start: Plan) -> Trial:
        """The verified plan of a scenario with this work, from a start."""
        from allocator.bundle import is_bundle
        from allocator.sweep.tasks import digest, task_key

        budget = replace(scenario.budget, seconds=None, work=self.work)
        scenario = replace(scenario, budget=budget)
        folder = self.folder / task_key(name, digest(scenario))
        if is_bundle(folder):
            return Trial(folder=folder, plan=read_verified(folder)[1])
        click.echo(f"{pick('求解', 'solving')} {folder.name}", err=True)
        try:
            return self._solve(folder, scenario, start)
        except InputError as error:
            return _failed(folder, error.findings)
        except Refused as refused:
            return _failed(folder, refused.findings)

    def _solve(self, folder: Path, scenario: Scenario, start: Plan) -> Trial:
        begin = lawful_start(scenario, start)
        outcome = solve_into(scenario, folder, lambda: False, show=lambda step: None, begin=begin)
        if outcome.plan is not None:
            return Trial(folder=folder, plan=outcome.plan)
        if outcome.status == "infeasible":
            reason = ("已证明条件相互矛盾", "proved impossible as asked")
        else:
            reason = ("工作量内未求得方案", "no plan found within the work")
        return Trial(folder=folder, plan=None, reason=reason)


def lawful_start(scenario: Scenario, plan: Plan) -> Plan | None:
    """The plan's rows as a start, if they break no rule of rooms, places or people.

    Raises InputError when the scenario does not hang together. A search never leaves what it
    takes for lawful, so that an unlawful start would end in a plan that the check refuses.
    """
    from allocator.bundle import plan_as_json
    from allocator.compare_effects import as_start
    from allocator.rules_figures import FILE_RULES
    from allocator.rules_space import PERMIT_RULES, ROOM_RULES
    from allocator.verify.verify import Checker

    checker = Checker(scenario)
    start = as_start(plan, scenario)
    rules = {rule.id for rule in (*FILE_RULES, *ROOM_RULES, *PERMIT_RULES)} - _LISTS
    found = errors(checker.check(plan_as_json(start)))
    return None if any(finding.code in rules for finding in found) else start


_LISTS = {"unplaced", "requests", "caps_listed", "common_floors", "provenance"}
"""Rules for what a plan says beside its rows; the solver says it anew."""


def _failed(folder: Path, findings: Iterable[Any]) -> Trial:
    first = next(iter(findings))
    reason = (f"不能单独改变：{first.text('zh')}", f"cannot change alone: {first.text('en')}")
    return Trial(folder=folder, plan=None, reason=reason)


# -- what is shown and written ---------------------------------------------------------------

COLUMNS = (
    "number", "differences", "side", "tier", "unit", "before", "after", "change", "interval_low",
    "interval_high", "decision", "plan",
)  # fmt: skip


def why_as_data(why: Why) -> dict[str, Any]:
    """Plain data for comparison.json."""
    return {
        "work": why.work,
        "first": why.first.folder.name,
        "second": why.second.folder.name,
        "total": [_effect_data(effect) for effect in why.total],
        "causes": [
            {
                "zh": cause.group.zh,
                "en": cause.group.en,
                "differences": [
                    {"part": d.part, "table": d.table, "code": d.code, "column": d.column,
                     "old": d.old, "new": d.new, "zh": d.zh, "en": d.en}
                    for d in cause.group.lines
                ],
                "in_first": _trial_data(cause.first, cause.in_first),
                "in_second": _trial_data(cause.second, cause.in_second),
            }
            for cause in why.causes
        ],
    }  # fmt: skip


def _trial_data(trial: Trial, found: tuple[Effect, ...]) -> dict[str, Any]:
    return {
        "plan": trial.folder.name if trial.plan is not None else None,
        "reason_zh": trial.reason[0],
        "reason_en": trial.reason[1],
        "tiers": [_effect_data(effect) for effect in found],
    }


def _effect_data(effect: Effect) -> dict[str, Any]:
    from allocator.compare_effects import DECISION_WORDS

    zh, en = DECISION_WORDS[effect.decision]
    return {
        "tier": effect.tier,
        "unit": effect.unit,
        "before": _float(effect.before),
        "after": _float(effect.after),
        "change": _float(effect.change),
        "interval": None if effect.interval is None else [float(end) for end in effect.interval],
        "decision": effect.decision,
        "decision_zh": zh,
        "decision_en": en,
    }


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def why_rows(why: Why) -> Iterator[list[Any]]:
    """Rows of why.csv, one per group, side and tier."""
    for number, cause in enumerate(why.causes, start=1):
        sides = (("first", cause.first, cause.in_first), ("second", cause.second, cause.in_second))
        for side, trial, found in sides:
            text = pick(cause.group.zh, cause.group.en)
            if not found:
                yield [number, text, side, *[""] * 7, pick(*trial.reason), ""]
            for e in found:
                low, high = e.interval or (None, None)
                figures = [_float(x) for x in (e.before, e.after, e.change, low, high)]
                word = _effect_data(e)[f"decision_{lang()}"]
                yield [number, text, side, e.tier, e.unit, *figures, word, trial.folder.name]


def why_text(why: Why) -> str:
    """The causes for people: a line each, then a row per tier that can be said anything of."""
    lines = [
        pick(
            f"逐项归因（每次只改一项输入，工作量 {why.work}；“在一中”：第一个方案改为此项，"
            "“在二中”：第二个方案去掉此项）",
            f"one input at a time (work {why.work}; 'in 1': the first plan's scenario with it, "
            "'in 2': what the second plan loses without it)",
        )
    ]
    if not why.causes:
        lines.append(pick("  两方案输入相同", "  the inputs are the same"))
    for number, cause in enumerate(why.causes, start=1):
        lines.append(f"{number}. {pick(cause.group.zh, cause.group.en)}")
        rows = [*_text_rows(pick("在一中", "in 1"), cause.first, cause.in_first),
                *_text_rows(pick("在二中", "in 2"), cause.second, cause.in_second)]  # fmt: skip
        lines.append(text_table(rows, "<<>><", "   "))
    return "\n".join(lines)


def _text_rows(side: str, trial: Trial, found: tuple[Effect, ...]) -> list[list[str]]:
    from allocator.compare_effects import DECISION_WORDS
    from allocator.report.proof import shown
    from allocator.report.words import UNIT, known

    if not found:
        return [[side, "", "", "", pick(*trial.reason)]]
    rows = []
    for effect in found:
        unit, interval = pick(*known(UNIT, effect.unit)), ""
        if effect.interval is not None:
            low, high = (shown(end, effect.unit) for end in effect.interval)
            interval = f"[{low}, {high}]"
        change = "-" if effect.change is None else shown(effect.change, effect.unit)
        sign = "+" if effect.change is not None and effect.change > 0 else ""
        word = pick(*DECISION_WORDS[effect.decision])
        rows.append([side, effect.tier, f"{sign}{change} {unit}", interval, word])
    return rows
