"""A refusal of the domain as faults of a form: what is not about one field stands beside the button."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.errors import DomainError, FieldError, Invalid


def in_form_words(errors: Iterable[FieldError], named: Mapping[str, str]) -> tuple[FieldError, ...]:
    """Every fault under the name its field has in the form; `named` translates the domain's names."""
    return tuple(FieldError(named.get(error.field, error.field), error.code, error.message) for error in errors)


def faults_of(refusal: DomainError, button: str, named: Mapping[str, str]) -> tuple[FieldError, ...]:
    """The faults of a refusal in the words of the form; one that is about no field stands beside the button."""
    if isinstance(refusal, Invalid):
        return in_form_words(refusal.errors, named)
    return (FieldError(button, refusal.code, refusal.sentence),)
