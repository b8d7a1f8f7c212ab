"""Profiles of generated cases, and scenarios that several tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

FULL = bool(os.environ.get("ALLOCATOR_FULL"))
"""Whether `make accept` runs: full counts instead of reduced ones."""

_slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "test",
    max_examples=20,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=_slow,
)
settings.register_profile(
    "accept", max_examples=300, deadline=None, database=None, suppress_health_check=_slow
)
settings.load_profile("accept" if FULL else "test")


@pytest.fixture(scope="session")
def tiny_plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of the bundled `tiny` scenario, solved by the program's own commands."""
    from click.testing import CliRunner

    from allocator.cli import commands

    folder = tmp_path_factory.mktemp("tiny") / "plan"
    result = CliRunner().invoke(commands, ["solve", "tiny", "-o", str(folder), "--work", "2"])
    assert result.exit_code == 0, result.output
    return folder
