"""Who may act for a business, and who no longer."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.actor import GUEST, SYSTEM
from app.registry import membership
from tests.factories import accounts, registry
from tests.factories.registry import SANGATTA_UTARA, SANGKULIRANG, TELUK_LINGGA


@pytest.mark.parametrize(
    ("role", "district", "village", "acts"),
    [
        ("administrator", None, None, True),
        ("verifier", None, None, True),
        ("verifier", SANGATTA_UTARA, None, True),
        ("verifier", SANGATTA_UTARA, "64.08.04.2001", False),
        ("verifier", SANGKULIRANG, None, False),
        ("analyst", None, None, False),
        ("facilitator", SANGATTA_UTARA, None, True),
        ("facilitator", SANGATTA_UTARA, TELUK_LINGGA, True),
        ("facilitator", SANGATTA_UTARA, "64.08.04.2001", False),
        ("facilitator", SANGKULIRANG, None, False),
    ],
)
def test_staff_act_in_their_own_places(
    session: Session, role: str, district: str | None, village: str | None, acts: bool
) -> None:
    business = registry.started(session, village_code=TELUK_LINGGA)
    actor = accounts.staff(session, role, district_code=district, village_code=village)  # type: ignore[arg-type]
    assert membership.acts_for(session, actor, business) is acts


def test_a_business_without_a_place_is_its_members_and_the_whole_regencys(session: Session) -> None:
    owner = accounts.somebody(session)
    business = registry.started(session, owner, district_code=None)
    assert membership.acts_for(session, owner, business)
    assert membership.acts_for(session, accounts.staff(session, "verifier"), business)
    for role in ("verifier", "facilitator"):
        placed = accounts.staff(session, role, district_code=SANGATTA_UTARA)  # type: ignore[arg-type]
        assert not membership.acts_for(session, placed, business)


def test_guests_the_system_and_strangers_act_for_nobody(session: Session) -> None:
    business = registry.started(session)
    for actor in (GUEST, SYSTEM, accounts.somebody(session)):
        assert not membership.acts_for(session, actor, business)


def test_a_membership_that_ended_is_none(session: Session) -> None:
    owner, helper = accounts.somebody(session), accounts.somebody(session)
    business = registry.started(session, owner)
    assert owner.account_id is not None
    assert helper.account_id is not None
    made = membership.add_owner(session, business, helper.account_id)
    assert membership.acts_for(session, helper, business)
    assert sorted(membership.member_accounts(session, business.id)) == sorted([owner.account_id, helper.account_id])
    made.until = made.since
    session.flush()
    assert not membership.acts_for(session, helper, business)
    assert not membership.is_member(session, helper.account_id, business.id)
    assert membership.member_accounts(session, business.id) == [owner.account_id]
    assert membership.owner_account(session, business.id) == owner.account_id


def test_nobody_is_a_member_twice_at_a_time(session: Session) -> None:
    owner = accounts.somebody(session)
    business = registry.started(session, owner)
    assert owner.account_id is not None
    with pytest.raises(IntegrityError, match="uq_membership_live"), session.begin_nested():
        membership.add_owner(session, business, owner.account_id)
