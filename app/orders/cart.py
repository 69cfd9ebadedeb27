"""The cart: of a browser until its owner signs in, then of the account. Filling it promises nothing and reserves nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, func, select

from app.actor import Actor
from app.catalogue import queries as catalogue
from app.catalogue.queries import SaleItem
from app.db import Transactions
from app.errors import Invalid, NotFound, SignInRequired
from app.kit import clock, ids
from app.orders import queries, rules
from app.orders.errors import CartFull, NotForSale
from app.orders.models import MOST_LINES, MOST_QUANTITY, Cart, CartLine

KEPT_FOR = timedelta(days=60)
"""A cart nobody touched for so long is forgotten; the cookie of the browser lives as long."""


@dataclass(frozen=True)
class CartChange:
    """What became of a line. `sentence` says so when it is less than was asked for."""

    product_id: UUID
    name: str
    quantity: int
    sentence: str | None = None


@dataclass(frozen=True)
class Merged:
    """What became of a browser's lines at sign-in: taken over, taken over with less than asked, left for want of room."""

    moved: int = 0
    capped: int = 0
    left_out: int = 0


def add(session: Session, actor: Actor, token: str | None, product_id: UUID, quantity: int = 1) -> CartChange:
    """Put so many more of a product in the cart, as far as stock and 999 allow.

    Raises Invalid (field `jumlah`) for a quantity outside 1..999, NotFound for a product that is not on sale, NotForSale when
    none is left, and CartFull for a 51st product.
    """
    require_quantity(quantity, least=1)
    item = sale_item(session, product_id)
    own = opened(session, actor, token)
    line = session.get(CartLine, (own.id, product_id))
    return put(session, own, line, item, quantity + (line.quantity if line else 0))


def set_quantity(session: Session, actor: Actor, token: str | None, product_id: UUID, quantity: int) -> CartChange:
    """Make it so many, as far as stock allows; 0 takes the product out. Raises as `add`."""
    require_quantity(quantity, least=0)
    if quantity == 0:
        remove(session, actor, token, product_id)
        return CartChange(product_id, "", 0)
    item = sale_item(session, product_id)
    own = opened(session, actor, token)
    return put(session, own, session.get(CartLine, (own.id, product_id)), item, quantity)


def remove(session: Session, actor: Actor, token: str | None, product_id: UUID) -> None:
    """Take a product out; it need not be in."""
    take_out(session, actor, token, [product_id])


def take_out(session: Session, actor: Actor, token: str | None, product_ids: Collection[UUID]) -> None:
    """Take products out: what was bought leaves the cart, the rest stays."""
    own = queries.cart_of(session, actor, token)
    if own is None:
        return
    session.execute(delete(CartLine).where(col(CartLine.cart_id) == own.id, col(CartLine.product_id).in_(product_ids)))
    touch(session, own)


def merge(session: Session, actor: Actor, token: str | None) -> Merged:
    """Take the lines of this browser's cart over into the account's: quantities are added, capped at what is available.

    Call it when somebody signed in. It never fails over goods, leaves in the browser's cart what the account's has no room for,
    and does nothing when repeated. A browser's cart belongs to nobody, so nothing of another account can come along.
    Raises SignInRequired for a guest.
    """
    if actor.account_id is None:
        raise SignInRequired
    source = browser_cart(session, token)
    if source is None:
        return Merged()
    lines = session.exec(
        select(CartLine).where(CartLine.cart_id == source.id).order_by(col(CartLine.added_at), col(CartLine.product_id))
    ).all()
    if not lines:
        return Merged()
    target = opened(session, actor, None)
    present = {line.product_id: line for line in session.exec(select(CartLine).where(CartLine.cart_id == target.id))}
    sale = catalogue.for_sale(session, [line.product_id for line in lines])
    capped = left_out = 0
    for line in lines:
        own = present.get(line.product_id)
        if own is None and len(present) >= MOST_LINES:
            left_out += 1
            continue
        wanted = line.quantity + (own.quantity if own else 0)
        kept = max(1, most_of(sale.get(line.product_id), wanted))
        capped += kept < wanted
        if own is None:
            own = CartLine(
                cart_id=target.id,
                product_id=line.product_id,
                quantity=kept,
                seen_price_amount=line.seen_price_amount,
                added_at=line.added_at,
            )
            present[line.product_id] = own
        own.quantity = kept
        session.add(own)
        session.delete(line)
    touch(session, target)
    return Merged(len(lines) - left_out, capped, left_out)


