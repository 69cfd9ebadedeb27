"""Nearness by district."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.reference import regions
from search import places
from search.queries import Query, wanted_by


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


def test_a_regency_whose_centres_nobody_gave_has_no_near(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "FILE", "missing.csv")
    assert places.centres_in(tmp_path) == {}
    places.centres_in.cache_clear()
    try:
        assert places.nearest_districts(0.5, 117.5) == ()
        assert places.centre("64.08.04") is None
        assert wanted_by(Query(sort="near", lat=0.5, lon=117.5)).sort == "relevance"
    finally:
        places.centres_in.cache_clear()
