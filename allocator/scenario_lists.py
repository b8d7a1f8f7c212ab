"""The lists of a scenario read against the ledger that their file knows, then followed up."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, TypeVar

from allocator.domain import Ledger
from allocator.restructure.follow import follow
from allocator.restructure.lineage import Lineage
from allocator.restructure.references import spread_relations
from allocator.restructure.replay import NOTHING_SKIPPED, Skipped
from allocator.scenario import Change, Pin
from allocator.scenario_layers import Layered
from allocator.scenario_parts import (
    read_agreements,
    read_exceptions,
    read_forbids,
    read_pins,
    read_relations,
    read_shared,
    relation_pair,
)
from allocator.scenario_places import Index
from allocator.yaml_fields import Node
from standards.catalog import Standard

Made = TypeVar("Made", bound=Hashable)
LISTS = ("pins", "forbid", "relations", "exceptions", "shared", "agreements")


class LayeredIndex(Index):
    """The final ledger by code; entries of a base are looked up in what the base made of it.

    `below`: for each base its index and the lineage from there to the end.
    """

    def __init__(
        self,
        ledger: Ledger | None,
        standard: Standard | None,
        document: Layered,
        below: tuple[tuple[Index, Lineage], ...] = (),
        skipped: Skipped = NOTHING_SKIPPED,
    ) -> None:
        super().__init__(ledger, standard)
        self.document = document
        self.below = below
        self.skipped = skipped
        self.entries: list[tuple[Node, Any]] = []
        self.lost: list[Change] = []

    def _base(self, node: Node | None) -> tuple[Index, Lineage] | None:
        layer = self.document.layer(node.path) if node is not None else len(self.below)
        return self.below[layer] if layer < len(self.below) else None

    def unit(self, node: Node | None, *, planned: bool = False) -> str | None:
        """A unit; nothing is said of one that a skipped operation would have made."""
        if node is not None and str(node.value) in self.skipped.made:
            return None
        base = self._base(node)
        return base[0].unit(node, planned=planned) if base else super().unit(node, planned=planned)

    def division(self, node: Node, unit: str) -> str | None:
        """A division of the unit."""
        if str(node.value) in {*self.skipped.touched, *self.skipped.made}:
            return None
        base = self._base(node)
        return base[0].division(node, unit) if base else super().division(node, unit)

    def grade(self, node: Node, unit: str) -> str | None:
        """A grade of the unit."""
        if unit in self.skipped.touched:
            return None
        base = self._base(node)
        return base[0].grade(node, unit) if base else super().grade(node, unit)

    def followed(self, node: Node, made: Made) -> tuple[Made, ...]:
        """The entry after the operations of the files above its own."""
        base = self._base(node)
        found = follow(made, base[1]) if base else (made,)
        if not found:
            units = getattr(made, "unit", "")
            key = str(node.path[0])
            self.lost.append(Change(place=units, what=key, old=node.shown(), new="", reason="base"))
        self.entries += [(node, entry) for entry in found]
        return found

    def pins(self) -> list[tuple[Node, Pin]]:
        """All pins with their nodes."""
        return [(node, entry) for node, entry in self.entries if isinstance(entry, Pin)]


def read_lists(found: dict[str, Node], index: LayeredIndex, *, resolved: bool) -> dict[str, Any]:
    """The lists as arguments of a Scenario; relations with those of the ledger."""
    readers: dict[str, Any] = {
        "pins": read_pins,
        "forbid": read_forbids,
        "relations": read_relations,
        "exceptions": read_exceptions,
        "shared": read_shared,
        "agreements": read_agreements,
    }
    lists = {key: read(found[key], index) for key, read in readers.items() if key in found}
    if index.below:
        lists = {key: tuple(dict.fromkeys(value)) for key, value in lists.items()}
    forbids = lists.pop("forbid", ())
    relations = lists.pop("relations", ())
    if index.below:
        relations = spread_relations(relations, {})
    if not resolved and index.ledger is not None:
        # The scenario's word on a pair and kind replaces the ledger's.
        own = {(relation_pair(r), r.kind) for r in relations}
        kept = (r for r in index.ledger.relations if (relation_pair(r), r.kind) not in own)
        relations = (*kept, *relations)
    return {**lists, "forbids": forbids, "relations": relations}
