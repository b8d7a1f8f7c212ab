from itertools import combinations
from xml.etree import ElementTree

import pytest

from allocator.palette import (
    COLOURS,
    HATCHES,
    STATES,
    contrast,
    mixed,
    style_at,
    svg_pattern,
    unit_keys,
    unit_style,
)
from tests.viz.builders import unit
from tests.viz.colour_vision import distance, lab, worst


def test_distance_agrees_with_published_pairs() -> None:
    # Sharma, Wu and Dalal 2005, pairs 1 and 17.
    assert distance((50, 2.6772, -79.7751), (50, 0, -82.7485)) == pytest.approx(2.0425, abs=1e-4)
    assert distance((50, 2.5, 0), (73, 25, -18)) == pytest.approx(27.1492, abs=1e-4)
    assert lab("#ffffff", "normal") == pytest.approx([100, 0, 0], abs=0.01)


def test_every_two_colours_differ_for_colour_blind_readers() -> None:
    closest = min(combinations(COLOURS, 2), key=lambda pair: worst(*pair))
    assert worst(*closest) >= 11, closest


def test_units_never_look_like_free_or_closed_space() -> None:
    for state in STATES.values():
        closest = min(COLOURS, key=lambda color: worst(color, state.color))
        assert worst(closest, state.color) >= 9, (closest, state)


def test_the_first_units_differ_in_print_without_colour() -> None:
    hatches = [style_at(position).hatch for position in range(len(HATCHES))]
    assert sorted(hatches) == sorted(HATCHES)


def test_230_units_have_230_looks() -> None:
    styles = unit_style([unit(n) for n in range(230)])
    assert len({(s.color, s.hatch) for s in styles.values()}) == 230


def test_text_is_readable_on_every_ground() -> None:
    for position in range(len(COLOURS)):
        style = style_at(position)
        assert contrast(style.color, style.ink) >= 4.5
        assert 1.2 <= contrast(style.color, style.stroke) < contrast(style.color, style.ink)
    for state in STATES.values():
        assert contrast(state.color, state.ink) >= 4.5


def test_a_unit_keeps_its_look_whatever_the_order_of_the_table() -> None:
    units = [unit(n) for n in range(40)]
    assert unit_style(units) == unit_style(units[::-1])
    assert unit_keys(units[::-1])["U007"] == 8


def test_contrast_and_mixing_by_hand() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert mixed("#000000", "#ffffff", 0.5) == "#808080"


@pytest.mark.parametrize("position", range(len(HATCHES)))
def test_svg_patterns_are_xml_with_the_same_colours(position: int) -> None:
    style = style_at(position)
    element = ElementTree.fromstring(svg_pattern(f"p{position}", style))
    assert element.get("id") == f"p{position}"
    ground = element.find("rect")
    assert ground is not None and ground.get("fill") == style.color
    lines = element.find("g")
    assert lines is not None and (len(lines) > 0) == bool(style.hatch)
