"""The cart: of a browser until its owner signs in, then of the account. Filling it promises nothing and reserves nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, Uuid, bindparam, delete, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlmodel import Session, col, func, select

from app.actor import Actor
from app.catalogue import queries as catalogue
from app.catalogue.views import SaleItem
from app.db import Prepared, Timestamp, Transactions
from app.errors import Invalid, NotFound, SignInRequired
from app.kit import clock, ids
from app.orders import queries, rules
from app.orders.errors import CartFull, NotForSale
from app.orders.models import MOST_LINES, MOST_QUANTITY, Cart, CartLine

KEPT_FOR = timedelta(days=60)
"""A cart nobody touched for so long is forgotten; the cookie of the browser lives as long."""

NOW = bindparam("now", type_=Timestamp())
CART, PRODUCT = bindparam("cart", type_=Uuid()), bindparam("product", type_=Uuid())


def opening(**holder: object) -> Prepared:
    """Make the cart of this holder, or find it; either way it is touched, and locked until the transaction ends."""
    made = insert(Cart).values(id=CART, created_at=NOW, changed_at=NOW, **holder)
    touched = made.on_conflict_do_update(index_elements=list(holder), set_={"changed_at": made.excluded.changed_at})
    return Prepared(touched.returning(col(Cart.id)))


OPEN_OF_ACCOUNT = opening(account_id=bindparam("holder", type_=Uuid()))
OPEN_OF_BROWSER = opening(token_hash=bindparam("holder", type_=LargeBinary()))
PRESENT = Prepared(
    select(
        func.count().label("lines"),
        func.max(col(CartLine.quantity)).filter(col(CartLine.product_id) == PRODUCT).label("quantity"),
    ).where(col(CartLine.cart_id) == CART)
)


def putting() -> Prepared:
    """So many of a product at its present price, whether it was in the cart or not."""
    line = insert(CartLine).values(
        cart_id=CART,
        product_id=PRODUCT,
        quantity=bindparam("quantity", type_=BigInteger()),
        seen_price_amount=bindparam("price", type_=BigInteger()),
        added_at=NOW,
    )
    new = line.excluded
    again = {"quantity": new.quantity, "seen_price_amount": new.seen_price_amount}
    return Prepared(line.on_conflict_do_update(index_elements=["cart_id", "product_id"], set_=again))


def taking_out() -> Prepared:
    """These products, and the cart is touched."""
    touched = update(Cart).where(queries.HELD).values(changed_at=NOW).returning(col(Cart.id)).cte("touched")
    taken = col(CartLine.product_id) == func.any(bindparam("products", type_=ARRAY(Uuid())))
    return Prepared(delete(CartLine).where(col(CartLine.cart_id) == touched.c.id, taken))


PUT, TAKE_OUT = putting(), taking_out()


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
    own = opened_with(session, actor, token, product_id)
    return put(session, own, item, quantity + own.quantity)


def set_quantity(session: Session, actor: Actor, token: str | None, product_id: UUID, quantity: int) -> CartChange:
    """Make it so many, as far as stock allows; 0 takes the product out. Raises as `add`."""
    require_quantity(quantity, least=0)
    if quantity == 0:
        remove(session, actor, token, product_id)
        return CartChange(product_id, "", 0)
    item = sale_item(session, product_id)
    return put(session, opened_with(session, actor, token, product_id), item, quantity)


def remove(session: Session, actor: Actor, token: str | None, product_id: UUID) -> None:
    """Take a product out; it need not be in."""
    take_out(session, actor, token, [product_id])


def take_out(session: Session, actor: Actor, token: str | None, product_ids: Collection[UUID]) -> None:
    """Take products out: what was bought leaves the cart, the rest stays."""
    if actor.signed_in or token:
        TAKE_OUT.rows(session, products=list(product_ids), now=clock.now(), **queries.holder_of(actor, token))


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
    lines = lines_of(session, source.id)
    if not lines:
        return Merged()
    target, _ = opened(session, actor, None)
    present = {line.product_id: line for line in lines_of(session, target)}
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
                cart_id=target,
                product_id=line.product_id,
                quantity=kept,
                seen_price_amount=line.seen_price_amount,
                added_at=line.added_at,
            )
            present[line.product_id] = own
        own.quantity = kept
        session.add(own)
        session.delete(line)
    session.flush()
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


@dataclass(frozen=True)
class Opened:
    """A cart nobody else touches until this transaction ends: how many products are in it, and how many pieces of the one that
    is meant."""

    cart_id: UUID
    lines: int = 0
    quantity: int = 0


def opened_with(session: Session, actor: Actor, token: str | None, product_id: UUID) -> Opened:
    cart_id, made = opened(session, actor, token)
    if made:
        return Opened(cart_id)
    (present,) = PRESENT.found(session, cart=cart_id, product=product_id)
    return Opened(cart_id, present.lines, present.quantity or 0)


def opened(session: Session, actor: Actor, token: str | None) -> tuple[UUID, bool]:
    """The cart, and whether it was made now; locked, so that two presses of one buyer follow each other."""
    if actor.account_id is None and not token:
        raise ValueError("a guest's cart needs the token of the browser")
    new, now = ids.uuid7(), clock.now()
    if actor.account_id is not None:
        ((found,),) = OPEN_OF_ACCOUNT.found(session, cart=new, now=now, holder=actor.account_id)
    else:
        ((found,),) = OPEN_OF_BROWSER.found(session, cart=new, now=now, holder=ids.fingerprint(token or ""))
    return found, found == new


def lines_of(session: Session, cart_id: UUID) -> Sequence[CartLine]:
    """In the order they were put in, as they are now."""
    wanted = select(CartLine).where(CartLine.cart_id == cart_id)
    ordered = wanted.order_by(col(CartLine.added_at), col(CartLine.product_id))
    return session.exec(ordered.execution_options(populate_existing=True)).all()


def browser_cart(session: Session, token: str | None) -> Cart | None:
    if not token:
        return None
    wanted = select(Cart).where(Cart.token_hash == ids.fingerprint(token))
    return session.exec(wanted.with_for_update()).one_or_none()


def put(session: Session, own: Opened, item: SaleItem, wanted: int) -> CartChange:
    kept = most_of(item, wanted)
    if kept < 1:
        raise NotForSale([rules.stock_sentence(item.name, 0, item.unit)])
    if not own.quantity and own.lines >= MOST_LINES:
        raise CartFull
    PUT.rows(
        session,
        cart=own.cart_id,
        product=item.product_id,
        quantity=kept,
        price=item.price_amount,
        now=clock.now(),
    )
    return CartChange(item.product_id, item.name, kept, shortened(item, wanted, kept))


def shortened(item: SaleItem, wanted: int, kept: int) -> str | None:
    if kept == wanted:
        return None
    if kept == item.available:
        return f"{rules.stock_sentence(item.name, kept, item.unit)} Jumlah di keranjang disesuaikan."
    return f"Paling banyak {MOST_QUANTITY} {item.unit} {item.name} dalam satu pesanan."
