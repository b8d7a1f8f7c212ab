import base64
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from allocator.compare import compare_with_today
from allocator.findings import Finding
from allocator.report.html import render_html
from tests.report.cases import plan_of, random_case, small

SCENARIO, PLAN = small()
FOUND = compare_with_today(SCENARIO, PLAN)
PAGE = render_html(SCENARIO, PLAN, FOUND)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)
VOID = {"meta", "input", "br", "img", "link", "hr"}


class Reader(HTMLParser):
    """Checks that tags nest, and collects tags, attributes and visible text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("script", "style"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))


def test_the_page_is_well_formed_and_says_its_language():
    page = Reader(PAGE)
    assert page.tags[0] == ("html", {"lang": "zh-CN"})
    english = Reader(render_html(SCENARIO, PLAN, FOUND, "en"))
    assert english.tags[0] == ("html", {"lang": "en"})
    identifiers = [a["id"] for _, a in page.tags if "id" in a]
    assert len(identifiers) == len(set(identifiers))
    targets = {a["href"][1:] for tag, a in page.tags if tag == "a"}
    assert targets <= set(identifiers)


def test_both_languages_are_in_one_page():
    text = Reader(PAGE).text
    for words in ("新增整层腾空", "Newly released in whole floors", "调整清单", "Transfers"):
        assert words in text


def test_nothing_is_loaded_from_outside():
    page = Reader(PAGE)
    assert not [tag for tag, _ in page.tags if tag in ("link", "iframe", "object", "base")]
    for _, attributes in page.tags:
        for name in ("src", "href"):
            assert (attributes.get(name) or "#").startswith(("#", "data:"))
    assert "@import" not in PAGE
    assert not re.search(r"url\((?!\"data:)", PAGE)
    (policy,) = [a["content"] for _, a in page.tags if a.get("http-equiv")]
    assert policy.startswith("default-src 'none';")
    assert "script-src 'sha256-" in policy
    assert not [a for _, a in page.tags if any(name.startswith("on") for name in a)]


def test_names_are_text_and_never_markup():
    evil = "<img src=x onerror=alert(1)>\"'</script><b>"
    units = tuple(replace(u, name=evil) for u in SCENARIO.ledger.units)
    sites = tuple(replace(s, name=evil) for s in SCENARIO.ledger.sites)
    scenario = replace(
        SCENARIO, name=evil, ledger=replace(SCENARIO.ledger, units=units, sites=sites)
    )
    plan = replace(PLAN, scenario=evil)
    page = render_html(scenario, plan, compare_with_today(scenario, plan), pictures={evil: PNG})
    assert "<img src=x" not in page
    assert page.count("</script>") == 2
    reader = Reader(page)
    assert [a["alt"] for tag, a in reader.tags if tag == "img"] == [evil]
    assert evil in reader.text


def test_codes_never_reach_the_style_sheet():
    scenario, plan = small()
    ledger = scenario.ledger
    bad = "x}body{display:none"
    units = tuple(replace(u, code=bad) if u.code == "xh" else u for u in ledger.units)
    scenario = replace(scenario, ledger=replace(ledger, units=units))
    page = render_html(scenario, plan, compare_with_today(scenario, plan))
    assert bad not in page


def test_the_status_is_never_better_than_the_numbers():
    claimed = replace(PLAN, status="optimal")
    page = render_html(SCENARIO, claimed, compare_with_today(SCENARIO, claimed))
    assert "最优（已证明）" not in page
    proved = plan_of(SCENARIO, PLAN.assignments, status="optimal", bounds="tight")
    page = render_html(SCENARIO, proved, compare_with_today(SCENARIO, proved))
    assert "最优（已证明）" in page


def test_bounds_are_called_unchecked_until_they_are_checked():
    assert "Bound not checked" in PAGE
    checked = render_html(SCENARIO, PLAN, FOUND, bounds_checked=["space"])
    assert "Bound not checked" not in checked
    assert "independent checker from the stored certificate: the bounds on Space" in checked


def test_the_independent_check_is_reported_as_it_is():
    assert "no result of the independent check" in PAGE
    clean = render_html(SCENARIO, PLAN, FOUND, findings=())
    assert "found nothing wrong" in clean
    finding = Finding("room-rule", "房间面积超出标准", "the room is too large")
    page = render_html(SCENARIO, PLAN, FOUND, findings=[finding])
    assert "房间面积超出标准" in page
    assert "the room is too large" in page


def test_open_points_caps_exceptions_and_changes_are_listed():
    text = Reader(PAGE).text
    for words in (
        "允许使用的办公室座位总数不足",
        "heritage partition",
        "允许分散办公的单位",
        "情景对台账的改动",
        "c0ffee",
        "cn-2014@2014",
        "三定编制数",
    ):
        assert words in text, words


def test_pictures_are_inlined_and_others_refused():
    svg = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'
    page = render_html(SCENARIO, PLAN, FOUND, pictures={"一图": PNG, "二图": svg})
    sources = [a["src"] for tag, a in Reader(page).tags if tag == "img"]
    assert sources[0] == "data:image/png;base64," + base64.b64encode(PNG).decode()
    assert sources[1].startswith("data:image/svg+xml;base64,")
    with pytest.raises(ValueError, match="picture 'x' is neither PNG nor SVG"):
        render_html(SCENARIO, PLAN, FOUND, pictures={"x": b"GIF89a"})


def test_every_table_has_a_caption_and_headings_with_scope():
    page = Reader(PAGE)
    count = [tag for tag, _ in page.tags].count
    assert count("table") == count("caption")
    assert all(a.get("scope") in ("col", "row") for tag, a in page.tags if tag == "th")


def test_the_same_plan_gives_the_same_bytes():
    assert render_html(SCENARIO, PLAN, compare_with_today(SCENARIO, PLAN)) == PAGE


def test_a_city_stays_below_three_megabytes():
    scenario, plan = random_case(116, 230)
    page = render_html(scenario, plan, compare_with_today(scenario, plan))
    assert len(page.encode()) < 3_000_000
    assert page.count('<details class="site"') == 116


def test_page_carries_its_chinese_letters() -> None:
    assert PAGE.count("@font-face") == 1
    assert 'url("data:font/woff;base64,' in PAGE
    assert "/* font */" not in PAGE
