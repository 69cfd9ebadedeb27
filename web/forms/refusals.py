"""A refusal of the domain as faults of a form: what is not about one field stands beside the button."""

from __future__ import annotations

from collections.abc import Mapping

from app.errors import DomainError, FieldError, Forbidden, Invalid, TooMany, Unavailable

STATUS: tuple[tuple[type[DomainError], int], ...] = ((Forbidden, 403), (TooMany, 429), (Unavailable, 503))
OTHERWISE = 409


def faults_of(refusal: DomainError, button: str, named: Mapping[str, str]) -> tuple[FieldError, ...]:
    """Every fault under the name its field has in the form; `named` translates the domain's names."""
    if isinstance(refusal, Invalid):
        return tuple(FieldError(named.get(each.field, each.field), each.code, each.message) for each in refusal.errors)
    return (FieldError(button, refusal.code, refusal.sentence),)


def status_of(refusal: DomainError) -> int:
    if isinstance(refusal, Invalid):
        return 422
    return next((status for kind, status in STATUS if isinstance(refusal, kind)), OTHERWISE)
