"""The scenarios that come with the package, by name."""

from __future__ import annotations

from pathlib import Path

from allocator.findings import Finding, InputError

FILE = "scenario.yaml"


def bundled_scenarios() -> list[str]:
    """Names of the bundled scenarios, sorted."""
    return sorted(path.parent.name for path in Path(__file__).parent.glob(f"*/{FILE}"))


def bundled_scenario(name: str) -> Path:
    """The scenario file of a bundled scenario; InputError for an unknown name."""
    if name not in bundled_scenarios():
        raise InputError(
            [
                Finding(
                    "unknown-scenario",
                    f"没有内置情景 {name}",
                    f"there is no bundled scenario {name!r}",
                    value=name,
                    expected=" / ".join(bundled_scenarios()),
                    advice_zh="请使用所列名称之一，或给出情景文件",
                    advice_en="Maybe use one of the names, or give a scenario file",
                )
            ]
        )
    return Path(__file__).parent / name / FILE
