"""Places closed, sealed and opened; leases and titles."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from allocator.restructure.operations import EndLease, ExtendLease, RegisterTitle, SetPlaces
from allocator.restructure.state import Checks, State
from allocator.scenario_places import Action, Index, PlaceKind, apply_actions

_RENTED = ("leased", "borrowed")
_HOLDINGS: tuple[PlaceKind, ...] = ("site", "building", "floor")
_TABLES = {"site": "sites", "building": "buildings", "floor": "floors"}


def set_places(state: State, operation: SetPlaces) -> State:
    """What the same word does under `sites`; the narrowest place named decides."""
    checks = Checks(state)
    index = Index(state.ledger, state.standard)
    actions = []
    for i, words in enumerate(operation.places):
        place = checks.place(words, (i,))
        if place is None:
            continue
        site = index.site_of_place(*place)
        if operation.action == "open" and place[0] != "site" and site in index.market:
            checks.add(
                (i,), "market-opened-whole", f"可租办公区只能整体启用：{site}",
                f"a market site is opened as a whole: {site}", value=place[1],
                expected=f"open: [{site}]",
            )  # fmt: skip
        actions.append(Action(operation.action, *place))
    checks.stop()
    applied = apply_actions(index, actions)
    closed = {a.code for a in actions if a.name == "close" and a.kind == "site"}
    opened = (state.market_open | applied.market_open) - closed
    return replace(state, ledger=applied.ledger, market_open=opened)


def end_lease(state: State, operation: EndLease) -> State:
    """The lease ends: none of its rooms can be used any more."""
    checks = Checks(state)
    place = _rented(checks, operation)
    checks.stop()
    assert place is not None
    index = Index(state.ledger, state.standard)
    rooms = tuple(
        replace(room, status="unavailable")
        if index.chain(room)[place[0]] == place[1] and room.status != "unavailable"
        else room
        for room in state.ledger.rooms
    )
    after = replace(state, ledger=replace(state.ledger, rooms=rooms))
    return _with_holding(after, place, lease_end=operation.on) if operation.on else after


def extend_lease(state: State, operation: ExtendLease) -> State:
    """Another end of the lease, and another rent if one is given."""
    checks = Checks(state)
    place = _rented(checks, operation)
    checks.stop()
    assert place is not None
    rent = operation.rent_per_year
    more: dict[str, Any] = {} if rent is None else {"rent_per_year": rent}
    return _with_holding(state, place, lease_end=operation.until, **more)


def register_title(state: State, operation: RegisterTitle) -> State:
    """The title of a place is registered with the administration, in the name of a holder."""
    checks = Checks(state)
    key = operation.place.kind or "place"
    place = checks.place(operation.place, (key,), _HOLDINGS)
    checks.stop()
    assert place is not None
    return _with_holding(state, place, title_registered=True, title_holder=operation.holder)


def _rented(checks: Checks, operation: EndLease | ExtendLease) -> tuple[PlaceKind, str] | None:
    """The place, if it carries a lease or loan itself."""
    place = checks.place(operation.place, ("place",), _HOLDINGS)
    if place is None:
        return None
    rows = getattr(checks.state.ledger, _TABLES[place[0]])
    row = next(row for row in rows if row.code == place[1])
    if row.tenure not in _RENTED:
        checks.add(
            ("place",), "no-lease", "该处本身没有租用或借用",
            "this place itself is neither leased nor borrowed", value=place[1],
            expected=" | ".join(_RENTED),
            advice=("请写载有租约的那一级", "Maybe name the place that carries the lease."),
        )  # fmt: skip
    return place


def _with_holding(state: State, place: tuple[PlaceKind, str], **changes: Any) -> State:
    table = _TABLES[place[0]]
    rows = tuple(
        replace(row, **changes) if row.code == place[1] else row
        for row in getattr(state.ledger, table)
    )
    return replace(state, ledger=replace(state.ledger, **{table: rows}))
