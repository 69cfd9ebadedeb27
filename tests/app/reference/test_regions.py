"""Places: the official lists, and recognising what people write."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from app.errors import Invalid
from app.reference import regions

OFFICIAL = Path(__file__).resolve().parents[4] / "shared" / "data" / "kutim_wilayah.csv"


def test_the_lists_hold_every_province_regency_district_and_village_they_promise() -> None:
    places = regions.gazetteer().places.values()
    assert Counter(place.level for place in places) == {"province": 38, "regency": 514, "district": 105, "village": 141}
    assert len(regions.districts()) == 18
    assert Counter(village.kind for village in regions.villages()) == {"desa": 139, "kelurahan": 2}
    assert {v.name for v in regions.villages() if v.kind == "kelurahan"} == {"Teluk Lingga", "Singa Geweh"}
    assert len({place.bps_code for place in regions.districts()}) == 18


@pytest.mark.skipif(not OFFICIAL.exists(), reason="the official list kutim_wilayah.csv is not beside the project")
def test_districts_and_villages_agree_with_the_official_list() -> None:
    with OFFICIAL.open(encoding="utf-8") as stream:
        official = {row["kode"]: row["nama"] for row in csv.DictReader(stream)}
    own = regions.gazetteer().places["64.08"]
    ours = {place.code: place.name for place in (own, *regions.districts(), *regions.villages())}
    assert ours == official


def test_the_listing_is_the_regencys_own_unless_a_parent_is_named() -> None:
    assert len(regions.listing()) == 1 + 18 + 141
    assert len(regions.listing(level="district")) == 18
    assert len(regions.listing(level="village")) == 141
    assert len(regions.listing(level="province")) == 38
    assert len(regions.listing(level="regency")) == 514
    assert len(regions.listing(level="regency", parent="64")) == 10
    assert len(regions.listing(level="district", parent="64")) == 105
    assert [p.code for p in regions.listing(parent="64.08.12")] == [p.code for p in regions.villages("64.08.12")]
    assert regions.listing(level="village", parent="64.08") == regions.villages()
    assert regions.listing(parent="00") == ()
    with pytest.raises(Invalid, match="isian"):
        regions.listing(level="country")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("64.08.04", "64.08.04"),
        ("640804", "64.08.04"),
        ("6404040", "64.08.04"),
        ("Sangatta Utara", "64.08.04"),
        ("  KECAMATAN  sangatta   utara ", "64.08.04"),
        ("Kec. Sengatta Utara", "64.08.04"),
        ("kec.sangatta utara", "64.08.04"),
        ("Kongbeng", "64.08.08"),
        ("Kombeng", "64.08.08"),
        ("LONGMESANGAT", "64.08.18"),
        ("Kau-Bun", "64.08.15"),
        ("Sangatta", None),
        ("Sangata Baru", None),
        ("64.08.99", None),
        ("Samarinda Ulu", None),
        ("", None),
        ("   ", None),
    ],
)
def test_a_district_is_recognised_through_codes_names_and_aliases_and_never_guessed(
    text: str, code: str | None
) -> None:
    found = regions.recognise(text, level="district")
    assert (found.code if found else None) == code


def test_every_district_and_village_is_recognised_by_its_own_code_and_name() -> None:
    for place in regions.districts():
        for text in (place.code, place.bps_code or "", place.name, f"Kecamatan {place.name.upper()}"):
            assert regions.recognise(text, level="district") == place
    for place in regions.villages():
        assert regions.recognise(place.code, level="village") == place
        assert regions.recognise(place.code.replace(".", ""), level="village") == place
        assert regions.recognise(f"{place.kind} {place.name}", level="village", within=place.parent_code) == place


def test_a_village_of_another_district_is_not_taken() -> None:
    assert regions.recognise("Teluk Lingga", level="village", within="64.08.04") is not None
    assert regions.recognise("Teluk Lingga", level="village", within="64.08.12") is None


def test_a_name_two_places_share_stays_unknown_until_the_text_says_which() -> None:
    assert regions.recognise("Bogor", level="regency") is None
    assert [p.name for p in regions.matches("Bogor", level="regency")] == ["Kabupaten Bogor", "Kota Bogor"]
    kota = regions.recognise("Kota Bogor", level="regency")
    assert kota is not None
    assert kota.code == "32.71"
    kabupaten = regions.recognise("Kab. Bogor", level="regency")
    assert kabupaten is not None
    assert kabupaten.code == "32.01"
    assert regions.recognise("Kabupaten Samarinda", level="regency") is None


def test_an_undotted_regency_code_that_means_two_regencies_is_not_taken() -> None:
    """6403 is Berau to the ministry and Kutai Kartanegara to BPS."""
    assert {p.name for p in regions.matches("6403", level="regency")} == {
        "Kabupaten Berau",
        "Kabupaten Kutai Kartanegara",
    }
    assert regions.recognise("6403", level="regency") is None
    own = regions.recognise("6404", level="regency")
    assert own is not None
    assert own.code == "64.08"


def test_what_lies_where_is_read_from_the_code() -> None:
    assert regions.district_of("64.08.04.1010") == "64.08.04"
    assert regions.regency_of("64.08.04.1010") == "64.08"
    assert regions.is_own_district("64.08.04")
    assert not regions.is_own_district("64.72.01")
    assert not regions.is_own_district("64.08.04.1010")
    assert regions.is_own_village("64.08.04.1010")
    assert regions.is_own_village("64.08.04.1010", "64.08.04")
    assert not regions.is_own_village("64.08.04.1010", "64.08.12")
    assert not regions.is_own_village("64.08.04")
    assert not regions.is_own_village("nonsense")


def test_names_are_shown_without_a_query_and_an_unknown_code_as_it_is() -> None:
    assert regions.name("64.08.04.1010") == "Teluk Lingga"
    assert regions.name("64.72") == "Kota Samarinda"
    assert regions.name("64.08.77") == "64.08.77"
    assert regions.name(None) == ""
