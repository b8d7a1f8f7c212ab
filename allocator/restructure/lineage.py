"""What became of the units, divisions and posts of the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from allocator.domain import Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Posts and people in post that went from one group to another.

    `old` None: new posts and newcomers; `new` None: posts that ended and people who left.
    """

    old: Group | None
    new: Group | None
    established: int
    in_post: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """From the codes of the ledger to those after the operations; what is not named stayed.

    `units`: (old, heirs, the main heir first); `divisions`: (old, (unit, code)), blank if ended.
    A group named in a flow has all its flows listed, those to itself too.
    """

    units: tuple[tuple[str, tuple[str, ...]], ...] = ()
    divisions: tuple[tuple[str, tuple[str, str]], ...] = ()
    flows: tuple[Flow, ...] = ()

    def heirs(self, unit: str) -> tuple[str, ...]:
        """The units that a unit became, the main heir first; none if it ended without one."""
        return dict(self.units).get(unit, (unit,))

    def division(self, unit: str, code: str) -> tuple[str, str]:
        """(unit, code) that a division became; blanks if it ended."""
        return dict(self.divisions).get(code, (unit, code))

    def groups(self, old: Group) -> tuple[Group, ...]:
        """The groups that posts of a group became, most posts first."""
        flows = [flow for flow in self.flows if flow.old == old]
        if not flows:
            return (old,)
        known = [(-flow.established, -flow.in_post, flow.new) for flow in flows if flow.new]
        return tuple(group for _, _, group in sorted(known))
