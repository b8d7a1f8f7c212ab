"""`allocator tradeoff`: people moved against area released, point by point."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.commands.framework import DONE, NO_PLAN, finding_line, new_command, option, show_json
from allocator.commands.inputs import require_own_folder, scenario_file
from allocator.commands.stopping import stop_on_signal
from allocator.commands.text_table import text_table
from allocator.messages import pick

if TYPE_CHECKING:
    from allocator.plan import Plan
    from allocator.scenario import Scenario
    from allocator.sweep.folder import Folder
    from allocator.tradeoff.point import Front, Point
    from allocator.tradeoff.trace import Asked, Solve

POSITIVE = click.IntRange(min=1)
STATUS = {
    "proved": ("已证明", "proved"),
    "bounded": ("有界", "bounded"),
    "unproved": ("未证明", "unproved"),
}
STOPPED = (
    "正在停止；已完成的点保留（再按一次 Ctrl-C 立即中止）",
    "stopping; finished points stay (Ctrl-C again to abort)",
)


@new_command(
    "tradeoff",
    "搬动人数与腾退面积的权衡：每个点都是一个经复核的方案。\n\n"
    "小问题给出全部有效点并证明；大问题按每人作价的网格求解，每点带界。"
    "中断后重新运行同一命令会接着做。",
    "People moved against area released; every point is a verified plan.\n\n"
    "Small problems: every point of the front, proved. Larger ones: a grid of prices per person"
    " moved, each point with its bound. The same command goes on where it was stopped.",
)
@click.argument("scenario")
@option(
    "-o", "--output", required=True, type=click.Path(path_type=Path),
    zh="结果文件夹；已完成的点会接着用。", en="Folder for the points; finished ones are used.",
)  # fmt: skip
@option(
    "--points", metavar="N", type=click.IntRange(2, 100), default=10,
    zh="求解次数（无法证明时）。", en="Solves, where points are not proved.",
)  # fmt: skip
@option(
    "--at-most", metavar="N", type=click.IntRange(min=0), multiple=True,
    zh="指出搬动不超过 N 人的点（可多次）。", en="Name the point with at most N people moved.",
)  # fmt: skip
@option("--seconds", metavar="N", type=POSITIVE, zh="每点时限（秒）。", en="Seconds per point.")
@option("--work", metavar="N", type=POSITIVE, zh="每点确定性工作量。", en="Work per point.")
@option("--workers", metavar="N", type=POSITIVE, zh="并行进程数。", en="Parallel workers.")
@option("--seed", metavar="N", type=click.IntRange(min=0), zh="随机种子。", en="Random seed.")
def command(
    scenario: str,
    output: Path,
    points: int,
    at_most: tuple[int, ...],
    seconds: int | None,
    work: int | None,
    workers: int | None,
    seed: int | None,
    as_json: bool,
) -> None:
    """Read, resume, solve point after point, write the front."""
    from allocator.scenario_file import read_scenario
    from allocator.sweep.folder import JOURNAL, Folder
    from allocator.tradeoff.files import front_as_json, write_front
    from allocator.tradeoff.trace import Trace

    if seconds and work:
        raise click.UsageError(
            pick("--seconds 与 --work 只能给一个", "give --seconds or --work, not both")
        )
    given = {"seconds": seconds, "work": work, "workers": workers, "seed": seed}
    overrides = {f"solve.{key}": value for key, value in given.items() if value is not None}
    problem = read_scenario(scenario_file(scenario), overrides)
    require_own_folder(output, JOURNAL)
    with Folder(output) as folder, stop_on_signal(STOPPED) as stop:
        trace = Trace(_solver(problem, folder, stop), _say, stop)
        front = trace.run(points)
        data = front_as_json(problem.name, front, trace.failed)
        if front.points:
            write_front(output, data)
    if as_json:
        show_json({**data, "at_most": {n: _json(front.at_most(n)) for n in at_most}})
    else:
        _show(front, at_most, output)
    raise click.exceptions.Exit(DONE if front.points and not stop() else NO_PLAN)


def _solver(problem: Scenario, folder: Folder, stop: Callable[[], bool]) -> Solve:
    from allocator.bundle import read_bundle
    from allocator.commands.solving import Refused, solve_into
    from allocator.sweep.result import Ended
    from allocator.sweep.tasks import digest, task_key
    from allocator.tradeoff.trace import scenario_of

    def solve(point: Asked, begin: Plan | None) -> tuple[Plan | None, str]:
        asked = scenario_of(problem, point)
        name = "no-limit"
        if point.cap is not None:
            name = f"at-most-{point.cap}"
        elif point.price is not None:
            name = f"price-{float(point.price):g}"
        key = task_key(name, digest(asked))
        ended = folder.settled(key, asked)
        if ended is None:
            folder.clear(key)
            folder.note("started", key)
            try:
                found = solve_into(asked, folder.task(key), stop, show=lambda _: None, begin=begin)
            except Refused as refused:
                for finding in refused.findings:
                    click.echo(finding_line(finding), err=True)
                return None, key
            ended = Ended("done")
            if found.plan is None:
                impossible = found.status == "infeasible"
                ended = Ended("impossible" if impossible else "no_plan", found.findings)
            folder.note("ended", key, **ended.as_json())
        if ended.word != "done":
            return None, key
        return read_bundle(folder.task(key))[1], key

    return solve


# -- words --------------------------------------------------------------------------------


def _json(point: Point | None) -> dict[str, Any] | None:
    return None if point is None else point.as_json()


def _area(area: int | None) -> str:
    return "-" if area is None else f"{area / 100:,.2f}"


def _say(point: Point) -> None:
    limit = pick("不限", "no limit")
    if point.cap is not None:
        limit = f"<= {point.cap}"
    elif point.price is not None:
        limit = pick(
            f"每人作价 {float(point.price):g} 平方米", f"priced at {float(point.price):g} m²"
        )
    click.echo(
        pick(
            f"搬动人数 {limit}: 搬 {point.moved} 人，腾退 {_area(point.released)} 平方米"
            f"（界 {_area(point.bound)}）",
            f"people moved {limit}: {point.moved} moved, {_area(point.released)} m² released"
            f" (bound {_area(point.bound)})",
        ),
        err=True,
    )


def _show(front: Front, at_most: tuple[int, ...], output: Path) -> None:
    from allocator.tradeoff.files import CSV_FILE

    if not front.points:
        click.echo(pick("没有求得任何点。", "No point was found."), err=True)
        return
    rates = {step.above.moved: step.rate for step in front.steps}
    head = (
        pick("搬动人数", "people moved"), pick("腾退 平方米", "released m²"),
        pick("界 平方米", "bound m²"), pick("每多搬一人 平方米", "m² per further person"),
        pick("终止租约", "leases ended"), pick("状态", "status"), "", pick("方案", "plan"),
    )  # fmt: skip
    rows = [head]
    for point in front.points:
        rate = rates.get(point.moved)
        rows.append(
            (
                f"{point.moved}", _area(point.released), _area(point.bound),
                "-" if rate is None else f"{float(rate):.2f}", f"{point.leases}",
                pick(*STATUS[point.as_json()["status"]]),
                pick("拐点", "knee") if point.moved in front.knees else "", point.folder,
            )
        )  # fmt: skip
    click.echo(text_table(rows, ">>>>><<<"))
    if front.complete:
        click.echo(
            pick("以上是全部有效点，均已证明。", "These are all points of the front, each proved.")
        )
    else:
        click.echo(
            pick(
                "未证明的点之间可能还有更好的方案；界说明最多还能好多少。",
                "Better plans may exist at and between points not proved; the bounds say by how"
                " much at most.",
            )
        )
    for people in at_most:
        click.echo(_answer(people, front.at_most(people)))
    click.echo(pick(f"汇总: {output / CSV_FILE}", f"summary: {output / CSV_FILE}"))


def _answer(people: int, point: Point | None) -> str:
    if point is None:
        return pick(
            f"搬动不超过 {people} 人: 没有求得能安置同样多人的方案",
            f"at most {people} people moved: no plan was found that houses as many",
        )
    area = _area(point.released)
    return pick(
        f"搬动不超过 {people} 人: 搬 {point.moved} 人，腾退 {area} 平方米，方案 {point.folder}",
        f"at most {people} people moved: {point.moved} moved, {area} m² released,"
        f" plan {point.folder}",
    )
