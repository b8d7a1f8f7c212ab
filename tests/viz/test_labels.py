from functools import cache

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from tests.viz.builders import scenario, unit
from tests.viz.pictures import DRAWN, STRESSED, crowded, figure
from viz.labels import broken, fitted, height, short_names, width, wrapped
from viz.stacking import draw_stacking
from viz.theme import new_figure, theme

SLACK = 0.75
"""Pixels that anti-aliasing may take; pictures are measured at 100 dots an inch."""


@cache
def _boxes(figure: Figure) -> list[tuple[Text, Bbox]]:
    with theme():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        texts = [
            item
            for item in figure.findobj(Text)
            if isinstance(item, Text) and item.get_visible() and item.get_text().strip()
        ]
        shown = []
        for item in texts:
            bare = item.get_bbox_patch()
            item.set_bbox(None)
            box = item.get_window_extent(canvas.get_renderer())
            if bare is not None:
                item._bbox_patch = bare
            axes = item.axes
            if axes is None or axes.axison or item in axes.texts:
                shown.append((item, box))
    return shown


def _overlap(a: Bbox, b: Bbox) -> bool:
    return min(a.x1, b.x1) - max(a.x0, b.x0) > SLACK and min(a.y1, b.y1) - max(a.y0, b.y0) > SLACK


@pytest.mark.parametrize("name", sorted(DRAWN | STRESSED))
def test_no_text_overlaps_another_or_leaves_the_page(name: str) -> None:
    page = figure(name).bbox
    boxes = sorted(_boxes(figure(name)), key=lambda pair: pair[1].x0)
    for place, (text, box) in enumerate(boxes):
        assert box.x0 >= page.x0 and box.x1 <= page.x1, text.get_text()
        assert box.y0 >= page.y0 and box.y1 <= page.y1, text.get_text()
        for other, second in boxes[place + 1 :]:
            if second.x0 > box.x1:
                break
            assert not _overlap(box, second), (text.get_text(), other.get_text())


@pytest.mark.parametrize("name", ["stacking", "before_after", "230 units", "230 units in English"])
def test_block_labels_stay_inside_their_blocks(name: str) -> None:
    labels = [(t, box) for t, box in _boxes(figure(name)) if t.get_label() == "block"]
    assert labels
    for axes in figure(name).axes:
        inside = [p.get_window_extent() for p in axes.patches if isinstance(p, Rectangle)]
        for text, box in labels:
            if text.axes is not axes:
                continue
            middle = ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
            around = [b for b in inside if b.contains(*middle)]
            assert around, text.get_text()
            # Frames lie within blocks, so the widest rectangle around the label is its block.
            block = max(around, key=lambda b: b.width)
            assert box.x0 >= block.x0 - SLACK and box.x1 <= block.x1 + SLACK, text.get_text()
            assert box.y0 >= block.y0 - SLACK and box.y1 <= block.y1 + SLACK, text.get_text()


def test_every_unit_is_named_in_full_in_a_block_or_in_the_legend() -> None:
    made, _ = crowded()
    shown = [
        "".join(text.get_text().replace("\n", "").split())
        for text, _ in _boxes(figure("230 units"))
    ]
    holders = {row.unit for row in made.ledger.occupancy}
    missing = [
        u.name
        for u in made.ledger.units
        if u.code in holders and not any(u.name in words for words in shown)
    ]
    assert missing == []


def test_names_are_text_and_never_mathematics() -> None:
    made = scenario(units=1, buildings=(1,), rooms=8, names={0: "A $x^2$ & <b> 局"})
    boxes = _boxes(draw_stacking(made, site="S1"))
    assert any("$x^2$ & <b>" in text.get_text() for text, _ in boxes)


def test_axes_of_the_caller_are_filled_without_overlap() -> None:
    own = new_figure(7, 5)
    axes = own.add_axes((0.05, 0.05, 0.9, 0.9))
    assert draw_stacking(scenario(), None, axes, site="S1") is own
    boxes = _boxes(own)
    for place, (text, box) in enumerate(boxes):
        for other, second in boxes[place + 1 :]:
            assert not _overlap(box, second), (text.get_text(), other.get_text())


def test_lines_break_between_chinese_characters_and_english_words() -> None:
    assert wrapped("商务和投资促进局", width("商务和投", 7) + 0.01, 7) == ["商务和投", "资促进局"]
    assert wrapped("Finance Bureau", width("Finance", 7) + 0.01, 7) == ["Finance", "Bureau"]
    assert wrapped("Infrastructure", width("Infra", 7), 7) is None
    assert "".join(broken("Infrastructure", width("Infra", 7), 7)) == "Infrastructure"


def test_a_label_is_whole_or_absent() -> None:
    room = (width("商务和投", 7) + 0.01, height(2, 7) + 0.01)
    assert fitted(["商务和投资促进局"], room, 7) == "商务和投\n资促进局"
    assert fitted(["商务和投资促进局"], (room[0], height(1, 7)), 7) is None
    assert fitted(["商务和投资促进局", "商务局"], (room[0], height(1, 7)), 7) == "商务局"
    assert fitted(["公共"], (width("公", 7) + 0.01, 1.0), 7) is None


def test_short_names_drop_what_all_share_and_stay_unique() -> None:
    names = short_names([unit(n) for n in range(24)])
    assert names["U001"][:2] == ("江北市发展和改革委员会", "发展和改革委员会")
    every = [form for forms in names.values() for form in forms]
    assert len(every) == len(set(every))
    english = short_names(
        [unit(0, name="Bureau of Finance"), unit(1, name="Bureau of Foreign Affairs 12")]
    )
    assert english["U000"] == ("Bureau of Finance", "BF")
    assert english["U001"][1] == "BFA12"
    alike = short_names([unit(0, name="Bureau of Finance"), unit(1, name="Bureau for Fire")])
    assert alike["U000"] == ("Bureau of Finance",)
