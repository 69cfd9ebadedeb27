"""Charts as SVG text, drawn on the server: they print, need no JavaScript and carry no inline style (CSP). Pure
functions; the numbers behind a chart come back with it, so that a page can show the table one tap away.

Lengths across are hundredths of the width a page has, heights and letters are pixels: the same drawing fills a phone and a desk,
and its words are never smaller on one than on the other. Colours are classes and presentation attributes; a stylesheet may
override them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

NARROWEST = 256
"""Pixels a chart has on the narrowest phone (320), its frame taken off."""

LETTER = 8
"""Pixels an ordinary letter of a chart takes at most, and a little air."""

WHOLE = Decimal(100)
LEAST = Decimal("0.5")
"""A value that is not zero is never invisible."""

TOP = 4
ROW_HEIGHT = 42
WORDS_HEIGHT = 18
BAR_HEIGHT = 14
LONGEST_LABEL = 24

COLUMN_HEIGHT = 180
COLUMN_FOOT = 40
COLUMN_HEAD = 22
COLUMN_SHARE = Decimal("0.6")

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
    """Rows: the name and its value in one line, the bar under both."""
    height = TOP * 2 + ROW_HEIGHT * max(len(values), 1)
    longest = largest(values)
    parts = []
    for number, bar in enumerate(values):
        top = TOP + number * ROW_HEIGHT
        parts.append(
            f"<g><title>{escape(bar.label)}: {escape(bar.text)}</title>"
            f'<text x="0" y="{top + WORDS_HEIGHT - 5}">{escape(shortened(bar.label))}</text>'
            f'<text x="100%" y="{top + WORDS_HEIGHT - 5}" text-anchor="end">{escape(bar.text)}</text>'
            f'<rect x="0" y="{top + WORDS_HEIGHT}" width="100%" height="{BAR_HEIGHT}" fill="{GRID}" class="chart-room"/>'
            f'<rect class="{kind_of(bar)}" x="0" y="{top + WORDS_HEIGHT}" width="{scaled(bar.value, longest, WHOLE)}%"'
            f' height="{BAR_HEIGHT}" fill="{fill_of(bar)}"/></g>'
        )
    return Chart(framed(title, unit, values, height, parts), title, unit, tuple(values))


def columns(title: str, unit: str, values: Sequence[Bar]) -> Chart:
    """Columns for a short run of months from left to right; rows where their words would not stand side by side on a phone."""
    if not stand_side_by_side(values):
        return bars(title, unit, values)
    height = COLUMN_HEAD + COLUMN_HEIGHT + COLUMN_FOOT
    tallest = largest(values)
    step = WHOLE / max(len(values), 1)
    foot = COLUMN_HEAD + COLUMN_HEIGHT
    parts = [f'<line x1="0" y1="{foot}" x2="100%" y2="{foot}" stroke="{GRID}"/>']
    for number, bar in enumerate(values):
        middle = step * (number + Decimal("0.5"))
        tall = round(scaled(bar.value, tallest, Decimal(COLUMN_HEIGHT)))
        parts.append(
            f"<g><title>{escape(bar.label)}: {escape(bar.text)}</title>"
            f'<rect class="{kind_of(bar)}" x="{share(middle - step * COLUMN_SHARE / 2)}%" y="{foot - tall}"'
            f' width="{share(step * COLUMN_SHARE)}%" height="{tall}" fill="{fill_of(bar)}"/>'
            f'<text x="{share(middle)}%" y="{foot - tall - 6}" text-anchor="middle">{escape(bar.text)}</text>'
            + "".join(
                f'<text x="{share(middle)}%" y="{foot + 16 * line}" text-anchor="middle">{escape(words)}</text>'
                for line, words in enumerate(in_two(bar.label), start=1)
            )
            + "</g>"
        )
    return Chart(framed(title, unit, values, height, parts), title, unit, tuple(values))


def in_two(label: str) -> tuple[str, str]:
    """A month over its year."""
    first, _, last = shortened(label).rpartition(" ")
    return first, last


def stand_side_by_side(values: Sequence[Bar]) -> bool:
    room = NARROWEST // max(len(values), 1)
    return all(len(words) * LETTER <= room for bar in values for words in (bar.text, *in_two(bar.label)))


def largest(values: Sequence[Bar]) -> Decimal:
    return max((abs(Decimal(bar.value)) for bar in values if bar.value is not None), default=Decimal(0))


def scaled(value: int | Decimal | None, longest: Decimal, room: Decimal) -> Decimal:
    """The length of a bar as a part of the room there is."""
    if value is None or value == 0:
        return Decimal(0)
    return max(LEAST, share(abs(Decimal(value)) * room / longest))


def share(part: Decimal) -> Decimal:
    return part.quantize(Decimal("0.01"))


def kind_of(bar: Bar) -> str:
    return "chart-bar chart-bar-negative" if bar.value is not None and bar.value < 0 else "chart-bar"


def fill_of(bar: Bar) -> str:
    return NEGATIVE_FILL if bar.value is not None and bar.value < 0 else FILL


def framed(title: str, unit: str, values: Sequence[Bar], height: int, parts: Sequence[str]) -> str:
    """The picture with its name and its numbers in words, for those who hear it instead of seeing it."""
    said = "; ".join(f"{bar.label}: {bar.text}" for bar in values) or "belum ada data"
    return (
        f'<svg class="chart" xmlns="http://www.w3.org/2000/svg" role="img" width="100%" height="{height}"'
        f' font-family="inherit" font-size="14" fill="{INK}">'
        f"<title>{escape(title)} ({escape(unit)})</title><desc>{escape(said)}</desc>{''.join(parts)}</svg>"
    )
