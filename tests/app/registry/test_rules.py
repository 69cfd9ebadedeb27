"""What a valid field is: citizen numbers above all, with every sentence beside its own field."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.actor import Actor, Grant
from app.kit import clock
from app.registry import rules
from app.registry.rules import BusinessDraft, OwnerDraft

OLDEST = date(1935, 1, 1)
YOUNGEST = date(2005, 1, 1)

areas = st.integers(110101, 979999).map(lambda number: f"{number:06d}")
births = st.dates(OLDEST, YOUNGEST)
serials = st.integers(1, 9999)
sexes = st.sampled_from(["male", "female"])


def nik(area: str, born: date, sex: str, serial: int) -> str:
    day = born.day + (40 if sex == "female" else 0)
    return f"{area}{day:02d}{born:%m%y}{serial:04d}"


@given(areas, births, sexes, serials)
def test_every_person_who_can_own_a_business_has_a_valid_nik_wherever_registered(
    area: str, born: date, sex: str, serial: int
) -> None:
    number = nik(area, born, sex, serial)
    assert rules.nik_fault(number) is None
    assert rules.nik_birth(number) == born
    assert rules.nik_sex(number) == sex


@given(areas, births, sexes, serials)
def test_spaces_dots_and_dashes_of_people_do_not_matter(area: str, born: date, sex: str, serial: int) -> None:
    number = nik(area, born, sex, serial)
    assert rules.nik_fault(f" {number[:6]}.{number[6:12]}-{number[12:]}\u00a0") is None


@given(areas, births, sexes)
def test_the_serial_0000_is_nobodys(area: str, born: date, sex: str) -> None:
    assert rules.nik_fault(nik(area, born, sex, 0)) is not None


@given(areas, st.integers(0, 99), st.integers(0, 99), serials)
def test_an_impossible_day_or_month_is_refused(area: str, day: int, month: int, serial: int) -> None:
    number = f"{area}{day:02d}{month:02d}90{serial:04d}"
    possible = 1 <= month <= 12 and (1 <= day <= 31 or 41 <= day <= 71)
    if not possible:
        assert rules.nik_fault(number) is not None


@given(st.text(max_size=40))
def test_any_text_is_judged_without_breaking(text: str) -> None:
    fault = rules.nik_fault(text)
    assert fault is None or fault.endswith(".")


@pytest.mark.parametrize(
    "number",
    [
        "640804170890002",  # 15 digits
        "64080417089000021",  # 17
        "6408040008900001",  # day 00
        "6408043208900001",  # day 32
        "6408047208900001",  # 72 - 40 = 32
        "6408044008900001",  # 40 is neither a man's day nor a woman's
        "6408041713900001",  # month 13
        "6408042902950001",  # 29 February 1995
        "6408041708900000",  # serial 0000
        "0008041708900002",  # province 00
        "6408O41708900002",  # letter O
        "٦٤٠٨٠٤١٧٠٨٩٠٠٠٠٢",  # digits of another script
        "",
    ],
)
def test_a_nik_that_nobody_can_have_is_refused(number: str) -> None:
    assert rules.nik_fault(number) is not None


def test_a_leap_day_is_a_birthday_in_leap_years_only() -> None:
    assert rules.nik_fault("6408122902960001") is None
    assert rules.nik_fault("6408122902970001") is not None


@pytest.mark.parametrize("text", ["6408041708900000", "6408045708900010", "6,40804E+15", "6.408041708900E+15"])
def test_a_number_a_spreadsheet_has_rounded_is_suspicious(text: str) -> None:
    assert rules.nik_damaged_by_spreadsheet(text)


@pytest.mark.parametrize("text", ["6408045708900011", "640804570890010", "", "lima"])
def test_other_numbers_are_not(text: str) -> None:
    assert not rules.nik_damaged_by_spreadsheet(text)


def faults(**given: object) -> list[tuple[str, str]]:
    return [(error.field, error.code) for error in rules.draft_faults(BusinessDraft(**given))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given_facts", "expected"),
    [
        ({"name": "  "}, ("name", "missing")),
        ({"name": "n" * 151}, ("name", "too_long")),
        ({"name": "Usaha\0"}, ("name", "unwritable")),
        ({"main_product": " "}, ("main_product", "missing")),
        ({"address": "a" * 301}, ("address", "too_long")),
        ({"nib": "123"}, ("nib", "invalid")),
        ({"nib": "12345678901234"}, ("nib", "invalid")),
        ({"nib": "12345678901x3"}, ("nib", "invalid")),
        ({"started_on": date(1899, 12, 31)}, ("started_on", "invalid")),
        ({"capital_amount": -1}, ("capital_amount", "out_of_range")),
        ({"turnover_amount": 2**63}, ("turnover_amount", "out_of_range")),
        ({"workers_male": 5001}, ("workers_male", "out_of_range")),
        ({"workers_female": -1}, ("workers_female", "out_of_range")),
        ({"owner": OwnerDraft(name=" ")}, ("owner.name", "missing")),
        ({"owner": OwnerDraft(sex="P")}, ("owner.sex", "invalid")),
        ({"owner": OwnerDraft(nik="123")}, ("owner.nik", "invalid")),
        ({"owner": OwnerDraft(nik="6408045708900001", sex="male")}, ("owner.nik", "contradiction")),
        ({"cleared": frozenset({"name"})}, ("name", "required")),
    ],
)
def test_a_bad_value_is_named_beside_its_field(given_facts: dict[str, object], expected: tuple[str, str]) -> None:
    assert faults(**given_facts) == [expected]


def test_tomorrow_is_too_late_to_have_started_and_today_is_not() -> None:
    assert faults(started_on=clock.today()) == []
    assert faults(started_on=clock.today() + timedelta(days=1)) == [("started_on", "invalid")]


def test_what_is_not_given_is_no_fault_and_zero_is_a_value() -> None:
    assert faults() == []
    assert faults(capital_amount=0, turnover_amount=0, workers_male=0, workers_female=0) == []


def test_what_the_office_needs_is_asked_for_all_at_once() -> None:
    missing = rules.missing_for_submission(name="Usaha", district_code=None, main_product=" ")
    assert [(error.field, error.code) for error in missing] == [
        ("district_code", "missing"),
        ("main_product", "missing"),
    ]


@pytest.mark.parametrize(
    ("grant", "keeps"),
    [
        (Grant("administrator"), True),
        (Grant("verifier"), True),
        (Grant("verifier", "64.08.04"), True),
        (Grant("verifier", "64.08.04", "64.08.04.1010"), True),
        (Grant("verifier", "64.08.05"), False),
        (Grant("verifier", "64.08.04", "64.08.04.2003"), False),
        (Grant("analyst"), False),
        (Grant("facilitator", "64.08.04"), False),
    ],
)
def test_the_register_is_kept_by_those_in_charge_of_the_place(grant: Grant, keeps: bool) -> None:
    actor = Actor(grants=frozenset({grant}))
    assert rules.keeps_register(actor, "64.08.04", "64.08.04.1010") is keeps
