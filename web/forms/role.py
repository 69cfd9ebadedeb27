"""The form that gives somebody a role, for the whole regency or for one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast, get_args

from app.actor import Role
from app.errors import Invalid
from web.forms.assisted import place_of
from web.forms.reading import Typed

ROLES: tuple[Role, ...] = get_args(Role)
NAMED: Mapping[str, str] = {"role": "peran", "district_code": "wilayah", "village_code": "wilayah"}


def role_of(typed: Typed) -> Role:
    """Raises Invalid beside `role` for anything that is no role."""
    if typed.text("peran") not in ROLES:
        raise Invalid.one("role", "Pilih perannya.", "missing")
    return cast(Role, typed.text("peran"))


def district_and_village(typed: Typed) -> tuple[str | None, str | None]:
    """Both None for the whole regency."""
    return place_of(typed.text("wilayah"))


def values_of(typed: Typed) -> dict[str, str]:
    return {"peran": typed.text("peran"), "wilayah": typed.text("wilayah")}
