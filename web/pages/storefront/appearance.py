"""How everything looks: the tokens of the stylesheet and every component in its states. For who builds; not in production."""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from fastapi import APIRouter
from fastapi.responses import Response

from app.errors import NotFound
from app.kit import clock
from app.statistics import charts
from app.statistics.charts import Bar
from web import templating
from web.deps import PUBLIC, Config
from web.pages.storefront import samples
from web.templating import Show

router = APIRouter()

TOKEN = re.compile(r"--([a-z]+):(#[0-9a-f]{3,6})")
WHITE = "#ffffff"
SPACES = ("0.25", "0.5", "0.75", "1", "1.25", "1.5", "2", "3")
"""In rem: what stands between things."""

REM = 16


@dataclass(frozen=True)
class Colour:
    """A colour of the stylesheet, and how well it reads as text on white and white on it (the same ratio)."""

    name: str
    value: str
    contrast: str


@dataclass(frozen=True)
class Space:
    rem: str
    pixels: int


@router.get("/rupa", dependencies=[PUBLIC])
def show(settings: Config, pages: Show) -> Response:
    """A page of invented things; in production it is as missing as any other."""
    if settings.production:
        raise NotFound
    now = clock.now()
    months = [Bar("Sep 2026", 120), Bar("Okt 2026", 284), Bar("Nov 2026", None)]
    return pages.show(
        "storefront/appearance.html",
        colours=colours(),
        spaces=[Space(rem, round(float(rem) * REM)) for rem in SPACES],
        samples=samples,
        steps=samples.steps(now),
        now=now,
        soon=clock.today() + timedelta(days=3),
        months=pages.draw(charts.columns, "Pesanan terbayar per bulan", "pesanan", months),
        districts=pages.draw(
            charts.bars, "Usaha", "usaha", [Bar("Sangatta Utara", 57), Bar("Busang", 3), Bar("Telen", 0)]
        ),
    )


@lru_cache
def colours() -> tuple[Colour, ...]:
    """Read from the stylesheet itself, so that the page cannot be wrong about it."""
    return tuple(
        Colour(name, value, f"{contrast(value, WHITE):.1f}") for name, value in TOKEN.findall(templating.critical_css())
    )


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two colours, from 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    whole = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(whole[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
