"""Open and keep a shop: the selling side of a registered business."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, select

from app.actor import Actor
from app.audit import record
from app.catalogue import rules
from app.catalogue.access import sells_for, shop_to_run
from app.catalogue.errors import Outdated, ShopNotReady, WrongStatus
from app.catalogue.events import ShopChanged
from app.catalogue.models import Shop
from app.catalogue.rules import ShopDraft
from app.errors import Forbidden, Invalid, NotFound
from app.kit import clock
from app.kit.ids import uuid7
from app.outbox import publish
from app.registry import files, membership
from app.registry.models import ACTIVE, SUSPENDED, Business
from app.registry.rules import keeps_register


def open_shop(session: Session, actor: Actor, business_id: UUID) -> Shop:
    """One tap: the shop of an active business, open. Opening it twice gives the same shop. Raises NotFound, ShopNotReady."""
    business = session.exec(
        select(Business).where(Business.id == business_id).with_for_update(key_share=True)
    ).one_or_none()
    if business is None or not sells_for(session, actor, business):
        raise NotFound("Usaha itu tidak ditemukan.")
    shop = session.exec(select(Shop).where(Shop.business_id == business_id)).one_or_none()
    if shop is not None and shop.status != "preparing":
        return shop
    if business.status != ACTIVE:
        raise ShopNotReady
    now = clock.now()
    if shop is None:
        shop = Shop(id=uuid7(), business_id=business_id, created_at=now)
        session.add(shop)
    shop.status, shop.opened_at = "open", now
    changed(session, actor, shop, "shop.opened")
    return shop


def shop_to_list_in(session: Session, actor: Actor, number: str | None) -> UUID:
    """The shop for new goods: of the business with that number, or of the only one the actor runs. A registered business that
    has no shop yet opens it with its first goods.

    Raises NotFound for a foreign business, ShopNotReady for one that is not registered, Invalid when there are several.
    """
    if number is None:
        mine = [business for business in files.mine(session, actor) if business.status in (ACTIVE, SUSPENDED)]
        if not mine:
            raise ShopNotReady
        if len(mine) > 1:
            raise Invalid.one("business", "Anda punya beberapa usaha. Sebutkan nomor usahanya.", "missing")
        number = mine[0].number
    business_id = files.id_of(session, actor, number)
    found = session.exec(select(Shop).where(Shop.business_id == business_id)).one_or_none()
    if found is not None and found.status != "preparing":
        return found.id
    return open_shop(session, actor, business_id).id


def set_up(
    session: Session, actor: Actor, shop_id: UUID, draft: ShopDraft, *, expected_version: int | None = None
) -> Shop:
    """Change the settings. Raises NotFound, Invalid, Outdated.

    A changed bank account is where buyers' money goes: it is in the audit by name of the field, and every payment keeps the
    account it was told.
    """
    shop = shop_to_run(session, actor, shop_id, lock=True)
    if expected_version is not None and shop.version != expected_version:
        raise Outdated
    given = {name: value for name in ShopDraft.__dataclass_fields__ if (value := getattr(draft, name)) is not None}
    whole = ShopDraft(**{name: given.get(name, getattr(shop, name)) for name in ShopDraft.__dataclass_fields__})
    faults = rules.shop_faults(whole, takes_gateway=shop.takes_gateway)
    if faults:
        raise Invalid(*faults)
    for name, value in given.items():
        setattr(shop, name, (value.strip() or None) if isinstance(value, str) else value)
    if shop.bank_account_number:
        shop.bank_account_number = rules.account_digits(shop.bank_account_number)
    changed(session, actor, shop, "shop.set_up", {"fields": sorted(given)})
    return shop


def pause(session: Session, actor: Actor, shop_id: UUID) -> Shop:
    """Holiday: nothing of it is shown or sold until it opens again; orders under way go on."""
    return move(session, actor, shop_to_run(session, actor, shop_id, lock=True), ("open",), "paused")


def reopen(session: Session, actor: Actor, shop_id: UUID) -> Shop:
    return move(session, actor, shop_to_run(session, actor, shop_id, lock=True), ("paused",), "open")


def suspend(session: Session, actor: Actor, shop_id: UUID) -> Shop:
    """The office closes a shop for cause. Raises NotFound for anybody else."""
    return move(session, actor, for_office(session, actor, shop_id), ("open", "paused"), "suspended")


def lift_suspension(session: Session, actor: Actor, shop_id: UUID) -> Shop:
    return move(session, actor, for_office(session, actor, shop_id), ("suspended",), "open")


def trust(session: Session, actor: Actor, shop_id: UUID, *, trusted: bool) -> Shop:
    """Whether new goods of this shop go live without being looked at. The office decides, never over its own shop."""
    shop = for_office(session, actor, shop_id)
    shop.trusted = trusted
    changed(session, actor, shop, "shop.trusted" if trusted else "shop.distrusted")
    return shop


def for_office(session: Session, actor: Actor, shop_id: UUID) -> Shop:
    """The shop, locked, for an officer of its place. Raises NotFound for others, Forbidden for the own shop."""
    found = session.exec(
        select(Shop, Business)
        .join(Business)
        .where(Shop.id == shop_id)
        .with_for_update(of=Shop, key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None or not keeps_register(actor, found[1].district_code, found[1].village_code):
        raise NotFound("Toko itu tidak ditemukan.")
    if actor.account_id in membership.member_accounts(session, found[1].id):
        raise Forbidden("Anda tidak dapat memutuskan toko sendiri.")
    return found[0]


def move(session: Session, actor: Actor, shop: Shop, before: tuple[str, ...], after: str) -> Shop:
    if shop.status not in before:
        raise WrongStatus
    shop.status = after
    changed(session, actor, shop, f"shop.{after}")
    return shop


def changed(session: Session, actor: Actor, shop: Shop, action: str, detail: dict[str, object] | None = None) -> None:
    shop.version += 1
    session.flush()
    record.note(
        session,
        actor,
        action=action,
        subject_kind="shop",
        subject_id=shop.id,
        detail=detail,
        beneficiary=membership.owner_account(session, shop.business_id),
    )
    publish.announce(session, ShopChanged(shop.id))
