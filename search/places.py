"""Nearness, as far as it is known: the district a business is registered in. Where somebody lives is nobody's business."""

from __future__ import annotations

import csv
import math
from functools import lru_cache
from pathlib import Path

from app.reference import regency

FILE = "centres.csv"

Point = tuple[float, float]
"""Latitude and longitude in degrees."""

EARTH_RADIUS_KM = 6371.0


def centre(district_code: str) -> Point | None:
    """The middle of a district, where the regency's folder says it."""
    return centres_in(regency.current().folder).get(district_code)


def nearest_districts(lat: float | None, lon: float | None) -> tuple[str, ...]:
    """Districts from the nearest to the farthest; empty without a usable place, or in a regency whose centres are not known."""
    if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return ()
    centres = centres_in(regency.current().folder)
    return tuple(sorted(centres, key=lambda code: (distance_km((lat, lon), centres[code]), code)))


@lru_cache(maxsize=8)
def centres_in(folder: Path) -> dict[str, Point]:
    path = folder / FILE
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["code"]: (float(row["lat"]), float(row["lon"])) for row in csv.DictReader(stream)}


def distance_km(one: Point, other: Point) -> float:
    """Along the surface of the earth."""
    (lat1, lon1), (lat2, lon2) = ((math.radians(point[0]), math.radians(point[1])) for point in (one, other))
    chord = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(chord))
