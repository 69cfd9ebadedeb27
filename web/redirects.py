"""Where to go next, when the address to go to came from outside."""

from __future__ import annotations

from urllib.parse import urlsplit

HOME = "/"


def own_path(wanted: str | None, otherwise: str = HOME) -> str:
    """`wanted` if it is a path on this host, else `otherwise`: never `//evil`, `/\\evil`, `https:evil` or a control character."""
    if not wanted or not wanted.startswith("/") or wanted[1:2] in ("/", "\\"):
        return otherwise
    if "\\" in wanted or any(ord(character) < 0x20 or ord(character) == 0x7F for character in wanted):
        return otherwise
    parts = urlsplit(wanted)
    return wanted if not parts.scheme and not parts.netloc else otherwise


def with_notice(path: str, code: str) -> str:
    """The path with a notice code, before any fragment."""
    address, mark, fragment = path.partition("#")
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}kabar={code}{mark}{fragment}"
