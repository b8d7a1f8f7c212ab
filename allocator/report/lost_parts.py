"""What a copied workbook cannot keep of its original, told from the parts of the file."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from allocator.audit.rule import Words
from allocator.findings import Finding, Place

_NAMES: tuple[tuple[str, Words], ...] = (
    (r"xl/charts/chart", Words("图表（样式会简化）", "charts (their style is simplified)")),
    (r"xl/media/.*\.(emf|wmf|svg)", Words("矢量图片", "vector pictures")),
    (r"xl/(slicer|timeline)", Words("切片器", "slicers")),
    (
        r"xl/threadedcomments/",
        Words("批注的回复（文字保留）", "threads of comments (as plain text)"),
    ),
    (r"xl/(ctrlprops|activex)/", Words("窗体控件", "form controls")),
    (r"xl/embeddings/", Words("嵌入对象", "embedded objects")),
    (r"xl/pivottables/", Words("数据透视表（需刷新）", "pivot tables (refresh them)")),
    (r"xl/(connections\.xml|querytables/|model/)", Words("数据连接", "data connections")),
    (r"xl/cellimages\.xml", Words("单元格内图片", "pictures in cells")),
)
_MACROS = (r"xl/vbaproject\.bin", Words("宏", "macros"))
_CONTENTS: tuple[tuple[str, bytes, Words], ...] = (
    (r"xl/drawings/drawing", rb"<(?:\w+:)?(?:sp|grpSp|cxnSp)[ >]",
     Words("图形与文本框", "shapes and text boxes")),
    (r"xl/worksheets/", rb"sparklineGroup[ >]", Words("迷你图", "sparklines")),
    (r"xl/worksheets/", rb"x14:conditionalFormatting[ >]",
     Words("部分条件格式", "some conditional formats")),
    (r"xl/worksheets/", rb"x14:dataValidation[ >]", Words("部分下拉列表", "some drop-down lists")),
)  # fmt: skip
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >]")


def lost_parts(source: Path, macros_kept: bool = False) -> tuple[Finding, ...]:
    """Notes on what the copy lacks or has to calculate again; the original keeps everything."""
    lost: list[Words] = []
    formulas = False
    with zipfile.ZipFile(source) as package:
        names = [(info, info.filename.lower()) for info in package.infolist()]
        by_name = _NAMES if macros_kept else (*_NAMES, _MACROS)
        lost += [words for part, words in by_name if any(re.match(part, n) for _, n in names)]
        for info, name in names:
            if not name.startswith(("xl/worksheets/sheet", "xl/drawings/drawing")):
                continue
            data = package.read(info)
            formulas = formulas or bool(_FORMULA.search(data))
            for part, sign, words in _CONTENTS:
                if name.startswith(part) and words not in lost and re.search(sign, data):
                    lost.append(words)
    place, found = Place(source.name), []
    if lost:
        zh, en = "、".join(w.zh for w in lost), ", ".join(w.en for w in lost)
        found.append(
            Finding(
                "copy-lacks", f"标记副本不能完整保留：{zh}；原文件未改动",
                f"the marked copy does not fully keep: {en}; the original is untouched", place,
                severity="info",
            )
        )  # fmt: skip
    if formulas:
        found.append(
            Finding(
                "copy-recalculates", "标记副本保留公式，数值在打开时重新计算",
                "the marked copy keeps formulas; they are calculated when it is opened", place,
                severity="info",
            )
        )  # fmt: skip
    return tuple(found)
