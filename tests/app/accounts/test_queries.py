"""What is shown of an account: the own one, or one found at a desk by its full number."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from app.accounts import queries, sessions
from app.actor import GUEST
from app.errors import Forbidden, NotFound, SignInRequired
from tests.factories import accounts


def test_the_own_profile_shows_a_masked_number_and_living_sign_ins(session: Session) -> None:
    account = accounts.person(session, name="Akun Uji", phone="081292000001")
    ended = sessions.start(session, account)
    sessions.start(session, account)
    sessions.end(session, ended)

    profile = queries.profile(session, accounts.actor(session, account))

    assert (profile.name, profile.masked_phone, profile.has_password) == ("Akun Uji", "0812••••001", True)
    assert (profile.roles, profile.sign_ins) == ((), 1)
    with pytest.raises(SignInRequired):
        queries.profile(session, GUEST)


def test_an_account_is_found_at_the_desk_by_its_full_number_only(session: Session) -> None:
    account = accounts.person(session, phone="081292000002")
    officer = accounts.staff(session, "verifier")

    found = queries.find_by_phone(session, officer, "+62 812-9200-0002")

    assert (found.account_id, found.masked_phone, found.is_staff) == (account.id, "0812••••002", False)
    for typed in ("081292000003", "0812", "", "\0", "%"):
        with pytest.raises(NotFound):
            queries.find_by_phone(session, officer, typed)


def test_nobody_without_a_desk_looks_up_numbers(session: Session) -> None:
    accounts.person(session, phone="081292000004")
    for actor in (GUEST, accounts.somebody(session), accounts.staff(session, "analyst")):
        with pytest.raises(Forbidden):
            queries.find_by_phone(session, actor, "081292000004")
