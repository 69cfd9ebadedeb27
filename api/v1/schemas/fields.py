"""The kinds of values that cross the wire, and what every body that comes in has in common."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from app.kit import texts

LONGEST_TEXT = 10_000
"""Of any text; how long a name or an address may be is the domain's to say."""


def writable(text: str) -> str:
    if texts.unwritable(text):
        raise PydanticCustomError("unwritable", "the text holds what no keyboard types")
    return text


def day_of(value: object) -> object:
    """A date is written `2026-03-31`: a number would be read as seconds, and be some day all the same."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and len(value) == len("2026-03-31"):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise PydanticCustomError("date_from_datetime_parsing", "not a date")


Text = Annotated[str, Field(strict=True, max_length=LONGEST_TEXT), AfterValidator(writable)]
Whole = Annotated[int, Field(strict=True)]
"""A whole number; `"12"`, `12.0` and `true` are not. Its bounds are the domain's to say."""

Day = Annotated[date, BeforeValidator(day_of)]
Amount = Annotated[int, Field(description="whole rupiah")]


class Incoming(BaseModel):
    """What a caller sends. A name that is not known is a mistake to be told, never ignored."""

    model_config = ConfigDict(extra="forbid")


class Outgoing(BaseModel):
    """What a caller gets. Table classes never cross the wire."""

    model_config = ConfigDict(frozen=True)
