"""New goods wait to be looked at; a reason goes to the seller, trust makes looking needless."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from app.catalogue import editing, shops
from app.catalogue.models import Product, Shop
from app.catalogue.rules import ProductDraft
from tests.factories import accounts
from tests.web.pages.office.conftest import Office


def waiting(office: Office, name: str, business: str = "Toko Barang Baru") -> tuple[UUID, UUID]:
    """(product, shop) of a new product in a shop that is not trusted yet."""
    owner = office.make(accounts.somebody)
    business_id = office.business(office.active(owner, name=business)).id
    draft = ProductDraft(name=name, category="makanan", price_amount=15_000, stock_mode="counted", on_hand=3)

    def make(session: Session) -> tuple[UUID, UUID]:
        shop = shops.open_shop(session, owner, business_id)
        return editing.add(session, owner, shop.id, draft).id, shop.id

    return office.make(make)


def product(office: Office, product_id: UUID) -> Product:
    return office.make(lambda session: session.get_one(Product, product_id))


def test_a_waiting_product_is_shown_with_its_seller_and_put_on_sale(office: Office) -> None:
    product_id, shop_id = waiting(office, "Abon Ikan Gabus")
    desk = office.enter("verifier")
    page = desk.get("/dinas/produk")
    assert "Abon Ikan Gabus" in page.text
    assert "Rp15.000" in page.text
    page = desk.submit(f"/dinas/produk/{product_id}/setujui")
    assert "Barang disetujui dan sudah tayang." in page.text
    assert "Abon Ikan Gabus" not in page.text
    assert product(office, product_id).status == "published"
    assert office.make(lambda session: session.get_one(Shop, shop_id).trusted) is False


def test_a_shop_can_be_trusted_in_the_same_press(office: Office) -> None:
    product_id, shop_id = waiting(office, "Stik Bawang", "Toko Dipercaya")
    desk = office.enter("verifier")
    desk.get("/dinas/produk")
    desk.submit(f"/dinas/produk/{product_id}/setujui", percaya="ya")
    assert product(office, product_id).status == "published"
    assert office.make(lambda session: session.get_one(Shop, shop_id).trusted) is True


def test_refusing_wants_a_reason_beside_that_product_and_keeps_what_was_typed(office: Office) -> None:
    product_id, _ = waiting(office, "Ramuan Ajaib", "Toko Ramuan")
    other_id, _ = waiting(office, "Ramuan Lain", "Toko Ramuan Lain")
    desk = office.enter("verifier")
    desk.get("/dinas/produk")
    page = desk.submit(f"/dinas/produk/{product_id}/tolak", expect=422)
    assert "penjual akan membacanya" in page.text
    assert f'id="alasan-{product_id}-salah"' in page.html
    assert f'id="alasan-{other_id}-salah"' not in page.html
    page = desk.submit(f"/dinas/produk/{product_id}/tolak", expect=422, **{f"alasan-{product_id}": "x" * 301})
    assert page.form(f"/dinas/produk/{product_id}/tolak").values[f"alasan-{product_id}"] == ["x" * 301]
    assert product(office, product_id).status == "pending"
    page = desk.submit(f"/dinas/produk/{product_id}/tolak", **{f"alasan-{product_id}": "Klaim sembuh tanpa izin."})
    assert "Barang tidak ditayangkan." in page.text
    kept = product(office, product_id)
    assert (kept.status, kept.refusal_reason) == ("hidden", "Klaim sembuh tanpa izin.")
    assert product(office, other_id).status == "pending"


def test_nobody_judges_the_own_goods(office: Office) -> None:
    owner = office.make(lambda session: accounts.staff(session, "verifier", name="Pemeriksa Berjualan"))
    business_id = office.business(office.active(owner, name="Toko Pemeriksa")).id
    draft = ProductDraft(name="Punya Sendiri", category="makanan", price_amount=9_000, stock_mode="made_to_order")
    product_id = office.make(
        lambda session: editing.add(session, owner, shops.open_shop(session, owner, business_id).id, draft).id
    )
    desk = office.enter_as(owner)
    desk.get("/dinas/produk")
    page = desk.submit(f"/dinas/produk/{product_id}/setujui", expect=403)
    assert "Anda tidak dapat memutuskan" in page.text
    assert "Punya Sendiri" in page.text
    assert product(office, product_id).status == "pending"


def test_a_product_somebody_else_just_judged_is_a_sentence(office: Office) -> None:
    product_id, _ = waiting(office, "Sudah Dilihat", "Toko Cepat")
    slow = office.enter("verifier")
    slow.get("/dinas/produk")
    quick = office.enter("administrator")
    quick.get("/dinas/produk")
    quick.submit(f"/dinas/produk/{product_id}/setujui")
    page = slow.submit(f"/dinas/produk/{product_id}/setujui", expect=409)
    assert "Langkah ini tidak berlaku" in page.text


def test_a_product_that_does_not_exist_is_a_404(office: Office) -> None:
    desk = office.enter("verifier")
    missing = "00000000-0000-7000-8000-000000000000"
    desk.post(f"/dinas/produk/{missing}/setujui", expect=404)
    desk.post(f"/dinas/produk/{missing}/tolak", expect=404, **{f"alasan-{missing}": "Tidak ada."})
