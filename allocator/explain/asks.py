"""The list of things a scenario asks for, with words and prices."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from allocator.domain import Relation
from allocator.explain.asked import Asked, closed_rooms
from allocator.explain.prices import Prices
from allocator.problem import Problem
from allocator.quantity import m2_text
from allocator.scenario import Forbid, Pin

_RELATION = {
    "same_floor": ("同层", "share a floor"),
    "same_building": ("同楼", "share a building"),
    "same_site": ("同一办公区", "share a site"),
    "apart": ("不得同层", "not share a floor"),
}


def asked_of(problem: Problem, prices: Prices) -> tuple[Asked, ...]:
    """Everything that may be laid aside, in a fixed order."""
    maker = _Maker(problem, prices)
    return (
        *maker.wishes(), *maker.caps(), *maker.room_rule(), *maker.singles(), *maker.places(),
        *maker.posts(),
    )  # fmt: skip


class _Maker:
    def __init__(self, problem: Problem, prices: Prices) -> None:
        self.problem = problem
        self.scenario = problem.scenario
        self.prices = prices
        self.posts_planned = sum(problem.planned.values())

    def _make(
        self, kind: str, subject: object, asks: tuple[str, str], way: tuple[str, str], *,
        area: int = 0, people: int = 0, yuan: int = 0, level: Fraction | int = 0,
    ) -> Asked:  # fmt: skip
        return Asked(
            kind=kind, subject=subject, zh=asks[0], en=asks[1], way_zh=way[0], way_en=way[1],
            price=self.prices.price(kind, area, people, yuan),
            source=self.prices.source[kind], level=level,
        )  # fmt: skip

    def wishes(self) -> Iterator[Asked]:
        for pin in dict.fromkeys(self.scenario.pins):
            asks = _pin_words(pin)
            yield self._make("pin", pin, asks, _withdrawn(asks))
        for forbid in dict.fromkeys(self.scenario.forbids):
            asks = _forbid_words(forbid)
            yield self._make("forbid", forbid, asks, _withdrawn(asks))
        for relation in dict.fromkeys(self.scenario.relations):
            if relation.kind != "near":
                asks = _relation_words(relation)
                yield self._make("relation", relation, asks, _withdrawn(asks))
        for q in self.scenario.ledger.requests:
            if self.problem.units[q.unit].planned:
                asks = (
                    f"单位 {q.unit} 要求 {q.count} 间“{q.purpose}”用房",
                    f"unit {q.unit} asks for {q.count} room(s) for {q.purpose}",
                )
                yield self._make(
                    "request", (q.unit, q.purpose), asks, _withdrawn(asks),
                    area=q.area_min * q.count,
                )  # fmt: skip

    def caps(self) -> Iterator[Asked]:
        policy = self.problem.policy
        places = (
            ("sites_cap", policy.sites_per_unit, len(self.problem.sites), "办公区", "sites"),
            ("buildings_cap", policy.buildings_per_unit, len(self.problem.buildings),
             "楼", "buildings"),
        )  # fmt: skip
        for kind, cap, count, zh, en in places:
            if cap < count:
                asks = (f"每单位最多用 {cap} 个{zh}", f"a unit uses at most {cap} {en}")
                way = (f"不限制每单位的{zh}数", f"no cap on the {en} of a unit")
                yield self._make(kind, cap, asks, way, level=count)
        cap_moved = policy.people_moved_cap
        if cap_moved is not None:
            asks = (f"最多 {cap_moved} 人搬动", f"at most {cap_moved} people move")
            way = ("不限制搬动人数", "no cap on the people who move")
            more = max(0, self.posts_planned - cap_moved)
            yield self._make("people_moved", cap_moved, asks, way, people=more)

    def room_rule(self) -> Iterator[Asked]:
        policy, prices = self.problem.policy, self.prices
        if policy.min_share > prices.min_share:
            old, new = float(policy.min_share), float(prices.min_share)
            asks = (
                f"每间办公室不小于就座人员标准的 {old:g}",
                f"an office has at least {old:g} of the standard of its people",
            )
            way = (f"将最低比例 min_share 降至 {new:g}", f"lower min_share to {new:g}")
            people = self.posts_planned
            yield self._make(
                "min_share", policy.min_share, asks, way, people=people, level=prices.min_share
            )
        if policy.tolerance < prices.tolerance:
            asks = (
                f"每间办公室不超出就座人员标准 {m2_text(policy.tolerance)} 平方米",
                f"an office exceeds the standard of its people by at most "
                f"{m2_text(policy.tolerance)} m2",
            )
            more = prices.tolerance - policy.tolerance
            way = (
                f"将超出容差放宽至 {m2_text(prices.tolerance)} 平方米",
                f"widen the tolerance to {m2_text(prices.tolerance)} m2",
            )
            yield self._make(
                "tolerance", policy.tolerance, asks, way, area=more, level=prices.tolerance
            )
        if policy.reserve:
            share = float(policy.reserve * 100)
            asks = (
                f"每个使用中的办公区预留 {share:g}% 的座位",
                f"each site in use keeps {share:g} % of its seats free",
            )
            yield self._make("reserve", policy.reserve, asks, ("不预留座位", "keep no reserve"))

    def singles(self) -> Iterator[Asked]:
        units = self.problem.units
        planned = {(units[g.unit].level, g.grade) for g in self.problem.planned}
        for level, grade in sorted(self.problem.policy.single & planned):
            asks = (f"{level} {grade} 单独办公", f"{level} {grade}: one to a room")
            way = (f"允许 {level} {grade} 合用办公室", f"let {level} {grade} share a room")
            yield self._make("single", (level, grade), asks, way)

    def places(self) -> Iterator[Asked]:
        problem = self.problem
        for reason, rooms in sorted(closed_rooms(self.scenario).items()):
            codes = tuple(sorted(r.code for r in rooms))
            area = sum(r.area for r in rooms)
            asks = (
                f"停用或封存 {reason} 的 {len(codes)} 间房",
                f"{len(codes)} room(s) of {reason} are closed or sealed",
            )
            way = (
                f"启用这 {len(codes)} 间房（{m2_text(area)} 平方米）: {', '.join(codes[:6])}",
                f"open the {len(codes)} room(s), {m2_text(area)} m2: {', '.join(codes[:6])}",
            )
            yield self._make("closed", codes, asks, way, area=area)
        if problem.policy.business == "stay" and problem.business_sites:
            asks = ("持有技术业务用房的单位留在其办公区", "units with business rooms stay there")
            way = ("这些单位可迁离技术业务用房", "let these units sit away from them")
            yield self._make("business", "stay", asks, way)
        kept = problem.fixed_rooms - {r for r in problem.fixed_rooms
                                      if problem.rooms[r].use == "business"}  # fmt: skip
        if problem.policy.ineligible == "keep" and kept:
            area = sum(problem.rooms[r].area for r in kept)
            asks = (f"无编制核定的机构保留 {len(kept)} 间房",
                    f"bodies without entitlement keep {len(kept)} room(s)")  # fmt: skip
            way = (f"清退这些机构占用的 {m2_text(area)} 平方米",
                   f"have these bodies vacate {m2_text(area)} m2")  # fmt: skip
            yield self._make("ineligible", "keep", asks, way, area=area)
        yield from self._titles()

    def _titles(self) -> Iterator[Asked]:
        problem = self.problem
        agreed = {s for s, units in self.scenario.agreements if "*" in units}
        agreed |= {s.code for s in problem.sites.values() if "*" in s.agreement}
        unregistered = {problem.site_of_floor[f] for f in problem.floors
                        if not problem.title(f)[0]}  # fmt: skip
        for site in sorted(unregistered - agreed):
            asks = (f"办公区 {site} 未登记产权的房间只归现有单位使用",
                    f"unregistered rooms of {site} go only to units already there")  # fmt: skip
            way = (f"与 {site} 的产权单位签订使用协议",
                   f"make an agreement with the title holder of {site}")  # fmt: skip
            yield self._make("title", site, asks, way)
        for code in problem.planned_units:
            own = problem.units[code].territory
            if own and any(s.territory not in ("", own) for s in problem.sites.values()):
                asks = (f"派出单位 {code} 只在区域 {own} 办公",
                        f"dispatched unit {code} stays in territory {own}")  # fmt: skip
                way = (f"允许 {code} 在区域外办公", f"let {code} sit outside its territory")
                yield self._make("territory", code, asks, way)
        for site in sorted(s.code for s in problem.sites.values() if s.tenure == "market"):
            if site in self.scenario.market_open:
                continue
            rooms = [r for r in problem.rooms.values() if problem.site_of[r.code] == site]
            area = sum(r.area for r in rooms if r.use == "office")
            rent = problem.sites[site].rent_per_year or 0
            asks = (f"不租用办公区 {site}", f"site {site} is not rented")
            way = (
                f"租用办公区 {site}，每年租金 {rent} 元",
                f"rent site {site}: {rent} yuan a year",
            )
            yield self._make("market", site, asks, way, area=area, yuan=rent)

    def posts(self) -> Iterator[Asked]:
        for unit in self.problem.planned_units:
            people = self.problem.people_of[unit]
            if not people:
                continue
            need = self.problem.need(unit)
            asks = (f"单位 {unit} 的 {people} 个编制全部就座",
                    f"all {people} posts of unit {unit} have a seat")  # fmt: skip
            way = (
                f"单位 {unit} 的 {people} 个编制在本次用房之外解决（需 {m2_text(need)} 平方米）",
                f"house the {people} posts of unit {unit} outside this stock ({m2_text(need)} m2)",
            )
            yield self._make("posts", unit, asks, way, area=need, people=people)


def _withdrawn(asks: tuple[str, str]) -> tuple[str, str]:
    return f"取消: {asks[0]}", f"withdraw: {asks[1]}"


def _part(pin: Pin | Forbid) -> str:
    grade = pin.grade if isinstance(pin, Pin) else ""
    return " ".join(part for part in (pin.unit, pin.division, grade) if part)


def _pin_words(pin: Pin) -> tuple[str, str]:
    zh, en = f"{_part(pin)} 固定在 {pin.place}", f"{_part(pin)} is pinned to {pin.place}"
    if pin.kind == "room" and pin.people > 1:
        return f"{zh}（{pin.people} 人）", f"{en} ({pin.people} people)"
    return zh, en


def _forbid_words(forbid: Forbid) -> tuple[str, str]:
    return (f"{_part(forbid)} 不得使用 {forbid.place}",
            f"{_part(forbid)} must not use {forbid.place}")  # fmt: skip


def _relation_words(relation: Relation) -> tuple[str, str]:
    zh, en = _RELATION[relation.kind]
    return (f"单位 {relation.a} 与 {relation.b} {zh}",
            f"units {relation.a} and {relation.b} must {en}")  # fmt: skip
