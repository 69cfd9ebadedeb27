"""Act once per pressed button: the hidden key of a form makes the second press answer like the first."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import RedirectResponse

from app.db import Session, Transactions
from app.idempotency import keys
from app.idempotency.keys import Answer
from web.deps import Visit
from web.forms.reading import Typed

SEE_OTHER = 303


def once(
    begin: Transactions, visit: Visit, typed: Typed, form: str, work: Callable[[Session], str]
) -> RedirectResponse:
    """Run `work` in one transaction and go to the address it returns; a repeated key goes there without running it again.

    `form` names the form, so that one key cannot be carried from one form to another. A post without a key (a very old page,
    a program) is simply run.
    """
    return see_other(address(begin, visit, typed, form, work))


def address(begin: Transactions, visit: Visit, typed: Typed, form: str, work: Callable[[Session], str]) -> str:
    if not typed.key:
        with begin() as session:
            return work(session)
    account_id = visit.actor.account_id
    answer = keys.once(
        begin,
        scope=f"form:{form}:{account_id or 'guest'}",
        key=typed.key,
        body_hash=typed.body_hash,
        work=lambda session: Answer(SEE_OTHER, {"location": work(session)}),
    )
    return str(answer.body["location"])


def see_other(location: str) -> RedirectResponse:
    """After a post the browser gets a page by GET, so that reload repeats nothing."""
    return RedirectResponse(location, status_code=SEE_OTHER)
