"""What the README files tell people to type exists and parses."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from allocator.cli import COMMANDS, commands

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")
FOLDERS = ("allocator", "scenarios", "standards", "tests", "viz")
PAGES = [*READMES, *(str(p.relative_to(ROOT)) for f in FOLDERS for p in (ROOT / f).rglob("*.md"))]


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _typed(name: str) -> list[str]:
    """The indented lines of a page without their remarks."""
    lines = re.findall(r"^ {4}(\S.*)$", _text(name), flags=re.MULTILINE)
    return [line.split(" #")[0].strip() for line in lines]


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", _text("Makefile"), flags=re.MULTILINE))


@pytest.mark.parametrize("name", READMES)
def test_the_page_opens_with_a_picture_and_two_commands(name: str) -> None:
    picture = re.search(r"!\[.+?\]\((.+?)\)", _text(name))
    assert picture and (ROOT / picture[1]).is_file()
    assert _typed(name)[:2] == ["make demo", "make test"]
    assert _text(name).index("![") < _text(name).index("make demo")


@pytest.mark.parametrize("name", READMES)
def test_every_target_exists(name: str) -> None:
    named = {word for line in _typed(name) if line.startswith("make ") for word in line.split()[1:]}
    assert named and named <= _targets()
    assert {"demo", "test", "accept", "clean"} <= _targets()


def _commands(name: str) -> list[list[str]]:
    found = []
    for line in _typed(name):
        words = shlex.split(line)
        if words and Path(words[0]).name == "allocator":
            found.append(words[1:])
    return found


@pytest.mark.parametrize("name", READMES)
def test_every_command_parses(name: str) -> None:
    typed = _commands(name)
    assert {words[0] for words in typed} == set(COMMANDS)
    for words in typed:
        command = commands.get_command(click.Context(commands), words[0])
        assert command is not None, words
        command.make_context(words[0], words[1:])


def test_both_pages_name_the_same_commands() -> None:
    assert _commands(READMES[0]) == _commands(READMES[1])
    assert _typed(READMES[0])[:8] == _typed(READMES[1])[:8]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", _text(page))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (folder / link).exists()] == []


@pytest.mark.parametrize("name", READMES)
def test_paths_in_the_page_exist(name: str) -> None:
    paths = re.findall(r"`((?:allocator|standards|viz|tests|scenarios)/[\w./-]+)`", _text(name))
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_pip_lines_do_what_make_does() -> None:
    make = _text("Makefile")
    for line in _typed("README.md"):
        if "pip install" in line:
            wanted = line.split("pip install", 1)[1].strip()
            assert wanted in make.replace("pip install -q", "pip install").replace("-q ", "")
