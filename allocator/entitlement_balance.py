"""What a unit is entitled to against what it holds: over and under, category by category."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from allocator.domain import Ledger, Unit
from allocator.entitlement import Entitlement, entitle
from allocator.entitlement_lines import Needs
from allocator.findings import Finding
from allocator.present import (
    BASIC_USES,
    Apart,
    HeldRoom,
    Present,
    not_held,
    standard_ratio,
)
from allocator.quantity import m2, m2_text
from allocator.strict_yaml import exact_text
from standards.catalog import Standard

APARTS: tuple[Apart, ...] = ("sealed", "unavailable", "let", "market")


@dataclass(frozen=True, kw_only=True)
class Balance:
    """One unit's entitlement beside its holdings; areas in 0.01 m2, exact.

    None where the standard sets no such area, lacks the figure, or posts are not on record.
    Differences are what is held less what is approved: above 0 too much.
    """

    unit: Unit
    standard: Standard
    entitlement: Entitlement
    present: Present

    def approved(self, item: str) -> Fraction | None:
        """The approved area of one line of the standard."""
        return next((x.area for x in self.entitlement.lines if x.item == item), None)

    @property
    def office_over(self) -> Fraction | None:
        """The sum of individual overruns of the offices."""
        return self.present.office_over if self.standard.individual else None

    @property
    def office_lack(self) -> Fraction | None:
        """What all offices held are below the approved office area; overruns do not fill it."""
        difference = self._difference("office") if self.standard.individual else None
        return None if difference is None else max(Fraction(0), -difference)

    @property
    def service(self) -> Fraction | None:
        """Service rooms held less approved, netted within the unit."""
        return self._difference("service") if self.standard.individual else None

    @property
    def equipment(self) -> Fraction | None:
        """Equipment rooms held less approved, netted within the unit."""
        return self._difference("equipment") if self.standard.individual else None

    @property
    def usable(self) -> Fraction | None:
        """Usable area held less approved, under a standard that caps nobody's room."""
        approved = self.entitlement.usable
        if self.standard.individual or approved is None or not self.present.staff.recorded:
            return None
        return self.present.usable - approved

    def _difference(self, use: str) -> Fraction | None:
        approved = {
            "office": self.entitlement.office,
            "service": self.entitlement.service,
            "equipment": self.entitlement.equipment,
        }[use]
        if approved is None or not self.present.staff.recorded:
            return None
        return sum((h.area for h in self.present.counted if h.room.use == use), -approved)

    @property
    def ratio(self) -> Fraction | None:
        """The coefficient of the approved gross area; the standard's where nothing is held."""
        if self.present.coefficient.parts:
            return self.present.coefficient.value
        return standard_ratio(self.standard, high_rise=False)[0]

    @property
    def ratio_sums(self) -> str:
        """The coefficient with its arithmetic."""
        ratio = self.ratio
        return self.present.coefficient.sums or ("" if ratio is None else exact_text(ratio))

    @cached_property
    def gross(self) -> Fraction | None:
        """Approved gross area of the basic rooms; ancillary rooms come on top."""
        has_gross = any(term.kind == "gross" for term in self.standard.terms)
        usable, ratio = self.entitlement.usable, self.ratio
        return usable / ratio if has_gross and usable is not None and ratio else None


def balances(
    ledger: Ledger,
    standard: Standard,
    held: Mapping[str, Present],
    needs: Mapping[str, Needs] | None = None,
) -> tuple[Balance, ...]:
    """Entitlement and holdings of every planned unit, in the ledger's order.

    `held` may stand for more units than the ledger lists.
    """
    units = {unit.code: unit for unit in ledger.units}
    return tuple(
        Balance(unit=units[e.unit], standard=standard, entitlement=e, present=held[e.unit])
        for e in entitle(ledger, standard, own_ratios(held, needs or {}))
    )


def own_ratios(held: Mapping[str, Present], needs: Mapping[str, Needs]) -> dict[str, Needs]:
    """The needs with each unit's coefficient, where a building that it is in has one."""
    found = dict(needs)
    for code, item in held.items():
        known = item.coefficient
        if known.own and known.value is not None:
            old = needs.get(code, Needs())
            found[code] = replace(old, ratio=known.value, ratio_sums=known.sums)
    return found


def held_without_entitlement(ledger: Ledger, held: Mapping[str, Present]) -> tuple[Finding, ...]:
    """Units that hold rooms though nothing is approved for them."""
    found = []
    for unit in ledger.units:
        rooms = [h for h in held[unit.code].counted if h.room.use in BASIC_USES]
        if rooms and not unit.planned:
            area = m2_text(held[unit.code].usable)
            zh = f"{unit.name}：没有核定面积，但占用 {len(rooms)} 间，使用面积 {area} 平方米"
            en = f"{unit.name}: no approved area, but {len(rooms)} rooms held, {area} m2"
            found.append(
                Finding("held-without-entitlement", zh, en, value=unit.code, severity="warning")
            )
    return tuple(found)


