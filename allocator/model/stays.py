"""How many people of a unit may stay where they are today, by site and by building."""

from __future__ import annotations

from collections import defaultdict

from allocator.problem import Problem


def most_stays(problem: Problem, unit: str) -> tuple[int, dict[str, int], dict[str, int]]:
    """People with a seat before and after, and the most that may stay per site and building."""
    every = 0
    inside: dict[str, int] = defaultdict(int)
    around: dict[str, int] = defaultdict(int)
    for group in problem.groups_of[unit]:
        planned = problem.planned[group]
        buildings: dict[str, int] = defaultdict(int)
        sites: dict[str, int] = defaultdict(int)
        for room, people in problem.today_people.get(group, {}).items():
            buildings[problem.building_of[room]] += people
            sites[problem.site_of[room]] += people
        every += min(sum(buildings.values()), planned)
        for code, people in buildings.items():
            inside[code] += min(people, planned)
        for code, people in sites.items():
            around[code] += min(people, planned)
    return every, around, inside
