"""The description of the API: OpenAPI as a program reads it, and the same as a page for people, from our own assets."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.routing import APIRoute, iter_route_contexts
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.deps import PUBLIC, Right, SignedBySender, begin_of, declared, settings_of
from api.problems import CONTENT_TYPE
from app.accounts import sessions
from app.errors import SignInRequired
from app.reference import regency

TEMPLATES: Final = Path(__file__).parent / "templates"
ADDRESS: Final = "/api/v1"
TITLE: Final = "Pasar Etam API"
VERSION: Final = "1"
METHODS: Final = ("get", "post", "patch", "put", "delete")
SIGN_IN_COOKIES: Final = ("__Host-sesi", "sesi")
"""The human face's: somebody reading this page in a browser has signed in there. No other call looks at a cookie."""

PROBLEM: Final[Mapping[str, Any]] = {
    "title": "Problem",
    "description": "RFC 9457. `code` is stable; `detail` is a sentence for people. Hidden, foreign and missing answer the same.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {name: {"type": "string"} for name in ("field", "code", "message")},
            },
        },
    },
}
OUT_OF_USE: Final = ("HTTPValidationError", "ValidationError")


class Reader(Right):
    """Anybody; in production whoever is signed in, by token or in this browser."""

    def __init__(self) -> None:
        super().__init__("reader of the description", guests=True)

    def __call__(self, request: Request) -> None:  # type: ignore[override]
        if in_production(request) and not signed_in(request):
            raise SignInRequired


def in_production(request: Request) -> bool:
    return settings_of(request).production


def signed_in(request: Request) -> bool:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    cookie = next((request.cookies[name] for name in SIGN_IN_COOKIES if name in request.cookies), "")
    with begin_of(request)() as session:
        if scheme.lower() == "bearer":
            return sessions.resolve(session, token.strip(), kind="api") is not None
        return bool(cookie) and sessions.resolve(session, cookie, kind="web") is not None


READER = declared(Reader())
router = APIRouter(include_in_schema=False)


@router.get("/openapi.json", dependencies=[READER])
def as_openapi(request: Request) -> JSONResponse:
    return JSONResponse(request.app.openapi())


@router.get("/docs", dependencies=[READER])
def as_page(request: Request) -> HTMLResponse:
    described = request.app.openapi()
    page = environment().get_template("docs.html")
    return HTMLResponse(
        page.render(
            described=described,
            shapes=described["components"]["schemas"],
            operations=list(operations_of(described)),
            regency=regency.current(),
        )
    )


@router.get("/docs.css", dependencies=[PUBLIC])
def style() -> Response:
    """The page's own few rules: it leans on no file of the human face."""
    return Response((TEMPLATES / "docs.css").read_bytes(), media_type="text/css")


@lru_cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["marked"] = marked
    made.globals["name_of"] = name_of
    return made


def marked(text: str) -> Markup:
    """Sentences with what stands between backticks as code."""
    parts = (Markup("<code>{}</code>") if odd else Markup("{}") for odd in cycle((False, True)))
    return Markup().join(part.format(words) for part, words in zip(parts, text.split("`"), strict=False))


def operations_of(described: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every call: method, path, what it does, what it takes, what it answers."""
    for path, item in described["paths"].items():
        for method in METHODS:
            if method in item:
                operation = item[method]
                yield {
                    "method": method.upper(),
                    "path": path,
                    "id": operation["operationId"],
                    "text": operation.get("description", ""),
                    "parameters": operation.get("parameters", []),
                    "body": [name_of(media["schema"]) for media in content_of(operation.get("requestBody", {}))],
                    "signed_in": operation["security"] == [{"bearer": []}],
                    "answers": [
                        {"status": status, "text": answer["description"], "schema": schema_name(answer)}
                        for status, answer in operation["responses"].items()
                        if status != "default"
                    ],
                }


def content_of(part: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(part.get("content", {}).values())


def schema_name(answer: Mapping[str, Any]) -> str:
    return next((name_of(media["schema"]) for media in content_of(answer) if "schema" in media), "")


def name_of(schema: Mapping[str, Any]) -> str:
    """What a schema is called on the page: the name of a shape, or its type."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(name_of(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"{name_of(schema.get('items', {}))}[]"
    return str(schema.get("format") or schema.get("type") or schema.get("const") or "any")


def install(api: FastAPI) -> None:
    """Put the page and the schema in place; the schema is made once."""
    api.include_router(router)

    def described() -> dict[str, Any]:
        if api.openapi_schema is None:
            api.openapi_schema = described_of(api)
        return api.openapi_schema

    api.openapi = described  # type: ignore[method-assign]


def described_of(api: FastAPI) -> dict[str, Any]:
    made = get_openapi(title=TITLE, version=VERSION, routes=api.routes, servers=[{"url": ADDRESS}])
    schemas = made["components"]["schemas"]
    for name in OUT_OF_USE:
        schemas.pop(name, None)
    schemas["Problem"] = PROBLEM
    refusal = {
        "description": "a problem",
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path, method, guests in named_rights(api):
        operation = made["paths"].get(path, {}).get(method)
        if operation is not None:
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = refusal
            operation["security"] = [{}, {"bearer": []}] if guests else [{"bearer": []}]
    return made


def named_rights(api: FastAPI) -> Iterator[tuple[str, str, bool]]:
    """Path, method and whether guests may call it, for every call."""
    for context in iter_route_contexts(api.routes):
        if isinstance(context.original_route, APIRoute):
            guests = any(right.guests for right in rights_of(context.dependant))
            for method in context.methods or ():
                yield str(context.path_format), method.lower(), guests


def rights_of(dependant: Dependant) -> Iterator[Right | SignedBySender]:
    if isinstance(dependant.call, Right | SignedBySender):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from rights_of(inner)
