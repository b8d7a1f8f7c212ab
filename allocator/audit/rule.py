"""What an audit rule is, what it judges, and what it says: types only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, cast, get_args

from allocator.findings import Place, Severity

if TYPE_CHECKING:
    from allocator.audit.case import Case
    from allocator.audit.clauses import Clause

SubjectKind: TypeAlias = Literal["room", "unit", "division", "group", "place", "row"]
"""What a rule judges. `group`: posts of unit, division, grade; `place`: a floor, building or
site; `row`: a row of a table that fits nothing else."""
View: TypeAlias = Literal["today", "plan"]
Certainty: TypeAlias = Literal["certain", "depends", "survey"]
"""`certain` for every value the data allow; `depends`: on facts that are named; `survey`: a
measurement of the named rooms would settle it."""
Measure: TypeAlias = Literal["area", "people", "rooms", "yuan", "text"]
"""What `value` and `expected` count: 0.01 m2, people, rooms, yuan, or nothing that adds up."""

TODAY: frozenset[View] = frozenset({"today"})
PLAN: frozenset[View] = frozenset({"plan"})
BOTH: frozenset[View] = frozenset({"today", "plan"})


class Words(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str


class Doubt(NamedTuple):
    """Why a figure is not certain; `room` is the room whose measurement would settle it."""

    words: Words
    room: str = ""


class Cell(NamedTuple):
    """A cell of the input: table key, row in that table from 0 (None: the heading), column key.

    `place`: where it stands, for a row that was left out of its table.
    """

    table: str
    row: int | None
    column: str
    place: Place | None = None


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """One thing that a rule judges; the same thing has the same `key` in next month's ledger."""

    kind: SubjectKind
    code: str
    unit: str = ""
    division: str = ""
    grade: str = ""

    @property
    def key(self) -> str:
        """A stable text for lists that outlive one run; `of_key` reads it back."""
        parts = (self.kind, self.code, self.unit, self.division, self.grade)
        return "|".join(part.replace("%", "%25").replace("|", "%7C") for part in parts)

    @classmethod
    def of_key(cls, key: str) -> Subject:
        """The subject with this key. Raises ValueError for any other text."""
        kind, *rest = key.split("|")
        if kind not in get_args(SubjectKind) or len(rest) != 4 or not rest[0]:
            raise ValueError(f"no key of a subject: {key!r}")
        parts = [part.replace("%7C", "|").replace("%25", "%") for part in rest]
        return cls(cast("SubjectKind", kind), *parts)


@dataclass(frozen=True, slots=True)
class Share:
    """What one group is charged of a room; areas in 0.01 m2 for all its people together."""

    unit: str
    division: str
    grade: str
    people: int
    standard: int
    charged: int
    over: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One subject judged by one rule, on the figures as recorded (`breach`).

    `facts` fill the rule's sentences; keys that end in `_m2` hold 0.01 m2. `doubts` are what could
    turn the verdict: with none it is certain.
    """

    subject: Subject
    breach: bool
    facts: Mapping[str, object]
    cells: tuple[Cell, ...] = ()
    unit: str = ""
    measure: Measure = "text"
    value: int | None = None
    expected: int | None = None
    detail: str = ""
    doubts: tuple[Doubt, ...] = ()
    shares: tuple[Share, ...] = ()
    place: str = ""
    """Code of the place in question where the subject's own code says more than that."""
    exception: str = ""
    """Reason of a registered exception: the breach is reported as one, not as an error."""

    @property
    def certainty(self) -> Certainty:
        """`survey` if measurements alone would settle it, `depends` if other facts matter too."""
        if not self.doubts:
            return "certain"
        return "survey" if all(d.room for d in self.doubts) else "depends"

    @property
    def rooms(self) -> tuple[str, ...]:
        """Rooms whose measurement could change the verdict."""
        return tuple(dict.fromkeys(d.room for d in self.doubts if d.room))


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRule:
    """One rule. `breach` and `fine` are the sentences for either verdict, filled with facts.

    `kind` is the family that answer files name; `to_check` marks what is only ever a question;
    `days`: time to cure it where a clause sets one.
    """

    id: str
    kind: str
    title: Words
    breach: Words
    fine: Words
    clause: Clause
    severity: Severity
    advice: Words
    subjects: Callable[[Case], Iterable[Subject]] = field(repr=False)
    judge: Callable[[Case, Subject], Judgement | None] = field(repr=False)
    """None: the ledger says nothing about the subject, so it is neither found nor cured."""
    views: frozenset[View] = TODAY
    to_check: bool = False
    days: int | None = None