def forget_old(begin: Transactions) -> int:
    """Delete the carts nobody touched for 60 days; returns how many."""
    with begin() as session:
        gone = session.execute(
            delete(Cart).where(col(Cart.changed_at) < clock.now() - KEPT_FOR).returning(col(Cart.id))
        )
        return len(gone.all())


def require_quantity(quantity: int, *, least: int) -> None:
    if not least <= quantity <= MOST_QUANTITY:
        raise Invalid.one("jumlah", f"Isi jumlah antara {least} dan {MOST_QUANTITY}.", code="quantity_bounds")


def sale_item(session: Session, product_id: UUID) -> SaleItem:
    """What anybody can see and buy now. Hidden and missing are the same answer: NotFound."""
    item = catalogue.for_sale(session, [product_id]).get(product_id)
    if item is None or not item.purchasable:
        raise NotFound("Barang itu tidak ada atau sudah tidak dijual.")
    return item


def most_of(item: SaleItem | None, wanted: int) -> int:
    """As many as stock and the limit of a line allow; unknown goods are not counted."""
    counted = item.available if item is not None else None
    return min(wanted, MOST_QUANTITY, wanted if counted is None else counted)


def opened(session: Session, actor: Actor, token: str | None) -> Cart:
    """The cart, made when missing, locked so that two presses of one buyer follow each other."""
    now = clock.now()
    if actor.account_id is None and not token:
        raise ValueError("a guest's cart needs the token of the browser")
    holder = {"account_id": actor.account_id} if actor.account_id else {"token_hash": ids.fingerprint(token or "")}
    session.execute(
        insert(Cart).values(id=ids.uuid7(), created_at=now, changed_at=now, **holder).on_conflict_do_nothing()
    )
    ((column, value),) = holder.items()
    wanted = select(Cart).where(getattr(Cart, column) == value)
    return session.exec(wanted.with_for_update().execution_options(populate_existing=True)).one()


def browser_cart(session: Session, token: str | None) -> Cart | None:
    if not token:
        return None
    wanted = select(Cart).where(Cart.token_hash == ids.fingerprint(token))
    return session.exec(wanted.with_for_update()).one_or_none()


def put(session: Session, own: Cart, line: CartLine | None, item: SaleItem, wanted: int) -> CartChange:
    kept = most_of(item, wanted)
    if kept < 1:
        raise NotForSale([rules.stock_sentence(item.name, 0, item.unit)])
    if line is None:
        if (
            session.exec(select(func.count()).select_from(CartLine).where(CartLine.cart_id == own.id)).one()
            >= MOST_LINES
        ):
            raise CartFull
        line = CartLine(
            cart_id=own.id, product_id=item.product_id, quantity=kept, seen_price_amount=0, added_at=clock.now()
        )
    line.quantity, line.seen_price_amount = kept, item.price_amount
    session.add(line)
    touch(session, own)
    return CartChange(item.product_id, item.name, kept, shortened(item, wanted, kept))


def shortened(item: SaleItem, wanted: int, kept: int) -> str | None:
    if kept == wanted:
        return None
    if kept == item.available:
        return f"{rules.stock_sentence(item.name, kept, item.unit)} Jumlah di keranjang disesuaikan."
    return f"Paling banyak {MOST_QUANTITY} {item.unit} {item.name} dalam satu pesanan."


def touch(session: Session, own: Cart) -> None:
    own.changed_at = clock.now()
    session.add(own)
    session.flush()
