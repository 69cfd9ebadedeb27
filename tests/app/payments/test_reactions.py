"""Wired into the product: the outbox carries what orders announce to payments, and what payments announce to the others."""

from __future__ import annotations

from sqlmodel import col, select

from app import reactions, timetable
from app.notifications.models import Message
from app.orders import cancelling, fulfilment
from app.outbox import queries as outbox
from app.outbox import relay
from app.payments import checkout, inbox, reconciling, refunds, settling
from app.payments.models import SandboxCharge
from app.statistics.models import SaleFact
from tests.conftest import Database
from tests.factories import orders as make
from tests.factories import payments as pay


def carry(database: Database) -> None:
    relay.drain(database.begin, reactions.TABLE)
    with database.begin() as session:
        assert outbox.dead_letters(session) == []
        assert outbox.oldest_open_seconds(session) == 0


def test_a_refused_sale_is_given_back_told_and_undone_in_the_statistics(database: Database) -> None:
    with database.begin() as session:
        buyer = make.account(session)
        bought = pay.bought(session, buyer=buyer)
    checkout.start(database.begin, bought.payment)
    with database.begin() as session:
        charge = session.exec(select(SandboxCharge)).one()
        charge.status, charge.paid_amount = "paid", charge.amount
    settling.sync(database.begin, bought.payment)
    with database.begin() as session:
        fulfilment.reject(session, bought.seller.actor, bought.order, reason="Habis")
    carry(database)
    assert refunds.send_due(database.begin) == 1
    carry(database)
    with database.begin() as session:
        assert pay.statuses(session, bought) == ("paid", "rejected")
        assert pay.book(session) == {}
        assert pay.faults(session) == []
        facts = session.exec(select(SaleFact.kind, SaleFact.gross_amount).order_by(col(SaleFact.kind))).all()
        assert sorted((kind, amount) for kind, amount in facts if amount) == [
            ("refund", -150_000),
            ("reversal", -150_000),
            ("sale", 150_000),
        ]
        told = session.exec(select(Message).where(Message.account_id == buyer.account_id)).all()
        assert any("refund_succeeded" in message.template for message in told)


def test_a_cancelled_checkout_closes_its_payment_and_the_gateways_page(database: Database) -> None:
    with database.begin() as session:
        buyer = make.account(session)
        gateway = pay.bought(session, buyer=buyer)
        direct = pay.bought(session, "transfer", buyer=buyer)
    checkout.start(database.begin, gateway.payment)
    with database.begin() as session:
        cancelling.cancel(session, buyer, gateway.order)
        cancelling.expire(session, direct.order)
    carry(database)
    with database.begin() as session:
        assert pay.statuses(session, gateway) == ("cancelled", "cancelled")
        assert pay.statuses(session, direct) == ("expired", "expired")
        assert session.exec(select(SandboxCharge.status)).all() == ["expired"]
        assert pay.refunds(session) == []


def test_the_gateway_is_asked_before_unpaid_orders_are_let_go() -> None:
    runs = [job.run for job in timetable.JOBS]
    assert runs.index(reconciling.run) < runs.index(cancelling.expire_due)
    assert {inbox.process_due, inbox.forget_bodies, refunds.send_due} <= set(runs)
