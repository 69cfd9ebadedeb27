"""The shop of a registered business: opened in one tap, kept by its people, closed for cause by the office."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, func, select

from app.actor import GUEST
from app.audit import queries as audit
from app.catalogue import queries, shops
from app.catalogue.errors import Outdated, ShopNotReady, WrongStatus
from app.catalogue.models import Shop
from app.catalogue.rules import ShopDraft
from app.errors import Forbidden, Invalid, NotFound
from app.kit import ids
from app.outbox.models import OutboxEvent
from app.registry import membership, verification
from app.registry.models import Business
from tests.conftest import Database
from tests.factories import accounts, registry
from tests.factories import orders as make

BANK = ShopDraft(bank_name="Bank Uji", bank_account_number="12 34-56 78", bank_account_holder="Pemilik Uji")


def shop_events(session: Session) -> int:
    return session.exec(select(func.count()).where(OutboxEvent.kind == "ShopChanged")).one()


def test_one_tap_opens_the_shop_of_a_registered_business_and_twice_is_once(session: Session) -> None:
    owner = accounts.somebody(session)
    business = registry.active(session, owner)
    shop = shops.open_shop(session, owner, business.id)
    assert (shop.status, shop.takes_cod, shop.takes_transfer, shop.trusted, shop.opened_at is not None) == (
        "open", True, False, False, True,
    )  # fmt: skip
    assert shops.open_shop(session, owner, business.id).id == shop.id
    assert shop_events(session) == 1
    newest = audit.of_subject(session, "shop", shop.id)[0]
    assert (newest.action, newest.actor_account_id, newest.beneficiary_account_id) == (
        "shop.opened", owner.account_id, owner.account_id,
    )  # fmt: skip


@pytest.mark.parametrize("made", [registry.started, registry.submitted])
def test_a_business_not_in_the_register_has_no_shop_yet(session: Session, made: object) -> None:
    owner = accounts.somebody(session)
    business = made(session, owner)  # type: ignore[operator]
    with pytest.raises(ShopNotReady):
        shops.open_shop(session, owner, business.id)
    assert session.exec(select(Shop)).all() == []


def test_a_foreign_business_has_no_shop_to_open(session: Session) -> None:
    business = registry.active(session)
    for actor in (GUEST, accounts.somebody(session), accounts.staff(session, "administrator")):
        with pytest.raises(NotFound):
            shops.open_shop(session, actor, business.id)
    with pytest.raises(NotFound):
        shops.open_shop(session, accounts.somebody(session), ids.uuid7())
    assert session.exec(select(Shop)).all() == []


def test_taps_at_once_open_one_shop(database: Database) -> None:
    with database.begin() as session:
        owner = accounts.somebody(session)
        business = registry.active(session, owner)

    def tap(_: int) -> object:
        with database.begin() as session:
            return shops.open_shop(session, owner, business.id).id

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(tap, range(8)))) == 1


def test_settings_take_what_was_given_and_an_empty_text_clears(session: Session) -> None:
    seller = make.seller(session)
    shop = shops.set_up(session, seller.actor, seller.shop_id, ShopDraft(description=" Oleh-oleh "))
    assert (shop.description, shop.pickup_address, shop.bank_name) == (
        "Oleh-oleh", "Jl. Uji 1, Sangatta Utara", "Bank Uji",
    )  # fmt: skip
    shops.set_up(session, seller.actor, seller.shop_id, ShopDraft(description="", pickup_address=" "))
    assert (shop.description, shop.pickup_address) == (None, None)


def test_a_new_bank_account_is_whole_and_stands_in_the_audit_by_name_only(session: Session) -> None:
    seller = make.seller(session)
    shop = shops.set_up(session, seller.actor, seller.shop_id, BANK)
    assert shop.bank_account_number == "12345678"
    detail = audit.of_subject(session, "shop", shop.id)[0].detail
    assert detail == {"fields": ["bank_account_holder", "bank_account_number", "bank_name"]}
    shops.set_up(session, seller.actor, seller.shop_id, ShopDraft(bank_name="Bank Lain"))
    assert (shop.bank_name, shop.bank_account_number, shop.bank_account_holder) == (
        "Bank Lain", "12345678", "Pemilik Uji",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("draft", "faults"),
    [
        (ShopDraft(bank_name=""), [("bank_account_number", "incomplete")]),
        (ShopDraft(bank_name=" ", bank_account_number="", bank_account_holder=""), [("bank_account_number", "missing")]),
        (ShopDraft(bank_account_number="12345"), [("bank_account_number", "invalid")]),
        (ShopDraft(bank_account_number="١٢٣٤٥٦٧"), [("bank_account_number", "invalid")]),
        (ShopDraft(bank_account_number="1" * 26), [("bank_account_number", "invalid")]),
        (ShopDraft(bank_name="B" * 101), [("bank_name", "too_long")]),
        (ShopDraft(bank_account_holder="nu\0l"), [("bank_account_holder", "unwritable")]),
        (ShopDraft(description="d" * 501, pickup_address="a\x1b"), [("description", "too_long"), ("pickup_address", "unwritable")]),
        (ShopDraft(takes_cod=False, takes_transfer=False), [("takes_cod", "missing")]),
    ],
)  # fmt: skip
def test_settings_that_leave_the_buyer_at_a_loss_are_refused_and_nothing_changes(
    session: Session, draft: ShopDraft, faults: list[tuple[str, str]]
) -> None:
    seller = make.seller(session, payments="cod,transfer")
    before = session.get_one(Shop, seller.shop_id).model_dump()
    with pytest.raises(Invalid) as refusal:
        shops.set_up(session, seller.actor, seller.shop_id, draft)
    assert [(error.field, error.code) for error in refusal.value.errors] == faults
    assert session.get_one(Shop, seller.shop_id).model_dump() == before


def test_settings_opened_before_somebody_else_saved_are_refused(session: Session) -> None:
    seller = make.seller(session)
    seen = session.get_one(Shop, seller.shop_id).version
    shops.set_up(session, seller.actor, seller.shop_id, ShopDraft(description="Satu"), expected_version=seen)
    with pytest.raises(Outdated):
        shops.set_up(session, seller.actor, seller.shop_id, ShopDraft(description="Dua"), expected_version=seen)
    assert session.get_one(Shop, seller.shop_id).description == "Satu"


def test_a_holiday_hides_everything_and_ends_when_the_seller_says(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller)
    shops.pause(session, seller.actor, seller.shop_id)
    assert queries.cards(session, [product]) == []
    assert queries.for_sale(session, [product])[product].why_not == "Toko ini sedang libur."
    with pytest.raises(WrongStatus):
        shops.pause(session, seller.actor, seller.shop_id)
    shops.reopen(session, seller.actor, seller.shop_id)
    assert len(queries.cards(session, [product])) == 1


def test_a_suspended_shop_is_opened_again_by_the_office_alone(session: Session) -> None:
    seller, officer = make.seller(session), accounts.staff(session, "verifier")
    product = make.product(session, seller)
    shops.suspend(session, officer, seller.shop_id)
    assert queries.cards(session, [product]) == []
    for act in (shops.reopen, shops.pause):
        with pytest.raises(WrongStatus):
            act(session, seller.actor, seller.shop_id)
    business = session.get_one(Shop, seller.shop_id).business_id
    assert shops.open_shop(session, seller.actor, business).status == "suspended"
    shops.lift_suspension(session, officer, seller.shop_id)
    assert len(queries.cards(session, [product])) == 1


def test_a_suspended_business_sells_nothing_from_the_next_read_on(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller)
    verification.suspend(session, accounts.staff(session, "verifier"), seller.business_id, reason="Diperiksa")
    assert queries.cards(session, [product]) == []
    assert queries.for_sale(session, [product])[product].purchasable is False


def test_trust_is_given_by_an_officer_of_the_place_and_never_to_the_own_shop(session: Session) -> None:
    seller = make.seller(session)
    own, of_place = (
        accounts.staff(session, "administrator"),
        accounts.staff(session, "verifier", district_code="64.08.04"),
    )
    assert own.account_id is not None
    membership.add_owner(session, session.get_one(Business, seller.business_id), own.account_id)
    others = (
        GUEST,
        seller.actor,
        accounts.staff(session, "analyst"),
        accounts.staff(session, "facilitator", district_code="64.08.04"),
        accounts.staff(session, "verifier", district_code="64.08.05"),
    )
    for act in (
        lambda actor: shops.trust(session, actor, seller.shop_id, trusted=False),
        lambda actor: shops.suspend(session, actor, seller.shop_id),
        lambda actor: shops.lift_suspension(session, actor, seller.shop_id),
    ):
        for actor in others:
            with pytest.raises(NotFound):
                act(actor)
        with pytest.raises(Forbidden):
            act(own)
    with pytest.raises(NotFound):
        shops.trust(session, of_place, ids.uuid7(), trusted=True)
    shop = session.get_one(Shop, seller.shop_id)
    assert (shop.trusted, shop.status) == (True, "open")
    shops.trust(session, of_place, seller.shop_id, trusted=False)
    assert shop.trusted is False
    newest = audit.of_subject(session, "shop", shop.id)[0]
    assert (newest.action, newest.actor_account_id, newest.beneficiary_account_id) == (
        "shop.distrusted", of_place.account_id, seller.actor.account_id,
    )  # fmt: skip


@pytest.mark.parametrize("change", ["status = 'shut'", "bank_name = NULL", "bank_account_number = NULL"])
def test_the_database_refuses_half_a_bank_account(session: Session, change: str) -> None:
    make.seller(session)
    with pytest.raises(IntegrityError, match="ck_shop_"), session.begin_nested():
        session.execute(text(f"UPDATE shop SET {change}"))
