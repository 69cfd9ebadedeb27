"""Addresses of order pages."""

from urllib.parse import urlencode


def order_path(number: str, key: str) -> str:
    """The buyer's page of a checkout; the key is what lets a guest in."""
    return f"/pesanan/{number}?{urlencode({'kunci': key})}"
