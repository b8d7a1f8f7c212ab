"""The lineage while operations are carried out: where each post and each person came from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from allocator.domain import Group, Ledger
from allocator.restructure.lineage import Flow, Lineage

Owned = tuple[str, str]
"""(unit, division code)."""


class Part(NamedTuple):
    """Posts and people of a group that came from one group (None: new ones)."""

    old: Group | None
    established: int
    in_post: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Heirs of every unit and division of the ledger; the parts of every group today."""

    units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    divisions: Mapping[Owned, Owned] = field(default_factory=dict)
    parts: Mapping[Group, tuple[Part, ...]] = field(default_factory=dict)
    gone: tuple[Part, ...] = ()

    def with_heirs(self, heirs: Mapping[str, tuple[str, ...]]) -> Trace:
        """After an operation that made these units of those."""
        units = {
            old: tuple(dict.fromkeys(h for unit in now for h in heirs.get(unit, (unit,))))
            for old, now in self.units.items()
        }
        return replace(self, units=units)

    def with_divisions(self, change: Callable[[Owned], Owned]) -> Trace:
        """After an operation that gave divisions another unit or code (blank: ended)."""
        divisions = {old: change(now) if now[1] else now for old, now in self.divisions.items()}
        return replace(self, divisions=divisions)

    def regrouped(self, change: Callable[[Group], Group]) -> Trace:
        """After whole groups went elsewhere."""
        parts: dict[Group, list[Part]] = defaultdict(list)
        for group, made in self.parts.items():
            parts[change(group)] += made
        return replace(self, parts={group: _joined(made) for group, made in parts.items()})

    def moved(self, source: Group, to: Group | None, established: int, in_post: int) -> Trace:
        """After part of a group went to another (None: it ended, the newest posts first)."""
        rest = list(self.parts.get(source, ()))
        rest.sort(key=lambda part: _own_first(source, part), reverse=to is None)
        taken: list[Part] = []
        for index, part in enumerate(rest):
            posts, people = min(established, part.established), min(in_post, part.in_post)
            established, in_post = established - posts, in_post - people
            taken.append(Part(part.old, posts, people))
            rest[index] = Part(part.old, part.established - posts, part.in_post - people)
        parts = {**self.parts, source: _joined(rest)}
        if to is None:
            return replace(self, parts=parts, gone=_joined((*self.gone, *taken)))
        parts[to] = _joined((*parts.get(to, ()), *taken))
        return replace(self, parts=parts)

    def gained(self, group: Group, established: int, in_post: int) -> Trace:
        """After new posts or newcomers."""
        made = (*self.parts.get(group, ()), Part(None, established, in_post))
        return replace(self, parts={**self.parts, group: _joined(made)})

    def lineage(self) -> Lineage:
        """What changed against the ledger, in canonical order."""
        flows = [Flow(old=p.old, new=group, established=p.established, in_post=p.in_post)
                 for group, parts in self.parts.items() for p in parts]  # fmt: skip
        flows += [Flow(old=p.old, new=None, established=p.established, in_post=p.in_post)
                  for p in self.gone if p.old is not None]  # fmt: skip
        changed = {group for f in flows if f.old != f.new for group in (f.old, f.new) if group}
        kept = [f for f in flows if f.old in changed or f.new in changed]
        heirs = self._heirs(flows)
        return Lineage(
            units=tuple((old, now) for old, now in sorted(heirs.items()) if now != (old,)),
            divisions=tuple(
                (old[1], now) for old, now in sorted(self.divisions.items()) if now != old
            ),
            flows=tuple(sorted(kept, key=lambda f: (_key(f.old), _key(f.new)))),
        )

    def _heirs(self, flows: Iterable[Flow]) -> dict[str, tuple[str, ...]]:
        """Of the heirs that the operations name those that got something of a unit, if any."""
        got: dict[str, Counter[str]] = defaultdict(Counter)
        for flow in flows:
            if flow.old is not None and flow.new is not None:
                got[flow.old.unit][flow.new.unit] += 1
        for (unit, _), now in self.divisions.items():
            if now[1]:
                got[unit][now[0]] += 1
        return {
            old: tuple(unit for unit in now if unit in got[old]) or now[:1]
            for old, now in self.units.items()
        }


def start_trace(ledger: Ledger) -> Trace:
    """Everything still in its place."""
    divisions = {(d.unit, d.code): (d.unit, d.code) for d in ledger.divisions}
    return Trace(
        units={unit.code: (unit.code,) for unit in ledger.units},
        divisions=divisions,
        parts={p.group: (Part(p.group, p.established, p.in_post),) for p in ledger.posts},
    )


def _joined(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Parts from one group added up, those with nothing left out."""
    sums: dict[Group | None, tuple[int, int]] = {}
    for part in parts:
        posts, people = sums.get(part.old, (0, 0))
        sums[part.old] = (posts + part.established, people + part.in_post)
    return tuple(Part(old, *sums[old]) for old in sorted(sums, key=_key) if any(sums[old]))


def _key(group: Group | None) -> tuple[bool, str, str, str]:
    """Groups in order of their codes, none at the end."""
    if group is None:
        return True, "", "", ""
    return False, group.unit, group.division, group.grade


def _own_first(group: Group, part: Part) -> tuple[bool, tuple[bool, str, str, str]]:
    return part.old != group, _key(part.old)
