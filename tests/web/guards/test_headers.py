from __future__ import annotations

import pytest

from tests.web.guards.asking import Told, ask
from web.guards.headers import SecurityHeaders, policy

HTML = (b"content-type", b"text/html")


def guarded(*headers: tuple[bytes, bytes], https: bool = True) -> SecurityHeaders:
    return SecurityHeaders(Told(headers=[HTML, *headers]), styles=["p{}"], https=https)


def test_every_answer_forbids_what_no_page_of_ours_needs() -> None:
    headers = ask(guarded()).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "geolocation" not in headers["permissions-policy"]
    assert "camera=()" in headers["permissions-policy"]


@pytest.mark.parametrize("kind", [b"image/svg+xml", b"image/avif", b"text/css; charset=utf-8", b"text/javascript"])
def test_a_part_of_a_page_may_do_nothing_and_says_so_shortly(kind: bytes) -> None:
    loose = Told(headers=[(b"content-type", kind), (b"content-security-policy", b"default-src *")])
    headers = ask(SecurityHeaders(loose, styles=["p{}"], https=True)).headers
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert sum(len(name) + len(value) + 4 for name, value in headers.items()) < 200


@pytest.mark.parametrize("kind", [b"text/html", b"application/pdf", b"application/json", b"text/csv", b"image", b""])
def test_whatever_is_no_part_of_a_page_is_guarded_as_one(kind: bytes) -> None:
    headers = ask(SecurityHeaders(Told(headers=[(b"content-type", kind)]), styles=["p{}"], https=True)).headers
    assert headers["x-frame-options"] == "DENY"
    assert headers["content-security-policy"] == policy(["p{}"], https=True)


def test_a_page_may_tell_others_even_less_of_its_address() -> None:
    assert ask(guarded((b"referrer-policy", b"no-referrer"))).headers["referrer-policy"] == "no-referrer"


def test_a_page_may_loosen_nothing_else() -> None:
    loose = guarded((b"x-frame-options", b"ALLOWALL"), (b"content-security-policy", b"default-src *"))
    headers = ask(loose).headers
    assert headers["x-frame-options"] == "DENY"
    assert headers["content-security-policy"].startswith("default-src 'none'; ")


def test_the_policy_starts_from_nothing_and_allows_no_inline_script_and_no_other_host_but_card_payment() -> None:
    parts = dict(part.split(" ", 1) for part in policy(["p{}"], https=False).split("; "))
    assert parts["default-src"] == "'none'"
    assert parts["frame-ancestors"] == "'none'"
    assert parts["base-uri"] == "'none'"
    assert parts["form-action"] == "'self' https://checkout.stripe.com"
    assert parts["script-src"] == "'self'"
    assert (
        parts["style-src"] == "'self' 'sha256-yjbVqJnnkQ9RD06lpz2xGeBDxFSFm8gu1AJlG2GDIQI='"
        or "unsafe" not in parts["style-src"]
    )
    assert "unsafe" not in policy(["p{}"], https=True)
    assert [part for part in policy([], https=True).split() if part.startswith("http")] == [
        "https://checkout.stripe.com;"
    ]


def test_a_style_is_allowed_by_the_hash_a_browser_computes() -> None:
    assert "'sha256-AbpHGcgLb+kRsJGnwFEktk7uzpZOCcBY74+YBdrKVGs='" in policy([""], https=False) or (
        "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='" in policy([""], https=False)
    )


@pytest.mark.parametrize(("https", "present"), [(True, True), (False, False)])
def test_browsers_are_bound_to_https_only_where_there_is_https(https: bool, present: bool) -> None:
    answer = ask(guarded(https=https))
    assert ("strict-transport-security" in answer.headers) is present
    assert ("upgrade-insecure-requests" in answer.headers["content-security-policy"]) is present


def test_a_public_page_may_be_asked_for_again() -> None:
    assert ask(guarded()).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("header", ["cookie", "authorization"])
def test_what_a_known_visitor_got_is_kept_by_no_cache(header: str) -> None:
    assert ask(guarded(), headers={header: "x"}).headers["cache-control"] == "private, no-store"


def test_the_answer_to_a_form_is_kept_by_no_cache() -> None:
    assert ask(guarded(), "POST").headers["cache-control"] == "private, no-store"


def test_what_the_page_says_about_itself_stands() -> None:
    answer = ask(guarded((b"cache-control", b"public, max-age=60")), headers={"cookie": "x"})
    assert answer.headers["cache-control"] == "public, max-age=60"


def test_an_answer_that_sets_a_cookie_is_never_public() -> None:
    answer = ask(guarded((b"cache-control", b"public, max-age=60"), (b"set-cookie", b"sesi=x")))
    assert answer.headers["cache-control"] == "private, no-store"
