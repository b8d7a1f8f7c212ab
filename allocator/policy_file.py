"""Policies read in layers: the default file, a policy file, the scenario's own words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args, get_type_hints

from allocator.quantity import area_from_m2
from allocator.scenario import TERMS, Policy, Tier
from allocator.strict_yaml import read_document_file
from allocator.yaml_fields import Node, Problems, suggestion
from standards.catalog import Standard, UnknownFigure
from standards.load import policy_path

POLICY_FORMAT = "allocator-policy/1"
CAPS = ("people_moved", "sites_per_unit", "buildings_per_unit")
NUMBERS = ("min_share", "tolerance_m2", "reserve", "service_share")
WORDS = ("basis", "exceptions", "business", "ineligible")
KEYS = ("tiers", "rates", "slack", "caps", *NUMBERS, *WORDS, "single")
"""Keys of a policy file and of `policy:` in a scenario (which also has `file`)."""
COMPLETE = ("tiers", "caps", *NUMBERS, *WORDS, "single")
"""Keys that a complete policy has."""
_CHOICES: dict[str, tuple[str, ...]] = {
    word: get_args(get_type_hints(Policy)[word]) for word in WORDS
}
_TIER_UNITS = {"exceptions": "rooms", "unhoused": "posts", "short_per_person": "0.01 m2"}


def default_policy(standard: Standard | None) -> Policy:
    """The shipped policy; grades to sit alone only where the standard has them."""
    return read_policy_file(policy_path(), "policy-default.yaml", standard, None)[0]


def read_policy_file(
    path: Path, shown: str, standard: Standard | None, base: Policy | None
) -> tuple[Policy, Problems]:
    """A policy file over a base policy; without a base it must be complete."""
    problems = Problems(read_document_file(path, shown))
    root = problems.root()
    required = ("format", *(() if base else COMPLETE))
    found = root.fields(required, tuple(key for key in KEYS if key not in required))
    if "format" in found:
        found.pop("format").choice((POLICY_FORMAT,))
    start = base or Policy(tiers=())
    return apply_policy(start, found, standard, strict=base is not None), problems


def apply_policy(
    policy: Policy, found: dict[str, Node], standard: Standard | None, *, strict: bool = True
) -> Policy:
    """One layer over a policy; `strict` refuses single grades that the standard does not have."""
    if "tiers" in found:
        policy = replace(policy, tiers=_read_tiers(found["tiers"], policy.tiers))
    if "rates" in found:
        policy = replace(policy, tiers=_apply_rates(found["rates"], policy.tiers))
    if "slack" in found:
        policy = replace(policy, tiers=_apply_slack(found["slack"], policy.tiers))
    changes: dict[str, Any] = {}
    if "caps" in found:
        changes |= _read_caps(found["caps"])
    for key in NUMBERS:
        number = _read_share(key, _unwrap(found[key])) if key in found else None
        if number is not None:
            changes["tolerance" if key == "tolerance_m2" else key] = number
    for key in WORDS:
        word = _unwrap(found[key]).choice(_CHOICES[key]) if key in found else None
        if word is not None:
            changes[key] = word
    if "single" in found:
        changes["single"] = _read_single(found["single"], policy.single, standard, strict)
    return replace(policy, **changes)


def finish_policy(policy: Policy, node: Node) -> Policy:
    """The policy as it is solved: checked as a whole, with the tier that `propose` needs."""
    if not policy.tiers:
        return policy
    terms = [term for tier in policy.tiers for term, _ in tier.terms]
    if "unhoused" not in terms:
        node.add(
            "policy-no-unhoused",
            "各级目标都没有 unhoused，方案可以谁也不安置",
            "no tier has the term unhoused: a plan could leave everybody out",
            value="",
            expected="unhoused",
        )
    if policy.exceptions != "propose" or "exceptions" in terms:
        return policy
    after = next((i for i, t in enumerate(policy.tiers) if "unhoused" in dict(t.terms)), -1)
    tier = Tier(name="exceptions", unit="rooms", terms=(("exceptions", Fraction(1)),))
    return replace(policy, tiers=(*policy.tiers[: after + 1], tier, *policy.tiers[after + 1 :]))


def policy_as_data(policy: Policy) -> dict[str, Any]:
    """The complete policy with the keys of a policy file."""
    single: dict[str, dict[str, bool]] = {}
    for level, grade in sorted(policy.single):
        single.setdefault(level, {})[grade] = True
    return {
        "tiers": [
            {
                "name": tier.name,
                "unit": tier.unit,
                "slack": tier.slack,
                "terms": dict(tier.terms),
            }
            for tier in policy.tiers
        ],
        "caps": {
            "people_moved": policy.people_moved_cap,
            "sites_per_unit": policy.sites_per_unit,
            "buildings_per_unit": policy.buildings_per_unit,
        },
        "min_share": policy.min_share,
        "tolerance_m2": Fraction(policy.tolerance, 100),
        "reserve": policy.reserve,
        "service_share": policy.service_share,
        **{word: getattr(policy, word) for word in WORDS},
        "single": single,
    }


def _unwrap(node: Node) -> Node:
    """The value of a `{value, source}` pair, or the node itself."""
    if not node.has("value"):
        return node
    return node.fields(("value",), ("source",))["value"]


def _read_share(key: str, node: Node) -> Fraction | int | None:
    if key == "tolerance_m2":
        metres = node.number(0, 1000)
        return None if metres is None else area_from_m2(metres)
    return node.number(0, 1, above=key == "min_share", below=key == "reserve")


def _read_tiers(node: Node, known: Collection[Tier]) -> tuple[Tier, ...]:
    by_name = {tier.name: tier for tier in known}
    tiers: dict[str, Tier] = {}
    for item in node.items():
        tier: Tier | None
        if isinstance(item.value, dict):
            tier = _read_tier(item)
        else:
            name = item.text()
            tier = by_name.get(name) if name else None
            if name and tier is None:
                _unknown_tier(item, name, by_name)
        if tier is not None and tier.name in tiers:
            item.add("duplicate-entry", "目标级重复", "the tier is listed twice", value=tier.name)
        if tier is not None:
            tiers[tier.name] = tier
    if isinstance(node.value, list) and not node.value:
        node.add("blank-value", "至少要有一级目标", "at least one tier is needed")
    return tuple(tiers.values())


def _unknown_tier(node: Node, name: str, known: Collection[str], *, key: bool = False) -> None:
    node.add(
        "unknown-tier",
        "没有这一级目标",
        "no such tier",
        value=name,
        expected=", ".join(known),
        advice=suggestion(name, known),
        key=key,
    )


def _read_tier(node: Node) -> Tier | None:
    found = node.fields(("name", "terms"), ("unit", "slack"))
    name = found["name"].text() if "name" in found else None
    terms: dict[str, Fraction] = {}
    for term, value in found["terms"].entries() if "terms" in found else ():
        if _known_term(term, value):
            rate = _unwrap(value).number()
            terms[term] = rate if rate is not None else Fraction(0)
    slack = _unwrap(found["slack"]).number() if "slack" in found else Fraction(0)
    unit = found["unit"].text() if "unit" in found else _default_unit(terms)
    if "terms" in found and found["terms"].value == {}:
        found["terms"].add("blank-value", "至少要有一项", "at least one term is needed")
    if name is None or unit is None or slack is None or not terms:
        return None
    return Tier(name=name, unit=unit, terms=tuple(terms.items()), slack=slack)


def _default_unit(terms: Collection[str]) -> str:
    (only,) = terms if len(terms) == 1 else ("",)
    return _TIER_UNITS.get(only, "points")


def _known_term(term: str, node: Node) -> bool:
    if term in TERMS:
        return True
    node.add(
        "unknown-term",
        "没有这一项",
        "no such term",
        value=term,
        expected=", ".join(TERMS),
        advice=suggestion(term, TERMS),
        key=True,
    )
    return False


def _apply_rates(node: Node, tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
    by_name = {tier.name: dict(tier.terms) for tier in tiers}
    for key, value in node.entries():
        if isinstance(value.value, dict) and not value.has("value"):
            if key not in by_name:
                _unknown_tier(value, key, by_name, key=True)
                continue
            for term, rate in value.entries():
                if _known_term(term, rate):
                    by_name[key][term] = _unwrap(rate).number() or Fraction(0)
        elif _known_term(key, value):
            holders = [terms for terms in by_name.values() if key in terms]
            if not holders:
                zh, en = "没有哪一级目标含有这一项", "no tier has this term"
                value.add("unknown-term", zh, en, value=key, key=True)
            for terms in holders:
                terms[key] = _unwrap(value).number() or Fraction(0)
    return tuple(replace(tier, terms=tuple(by_name[tier.name].items())) for tier in tiers)


def _apply_slack(node: Node, tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
    slacks = {tier.name: tier.slack for tier in tiers}
    for name, value in node.entries():
        if name not in slacks:
            _unknown_tier(value, name, slacks, key=True)
            continue
        slacks[name] = _unwrap(value).number() or Fraction(0)
    return tuple(replace(tier, slack=slacks[tier.name]) for tier in tiers)


def _read_caps(node: Node) -> dict[str, int | None]:
    changes: dict[str, int | None] = {}
    found = node.fields((), CAPS)
    for key, child in found.items():
        value = _unwrap(child)
        if key == "people_moved":
            none = value.value is None and value.problems.document.raw.get(value.path) != ""
            number = None if none else value.integer()
            if none or number is not None:
                changes["people_moved_cap"] = number
        elif (number := value.integer(1)) is not None:
            changes[key] = number
    return changes


def _read_single(
    node: Node, base: frozenset[tuple[str, str]], standard: Standard | None, strict: bool
) -> frozenset[tuple[str, str]]:
    alone = set(base)
    for key, value in _unwrap(node).entries():
        if isinstance(value.value, dict):
            pairs = [(key, name, flag) for name, flag in value.entries()]
        else:
            pairs = [("", key, value)]
        for level, name, flag in pairs:
            chosen = flag.flag()
            if standard is None or chosen is None:
                continue
            found = _grades(standard, level, name)
            if not found and strict:
                _unknown_grade(flag, level, name, standard)
            alone = alone | found if chosen else alone - found
    return frozenset(alone)


def _grades(standard: Standard, level: str, name: str) -> set[tuple[str, str]]:
    levels = [level] if level else sorted({grade.level for grade in standard.grades})
    found: set[tuple[str, str]] = set()
    for each in levels:
        try:
            found.add((each, standard.grade(each, name).code))
        except UnknownFigure:
            continue
    return found


def _unknown_grade(node: Node, level: str, name: str, standard: Standard) -> None:
    grades = [grade for grade in standard.grades if not level or grade.level == level]
    known = [text for grade in grades for text in (grade.code, grade.zh)]
    node.add(
        "unknown-grade",
        f"标准 {standard.code} 没有这个职级",
        f"the standard {standard.code} has no such grade",
        value=f"{level}.{name}" if level else name,
        advice=suggestion(name, known),
        key=True,
    )
