"""One operation carried out, or refused as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allocator.restructure import operations as op
from allocator.restructure.estate_operations import (
    end_lease,
    extend_lease,
    register_title,
    set_places,
)
from allocator.restructure.post_operations import (
    regrade,
    set_posts,
    transfer_division,
    transfer_posts,
)
from allocator.restructure.state import State
from allocator.restructure.unit_operations import abolish, create, merge, rename, set_level, split

_APPLY: dict[type, Callable[[State, Any], State]] = {
    op.Merge: merge,
    op.Split: split,
    op.Abolish: abolish,
    op.Create: create,
    op.TransferDivision: transfer_division,
    op.TransferPosts: transfer_posts,
    op.SetPosts: set_posts,
    op.Regrade: regrade,
    op.Rename: rename,
    op.SetLevel: set_level,
    op.SetPlaces: set_places,
    op.EndLease: end_lease,
    op.ExtendLease: extend_lease,
    op.RegisterTitle: register_title,
}


def apply(state: State, operation: op.Operation) -> State:
    """The state after the operation; raises Refused with every fault, and then nothing was done."""
    return _APPLY[type(operation)](state, operation)
