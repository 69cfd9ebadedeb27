"""Signing in for programs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from api.v1.schemas.fields import Incoming, Outgoing

LONGEST_PASSWORD = 512
"""Longer than any that can be chosen: more is a mistake, not a guess."""


class Credentials(Incoming):
    phone: Annotated[str, Field(strict=True, max_length=64, examples=["081200000005"])]
    password: Annotated[str, Field(strict=True, max_length=LONGEST_PASSWORD)]


class Token(Outgoing):
    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the name of a scheme
    expires_in: Annotated[int, Field(description="seconds")]
