"""Paints one site's sheet: buildings, floors, blocks with labels, and the legend below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from matplotlib.axes import Axes

from allocator.palette import STATES, Style, unit_keys, unit_style
from allocator.quantity import half_up
from viz.labels import broken, fitted, height, short_names, width
from viz.layout import FLOOR_LABEL, TITLE_SIZE, WING_GAP, Row, Sheet, Slot
from viz.palette import block, frame, words
from viz.rooms import Block, FloorBlocks, Kind, View
from viz.theme import Lang, text

PAD = 0.03
LARGE, SMALL = 7.0, 6.0
LEGEND_SIZE = 7.0
SWATCH = (0.3, 0.15)
PLAIN = Style("#ffffff", "", "#111111", "#111111")
STATE_ORDER: tuple[Kind, ...] = ("common", "stranded", "released", "closed", "other")


def whole(area: int) -> str:
    """Whole square metres with thousands separators."""
    return f"{half_up(Fraction(area, 100)):,}"


def signed(area: int) -> str:
    """Whole square metres with a sign, blank for nothing."""
    return "" if not area else ("+" if area > 0 else "−") + whole(abs(area))


def level_name(level: int) -> str:
    """`3F` above ground, `B1` below."""
    return f"{level}F" if level > 0 else f"B{-level}" if level < 0 else "0F"


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A swatch and what it means."""

    style: Style
    label: str
    outline: str = ""
    """`dashed` or `solid`: a frame around the swatch."""
    mark: str = ""


