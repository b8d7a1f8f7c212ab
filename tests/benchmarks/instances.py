"""The instances of the table: generated ledgers with the priced default policy, nothing tuned on.

The priced default policy is posts without a seat first, then the space tier.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from allocator.generate.generate import generate
from allocator.generate.shapes import Scale
from allocator.generate.write import write_generated
from allocator.scenario import Budget, Scenario
from allocator.scenario_file import read_scenario

SCALES: tuple[Scale, ...] = ("district", "pilot", "city", "ten-cities")
SECONDS: dict[str, int] = {"district": 60, "pilot": 120, "city": 300, "ten-cities": 600}
"""The budgets of the requirement, wall seconds per method."""

SEEDS = (101, 102, 103, 104, 105)
"""Seeds of the table."""
TUNING_SEEDS = (11, 12, 13)
"""Seeds that parameters are tuned on; never in the table."""

PRICED_TIERS = ("unhoused", "space")


@dataclass(frozen=True, slots=True)
class Instance:
    """One generated ledger with its scenario file."""

    scale: str
    seed: int
    folder: Path

    @property
    def name(self) -> str:
        """As in the table."""
        return f"{self.scale}-{self.seed}"

    @property
    def rooms(self) -> int:
        """Rooms of the ledger, the size that growth is fitted over."""
        table = (self.folder / "ledger" / "rooms.csv").read_text(encoding="utf-8-sig")
        return len(table.splitlines()) - 1


def instance(scale: Scale, seed: int, root: Path) -> Instance:
    """Generate below `root` unless it is there already."""
    folder = root / f"{scale}-{seed}"
    if not (folder / "scenario.yaml").is_file():
        write_generated(generate(scale, seed), folder)
    return Instance(scale, seed, folder)


def priced_scenario(folder: Path, seconds: int, workers: int, seed: int) -> Scenario:
    """The scenario of an instance under the priced default policy and this budget."""
    scenario = read_scenario(folder / "scenario.yaml")
    tiers = tuple(t for t in scenario.policy.tiers if t.name in PRICED_TIERS)
    return replace(
        scenario,
        policy=replace(scenario.policy, tiers=tiers),
        budget=Budget(seconds=seconds, work=None, workers=workers, seed=seed),
    )
