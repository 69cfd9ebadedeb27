"""Write one act into the audit, in the same transaction as the act."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import Session

from app.actor import Actor
from app.audit.models import AuditRecord
from app.db import put_in, row_of
from app.kit import clock


def note(
    session: Session,
    actor: Actor,
    *,
    action: str,
    subject_kind: str,
    subject_id: UUID | str,
    detail: Mapping[str, object] | None = None,
    beneficiary: UUID | None = None,
) -> None:
    """`action` is `thing.verb_in_past_tense`; `detail` holds field names, codes and counts, never personal data."""
    noted = act(
        actor,
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        detail=detail,
        beneficiary=beneficiary,
    )
    put_in(session, noted)


def act(
    actor: Actor,
    *,
    action: str,
    subject_kind: str,
    subject_id: UUID | str,
    detail: Mapping[str, object] | None = None,
    beneficiary: UUID | None = None,
) -> AuditRecord:
    """The row of one act, for verbs that write all their rows at once."""
    return row_of(
        AuditRecord,
        at=clock.now(),
        actor_account_id=actor.account_id,
        beneficiary_account_id=beneficiary or actor.on_behalf_of,
        channel=actor.channel,
        action=action,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        detail=dict(detail or {}),
    )
