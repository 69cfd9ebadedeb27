"""What of a product goes into an index, and what never does."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session

from app.catalogue.models import Product
from app.registry.models import Business
from search import documents
from search.engines import meilisearch
from tests.factories import orders
from tests.search.goods import Good, Market


def test_a_document_says_what_is_public(market: Market, session: Session) -> None:
    (document,) = documents.read(session, [market.ids["Amplang ikan tenggiri 250 g"]])
    assert document.texts == {
        "name": "Amplang ikan tenggiri 250 g",
        "kind": "Amplang dan kerupuk Makanan",
        "business": "Dapur Etam",
        "description": "Renyah dan gurih.",
        "place": "Sangatta Utara ",
    }
    assert (document.category, document.district, document.price_amount) == ("amplang", "64.08.04", 25_000)
    assert (document.halal, document.sold_out) == (True, False)


def test_hidden_goods_have_no_document(market: Market, session: Session) -> None:
    with market.begin() as inner:
        orders.hide(inner, market.sellers["Dapur Etam"], market.ids["Sambal terasi"])
    assert documents.read(session, [market.ids["Sambal terasi"]]) == []
    assert documents.read(session, []) == []


def test_no_personal_data_reaches_an_index(empty: Market, session: Session) -> None:
    empty.stock_up(
        Good("Dapur Etam", "Sambal ibu", "lauk", 9_000, "WA 0812 3456 7890, ibu@contoh.id, NIK 6408045708900001")
    )
    seller = empty.sellers["Dapur Etam"]
    session.get_one(Business, seller.business_id).address = "Gang Rahasia"
    session.flush()
    stored = " ".join(session.execute(text("SELECT CAST(words AS text) FROM search_document")).scalars())
    (document,) = documents.read(session, list(empty.ids.values()))
    outside = str(meilisearch.fields(document))
    for secret in ("0812", "7890", "contoh", "640804570890", "rahasia", "pemilik", "1234567890"):
        assert secret not in stored.lower()
        assert secret not in outside.lower()
    assert "sambal" in stored


def test_the_version_rises_with_the_product_and_with_its_business(market: Market, session: Session) -> None:
    product_id = market.ids["Sambal terasi"]

    def version() -> str:
        return documents.read(session, [product_id])[0].version

    first = version()
    with market.begin() as inner:
        inner.get_one(Product, product_id).version += 1
    second = version()
    with market.begin() as inner:
        inner.get_one(Business, market.sellers["Dapur Etam"].business_id).version += 1
    assert len({first, second, version()}) == 3


def test_reading_in_chunks_reads_everything_once(market: Market, session: Session) -> None:
    found, last = [], None
    while chunk := documents.read_after(session, last, 3):
        found += [document.product_id for document in chunk]
        last = found[-1]
    assert sorted(found) == sorted(market.ids.values())
    assert len(found) == 10
