"""certificate.json: the prices behind stated bounds, worked out again with no solver.

The file holds, per bound, whole-number prices and the bound they are said to give. Any prices
give some valid bound; wrong ones a weak one. What a plan states must not exceed what they give.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from allocator.findings import Finding, InputError, Place
from allocator.plan import TierResult
from allocator.verify.certificate_bound import PARTS, Bound, Prices
from allocator.verify.certificate_estate import Estate, NotCertifiable
from allocator.verify.json_fields import Fields, Gathered, load_json
from allocator.verify.plan_format import PlanData, TierRow
from allocator.verify.say import at, broken, number
from allocator.verify.world import World

FILE = "certificate.json"
FORMAT = "allocator-certificate/1"
RELAXATION = "unit-prices/1"
GIVEN = "everybody housed"
LARGEST = 10**11
"""Greater prices are refused: sums of them could leave 64 bits."""
RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Entry:
    """One bound: of a tier, or of a quantity alone; `bound` in 0.01 of the bound's unit."""

    path: str
    tier: str
    quantity: str
    bound: int
    prices: Prices

    @property
    def name(self) -> str:
        """The tier's or quantity's name."""
        return self.tier or self.quantity


@dataclass
class Certified:
    """What a certificate proves: evaluated bounds in 0.01 of the unit, by name."""

    findings: list[Finding] = field(default_factory=list)
    tiers: dict[str, Fraction] = field(default_factory=dict)
    in_use: Fraction | None = None
    """No plan that houses everybody keeps less area open, 0.01 m2."""


def read_certificate(folder: Path) -> tuple[Any, tuple[Finding, ...]]:
    """The file's content, or None and why it cannot be read; None alone if there is no file."""
    if not (folder / FILE).exists():
        return None, ()
    try:
        return load_json(folder / FILE), ()
    except InputError as error:
        return None, tuple(_bad("", finding.zh, finding.en) for finding in error.findings)


def certify(world: World, content: Any) -> Certified:
    """Evaluate every entry of a certificate; malformed ones become findings."""
    result = Certified()
    entries = _parse(world, content, result)
    try:
        estate = Estate(world) if entries else None
    except NotCertifiable:
        estate = None
        for entry in entries:
            result.findings.append(_not_applicable(entry))
    for entry in entries if estate is not None else ():
        assert estate is not None
        try:
            value = Fraction(Bound(estate, _rates(world, entry)).value(entry.prices), PARTS)
        except NotCertifiable:
            result.findings.append(_not_applicable(entry))
            continue
        if value < entry.bound:
            result.findings.append(_too_high(entry.path, entry.name, entry.bound, value))
        if entry.tier:
            result.tiers[entry.tier] = value
        else:
            result.in_use = value
    return result


def compare(world: World, plan: PlanData, certified: Certified) -> Iterator[Finding]:
    """What the plan says to be checked beside what the certificate proves.

    A bound above that may be right: it is reported as not checked.
    """
    for position, tier in enumerate(plan.tiers):
        value = certified.tiers.get(tier.name)
        stated = None if tier.bound is None else tier.bound * 100
        if value is None or not applies(plan.tiers, position):
            value = None
        if tier.bound_checked and value is not None and stated is not None and stated > value:
            yield _too_high(f"tiers[{position}].bound", tier.name, stated, value, "plan")
        elif tier.bound_checked and not checked(plan, position, certified):
            yield broken(
                "tier_bound",
                f"层级 {tier.name} 的界未经复核",
                f"the bound of tier {tier.name} is not checked",
                value="true",
                expected="false",
                place=at(f"tiers[{position}].bound_checked"),
            )
    for position, row in enumerate(plan.bounds):
        sure = released_checked(world, plan, position, certified)
        if certified.in_use is not None and row.quantity == RELEASED and not sure:
            least = _most_released(plan, certified)
            yield broken(
                "certificate",
                f"{row.quantity} 的界与证书不符",
                f"the bound of {row.quantity} is not what the certificate gives",
                value=number(row.bound),
                expected=f">= {number(least)}",
                place=at(f"bounds[{position}]"),
            )


def checked(plan: PlanData, position: int, certified: Certified) -> bool:
    """Whether a tier's stated bound is at most what the certificate gives for it."""
    tier = plan.tiers[position]
    value = certified.tiers.get(tier.name)
    if value is None or tier.bound is None or not applies(plan.tiers, position):
        return False
    return tier.bound * 100 <= value


