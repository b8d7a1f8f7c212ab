"""Generated ledgers: scale, history, planted findings, and the lawful plan behind each of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from fractions import Fraction
from functools import cache
from math import ceil
from pathlib import Path

import pytest

from allocator.domain import Group, Ledger
from allocator.findings import InputError
from allocator.generate.generate import Generated, generate
from allocator.generate.shapes import Scale
from allocator.generate.write import write_generated
from allocator.measure import Measure
from allocator.policy_file import default_policy
from allocator.problem import Problem
from allocator.scenario import Scenario
from allocator.scenario_file import read_scenario
from standards.load import load_standard

CASES: list[tuple[Scale, int]] = [
    ("district", 1),
    ("district", 2),
    ("district", 3),
    ("pilot", 2024),
    ("city", 2025),
    ("city", 7),
]


@cache
def made(scale: Scale, seed: int) -> Generated:
    return generate(scale, seed)


@cache
def problem(scale: Scale, seed: int) -> Problem:
    ledger = made(scale, seed).ledger
    standard = load_standard("cn-2014")
    return Problem(
        Scenario(
            name=f"{scale}-{seed}",
            ledger=ledger,
            standard=standard,
            policy=default_policy(standard),
            relations=ledger.relations,
        )
    )


def sites_of_rooms(ledger: Ledger) -> dict[str, str]:
    site = {b.code: b.site for b in ledger.buildings}
    floor = {f.code: site[f.building] for f in ledger.floors}
    return {r.code: floor[r.floor] for r in ledger.rooms}


def test_city_has_the_published_scale() -> None:
    ledger = made("city", 2025).ledger
    kinds = Counter(s.kind for s in ledger.sites)
    assert kinds == {"centralized": 28, "independent": 56, "dispatched": 32}
    assert len(ledger.units) == 230
    assert {u.level for u in ledger.units} == {"municipal"}
    market = {s.code for s in ledger.sites if s.tenure == "market"}
    site = sites_of_rooms(ledger)
    offices = [
        r
        for r in ledger.rooms
        if r.use == "office" and r.status == "available" and site[r.code] not in market
    ]
    assert len(offices) >= 3_200
    assert sum(r.area for r in offices) >= 85_000 * 100
    assert 120 <= len(ledger.buildings) <= 140
    assert len(ledger.floors) >= 410
    territories = {s.territory for s in ledger.sites if s.kind == "dispatched"}
    assert len(territories) == 32
    assert sum(u.territory in territories for u in ledger.units) >= 32


def test_pilot_has_two_sites_held_by_others() -> None:
    ledger = made("pilot", 2024).ledger
    assert len(ledger.units) == 80
    assert [s.kind for s in ledger.sites] == ["centralized"] * 7
    foreign = [s for s in ledger.sites if s.title_registered is False]
    assert sorted(s.title_holder or "" for s in foreign) == ["原省建筑工程学校", "省公安厅"]
    seated = {sites_of_rooms(ledger)[o.room] for o in ledger.occupancy}
    assert {s.code for s in foreign} <= seated


@pytest.mark.parametrize(("scale", "seed"), CASES)
def test_service_rooms_and_vacancies_are_realistic(scale: Scale, seed: int) -> None:
    ledger = made(scale, seed).ledger
    areas: Counter[str] = Counter()
    for room in ledger.rooms:
        if room.status == "available":
            areas[room.use] += room.area
    assert 0.12 <= areas["service"] / (areas["service"] + areas["office"]) <= 0.16
    established = sum(p.established for p in ledger.posts)
    assert 0.92 <= sum(p.in_post for p in ledger.posts) / established <= 0.97
    assert {"office", "service", "equipment", "ancillary", "business"} <= set(areas)


@pytest.mark.parametrize(("scale", "seed"), CASES)
def test_idle_share_today_and_own_arithmetic_agrees_with_the_measure(
    scale: Scale, seed: int
) -> None:
    figures = made(scale, seed).figures
    assert figures is not None
    assert 0.08 <= figures.idle_share <= 0.20
    before = Measure(problem(scale, seed)).before
    for name in ("stock", "held", "common", "stranded", "released", "hidden", "short"):
        assert getattr(before, name) == getattr(figures, name), name
    assert before.stock == before.held + before.common + before.stranded + before.released


@pytest.mark.parametrize("seed", range(20, 32))
def test_idle_share_holds_for_other_seeds(seed: int) -> None:
    for scale in ("district", "city"):
        figures = generate(scale, seed).figures  # type: ignore[arg-type]
        assert figures is not None
        assert 0.08 <= figures.idle_share <= 0.20


@pytest.mark.parametrize(("scale", "seed"), CASES)
def test_witness_houses_every_post_lawfully(scale: Scale, seed: int) -> None:
    """Room rule, single offices, one unit per room, one building per unit, permits, requests."""
    view, rows = problem(scale, seed), made(scale, seed).witness
    seated: Counter[Group] = Counter()
    inside: dict[str, list] = defaultdict(list)
    for row in rows:
        seated[row.group] += row.people
        inside[row.room].append(row)
    assert {g: n for g, n in seated.items() if n} == view.planned
    buildings = defaultdict(set)
    for code, held in inside.items():
        room, units = view.rooms[code], {row.unit for row in held}
        assert len(units) == 1, code
        unit = units.pop()
        buildings[unit].add(view.building_of[code])
        if held[0].purpose:
            continue
        assert room.use == "office"
        assert room.status == "available"
        assert view.permitted(unit, room), (unit, code)
        total = sum(row.people * view.limit(unit, row.grade) for row in held)
        assert Fraction(65, 100) * total <= room.area <= total, code
        if any(view.single(unit, row.grade) for row in held):
            assert sum(row.people for row in held) == 1
    assert all(len(there) == 1 for there in buildings.values())
    _requests_are_met(view, inside)
    _reserve_is_left(view, inside)
    _musts_hold(view, buildings)


def _requests_are_met(view: Problem, inside: dict[str, list]) -> None:
    for request in view.scenario.ledger.requests:
        rooms = [
            view.rooms[code]
            for code, held in inside.items()
            if (held[0].unit, held[0].purpose) == (request.unit, request.purpose)
        ]
        assert len(rooms) == request.count
        for room in rooms:
            assert room.use == request.use
            assert request.area_min <= room.area <= request.area_max
            assert view.permitted(request.unit, room, request.features)


def _reserve_is_left(view: Problem, inside: dict[str, list]) -> None:
    people: Counter[str] = Counter()
    floors = {view.floor_of[code] for code in inside} | view.floors_always_in_use
    seats: Counter[str] = Counter()
    for code, held in inside.items():
        people[view.site_of[code]] += sum(row.people for row in held)
    for room in view.stock:
        taken = room.code in inside or room.code in view.fixed_rooms
        if room.use == "office" and not taken and room.floor in floors:
            seats[view.site_of[room.code]] += room.area // 900
    for site, count in people.items():
        assert seats[site] >= ceil(Fraction(3, 100) * count), site


def _musts_hold(view: Problem, buildings: dict[str, set]) -> None:
    for relation in view.scenario.relations:
        a, b = buildings[relation.a], buildings[relation.b]
        if relation.kind in ("same_building", "same_site"):
            assert a == b
        elif relation.kind == "apart":
            assert a.isdisjoint(b)


def test_city_plants_the_published_findings() -> None:
    answers = made("city", 2025).answers
    planted = Counter(a.kind for a in answers if a.cause == "planted")
    assert planted == {
        "over_standard": 32,
        "idle": 45,
        "ledger_mismatch": 68,
        "refit_without_approval": 41,
    }
    history = {a.kind for a in answers if a.cause == "history"}
    assert history == {
        "over_standard", "idle", "under_share", "let_out", "ineligible_use", "title_unregistered",
        "service_over", "roll_above_establishment",
    }  # fmt: skip
    rooms = [a.place for a in answers if a.cause == "planted"]
    assert len(rooms) == len(set(rooms))


@pytest.mark.parametrize(("scale", "seed"), CASES)
def test_answers_are_exactly_what_the_tables_hold(scale: Scale, seed: int) -> None:
    """Found again from the ledger's rows alone."""
    view, ledger = problem(scale, seed), made(scale, seed).ledger
    answers: dict[str, set[str]] = defaultdict(set)
    for answer in made(scale, seed).answers:
        key = answer.detail.split()[0] if answer.kind == "ledger_mismatch" else answer.kind
        answers[key].add(answer.place)
    sums: Counter[str] = Counter()
    people: Counter[str] = Counter()
    users: dict[str, set[str]] = defaultdict(set)
    roll: Counter[Group] = Counter()
    for row in ledger.occupancy:
        people[row.room] += row.people
        roll[row.group] += row.people
        users[row.room].add(row.unit)
        if row.people and view.units[row.unit].planned:
            sums[row.room] += row.people * view.limit(row.unit, row.grade)
    offices = [r for r in view.stock if r.use == "office"]
    judged = [r for r in offices if sums[r.code]]
    assert answers["idle"] == {r.code for r in offices if not people[r.code]}
    assert answers["over_standard"] == {r.code for r in judged if r.area > sums[r.code]}
    assert answers["under_share"] == {r.code for r in judged if r.area < 0.65 * sums[r.code]}
    area = {r.code: r.area for r in ledger.rooms}
    off = {s.room for s in ledger.survey if abs(s.measured - area[s.room]) > s.error}
    assert answers["survey"] == off
    drawn = {r.code for r in ledger.rooms if r.drawing_area not in (None, r.area)}
    assert answers["drawing"] == drawn
    held = {r.code for r in ledger.rooms if users[r.code] and r.allocated_unit not in users[r.code]}
    assert answers["holder"] == held
    assert answers["roll"] == {p.division for p in ledger.posts if roll[p.group] != p.in_post}
    major = {r.place for r in ledger.refits if r.kind == "major" and not r.approval}
    assert answers["refit_without_approval"] == major


