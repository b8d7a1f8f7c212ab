"""Compiled cost of one site from its packed buildings, with the floors the reserve needs."""

from __future__ import annotations

import numpy as np
from numba import njit

from tests.benchmarks.anneal_data import Array, Data
from tests.benchmarks.anneal_pack import (
    ENTITLED,
    HELD,
    HIDDEN,
    LEFT,
    OFFICE,
    PEOPLE,
    RESULTS,
    SEATS,
    SERVICE,
    SHORT,
    STAY,
    WANTED,
)


@njit(cache=True, nogil=True)
def another_floor(d: Data, f0: int, f1: int, opened: Array, common: Array, lacking: float) -> int:
    """A closed floor to keep open: the smallest with seats enough, else the one with most."""
    best = -1
    for f in range(f0, f1):
        if opened[f] == 1 or common[f] == 1 or d.floor_service[f] == 0 or d.floor_seats[f] == 0:
            continue
        if best < 0:
            best = f
            continue
        here, there = d.floor_seats[f] >= lacking, d.floor_seats[best] >= lacking
        if here and there:
            closer = d.floor_area[f] < d.floor_area[best]
        else:
            closer = d.floor_seats[f] > d.floor_seats[best]
        if closer:
            best = f
    return best


@njit(cache=True, nogil=True)
def lease_area(d: Data, site: int, opened: Array, common: Array) -> float:
    """Area of the site's leases with a floor in use."""
    leased = 0.0
    for x in range(d.site_leases[site], d.site_leases[site + 1]):
        for i in range(d.lease_floors[x], d.lease_floors[x + 1]):
            f = d.lease_floor[i]
            if opened[f] == 1 or common[f] == 1:
                leased += d.lease_area[x]
                break
    return leased


@njit(cache=True, nogil=True)
def site_cost(
    d: Data, site: int, res: Array, opened: Array, common: Array, most: float, posts: Array
) -> float:
    """Cost of a site in m2-equivalents; `common`: floors kept open for the reserve.

    `most` is the price of a post left over, or of a seat that the reserve lacks; their number
    goes into `posts`.
    """
    total = np.zeros(RESULTS)
    used = 0.0
    b0, b1 = d.site_buildings[site], d.site_buildings[site + 1]
    f0, f1 = d.building_floors[b0], d.building_floors[b1]
    for b in range(b0, b1):
        for i in range(RESULTS):
            total[i] += res[b, i]
    for f in range(f0, f1):
        common[f] = 0
        if opened[f] == 1:
            used += d.floor_area[f]
    need = np.ceil(d.scalars[0] * total[PEOPLE] - 1e-9)
    while total[SEATS] < need:
        best = another_floor(d, f0, f1, opened, common, need - total[SEATS])
        if best < 0:
            break
        common[best] = 1
        used += d.floor_area[best]
        total[SEATS] += d.floor_seats[best]
        total[OFFICE] += d.floor_office[best]
        total[SERVICE] += d.floor_service[best]
    posts[site] = total[LEFT] + max(0.0, need - total[SEATS])
    shared = min(total[SERVICE], total[WANTED])
    reserve = min(need * d.scalars[1], total[OFFICE])
    stranded = total[OFFICE] + total[SERVICE] - shared - reserve
    short = max(0.0, d.site_share[site] * total[ENTITLED] - total[HELD] - shared)
    area = (
        d.rates[0] * used
        + d.rates[1] * total[HIDDEN]
        + d.rates[2] * stranded
        + d.rates[3] * total[SHORT]
        + d.rates[4] * short
        + d.rates[5] * lease_area(d, site, opened, common)
    )
    return area / 100 - d.rates[6] * total[STAY] + most * posts[site]
