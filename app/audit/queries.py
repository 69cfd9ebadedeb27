"""Reads of the audit."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from app.audit.models import AuditRecord


def of_subject(session: Session, subject_kind: str, subject_id: UUID | str, *, limit: int = 100) -> list[AuditRecord]:
    """The acts on one record, newest first."""
    found = session.exec(
        select(AuditRecord)
        .where(AuditRecord.subject_kind == subject_kind, AuditRecord.subject_id == str(subject_id))
        .order_by(col(AuditRecord.id).desc())
        .limit(limit)
    )
    return list(found)
