"""`allocator template`: an empty ledger workbook."""

from __future__ import annotations

from pathlib import Path

import click

from allocator.commands.framework import new_command, option, show_json
from allocator.commands.inputs import require_free
from allocator.messages import lang, pick


@new_command(
    "template",
    "写出空白台账工作簿，含下拉选项和填写说明。",
    "Write an empty ledger workbook with drop-downs and notes.",
)
@click.argument("file", type=click.Path(path_type=Path))
@option("--force", is_flag=True, zh="覆盖已有文件。", en="Overwrite an existing file.")
def command(file: Path, force: bool, as_json: bool) -> None:
    """Write the template to `file`."""
    from allocator.ledger.template import write_template

    if file.suffix.lower() != ".xlsx":
        raise click.BadParameter(pick("文件名应以 .xlsx 结尾", "the name must end in .xlsx"))
    require_free(file, force=force)
    write_template(file, lang(), overwrite=force)
    if as_json:
        show_json({"file": str(file)})
    else:
        click.echo(pick(f"已写出 {file}", f"written: {file}"))
