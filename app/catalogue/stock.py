"""Promise and hand out stock. Each take is one conditional statement, so no two buyers ever get the last one.

Lock order: products by ascending id, over the whole call. Sums are made before anything is taken: two lines of one product
cannot both pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from app.actor import Actor
from app.audit import record
from app.catalogue.access import owner_of, product_to_edit
from app.catalogue.errors import Short, StockTooLow
from app.catalogue.events import HoldReleased, ProductChanged, StockShortage
from app.catalogue.models import COUNTED, LARGEST_STOCK, STOCK_MODES, Product, Stock, StockReservation
from app.db import Prepared
from app.errors import FieldError, Invalid
from app.kit import clock
from app.outbox import bulletin, publish

NUMBER_SHOWN = 5
"""So many free ones and fewer are told to the public as a number; of more only that there are some."""


@dataclass(frozen=True)
class Wanted:
    order_id: UUID
    product_id: UUID
    quantity: int


TAKE = Prepared(
    text(
        """
        WITH taken AS (
            UPDATE stock SET reserved = reserved + CASE WHEN mode = 'counted' THEN :quantity ELSE 0 END
             WHERE product_id = :product AND (mode <> 'counted' OR on_hand - reserved >= :quantity)
            RETURNING mode, on_hand - reserved AS free),
        held AS (
            INSERT INTO stock_reservation (order_id, product_id, quantity, counted, status, expires_at, created_at)
            SELECT :order, :product, :quantity, mode = 'counted', 'active', :expires, :now FROM taken)
        SELECT CASE WHEN mode = 'counted' THEN free END AS free FROM taken
        """
    )
)
"""One row when there was enough, with how many are free now (None: not counted)."""

RETAKE = text(
    """
    WITH gone AS (
        SELECT quantity FROM stock_reservation
         WHERE order_id = :order AND product_id = :product AND status IN ('released','expired') FOR UPDATE),
    taken AS (
        UPDATE stock SET reserved = reserved + CASE WHEN mode = 'counted' THEN gone.quantity ELSE 0 END
          FROM gone WHERE stock.product_id = :product AND (mode <> 'counted' OR on_hand - reserved >= gone.quantity)
        RETURNING mode)
    UPDATE stock_reservation SET status = 'committed', counted = (SELECT mode FROM taken) = 'counted'
     WHERE order_id = :order AND product_id = :product AND EXISTS (SELECT 1 FROM taken)
    RETURNING product_id
    """
)


def reserve(session: Session, wanted: Sequence[Wanted], expires_at: datetime) -> None:
    """Hold stock for orders until `expires_at`. Raises StockTooLow naming every short product; then the caller rolls back.

    An order asking for one product on two lines holds their sum.
    """
    sums: dict[tuple[UUID, UUID], int] = {}
    for one in wanted:
        sums[one.product_id, one.order_id] = sums.get((one.product_id, one.order_id), 0) + one.quantity
    short: dict[UUID, int] = {}
    now = clock.now()
    for (product_id, order_id), quantity in sorted(sums.items()):
        taken = TAKE.found(session, product=product_id, order=order_id, quantity=quantity, expires=expires_at, now=now)
        if not taken:
            short[product_id] = short.get(product_id, 0) + quantity
        elif (free := taken[0].free) is not None and free <= NUMBER_SHOWN:
            tell_of_stock(session, product_id)
    if short:
        raise StockTooLow(shortages(session, short))


def shortages(session: Session, wanted: dict[UUID, int]) -> list[Short]:
    rows = session.execute(
        select(Product.id, Product.name, Stock.on_hand, Stock.reserved)
        .join(Stock, col(Stock.product_id) == Product.id)
        .where(col(Product.id).in_(wanted))
        .order_by(Product.name)
    ).all()
    return [Short(id_, name, wanted[id_], max(0, on_hand - reserved)) for id_, name, on_hand, reserved in rows]


def commit_order(session: Session, order_id: UUID) -> bool:
    """The order is sure: its holds no longer expire. False when they were already let go (then `retake_order`)."""
    rows = locked(session, order_id)
    if not rows or any(row.status not in ("active", "committed") for row in rows):
        return False
    for row in rows:
        row.status = "committed"
    session.flush()
    return True


def consume_order(session: Session, order_id: UUID) -> None:
    """The goods left the shelf: on hand and reserved both fall. Only committed holds; repeating does nothing."""
    for row in locked(session, order_id):
        if row.status != "committed":
            continue
        row.status = "consumed"
        if row.counted:
            lock(session, row.product_id).hand_out(row.quantity)
    session.flush()


def release_order(session: Session, order_id: UUID) -> None:
    """The order ended: what it held is free again. Repeating does nothing."""
    let_go(session, order_id, "released")


def expire_order(session: Session, order_id: UUID) -> None:
    """The order's time ran out: what it held is free again. Repeating does nothing."""
    let_go(session, order_id, "expired")


