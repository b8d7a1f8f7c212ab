"""Where the rules stand: citations and other sources, in both languages."""

from __future__ import annotations


class Clause(str):
    """A source: the text itself is Chinese, as the source is; `en` names it in English."""

    __slots__ = ("en",)
    en: str

    def __new__(cls, zh: str, en: str) -> Clause:
        """A source named in both languages."""
        made = super().__new__(cls, zh)
        made.en = en
        return made

    def and_(self, other: Clause) -> Clause:
        """Both sources."""
        return Clause(f"{self}；{other}", f"{self.en}; {other.en}")

    def with_note(self, zh: str, en: str) -> Clause:
        """The source with a remark in brackets."""
        return Clause(f"{self}（{zh}）", f"{self.en} ({en})")


def _standard(zh: str, article: int) -> Clause:
    return Clause(
        f"《党政机关办公用房建设标准》第{zh}条",
        f"Construction standard for offices of party and government organs, art. {article}",
    )


def _measures(zh: str, articles: str) -> Clause:
    return Clause(
        f"《党政机关办公用房管理办法》第{zh}条",
        f"Measures for the management of offices of party and government organs, {articles}",
    )


GRADES = _standard("十一", 11)
SERVICE_ROOMS = _standard("十二", 12)
EQUIPMENT_ROOMS = _standard("十三", 13)
UNIFIED = _measures("二条至第四", "arts. 2-4").with_note("统一管理", "unified management")
NO_LENDING = _measures("十八", "art. 18")
RIGHT_USE = _measures("十九", "art. 19")
NOT_ENTITLED = _measures("二十一", "art. 21").with_note("条号待核", "article not confirmed")
FRUGALITY = Clause(
    "《党政机关厉行节约反对浪费条例》第四十四条",
    "Regulations on frugality and against waste in party and government organs, art. 44",
).with_note("条号待核", "article not confirmed")
PUBLISHED = Clause("公开检查口径，非官方清单", "published checks, not an official list")
POLICY = Clause("政策参数，无法定依据", "policy, no legal source")
CONSISTENT = Clause("台账一致性，无法定依据", "consistency of the ledger, no legal source")
POSTS_DECIDE = Clause("编制定员（三定规定）", "posts decide, not heads")
OWN_TOTAL = Clause("所用标准的核定总面积", "the total that the standard in use allows")
