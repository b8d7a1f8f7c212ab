import subprocess
import sys
import warnings
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib import font_manager

from tests.viz import pictures
from viz import theme
from viz.theme import families, new_figure, save_figure, settings, text
from viz.words import WORDS


def _settings() -> dict[str, object]:
    # Reading `backend` would choose one and load pyplot.
    return {key: mpl.rcParams[key] for key in mpl.rcParams if key != "backend"}


def test_importing_pictures_touches_no_global_state() -> None:
    code = (
        "import sys, matplotlib as mpl\n"
        "def shown(): return {k: mpl.rcParams[k] for k in mpl.rcParams if k != 'backend'}\n"
        "before = shown()\n"
        "import viz.stacking, viz.city, viz.occupancy, viz.balance, viz.progress\n"
        "from viz.theme import families\n"
        "assert families()[0] == 'Noto Sans SC', families()\n"
        "assert shown() == before\n"
        "loaded = {'zhplot', 'matplotlib.pyplot', 'ortools'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=60)


@pytest.mark.parametrize("name", sorted(pictures.DRAWN))
def test_drawing_and_saving_leak_no_settings(name: str, tmp_path: Path) -> None:
    before = _settings()
    save_figure(pictures.DRAWN[name](), tmp_path / "a.png", dpi=30)
    assert _settings() == before


def test_settings_of_the_caller_do_not_reach_the_picture(tmp_path: Path) -> None:
    draw = pictures.DRAWN["progress"]
    plain = save_figure(draw(), tmp_path / "a.svg").read_bytes()
    with mpl.rc_context({"axes.facecolor": "red", "font.size": 30, "lines.linewidth": 9}):
        assert save_figure(draw(), tmp_path / "b.svg").read_bytes() == plain


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf"])
def test_same_picture_same_bytes(suffix: str, tmp_path: Path) -> None:
    draw = pictures.DRAWN["before_after"]
    first, second = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    assert save_figure(draw(), first).read_bytes() == save_figure(draw(), second).read_bytes()


def test_bytes_carry_no_date_and_pdf_embeds_truetype(tmp_path: Path) -> None:
    figure = pictures.DRAWN["balance"]()
    svg = save_figure(figure, tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "dc:date" not in svg
    pdf = save_figure(figure, tmp_path / "a.pdf").read_bytes()
    assert b"CreationDate" not in pdf
    assert b"/CIDFontType2" in pdf


def test_an_unknown_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"cannot write a picture as '\.bmp'"):
        save_figure(new_figure(1, 1), tmp_path / "a.bmp")


def test_chinese_comes_first_and_mathematics_is_off() -> None:
    assert families() == ("Noto Sans SC", "DejaVu Sans")
    assert settings()["text.parse_math"] is False
    assert settings()["pdf.fonttype"] == 42


def test_every_word_stands_in_both_languages() -> None:
    assert text("zh").keys() == text("en").keys() == WORDS.keys()
    assert all(both[0] and both[1] for both in WORDS.values())


def test_a_system_font_serves_when_the_bundled_one_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(theme, "find_spec", lambda name: None)
    known = [font_manager.FontEntry(fname="x.ttf", name="WenQuanYi Zen Hei")]
    monkeypatch.setattr(theme.font_manager.fontManager, "ttflist", known)
    assert theme.families.__wrapped__() == ("WenQuanYi Zen Hei", "DejaVu Sans")


def test_no_chinese_font_gives_one_clear_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theme, "find_spec", lambda name: None)
    monkeypatch.setattr(theme.font_manager.fontManager, "ttflist", [])
    with pytest.warns(UserWarning, match="No font with Chinese characters") as caught:
        assert theme.families.__wrapped__() == ("DejaVu Sans",)
    assert len(caught) == 1
    assert "Maybe install" in str(caught[0].message)


def test_a_missing_glyph_is_an_error_in_tests(tmp_path: Path) -> None:
    with theme.theme():
        figure = new_figure(1, 1)
        figure.text(0.1, 0.5, "\U00012000")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning, match="Glyph"):
            save_figure(figure, tmp_path / "a.png")
