"""Nearness by district."""

from __future__ import annotations

from app.reference import regions
from search import places


def test_every_district_of_the_regency_has_a_middle_inside_east_kalimantan() -> None:
    for district in regions.districts():
        point = places.centre(district.code)
        assert point is not None, district.name
        assert -1 < point[0] < 3
        assert 115 < point[1] < 119.1


def test_the_district_one_stands_in_comes_first() -> None:
    for district in regions.districts():
        point = places.centre(district.code)
        assert point is not None
        assert places.nearest_districts(*point)[0] == district.code
        assert len(places.nearest_districts(*point)) == 18


def test_no_usable_place_is_no_place() -> None:
    nan, inf = float("nan"), float("inf")
    for lat, lon in ((None, 117.0), (0.5, None), (nan, 117.0), (0.5, nan), (inf, 1.0), (90.1, 0.0), (0.0, -180.1)):
        assert places.nearest_districts(lat, lon) == ()


def test_a_degree_at_the_equator_is_111_km() -> None:
    assert round(places.distance_km((0.0, 117.0), (0.0, 118.0)), 1) == 111.2
    assert places.distance_km((0.5, 117.0), (0.5, 117.0)) == 0
