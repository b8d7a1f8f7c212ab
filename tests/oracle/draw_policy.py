"""Random policies: rates, shares, caps and slack."""

from __future__ import annotations

from fractions import Fraction

from allocator.scenario import Policy, Tier
from tests.oracle.draft import Draft

SPACE = (
    ("used", Fraction(1)),
    ("hidden", Fraction(1, 2)),
    ("stranded", Fraction(1, 2)),
    ("short", Fraction(1)),
    ("service_short", Fraction(2)),
    ("leased", Fraction(1, 2)),
    ("moved_building", Fraction(1)),
    ("moved_site", Fraction(2)),
    ("moved_far", Fraction(4)),
)
TOGETHER = (
    ("near", Fraction(1)),
    ("off_main_floor", Fraction(1)),
    ("outside_main_building", Fraction(2)),
)


def tiers(proposed: bool, slack: Fraction, space: tuple[tuple[str, Fraction], ...]) -> list[Tier]:
    """The default tiers, with `exceptions` where they may be proposed."""
    found = [Tier(name="unhoused", unit="posts", terms=(("unhoused", Fraction(1)),))]
    if proposed:
        found.append(Tier(name="exceptions", unit="rooms", terms=(("exceptions", Fraction(1)),)))
    found.append(Tier(name="space", unit="m2-equivalents", terms=space, slack=slack))
    found.append(Tier(name="together", unit="person-steps", terms=TOGETHER))
    worst = (("short_per_person", Fraction(1)),)
    found.append(Tier(name="comfort", unit="0.01 m2", terms=worst))
    return found


def draw_policy(draft: Draft) -> Policy:
    pick = draft.random.choice
    proposed = draft.chance(0.15)
    slack = Fraction(pick((1, 5, 10))) if draft.chance(0.12) else Fraction(0)
    space: tuple[tuple[str, Fraction], ...] = SPACE
    if draft.chance(0.15):
        space = tuple((n, pick((Fraction(0), Fraction(1, 2), Fraction(3)))) for n, _ in SPACE)
    return Policy(
        tiers=tuple(tiers(proposed, slack, space)),
        people_moved_cap=pick((0, 1, 2, 3)) if draft.chance(0.2) else None,
        sites_per_unit=pick((1, 2)),
        buildings_per_unit=pick((1, 2)),
        min_share=pick((Fraction(65, 100), Fraction(65, 100), Fraction(8, 10))),
        tolerance=pick((0, 0, 100)),
        reserve=pick((Fraction(0), Fraction(3, 100), Fraction(3, 10))),
        service_share=pick((Fraction(0), Fraction(1, 2), Fraction(9, 10))),
        basis=pick(("established", "established", "in_post", "larger")),
        exceptions="propose" if proposed else "none",
        business=pick(("stay", "free")),
        ineligible=pick(("keep", "vacate")),
        single=frozenset(
            {("municipal", "bureau_head"), ("municipal", "deputy_bureau_head")}
            if draft.chance(0.6)
            else {("provincial", "division_head")}
        ),
    )
