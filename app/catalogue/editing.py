"""List and change goods."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, select

from app.actor import Actor
from app.audit import record
from app.catalogue import rules, stock
from app.catalogue.access import owner_of, product_to_edit, shop_to_run
from app.catalogue.errors import Outdated, WrongStatus
from app.catalogue.events import ProductChanged
from app.catalogue.models import COUNTED, Product, ProductGroup, Shop, Stock
from app.catalogue.rules import ProductDraft
from app.errors import FieldError, Invalid
from app.kit import clock, slugs
from app.kit.ids import uuid7
from app.outbox import publish


def add(session: Session, actor: Actor, shop_id: UUID, draft: ProductDraft) -> Product:
    """A new product. In a trusted shop it is on sale at once, elsewhere it waits for the office (`pending`).

    Raises NotFound for a foreign shop, Invalid, WrongStatus for a shop that is suspended or closed.
    """
    shop = shop_to_run(session, actor, shop_id)
    refuse_shut(shop)
    faults = rules.product_faults(draft, new=True)
    if faults:
        raise Invalid(*faults)
    return insert_new(session, actor, shop, draft, group=None)


def add_variant(session: Session, actor: Actor, product_id: UUID, draft: ProductDraft) -> Product:
    """Another size of a product: its own price and stock, the same words. The first becomes a size, too, when it was alone.

    `draft.variant` names the new size; fields not given are the first one's. Raises NotFound, Invalid, WrongStatus.
    """
    first = product_to_edit(session, actor, product_id)
    shop = session.get_one(Shop, first.shop_id)
    refuse_shut(shop)
    whole = ProductDraft(
        name=first.name,
        description=draft.description if draft.description is not None else first.description,
        category=first.category_slug,
        price_amount=draft.price_amount,
        unit=draft.unit or first.unit,
        weight_gram=draft.weight_gram,
        stock_mode=draft.stock_mode,
        on_hand=draft.on_hand,
        variant=draft.variant,
    )
    faults = rules.product_faults(whole, new=True)
    if not (draft.variant or "").strip():
        faults.append(FieldError("variant", "missing", "Tulis ukurannya, misalnya 500 g."))
    if faults:
        raise Invalid(*faults)
    group = group_of(session, first)
    refuse_same_size(session, group, draft.variant or "")
    return insert_new(session, actor, shop, whole, group=group)


def change(
    session: Session, actor: Actor, product_id: UUID, draft: ProductDraft, *, expected_version: int | None = None
) -> Product:
    """Change what was given; the rest stays. Orders already placed keep their price.

    Raises NotFound, Invalid, Outdated (somebody else changed it since `expected_version`), WrongStatus when archived.
    """
    product = product_to_edit(session, actor, product_id)
    if product.status == "archived":
        raise WrongStatus
    if expected_version is not None and product.version != expected_version:
        raise Outdated
    faults = rules.product_faults(draft, new=False)
    if faults:
        raise Invalid(*faults)
    if draft.variant is not None and product.group_id is not None:
        refuse_same_size(session, group_of(session, product), draft.variant, but=product.id)
    fields = apply(product, draft)
    if draft.on_hand is not None or draft.stock_mode is not None:
        standing = stock.lock(session, product.id)
        on_hand = draft.on_hand if draft.on_hand is not None else standing.on_shelf
        stock.set_on_hand(session, actor, product.id, on_hand, mode=draft.stock_mode)
    changed(session, actor, product, "product.changed", {"fields": fields})
    return product


def insert_new(
    session: Session, actor: Actor, shop: Shop, draft: ProductDraft, *, group: ProductGroup | None
) -> Product:
    now = clock.now()
    product = Product(
        id=uuid7(),
        shop_id=shop.id,
        group_id=group.id if group else None,
        variant=" ".join((draft.variant or "").split()) if group else None,
        slug="",
        name="",
        category_slug=draft.category or "",
        price_amount=draft.price_amount or 0,
        unit=rules.DEFAULT_UNIT,
        status="published" if shop.trusted else "pending",
        published_at=now if shop.trusted else None,
        created_at=now,
        changed_at=now,
        version=1,
    )
    apply(product, draft)
    product.slug = f"{slugs.slug(' '.join(filter(None, (product.name, product.variant))))}-{product.id.hex[-8:]}"
    session.add(product)
    session.flush()
    session.add(Stock(product_id=product.id, mode=draft.stock_mode or COUNTED, on_hand=draft.on_hand or 0))
    tell(session, actor, product, "product.added")
    return product


def apply(product: Product, draft: ProductDraft) -> list[str]:
    """Take over what was given. Returns the names of the fields."""
    given = []
    for field in ("name", "unit"):
        value = getattr(draft, field)
        if value is not None and value.strip():
            setattr(product, field, " ".join(value.split()))
            given.append(field)
    if draft.description is not None:
        product.description = draft.description.strip()
        given.append("description")
    if draft.category is not None:
        product.category_slug = draft.category
        given.append("category")
    for field in ("price_amount", "weight_gram"):
        value = getattr(draft, field)
        if value is not None:
            setattr(product, field, value)
            given.append(field)
    if draft.variant is not None and product.group_id is not None and draft.variant.strip():
        product.variant = " ".join(draft.variant.split())
        given.append("variant")
    return given


def group_of(session: Session, first: Product) -> ProductGroup:
    """The group of a product; alone it becomes the first size of a new one, named by its weight or unit."""
    if first.group_id is not None:
        # locked, so that two sizes added or renamed at once see each other
        return session.get_one(ProductGroup, first.group_id, with_for_update={"key_share": True})
    group = ProductGroup(id=uuid7(), shop_id=first.shop_id, name=first.name, created_at=clock.now())
    session.add(group)
    session.flush()
    first.group_id = group.id
    first.variant = f"{first.weight_gram} g" if first.weight_gram else first.unit
    session.flush()
    return group


def refuse_same_size(session: Session, group: ProductGroup, variant: str, *, but: UUID | None = None) -> None:
    wanted = " ".join(variant.split()).lower()
    others = (product for product in siblings(session, group.id) if product.id != but)
    taken = [product.variant.lower() for product in others if product.variant]
    if wanted in taken:
        raise Invalid.one("variant", "Ukuran itu sudah ada. Ubah yang sudah ada, atau tulis ukuran lain.", "taken")


def siblings(session: Session, group_id: UUID) -> list[Product]:
    return list(session.exec(select(Product).where(Product.group_id == group_id, Product.status != "archived")))


def refuse_shut(shop: Shop) -> None:
    if shop.status in ("suspended", "closed"):
        raise WrongStatus


def changed(
    session: Session, actor: Actor, product: Product, action: str, detail: dict[str, object] | None = None
) -> None:
    product.version += 1
    product.changed_at = clock.now()
    tell(session, actor, product, action, detail)


def tell(
    session: Session, actor: Actor, product: Product, action: str, detail: dict[str, object] | None = None
) -> None:
    """Write the act down and announce the product as it is now."""
    session.flush()
    record.note(
        session,
        actor,
        action=action,
        subject_kind="product",
        subject_id=product.id,
        detail=detail,
        beneficiary=owner_of(session, product.shop_id),
    )
    publish.announce(session, ProductChanged(product.id, product.version, product.shop_id))
