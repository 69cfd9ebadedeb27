"""Reads of the audit."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from app.audit.models import AuditRecord, AuditSeal


@dataclass(frozen=True)
class Root:
    """The newest link of the chain: a digest (hexadecimal) over everything sealed so far."""

    seal: int
    digest: str


def root(session: Session) -> Root | None:
    """None while nothing is sealed."""
    last = session.exec(select(AuditSeal).order_by(col(AuditSeal.id).desc()).limit(1)).first()
    return Root(last.id or 0, last.digest.hex()) if last else None


def of_subject(session: Session, subject_kind: str, subject_id: UUID | str, *, limit: int = 100) -> list[AuditRecord]:
    """The acts on one record, newest first."""
    found = session.exec(
        select(AuditRecord)
        .where(AuditRecord.subject_kind == subject_kind, AuditRecord.subject_id == str(subject_id))
        .order_by(col(AuditRecord.id).desc())
        .limit(limit)
    )
    return list(found)
