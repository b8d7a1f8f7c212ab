"""The proof by columns before the search, which goes on from what it found."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction

from allocator.model.columns.prove import Effort, prove
from allocator.model.search import Search, State

SHARE = 0.6
"""Share of the effort for the proof, where columns fit the problem."""


def prove_and_search(
    search: Search, begun: State | None, tell: Callable[[Fraction | None], None]
) -> State:
    """The best plan found; `tell` hears of the bound proved on the priced tier.

    Where that tier is closed, only what later tiers leave open is searched.
    """
    given = begun is not None
    best = search.begin(begun)
    tiers, effort = search.problem.policy.tiers, search.effort
    first = {name for name, rate in tiers[0].terms if rate}
    second = dict(tiers[1].terms) if len(tiers) > 1 else {}
    if first != {"unhoused"} or tiers[0].slack or "used" not in second:
        return search.run(best, given=given)
    now = time.monotonic()
    deadline = None if effort.deadline is None else now + SHARE * (effort.deadline - now)
    work = None if effort.work is None else SHARE * effort.work
    incumbent = best.key[2] if not any(best.key[:2]) else None
    proof = prove(search.problem, search.measure, incumbent, Effort(deadline, work, search.stop))
    if proof is None:
        return search.run(best, given=given)
    search.spent += proof.spent
    tell(proof.bound)
    if proof.rows is not None:
        best, given = search.state(proof.rows, proof.common), True
        search.report(best)
    if proof.proven:
        return search.finish(best)
    return search.run(best, given=given)


def larger(bound: Fraction | None, value: int | None) -> Fraction | None:
    """The better of a bound and another one in hundredths of its unit."""
    known = [b for b in (bound, None if value is None else Fraction(value, 100)) if b is not None]
    return max(known, default=None)
