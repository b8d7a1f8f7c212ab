"""Every irreducible set of conflicting things and every cheapest way out, by solving.

A set of things is a bit mask. Where laying aside can only help (`monotone`), one answer settles
others. It need not help: a unit's cap raised for lack of seats falls again with more of them, and
free seats for the reserve count only on floors in use. Then every set is judged by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

Judge = Callable[[int], "bool | None"]
"""Whether everybody can be housed lawfully with just these things kept; None: not decided."""
MOST_SCANNED = 14
"""Things up to which all sets are looked at one by one (2 to this power)."""
MOST_JUDGED = 10
"""The same where every set has to be judged by itself."""


class _Spent(Exception):
    """The number of solves that are allowed is used up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Things that cannot be had together; `irreducible`: each smaller set was solved."""

    things: int
    irreducible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Things to lay aside, with the sum of their prices; verified by solving."""

    things: int
    total: int


@dataclass(slots=True)
class Found:
    """Conflicts and ways out, and whether the lists are proved complete."""

    conflicts: list[Conflict] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    conflicts_complete: bool = True
    ways_complete: bool = True


class Lattice:
    """The sets of things of one scenario, each judged at most once."""

    def __init__(self, totals: Sequence[int], judge: Judge, monotone: bool, most: int) -> None:
        self.totals = list(totals)
        self.everything = (1 << len(totals)) - 1
        self.monotone = monotone
        self._judge = judge
        self._left = most
        self.known: dict[int, bool | None] = {}

    @property
    def undecided(self) -> bool:
        """Whether some set was neither housed nor proved impossible."""
        return any(answer is None for answer in self.known.values())

    def housed(self, kept: int) -> bool | None:
        """Whether everybody is housed with these things kept."""
        if kept not in self.known:
            inferred = self._inferred(kept) if self.monotone else None
            if inferred is not None:
                return inferred
            if self._left <= 0:
                raise _Spent
            self._left -= 1
            self.known[kept] = self._judge(kept)
        return self.known[kept]

    def _inferred(self, kept: int) -> bool | None:
        for other, answer in self.known.items():
            if answer is True and kept & other == kept:
                return True
            if answer is False and kept & other == other:
                return False
        return None

    # -- conflicts -------------------------------------------------------------------------

    def shrunk(self, kept: int) -> int:
        """A set within an impossible one from which no single thing can be left out."""
        for bit in bits_of(kept):
            if self.housed(kept & ~bit) is False:
                kept &= ~bit
        return kept

    def irreducible(self, kept: int) -> bool:
        """Whether every set that leaves something out was solved with everybody housed."""
        if self.monotone:
            return all(self.housed(kept & ~bit) is True for bit in bits_of(kept))
        if kept.bit_count() > MOST_JUDGED:
            return False
        return all(self.housed(part) is True for part in _parts(kept))

    def conflict(self, kept: int) -> Conflict:
        """One conflict within an impossible set."""
        small = self.shrunk(kept)
        while not self.monotone and small.bit_count() <= MOST_JUDGED:
            smaller = next((p for p in _parts(small) if self.housed(p) is False), None)
            if smaller is None:
                break
            small = self.shrunk(smaller)
        return Conflict(things=small, irreducible=self.irreducible(small))

    def all_conflicts(self, found: Found) -> None:
        """Add every irreducible conflict; sets in descending size, or ascending unless monotone."""
        count = len(self.totals)
        if count > (MOST_SCANNED if self.monotone else MOST_JUDGED):
            found.conflicts_complete = False
            return
        masks = sorted(range(self.everything + 1), key=lambda m: (m.bit_count(), m))
        for mask in reversed(masks) if self.monotone else masks:
            if any(mask & c.things == c.things for c in found.conflicts):
                continue
            answer = self.housed(mask)
            if answer is False:
                found.conflicts.append(self.conflict(mask))
        found.conflicts.sort(key=lambda c: (c.things.bit_count(), c.things))
        found.conflicts_complete = not self.undecided

    # -- ways out --------------------------------------------------------------------------

    def cheapest_ways(self, found: Found, allowed: int) -> None:
        """Add all ways out of least price among the allowed things.

        While monotone a set is only tried if it takes something out of every known conflict.
        """
        best: int | None = None
        for total, aside in self._by_price(found, allowed):
            if best is not None and total > best:
                break
            answer = self.housed(self.everything & ~aside)
            if answer is None:
                found.ways_complete = False
            elif answer:
                best = total
                found.ways.append(Way(things=aside, total=total))
            elif self.monotone:
                conflict = self.conflict(self.everything & ~aside)
                if conflict.things and conflict not in found.conflicts:
                    found.conflicts.append(conflict)

    def _by_price(self, found: Found, allowed: int) -> Iterator[tuple[int, int]]:
        """Sets of allowed things by price; sets that leave a known conflict whole are passed over.

        A set grows by the things of the first conflict it leaves whole, or by any later thing.
        """
        heap: list[tuple[int, int]] = [(0, 0)]
        seen = {0}
        while heap:
            total, aside = heappop(heap)
            whole = next((c.things for c in found.conflicts if not c.things & aside), 0)
            hit_all = not (whole and self.monotone)
            if hit_all:
                yield total, aside
                whole = next((c.things for c in found.conflicts if not c.things & aside), 0)
                if self.monotone and not whole:
                    continue
            grow = whole & allowed if self.monotone else allowed & ~aside
            for bit in bits_of(grow):
                larger = aside | bit
                if larger not in seen:
                    seen.add(larger)
                    heappush(heap, (total + self.totals[bit.bit_length() - 1], larger))


def search(lattice: Lattice, allowed: int | None = None) -> Found:
    """All conflicts and all cheapest ways out; incomplete where solves or budget end."""
    found = Found()
    if lattice.housed(lattice.everything) is not False:
        sure = lattice.housed(lattice.everything) is True
        found.conflicts_complete = found.ways_complete = sure
        return found
    allowed = lattice.everything if allowed is None else allowed
    try:
        lattice.cheapest_ways(found, allowed)
    except _Spent:
        found.ways_complete = False
    try:
        if not found.conflicts and len(lattice.totals) > MOST_JUDGED:
            found.conflicts.append(lattice.conflict(lattice.everything))
        lattice.all_conflicts(found)
    except _Spent:
        found.conflicts_complete = False
    found.ways.sort(key=lambda w: (w.total, w.things))
    return found


def bits_of(mask: int) -> Iterator[int]:
    """The single bits of a set, lowest first."""
    while mask:
        bit = mask & -mask
        yield bit
        mask ^= bit


def _parts(mask: int) -> Iterable[int]:
    """The proper subsets of a set, the smallest number first."""
    part = 0
    while part != mask:
        yield part
        part = (part - mask) & mask
