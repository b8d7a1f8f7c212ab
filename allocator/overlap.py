"""Counts per place: folding rooms into buildings and sites, and what two counts share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from allocator.domain import Group
from allocator.plan import Assignment
from allocator.problem import Problem


def fold(counts: Mapping[str, int], above: Mapping[str, str]) -> dict[str, int]:
    """Sum counts by the place above each place."""
    folded: dict[str, int] = defaultdict(int)
    for place, count in counts.items():
        folded[above[place]] += count
    return folded


def overlap(a: Mapping[str, int], b: Mapping[str, int]) -> int:
    """Sum over places of the smaller count."""
    return sum(min(n, b[place]) for place, n in a.items() if place in b)


def most(counts: Mapping[str, int]) -> str:
    """The place with the largest count, ties by code."""
    return min(counts, key=lambda place: (-counts[place], place))


def people_moved(problem: Problem, seats: Iterable[Assignment]) -> tuple[int, int, int]:
    """People moved within a building, within a site and farther."""
    planned: dict[Group, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in seats:
        planned[row.group][row.room] += row.people
    stay = building = site = every = 0
    for group, after in planned.items():
        before = problem.today_people.get(group)
        if not before:
            continue
        stay += overlap(before, after)
        building += overlap(fold(before, problem.building_of), fold(after, problem.building_of))
        site += overlap(fold(before, problem.site_of), fold(after, problem.site_of))
        every += min(sum(before.values()), sum(after.values()))
    return building - stay, site - building, every - site
