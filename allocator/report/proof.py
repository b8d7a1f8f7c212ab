"""What the plan promises and what is proved, in plain words; no word is better than its bound."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from allocator.compare import Comparison, TierLine
from allocator.plan import Plan, QuantityBound
from allocator.quantity import Exact, m2_text
from allocator.report.sentences import number_text
from allocator.report.words import GIVEN, QUANTITY, STATUS, TIER, UNIT, Text, known

HUNDREDTHS = "0.01 m2"
"""The unit of tiers that count hundredths of a square metre."""


def status_text(plan: Plan, comparison: Comparison) -> Text:
    """The plan's status in words; optimal only when its own numbers bear it out."""
    if plan.status != "optimal":
        return STATUS[plan.status]
    if not comparison.optimal:
        return STATUS["feasible"]
    slack = any(tier.slack > 0 for tier in plan.tiers)
    return STATUS["slack" if slack else "optimal"]


def shown(amount: Exact, unit: str) -> str:
    """A tier's number as people read it: what is counted in 0.01 m2 is printed in m2."""
    return number_text(Fraction(amount, 100) if unit == HUNDREDTHS else amount)


def tier_sentence(line: TierLine, *, first: bool = False) -> Text:
    """What a tier's bound means, in plain words; `first`: no tier stands before it."""
    tier = line.result
    unit = known(UNIT, tier.unit)
    zh_kept = "" if first else "在前序目标不变差的前提下，"
    en_kept = "" if first else "with the earlier tiers kept, "
    if tier.bound is None or line.gap is None:
        return Text(
            "本项没有证明界，不能说明距最优还有多远。",
            "No bound is known; how far the value is from the best cannot be said.",
        )
    bound = shown(tier.bound, tier.unit)
    zh_slack = en_slack = ""
    if tier.value > tier.best:
        zh_slack = (
            f"求解本项时曾取得 {shown(tier.best, tier.unit)}，后续目标动用了容许的 "
            f"{shown(tier.value - tier.best, tier.unit)} {unit.zh}。"
        )
        en_slack = (
            f" When solved, this tier reached {shown(tier.best, tier.unit)}; later tiers used "
            f"{shown(tier.value - tier.best, tier.unit)} {unit.en} of its slack."
        )
    if line.word == "proved":
        return Text(
            f"已证明：{zh_kept}任何合规方案都不会低于 {bound} {unit.zh}。" + zh_slack,
            f"Proved: {en_kept}no lawful plan gets below {bound} {unit.en}." + en_slack,
        )
    rest = shown(line.gap, tier.unit)
    en = f"{en_kept}no lawful plan gets below {bound} {unit.en}; at most {rest} {unit.en} are left"
    return Text(
        f"{zh_kept}任何合规方案都不会低于 {bound} {unit.zh}；"
        f"本方案至多还可改进 {rest} {unit.zh}。{zh_slack}",
        f"{en[0].upper()}{en[1:]} to gain.{en_slack}",
    )


def bound_sentence(bound: QuantityBound) -> Text:
    """A bound solved for one quantity alone: what no lawful plan can pass."""
    name = known(QUANTITY, bound.quantity)
    given = known(GIVEN, bound.given)
    limit, value = m2_text(bound.bound), m2_text(bound.value)
    if bound.quantity == "released":
        tail = (
            Text("已达上限", "the limit is reached")
            if bound.bound == bound.value
            else Text(
                f"相差 {m2_text(bound.bound - bound.value)} 平方米",
                f"{m2_text(bound.bound - bound.value)} m² apart",
            )
        )
        return Text(
            f"{given.zh}，任何合规方案整层腾空均不超过 {limit} 平方米；本方案为 {value} 平方米，"
            f"{tail.zh}。",
            f"No lawful plan releases more than {limit} m²; this one releases {value} m², "
            f"{tail.en} ({given.en}).",
        )
    return Text(
        f"{given.zh}，{name.zh}的证明界为 {limit} 平方米；本方案为 {value} 平方米。",
        f"Bound on {name.en}: {limit} m²; this plan: {value} m² ({given.en}).",
    )


def promise(plan: Plan, comparison: Comparison) -> Text:
    """What the status word promises and what it does not."""
    if comparison.optimal:
        return Text(
            "各项目标均已证明最优：在所列规则、标准和费率下，不存在更好的合规方案。",
            "Every tier is proved: under the stated rules, standard and rates no lawful plan is "
            "better.",
        )
    if plan.status in ("infeasible", "unknown"):
        return Text(
            "本页所列数字不构成可实施方案。",
            "The figures on this page are not a plan to carry out.",
        )
    proved = sum(line.word == "proved" for line in comparison.tiers)
    return Text(
        f"本方案可行，但未全部证明最优：{len(comparison.tiers)} 项目标中 {proved} 项已证明。"
        "可能存在更好的方案，改进余地以下表证明界为限。",
        f"The plan is feasible; {proved} of {len(comparison.tiers)} tiers are proved. A better "
        "plan may exist, by no more than the bounds below allow.",
    )


UNCHECKED = Text(
    "证明界尚未复核：上述证明界由求解程序给出，未经独立的证书复算。",
    "Bound not checked: the bounds come from the solver and have not been re-evaluated from a "
    "stored certificate.",
)


def checked_text(names: Sequence[str]) -> Text:
    """Which bounds the independent checker worked out again; tiers and quantities by name."""
    if not names:
        return UNCHECKED
    words = [TIER.get(name) or known(QUANTITY, name) for name in names]
    zh, en = "、".join(w.zh for w in words), ", ".join(w.en for w in words)
    return Text(
        f"下列证明界已由独立程序依据留存证书复算：{zh}。",
        f"Worked out again by the independent checker from the stored certificate: the bounds on "
        f"{en}.",
    )
