"""Charts as SVG text, drawn on the server: they print, need no JavaScript and carry no inline style (CSP). Pure
functions; the numbers behind a chart come back with it, so that a page can show the table one tap away.

Colours are classes and presentation attributes; a stylesheet may override them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

WIDTH = 640
ROW_HEIGHT = 34
BAR_HEIGHT = 20
LABEL_WIDTH = 170
VALUE_WIDTH = 120
TOP = 8
LONGEST_LABEL = 24

COLUMN_HEIGHT = 200
COLUMN_FOOT = 28
COLUMN_HEAD = 22

FILL = "#0f766e"
NEGATIVE_FILL = "#b45309"
GRID = "#d6d3d1"
INK = "#1c1917"


@dataclass(frozen=True)
class Bar:
    """One bar. `value` None is a gap that says so (`gap`), not a zero."""

    label: str
    value: int | Decimal | None
    shown: str | None = None
    gap: str = "tidak tersedia"

    @property
    def text(self) -> str:
        if self.value is None:
            return self.gap
        return self.shown if self.shown is not None else grouped(self.value)


@dataclass(frozen=True)
class Chart:
    svg: str
    title: str
    unit: str
    bars: tuple[Bar, ...]


def grouped(value: int | Decimal) -> str:
    """A number as Indonesian readers write it: `12.345` and `1,5`."""
    return f"{value:,}".replace(",", "\0").replace(".", ",").replace("\0", ".")


def shortened(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1].rstrip() + "…"


def bars(title: str, unit: str, values: Sequence[Bar]) -> Chart:
    """Horizontal bars, for names that need room: one row for each, the value at its end."""
    height = TOP * 2 + ROW_HEIGHT * max(len(values), 1)
    longest = largest(values)
    room = WIDTH - LABEL_WIDTH - VALUE_WIDTH
    parts = [f'<line x1="{LABEL_WIDTH}" y1="{TOP}" x2="{LABEL_WIDTH}" y2="{height - TOP}" stroke="{GRID}"/>']
    for number, bar in enumerate(values):
        top = TOP + number * ROW_HEIGHT + (ROW_HEIGHT - BAR_HEIGHT) // 2
        middle = top + BAR_HEIGHT // 2 + 5
        length = scaled(bar.value, longest, room)
        parts.append(
            f"<g><title>{escape(bar.label)}: {escape(bar.text)}</title>"
            f'<text x="{LABEL_WIDTH - 8}" y="{middle}" text-anchor="end">{escape(shortened(bar.label))}</text>'
            f'<rect class="{kind_of(bar)}" x="{LABEL_WIDTH}" y="{top}" width="{length}" height="{BAR_HEIGHT}" rx="2"'
            f' fill="{fill_of(bar)}"/>'
            f'<text x="{LABEL_WIDTH + length + 6}" y="{middle}">{escape(bar.text)}</text></g>'
        )
    return Chart(framed(title, unit, values, height, parts), title, unit, tuple(values))


def columns(title: str, unit: str, values: Sequence[Bar]) -> Chart:
    """Vertical columns, for a short run of months from left to right."""
    height = COLUMN_HEAD + COLUMN_HEIGHT + COLUMN_FOOT
    tallest = largest(values)
    step = WIDTH / max(len(values), 1)
    width = round(step * 0.6)
    foot = COLUMN_HEAD + COLUMN_HEIGHT
    parts = [f'<line x1="0" y1="{foot}" x2="{WIDTH}" y2="{foot}" stroke="{GRID}"/>']
    for number, bar in enumerate(values):
        middle = round(step * (number + 0.5))
        tall = scaled(bar.value, tallest, COLUMN_HEIGHT)
        parts.append(
            f"<g><title>{escape(bar.label)}: {escape(bar.text)}</title>"
            f'<rect class="{kind_of(bar)}" x="{middle - width // 2}" y="{foot - tall}" width="{width}" height="{tall}"'
            f' rx="2" fill="{fill_of(bar)}"/>'
            f'<text x="{middle}" y="{foot - tall - 6}" text-anchor="middle">{escape(bar.text)}</text>'
            f'<text x="{middle}" y="{foot + 18}" text-anchor="middle">{escape(shortened(bar.label))}</text></g>'
        )
    return Chart(framed(title, unit, values, height, parts), title, unit, tuple(values))


def largest(values: Sequence[Bar]) -> Decimal:
    return max((abs(Decimal(bar.value)) for bar in values if bar.value is not None), default=Decimal(0))


def scaled(value: int | Decimal | None, longest: Decimal, room: int) -> int:
    """The length of a bar in whole pixels; a value that is not zero is never invisible."""
    if value is None or value == 0:
        return 0
    return max(1, round(abs(Decimal(value)) * room / longest))


def kind_of(bar: Bar) -> str:
    return "chart-bar chart-bar-negative" if bar.value is not None and bar.value < 0 else "chart-bar"


def fill_of(bar: Bar) -> str:
    return NEGATIVE_FILL if bar.value is not None and bar.value < 0 else FILL


def framed(title: str, unit: str, values: Sequence[Bar], height: int, parts: Sequence[str]) -> str:
    """The picture with its name and its numbers in words, for those who hear it instead of seeing it."""
    said = "; ".join(f"{bar.label}: {bar.text}" for bar in values) or "belum ada data"
    return (
        f'<svg class="chart" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {height}"'
        f' font-family="inherit" font-size="14" fill="{INK}">'
        f"<title>{escape(title)} ({escape(unit)})</title><desc>{escape(said)}</desc>{''.join(parts)}</svg>"
    )
