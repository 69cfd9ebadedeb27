"""Which language a page is shown in: `?bahasa=`, else the remembered one, else the browser's, else Indonesian."""

from __future__ import annotations

from starlette.requests import Request

from web import cookies

DEFAULT = "id"
KNOWN = ("id", "en")


def asked(request: Request) -> str | None:
    """The language named in the address of this page, if it is one we have."""
    wanted = request.query_params.get("bahasa")
    return wanted if wanted in KNOWN else None


def chosen(request: Request) -> str:
    found = asked(request) or cookies.read(request, cookies.LANGUAGE)
    return found if found in KNOWN else accepted(request.headers.get("accept-language", ""))


def accepted(header: str) -> str:
    """The best known language of an Accept-Language header; `q=0` means not at all."""
    ranked: list[tuple[float, str]] = []
    for part in header.split(","):
        tag, _, parameter = part.strip().partition(";")
        code = tag.strip().lower().split("-")[0]
        weight = parameter.strip().removeprefix("q=") if parameter else "1"
        try:
            quality = float(weight)
        except ValueError:
            continue
        if code in KNOWN and quality > 0:
            ranked.append((-quality, code))
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else DEFAULT
