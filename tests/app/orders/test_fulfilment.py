"""Every verb in every status: the moves that exist happen whole, the others do nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from app.actor import GUEST, SYSTEM
from app.errors import Conflict, Invalid, NotFound
from app.kit import clock, ids
from app.orders import cancelling, fulfilment, placing, queries
from app.orders.errors import CashNotCollected, HoldLost
from app.orders.models import CustomerOrder, OrderEvent
from app.outbox.models import OutboxEvent
from tests.conftest import Database
from tests.factories import orders as make
from tests.factories.orders import Seller

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)

Verb = Callable[[Session, Seller, CustomerOrder], Any]

VERBS: dict[str, Verb] = {
    "accept": lambda session, seller, order: fulfilment.accept(session, seller.actor, order.id),
    "reject": lambda session, seller, order: fulfilment.reject(session, seller.actor, order.id, reason="Habis"),
    "mark_ready": lambda session, seller, order: fulfilment.mark_ready(session, seller.actor, order.id),
    "hand_over": lambda session, seller, order: fulfilment.hand_over(session, seller.actor, order.id, paid_at=NOON),
    "mark_delivered": lambda session, seller, order: fulfilment.mark_delivered(session, seller.actor, order.id),
    "cancel_as_seller": lambda session, seller, order: cancelling.cancel_as_seller(
        session, seller.actor, order.id, reason="Rusak"
    ),
    "cancel": lambda session, seller, order: cancelling.cancel(
        session, GUEST, order.id, key=queries.key_of(order.group_id)
    ),
    "confirm_received": lambda session, seller, order: fulfilment.confirm_received(
        session, GUEST, order.id, key=queries.key_of(order.group_id)
    ),
    "complete": lambda session, seller, order: fulfilment.complete(session, order.id),
    "confirm": lambda session, seller, order: placing.confirm(session, order.id, paid_at=NOON),
    "revive": lambda session, seller, order: placing.revive(session, order.id, paid_at=NOON),
    "expire": lambda session, seller, order: cancelling.expire(session, order.id),
}

PREPAID = {
    "awaiting_payment": {
        "confirm": "confirmed",
        "cancel": "cancelled",
        "cancel_as_seller": "cancelled",
        "expire": "expired",
    },
    "confirmed": {
        "accept": "accepted",
        "reject": "rejected",
        "cancel": "cancelled",
        "cancel_as_seller": "cancelled",
    },
    "accepted": {"mark_ready": "ready", "cancel_as_seller": "cancelled"},
    "ready": {"hand_over": "handed_over", "cancel_as_seller": "cancelled"},
    "handed_over": {"mark_delivered": "delivered", "confirm_received": "completed", "complete": "completed"},
    "delivered": {"confirm_received": "completed", "complete": "completed"},
    "completed": {},
    "expired": {"revive": "confirmed"},
    "rejected": {},
    "cancelled": {},
}

ANSWERED = {"reject": "rejected", "cancel": "cancelled", "cancel_as_seller": "cancelled", "expire": "expired"}

CASH = {status: moves for status, moves in PREPAID.items() if status not in {"awaiting_payment", "confirmed"}} | {
    "awaiting_seller": {"accept": "accepted", **ANSWERED},
    "expired": {},
}

GATEWAY = PREPAID | {"awaiting_payment": {"confirm": "confirmed", "cancel": "cancelled", "expire": "expired"}}

ASK_FIRST = PREPAID | {
    "awaiting_seller": {"accept": "awaiting_payment", **ANSWERED},
    "awaiting_payment": PREPAID["awaiting_payment"] | {"confirm": "accepted"},
    "expired": {"revive": "accepted"},
}
del ASK_FIRST["confirmed"]

TABLES = {"transfer": PREPAID, "cod": CASH, "sandbox": GATEWAY, "ask_first": ASK_FIRST}

PATHS = {
    "awaiting_seller": [],
    "awaiting_payment": [],
    "confirmed": ["confirm"],
    "accepted": ["confirm", "accept"],
    "ready": ["confirm", "accept", "mark_ready"],
    "handed_over": ["confirm", "accept", "mark_ready", "hand_over"],
    "delivered": ["confirm", "accept", "mark_ready", "hand_over", "mark_delivered"],
    "completed": ["confirm", "accept", "mark_ready", "hand_over", "mark_delivered", "confirm_received"],
    "expired": ["expire"],
    "rejected": ["confirm", "reject"],
    "cancelled": ["cancel"],
}

CASES = [
    pytest.param(kind, status, verb, id=f"{kind}-{status}-{verb}")
    for kind, table in TABLES.items()
    for status in table
    for verb in VERBS
]


def arranged(session: Session, kind: str, status: str) -> tuple[Seller, CustomerOrder]:
    """An order of this kind, walked to this status by legal steps."""
    seller = make.seller(session)
    product = make.product(session, seller, on_hand=10, mode="ask_first" if kind == "ask_first" else "counted")
    order = make.order(session, (product, 2), payment_method="transfer" if kind == "ask_first" else kind)
    steps = list(PATHS[status])
    if kind == "cod" and "confirm" in steps:
        steps.remove("confirm")
    if kind == "ask_first" and status not in {"awaiting_seller", "rejected"}:
        steps = ["accept", *(step for step in steps if step != "accept")]
    if kind == "ask_first" and status == "rejected":
        steps = ["reject"]
    for step in steps:
        VERBS[step](session, seller, order)
    assert order.status == status
    return seller, order


def everything(session: Session, order: CustomerOrder) -> tuple[Any, ...]:
    """All an act may touch: the order, its history, the audit, the outbox, the stock."""
    session.flush()
    return (
        session.execute(text("SELECT * FROM customer_order WHERE id = :i"), {"i": order.id}).one(),
        *(
            session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("order_event", "audit_record", "outbox_event")
        ),
        session.execute(text("SELECT * FROM stock")).all(),
        session.execute(text("SELECT order_id, status, quantity FROM stock_reservation")).all(),
    )


@pytest.mark.parametrize(("kind", "status", "verb"), CASES)
def test_a_move_happens_exactly_where_the_table_has_it(session: Session, kind: str, status: str, verb: str) -> None:
    seller, order = arranged(session, kind, status)
    before = everything(session, order)
    goal = TABLES[kind][status].get(verb)
    try:
        with session.begin_nested():
            answer = VERBS[verb](session, seller, order)
    except Conflict:
        answer = False
    session.refresh(order)
    if goal is None:
        assert answer is False
        assert everything(session, order) == before
    else:
        assert order.status == goal
        assert everything(session, order)[1:4] > before[1:4]
        last = session.exec(
            select(OrderEvent).where(OrderEvent.order_id == order.id).order_by(col(OrderEvent.id).desc())
        ).first()
        assert last is not None
        assert last.to_status == goal


def kinds_since(session: Session, order: CustomerOrder) -> list[str]:
    wanted = select(OutboxEvent).where(OutboxEvent.key == f"order:{order.id}").order_by(col(OutboxEvent.id))
    return [event.kind for event in session.exec(wanted)]


def test_a_paid_order_walks_to_its_end_with_every_step_announced_once(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller, on_hand=10)
    order = make.order(session, (product, 3), payment_method="transfer")
    assert make.held(session, product) == (10, 3)
    for step in PATHS["ready"]:
        VERBS[step](session, seller, order)
    assert make.held(session, product) == (10, 3)
    VERBS["hand_over"](session, seller, order)
    assert make.held(session, product) == (7, 0)
    VERBS["confirm_received"](session, seller, order)
    assert make.held(session, product) == (7, 0)
    assert kinds_since(session, order) == [
        "OrderPlaced",
        "OrderPaid",
        "OrderAccepted",
        "OrderReady",
        "OrderHandedOver",
        "OrderDelivered",
        "OrderCompleted",
    ]
    timeline = queries.timelines_of(session, [order])[order.id]
    assert [(step.status, step.party) for step in timeline] == [
        ("awaiting_payment", "buyer"),
        ("confirmed", "buyer"),
        ("accepted", "seller"),
        ("ready", "seller"),
        ("handed_over", "seller"),
        ("delivered", "buyer"),
        ("completed", "buyer"),
    ]


def test_a_cash_order_is_a_sale_when_it_is_handed_over_and_collected(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller, price_amount=15_000, on_hand=10)
    order = make.order(session, (product, 2), payment_method="cod")
    fulfilment.accept(session, seller.actor, order.id)
    fulfilment.mark_ready(session, seller.actor, order.id)
    with pytest.raises(CashNotCollected), session.begin_nested():
        fulfilment.hand_over(session, seller.actor, order.id)
    assert (order.status, make.held(session, product)) == ("ready", (10, 2))
    fulfilment.hand_over(session, seller.actor, order.id, paid_at=NOON)
    assert (order.status, order.paid_at, make.held(session, product)) == ("handed_over", NOON, (8, 0))
    assert kinds_since(session, order)[-2:] == ["OrderHandedOver", "OrderPaid"]
    paid = session.exec(select(OutboxEvent).where(OutboxEvent.kind == "OrderPaid")).one()
    assert (paid.payload["amount"], paid.payload["business_date"]) == (30_000, "2026-03-01")


def test_handing_over_does_not_change_when_a_prepaid_order_was_paid(session: Session) -> None:
    seller, order = arranged(session, "transfer", "ready")
    fulfilment.hand_over(session, seller.actor, order.id, paid_at=NOON + timedelta(days=9))
    assert order.paid_at == NOON


def test_an_ask_first_order_waits_for_the_seller_then_for_the_money_then_goes_on(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller, mode="ask_first")
    with clock.at(NOON):
        order = make.order(session, (product, 1), payment_method="transfer")
        assert order.hold_until == NOON + timedelta(hours=48)
    with clock.at(NOON + timedelta(hours=40)):
        fulfilment.accept(session, seller.actor, order.id)
    assert (order.status, order.hold_until) == ("awaiting_payment", NOON + timedelta(hours=64))
    assert placing.confirm(session, order.id, paid_at=NOON + timedelta(hours=50)) is True
    assert (order.status, order.hold_until) == ("accepted", None)
    assert kinds_since(session, order) == ["OrderPlaced", "OrderAgreed", "OrderPaid", "OrderAccepted"]
    assert placing.confirm(session, order.id, paid_at=NOON + timedelta(hours=51)) is False


def test_a_late_payment_of_an_order_the_seller_never_agreed_to_still_asks_the_seller(session: Session) -> None:
    _, order = arranged(session, "ask_first", "awaiting_seller")
    cancelling.expire(session, order.id)
    assert placing.revive(session, order.id, paid_at=NOON) is True
    assert order.status == "confirmed"


def test_a_cash_order_whose_hold_was_taken_away_cannot_be_accepted(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller, on_hand=2)
    order = make.order(session, (product, 2), payment_method="cod")
    make.set_on_hand(session, seller, product, 1)
    with pytest.raises(HoldLost), session.begin_nested():
        fulfilment.accept(session, seller.actor, order.id)
    session.refresh(order)
    assert (order.status, make.held(session, product)) == ("awaiting_seller", (1, 0))


@pytest.mark.parametrize("reason", ["", "   ", "\n", "x" * 301, "nu\0l"])
@pytest.mark.parametrize("verb", [fulfilment.reject, cancelling.cancel_as_seller])
def test_a_seller_who_ends_an_order_says_why(session: Session, verb: Verb, reason: str) -> None:
    seller, order = arranged(session, "transfer", "confirmed")
    with pytest.raises(Invalid) as refusal:
        verb(session, seller.actor, order.id, reason=reason)  # type: ignore[call-arg, arg-type]
    assert refusal.value.errors[0].field == "reason"


SELLER_VERBS = ["accept", "reject", "mark_ready", "hand_over", "mark_delivered", "cancel_as_seller"]


@pytest.mark.parametrize("status", ["awaiting_payment", "confirmed", "accepted", "ready", "handed_over", "completed"])
@pytest.mark.parametrize("verb", SELLER_VERBS)
def test_a_foreign_seller_the_buyer_and_a_guest_get_the_answer_of_a_missing_order(
    session: Session, verb: str, status: str
) -> None:
    seller, order = arranged(session, "transfer", status)
    rival, buyer = make.seller(session, "Toko Saingan"), make.account(session)
    before = everything(session, order)
    for stranger in (rival.actor, buyer, GUEST, SYSTEM):
        with pytest.raises(NotFound) as refusal:
            VERBS[verb](session, Seller(seller.shop_id, seller.business_id, seller.name, stranger), order)
        assert refusal.value.sentence == NotFound.message
    assert everything(session, order) == before
    with pytest.raises(NotFound):
        VERBS[verb](session, seller, CustomerOrder(id=ids.uuid7()))


@pytest.mark.parametrize("verb", [fulfilment.confirm_received, cancelling.cancel])
def test_only_the_buyer_acts_as_the_buyer(session: Session, verb: Callable[..., Any]) -> None:
    seller = make.seller(session)
    buyer, other = make.account(session), make.account(session)
    product = make.product(session, seller)
    order = make.order(session, (product, 1), actor=buyer, payment_method="transfer")
    foreign = make.order(session, (product, 1), payment_method="transfer")
    if verb is fulfilment.confirm_received:
        for step in PATHS["handed_over"]:
            VERBS[step](session, seller, order)
    before = everything(session, order)
    for actor, key in (
        (GUEST, None),
        (GUEST, ""),
        (GUEST, "é"),
        (GUEST, queries.key_of(foreign.group_id)),
        (other, None),
        (seller.actor, None),
    ):
        with pytest.raises(NotFound):
            verb(session, actor, order.id, key=key)
    with pytest.raises(NotFound):
        verb(session, buyer, ids.uuid7(), key=queries.key_of(order.group_id))
    assert everything(session, order) == before
    verb(session, buyer, order.id)
    assert order.status in {"completed", "cancelled"}


def test_silence_completes_an_order_a_week_after_delivery_or_two_after_hand_over(database: Database) -> None:
    with database.begin() as session, clock.at(NOON):
        seller = make.seller(session)
        product = make.product(session, seller)
        delivered, handed_over, untouched = (
            make.order(session, (product, 1), payment_method="transfer") for _ in range(3)
        )
        for order in (delivered, handed_over):
            for step in PATHS["handed_over"]:
                VERBS[step](session, seller, order)
        fulfilment.mark_delivered(session, seller.actor, delivered.id)
    with clock.at(NOON + timedelta(days=7) - timedelta(seconds=1)):
        assert fulfilment.complete_silent(database.begin) == 0
    with clock.at(NOON + timedelta(days=7)):
        assert fulfilment.complete_silent(database.begin) == 1
    with clock.at(NOON + timedelta(days=14)):
        assert fulfilment.complete_silent(database.begin) == 1
        assert fulfilment.complete_silent(database.begin) == 0
    with database.begin() as session:
        statuses = [session.get_one(CustomerOrder, order.id).status for order in (delivered, handed_over, untouched)]
    assert statuses == ["completed", "completed", "awaiting_payment"]
