"""Pages from templates: one environment a language, one frame around every page."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from app.errors import FieldError
from app.kit import dates, ids, money
from app.reference import regency
from app.statistics.charts import Bar, Chart
from web import cookies, destination, language, notices
from web.compiling import LanguageEnvironment
from web.deps import AnyVisit, Visit
from web.links import Here
from web.stylesheets import lighter
from web.wording import worded

HERE = Path(__file__).parent
STATIC = HERE / "static"
LIBRARY_ADDRESS = "/static"
MEDIA_ADDRESS = "/foto"


def served(path: str) -> bytes:
    """A static file as it is sent; its name is made from this, so that a change of how it is sent has a new name too."""
    content = (STATIC / path).read_bytes()
    return lighter(content.decode()).encode() if path.endswith(".css") else content


@lru_cache
def static(path: str) -> str:
    """The address of a static file, named by its content: it may be cached for ever."""
    digest = hashlib.sha256(served(path)).hexdigest()[:12]
    stem, dot, ending = path.rpartition(".")
    return f"{LIBRARY_ADDRESS}/{stem}.{digest}{dot}{ending}"


@lru_cache
def critical_css() -> str:
    """The few rules every first screen needs, inlined and allowed by their hash."""
    return served("css/critical.css").decode()


def photo(photo_id: object, width: int, ending: str = "webp") -> str:
    return f"{MEDIA_ADDRESS}/{photo_id}/{width}.{ending}"


def moment(when: datetime | None, language: str) -> str:
    """The hour and its zone stay on one line."""
    return "\N{NO-BREAK SPACE}".join(dates.long_time(when, language).rsplit(" ", 1))


@lru_cache(maxsize=len(language.KNOWN))
def environment(code: str = language.DEFAULT) -> LanguageEnvironment:
    made = LanguageEnvironment(
        HERE / "templates",
        code,
        constants={"critical_css": critical_css()},
        lookups={"static": static},
        functions={"photo": photo, "rupiah": money.rupiah, "new_key": ids.token},
    )
    made.filters.update(
        rupiah=money.rupiah,
        tanggal=partial(dates.long_date, language=code),
        hari=partial(dates.short_date, language=code),
        waktu=partial(moment, language=code),
    )
    return made


@dataclass(frozen=True)
class Pages:
    """The page maker of one request."""

    request: Request
    visit: Visit

    def show(self, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        """Render a template inside the frame. Pages of a signed-in visitor or a cart are never stored by caches."""
        settings = self.request.app.state.settings
        if errors := context.get("errors"):
            context["errors"] = {field: self.say(sentence) for field, sentence in errors.items()}
        body = environment(self.visit.language).get_template(template).render({**self.frame(), **context})
        response = HTMLResponse(body, status_code=status)
        response.headers["Content-Language"] = self.visit.language
        if language.asked(self.request):
            cookies.write(response, settings, cookies.LANGUAGE, self.visit.language, max_age=cookies.LANGUAGE_AGE)
        destination.remember(self.request, response)
        if self.request.cookies or self.request.method != "GET":
            response.headers["Cache-Control"] = "private, no-store"
        response.headers["Vary"] = "Cookie, Accept-Language"
        return response

    def say(self, sentence: str) -> str:
        """A sentence of the product in the visitor's language, for what is written before the template is."""
        return worded(sentence, self.visit.language)

    def draw(
        self, kind: Callable[[str, str, Sequence[Bar]], Chart], title: str, unit: str, bars: Sequence[Bar]
    ) -> Chart:
        """A chart with its words in the visitor's language."""
        told = [
            replace(bar, label=self.say(bar.label), shown=self.say(bar.shown or "") or None, gap=self.say(bar.gap))
            for bar in bars
        ]
        return kind(self.say(title), self.say(unit), told)

    def refuse(
        self, template: str, errors: tuple[FieldError, ...], *, status: int = 422, **context: Any
    ) -> HTMLResponse:
        """The same form again, what was typed still in it, a sentence beside each faulty field."""
        beside: dict[str, str] = {}
        for error in errors:
            beside.setdefault(error.field, error.message)
        return self.show(template, status=status, errors=beside, **context)

    def frame(self) -> Mapping[str, Any]:
        request, settings = self.request, self.request.app.state.settings
        here = Here(request)
        return {
            "request_path": here.path,
            "revisitable": request.method in ("GET", "HEAD"),
            "canonical": settings.base_url.rstrip("/") + here.path,
            "base_url": settings.base_url.rstrip("/"),
            "visitor": self.visit.visitor,
            "cart_count": self.visit.cart_count,
            "language": self.visit.language,
            "destination": self.visit.destination,
            "destinations": destination.offered(),
            "regency": regency.current(),
            "settings_demo": settings.demo,
            "notice": notices.sentence(here.query.get("kabar")),
            "query": here.query,
            "here": here,
            "errors": {},
        }


async def pages_of(request: Request, visit: AnyVisit) -> Pages:
    return Pages(request, visit)


Show = Annotated[Pages, Depends(pages_of)]