def let_go(session: Session, order_id: UUID, status: str) -> None:
    for row in locked(session, order_id):
        if row.status not in ("active", "committed"):
            continue
        row.status = status
        if row.counted:
            standing = lock(session, row.product_id)
            before = standing.on_hand - standing.reserved
            standing.give_back(row.quantity)
            if before <= NUMBER_SHOWN:
                tell_of_stock(session, row.product_id)
    session.flush()


def retake_order(session: Session, order_id: UUID) -> bool:
    """A late payment: hold everything again, firmly, if all of it is still free. All or nothing."""
    rows = locked(session, order_id)
    if not rows or any(row.status == "consumed" for row in rows):
        return False
    with session.begin_nested() as savepoint:
        for row in rows:
            if row.status in ("active", "committed"):
                row.status = "committed"
                continue
            session.flush()
            if session.execute(RETAKE, {"order": order_id, "product": row.product_id}).first() is None:
                savepoint.rollback()
                session.expire_all()
                return False
            tell_of_stock(session, row.product_id)
    session.flush()
    for row in rows:
        session.refresh(row)
    return True


def tell_of_stock(session: Session, product_id: UUID) -> None:
    """The few that are left are a number on public pages, and so is that none is."""
    shop_id = session.exec(select(Product.shop_id).where(Product.id == product_id)).one()
    bulletin.tell(session, bulletin.subject("shop", shop_id))


def set_on_hand(session: Session, actor: Actor, product_id: UUID, on_hand: int, *, mode: str | None = None) -> Stock:
    """The seller counted the shelf. The truth is never refused: when it is less than is held, unpaid holds are let go, the
    newest first, and if paid orders are still short a StockShortage says by how many.

    Raises NotFound, Invalid beside `on_hand` or `stock`.
    """
    faults = []
    if not 0 <= on_hand <= LARGEST_STOCK:
        faults.append(FieldError("on_hand", "out_of_range", f"Stok harus 0 sampai {LARGEST_STOCK}."))
    if mode is not None and mode not in STOCK_MODES:
        faults.append(FieldError("stock", "invalid", "Pilih cara menghitung stok."))
    if faults:
        raise Invalid(*faults)
    product = product_to_edit(session, actor, product_id)
    stock = lock(session, product_id)
    before = stock.on_shelf
    if mode is not None and mode != stock.mode:
        change_mode(session, stock, mode)
    missing = stock.missing = 0
    if stock.mode == COUNTED and on_hand < stock.reserved:
        missing = release_newest(session, stock, on_hand)
    stock.on_hand, stock.missing = on_hand + missing, missing
    product.version += 1
    session.flush()
    record.note(
        session,
        actor,
        action="stock.set",
        subject_kind="product",
        subject_id=product_id,
        detail={"from": before, "to": on_hand},
        beneficiary=owner_of(session, product.shop_id),
    )
    publish.announce(session, ProductChanged(product_id, product.version, product.shop_id))
    if missing:
        publish.announce(session, StockShortage(product_id, product.shop_id, missing))
    return stock


def change_mode(session: Session, stock: Stock, mode: str) -> None:
    """Into counting: what is promised now counts. Out of it: nothing stands in the row any more."""
    live = session.exec(
        select(StockReservation).where(
            StockReservation.product_id == stock.product_id, col(StockReservation.status).in_(("active", "committed"))
        )
    ).all()
    counted = mode == COUNTED
    for row in live:
        row.counted = counted
    stock.mode, stock.missing = mode, 0
    stock.reserved = sum(row.quantity for row in live) if counted else 0
    stock.on_hand = max(stock.on_hand, stock.reserved)
    session.flush()


def release_newest(session: Session, stock: Stock, on_hand: int) -> int:
    """Let unpaid holds go, newest first, until the rest fits. Returns by how many paid orders exceed the shelf."""
    unpaid = session.exec(
        select(StockReservation)
        .where(
            StockReservation.product_id == stock.product_id,
            StockReservation.status == "active",
            col(StockReservation.counted),
        )
        .order_by(col(StockReservation.created_at).desc(), col(StockReservation.order_id).desc())
        .with_for_update()
    ).all()
    for row in unpaid:
        if stock.reserved <= on_hand:
            break
        row.status = "released"
        stock.reserved -= row.quantity
        publish.announce(session, HoldReleased(row.order_id, stock.product_id))
    return max(0, stock.reserved - on_hand)


def locked(session: Session, order_id: UUID) -> list[StockReservation]:
    """An order's holds in product order, with their stock rows locked first: the same order as `reserve` takes them in."""
    products = session.exec(
        select(StockReservation.product_id)
        .where(StockReservation.order_id == order_id)
        .order_by(col(StockReservation.product_id))
    ).all()
    for product_id in products:
        lock(session, product_id)
    return list(
        session.exec(
            select(StockReservation)
            .where(StockReservation.order_id == order_id)
            .order_by(col(StockReservation.product_id))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def lock(session: Session, product_id: UUID) -> Stock:
    return session.exec(
        select(Stock).where(Stock.product_id == product_id).with_for_update().execution_options(populate_existing=True)
    ).one()