def test_city_offers_something_to_decide() -> None:
    ledger = made("city", 2025).ledger
    assert {s.tenure for s in ledger.sites} == {"owned", "leased", "borrowed", "market"}
    assert any(b.tenure for b in ledger.buildings)
    assert any(f.tenure for f in ledger.floors)
    assert {"secure", "accessible", "public_counter", "archive_load", "common"} == {
        f for r in ledger.rooms for f in r.features
    }
    assert {f for u in ledger.units for f in u.features} == {"secure", "accessible"}
    assert {r.status for r in ledger.rooms} == {"available", "sealed", "unavailable", "let"}
    assert {1, 2, 3, 4, 5} == {r.weight for r in ledger.relations if r.kind == "near"}
    assert {r.kind for r in ledger.relations} == {"near", "same_building", "same_site", "apart"}
    assert sum(not u.planned for u in ledger.units) == 3
    per_unit = Counter(d.unit for d in ledger.divisions)
    assert max(per_unit.values()) <= 12
    posts: Counter[str] = Counter()
    for row in ledger.posts:
        posts[row.unit] += row.established
    assert min(posts.values()) >= 8
    assert max(posts.values()) <= 150
    view = problem("city", 2025)
    split = sum(len(sites) > 1 for sites in view.sites_today.values())
    assert 1 <= split <= 12


