"""Small ledgers of several places as CSV: one unit, one floor, two rooms."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

HEADS = {
    "sites": "site,name,kind,territory,tenure,title_holder,title_registered",
    "buildings": "building,site,name,usable_ratio",
    "floors": "floor,building,level",
    "rooms": "room,floor,number,use,area_m2,status",
    "units": "unit,name,level,category",
    "divisions": "division,unit,name",
    "posts": "unit,division,grade,established,in_post",
    "occupancy": "room,unit,division,grade,people",
}


def write_ledger(
    folder: Path, level: str, posts: Mapping[str, int], office: str = "20", service: str = "30"
) -> Path:
    """A ledger of one unit `u`; its first grade sits alone in R1, it holds the service room R2."""
    first = next(iter(posts))
    rows = {
        "sites": ["S,Main site,centralized,,owned,administration,yes"],
        "buildings": ["B,S,Main building,"],
        "floors": ["F,B,1"],
        "rooms": [
            f"R1,F,101,office,{office},available",
            f"R2,F,102,service,{service},available",
        ],
        "units": [f"u,The office,{level},organ"],
        "divisions": [],
        "posts": [f"u,,{grade},{count},{count}" for grade, count in posts.items()],
        "occupancy": [f"R1,u,,{first},1", "R2,u,,,0"],
    }
    folder.mkdir(parents=True, exist_ok=True)
    for table, head in HEADS.items():
        text = "\n".join((head, *rows[table], ""))
        (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    return folder
