"""Operations carried out one after the other; each that cannot be is skipped and says why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from allocator.domain import Ledger
from allocator.restructure.apply import apply
from allocator.restructure.log import changes_between
from allocator.restructure.operations import Abolish
from allocator.restructure.read import Step
from allocator.restructure.state import Fault, Refused, State
from allocator.scenario import Change
from allocator.yaml_fields import Problems

_COUNTED = ("no-such-posts", "too-many-posts", "rest-missing", "division-lost", "unknown-grade")
"""Faults that an earlier operation on the same unit may have caused by not taking place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of one step: its changes, or why it was skipped."""

    step: Step
    changes: tuple[Change, ...] = ()
    faults: tuple[Fault, ...] = ()
    depends_on: int | None = None

    @property
    def carried_out(self) -> bool:
        """Whether it took place."""
        return self.step.operation is not None and not self.faults and self.depends_on is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Codes that skipped steps would have made or changed, and the step."""

    made: Mapping[str, int] = field(default_factory=dict)
    touched: Mapping[str, int] = field(default_factory=dict)

    def with_step(self, step: Step) -> Skipped:
        """After another step that was skipped."""
        made = dict.fromkeys(_codes_made(step.kind, step.data), step.number)
        touched = dict.fromkeys(_texts(step.data), step.number)
        return Skipped(made={**made, **self.made}, touched={**touched, **self.touched})

    def cause(self, fault: Fault) -> int | None:
        """The skipped step that explains a fault."""
        maps = (self.made, self.touched) if fault.code in _COUNTED else (self.made,)
        return next((m[code] for m in maps for code in fault.about if code in m), None)


NOTHING_SKIPPED = Skipped()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The state after all steps, what each did, and what is missing because of skipped ones."""

    state: State
    done: tuple[Done, ...] = ()
    skipped: Skipped = NOTHING_SKIPPED

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes in order."""
        return tuple(change for done in self.done for change in done.changes)


def replay(state: State, steps: Iterable[Step], skipped: Skipped = NOTHING_SKIPPED) -> Replay:
    """Carry out what can be carried out; rows of the result are in canonical order."""
    first = state.ledger
    done: list[Done] = []
    for step in steps:
        made = _carry_out(state, step, skipped)
        if isinstance(made, Done):
            skipped = skipped.with_step(step)
            done.append(made)
            continue
        done.append(Done(step=step, changes=_changes(state, made, step)))
        state = made
    state = replace(state, ledger=in_order(state.ledger, first))
    return Replay(state=state, done=tuple(done), skipped=skipped)


def report(done: Iterable[Done], problems: Problems) -> None:
    """Findings for the steps that were skipped, at their nodes."""
    for made in done:
        for fault in made.faults:
            problems.add(
                (*made.step.path, *fault.at), fault.code, fault.zh, fault.en, value=fault.value,
                expected=fault.expected, advice=fault.advice,
            )  # fmt: skip
        if made.depends_on is not None:
            problems.add(
                made.step.path, "depends-on-skipped",
                f"取决于未能执行的第 {made.depends_on} 项操作",
                f"depends on operation {made.depends_on}, which could not be carried out",
                value=made.step.kind,
            )  # fmt: skip


def in_order(ledger: Ledger, first: Ledger) -> Ledger:
    """New rows stand after those of the first ledger, sorted by their codes."""
    units = {u.code: i for i, u in enumerate(first.units)}
    divisions = {d.code: i for i, d in enumerate(first.divisions)}
    groups = {p.group: i for i, p in enumerate(first.posts)}
    seats: dict[Any, int] = {}
    for i, seat in enumerate(first.occupancy):
        seats.setdefault((seat.room, seat.group), i)
    at_room: dict[str, int] = {}
    for i, seat in enumerate(first.occupancy):
        at_room.setdefault(seat.room, i)
    last = len(first.occupancy) + len(first.posts) + len(units) + len(divisions)
    return replace(
        ledger,
        units=tuple(sorted(ledger.units, key=lambda u: (units.get(u.code, last), u.code))),
        divisions=tuple(
            sorted(ledger.divisions, key=lambda d: (divisions.get(d.code, last), d.code))
        ),
        posts=tuple(sorted(ledger.posts, key=lambda p: (groups.get(p.group, last), p.group))),
        occupancy=tuple(
            sorted(
                ledger.occupancy,
                key=lambda s: (
                    at_room.get(s.room, last), seats.get((s.room, s.group), last), s.group,
                ),
            )
        ),
        requests=tuple(_new_last(ledger.requests, first.requests)),
        relations=tuple(_new_last(ledger.relations, first.relations)),
    )  # fmt: skip


def _new_last(rows: tuple[Any, ...], first: tuple[Any, ...]) -> Iterator[Any]:
    order = {row: i for i, row in enumerate(first)}
    yield from sorted(rows, key=lambda row: (order.get(row, len(first)), repr(row)))


def _carry_out(state: State, step: Step, skipped: Skipped) -> State | Done:
    if step.operation is None:
        return Done(step=step)
    try:
        return apply(state, step.operation)
    except Refused as refused:
        causes = [skipped.cause(fault) for fault in refused.faults]
        own = [f for f, cause in zip(refused.faults, causes, strict=True) if cause is None]
        cause = next((cause for cause in causes if cause is not None), None)
        return Done(step=step, faults=tuple(own), depends_on=cause)


def _changes(before: State, after: State, step: Step) -> tuple[Change, ...]:
    changes = changes_between(before, after, step.reason)
    if isinstance(step.operation, Abolish) and not step.operation.successor:
        unit = step.operation.unit
        people = sum(row.in_post for row in before.ledger.posts if row.unit == unit)
        if people:
            lost = Change(place=unit, what="people without successor", old=str(people), new="0",
                          reason=step.reason)  # fmt: skip
            return (lost, *changes)
    return changes


def _codes_made(kind: str, data: Any) -> Iterator[str]:
    """Codes that a step would have made, read from what was written, however broken."""
    if not isinstance(data, dict):
        return
    into = data.get("into")
    if kind == "create":
        yield from _texts([data.get("unit"), data.get("divisions")])
    elif kind == "merge" and isinstance(into, dict):
        yield from _texts(into.get("unit"))
    elif kind == "split" and isinstance(into, list):
        yield from _texts([heir.get("unit") for heir in into if isinstance(heir, dict)])
    elif kind == "transfer_division":
        yield from _texts(data.get("as"))


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)
