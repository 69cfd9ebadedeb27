"""Write one act into the audit, in the same transaction as the act."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import Session

from app.actor import Actor
from app.audit.models import AuditRecord
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
    session.add(
        AuditRecord(
            at=clock.now(),
            actor_account_id=actor.account_id,
            beneficiary_account_id=beneficiary or actor.on_behalf_of,
            channel=actor.channel,
            action=action,
            subject_kind=subject_kind,
            subject_id=str(subject_id),
            detail=dict(detail or {}),
        )
    )
