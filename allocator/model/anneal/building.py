"""Compiled choice of the floors of a building for a set of units, and what a site costs."""

from __future__ import annotations

from math import ceil

from allocator.model.anneal.arrays import copy, fill_with, least
from allocator.model.anneal.jit import inner
from allocator.model.anneal.layout import (
    BUILDING_LEASE,
    ENTITLED,
    FIRST_FLOOR,
    FIRST_REQUEST,
    FLOOR_ALWAYS,
    FLOOR_AREA,
    FLOOR_LEASE,
    FLOOR_MOST,
    FLOOR_OFFICE,
    FLOOR_SERVICE,
    LEASE_FLOORS,
    LOWEST,
    PER,
    RESERVE,
    SITE_OF,
    UNIT_NEED,
    UNIT_PEOPLE,
    Array,
    Data,
)
from allocator.model.anneal.local import (
    AREA,
    ASKED,
    CLOSED,
    FIGURES,
    FREE,
    HOLDER,
    LEFT_OVER,
    LIMIT,
    MOST_FLOORS,
    OFFICE_USE,
    OWN,
    ROOMS,
    SEATED,
    SEATS_FREE,
    SERVICE_HELD,
    Work,
    load,
)
from allocator.model.anneal.pack import pack

(
    LEFT, USED, SHORT, HIDDEN, OFFICE, SERVICE, SEATS, PEOPLE, STAYS, SERVED, WANTED, HELD,
    LEASED, MASK, VARIANT, SURE,
) = range(FIGURES)  # fmt: skip
"""Per building: posts left over, areas, seats, people, service, the floors in use, the variant,
whether they were packed (else they are about the least that packing may find)."""
POST = 1_000_00.0
"""What a post left over or a seat missing from the reserve costs, 0.01 m2-equivalents."""
TRIES = 8


@inner
def cost(d: Data, site: int, t: Array) -> float:
    """Cost of a site from the sums of its buildings' figures; moves to it are not in it."""
    need = ceil(d.policy[RESERVE] * t[PEOPLE] / d.policy[PER] - 1e-9)
    lacking = t[LEFT] + max(0.0, need - t[SEATS])
    common = min(t[SERVICE], t[WANTED])
    reserve = min(need * d.policy[LOWEST], t[OFFICE])
    missing = max(0.0, d.site_share[site] * t[SERVED] - t[HELD] - common)
    return float(
        d.rates[0] * t[USED]
        + d.rates[1] * t[HIDDEN]
        + d.rates[2] * (t[OFFICE] + t[SERVICE] - common - reserve)
        + d.rates[3] * t[SHORT]
        + d.rates[4] * missing
        + d.rates[5] * t[LEASED]
        - d.rates[6] * t[STAYS]
        + POST * lacking
    )


@inner
def open_floors(d: Data, b: int, mask: int, out: Array) -> None:
    """Area, lease and empty service rooms of the floors in use."""
    f0 = d.building[b, FIRST_FLOOR]
    out[USED] = 0.0
    out[LEASED] = 0.0
    out[SERVICE] = 0.0
    for f in range(f0, d.building[b + 1, FIRST_FLOOR]):
        if (mask >> (f - f0)) & 1:
            out[USED] += d.floor[f, FLOOR_AREA]
            out[LEASED] += d.floor[f, FLOOR_LEASE]
            out[SERVICE] += d.floor[f, FLOOR_SERVICE]
    if mask & d.building[b, LEASE_FLOORS]:
        out[LEASED] += d.building[b, BUILDING_LEASE]


@inner
def figures(d: Data, b: int, mask: int, units: Array, n: int, w: Work, out: Array) -> None:
    """Figures of the packing that stands in `w`."""
    fill_with(out, 0.0)
    open_floors(d, b, mask, out)
    out[MASK] = mask
    out[SURE] = 1.0
    out[LEFT] = w.sizes[LEFT_OVER]
    out[SEATS] = w.sizes[SEATS_FREE]
    out[HELD] = w.sizes[SERVICE_HELD]
    out[SERVICE] -= w.sizes[SERVICE_HELD]
    for j in range(w.sizes[ROOMS]):
        k = w.room[j, HOLDER]
        if w.room[j, OFFICE_USE] == 0 or k == CLOSED:
            continue
        if k == FREE:
            out[OFFICE] += w.room[j, AREA]
        elif k >= 0:
            gap = w.room[j, SEATED] * w.side[k, LIMIT] - w.room[j, AREA]
            out[SHORT] += max(0, gap)
            out[HIDDEN] += max(0, -gap)
            out[STAYS] += min(w.room[j, SEATED], w.fit[j, k, OWN])
    for i in range(n):
        u = units[i]
        out[PEOPLE] += d.unit[u, UNIT_PEOPLE]
        out[SERVED] += d.unit[u, ENTITLED]
        out[WANTED] += d.unit[u, ENTITLED]
    out[WANTED] = max(0.0, out[WANTED] - out[HELD])


