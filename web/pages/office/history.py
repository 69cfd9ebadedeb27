"""What was done to a record and by whom, from the audit, with names instead of numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from app.accounts import staff
from app.actor import Actor
from app.audit import queries as audit
from app.audit.models import AuditRecord
from app.catalogue import inspection
from app.db import Session
from app.errors import NotFound
from app.registry.files import Case
from app.statistics import definitions
from web.deps import ADMINISTRATOR, AnyVisit, DbSession
from web.templating import Show

router = APIRouter()

MOST_ON_A_CASE = 30
MOST_ON_A_PAGE = 100
KINDS = (
    "business", "business_owner", "shop", "product", "order", "order_group", "payment", "refund", "message", "account",
    "table",
)  # fmt: skip
"""The kinds of records whose acts can be read on a page."""


@dataclass(frozen=True)
class Act:
    """One act: when, what, by whom and for whom. `details` holds codes and field names, never what was in them."""

    number: int
    at: datetime
    action: str
    who: str | None
    beneficiary: str | None
    channel: str
    details: dict[str, object]


def of_case(session: Session, actor: Actor, case: Case) -> list[Act]:
    """The newest acts on a business, its owner's NIK and its shop, in one line of time."""
    shop = inspection.shop_of(session, actor, case.business.id)
    subjects = [("business", case.business.id), ("business_owner", case.owner_id), ("shop", shop.id if shop else None)]
    rows = [
        row
        for kind, subject in subjects
        if subject is not None
        for row in audit.of_subject(session, kind, subject, limit=MOST_ON_A_CASE)
    ]
    newest = sorted(rows, key=lambda row: row.id or 0, reverse=True)[:MOST_ON_A_CASE]
    return acts(session, actor, newest)


def acts(session: Session, actor: Actor, rows: Sequence[AuditRecord]) -> list[Act]:
    people = {
        account for row in rows for account in (row.actor_account_id, row.beneficiary_account_id) if account is not None
    }
    names = staff.names(session, actor, people)

    def name_of(account: UUID | None) -> str | None:
        return names.get(account) if account is not None else None

    return [
        Act(
            row.id or 0,
            row.at,
            row.action,
            name_of(row.actor_account_id),
            name_of(row.beneficiary_account_id) if row.beneficiary_account_id != row.actor_account_id else None,
            row.channel,
            dict(row.detail),
        )
        for row in rows
    ]


@router.get("/dinas/jejak/{kind}/{subject}", dependencies=[ADMINISTRATOR])
def show(session: DbSession, pages: Show, visit: AnyVisit, kind: str, subject: str) -> Response:
    """The acts on one record, newest first. A record nobody has touched, or that does not exist, is a 404 alike; a table of
    statistics is there before anybody opens its records."""
    if kind not in KINDS:
        raise NotFound
    rows = audit.of_subject(session, kind, subject.replace("\0", ""), limit=MOST_ON_A_PAGE)
    if not rows and subject not in definitions.CATALOGUE:
        raise NotFound
    return pages.show(
        "office/history.html",
        kind=kind,
        subject=subject,
        history=acts(session, visit.actor, rows),
        most=MOST_ON_A_PAGE,
    )
