"""`allocator generate`: synthetic ledgers with an answer file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from allocator.commands.framework import input_error, new_command, option, show_json
from allocator.commands.inputs import require_writable
from allocator.generate.shapes import Scale
from allocator.messages import pick

if TYPE_CHECKING:
    from allocator.generate.generate import Generated


@new_command(
    "generate",
    "生成合成台账与情景，并附已知问题的答案文件。",
    "Write a synthetic ledger and scenario, with the findings planted in it.",
)
@option("--scale", type=click.Choice(get_args(Scale)), default="city", show_default=True,
        zh="规模。", en="Scale.")  # fmt: skip
@option(
    "--seed",
    metavar="N",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    zh="随机种子；相同种子结果相同。",
    en="Seed; the same seed gives the same files.",
)
@option(
    "--defects",
    metavar="N",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    zh="另外每类问题各埋入 N 处，供审计演练（含台账之外的单位和职级，不能求解）。",
    en="Plant N more of every kind of finding, to try the audit on; some rows name unknown units "
    "and grades, so that it cannot be solved.",
)
@option("-o", "--output", required=True, type=click.Path(path_type=Path), zh="文件夹。",
        en="Folder to write.")  # fmt: skip
@option("--force", is_flag=True, zh="覆盖文件夹中的同名文件。", en="Replace files of these names.")
def command(
    scale: Scale, seed: int, defects: int, output: Path, force: bool, as_json: bool
) -> None:
    """Generate into the folder `output`."""
    from allocator.generate.generate import generate
    from allocator.generate.write import write_generated

    require_writable(output)
    generated = generate(scale, seed)
    if defects:
        generated = _with_defects(generated, seed, defects)
    write_generated(generated, output, force=force)
    ledger = generated.ledger
    counts = {
        "sites": len(ledger.sites),
        "units": len(ledger.units),
        "rooms": len(ledger.rooms),
        "answers": len(generated.answers),
    }
    if as_json:
        show_json({"folder": str(output), "scale": scale, "seed": seed, **counts})
        return
    click.echo(
        pick(
            f"已生成合成数据 {output}：{counts['sites']} 个办公区，{counts['units']} 个单位，"
            f"{counts['rooms']} 个房间，{counts['answers']} 项已知问题",
            f"synthetic data written to {output}: {counts['sites']} sites, {counts['units']} units,"
            f" {counts['rooms']} rooms, {counts['answers']} known findings",
        )
    )


def _with_defects(generated: Generated, seed: int, each: int) -> Generated:
    from allocator.generate.defects import plant_defects

    try:
        return plant_defects(generated, seed, each)
    except ValueError:
        raise input_error(
            "too-many-defects",
            "这个规模放不下这么多问题",
            "this scale has no place for so many defects",
            value=str(each),
            advice=("请减少数量或用更大的规模", "Maybe plant fewer, or use a larger scale"),
        ) from None
