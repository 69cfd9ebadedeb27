"""What a post of the seller's desk answers: the next page, or the same form with the reason beside the field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi.responses import HTMLResponse, Response

from app.db import Session, Transactions
from app.errors import DomainError, FieldError
from web.deps import Visit
from web.forms import acting, refusals
from web.forms.reading import Typed
from web.templating import Pages

WHOLE_FORM = "kirim"
"""The name under which a refusal stands that is about no single field."""


def act(
    begin: Transactions,
    visit: Visit,
    typed: Typed,
    form: str,
    work: Callable[[Session], str],
    again: Callable[[tuple[FieldError, ...], int], Response],
) -> Response:
    """Do `work` once per press and go where it says. When the domain refuses, `again` shows the form with the errors and the
    status; missing and foreign things stay the same 404."""
    return acting.act(begin, visit, typed, form, work, again, button=WHOLE_FORM)


def errors_of(refusal: DomainError) -> tuple[FieldError, ...]:
    return refusals.faults_of(refusal, WHOLE_FORM, {})


def form_page(pages: Pages, template: str, errors: tuple[FieldError, ...], status: int, **context: Any) -> HTMLResponse:
    """A page with a form: as it is, or refused with the reasons beside its fields."""
    return pages.refuse(template, errors, status=status, **context)