def held_by_nobody(ledger: Ledger, standard: Standard) -> tuple[Finding, ...]:
    """Service and equipment rooms in common use, which no unit's holdings contain."""
    parts = not_held(ledger, standard)
    found = []
    for use, zh, en in (("service", "服务用房", "service"), ("equipment", "设备用房", "equipment")):
        rooms = [room for room in parts if room.use == use]
        if rooms:
            area = m2_text(sum(room.area for room in rooms))
            said_zh = (
                f"{zh} {len(rooms)} 间 {area} 平方米不属任何单位（公用），未计入各单位现有面积"
            )
            said_en = f"{len(rooms)} {en} rooms, {area} m2, are held by no unit (common use): "
            said_en += "not counted as any unit's"
            found.append(Finding("held-by-nobody", said_zh, said_en, value=use, severity="info"))
    return tuple(found)


# -- as data ------------------------------------------------------------------------------------

DIFFERENCES = tuple(f"{key}_{way}" for key in (*BASIC_USES, "usable") for way in ("over", "lack"))
"""Over and lack have a figure each, so that no total nets one unit with another."""
HELD = (*BASIC_USES, "usable", "gross", "business", "ancillary")
Figure = Callable[[Balance], Fraction | None]


def held_area(balance: Balance, key: str) -> Fraction | None:
    """One figure of what is held: a use, `usable` or `gross`."""
    if key == "gross":
        return balance.present.coefficient.gross
    if key == "usable":
        return balance.present.usable
    return sum((h.area for h in balance.present.counted if h.room.use == key), Fraction(0))


def difference(balance: Balance, key: str) -> Fraction | None:
    """One of DIFFERENCES, never below 0."""
    what, way = key.split("_")
    if what == "office":
        return balance.office_over if way == "over" else balance.office_lack
    netted = {
        "service": balance.service,
        "equipment": balance.equipment,
        "usable": balance.usable,
    }[what]
    return None if netted is None else max(Fraction(0), netted if way == "over" else -netted)


def approved_items(standard: Standard) -> tuple[str, ...]:
    """The lines of a standard that are approved as they are; gross ones need a coefficient."""
    return tuple(term.item for term in standard.terms if term.kind != "gross")


def total(made: Iterable[Balance], figure: Figure) -> Fraction | None:
    """The exact sum over the units that have the figure, to be rounded once; None if none has."""
    known = [area for b in made if (area := figure(b)) is not None]
    return sum(known, Fraction(0)) if known else None


def _figures(standard: Standard) -> dict[str, dict[str, Figure]]:
    """Every area by group and key."""
    approved: dict[str, Figure] = {
        item: lambda b, item=item: b.approved(item)  # type: ignore[misc]
        for item in approved_items(standard)
    }
    approved |= {"gross": lambda b: b.gross, "ancillary": lambda b: b.entitlement.ancillary}
    return {
        "approved_m2": approved,
        "held_m2": {k: lambda b, k=k: held_area(b, k) for k in HELD},  # type: ignore[misc]
        "difference_m2": {
            k: lambda b, k=k: difference(b, k)  # type: ignore[misc]
            for k in DIFFERENCES
        },
    }


def balance_rows(made: Sequence[Balance], standard: Standard) -> list[dict[str, Any]]:
    """A row per unit as plain data, areas in m2 half up."""
    figures = _figures(standard)
    return [
        {
            "unit": b.unit.code,
            "name": b.unit.name,
            "level": b.unit.level,
            "posts": asdict(b.present.staff),
            **{
                group: {key: _m2(figure(b)) for key, figure in keys.items()}
                for group, keys in figures.items()
            },
            "coefficient": _coefficient(b),
            **_rooms(b.present),
        }
        for b in made
    ]


def balance_totals(made: Sequence[Balance], standard: Standard) -> dict[str, Any]:
    """The sums over all units, from the exact areas."""
    return {
        "units": len(made),
        "posts": {
            key: _people([getattr(b.present.staff, key) for b in made])
            for key in ("established", "in_post", "vacant", "over", "borrowed")
        },
        **{
            group: {key: _m2(total(made, figure)) for key, figure in keys.items()}
            for group, keys in _figures(standard).items()
        },
    }


def _people(counts: Sequence[int | None]) -> int | None:
    """The sum of the counts, None if one is not known."""
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _m2(area: Fraction | None) -> float | None:
    return None if area is None else m2(area)


def _coefficient(balance: Balance) -> dict[str, Any]:
    return {
        "value": None if balance.ratio is None else float(round(balance.ratio, 6)),
        "sums": balance.ratio_sums,
        "sources": list(dict.fromkeys(p.source for p in balance.present.coefficient.parts)),
    }


def _rooms(item: Present) -> dict[str, Any]:
    apart = {why: item.apart(why) for why in APARTS}
    return {
        "rooms": len(item.counted),
        "over_rooms": [
            {"room": h.room.code, "area_m2": m2(h.area), "over_m2": m2(h.over or 0)}
            for h in item.over_rooms
        ],
        "shared_rooms": [
            {"room": h.room.code, "part": exact_text(h.part), "area_m2": m2(h.area)}
            for h in item.counted
            if h.shared
        ],
        "empty_offices": _counted(item.empty_offices),
        "not_judged": [h.room.code for h in item.not_judged],
        "apart": {why: _counted(rooms) for why, rooms in apart.items() if rooms},
    }


def _counted(rooms: Sequence[HeldRoom]) -> dict[str, Any]:
    return {"rooms": len(rooms), "area_m2": m2(sum((h.area for h in rooms), Fraction(0)))}
