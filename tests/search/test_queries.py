"""What people type and what they find, on PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session

from app.catalogue import categories
from app.catalogue.models import Product, Shop
from app.registry.models import Business
from search import queries
from search.queries import Found, Query
from tests.factories import orders
from tests.search.goods import BENGALON, HOSTILE, KARANGAN, SANGATTA_UTARA, Good, Market
from tests.statements import counted_statements

AMPLANG = {"Amplang ikan tenggiri 250 g", "Amplang ikan bandeng"}


def test_words_are_found_whatever_their_case_accents_and_place(market: Market) -> None:
    assert set(market.names("amplang")) == AMPLANG
    assert market.names("AMPLANG Tenggiri") == ["Amplang ikan tenggiri 250 g"]
    assert market.names("tenggiri amplang") == ["Amplang ikan tenggiri 250 g"]
    assert market.names("cafe") == market.names("Café") == market.names("cafe\u0301") == ["Kopi robusta"]
    assert market.names("250g") == market.names("250 g") != []


def test_all_words_must_be_there(market: Market) -> None:
    answer = market.find("amplang balado")
    assert (answer.product_ids, answer.total, answer.corrected_query) == ((), 0, None)


def test_the_last_word_may_only_be_begun(market: Market) -> None:
    assert set(market.names("amp")) == AMPLANG
    assert market.names("amplang teng") == ["Amplang ikan tenggiri 250 g"]
    assert market.names("teng amplang") != ["Amplang ikan tenggiri 250 g"]
    assert market.names("a") == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("kripik", "Keripik singkong balado"),
        ("coffee", "Kopi robusta"),
        ("gula merah", "Gula aren cair"),
        ("madu trigona", "Madu kelulut 250 ml"),
        ("merica putih", "Lada putih"),
        ("ubi kayu", "Keripik singkong balado"),
        ("sambel belacan", "Sambal terasi"),
        ("cabe", "Keripik singkong balado"),
    ],
)
def test_another_word_for_the_same_thing_finds_it(market: Market, typed: str, found: str) -> None:
    """A spelling or a word everybody uses is a synonym, not a slip."""
    answer = market.find(typed)
    assert answer.product_ids == (market.ids[found],)
    assert answer.corrected_query is None


@pytest.mark.parametrize(
    ("typed", "meant", "found"),
    [
        ("amplng", "amplang", AMPLANG),
        ("ampalng", "amplang", AMPLANG),
        ("Amplang  TENGIRI", "amplang tenggiri", {"Amplang ikan tenggiri 250 g"}),
        ("kelullut", "kelulut", {"Madu kelulut 250 ml"}),
        ("kripk", "keripik", {"Keripik singkong balado"}),
        ("gulaaren", "gula aren", {"Gula aren cair"}),
        ("battik", "batik", {"Batik wakaroros tulis", "Tas anyaman rotan"}),
        ("amplang zzzzzz", "amplang", AMPLANG),
        ("mdu", "madu", {"Madu kelulut 250 ml"}),
    ],
)
def test_a_slip_is_mended_and_said(market: Market, typed: str, meant: str, found: set[str]) -> None:
    answer = market.find(typed)
    assert answer.corrected_query == meant
    assert {name for name, id_ in market.ids.items() if id_ in answer.product_ids} == found
    assert answer.total == len(found)


def test_what_cannot_be_meant_finds_nothing_and_claims_nothing(market: Market) -> None:
    for typed in ("qxzqxzqxz", "99999", "zz"):
        answer = market.find(typed)
        assert (answer.total, answer.corrected_query) == (0, None), typed
        assert answer.facets == {"category": (), "district": (), "halal": (), "price": ()}


def test_small_words_do_not_matter_unless_there_is_nothing_else(market: Market) -> None:
    assert market.names("amplang yang dari tenggiri") == ["Amplang ikan tenggiri 250 g"]
    assert set(market.names("dari")) >= {"Amplang ikan bandeng", "Gula aren cair"}


def test_goods_named_so_come_before_goods_described_so(market: Market) -> None:
    market.stock_up(
        Good("Dapur Etam", "Rengginang", "camilan", 9_000, "Dimakan dengan madu, madu, madu, madu dan madu."),
        Good("Kebun Bengalon", "Maduku botol", "jamu", 80_000),
    )
    assert market.names("madu")[:1] == ["Madu kelulut 250 ml"]
    assert market.names("madu").index("Rengginang") < market.names("madu").index("Maduku botol")


def test_filters_narrow_and_work_together(market: Market) -> None:
    assert set(market.names(category="makanan")) == AMPLANG | {"Keripik singkong balado", "Sambal terasi"}
    assert set(market.names(category="amplang")) == AMPLANG
    assert market.names(category="tidak-ada") == []
    assert set(market.names(district=KARANGAN)) == {"Batik wakaroros tulis", "Tas anyaman rotan"}
    assert set(market.names(halal=True)) == AMPLANG | {"Madu kelulut 250 ml"}
    assert set(market.names(price_min=25_000, price_max=35_000)) == {
        "Amplang ikan tenggiri 250 g",
        "Sambal terasi",
        "Gula aren cair",
    }
    assert market.names("ikan", district=SANGATTA_UTARA, halal=True, price_max=20_000) == ["Amplang ikan bandeng"]
    assert market.names(price_min=10**30) == market.names(price_max=-(10**30)) == []


def test_sorting(market: Market) -> None:
    cheap_first = market.names(sort="price")
    assert cheap_first[:2] == ["Keripik singkong balado", "Amplang ikan bandeng"]
    assert market.names(sort="-price") == cheap_first[::-1]
    assert market.names(sort="newest")[0] == "Tas anyaman rotan"
    assert market.names("amplang", sort="price") == ["Amplang ikan bandeng", "Amplang ikan tenggiri 250 g"]


def test_near_sorts_by_the_district_and_is_relevance_without_a_place(market: Market) -> None:
    near_karangan = market.names(sort="near", lat=1.3, lon=117.6)
    assert set(near_karangan[:2]) == {"Batik wakaroros tulis", "Tas anyaman rotan"}
    assert set(market.names(sort="near", lat=0.55, lon=117.5)[-2:]) == {"Batik wakaroros tulis", "Tas anyaman rotan"}
    by_relevance = market.names()
    for place in ({}, {"lat": 0.5}, {"lat": float("nan"), "lon": 117.0}, {"lat": 91.0, "lon": 0.0}):
        assert market.names(sort="near", **place) == by_relevance


def test_pages_neither_overlap_nor_miss_anything(market: Market) -> None:
    for sort in ("relevance", "price", "-price", "newest"):
        pages = [market.names(sort=sort, page=page, per_page=3) for page in range(1, 6)]
        assert [len(page) for page in pages] == [3, 3, 3, 1, 0]
        assert sorted(name for page in pages for name in page) == sorted(market.ids)
    assert market.find(page=10**40).product_ids == ()
    assert market.find(page=10**40).total == 10
    assert market.names(page=0, per_page=0) == market.names(page=-5, per_page=1)
    assert len(market.names(per_page=10**9)) == 10


def test_hostile_words_do_no_harm(market: Market) -> None:
    for typed in HOSTILE:
        market.find(typed)
        assert market.find(category=typed, district=typed).total == 0, typed
        with market.begin() as session:
            queries.suggest(session, typed)
    assert len(market.names()) == 10


def test_emoji_alone_find_nothing_and_spaces_alone_ask_nothing(market: Market) -> None:
    assert market.find("🦐").total == 0
    assert market.find("?!").total == 0
    assert market.find("  \t ").total == 10
    assert market.find("amplang 🦐").total == 2


class TestWhatIsNotOnSale:
    """Decided live: the copy has not heard of any of this."""

    def test_hidden_goods_are_neither_found_nor_counted(self, market: Market) -> None:
        with market.begin() as session:
            orders.hide(session, market.sellers["Dapur Etam"], market.ids["Amplang ikan bandeng"])
        answer = market.find("amplang")
        assert answer.product_ids == (market.ids["Amplang ikan tenggiri 250 g"],)
        assert (answer.total, [bucket.count for bucket in answer.facets["halal"]]) == (1, [1])
        assert market.find().total == 9

    @pytest.mark.parametrize("status", ["suspended", "closed"])
    def test_a_business_that_may_not_sell_has_no_goods(self, market: Market, status: str) -> None:
        with market.begin() as session:
            session.get_one(Business, market.sellers["Kebun Bengalon"].business_id).status = status
        assert market.find("madu").total == 0
        assert BENGALON not in {bucket.value for bucket in market.find().facets["district"]}
        with market.begin() as session:
            session.get_one(Business, market.sellers["Kebun Bengalon"].business_id).status = "active"
        assert market.names("madu") == ["Madu kelulut 250 ml"]

    def test_a_shop_on_holiday_has_no_goods(self, market: Market) -> None:
        with market.begin() as session:
            orders.close_shop(session, market.sellers["Rumah Batik Karangan"])
            assert session.get_one(Shop, market.sellers["Rumah Batik Karangan"].shop_id).status == "paused"
        assert (market.find("batik").total, market.find("batik").corrected_query) == (0, None)

    def test_sold_out_goods_are_found_after_the_others(self, market: Market) -> None:
        assert market.names("amplang tenggiri")[0] == "Amplang ikan tenggiri 250 g"
        with market.begin() as session:
            orders.order(session, (market.ids["Amplang ikan tenggiri 250 g"], 10))
        assert market.names("amplang") == ["Amplang ikan bandeng", "Amplang ikan tenggiri 250 g"]
        assert market.names()[-1] == "Amplang ikan tenggiri 250 g"

    def test_a_new_price_counts_at_once(self, market: Market) -> None:
        with market.begin() as session:
            orders.set_price(session, market.sellers["Dapur Etam"], market.ids["Sambal terasi"], 1_000)
        assert market.names(sort="price")[0] == "Sambal terasi"
        assert market.find("sambal").facets["price"][0].value == "0-24999"


def test_goods_are_there_before_any_copy_was_made(market: Market) -> None:
    """An installation whose worker has not run yet still shows its goods; only their words are not known."""
    with market.begin() as session:
        session.execute(text("DELETE FROM search_document"))
        session.execute(text("DELETE FROM search_word"))
    assert market.find(category="makanan").total == 4
    assert market.find("amplang").total == 0


class TestFacets:
    def test_they_say_what_stands_behind_each_choice(self, market: Market) -> None:
        facets = market.find().facets
        assert [(bucket.value, bucket.label, bucket.count) for bucket in facets["category"]] == [
            ("makanan", "Makanan", 4),
            ("minuman", "Minuman", 2),
            ("hasil-tani", "Hasil tani", 2),
            ("fesyen", "Fesyen", 2),
        ]
        assert [(bucket.label, bucket.count) for bucket in facets["district"]] == [
            ("Bengalon", 4),
            ("Sangatta Utara", 4),
            ("Karangan", 2),
        ]
        assert [(bucket.value, bucket.label, bucket.count) for bucket in facets["halal"]] == [("ya", "Halal", 3)]
        assert [(bucket.value, bucket.label, bucket.count) for bucket in facets["price"]] == [
            ("0-24999", "di bawah Rp25.000", 2),
            ("25000-49999", "Rp25.000 – Rp49.999", 4),
            ("50000-99999", "Rp50.000 – Rp99.999", 1),
            ("100000-249999", "Rp100.000 – Rp249.999", 2),
            ("500000-", "Rp500.000 ke atas", 1),
        ]

    def test_a_choice_opens_its_branch_and_does_not_hide_its_neighbours(self, market: Market) -> None:
        facets = market.find(category="amplang", district=SANGATTA_UTARA).facets
        assert [(bucket.value, bucket.count) for bucket in facets["category"]] == [
            ("makanan", 4),
            ("amplang", 2),
            ("lauk", 1),
            ("camilan", 1),
        ]
        assert [(bucket.value, bucket.count) for bucket in facets["district"]] == [(SANGATTA_UTARA, 2)]

    def test_what_is_chosen_is_shown_even_when_nothing_is_left(self, market: Market) -> None:
        facets = market.find("batik", category="madu", district="64.08.01", halal=True).facets
        assert ("madu", 0) in [(bucket.value, bucket.count) for bucket in facets["category"]]
        assert ("64.08.01", 0) in [(bucket.value, bucket.count) for bucket in facets["district"]]
        assert [(bucket.value, bucket.count) for bucket in facets["halal"]] == [("ya", 0)]


ASKED = st.fixed_dictionaries(
    {
        "text": st.sampled_from(["", "a", "ikan", "amplang", "amplng", "madu", "putih", "250", "tulis tas"]),
        "category": st.none() | st.sampled_from([kind.slug for kind in categories.everything()]),
        "district": st.none() | st.sampled_from([SANGATTA_UTARA, BENGALON, KARANGAN, "64.08.01"]),
        "price_min": st.none() | st.sampled_from([0, 20_000, 50_000]),
        "price_max": st.none() | st.sampled_from([24_999, 60_000, 10**7]),
        "halal": st.booleans(),
        "sort": st.sampled_from(["relevance", "price", "-price", "newest", "near"]),
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=ASKED)
def test_facets_add_up(market: Market, asked: dict[str, Any]) -> None:
    """Each count is what choosing it would find, and those that divide the goods add up to the whole without their own choice."""
    found = market.find(**asked)

    def without(**dropped: bool | None) -> Found:
        return market.find(**{**asked, **dropped})

    tops = {kind.slug for kind in categories.tops()}
    by_top = sum(bucket.count for bucket in found.facets["category"] if bucket.value in tops)
    assert by_top == without(category=None).total
    assert sum(bucket.count for bucket in found.facets["district"]) == without(district=None).total
    assert sum(bucket.count for bucket in found.facets["price"]) == without(price_min=None, price_max=None).total
    for bucket in found.facets["halal"]:
        assert bucket.count == market.find(**{**asked, "halal": True}).total
    for bucket in found.facets["category"]:
        assert bucket.count == market.find(**{**asked, "category": bucket.value}).total
    for bucket in found.facets["district"]:
        assert bucket.count == market.find(**{**asked, "district": bucket.value}).total
    assert found.total == len(found.product_ids)


class TestSuggestions:
    def suggested(self, market: Market, typed: str, **choices: Any) -> list[tuple[str, str, str]]:
        with market.begin() as session:
            return [(s.kind, s.text, s.url) for s in queries.suggest(session, typed, **choices)]

    def test_kinds_goods_and_businesses_that_begin_so(self, market: Market, session: Session) -> None:
        slug = session.get_one(Product, market.ids["Batik wakaroros tulis"]).slug
        shop = session.get_one(Business, market.sellers["Rumah Batik Karangan"].business_id).slug
        assert self.suggested(market, "bat")[:2] == [
            ("category", "Batik wakaroros", "/produk?kategori=batik"),
            ("product", "Batik wakaroros tulis", f"/produk/{slug}"),
        ]
        assert ("business", "Rumah Batik Karangan", f"/usaha/{shop}") in self.suggested(market, "rumah bat")

    def test_a_slip_is_read_as_what_was_meant(self, market: Market) -> None:
        assert {text for kind, text, _ in self.suggested(market, "amplng") if kind == "product"} == AMPLANG

    def test_too_little_or_nothing_known_suggests_nothing(self, market: Market) -> None:
        for typed in ("", " ", "a", "🦐", "qxzqxzqxz"):
            assert self.suggested(market, typed) == [], typed

    def test_no_text_twice_and_no_more_than_asked(self, market: Market) -> None:
        market.stock_up(*(Good(f"Toko {number}", "Amplang pipih", "amplang", 9_000) for number in range(5)))
        texts = [text for kind, text, _ in self.suggested(market, "amplang") if kind == "product"]
        assert len(texts) == len(set(texts))
        assert "Amplang pipih" in texts
        assert len(self.suggested(market, "am", limit=2)) == 2
        assert self.suggested(market, "am", limit=0) == []

    def test_what_is_hidden_is_not_suggested(self, market: Market) -> None:
        with market.begin() as session:
            orders.hide(session, market.sellers["Dapur Etam"], market.ids["Amplang ikan bandeng"])
            session.get_one(Business, market.sellers["Rumah Batik Karangan"].business_id).status = "suspended"
        assert {text for kind, text, _ in self.suggested(market, "amplang") if kind == "product"} == {
            "Amplang ikan tenggiri 250 g"
        }
        assert {kind for kind, _, _ in self.suggested(market, "batik")} <= {"category"}


def test_what_is_found_costs_one_statement(session: Session, market: Market) -> None:
    """With its total and all its facets."""
    with counted_statements(session) as statements:
        queries.products(market.begin, Query(text="amplang", category="makanan", halal=True))
    assert len(statements) == 1
