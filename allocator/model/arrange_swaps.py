"""A start for a floor: two rooms exchange what they hold as long as that spares fragments."""

from __future__ import annotations

from collections.abc import Sequence

from allocator.model.arrange_floor import Floor, Label

PASSES = 6
"""Most times that all pairs of rooms are tried."""


def swap_rooms(floor: Floor, holds: Sequence[int]) -> tuple[int, ...]:
    """The arrangement after the best swaps found: fewer fragments of units, then of divisions."""
    swaps = _Swaps(floor, list(holds))
    for _ in range(PASSES):
        if not swaps.once():
            break
    return tuple(swaps.holds)


class _Swaps:
    def __init__(self, floor: Floor, holds: list[int]) -> None:
        self.floor = floor
        self.holds = holds
        contents = range(len(floor.contents))
        self.labels = [
            [floor.labels(c, divisions=divisions) for c in contents] for divisions in (False, True)
        ]
        self.staying = self.least = floor.staying(holds)

    def once(self) -> bool:
        """Try every pair; whether any swap was made."""
        made = False
        for a in range(len(self.holds)):
            for b in range(a + 1, len(self.holds)):
                made |= self._try(a, b)
        return made

    def _try(self, a: int, b: int) -> bool:
        floor, holds = self.floor, self.holds
        one, other = holds[a], holds[b]
        same_load = floor.loads[one] == floor.loads[other]
        if (
            one == other
            or not (same_load or floor.sizes[a] == floor.sizes[b])
            or other not in floor.may[a]
            or one not in floor.may[b]
        ):
            return False
        stay = floor.stays
        gain = stay.get((a, other), 0) + stay.get((b, one), 0)
        gain -= stay.get((a, one), 0) + stay.get((b, other), 0)
        if self.staying + gain < self.least:
            return False
        before = self._starts(a, b)
        holds[a], holds[b] = other, one
        if self._starts(a, b) < before:
            self.staying += gain
            return True
        holds[a], holds[b] = one, other
        return False

    def _starts(self, a: int, b: int) -> tuple[int, ...]:
        """Fragments that begin at either room or the one after it: of units, of divisions."""
        rooms = {a, a + 1, b, b + 1} - {len(self.holds)}
        return tuple(
            sum(len(labels[self.holds[r]] - self._before(labels, r)) for r in rooms)
            for labels in self.labels
        )

    def _before(self, labels: list[frozenset[Label]], room: int) -> frozenset[Label]:
        return labels[self.holds[room - 1]] if room else frozenset()
