"""Where the shop delivers, for how much and how fast: the own courier by district, a parcel service by regency."""

from collections.abc import Callable

from fastapi import APIRouter
from fastapi.responses import Response

from app.catalogue.shelves import OwnShop
from app.db import Session, Transactions
from app.errors import FieldError
from app.orders import delivery, queries
from app.reference import regency, regions
from web import redirects
from web.deps import SIGNED_IN, AnyVisit, Begin, DbSession, Visit
from web.forms import delivery_rates as form
from web.forms.reading import Form, Typed
from web.pages.selling import desk as desks
from web.pages.selling.answers import act, form_page
from web.pages.selling.desk import Desk
from web.pages.selling.shop import with_shop
from web.templating import Pages, Show

router = APIRouter()

DELIVERY = "/jual/ongkir"


@router.get(DELIVERY, dependencies=[SIGNED_IN])
def show(session: DbSession, pages: Show, visit: AnyVisit, usaha: str = "") -> Response:
    desk = desks.found(session, visit, usaha)
    if desk is None or desk.shop is None:
        return pages.show("selling/no_shop.html", desk=desk)
    return page(session, pages, desk, desk.shop)


def page(
    session: Session,
    pages: Pages,
    desk: Desk,
    shop: OwnShop,
    typed: Typed | None = None,
    errors: tuple[FieldError, ...] = (),
    status: int = 200,
) -> Response:
    rates = queries.rates(session, shop.id)
    return form_page(
        pages,
        "selling/delivery.html",
        form.in_form_words(errors),
        status,
        desk=desk,
        shop=shop,
        rates=rates,
        districts=[
            (form.field_of(place.code), form.days_field_of(place.code), place.name)
            for place in sorted(regions.districts(), key=lambda p: p.name)
        ],
        regencies=regency_choices({rate.regency_code for rate in rates.expedition}),
        values=typed.values if typed else form.stored_values(rates.courier),
    )


def regency_choices(taken: set[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Regencies and cities by province, the own province first, without those that have a rate."""
    own = regency.current()
    provinces = sorted(regions.provinces(), key=lambda place: (place.code != own.province_code, place.name))
    return [
        (
            province.name,
            [(place.code, place.name) for place in regions.regencies(province.code) if place.code not in {*taken, own.code}],
        )
        for province in provinces
    ]  # fmt: skip


@router.post("/jual/ongkir/antar", dependencies=[SIGNED_IN])
def save_courier(begin: Begin, pages: Show, visit: AnyVisit, typed: Form, usaha: str = "") -> Response:
    """All districts at once; only what differs is written."""

    def work(session: Session, desk: Desk, shop: OwnShop) -> None:
        stored = queries.rates(session, shop.id).courier
        changes = form.courier_changes(typed, stored, [place.code for place in regions.districts()])
        for code, (amount, days) in sorted(changes.rates.items()):
            delivery.set_courier_rate(session, desk.actor, shop.id, code, amount, days=days)
        for code in sorted(changes.ended):
            delivery.remove_courier_rate(session, desk.actor, shop.id, code)

    return do(begin, pages, visit, usaha, typed, "ongkir-antar", work, "tarif-tersimpan")


@router.post("/jual/ongkir/kirim", dependencies=[SIGNED_IN])
def save_parcel(begin: Begin, pages: Show, visit: AnyVisit, typed: Form, usaha: str = "") -> Response:
    def work(session: Session, desk: Desk, shop: OwnShop) -> None:
        code, per_kilogram, minimum, days = form.parcel_rate(typed)
        delivery.set_expedition_rate(
            session, desk.actor, shop.id, code, per_kilogram_amount=per_kilogram, minimum_amount=minimum, days=days
        )

    return do(begin, pages, visit, usaha, typed, "ongkir-kirim", work, "tarif-tersimpan")


@router.post("/jual/ongkir/kirim/hapus", dependencies=[SIGNED_IN])
def remove_parcel(begin: Begin, pages: Show, visit: AnyVisit, typed: Form, usaha: str = "") -> Response:
    def work(session: Session, desk: Desk, shop: OwnShop) -> None:
        delivery.remove_expedition_rate(session, desk.actor, shop.id, typed.text("tujuan"))

    return do(begin, pages, visit, usaha, typed, "ongkir-hapus", work, "tarif-dihapus")


def do(
    begin: Transactions,
    pages: Pages,
    visit: Visit,
    number: str,
    typed: Typed,
    name: str,
    work: Callable[[Session, Desk, OwnShop], None],
    notice: str,
) -> Response:
    def run(session: Session) -> str:
        desk, shop = with_shop(session, visit, number)
        work(session, desk, shop)
        return redirects.with_notice(desk.path(DELIVERY), notice)

    def again(errors: tuple[FieldError, ...], status: int) -> Response:
        with begin() as session:
            return page(session, pages, *with_shop(session, visit, number), typed, errors, status)

    return act(begin, visit, typed, f"{name}:{number}", run, again)
