"""Random requests, pins, forbids, relations and rooms with rules of their own."""

from __future__ import annotations

from typing import Literal, TypeAlias

from allocator.domain import Relation, RelationKind, Request, Use
from allocator.scenario import Forbid, Pin, RoomException
from tests.oracle.draft import Draft

Kind: TypeAlias = Literal["site", "building", "floor", "room"]
KINDS: tuple[Kind, ...] = ("site", "building", "floor", "room", "room")
USES: tuple[Use, ...] = ("office", "service", "service")


def add_requests(draft: Draft) -> None:
    pick = draft.random.choice
    for index in range(pick((0, 0, 0, 1, 1, 2))):
        use: Use = pick(USES)
        rooms = draft.of_use(use)
        if not rooms:
            continue
        room = pick(rooms)
        draft.requests.append(
            Request(
                unit=pick(draft.planned()).code,
                purpose=f"purpose {index}",
                use=use,
                area_min=room.area - pick((0, 300)),
                area_max=room.area + pick((0, 400)),
                count=pick((1, 1, 1, 2)),
                features=room.features[:1] if room.features[:1] != ("common",) else (),
            )
        )


def add_pins(draft: Draft) -> None:
    pick = draft.random.choice
    for _ in range(pick((0, 0, 0, 0, 1, 2))):
        unit = pick(draft.planned()).code
        kind: Kind = pick(KINDS)
        part = [p for p in draft.posts if p.unit == unit]
        division = grade = ""
        if part and draft.chance(0.4):
            one = pick(part)
            division, grade = pick(((one.division, ""), ("", one.grade), (one.division, one.grade)))
        if kind == "room":
            use: Use = "service" if draft.chance(0.3) else "office"
            room = pick(draft.rooms if draft.chance(0.05) else draft.of_use(use) or draft.rooms)
            service = room.use == "service"
            plain = next(u for u in draft.units if u.code == unit).features == ()
            if service and not plain:
                continue
            draft.pins.append(
                Pin(
                    unit=unit,
                    kind="room",
                    place=room.code,
                    division="" if service else division,
                    grade="" if service else grade,
                    people=1 if service else pick((1, 1, 1, 2)),
                )
            )
        else:
            place = pick(_codes(draft, kind))
            draft.pins.append(
                Pin(unit=unit, kind=kind, place=place, division=division, grade=grade)
            )
    if draft.chance(0.02) and draft.of_use("office"):
        contested = pick(draft.of_use("office")).code
        draft.pins += [Pin(unit=u.code, kind="room", place=contested) for u in draft.planned()[:2]]
    elif draft.chance(0.02) and draft.of_use("service"):
        contested = pick(draft.of_use("service")).code
        draft.pins += [Pin(unit=u.code, kind="room", place=contested) for u in draft.planned()[:2]]


def _codes(draft: Draft, kind: str) -> list[str]:
    places = {
        "site": draft.sites,
        "building": draft.buildings,
        "floor": draft.floors,
        "room": draft.rooms,
    }[kind]
    return [p.code for p in places]  # type: ignore[attr-defined]


def add_forbids(draft: Draft) -> None:
    pick = draft.random.choice
    for _ in range(pick((0, 0, 0, 0, 1, 2))):
        unit = pick(draft.planned()).code
        kind: Kind = pick(KINDS)
        divisions = [d.code for d in draft.divisions if d.unit == unit]
        draft.forbids.append(
            Forbid(
                unit=unit,
                kind=kind,
                place=pick(_codes(draft, kind)),
                division=pick(divisions) if divisions and draft.chance(0.65) else "",
            )
        )


def add_relations(draft: Draft) -> None:
    pick = draft.random.choice
    kinds: tuple[RelationKind, ...] = (
        "near",
        "near",
        "same_site",
        "same_building",
        "same_floor",
        "apart",
    )
    for _ in range(pick((0, 1, 1, 2))):
        a, b = draft.random.sample([u.code for u in draft.planned()], 2)
        kind = pick(kinds)
        weight = pick((1, 2, 3)) if kind == "near" else 0
        between = {r.kind for r in draft.relations if {r.a, r.b} == {a, b}}
        if kind in between or (between | {kind}) >= {"same_floor", "apart"}:
            continue
        draft.relations.append(Relation(a=a, b=b, kind=kind, weight=weight, must=kind != "near"))


def add_special_rooms(draft: Draft) -> None:
    pick = draft.random.choice
    offices = [r.code for r in draft.of_use("office")]
    units = [u.code for u in draft.planned()]
    if offices and draft.chance(0.2):
        members = draft.random.sample(units, draft.random.randint(2, len(units)))
        draft.shared.append((pick(offices), tuple(members)))
    rest = [c for c in offices if c not in {room for room, _ in draft.shared}]
    if rest and draft.chance(0.15):
        draft.exceptions.append(RoomException(room=pick(rest), unit=pick(units), reason="listed"))
    if draft.chance(0.15):
        draft.agreements.append((pick(draft.sites).code, (pick(units),)))
