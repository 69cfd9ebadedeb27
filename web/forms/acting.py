"""What every button of a desk does: act once, or show the page again with the reason why not."""

from collections.abc import Callable, Mapping

from fastapi.responses import Response

from app.db import Session, Transactions
from app.errors import DomainError, FieldError, NotFound, SignInRequired
from web import problems
from web.deps import Visit
from web.forms import refusals, sending
from web.forms.reading import Typed

Again = Callable[[tuple[FieldError, ...], int], Response]
"""Shows the page of the form again: the faults, and the status to answer with."""


def act(
    begin: Transactions,
    visit: Visit,
    typed: Typed,
    form: str,
    work: Callable[[Session], str],
    again: Again,
    *,
    button: str = "tombol",
    named: Mapping[str, str] | None = None,
) -> Response:
    """Run `work` once and go where it says. A refusal that a person can act on (four eyes, a moved-on status, a missing
    reason) is shown on the page of the form; what does not exist stays a 404."""
    try:
        return sending.once(begin, visit, typed, form, work)
    except (NotFound, SignInRequired):
        raise
    except DomainError as refusal:
        return again(refusals.faults_of(refusal, button, named or {}), problems.status_of(refusal))
