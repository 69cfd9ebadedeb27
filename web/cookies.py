"""The product's cookies: sign-in, cart, the orders made in this browser, language, where goods go.

All are HttpOnly and SameSite=Lax (the CSRF defence of DESIGN D9); over https they carry the `__Host-` prefix, which pins them
to this host and path.
"""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response

from app.config import Settings

SIGN_IN = "sesi"
CART = "keranjang"
ORDERS = "pesanan"
LANGUAGE = "bahasa"
DESTINATION = "tujuan"

PINNED = "__Host-"

DAY = 24 * 3600
SIGN_IN_AGE = 90 * DAY
"""How long a browser keeps the token; how long the token is good for is decided where it is kept."""

CART_AGE = 60 * DAY
ORDERS_AGE = 180 * DAY
LANGUAGE_AGE = 365 * DAY
DESTINATION_AGE = 180 * DAY
MOST_REMEMBERED_ORDERS = 20
"""Twenty numbers with their keys stay under 2 kB: a browser refuses cookies over 4 kB, and each request carries them."""

LONGEST_TOKEN = 128


def name_of(settings: Settings, name: str) -> str:
    return f"{PINNED}{name}" if settings.https else name


def read(request: Request, name: str) -> str | None:
    value = request.cookies.get(name_of(request.app.state.settings, name))
    return value if value else None


def write(response: Response, settings: Settings, name: str, value: str, *, max_age: int | None) -> None:
    """`max_age` None: until the browser is closed."""
    response.set_cookie(
        name_of(settings, name), value, max_age=max_age, path="/", secure=settings.https, httponly=True, samesite="lax"
    )


def clear(response: Response, settings: Settings, name: str) -> None:
    response.delete_cookie(name_of(settings, name), path="/", secure=settings.https, httponly=True, samesite="lax")


def sign_in_token(request: Request) -> str | None:
    return token(request, SIGN_IN)


def cart_token(request: Request) -> str | None:
    return token(request, CART)


def token(request: Request, name: str) -> str | None:
    value = read(request, name)
    return value if value and len(value) <= LONGEST_TOKEN and value.isascii() else None


def remembered_orders(request: Request) -> list[tuple[str, str]]:
    """The (number, key) pairs of checkouts made in this browser, newest first; a damaged cookie is an empty list."""
    try:
        pairs = json.loads(read(request, ORDERS) or "[]")
    except ValueError:
        return []
    if not isinstance(pairs, list):
        return []
    sound = [item.split(":", 1) for item in pairs if isinstance(item, str) and ":" in item]
    return [(number, key) for number, key in sound][:MOST_REMEMBERED_ORDERS]


def remember_order(request: Request, response: Response, number: str, key: str) -> None:
    others = [pair for pair in remembered_orders(request) if pair[0] != number]
    pairs = [(number, key), *others][:MOST_REMEMBERED_ORDERS]
    value = json.dumps([f"{one}:{two}" for one, two in pairs], separators=(",", ":"))
    write(response, request.app.state.settings, ORDERS, value, max_age=ORDERS_AGE)
