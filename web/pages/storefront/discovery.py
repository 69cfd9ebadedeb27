"""What machines ask a site first: which pages there are, where they may go, how it looks on a home screen."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from app.catalogue import addresses
from app.db import Session
from app.reference import regency
from web.deps import PUBLIC, Config, DbSession
from web.templating import static

router = APIRouter()

AN_HOUR = "public, max-age=3600"
PAGES = ("/", "/produk", "/usaha", "/data", "/verifikasi")
CLOSED = ("/keranjang", "/checkout", "/pesanan", "/bayar-uji", "/masuk", "/daftar", "/akun", "/jual", "/dinas", "/api")


@router.get("/sitemap.xml", dependencies=[PUBLIC])
def sitemap(session: DbSession, settings: Config) -> Response:
    base = settings.base_url.rstrip("/")
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    lines += [f"<url><loc>{escape(base + path)}</loc>{changed}</url>" for path, changed in every_page(session)]
    body = "\n".join([*lines, "</urlset>", ""])
    return Response(body, media_type="application/xml", headers={"Cache-Control": AN_HOUR})


def every_page(session: Session) -> Iterator[tuple[str, str]]:
    """The path of each public page with when it changed, as far as that is known."""
    yield from ((path, "") for path in PAGES)
    yield from ((f"/usaha/{slug}", "") for slug in addresses.businesses(session))
    for product in addresses.products(session):
        yield f"/produk/{product.slug}", f"<lastmod>{product.changed_at.isoformat(timespec='seconds')}</lastmod>"


@router.get("/robots.txt", dependencies=[PUBLIC])
def robots(settings: Config) -> Response:
    """Rehearsals are found by nobody: invented shops in a search engine would be a lie told to strangers."""
    closed = CLOSED if settings.production else ("/",)
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    lines += ["", f"Sitemap: {settings.base_url.rstrip('/')}/sitemap.xml", ""]
    return PlainTextResponse("\n".join(lines), headers={"Cache-Control": AN_HOUR})


@router.get("/manifest.webmanifest", dependencies=[PUBLIC])
def manifest() -> Response:
    own = regency.current()
    described = {
        "name": f"Pasar Etam {own.short_name}",
        "short_name": "Pasar Etam",
        "description": f"Belanja langsung dari usaha kecil yang terdaftar di {own.name}.",
        "lang": "id",
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "theme_color": "#0a3f31",
        "background_color": "#fbf7ef",
        "icons": [
            icon("img/icon.svg", "any", "image/svg+xml", "any"),
            icon("img/icon-192.png", "192x192", "image/png", "any"),
            icon("img/icon-512.png", "512x512", "image/png", "any"),
            icon("img/icon-maskable-512.png", "512x512", "image/png", "maskable"),
        ],
    }
    return JSONResponse(described, media_type="application/manifest+json", headers={"Cache-Control": AN_HOUR})


def icon(path: str, sizes: str, kind: str, purpose: str) -> dict[str, str]:
    return {"src": static(path), "sizes": sizes, "type": kind, "purpose": purpose}
