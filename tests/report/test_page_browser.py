"""The page in a real browser: both languages and widths, no error, no request, keyboard."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from allocator.compare import compare_with_today
from allocator.report.html import render_html
from tests.report.cases import random_case, small

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PEOPLE = """() => [...document.querySelectorAll("#table-transfers tbody tr")]
    .map(row => Number(row.children[7].dataset.v))"""

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
if CHROMIUM is None:
    pytest.skip("no chromium on this machine", allow_module_level=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module", params=["small", "city"])
def page_file(request, tmp_path_factory):
    scenario, plan = small() if request.param == "small" else random_case(24, 40)
    path = tmp_path_factory.mktemp(request.param) / "report.html"
    path.write_text(
        render_html(scenario, plan, compare_with_today(scenario, plan)), encoding="utf-8"
    )
    return path


class Watched:
    """A page that remembers what went wrong and what it asked for."""

    def __init__(self, browser: Any, path: Any, width: int) -> None:
        self.page = browser.new_page(viewport={"width": width, "height": 900})
        self.troubles: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.troubles.append(message.text))
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())
        self.own = path.as_uri()

    def done(self) -> None:
        outside = [u for u in self.requests if u != self.own and not u.startswith("data:")]
        self.page.close()
        assert self.troubles == []
        assert outside == []


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_sideways_scroll_no_error_and_no_request(browser, page_file, width, lang):
    watched = Watched(browser, page_file, width)
    page = watched.page
    page.click(f"[data-lang={lang}]")
    page.click("#fold")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h2 .zh").first.is_visible() == (lang == "zh")
    assert page.locator("h2 .en").first.is_visible() == (lang == "en")
    assert page.evaluate("document.documentElement.lang") == {"zh": "zh-CN", "en": "en"}[lang]
    watched.done()


def test_one_unit_is_brought_out_everywhere_by_mouse_and_keyboard(browser, page_file):
    watched = Watched(browser, page_file, 1440)
    page = watched.page
    opacity = "selector => getComputedStyle(document.querySelector(selector)).opacity"
    page.add_style_tag(content=".b { transition: none !important }")
    page.locator("#table-units .pick").first.hover()
    assert page.evaluate(opacity, ".b.u1") == "1"
    assert page.evaluate(opacity, ".b.u2") == "0.14"
    page.mouse.move(0, 0)
    assert page.evaluate(opacity, ".b.u2") == "1"
    page.locator("#table-units .pick").nth(1).focus()
    page.keyboard.press("Enter")
    assert page.evaluate(opacity, ".b.u1") == "0.14"
    assert page.input_value("#unit") == "2"
    assert "m²" in page.text_content("#told")
    page.keyboard.press("Escape")
    assert page.evaluate(opacity, ".b.u1") == "1"
    page.select_option("#unit", "1")
    assert page.evaluate(opacity, ".b.u2") == "0.14"
    watched.done()


def test_blocks_have_tooltips_in_the_language_shown(browser, page_file):
    watched = Watched(browser, page_file, 1440)
    page = watched.page
    block = page.locator("details[open] .b[data-p]").first
    block.hover()
    assert "房间" in block.get_attribute("title")
    page.click("[data-lang=en]")
    block.hover()
    assert "rooms" in block.get_attribute("title")
    watched.done()


def test_tables_sort_and_filter(browser, page_file):
    watched = Watched(browser, page_file, 1440)
    page = watched.page
    rows = page.locator("#table-transfers tbody tr")
    total = rows.count()
    heading = page.locator("#table-transfers th", has_text="人数")
    heading.locator("button").click()
    people = page.evaluate(PEOPLE)
    assert people == sorted(people)
    assert heading.get_attribute("aria-sort") == "ascending"
    heading.locator("button").click()
    assert page.evaluate(PEOPLE) == sorted(people, reverse=True)
    unit = rows.first.locator(".pick").inner_text()
    page.fill("[data-filter=table-transfers]", unit)
    shown = page.locator("#table-transfers tbody tr:visible").count()
    assert 1 <= shown < total
    assert page.text_content("#table-transfers output") == str(shown)
    page.fill("[data-filter=table-transfers]", "no such words")
    assert page.locator("#table-transfers tbody tr:visible").count() == 0
    watched.done()


def test_printing_unfolds_everything_and_folds_it_again(browser, page_file):
    watched = Watched(browser, page_file, 1440)
    page = watched.page
    folded = page.locator("details:not([open])").count()
    assert folded
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() == folded
    page.emulate_media(media="print")
    assert not page.locator(".contents").is_visible()
    watched.done()
