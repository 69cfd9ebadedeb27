"""On sale and off it: the seller's own steps, and the office's with four eyes and a reason."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session

from app.actor import GUEST, Actor
from app.audit import queries as audit
from app.catalogue import publishing, queries, shelves
from app.catalogue.errors import WrongStatus
from app.catalogue.models import Product
from app.errors import Forbidden, Invalid, NotFound
from app.kit import ids
from app.registry import membership
from app.registry.models import Business
from tests.factories import accounts
from tests.factories import orders as make
from tests.factories.orders import Seller


def new_shop(session: Session) -> Seller:
    """A shop the office does not know yet: its goods wait."""
    seller = make.seller(session)
    session.execute(text("UPDATE shop SET trusted = false WHERE id = :i"), {"i": seller.shop_id})
    session.expire_all()
    return seller


def state(session: Session, product: UUID) -> tuple[str, str | None, bool]:
    """(status, reason, on sale for anybody)."""
    row = session.get_one(Product, product)
    return (row.status, row.refusal_reason, bool(queries.cards(session, [product])))


def actions(session: Session, product: UUID) -> list[str]:
    return [row.action for row in audit.of_subject(session, "product", product)][::-1]


def test_a_new_product_waits_until_the_office_has_looked(session: Session) -> None:
    seller, officer = new_shop(session), accounts.staff(session, "verifier")
    product = make.product(session, seller)
    assert state(session, product) == ("pending", None, False)
    publishing.approve(session, officer, product)
    assert state(session, product) == ("published", None, True)
    newest = audit.of_subject(session, "product", product)[0]
    assert (newest.action, newest.actor_account_id, newest.beneficiary_account_id) == (
        "product.approved",
        officer.account_id,
        seller.actor.account_id,
    )


def test_what_was_looked_at_is_shown_again_without_asking(session: Session) -> None:
    seller = new_shop(session)
    product = make.product(session, seller)
    publishing.approve(session, accounts.staff(session, "verifier"), product)
    since = session.get_one(Product, product).published_at
    publishing.hide(session, seller.actor, product)
    assert state(session, product) == ("hidden", None, False)
    publishing.publish(session, seller.actor, product)
    assert state(session, product) == ("published", None, True)
    assert session.get_one(Product, product).published_at == since


def test_what_was_never_looked_at_cannot_slip_onto_sale(session: Session) -> None:
    seller = new_shop(session)
    product = make.product(session, seller)
    publishing.hide(session, seller.actor, product)
    publishing.publish(session, seller.actor, product)
    assert state(session, product) == ("pending", None, False)
    assert actions(session, product) == ["product.added", "product.hidden", "product.submitted"]


def test_a_refused_product_waits_again_even_if_it_was_on_sale_before(session: Session) -> None:
    seller, officer = make.seller(session), accounts.staff(session, "verifier")
    product = make.product(session, seller)
    publishing.refuse(session, officer, product, reason="  Foto bukan barangnya ")
    assert state(session, product) == ("hidden", "Foto bukan barangnya", False)
    publishing.publish(session, seller.actor, product)
    assert state(session, product) == ("pending", None, False)
    assert actions(session, product)[-1] == "product.submitted"
    assert audit.of_subject(session, "product", product)[0].detail == {}
    publishing.approve(session, officer, product)
    assert state(session, product) == ("published", None, True)


def test_an_archived_product_is_gone_for_good(session: Session) -> None:
    seller, officer = make.seller(session), accounts.staff(session, "verifier")
    product = make.product(session, seller)
    publishing.archive(session, seller.actor, product)
    for act in (
        lambda: publishing.archive(session, seller.actor, product),
        lambda: publishing.publish(session, seller.actor, product),
        lambda: publishing.hide(session, seller.actor, product),
        lambda: publishing.approve(session, officer, product),
        lambda: publishing.refuse(session, officer, product, reason="x"),
    ):
        with pytest.raises(WrongStatus):
            act()
    assert state(session, product) == ("archived", None, False)


def test_steps_that_do_not_fit_the_state_are_refused(session: Session) -> None:
    seller, officer = make.seller(session), accounts.staff(session, "verifier")
    product = make.product(session, seller)
    for act in (publishing.publish, publishing.approve):
        with pytest.raises(WrongStatus):
            act(session, seller.actor if act is publishing.publish else officer, product)
    publishing.hide(session, seller.actor, product)
    with pytest.raises(WrongStatus):
        publishing.hide(session, seller.actor, product)
    assert state(session, product) == ("hidden", None, False)


@pytest.mark.parametrize(
    ("reason", "code"), [("", "missing"), (" \n", "missing"), ("x" * 301, "too_long"), ("nu\0l", "unwritable")]
)
def test_a_refusal_says_why_in_words_that_can_be_kept(session: Session, reason: str, code: str) -> None:
    product = make.product(session, make.seller(session))
    with pytest.raises(Invalid) as refusal:
        publishing.refuse(session, accounts.staff(session, "verifier"), product, reason=reason)
    assert [(error.field, error.code) for error in refusal.value.errors] == [("reason", code)]
    assert state(session, product) == ("published", None, True)


def outsiders(session: Session, seller: Seller) -> list[Actor]:
    return [
        GUEST,
        seller.actor,
        accounts.somebody(session),
        accounts.staff(session, "analyst"),
        accounts.staff(session, "facilitator", district_code="64.08.04"),
        accounts.staff(session, "verifier", district_code="64.08.05"),
    ]


def test_only_an_officer_of_the_place_decides_for_others_it_is_missing(session: Session) -> None:
    seller = new_shop(session)
    product = make.product(session, seller)
    officer = accounts.staff(session, "verifier", district_code="64.08.04")
    sentences = set()
    for actor, wanted in [*((actor, product) for actor in outsiders(session, seller)), (officer, ids.uuid7())]:
        for act in (
            lambda actor=actor, wanted=wanted: publishing.approve(session, actor, wanted),
            lambda actor=actor, wanted=wanted: publishing.refuse(session, actor, wanted, reason="x"),
        ):
            with pytest.raises(NotFound) as refusal:
                act()
            sentences.add(refusal.value.sentence)
    assert len(sentences) == 1
    assert state(session, product) == ("pending", None, False)
    publishing.approve(session, officer, product)
    assert state(session, product) == ("published", None, True)


def test_nobody_decides_the_own_goods(session: Session) -> None:
    seller, officer = new_shop(session), accounts.staff(session, "administrator")
    product = make.product(session, seller)
    assert officer.account_id is not None
    membership.add_owner(session, session.get_one(Business, seller.business_id), officer.account_id)
    for act in (
        lambda: publishing.approve(session, officer, product),
        lambda: publishing.refuse(session, officer, product, reason="x"),
    ):
        with pytest.raises(Forbidden):
            act()
    assert state(session, product) == ("pending", None, False)


def test_the_office_sees_what_waits_in_its_places_oldest_first(session: Session) -> None:
    seller = new_shop(session)
    first, second = make.product(session, seller, "Pertama"), make.product(session, seller, "Kedua")
    make.product(session, make.seller(session), "Sudah dijual")
    for officer, expected in (
        (accounts.staff(session, "administrator"), [first, second]),
        (accounts.staff(session, "verifier", district_code="64.08.04"), [first, second]),
        (accounts.staff(session, "verifier", district_code="64.08.05"), []),
    ):
        assert [row.id for row in shelves.waiting(session, officer)] == expected
    row = shelves.waiting(session, accounts.staff(session, "verifier"))[0]
    assert (row.name, row.price_amount, row.business_name, row.district) == (
        "Pertama", 15_000, seller.name, "Sangatta Utara",
    )  # fmt: skip
    for outsider in (seller.actor, GUEST, accounts.staff(session, "analyst")):
        with pytest.raises(Forbidden):
            shelves.waiting(session, outsider)
