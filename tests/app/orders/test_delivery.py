"""Rates a seller sets, and only that seller."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from app.actor import GUEST
from app.audit import queries as audit
from app.errors import Invalid, NotFound
from app.kit import ids
from app.orders import delivery, offers, queries
from app.orders.offers import CourierRateView, ExpeditionRateView, Rates
from tests.factories import orders as make


def test_a_seller_sets_changes_and_removes_a_courier_rate(session: Session) -> None:
    seller = make.seller(session)
    delivery.set_courier_rate(session, seller.actor, seller.shop_id, "64.08.04", 10_000)
    delivery.set_courier_rate(session, seller.actor, seller.shop_id, "64.08.04", 0)
    assert [(rate.district_code, rate.price_amount) for rate in queries.rates(session, seller.shop_id).courier] == [
        ("64.08.04", 0)
    ]
    delivery.remove_courier_rate(session, seller.actor, seller.shop_id, "64.08.04")
    delivery.remove_courier_rate(session, seller.actor, seller.shop_id, "64.08.04")
    assert queries.rates(session, seller.shop_id) == Rates()


def test_a_seller_sets_changes_and_removes_an_expedition_rate(session: Session) -> None:
    seller = make.seller(session)
    for rate in (12_000, 13_000):
        delivery.set_expedition_rate(
            session, seller.actor, seller.shop_id, "64.72", per_kilogram_amount=rate, minimum_amount=20_000
        )
    (view,) = queries.rates(session, seller.shop_id).expedition
    assert (view.regency_code, view.regency_name, view.per_kilogram_amount, view.minimum_amount) == (
        "64.72",
        "Kota Samarinda",
        13_000,
        20_000,
    )
    delivery.remove_expedition_rate(session, seller.actor, seller.shop_id, "64.72")
    assert queries.rates(session, seller.shop_id) == Rates()


def test_a_seller_says_in_how_many_days_it_arrives_and_may_leave_it_open_again(session: Session) -> None:
    seller = make.seller(session)
    for days in (0, 60, None):
        delivery.set_courier_rate(session, seller.actor, seller.shop_id, "64.08.04", 10_000, days=days)
        delivery.set_expedition_rate(
            session, seller.actor, seller.shop_id, "64.72", per_kilogram_amount=12_000, days=days
        )
        rates = queries.rates(session, seller.shop_id)
        assert (rates.courier[0].days, rates.expedition[0].days) == (days, days)
    for days in (-1, 61):
        with pytest.raises(Invalid) as refusal:
            delivery.set_courier_rate(session, seller.actor, seller.shop_id, "64.08.04", 10_000, days=days)
        assert [error.field for error in refusal.value.errors] == ["days"]
        with pytest.raises(Invalid) as refusal:
            delivery.set_expedition_rate(
                session, seller.actor, seller.shop_id, "64.72", per_kilogram_amount=12_000, days=days
            )
        assert [error.field for error in refusal.value.errors] == ["days"]


@pytest.mark.parametrize(
    ("district", "price", "fields"),
    [
        ("64.72", 1, ["district_code"]),
        ("99.99.99", -1, ["district_code", "price_amount"]),
        ("64.08.04", 10_000_001, ["price_amount"]),
    ],
)
def test_a_courier_rate_names_a_district_of_the_regency_and_a_sensible_price(
    session: Session, district: str, price: int, fields: list[str]
) -> None:
    seller = make.seller(session)
    with pytest.raises(Invalid) as refusal:
        delivery.set_courier_rate(session, seller.actor, seller.shop_id, district, price)
    assert [error.field for error in refusal.value.errors] == fields
    assert queries.rates(session, seller.shop_id) == Rates()


@pytest.mark.parametrize(
    ("regency", "rate", "minimum", "fields"),
    [
        ("64.08.04", 1, 0, ["regency_code"]),
        ("64", 0, -1, ["regency_code", "per_kilogram_amount", "minimum_amount"]),
        ("64.72", 10_000_001, 10_000_001, ["per_kilogram_amount", "minimum_amount"]),
    ],
)
def test_an_expedition_rate_names_a_regency_and_sensible_prices(
    session: Session, regency: str, rate: int, minimum: int, fields: list[str]
) -> None:
    seller = make.seller(session)
    with pytest.raises(Invalid) as refusal:
        delivery.set_expedition_rate(
            session, seller.actor, seller.shop_id, regency, per_kilogram_amount=rate, minimum_amount=minimum
        )
    assert [error.field for error in refusal.value.errors] == fields


def test_nobody_sets_or_removes_the_rates_of_a_foreign_shop(session: Session) -> None:
    seller, rival = make.seller(session), make.seller(session)
    delivery.set_courier_rate(session, seller.actor, seller.shop_id, "64.08.04", 10_000)
    delivery.set_expedition_rate(session, seller.actor, seller.shop_id, "64.72", per_kilogram_amount=12_000)
    before = queries.rates(session, seller.shop_id)
    for actor, shop in ((rival.actor, seller.shop_id), (GUEST, seller.shop_id), (seller.actor, ids.uuid7())):
        with pytest.raises(NotFound):
            delivery.set_courier_rate(session, actor, shop, "64.08.04", 1)
        with pytest.raises(NotFound):
            delivery.remove_courier_rate(session, actor, shop, "64.08.04")
        with pytest.raises(NotFound):
            delivery.set_expedition_rate(session, actor, shop, "64.72", per_kilogram_amount=1)
        with pytest.raises(NotFound):
            delivery.remove_expedition_rate(session, actor, shop, "64.72")
    assert queries.rates(session, seller.shop_id) == before


def test_setting_a_rate_stands_in_the_audit(session: Session) -> None:
    seller = make.seller(session)
    delivery.set_courier_rate(session, seller.actor, seller.shop_id, "64.08.04", 10_000)
    newest = audit.of_subject(session, "shop", seller.shop_id)[0]
    assert (newest.action, newest.detail) == ("courier_rate.set", {"place": "64.08.04"})


RATES = Rates(
    (CourierRateView("64.08.04", "Sangatta Utara", 10_000),),
    (ExpeditionRateView("64.72", "Kota Samarinda", 12_000, 20_000),),
)


@pytest.mark.parametrize(
    ("region", "amounts"),
    [
        ("64.08.04", (0, 10_000, None)),
        ("64.08.04.2001", (0, 10_000, None)),
        ("64.72", (0, None, 24_000)),
        ("64.08.01", (0, None, None)),
        ("64", (0, None, None)),
        ("tidak ada", (0, None, None)),
        (None, (0, None, None)),
    ],
)
def test_each_way_costs_what_its_rate_says_or_says_why_not(region: str | None, amounts: tuple[int | None, ...]) -> None:
    options = offers.options("Toko", RATES, weight_gram=1_200, region_code=region)
    assert tuple(option.amount for option in options) == amounts
    assert all((option.amount is None) == bool(option.why_not) for option in options)


def test_unknown_weight_is_told_instead_of_guessed() -> None:
    option = offers.expedition("Toko Madu", RATES, None, "64.72")
    assert option.amount is None
    assert option.why_not is not None
    assert option.why_not.startswith("Berat barang Toko Madu belum diisi penjual")


def test_a_sentence_names_a_few_places_and_not_a_hundred() -> None:
    many = Rates(tuple(CourierRateView(f"64.08.{n:02d}", f"Kecamatan {n}", 1) for n in range(9)))
    assert many.sentence == (
        "Yang tersedia: ambil sendiri; kurir ke Kecamatan 0, Kecamatan 1, Kecamatan 2, Kecamatan 3 dan lainnya."
    )


def test_a_destination_is_written_for_people() -> None:
    assert offers.destination("64.72") == "Kota Samarinda"
    assert offers.destination("64.08.04") == "Sangatta Utara, Kabupaten Kutai Timur"
    assert offers.destination(None) == ""
