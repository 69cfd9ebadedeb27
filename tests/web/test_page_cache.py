"""The kept pages, without a server: what is kept, for whom, until when, and what is thrown away."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import structlog
from prometheus_client import REGISTRY
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from app import config
from app.kit import clock
from app.outbox import bulletin
from tests.web.guards.asking import Answer, ask
from web.guards import request_log, stack
from web.page_cache import answer, asking, store, subjects
from web.page_cache.layer import PageCache
from web.page_cache.store import Store

SHOP, BUSINESS, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
SENTENCE = "<p>Amplang kuku macan dari Sangatta</p>"


class Product:
    """Behind the layer: says a new number with every answer, so that a kept answer can be told from a made one."""

    def __init__(self, status: int = 200, **headers: str) -> None:
        self.status = status
        self.headers = {"content-type": "text/html; charset=utf-8", "cache-control": "no-cache"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        self.made = 0
        self.seen: list[dict[str, str]] = []
        self.names: dict[str, UUID] | None = None
        self.meanwhile = lambda: None
        self.words = SENTENCE * 30

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.made += 1
        self.seen.append({name.decode(): value.decode() for name, value in scope["headers"]})
        if self.names is not None:
            subjects.name(Request(scope), **self.names)
        scope["route"] = store.Route("/produk/{slug}")
        body = f"<h1>{self.made}</h1>{self.words}".encode()
        self.meanwhile()
        packed = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        packed.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": packed})
        await send({"type": "http.response.body", "body": body})


def believed(**limits: int) -> Store:
    kept = Store(**limits)
    kept.vouch(time.monotonic() + 60)
    return kept


def cached(product: Product, kept: Store, *, https: bool = False) -> PageCache:
    return PageCache(product, kept, https=https)


def look(product: Product, kept: Store, path: str = "/produk/amplang", query: str = "", **headers: str) -> Answer:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return ask(cached(product, kept), path=path, query_string=query.encode(), headers=given)


def number(found: Answer) -> int:
    body = gzip.decompress(found.body) if found.headers.get("content-encoding") == "gzip" else found.body
    return int(body.split(b"</h1>")[0].removeprefix(b"<h1>"))


def test_the_second_asker_gets_the_kept_page_byte_for_byte() -> None:
    product, kept = Product(), believed()
    first, second = look(product, kept), look(product, kept)
    assert (first.status, first.body, first.headers) == (second.status, second.body, second.headers)
    assert product.made == 1


@pytest.mark.parametrize(
    "path",
    ["/", "/produk", "/produk/a", "/usaha", "/usaha/a", "/verifikasi", "/verifikasi/KT-2026-000001-1", "/data",
     "/data/T01.csv", "/sitemap.xml", "/robots.txt", "/manifest.webmanifest"],
)  # fmt: skip
def test_everybodys_pages_are_kept(path: str) -> None:
    product, kept = Product(), believed()
    assert [number(look(product, kept, path)) for _ in range(2)] == [1, 1]


@pytest.mark.parametrize(
    "path",
    ["/keranjang", "/checkout", "/masuk", "/daftar", "/akun", "/akun/sandi", "/jual", "/jual/barang", "/dinas", "/healthz",
     "/pesanan/KT-1", "/pesanan-saya", "/bayar-uji/1", "/readyz", "/metrics", "/api/v1/products", "/produk/", "/produk/a/b",
     "/foto/1/360.webp", "/static/css/main.css", "//produk", "/produkx"],
)  # fmt: skip
def test_a_page_of_somebody_is_not_kept(path: str) -> None:
    product, kept = Product(), believed()
    assert [number(look(product, kept, path)) for _ in range(2)] == [1, 2]
    assert len(kept.pages) == 0


@pytest.mark.parametrize(
    "cookie",
    ["keranjang=abc", "sesi=abc", "bahasa=en; keranjang=abc", "bahasa=de", "lain=1", "bahasa", "tujuan=64.08.04"],
)
def test_a_visitor_with_a_cookie_neither_gets_a_kept_page_nor_leaves_one(cookie: str) -> None:
    product, kept = Product(), believed()
    assert number(look(product, kept, cookie=cookie)) == 1
    assert len(kept.pages) == 0
    assert number(look(product, kept)) == 2
    assert number(look(product, kept, cookie=cookie)) == 3
    assert product.seen[-1]["cookie"] == cookie  # and the product sees all of it


def test_who_shows_a_token_is_somebody() -> None:
    product, kept = Product(), believed()
    look(product, kept)
    assert number(look(product, kept, authorization="Bearer pek_1")) == 2
    assert number(look(product, kept)) == 1


def test_a_browser_that_remembers_its_language_shares_the_page_of_one_that_prefers_it() -> None:
    product, kept = Product(), believed()
    assert number(look(product, kept, accept_language="en-GB,en;q=0.9")) == 1
    assert number(look(product, kept, cookie="bahasa=en", accept_language="id")) == 1
    assert number(look(product, kept)) == 2
    assert number(look(product, kept, cookie="bahasa=id", accept_language="en")) == 2
    assert [seen["accept-language"] for seen in product.seen] == ["en", "id"]
    assert all("cookie" not in seen for seen in product.seen)


def test_over_https_only_the_pinned_cookie_is_the_language() -> None:
    product, kept = Product(), believed()
    pinned = cached(product, kept, https=True)
    for cookie, made in [("__Host-bahasa=en", 1), ("__Host-bahasa=en", 1), ("bahasa=en", 2), ("bahasa=en", 3)]:
        assert number(ask(pinned, path="/produk/a", headers={"cookie": cookie})) == made


def test_a_question_the_page_knows_has_a_page_of_its_own_and_another_is_not_kept() -> None:
    product, kept = Product(), believed()
    asked = ["q=madu", "q=madu&halaman=2", "", "q=madu"]
    assert [number(look(product, kept, "/produk", query)) for query in asked] == [1, 2, 3, 1]
    for query in (
        "kabar=tersimpan",
        "bahasa=en",
        "tujuan=64.08.04",
        "q=madu&utm_source=wa",
        "fbclid=1",
        "q=" + "a" * 400,
    ):
        before = product.made
        assert [number(look(product, kept, "/produk", query)) for _ in range(2)] == [before + 1, before + 2]
    assert len(kept.pages) == 3


def test_a_page_asked_for_under_another_name_is_another_page() -> None:
    product, kept = Product(), believed()
    assert number(look(product, kept)) == 1
    assert number(look(product, kept, host="jahat.example")) == 2


def test_only_reading_is_answered() -> None:
    product, kept = Product(), believed()
    for method in ("POST", "PUT", "OPTIONS", "DELETE"):
        before = product.made
        ask(cached(product, kept), method, "/produk/amplang")
        assert product.made == before + 1
    assert len(kept.pages) == 0


def test_a_page_is_kept_packed_for_who_unpacks_and_plain_for_who_does_not() -> None:
    product, kept = Product(), believed()
    packed, plain = look(product, kept, accept_encoding="gzip, br"), look(product, kept)
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-length"] == str(len(packed.body))
    assert gzip.decompress(packed.body).endswith(SENTENCE.encode())
    assert "content-encoding" not in plain.headers
    assert plain.headers["content-length"] == str(len(plain.body))
    assert (packed.headers["vary"], plain.headers["vary"]) == ("Accept-Encoding", "Accept-Encoding")
    assert len(packed.body) < len(plain.body) / 5
    assert all("accept-encoding" not in seen for seen in product.seen)
    assert number(look(product, kept, accept_encoding="gzip, br")) == 1


def test_what_an_answer_depends_on_is_said_once() -> None:
    assert look(Product(vary="Cookie, Accept-Language"), believed()).headers["vary"] == (
        "Cookie, Accept-Language, Accept-Encoding"
    )
    assert look(Product(vary="Accept-Encoding"), believed()).headers["vary"] == "Accept-Encoding"


def test_a_spreadsheet_travels_as_it_is() -> None:
    found = look(Product(content_type="application/vnd.ms-excel"), believed(), accept_encoding="gzip")
    assert "content-encoding" not in found.headers
    assert number(found) == 1


def test_the_head_alone_is_the_head_of_the_page() -> None:
    product, kept = Product(), believed()
    head = ask(cached(product, kept), "HEAD", "/produk/amplang")
    whole = look(product, kept)
    again = ask(cached(product, kept), "HEAD", "/produk/amplang")
    assert (head.body, again.body) == (b"", b"")
    assert head.headers == whole.headers == again.headers
    assert product.made == 1


def test_who_has_the_page_already_is_told_so_in_a_few_bytes() -> None:
    product, kept = Product(vary="Cookie", content_security_policy="default-src 'none'"), believed()
    etag = look(product, kept, accept_encoding="gzip").headers["etag"]
    for known in (etag, f'"x", {etag}', etag.removeprefix("W/"), "*"):
        found = look(product, kept, accept_encoding="gzip", if_none_match=known)
        assert (found.status, found.body) == (304, b"")
        assert found.headers == {
            "etag": etag, "cache-control": "no-cache", "vary": "Cookie, Accept-Encoding",
            "content-security-policy": "default-src 'none'",
        }  # fmt: skip
    assert look(product, kept, accept_encoding="gzip", if_none_match='W/"another"').status == 200
    assert product.made == 1


def test_a_page_just_made_is_compared_too() -> None:
    product, kept = Product(), Store()  # nobody vouches: nothing is kept
    etag = look(product, kept).headers["etag"]
    product.made = 0
    assert look(product, kept, if_none_match=etag).status == 304
    assert (product.made, len(kept.pages)) == (1, 0)


def test_the_sending_key_of_a_form_is_no_change_of_the_page() -> None:
    def tag(body: str) -> bytes | None:
        asked = asking.Asked((b"", "/", b"", "id", False), asking.Family(), "id", False, None)
        messages: list[Message] = [
            {"type": "http.response.start", "status": 200, "headers": []},
            {"type": "http.response.body", "body": body.encode()},
        ]
        return answer.made(messages, asked).etag

    form = '<input type="hidden" name="kunci_kirim" value="{}"><b>{}</b>'
    assert tag(form.format("abc", "Rp1")) == tag(form.format("xyz", "Rp1")) != tag(form.format("abc", "Rp2"))


@pytest.mark.parametrize("status", [301, 303, 304, 400, 404, 410, 421, 422, 429, 500, 503])
def test_only_a_whole_page_is_kept(status: int) -> None:
    product, kept = Product(status), believed()
    assert [number(look(product, kept)) for _ in range(2)] == [1, 2]
    assert "etag" not in look(product, kept).headers


@pytest.mark.parametrize(
    "headers", [{"set_cookie": "a=b"}, {"cache_control": "private"}, {"cache_control": "no-store"}]
)
def test_what_is_somebodys_own_is_not_kept(headers: dict[str, str]) -> None:
    product, kept = Product(**headers), believed()
    assert [number(look(product, kept)) for _ in range(2)] == [1, 2]


def test_a_fault_shows_its_page_and_goes_on_to_the_log() -> None:
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b"Maaf"})
        raise RuntimeError("broken")

    sent: list[Message] = []

    async def collect(scope: Scope, receive: Receive, send: Send) -> None:
        async def note(message: Message) -> None:
            sent.append(message)

        await PageCache(failing, believed(), https=False)(scope, receive, note)

    with pytest.raises(RuntimeError, match="broken"):
        ask(collect, path="/produk/amplang")
    assert [message.get("body") for message in sent] == [None, b"Maaf"]


def test_a_change_drops_what_names_it_and_what_names_nothing() -> None:
    product, kept = Product(), believed()
    product.names = {"shop": SHOP, "business": BUSINESS}
    look(product, kept, "/produk/a")
    product.names = {"shop": OTHER, "business": OTHER}
    look(product, kept, "/produk/b")
    product.names = None
    look(product, kept, "/")
    kept.hear(bulletin.subject("shop", SHOP))
    assert [key[1] for key in kept.pages] == ["/produk/b"]
    kept.hear(bulletin.subject("shop", uuid4()))
    kept.hear(bulletin.subject("search", "words"))
    assert [key[1] for key in kept.pages] == ["/produk/b"]
    kept.hear(bulletin.subject("business", OTHER))
    assert (len(kept.pages), kept.bytes, dict(kept.telling_of)) == (0, 0, {})


@pytest.mark.parametrize(
    ("names", "told", "kept_it"),
    [
        ({"shop": SHOP, "business": BUSINESS}, bulletin.subject("shop", SHOP), False),
        ({"shop": SHOP, "business": BUSINESS}, bulletin.subject("business", BUSINESS), False),
        ({"shop": SHOP, "business": BUSINESS}, bulletin.subject("shop", OTHER), True),
        (None, bulletin.subject("shop", OTHER), False),
    ],
)
def test_a_page_read_before_a_change_and_ready_after_it_is_not_kept(
    names: dict[str, UUID] | None, told: str, kept_it: bool
) -> None:
    product, kept = Product(), believed()
    product.names = names
    product.meanwhile = lambda: kept.hear(told)
    assert number(look(product, kept)) == 1
    product.meanwhile = lambda: None
    assert number(look(product, kept)) == (1 if kept_it else 2)


def test_a_page_that_began_before_all_that_is_remembered_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "CHANGES_REMEMBERED", 3)
    product, kept = Product(), believed()
    product.names = {"shop": SHOP, "business": BUSINESS}
    for changes, kept_it in [(3, True), (4, False)]:
        kept.go_deaf()
        kept.vouch(time.monotonic() + 60)
        product.meanwhile = lambda changes=changes: [kept.hear(f"shop:{n}") for n in range(changes)] and None
        look(product, kept)
        assert (len(kept.pages) == 1) is kept_it


def test_nothing_kept_is_served_or_kept_longer_than_somebody_vouches() -> None:
    product, kept = Product(), Store()
    kept.vouch(time.monotonic())
    assert [number(look(product, kept)) for _ in range(2)] == [1, 1]
    kept.vouch(time.monotonic() - store.TRUST)
    assert [number(look(product, kept)) for _ in range(2)] == [2, 3]
    kept.vouch(time.monotonic())
    assert number(look(product, kept)) == 1  # nothing was missed meanwhile: the first page is good again


def test_when_something_may_have_been_missed_all_is_forgotten() -> None:
    product, kept = Product(), believed()
    product.names = {"shop": SHOP, "business": BUSINESS}
    look(product, kept)
    kept.go_deaf()
    assert (len(kept.pages), kept.bytes, kept.believed) == (0, 0, False)

    def lost_and_found() -> None:
        kept.go_deaf()
        kept.vouch(time.monotonic() + 60)

    kept.vouch(time.monotonic() + 60)
    product.meanwhile = lost_and_found
    look(product, kept)
    assert len(kept.pages) == 0  # made across the gap


def test_a_page_whose_making_began_unvouched_is_not_kept() -> None:
    product, kept = Product(), Store()
    product.meanwhile = lambda: kept.vouch(time.monotonic() + 60)
    look(product, kept)
    assert len(kept.pages) == 0


def test_a_kept_page_ends_with_its_time_and_with_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    product, kept = Product(), believed()
    today = datetime(2026, 11, 25, 15, 59, tzinfo=UTC)  # a minute before midnight in Sangatta
    with clock.at(today):
        assert [number(look(product, kept)) for _ in range(2)] == [1, 1]
    with clock.at(today + timedelta(minutes=1)):
        assert [number(look(product, kept)) for _ in range(2)] == [2, 2]
    monkeypatch.setattr(asking, "BELOW", {"/produk": asking.Family(kept=0.0)})
    kept.go_deaf()
    kept.vouch(time.monotonic() + 60)
    assert [number(look(product, kept)) for _ in range(2)] == [3, 4]


def test_lists_are_kept_for_a_minute_and_single_things_for_ten() -> None:
    assert {path: asking.family_of(path).kept for path in ("/", "/produk", "/produk/a", "/usaha/a", "/data")} == {  # type: ignore[union-attr]
        "/": 60.0, "/produk": 60.0, "/produk/a": 600.0, "/usaha/a": 600.0, "/data": 60.0,
    }  # fmt: skip


def test_the_page_nobody_asked_for_longest_makes_room() -> None:
    product, kept = Product(), believed(most_pages=2)
    for path in ("/produk/a", "/produk/b", "/produk/a", "/produk/c"):
        look(product, kept, path)
    assert [key[1] for key in kept.pages] == ["/produk/a", "/produk/c"]
    small = believed(most_bytes=2 * store.AROUND_A_PAGE + 3 * len(product.words))
    for path in ("/produk/a", "/produk/b", "/produk/c"):
        look(product, small, path)
    assert [key[1] for key in small.pages] == ["/produk/b", "/produk/c"]
    assert 0 < small.bytes <= small.most_bytes


def test_a_huge_page_is_answered_whole_and_not_kept() -> None:
    product, kept = Product(), believed()
    product.words = SENTENCE * 20_000
    assert [number(look(product, kept)) for _ in range(2)] == [1, 2]
    packed = look(product, kept, accept_encoding="gzip")
    assert (packed.headers["content-encoding"], number(packed)) == ("gzip", 3)


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_what_is_kept_and_served_can_be_measured_and_the_log_of_requests_counts_it() -> None:
    product, kept = Product(), believed()
    names = ("page_cache_answers_total", "http_server_request_duration_seconds_count")
    log = {"method": "GET", "route": "/produk/{slug}", "status": "200"}

    def figures() -> tuple[float, float, float]:
        return (counted(names[0], source="kept"), counted(names[0], source="made"), counted(names[1], **log))

    before = figures()
    whole = stack.wrap(product, config.load(), kept)
    answers = [ask(whole, path="/produk/amplang") for _ in range(3)]
    assert tuple(after - then for after, then in zip(figures(), before, strict=True)) == (2, 1, 3)
    assert (counted("page_cache_pages"), counted("page_cache_bytes")) == (1, kept.bytes)
    assert len({answer.headers["x-request-id"] for answer in answers}) == 3


def test_a_kept_page_is_no_news_for_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with static files: counted and timed, not written down."""
    # a logger keeps the settings it was first used with, perhaps in a test that ran the whole product: start with a fresh one
    structlog.reset_defaults()
    monkeypatch.setattr(request_log, "log", structlog.get_logger())
    product, kept = Product(), believed()
    whole = stack.wrap(product, config.load(), kept)
    with structlog.testing.capture_logs() as lines:
        for _ in range(3):
            ask(whole, path="/produk/amplang")
        ask(whole, path="/produk/amplang", headers={"cookie": "keranjang=abc"})
    assert [line["route"] for line in lines] == [
        "/produk/{slug}",
        "/produk/{slug}",
    ]  # the made one and the personal one


def test_a_kept_page_carries_every_header_the_guards_gave_it() -> None:
    product, kept = Product(), believed()
    whole = stack.wrap(product, config.load(), kept)
    made, found = (ask(whole, path="/produk/amplang").headers for _ in range(2))
    without = {name: value for name, value in made.items() if name != "x-request-id"}
    assert {name: value for name, value in found.items() if name != "x-request-id"} == without
    assert found["content-security-policy"].startswith("default-src 'none'")
    assert (found["x-content-type-options"], found["x-frame-options"]) == ("nosniff", "DENY")
    assert product.made == 1


def test_a_foreign_host_is_refused_however_often_the_page_is_kept() -> None:
    product, kept = Product(), believed()
    strict = config.load().model_copy(update={"env": "production", "base_url": "https://pasar.example"})
    whole = stack.wrap(product, strict, kept)
    assert [ask(whole, path="/produk/a", headers={"host": "pasar.example"}).status for _ in range(2)] == [200, 200]
    assert ask(whole, path="/produk/a", headers={"host": "jahat.example"}).status == 421
    assert product.made == 1
