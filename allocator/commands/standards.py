"""`allocator standards`: the area standards that come with the program."""

from __future__ import annotations

from typing import Any

import click

from allocator.commands.framework import new_command, show_json
from allocator.commands.text_table import text_table
from allocator.messages import lang, pick


@new_command(
    "standards",
    "列出内置建设标准和地方标准。",
    "List the bundled standards and local overlays.",
)
def command(as_json: bool) -> None:
    """List packs with place and levels, then overlays."""
    from standards.load import bundled_overlays, bundled_standards, load_standard

    packs: list[dict[str, Any]] = []
    for code in bundled_standards():
        pack = load_standard(code)
        packs.append(
            {
                "code": pack.code,
                "version": pack.version,
                "zh": pack.zh,
                "en": pack.en,
                "place": pack.place,
                "source": pack.source,
                "levels": list(dict.fromkeys(grade.level for grade in pack.grades)),
                "grades": len(pack.grades),
            }
        )
    overlays = bundled_overlays()
    if as_json:
        show_json({"standards": packs, "overlays": overlays})
        return
    heads = [pick("代号", "code"), pick("版本", "version"), pick("地域", "place"),
             pick("名称", "name"), pick("层级", "levels")]  # fmt: skip
    rows = [[p["code"], p["version"], p["place"], p[lang()], " ".join(p["levels"])] for p in packs]
    click.echo(text_table([heads, *rows], "<<<<<"))
    click.echo(pick("地方标准: ", "overlays: ") + ", ".join(overlays))
