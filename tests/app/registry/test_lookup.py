"""Find any business of the register, for those who keep it."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from app.errors import Forbidden
from app.registry import lookup
from tests.factories import accounts, registry
from tests.factories.registry import SANGATTA_UTARA, SANGKULIRANG, TELUK_LINGGA


def test_every_word_must_be_in_name_or_number_whatever_the_status(session: Session) -> None:
    officer = accounts.staff(session, "verifier")
    draft = registry.started(session, name="Zz Kerupuk Bawang", village_code=TELUK_LINGGA)
    registry.active(session, name="Zz Kerupuk Udang")
    found = lookup.find(session, officer, "zz BAWANG")
    assert [(item.number, item.name, item.status) for item in found.items] == [
        (draft.number, "Zz Kerupuk Bawang", "draft")
    ]
    assert (found.total, found.pages) == (1, 1)
    assert (found.items[0].district, found.items[0].village) == ("Sangatta Utara", "Teluk Lingga")
    assert found.items[0].owner_name == "Akun Uji"
    assert [item.name for item in lookup.find(session, officer, "zz").items] == [
        "Zz Kerupuk Bawang",
        "Zz Kerupuk Udang",
    ]
    assert [item.number for item in lookup.find(session, officer, draft.number).items] == [draft.number]
    assert lookup.find(session, officer, "zz", status="active").total == 1
    assert lookup.find(session, officer, "zz", district=SANGKULIRANG) == lookup.Found((), 0, 0)
    assert lookup.find(session, officer, "zz%").total == 0
    assert lookup.find(session, officer, "zz_").total == 0


def test_long_lists_come_in_pages(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "A_PAGE", 2)
    officer, owner = accounts.staff(session, "administrator"), accounts.somebody(session)
    for letter in "CAB":
        registry.started(session, owner, name=f"Qq {letter}")
    first, second = (lookup.find(session, officer, "qq", page=page) for page in (1, 2))
    assert ([item.name for item in first.items], first.total, first.pages) == (["Qq A", "Qq B"], 3, 2)
    assert [item.name for item in second.items] == ["Qq C"]
    assert lookup.find(session, officer, "qq", page=-5).items == first.items
    assert lookup.find(session, officer, "qq", page=10**12).items == ()


def test_an_officer_of_a_district_finds_that_district_alone(session: Session) -> None:
    local = accounts.staff(session, "verifier", district_code=SANGATTA_UTARA)
    registry.started(session, name="Xx Dekat")
    registry.started(session, name="Xx Jauh", district_code=SANGKULIRANG)
    assert [item.name for item in lookup.find(session, local, "xx").items] == ["Xx Dekat"]


def test_nobody_else_searches_the_register(session: Session) -> None:
    for actor in (
        accounts.somebody(session),
        accounts.staff(session, "analyst"),
        accounts.staff(session, "facilitator", district_code=SANGATTA_UTARA),
    ):
        with pytest.raises(Forbidden):
            lookup.find(session, actor, "a")
