"""Money that needs a person (what fits no open order, refunds to send by hand, messages given up), and the money book."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from app.actor import Actor
from app.db import Session
from app.errors import FieldError
from app.ledger import queries as ledger
from app.ledger.queries import Balance
from app.payments import inbox, proving, queries, refunds, reviewing
from app.payments.models import GATEWAYS
from web import redirects
from web.deps import ADMINISTRATOR, VERIFIER, AnyVisit, Begin, DbSession, Visit
from web.forms.acting import act
from web.forms.reading import Form, Typed
from web.templating import Pages, Show

router = APIRouter()

MONEY = "/dinas/pembayaran"
Settle = Callable[[Session, str], object]


@router.get("/dinas/pembayaran", dependencies=[VERIFIER])
def show(session: DbSession, pages: Show, visit: AnyVisit) -> Response:
    return page(session, pages, visit)


def page(
    session: Session,
    pages: Pages,
    visit: Visit,
    *,
    values: dict[str, str] | None = None,
    errors: tuple[FieldError, ...] = (),
    status: int = 200,
) -> Response:
    return pages.refuse("office/money.html", errors, status=status, values=values or {}, **heaps(session, visit))


def heaps(session: Session, visit: Visit) -> dict[str, Any]:
    """What needs a person, by who must act: the office, a seller, or nobody but the gateway."""
    open_refunds = queries.open_refunds(session, visit.actor)
    ours = [refund for refund in open_refunds if refund.by_hand and refund.method in GATEWAYS]
    sellers = [refund for refund in open_refunds if refund.by_hand and refund.method not in GATEWAYS]
    return {
        "reviews": queries.in_review(session, visit.actor),
        "ours": ours,
        "sellers": sellers,
        "under_way": [refund for refund in open_refunds if not refund.by_hand],
        "dead": queries.dead_notices(session, visit.actor),
        "most": queries.MOST_ROWS,
    }


def waiting(session: Session, actor: Actor) -> int:
    """How many things wait for the office itself; what sellers owe or a gateway is sending is not among them."""
    by_hand = [
        refund for refund in queries.open_refunds(session, actor) if refund.by_hand and refund.method in GATEWAYS
    ]
    return len(queries.in_review(session, actor)) + len(by_hand) + len(queries.dead_notices(session, actor))


def settle(begin: Begin, pages: Pages, visit: Visit, typed: Typed, form: str, notice: str, do: Settle) -> Response:
    """One act on money; `form` ends in the id of its subject, and the fields of its form do so too."""
    subject = form.rpartition(" ")[2]
    field = f"catatan-{subject}"

    def work(session: Session) -> str:
        do(session, typed.text(field))
        return redirects.with_notice(MONEY, notice)

    def again(errors: tuple[FieldError, ...], status: int) -> Response:
        with begin() as session:
            typing = {field: typed.values.get(field, "")}
            return page(session, pages, visit, values=typing, errors=errors, status=status)

    return act(begin, visit, typed, form, work, again, button=field, named={"note": field})


@router.post("/dinas/pembayaran/{payment_id}/beres", dependencies=[ADMINISTRATOR])
def close_review(begin: Begin, pages: Show, visit: AnyVisit, payment_id: UUID, typed: Form) -> Response:
    return settle(
        begin, pages, visit, typed, f"periksa beres {payment_id}", "pembayaran-beres",
        lambda session, note: reviewing.close(session, visit.actor, payment_id, note=note),
    )  # fmt: skip


@router.post("/dinas/pengembalian/{refund_id}/terkirim", dependencies=[ADMINISTRATOR])
def mark_returned(begin: Begin, pages: Show, visit: AnyVisit, refund_id: UUID, typed: Form) -> Response:
    """An administrator sent back what the platform holds; what a seller holds only the seller can say."""
    return settle(
        begin, pages, visit, typed, f"uang kembali {refund_id}", "uang-dikembalikan",
        lambda session, note: refunds.mark_returned(session, visit.actor, refund_id, note=note),
    )  # fmt: skip


@router.post("/dinas/kabar-gerbang/{notice_id}/ulang", dependencies=[ADMINISTRATOR])
def retry_notice(begin: Begin, pages: Show, visit: AnyVisit, notice_id: UUID, typed: Form) -> Response:
    return settle(
        begin, pages, visit, typed, f"ulang kabar {notice_id}", "kabar-diulang",
        lambda session, _: inbox.retry(session, visit.actor, notice_id),
    )  # fmt: skip


@router.get("/dinas/buku", dependencies=[VERIFIER])
def book(session: DbSession, pages: Show, visit: AnyVisit, periksa: str = "") -> Response:
    """The balances of the money book; proving it whole reads every entry, so it is done when asked for."""
    return pages.show(
        "office/book.html",
        kinds=by_kind(ledger.balances(session)),
        faults=proving.verify(session) if periksa == "ya" else None,
    )


def by_kind(balances: Sequence[Balance]) -> list[tuple[str, int, int]]:
    """(kind, how many accounts, their balance) in the order of the book; the accounts of single shops are not listed."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for balance in balances:
        found[balance.kind].append(balance.amount)
    return [(kind, len(amounts), sum(amounts)) for kind, amounts in found.items()]
