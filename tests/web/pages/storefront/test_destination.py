"""Where the goods go: chosen once on any page, told on every card, remembered like the language and nobody else's business."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.catalogue import queries
from app.kit import clock, dates
from app.orders import delivery, rules
from tests.factories import orders
from tests.journeys.browser import Browser
from tests.statements import statements_of_this_process
from tests.web.pages.conftest import SAMARINDA, SANGATTA_UTARA, Market

BENGALON = "64.08.09"


@pytest.fixture
def promises(market: Market) -> str:
    """A shop that says how long it takes; the slug of what it sells."""
    with market.begin() as session:
        delivery.set_courier_rate(session, market.amplang.actor, market.amplang.shop_id, SANGATTA_UTARA, 10_000, days=2)
        delivery.set_expedition_rate(
            session, market.amplang.actor, market.amplang.shop_id, SAMARINDA,
            per_kilogram_amount=18_000, minimum_amount=20_000, days=3,
        )  # fmt: skip
    return market.fish_slug


def remembered(browser: Browser) -> str | None:
    return next((one.value for one in browser.client.cookies.jar if one.name == "tujuan"), None)


def promised(days: int) -> date:
    return rules.first_day(clock.now()) + timedelta(days=days)


def in_two_days() -> str:
    """A day that is never called today or tomorrow, whatever hour it is."""
    return dates.short_date(promised(2))


def test_without_a_place_a_card_says_nothing_and_every_page_of_goods_offers_the_choice(
    market: Market, visitor: Browser, promises: str
) -> None:
    for path in ("/", "/produk", f"/produk/{promises}", f"/usaha/{market.business_slug}"):
        page = visitor.get(path)
        form = next(form for form in page.reader.forms if "tujuan" in form.names)
        assert {SANGATTA_UTARA, SAMARINDA, ""} <= set(form.choices["tujuan"])
        assert form.values["tujuan"] == [""]
        assert form.method == "get"
        assert 'class="sent"' not in page.html
        assert "set-cookie" not in page.headers
    assert remembered(visitor) is None


def test_a_chosen_place_is_remembered_and_every_card_says_cost_and_day(
    market: Market, visitor: Browser, promises: str
) -> None:
    visitor.get("/produk")
    page = visitor.submit("/produk", tujuan=SANGATTA_UTARA)
    assert remembered(visitor) == SANGATTA_UTARA
    assert f"Antar Rp10.000 · tiba {in_two_days()}" in page.text
    assert "Ambil sendiri" in page.text, "the other shop does not deliver"
    assert page.headers["cache-control"] == "private, no-store" or "set-cookie" in page.headers
    for path in ("/", f"/usaha/{market.business_slug}", "/produk?q=amplang"):
        again = visitor.get(path)
        assert f"Antar Rp10.000 · tiba {in_two_days()}" in again.text
        assert again.headers["cache-control"] == "private, no-store"
    product = visitor.get(f"/produk/{promises}").text
    day = dates.long_date(promised(2))
    assert "Diantar penjual ke Sangatta Utara, ongkos Rp10.000." in product
    assert f"Tiba paling lambat {day} bila dipesan sekarang." in product


def test_a_parcel_to_another_regency_says_what_one_costs(market: Market, visitor: Browser, promises: str) -> None:
    page = visitor.get(f"/produk?tujuan={SAMARINDA}")
    assert f"Kirim Rp20.000 · tiba {dates.short_date(promised(3))}" in page.text
    assert "Tidak dikirim ke sana" in page.text
    product = visitor.get(f"/produk/{promises}").text
    assert "Dikirim ekspedisi ke Kota Samarinda, ongkos Rp20.000 untuk satu barang." in product
    english = visitor.get(f"/produk/{promises}?bahasa=en").text
    assert "Sent by parcel service to Kota Samarinda, Rp20.000 for one." in english


def test_what_is_sold_out_promises_no_day(market: Market, visitor: Browser, promises: str) -> None:
    with market.begin() as session:
        gone = orders.product(session, market.amplang, "Amplang habis", on_hand=0)
    page = visitor.get(f"/produk/{card_slug(market, gone)}?tujuan={SANGATTA_UTARA}")
    assert "Stok barang ini sedang habis." in page.text
    offer = page.html.partition("Lainnya dari")[0]
    assert "tiba" not in offer
    assert "Tiba paling lambat" not in offer


def test_what_is_not_known_is_said_and_not_guessed(market: Market, visitor: Browser) -> None:
    with market.begin() as session:
        shop = orders.seller(session, "Toko Belum Tahu")
        delivery.set_courier_rate(session, shop.actor, shop.shop_id, BENGALON, 0)
        delivery.set_expedition_rate(session, shop.actor, shop.shop_id, SAMARINDA, per_kilogram_amount=9_000)
        there = orders.product(session, shop, "Kue entah kapan", weight_gram=None)
        made = orders.product(session, shop, "Kue dibuat dulu", mode="made_to_order", on_hand=None)
    slugs = {id_: card_slug(market, id_) for id_ in (there, made)}
    page = visitor.get(f"/produk/{slugs[there]}?tujuan={BENGALON}")
    assert "Diantar penjual ke Bengalon, tanpa ongkos. Penjual belum menulis berapa lama sampai." in page.text
    assert "Barang dibuat dulu setelah Anda pesan" in visitor.get(f"/produk/{slugs[made]}").text
    assert "Belum bisa dikirim ke Kota Samarinda" in visitor.get(f"/produk/{slugs[there]}?tujuan={SAMARINDA}").text
    assert "Tidak diantar ke Sangkulirang" in visitor.get(f"/produk/{slugs[there]}?tujuan=64.08.05").text
    assert "Tidak dikirim ke Kota Bontang" in visitor.get(f"/produk/{slugs[there]}?tujuan=64.74").text


def card_slug(market: Market, product_id: object) -> str:
    with market.begin() as session:
        return queries.cards(session, [product_id])[0].slug  # type: ignore[list-item]


def test_a_wrong_place_is_ignored_and_an_empty_one_forgets(market: Market, visitor: Browser, promises: str) -> None:
    visitor.get(f"/produk?tujuan={SANGATTA_UTARA}")
    for wrong in ("64.08", "64", "64.08.04.2001", "99.99", "x", "%00", "64.01.01", "64.08.04%0d%0aX: y", "9" * 500):
        page = visitor.get(f"/produk?tujuan={wrong}")
        assert remembered(visitor) == SANGATTA_UTARA
        assert "Antar Rp10.000" in page.text
        assert "set-cookie" not in page.headers
    page = visitor.submit("/produk", tujuan="")
    assert remembered(visitor) is None
    assert 'class="sent"' not in page.html
    forged = market.visitor()
    forged.client.cookies.set("tujuan", "<script>")
    assert 'class="sent"' not in forged.get("/produk").html


def test_sorting_and_narrowing_keep_the_place_without_a_cookie(market: Market, visitor: Browser, promises: str) -> None:
    page = visitor.get(f"/produk?tujuan={SANGATTA_UTARA}&q=amplang")
    assert f"tujuan={SANGATTA_UTARA}" in page.link("kategori=")
    narrowing = next(form for form in page.reader.forms if "harga_min" in form.names)
    assert narrowing.values["tujuan"] == [SANGATTA_UTARA]
    chooser = next(form for form in page.reader.forms if "tujuan" in form.names and "harga_min" not in form.names)
    assert (chooser.values["tujuan"], chooser.values["q"]) == ([SANGATTA_UTARA], ["amplang"])


def test_a_list_with_a_place_costs_one_statement_more(market: Market, visitor: Browser, promises: str) -> None:
    costs = []
    for path in ("/produk?q=tenggiri", f"/produk?q=tenggiri&tujuan={SANGATTA_UTARA}"):
        visitor.get(path)
        with statements_of_this_process() as sent:
            visitor.get(path)
        costs.append(len(sent))
    stranger = market.visitor()
    with statements_of_this_process() as sent:
        stranger.get(f"/produk?q=tenggiri&tujuan={SAMARINDA}")
    assert len(sent) <= costs[1]
    assert costs[1] <= 7


def test_the_checkout_begins_with_the_place_where_every_shop_goes_there(
    market: Market, visitor: Browser, promises: str
) -> None:
    visitor.get(f"/produk/{promises}?tujuan={SANGATTA_UTARA}")
    visitor.submit("/keranjang", jumlah="1")
    form = visitor.get("/checkout").form("/checkout")
    assert (form.values["cara_terima"], form.values["tujuan"]) == (["courier"], [SANGATTA_UTARA])
    assert "Sampai dalam 2 hari" in visitor.page.text
    chosen = visitor.get("/checkout?cara_terima=pickup").form("/checkout")
    assert chosen.values["cara_terima"] == ["pickup"]
    visitor.get(f"/checkout?tujuan={SAMARINDA}")
    parcel = visitor.get("/checkout").form("/checkout")
    assert (parcel.values["cara_terima"], parcel.values["tujuan"]) == (["expedition"], [SAMARINDA])
    headers = {"Sec-Fetch-Site": "same-origin"}
    visitor.client.post("/keranjang", data={"produk": str(market.shrimp), "jumlah": "1"}, headers=headers)
    mixed = visitor.get("/checkout").form("/checkout")
    assert mixed.values["cara_terima"] == ["pickup"], "the second shop sends nowhere"


def test_the_order_page_holds_the_seller_to_the_promised_day(market: Market, visitor: Browser, promises: str) -> None:
    visitor.get(f"/produk/{promises}?tujuan={SANGATTA_UTARA}")
    visitor.submit("/keranjang", jumlah="1")
    visitor.get("/checkout")
    typed = {"nama": "Pembeli Uji", "no_hp": orders.fresh_phone(), "alamat": "Jl. Uji 1, Sangatta"}
    cash = visitor.submit("/checkout", press=("langkah", "pesan"), cara_bayar="cod", **typed)
    assert f"Dijanjikan sampai paling lambat {dates.long_date(promised(2))}." in cash.text
    visitor.get(f"/produk/{promises}")
    visitor.submit("/keranjang", jumlah="1")
    visitor.get("/checkout")
    later = visitor.submit("/checkout", press=("langkah", "pesan"), cara_bayar="transfer", **typed)
    assert "Dijanjikan sampai 2 hari setelah uang Anda masuk." in later.text


def test_a_day_is_short_on_a_card() -> None:
    day = clock.business_date(datetime(2026, 11, 26, 16, tzinfo=UTC))
    assert dates.short_date(day) == "Jum, 27 Nov"
    assert dates.short_date(day, "en") == "Fri, 27 Nov"


def test_places_further_away_are_listed_as_far_as_somebody_sends_there(
    market: Market, visitor: Browser, promises: str
) -> None:
    surabaya = "35.78"
    with market.begin() as session:
        shop = orders.seller(session, "Toko Kirim Jauh")
        delivery.set_expedition_rate(
            session, shop.actor, shop.shop_id, surabaya, per_kilogram_amount=40_000, minimum_amount=50_000, days=6
        )
        closed = orders.seller(session, "Toko Tutup")
        delivery.set_expedition_rate(session, closed.actor, closed.shop_id, "51.71", per_kilogram_amount=40_000)
        orders.close_shop(session, closed)
    visitor.get("/produk?q=amplang&kabar=masuk")
    page = visitor.follow("/tujuan?kembali=")
    assert "Kota Surabaya 1 toko" in page.text
    assert "Kota Denpasar" not in page.text, "a closed shop sends nothing"
    assert "Sangatta Utara" in page.text
    back = visitor.get(page.link(surabaya))
    assert back.url.endswith(f"/produk?q=amplang&tujuan={surabaya}")
    chooser = next(form for form in back.reader.forms if form.identity == "kirim-ke")
    assert chooser.values["tujuan"] == [surabaya], "a place that is not in the short list stays chosen"
    assert "Tidak dikirim ke Kota Surabaya" in visitor.get(f"/produk/{promises}").text


@pytest.mark.parametrize(
    "kembali", ["https://jahat.example/", "//jahat.example", "javascript:alert(1)", "/\\jahat.example", ""]
)
def test_the_list_of_places_leads_back_into_the_market_alone(
    market: Market, visitor: Browser, promises: str, kembali: str
) -> None:
    whole = visitor.client.get("/tujuan", params={"kembali": kembali}).text
    page = whole.partition("<main")[2].partition("</main>")[0]
    assert "jahat.example" not in page
    assert "javascript:" not in page
    assert f'href="/produk?tujuan={SANGATTA_UTARA}#kirim-ke"' in page
