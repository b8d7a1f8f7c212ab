"""The operations of a restructuring, as plain values, and what each of them means.

Operations are replayed in order on the ledger. What an operation does not name stays as it is.

*Units.* `merge` ends the merged units (status abolished, successor the unit they go into) and
keeps, renames or makes that unit. `split` gives every division to one named heir; posts, people,
held rooms without division and requests go to the heir named in `rest`, or to the heir that keeps
the old code. The main heir is the one that keeps the code, else `rest`, else the first. `abolish`
ends the established posts; people in post, their rooms and the requests go to the successor;
without one they leave, which is logged. A code is free again only if an operation of the same
scenario ended it: then the unit comes back with what it had.

*Posts.* Divisions have codes unique in the ledger and keep them. Posts of one unit, division and
grade add up: established, in post, borrowed, and the limits of provisional posts (where one side
has none, its established posts). Provisional posts {min, max} are planned at the larger. With part
of a group its limits fall by as much; rows that end with nobody and no post go.

*People.* They keep their rooms: rows of occupancy change their unit, division or grade, so nobody
moves by a renaming. Of part of a group people are taken from rooms in the order of room codes;
as many as there are posts (all with all posts) unless `in_post` says otherwise. Who leaves is
taken in the same order; a room left without anybody of the unit stays held by it. Newcomers have
no room yet.

*Rooms.* A room allocated to a unit follows that unit's people in it (most people, then code), else
the main heir. `lent_to` and title holders that are a unit's code or name, parents and successors
follow the main heir. Agreements of a site hold for all heirs.

*Relations.* Between units that become one a relation vanishes. All heirs inherit the relations of
a split unit. Where two coincide, weights of `near` add up and musts unite; `apart` against
`same_floor` refuses the operation.

*Places.* `close`, `seal` and `open` do what the same words do under `sites`. An ended lease makes
its rooms unavailable, let ones too. A registered title belongs to the place named and to what lies
below it without an entry of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from allocator.domain import Level, Request

Target: TypeAlias = tuple[str, str]
"""(unit, division), the division blank for the unit itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitWords:
    """A unit as an operation describes it; None where it says nothing."""

    unit: str
    name: str | None = None
    level: Level | None = None
    category: str | None = None
    parent: str | None = None
    territory: str | None = None
    features: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """Established posts; `low` and `high` where they are provisional."""

    planned: int
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Several units become one, which may be one of them."""

    units: tuple[str, ...]
    into: UnitWords
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heir:
    """One heir of a split unit with its divisions."""

    words: UnitWords
    divisions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One unit becomes several."""

    unit: str
    into: tuple[Heir, ...]
    rest: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Abolish:
    """A unit ends with its posts."""

    unit: str
    successor: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPosts:
    """Posts of a new unit."""

    grade: str
    established: Strength
    division: str = ""
    in_post: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """A unit that did not exist."""

    words: UnitWords
    divisions: tuple[tuple[str, str], ...] = ()
    """(code, name)."""
    posts: tuple[NewPosts, ...] = ()
    requests: tuple[Request, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferDivision:
    """A division goes to another unit, as itself, under a new code, or into one there."""

    division: str
    to: str
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferPosts:
    """Posts of one grade go elsewhere, with the people in them."""

    source: Target
    to: Target
    grade: str
    established: int
    in_post: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPosts:
    """The number of posts of a group from now on."""

    unit: str
    grade: str
    established: Strength
    division: str = ""
    in_post: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrade:
    """Posts of one grade get another; all of them unless `established` is given."""

    unit: str
    source: str
    to: str
    division: str = ""
    established: int | None = None
    in_post: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename:
    """Another name for a unit or a division (one of them is given)."""

    name: str
    unit: str = ""
    division: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLevel:
    """A unit at another organ level; `grades` says what its grades become."""

    unit: str
    level: Level
    grades: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWords:
    """A place: its code, and its kind where that was said."""

    code: str
    kind: Literal["", "site", "building", "floor", "room"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPlaces:
    """Rooms closed, sealed or opened."""

    action: Literal["close", "seal", "open"]
    places: tuple[PlaceWords, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndLease:
    """A leased or borrowed place is given up."""

    place: PlaceWords
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendLease:
    """A leased or borrowed place is kept longer; rent in yuan a year."""

    place: PlaceWords
    until: date
    rent_per_year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterTitle:
    """The title of a place is registered with the administration."""

    place: PlaceWords
    holder: str


Operation: TypeAlias = (
    Merge
    | Split
    | Abolish
    | Create
    | TransferDivision
    | TransferPosts
    | SetPosts
    | Regrade
    | Rename
    | SetLevel
    | SetPlaces
    | EndLease
    | ExtendLease
    | RegisterTitle
)

KINDS = (
    "merge",
    "split",
    "abolish",
    "create",
    "transfer_division",
    "transfer_posts",
    "set_posts",
    "regrade",
    "rename",
    "set_level",
    "close",
    "seal",
    "open",
    "end_lease",
    "extend_lease",
    "register_title",
)
"""The words for the operations in a scenario file."""
