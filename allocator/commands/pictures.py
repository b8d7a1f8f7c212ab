"""Which pictures a command writes; viz draws them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allocator.messages import lang, pick

if TYPE_CHECKING:
    from allocator.compare import Comparison
    from allocator.compare_rows import SiteRow
    from allocator.plan import Plan
    from allocator.scenario import Scenario

DPI = 110


def most_changed_site(found: Comparison) -> str:
    """The site where the plan changes most: released area, then stranded, then area held.

    Sites that stay in use come before those given up whole, where there is nothing left to see.
    """

    def order(row: SiteRow) -> tuple[bool, int, int, int, str]:
        old, new = row.before, row.after
        return (
            not new.in_use,
            -abs(new.released - old.released),
            -abs(new.stranded - old.stranded),
            -abs(new.held - old.held),
            row.site,
        )

    return min(found.sites, key=order).site


def draw_plan(
    scenario: Scenario,
    plan: Plan,
    found: Comparison,
    log: Sequence[dict[str, Any]],
    folder: Path,
) -> dict[str, Path]:
    """City, one site before and after, occupancy, balance and progress; caption to file."""
    from viz.balance import draw_balance
    from viz.city import draw_city
    from viz.occupancy import draw_occupancy, occupancy_pages
    from viz.progress import draw_progress
    from viz.stacking import draw_before_after
    from viz.theme import save_figure

    folder.mkdir(parents=True, exist_ok=True)
    words, site = lang(), most_changed_site(found)
    drawn: dict[str, Path] = {}

    def save(name: str, caption: str, figure: Any) -> None:
        drawn[caption] = save_figure(figure, folder / f"{name}.png", dpi=DPI)

    save("city", pick("各办公区总览", "all sites"), draw_city(scenario, plan, lang=words))
    before_after = draw_before_after(scenario, plan, site=site, lang=words)
    caption = pick(f"变化最大的办公区 {site}", f"the site with most change, {site}")
    save("before-after", caption, before_after)
    save("balance", pick("面积平衡", "balance"), draw_balance(plan, lang=words))
    for page in range(1, occupancy_pages(scenario) + 1):
        caption = pick(f"占用与核定对照 {page}", f"occupancy against entitlement {page}")
        figure = draw_occupancy(scenario, plan, lang=words, page=page)
        save(f"occupancy-{page}", caption, figure)
    priced = [step for step in log if step["tier"] == "space"]
    unit = pick("折算平方米", "m²-equivalents")
    save("progress", pick("求解过程", "search"), draw_progress(priced, lang=words, unit=unit))
    return drawn


def draw_side_by_side(plans: Sequence[tuple[str, Scenario, Plan]], folder: Path) -> list[Path]:
    """One picture of the site that differs most, a column per plan, and one city per plan."""
    from allocator.compare import compare_with_today
    from viz.city import draw_city
    from viz.stacking import draw_stacking
    from viz.theme import new_figure, save_figure, theme

    real = next((entry for entry in plans if entry[0] != "today"), plans[0])
    site = most_changed_site(compare_with_today(real[1], real[2]))
    wide, high = 9.0, 7.0
    figure = new_figure(wide * len(plans), high + 0.4)
    drawn: list[Path] = []
    for place, (name, scenario, plan) in enumerate(plans):
        left = (place * wide + 0.2) / (wide * len(plans))
        ax = figure.add_axes((left, 0.02, (wide - 0.4) / (wide * len(plans)), 0.9))
        with theme():
            figure.text(left, 0.97, name, fontsize=11)
        draw_stacking(
            scenario, plan.assignments, ax, site=site, lang=lang(),
            stage="today" if name == "today" else "plan",
            floors_in_use=plan.areas.floors_in_use,
        )  # fmt: skip
        path = folder / f"city-{place + 1}.png"
        drawn.append(save_figure(draw_city(scenario, plan, lang=lang()), path, dpi=DPI))
    drawn.append(save_figure(figure, folder / "stacking.png", dpi=DPI))
    return drawn
