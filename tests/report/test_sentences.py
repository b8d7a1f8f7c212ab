from dataclasses import replace
from fractions import Fraction

import pytest

from allocator.compare import compare_with_today, tier_line
from allocator.plan import QuantityBound, TierResult
from allocator.problem import Problem
from allocator.report import proof, sentences
from allocator.report.names import Names
from tests.report.cases import plan_of, random_case, small, stay_put

SCENARIO, PLAN = small()
FOUND = compare_with_today(SCENARIO, PLAN)
NAMES = Names(Problem(SCENARIO))
PROVED = plan_of(SCENARIO, PLAN.assignments, status="optimal", bounds="tight")


def status(plan):
    return proof.status_text(plan, compare_with_today(SCENARIO, plan))


def line(value, bound, best=None, slack=0, unit="m2-equivalents"):
    best = value if best is None else best
    return tier_line(
        TierResult(
            name="space",
            unit=unit,
            best=Fraction(best),
            slack=Fraction(slack),
            value=Fraction(value),
            bound=None if bound is None else Fraction(bound),
            terms={},
        )
    )


def test_the_word_optimal_needs_every_tier_proved():
    assert status(PROVED).zh == "最优（已证明）"
    assert "最优" not in status(PLAN).zh.replace("未证明最优", "")
    claimed = replace(PLAN, status="optimal")
    assert status(claimed).en == "Feasible, not proved optimal"
    assert "feasible" in proof.promise(claimed, compare_with_today(SCENARIO, claimed)).en


def test_optimal_within_slack_says_so():
    slack = tuple(replace(t, slack=Fraction(1)) for t in PROVED.tiers)
    assert status(replace(PROVED, tiers=slack)).en == "Optimal within the declared slack (proved)"


@pytest.mark.parametrize("word", ["infeasible", "unknown"])
def test_a_plan_that_is_none_is_not_praised(word):
    plan = replace(PLAN, status=word)
    text = proof.promise(plan, compare_with_today(SCENARIO, plan))
    assert text.en == "The figures on this page are not a plan to carry out."


def test_the_bound_is_put_in_plain_words():
    assert "At most" not in proof.tier_sentence(line(10, 10)).en
    assert proof.tier_sentence(line(10, 10)).zh.startswith("已证明")
    loose = proof.tier_sentence(line(10, 9))
    assert "at most 1 m²-equivalents are left to gain" in loose.en
    assert "本方案至多还可改进 1 折算平方米" in loose.zh
    first = proof.tier_sentence(line(10, 9), first=True)
    assert first.zh.startswith("任何合规方案")
    assert first.en.startswith("No lawful plan gets below 9")
    assert "No bound is known" in proof.tier_sentence(line(10, None)).en


def test_hundredths_of_a_square_metre_are_printed_in_square_metres():
    text = proof.tier_sentence(line(150, 120, unit="0.01 m2"))
    assert "below 1.2 m²; at most 0.3 m² are left to gain." in text.en
    assert proof.shown(Fraction(150), "0.01 m2") == "1.5"
    assert proof.shown(Fraction(150), "posts") == "150"


def test_slack_that_later_tiers_used_is_named():
    text = proof.tier_sentence(line(12, 10, best=10, slack=2))
    assert text.en.endswith("this tier reached 10; later tiers used 2 m²-equivalents of its slack.")
    assert "动用了容许的 2 折算平方米" in text.zh


def test_only_a_bound_for_one_quantity_says_no_lawful_plan_releases_more():
    bound = QuantityBound(
        quantity="released", unit="m2", value=412_000, bound=418_000, given="unhoused at its value"
    )
    assert proof.bound_sentence(bound).en == (
        "No lawful plan releases more than 4,180.00 m²; this one releases 4,120.00 m², "
        "60.00 m² apart (with no more posts left unseated than in this plan)."
    )
    reached = proof.bound_sentence(replace(bound, bound=412_000))
    assert "the limit is reached" in reached.en
    other = proof.bound_sentence(replace(bound, quantity="stranded", given="as is"))
    assert other.en == "Bound on stranded area: 4,180.00 m²; this plan: 4,120.00 m² (as is)."


def test_closer_seating_is_told_apart_from_idle_space():
    before = replace(PLAN.before, short=0, released=0)
    after = replace(PLAN.areas, short=1200, released=5000)
    found = compare_with_today(SCENARIO, replace(PLAN, before=before, areas=after))
    text = sentences.closer_sentence(found)
    assert "盘活闲置 38.00 平方米，紧凑安排 12.00 平方米" in text.zh
    assert "38.00 m² come from idle space and 12.00 m² from closer seating" in text.en
    assert "紧凑安排所得面积不计作闲置。" in text.zh


def test_the_summary_names_leases_rent_and_moves():
    zh = "".join(t.zh for t in sentences.summary(FOUND, NAMES))
    assert "可退还租借用房 1 处（东湖路租用点），面积 55.00 平方米，每年节约租金 480,000 元。" in zh
    assert "共需实施调整 2 项，涉及 5 人：楼内 2 人，同一办公区内 0 人，跨办公区 3 人。" in zh
    en = " ".join(t.en for t in sentences.summary(FOUND, NAMES))
    assert "saving 480,000 yuan of rent a year" in en


def test_nothing_gained_is_said_as_it_is():
    found = compare_with_today(SCENARIO, stay_put(SCENARIO))
    zh = "".join(t.zh for t in sentences.summary(found, NAMES))
    assert "本方案未新腾空整层。" in zh
    assert "本方案不涉及退租。" in zh
    assert "本方案不调整人员办公地点。" in zh
    lost = replace(found, released_gain=-300, floors_taken=("B1F3",))
    zh = "".join(t.zh for t in sentences.summary(lost, NAMES))
    assert "比调整前减少 3.00 平方米" in zh
    assert "另启用原空置楼层 1 层" in zh


def test_people_over_establishment_are_never_dropped():
    found = replace(FOUND, people=replace(FOUND.people, over_establishment=7))
    texts = sentences.summary(found, NAMES)
    assert "另有超编人员 7 人" in texts[-1].zh
    assert "7 people over establishment" in texts[-1].en


def test_long_lists_of_places_are_cut_in_sentences():
    scenario, plan = random_case(60, 20)
    found = compare_with_today(scenario, plan)
    assert len(found.buildings_released) > sentences.LISTED
    texts = sentences.summary(found, Names(Problem(scenario)))
    assert max(len(t.en) for t in texts) < 600
    assert " more)" in texts[1].en
    assert "等）" in texts[1].zh


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1234, "1,234"),
        (Fraction(5, 1000), "0.005"),
        (Fraction(-5, 2), "-2.5"),
        (Fraction(1, 3), "0.3333"),
        (Fraction(-1, 100_000), "0"),
    ],
)
def test_numbers_are_exact_to_four_decimals(value, text):
    assert sentences.number_text(value) == text