@dataclass
class Painter:
    """Paints with one scenario's names and styles and remembers what still needs a legend."""

    view: View
    lang: Lang
    stage: str
    change: Mapping[tuple[str, str], int] | None = None
    """(floor, unit) -> area gained or lost against the other stage, 0.01 m2."""
    states: set[Kind] = field(default_factory=set)
    unnamed: set[str] = field(default_factory=set)
    business: bool = False

    def __post_init__(self) -> None:
        units = self.view.scenario.ledger.units
        self.t = text(self.lang)
        self.styles = unit_style(units)
        self.keys = unit_keys(units)
        self.names = short_names(units)
        self._busy_today = self.view.today().in_use

    # -- buildings -------------------------------------------------------------------------

    def sheet(self, ax: Axes, sheet: Sheet, top: float, floor_high: float) -> None:
        """All rows of a sheet from `top` down."""
        for row in sheet.rows:
            self._row(ax, row, sheet.scale, top, floor_high)
            top += row.high(floor_high)

    def _row(self, ax: Axes, row: Row, scale: float, top: float, floor_high: float) -> None:
        first = top + row.title_high
        for slot in row.slots:
            rank = min(row.levels.index(level) for level in slot.levels)
            foot = first + rank * floor_high - 0.05
            words(ax, slot.x, foot, "\n".join(slot.title), TITLE_SIZE, va="bottom")
            self._slot(ax, slot, row, scale, first, floor_high)

    def _slot(
        self, ax: Axes, slot: Slot, row: Row, scale: float, first: float, floor_high: float
    ) -> None:
        left = slot.x + FLOOR_LABEL
        every = max(1, -int(-height(1, SMALL) // floor_high))
        for rank, level in enumerate(row.levels):
            wings = slot.levels.get(level)
            if wings is None:
                continue
            y, x = first + rank * floor_high, left
            if rank % every == 0:
                middle = y + floor_high / 2
                words(ax, left - 0.06, middle, level_name(level), SMALL, ha="right")
            for floor in wings:
                self._floor(ax, floor, x, y, scale, floor_high)
                x += floor.area * scale + WING_GAP
            if self.change is not None and self.stage == "after":
                delta = sum(
                    area
                    for (code, _), area in self.change.items()
                    if code in {floor.floor for floor in wings}
                )
                if signed(delta) and rank % every == 0:
                    words(ax, x, y + floor_high / 2, signed(delta), SMALL)
        below = [rank for rank, level in enumerate(row.levels) if level <= 0]
        ground = first + (below[0] if below else len(row.levels)) * floor_high
        ax.plot([left - 0.05, slot.x + slot.wide], [ground, ground], color="#111111", linewidth=1.4)

    def _floor(
        self, ax: Axes, floor: FloorBlocks, x: float, y: float, scale: float, high: float
    ) -> None:
        start = x
        for item in floor.blocks:
            wide = item.area * scale
            self._block(ax, floor, item, (x, y, wide, high))
            x += wide
        for item in floor.blocks:
            wide = item.area * scale
            if item.kind == "released":
                color = STATES["released"].stroke
                frame(ax, start, y, wide, high, color=color, dashed=True, thick=1.6)
            elif self.change is not None and item.unit:
                delta = self.change.get((floor.floor, item.unit), 0)
                if delta < 0 and self.stage == "before":
                    frame(ax, start, y, wide, high, dashed=True)
                elif delta > 0 and self.stage == "after":
                    frame(ax, start, y, wide, high)
            start += wide

    # -- blocks ----------------------------------------------------------------------------

    def _block(
        self, ax: Axes, floor: FloorBlocks, item: Block, box: tuple[float, float, float, float]
    ) -> None:
        x, y, wide, high = box
        style = self.styles[item.unit] if item.unit else STATES[item.kind]
        block(ax, x, y, wide, high, style)
        edge, foot = (PAD, 0.01) if self.change is None else (PAD + 0.02, 0.03)
        label, size = self._label(floor, item, (wide - 2 * edge, high - 2 * foot))
        if not item.unit:
            self.states.add(item.kind)
        elif item.kind == "business":
            self.business = True
        if item.unit and not label.replace("\n", "").replace(" ", "").startswith(
            self._shown(item).replace(" ", "")
        ):
            self.unnamed.add(item.unit)
        if label:
            words(
                ax, x + wide / 2, y + high / 2, label, size,
                ink=style.ink, ground=style.color, ha="center", label_of="block",
            )  # fmt: skip

    def _shown(self, item: Block) -> str:
        name = self.names[item.unit][0]
        return f"{self.t['business_mark']}·{name}" if item.kind == "business" else name

    def _label(
        self, floor: FloorBlocks, item: Block, room: tuple[float, float]
    ) -> tuple[str, float]:
        """The fullest label that goes whole into the block, and its size; blank if none."""
        area = f"{whole(item.area)}\u00a0m²"
        if not item.unit:
            name = self.t[f"{item.kind}_short"]
            if item.kind == "released" and floor.floor not in self._busy_today:
                name = self.t["empty_already"]
            for candidate in (f"{name} {area}", name):
                label = fitted([candidate], room, SMALL, most=2)
                if label is not None:
                    return label, SMALL
            return "", SMALL
        shown = self._shown(item)
        both = max(width(shown, LARGE), width(area, LARGE)) <= room[0]
        if both and height(2, LARGE) <= room[1]:
            return f"{shown}\n{area}", LARGE
        for size in (LARGE, SMALL):
            label = fitted([shown], room, size)
            if label is not None:
                return label, size
        if item.kind != "business":
            label = fitted(self.names[item.unit][1:], room, SMALL, most=2)
            if label is not None:
                return label, SMALL
        label = fitted([str(self.keys[item.unit])], room, SMALL, most=1)
        return label or "", SMALL

    # -- legend ----------------------------------------------------------------------------

    def legend_entries(self) -> list[LegendEntry]:
        """States shown, marks used, then units whose full name stands in no block."""
        entries = [
            LegendEntry(STATES[kind], self.t[kind], "dashed" if kind == "released" else "")
            for kind in STATE_ORDER
            if kind in self.states
        ]
        if self.business:
            mark = self.t["business_mark"]
            entries.append(LegendEntry(PLAIN, self.t["business_note"], mark=mark))
        if self.change:
            entries.append(LegendEntry(PLAIN, self.t["leaves"], outline="dashed"))
            entries.append(LegendEntry(PLAIN, self.t["arrives"], outline="solid"))
            entries.append(LegendEntry(PLAIN, self.t["delta"], mark="±"))
        for code in sorted(self.unnamed, key=lambda code: self.keys[code]):
            key = self.keys[code]
            label = f"{key}  {self.names[code][0]}"
            entries.append(LegendEntry(self.styles[code], label))
        return entries


def legend_plan(
    entries: Sequence[LegendEntry], wide: float
) -> tuple[list[list[tuple[LegendEntry, list[str]]]], float]:
    """Lines of entries and the column width, for a legend of so many inches."""
    if not entries:
        return [], wide
    margin = SWATCH[0] + 0.3
    longest = max(width(entry.label, LEGEND_SIZE) for entry in entries) + margin
    column = min(wide, max(1.4, min(longest, 3.4)))
    columns = max(1, int(wide // column))
    cells = [(e, broken(e.label, wide / columns - margin, LEGEND_SIZE)) for e in entries]
    return [cells[i : i + columns] for i in range(0, len(cells), columns)], wide / columns


def legend_high(entries: Sequence[LegendEntry], wide: float) -> float:
    """Height of the legend in inches."""
    lines, _ = legend_plan(entries, wide)
    return sum(_line_high(line) for line in lines) + (0.1 if lines else 0.0)


def _line_high(line: Sequence[tuple[LegendEntry, list[str]]]) -> float:
    return max(0.22, max(height(len(label), LEGEND_SIZE) for _, label in line) + 0.05)


def paint_legend(ax: Axes, entries: Sequence[LegendEntry], top: float, wide: float) -> None:
    """The legend from `top` down."""
    lines, column = legend_plan(entries, wide)
    for line in lines:
        high = _line_high(line)
        for place, (entry, label) in enumerate(line):
            x, middle = place * column, top + high / 2
            y = middle - SWATCH[1] / 2
            block(ax, x, y, SWATCH[0], SWATCH[1], entry.style)
            if entry.outline:
                dashed = entry.outline == "dashed"
                frame(ax, x, y, *SWATCH, color=entry.style.stroke, dashed=dashed, thick=1.5)
            if entry.mark:
                words(ax, x + SWATCH[0] / 2, middle, entry.mark, SMALL, ha="center")
            words(ax, x + SWATCH[0] + 0.08, middle, "\n".join(label), LEGEND_SIZE)
        top += high
