"""What buyers, sellers and the office may read of payments."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session

from app.actor import GUEST, Actor, Grant
from app.db import Transactions
from app.errors import Forbidden, NotFound
from app.kit import clock, ids
from app.orders import cancelling, fulfilment
from app.orders.models import CustomerOrder
from app.payments import checkout, queries, refunds, settling
from tests.factories import orders as make
from tests.factories import payments as pay


def test_the_buyer_sees_one_payment_of_a_gateway_with_all_its_orders(session: Session, begin: Transactions) -> None:
    bought = pay.bought(session, prices=(150_000, 22_500))
    (before,) = queries.for_group(session, bought.group_id)
    assert (before.status, before.payable, before.redirect_url, before.by_gateway) == ("created", True, None, True)
    checkout.start(begin, bought.payment)
    (view,) = queries.for_group(session, bought.group_id)
    assert (view.id, view.amount, view.method) == (bought.payment, 172_500, "sandbox")
    assert sorted(view.order_ids) == sorted(bought.orders)
    assert [number[-2:] for number in view.orders] == ["-1", "-2"]
    assert (view.payable, view.redirect_url) == (True, pay.payment(session, bought.payment).redirect_url)
    assert (view.instructions, view.takes_proof, view.proofs, view.refunds) == (None, False, (), ())
    with clock.at(clock.now() + timedelta(minutes=20, seconds=1)):
        (over,) = queries.for_group(session, bought.group_id)
        assert (over.payable, over.redirect_url) == (False, None)
        assert queries.awaiting_redirect(session, bought.group_id) == []
    seen = pay.seen(pay.payment(session, bought.payment))
    settling.settle(session, bought.payment, seen, livemode=False)
    (paid,) = queries.for_group(session, bought.group_id)
    assert (paid.status, paid.payable, paid.received_amount) == ("paid", False, 172_500)
    assert queries.awaiting_gateway(session, bought.group_id) == []


def test_the_buyer_sees_how_to_pay_each_seller_while_there_is_something_to_pay(session: Session) -> None:
    buyer = make.account(session)
    bought = pay.bought(session, "transfer", prices=(10_000, 20_000), buyer=buyer)
    views = queries.for_group(session, bought.group_id)
    assert [number[-2:] for view in views for number in view.orders] == ["-1", "-2"]
    for view in views:
        assert view.instructions is not None
        assert view.instructions.amount == view.amount
        assert "Bank Uji 1234567890" in view.instructions.sentence
        assert (view.takes_proof, view.payable) == (True, False)
    settling.confirm_transfer(
        session,
        next(s for s in bought.sellers if s.shop_id == pay.payment(session, views[0].id).shop_id).actor,
        views[0].id,
        views[0].amount,
    )
    paid, waiting = queries.for_group(session, bought.group_id)
    assert (paid.instructions, paid.takes_proof) == (None, False)
    assert waiting.instructions is not None
    cash = pay.bought(session, "cod")
    (view,) = queries.for_group(session, cash.group_id)
    assert view.instructions is not None
    assert view.instructions.sentence == "Siapkan Rp150.000 tunai untuk Toko 0 saat barang diterima."
    assert queries.for_group(session, ids.uuid7()) == []


def test_the_seller_sees_what_may_be_done_about_the_money(session: Session) -> None:
    bought = pay.bought(session, "transfer", mode="ask_first")
    actor = bought.seller.actor

    def can_confirm() -> bool:
        found = queries.of_order_for_seller(session, actor, bought.order)
        assert found is not None
        return found.can_confirm

    assert not can_confirm()
    fulfilment.accept(session, actor, bought.order)
    assert can_confirm()
    cancelling.expire(session, bought.order)
    assert can_confirm()  # the money may still come
    settling.confirm_transfer(session, actor, bought.payment, pay.payment(session, bought.payment).amount)
    assert not can_confirm()
    gateway = pay.bought(session, prices=(150_000, 22_500))
    found = queries.of_order_for_seller(session, gateway.sellers[1].actor, gateway.orders[1])
    assert found is not None
    assert (found.amount, found.can_confirm, found.can_collect) == (22_500, False, False)
    unprepared = make.order(session, (gateway.products[0], 1), payment_method="cod")
    assert queries.of_order_for_seller(session, gateway.sellers[0].actor, unprepared.id) is None


def test_a_foreign_order_is_a_missing_one(session: Session) -> None:
    bought = pay.bought(session, "transfer", buyer=make.account(session))
    for actor in (make.seller(session, "Lain").actor, pay.administrator(session), bought.buyer, GUEST):
        with pytest.raises(NotFound):
            queries.of_order_for_seller(session, actor, bought.order)
        assert queries.refunds_for_seller(session, actor) == []
    with pytest.raises(NotFound):
        queries.of_order_for_seller(session, bought.seller.actor, ids.uuid7())
    with pytest.raises(NotFound):
        queries.refunds_for_seller(session, make.account(session), shop_id=bought.seller.shop_id)


def test_the_money_desk_is_for_those_of_the_office_who_decide_about_money(session: Session) -> None:
    staff = make.account(session)
    for role, allowed in (("administrator", True), ("verifier", True), ("analyst", False), ("facilitator", False)):
        actor = replace(staff, grants=frozenset({Grant(role)}))  # type: ignore[arg-type]
        for read in (queries.in_review, queries.open_refunds, queries.dead_notices):
            if allowed:
                assert read(session, actor) == []
            else:
                with pytest.raises(Forbidden):
                    read(session, actor)
    for nobody in (GUEST, Actor(), staff):
        with pytest.raises(Forbidden):
            queries.in_review(session, nobody)


def test_the_office_sees_open_refunds_of_every_kind_oldest_first(session: Session) -> None:
    direct, gateway = pay.bought(session, "transfer"), pay.bought(session)
    settling.confirm_transfer(session, direct.seller.actor, direct.payment, pay.payment(session, direct.payment).amount)
    settling.settle(session, gateway.payment, pay.seen(pay.payment(session, gateway.payment)), livemode=False)
    for bought in (direct, gateway):
        fulfilment.reject(session, bought.seller.actor, bought.order, reason="Habis")
    with clock.at(clock.now() - timedelta(days=1)):
        refunds.open_for_order(session, gateway.order, reason="rejected")
    refunds.open_for_order(session, direct.order, reason="rejected")
    office = pay.administrator(session)
    first, second = queries.open_refunds(session, office)
    assert (first.order_id, first.method, first.amount, first.by_hand) == (gateway.order, "sandbox", 150_000, False)
    assert (second.order_id, second.method, second.by_hand) == (direct.order, "transfer", True)
    assert first.order_number == session.get_one(CustomerOrder, gateway.order).number
    (mine,) = queries.refunds_for_seller(session, direct.seller.actor, shop_id=direct.seller.shop_id)
    assert mine == second
    (view,) = queries.for_group(session, direct.group_id)
    assert [refund.id for refund in view.refunds] == [second.id]
