"""Random sites, buildings, floors and rooms."""

from __future__ import annotations

from collections import Counter

from allocator.domain import Building, Floor, Room, Site, Tenure, Use
from tests.oracle.draft import Draft

TENURES: tuple[Tenure, ...] = ("owned", "owned", "owned", "leased", "borrowed")
BESIDE: tuple[tuple[Use, float], ...] = (
    ("business", 0.3),
    ("equipment", 0.07),
    ("ancillary", 0.07),
)
AREAS = (900, 1_200, 1_300, 1_500, 1_600, 1_800, 2_100, 2_400, 2_700, 3_000)


def add_places(draft: Draft) -> None:
    pick = draft.random.choice
    for index in range(pick((1, 2, 2))):
        tenure = pick(TENURES)
        if index and draft.chance(0.35):
            tenure = "market"
        code = f"S{index}"
        draft.sites.append(
            Site(
                code=code,
                name=f"site {index}",
                kind="centralized",
                tenure=tenure,
                title_holder="",
                title_registered=not draft.chance(0.12),
                territory=pick(("east", "west")) if draft.chance(0.25) else "",
                agreement=pick((("U0",), ("*",), ("U1",))) if draft.chance(0.2) else (),
            )
        )
        if tenure == "market" and draft.chance(0.55):
            draft.market_open.add(code)
    homes = [s.code for s in draft.sites]
    while len(homes) < 3 and draft.chance(0.6):
        homes.append(pick(draft.sites).code)
    for index, site in enumerate(homes):
        draft.buildings.append(
            Building(
                code=f"B{index}",
                site=site,
                name=f"building {index}",
                tenure=pick(("leased", "borrowed", "owned"))
                if draft.chance(0.18) and not draft.on_market(site)
                else None,
                title_registered=draft.chance(0.5) if draft.chance(0.15) else None,
                title_holder=pick(("U0", "unit 1")) if draft.chance(0.3) else None,
            )
        )
    stories = [b.code for b in draft.buildings]
    while len(stories) < pick((2, 3, 3)):
        stories.append(pick(draft.buildings).code)
    levels: Counter[str] = Counter()
    for index, building in enumerate(stories):
        levels[building] += 1
        home = next(b.site for b in draft.buildings if b.code == building)
        draft.floors.append(
            Floor(
                code=f"F{index}",
                building=building,
                level=levels[building],
                tenure="leased" if draft.chance(0.09) and not draft.on_market(home) else None,
                title_registered=draft.chance(0.5) if draft.chance(0.06) else None,
            )
        )


def add_rooms(draft: Draft) -> None:
    pick = draft.random.choice
    floors = [f.code for f in draft.floors]
    count = pick((4, 5, 6, 6))
    spread = floors + [pick(floors) for _ in range(max(0, count - len(floors)))]
    sizes = AREAS[:4] if draft.chance(0.15) else AREAS
    features = pick(((), (), ("secure",), ("accessible",)))
    for index in range(count):
        use: Use = "service" if index > 1 and draft.chance(0.25) else "office"
        own = tuple(f for f in features if draft.chance(0.6))
        if use == "service" and draft.chance(0.3):
            own = (*own, "common")
        draft.rooms.append(
            Room(
                code=f"R{index}",
                floor=spread[index],
                number=f"{100 + index}",
                use=use,
                area=pick(sizes) + pick((0, 0, 0, 5, 50)),
                status=pick(("sealed", "unavailable", "let"))
                if draft.chance(0.06)
                else "available",
                features=own,
                position=index,
            )
        )
    for other, share in BESIDE:
        if draft.chance(share):
            code = f"R{len(draft.rooms)}"
            draft.rooms.append(
                Room(
                    code=code,
                    floor=pick(floors),
                    number=code,
                    use=other,
                    area=2_000,
                )
            )