def released_checked(world: World, plan: PlanData, position: int, certified: Certified) -> bool:
    """Whether a stated bound on released area is at least what the certificate leaves."""
    row = plan.bounds[position]
    market = any(world.sites[s].tenure == "market" for s in world.scenario.market_open)
    housed = bool(plan.tiers) and not plan.people.unhoused
    if row.quantity != RELEASED or certified.in_use is None or market or not housed:
        return False
    return row.bound >= _most_released(plan, certified)


def _most_released(plan: PlanData, certified: Certified) -> Fraction:
    assert certified.in_use is not None
    return (plan.areas.stock - certified.in_use) / 100


def applies(tiers: Sequence[TierRow] | Sequence[TierResult], position: int) -> bool:
    """Whether the plans a tier's bound speaks of house everybody."""
    first = tiers[0]
    return position == 1 and set(first.terms) == {"unhoused"} and not first.best and not first.slack


def _rates(world: World, entry: Entry) -> Mapping[str, Fraction]:
    if entry.quantity:
        return {"used": Fraction(1)}
    return next(dict(t.terms) for t in world.policy.tiers if t.name == entry.tier)


# -- reading -------------------------------------------------------------------------------


def _parse(world: World, content: Any, result: Certified) -> list[Entry]:
    out = Gathered()
    top = Fields(content, "", out)
    if top.text("format") != FORMAT:
        out.add("format", "格式名不对", "unknown format", top.data.get("format", ""), FORMAT)
    entries = [_entry(world, row, out) for row in top.objects("bounds")]
    subjects = [(entry.tier, entry.quantity) for entry in entries]
    if len(set(subjects)) < len(subjects):
        names = ", ".join(entry.name for entry in entries)
        out.add("bounds", "重复", "a bound is listed twice", names)
    if out.findings:
        result.findings += [_bad(f.place.column, f.zh, f.en) for f in out.findings if f.place]
        return []
    return entries


def _entry(world: World, row: Fields, out: Gathered) -> Entry:
    tier = row.text("tier") if "tier" in row.data else ""
    quantity = row.text("quantity") if "quantity" in row.data else ""
    tiers = {t.name: dict(t.terms) for t in world.policy.tiers}
    fits = "used" in tiers.get(tier, {}) if tier else quantity == RELEASED
    if not fits or (tier and quantity):
        out.add(row.path, "没有这一级目标或数量", "no such tier or quantity", tier or quantity)
    for key, wanted in (("relaxation", RELAXATION), ("given", GIVEN)):
        if row.text(key) != wanted:
            out.add(row.path_of(key), "取值不对", "unknown value", row.data.get(key, ""), wanted)
    prices = row.object("prices")
    known: dict[str, Mapping[str, object]] = {
        "unit": world.units,
        "person": world.buildings,
        "service": world.sites,
        "seat": world.sites,
    }
    found = {key: _whole(prices.object(key), codes, out) for key, codes in known.items()}
    bound = row.data.get("bound")
    if not _is_whole(bound):
        out.add(row.path_of("bound"), "不是整数", "not a whole number", bound)
    stated = bound if isinstance(bound, int) else 0
    return Entry(row.path, tier, quantity, stated, Prices(**found))


def _whole(fields: Fields, codes: Mapping[str, object], out: Gathered) -> dict[str, int]:
    found = {}
    for code, value in fields.data.items():
        if code not in codes or not _is_whole(value):
            out.add(
                fields.path_of(code), "编码或整数不对", "unknown code or no whole number", value
            )
        else:
            found[code] = value
    return found


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST


# -- words ---------------------------------------------------------------------------------


def _bad(path: str, zh: str, en: str) -> Finding:
    return broken("certificate", zh, en, place=Place(file=FILE, column=path))


def _not_applicable(entry: Entry) -> Finding:
    return broken(
        "certificate",
        f"{entry.name}: 该情景或价格不适用这种证书",
        f"{entry.name}: this certificate does not fit the scenario, or its prices are not lawful",
        place=Place(file=FILE, column=entry.path),
    )


def _too_high(
    path: str, name: str, stated: Fraction | int, value: Fraction, where: str = FILE
) -> Finding:
    return broken(
        "certificate",
        f"{name} 的界高于证书复算值",
        f"the bound of {name} is above what the certificate gives",
        value=number(Fraction(stated) / 100),
        expected=f"<= {number(value / 100)}",
        place=at(path) if where == "plan" else Place(file=FILE, column=path),
    )
