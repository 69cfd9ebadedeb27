"""A slip helps the seller to look; it pays nothing, and nobody else sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import Session, select

from app.actor import GUEST
from app.errors import NotFound
from app.kit import ids
from app.media import store
from app.media.errors import FileMissing, NotAPhoto
from app.orders import cancelling
from app.orders import queries as orders
from app.payments import ending, proofs, queries, settling
from app.payments.errors import NotPayable, TooManyProofs
from app.payments.models import PaymentProof
from tests.app.media import pictures
from tests.factories import orders as make
from tests.factories import payments as pay


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_location", str(tmp_path))


def test_the_buyer_shows_a_slip_and_both_sides_see_it(session: Session) -> None:
    buyer = make.account(session)
    bought = pay.bought(session, "transfer", buyer=buyer)
    proof = proofs.attach(pay.over(session), buyer, bought.payment, pictures.with_place())
    picture = proofs.read(pay.over(session), bought.seller.actor, proof.id)
    assert picture[:3] == b"\xff\xd8\xff"
    assert pictures.CAMERA.encode() not in picture
    assert proofs.read(pay.over(session), buyer, proof.id) == picture
    assert pay.statuses(session, bought) == ("pending", "awaiting_payment")
    (view,) = queries.for_group(session, bought.group_id)
    assert view.proofs == (proof.id,)
    found = queries.of_order_for_seller(session, bought.seller.actor, bought.order)
    assert found is not None
    assert found.proofs == (proof.id,)
    (row,) = queries.transfers_for_seller(session, bought.seller.actor, bought.seller.shop_id)
    assert row.order_number == view.orders[0]


def test_a_guest_shows_it_with_the_key_of_the_checkout_only(session: Session) -> None:
    bought = pay.bought(session, "transfer")
    key = orders.key_of(bought.group_id)
    for wrong in (None, "", key[:-1], key.upper() + "x", orders.key_of(ids.uuid7()), "é"):
        with pytest.raises(NotFound):
            proofs.attach(pay.over(session), GUEST, bought.payment, pictures.drawn(), key=wrong)
    proof = proofs.attach(pay.over(session), GUEST, bought.payment, pictures.drawn(), key=key)
    assert proofs.read(pay.over(session), GUEST, proof.id, key=key)
    with pytest.raises(NotFound):
        proofs.read(pay.over(session), GUEST, proof.id)


def test_nobody_else_shows_or_sees_it(session: Session) -> None:
    buyer = make.account(session)
    bought = pay.bought(session, "transfer", buyer=buyer)
    proof = proofs.attach(pay.over(session), buyer, bought.payment, pictures.drawn())
    strangers = (make.account(session), make.seller(session, "Lain").actor, pay.administrator(session), GUEST)
    for actor in strangers:
        with pytest.raises(NotFound):
            proofs.read(pay.over(session), actor, proof.id)
        with pytest.raises(NotFound):
            proofs.attach(pay.over(session), actor, bought.payment, pictures.drawn())
    for missing in (ids.uuid7(),):
        with pytest.raises(NotFound):
            proofs.read(pay.over(session), buyer, missing)
        with pytest.raises(NotFound):
            proofs.attach(pay.over(session), buyer, missing, pictures.drawn())
    assert len(session.exec(select(PaymentProof)).all()) == 1


def test_what_is_no_photo_is_not_kept(session: Session) -> None:
    buyer = make.account(session)
    bought = pay.bought(session, "transfer", buyer=buyer)
    for data in (b"", b"hello", b"<script>alert(1)</script>", pictures.drawn()[:200]):
        with pytest.raises(NotAPhoto):
            proofs.attach(pay.over(session), buyer, bought.payment, data)
    assert session.exec(select(PaymentProof)).all() == []


def test_a_slip_is_only_for_a_transfer_that_may_still_be_on_its_way(session: Session) -> None:
    buyer = make.account(session)
    for method in ("cod", "sandbox"):
        other = pay.bought(session, method, buyer=buyer)
        with pytest.raises(NotPayable):
            proofs.attach(pay.over(session), buyer, other.payment, pictures.drawn())
        cancelling.cancel(session, buyer, other.order)
    bought = pay.bought(session, "transfer", buyer=buyer)
    cancelling.expire(session, bought.order)
    ending.end(pay.over(session), bought.payment)
    for _ in range(proofs.MOST_PROOFS):
        proofs.attach(pay.over(session), buyer, bought.payment, pictures.drawn())
    with pytest.raises(TooManyProofs):
        proofs.attach(pay.over(session), buyer, bought.payment, pictures.drawn())
    settling.confirm_transfer(session, bought.seller.actor, bought.payment, pay.payment(session, bought.payment).amount)
    with pytest.raises(NotPayable):
        proofs.attach(pay.over(session), buyer, bought.payment, pictures.drawn())


def test_a_lost_file_is_a_missing_one(session: Session) -> None:
    buyer = make.account(session)
    bought = pay.bought(session, "transfer", buyer=buyer)
    proof = proofs.attach(pay.over(session), buyer, bought.payment, pictures.drawn())
    store.delete(proofs.file_of(proof.id))
    with pytest.raises(FileMissing):
        proofs.read(pay.over(session), buyer, proof.id)