def test_musts_hold_today() -> None:
    for scale, seed in CASES:
        view = problem(scale, seed)
        people: dict[str, set[str]] = defaultdict(set)
        for row in view.scenario.ledger.occupancy:
            if row.people:
                people[row.unit].add(view.building_of[row.room])
        _musts_hold(view, people)


@pytest.mark.parametrize("scale", ["tiny-random", "district", "pilot"])
def test_same_seed_same_bytes_and_another_seed_another_ledger(scale: Scale, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_generated(generate(scale, 5), tmp_path / name)
    files = sorted(p.relative_to(tmp_path / "a") for p in (tmp_path / "a").rglob("*.*"))
    assert len(files) == 15
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    assert generate(scale, 6).ledger != generate(scale, 5).ledger


def test_unknown_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown scale 'town', expected one of tiny-random"):
        generate("town", 1)  # type: ignore[arg-type]


def test_written_scenario_reads_back_as_the_same_ledger(tmp_path: Path) -> None:
    generated = made("district", 1)
    write_generated(generated, tmp_path / "out")
    scenario = read_scenario(tmp_path / "out" / "scenario.yaml")
    assert scenario.ledger == generated.ledger
    assert scenario.name == "district-1"


def test_a_folder_with_files_is_left_alone_unless_forced(tmp_path: Path) -> None:
    generated = made("district", 1)
    mine = tmp_path / "out" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("mine")
    with pytest.raises(InputError, match="there are files in the way"):
        write_generated(generated, mine.parent)
    assert [p.name for p in mine.parent.iterdir()] == ["mine.txt"]
    for _ in range(2):
        write_generated(generated, mine.parent, force=True)
    assert mine.read_text() == "mine"
    assert sorted(p.name for p in mine.parent.iterdir()) == [
        "answers.csv",
        "answers.json",
        "ledger",
        "mine.txt",
        "scenario.yaml",
    ]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    broken = replace(made("district", 1), scenario={"name": object()})
    with pytest.raises(Exception, match="object"):
        write_generated(broken, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_tiny_random_scenarios_read_and_stay_tiny(tmp_path: Path) -> None:
    for seed in range(25):
        write_generated(generate("tiny-random", seed), tmp_path / str(seed))
        ledger = read_scenario(tmp_path / str(seed) / "scenario.yaml").ledger
        assert 1 <= len(ledger.sites) <= 2
        assert 1 <= len(ledger.buildings) <= 3
        assert 2 <= len(ledger.floors) <= 4
        assert 4 <= len(ledger.rooms) <= 7
        assert 2 <= len(ledger.units) <= 3
        assert 4 <= sum(p.established for p in ledger.posts) <= 8


@pytest.mark.accept
def test_ten_cities_are_one_pool_of_ten_times_the_city() -> None:
    generated = generate("ten-cities", 1)
    assert len(generated.ledger.units) == 2_300
    assert len(generated.ledger.sites) == 1_160
    assert len({u.name for u in generated.ledger.units}) == 2_300
    assert generated.figures is not None
    assert 0.08 <= generated.figures.idle_share <= 0.20
    planted = Counter(a.kind for a in generated.answers if a.cause == "planted")
    assert sum(planted.values()) == 1_860
