"""What shops call themselves is text on the cards of the checkout: never markup, never a pattern of a translation."""

from __future__ import annotations

from app.orders import delivery
from tests.factories import orders
from tests.journeys.browser import Browser
from tests.web.pages.conftest import SANGATTA_UTARA, Market


def test_the_name_of_a_shop_stands_on_a_card_as_it_was_written(market: Market, visitor: Browser) -> None:
    goods = []
    with market.begin() as session:
        for amount, name in ((5_000, "<b>Toko</b> 100% asli"), (7_000, "Warung %(num)s")):
            seller = orders.seller(session, name)
            goods.append(orders.product(session, seller, "Amplang uji"))
            delivery.set_courier_rate(session, seller.actor, seller.shop_id, SANGATTA_UTARA, amount)
    for product_id in goods:
        headers = {"Sec-Fetch-Site": "same-origin"}
        visitor.client.post("/keranjang", data={"produk": str(product_id), "jumlah": "1"}, headers=headers)
    for language in ("id", "en"):
        page = visitor.get(f"/checkout?cara_terima=courier&tujuan={SANGATTA_UTARA}&bahasa={language}")
        assert page.status == 200
        assert "&lt;b&gt;Toko&lt;/b&gt; 100% asli Rp5.000" in page.html
        assert "Warung %(num)s Rp7.000" in page.html
        assert "<b>Toko</b>" not in page.html