@inner
def estimate(d: Data, b: int, mask: int, need: int, w: Work) -> float:
    """About the least cost of these floors; `known` holds people and service of the units.

    1e18 where the floors cannot seat `need` (the sum of the standards).
    """
    t = w.known
    f0 = d.building[b, FIRST_FLOOR]
    office = 0.0
    roomy = 0
    own = 0.0
    for f in range(f0, d.building[b + 1, FIRST_FLOOR]):
        if (mask >> (f - f0)) & 1:
            office += d.floor[f, FLOOR_OFFICE]
            roomy += d.floor[f, FLOOR_MOST]
            own += t[FIGURES + f - f0]
    if roomy < need:
        return 1e18
    open_floors(d, b, mask, t)
    seats = ceil(d.policy[RESERVE] * t[PEOPLE] / d.policy[PER] - 1e-9)
    t[OFFICE] = max(float(seats * d.policy[LOWEST]), office - need)
    t[SHORT] = max(0.0, need - (office - t[OFFICE]))
    t[SEATS] = seats
    t[STAYS] = own
    t[MASK] = mask
    t[LEFT] = 0.0
    for i in range(w.sizes[ASKED]):
        if w.asked[i] & mask == 0:
            t[LEFT] += 1
    return cost(d, d.building[b, SITE_OF], t)


@inner
def sums(d: Data, b: int, units: Array, n: int, w: Work) -> int:
    """What is known before packing: people, service, who sits on each floor today, requests."""
    t = w.known
    fill_with(t, 0.0)
    need = 0
    asked = 0
    f0 = d.building[b, FIRST_FLOOR]
    for i in range(n):
        u = units[i]
        t[PEOPLE] += d.unit[u, UNIT_PEOPLE]
        t[SERVED] += d.unit[u, ENTITLED]
        t[WANTED] += d.unit[u, ENTITLED]
        need += d.unit[u, UNIT_NEED]
        for f in range(f0, d.building[b + 1, FIRST_FLOOR]):
            t[FIGURES + f - f0] += max(0, d.unit_floor[u, f])
        for q in range(d.unit[u, FIRST_REQUEST], d.unit[u + 1, FIRST_REQUEST]):
            if asked < w.asked.shape[0]:
                w.asked[asked] = d.request_floors[q, b]
                asked += 1
    w.sizes[ASKED] = asked
    return need


@inner
def floor_sets(d: Data, b: int, found: Array) -> int:
    """Bits of the sets of floors to look at; floors always in use are in each."""
    f0 = d.building[b, FIRST_FLOOR]
    n = d.building[b + 1, FIRST_FLOOR] - f0
    always = 0
    for f in range(n):
        if d.floor[f0 + f, FLOOR_ALWAYS]:
            always |= 1 << f
    count = 0
    if n <= MOST_FLOORS:
        for mask in range(1 << n):
            if mask & always == always:
                found[count] = mask
                count += 1
        return count
    for low in range(n):
        for high in range(low, n):
            found[count] = always | (((1 << (high - low + 1)) - 1) << low)
            count += 1
    return count


@inner
def look_at_floors(d: Data, b: int, units: Array, n: int, w: Work) -> int:
    """Sets of floors with their estimates into `masks` and `guess`; how many."""
    count = floor_sets(d, b, w.masks)
    need = sums(d, b, units, n, w)
    for i in range(count):
        w.guess[i] = estimate(d, b, w.masks[i], need, w)
    return count


@inner
def about(d: Data, b: int, units: Array, n: int, w: Work, out: Array) -> None:
    """Figures that the cheapest packing hardly beats, without packing anything."""
    count = look_at_floors(d, b, units, n, w)
    at = least(w.guess, count)
    need = 0
    if w.guess[at] >= 1e18:
        at = count - 1
    else:
        for i in range(n):
            need += d.unit[units[i], UNIT_NEED]
    estimate(d, b, w.masks[at], need, w)
    for i in range(FIGURES):
        out[i] = w.known[i]
    if w.guess[at] >= 1e18:
        out[LEFT] += 1


@inner
def best_floors(d: Data, b: int, units: Array, n: int, w: Work, out: Array) -> None:
    """Figures of the cheapest packing found over the sets of floors into `out`."""
    trial, masks, guess = w.trial, w.masks, w.guess
    fill_with(out, 0.0)
    if not load(d, b, units, n, w):
        out[SURE] = 1.0
        for i in range(n):
            out[LEFT] += d.unit[units[i], UNIT_PEOPLE]
        return
    count = look_at_floors(d, b, units, n, w)
    best = 1e18
    tried = 0
    while tried < TRIES:
        at = least(guess, count)
        if tried > 0 and guess[at] >= best:
            break
        if guess[at] >= 1e18:
            at = count - 1  # nothing fits: all floors, with people left over
        tried += 1
        guess[at] = 1e19
        left = 0.0
        for variant in range(4):
            if variant == 2 and left == 0.0:
                break
            pack(d, b, masks[at], units, n, w, variant)
            figures(d, b, masks[at], units, n, w, trial)
            price = cost(d, d.building[b, SITE_OF], trial)
            left = trial[LEFT] if variant == 0 else min(left, trial[LEFT])
            if price < best:
                best = price
                copy(trial, out)
                out[VARIANT] = variant
            if n == 0:
                return
