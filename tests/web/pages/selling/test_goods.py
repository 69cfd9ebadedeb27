"""The goods of a shop in the browser: four fields and it is listed, the rest later; photos follow the text."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.catalogue import publishing, shelves, shops, stock
from app.catalogue.models import MOST_PHOTOS
from app.catalogue.shelves import OwnProduct
from app.registry import files
from tests.app.media import pictures
from tests.factories import accounts, registry
from tests.web.pages.conftest import Market
from tests.web.pages.selling.conftest import (
    SellerDesk,
    add_photo,
    add_product,
    audit_of,
    desk_of,
    fault,
    open_shop,
    place,
    shop_of,
    visible,
)


def product_in(desk: SellerDesk) -> UUID:
    """The product the present page is about."""
    return UUID(desk.page.path.split("/")[3])


def stored(desk: SellerDesk, product_id: UUID) -> OwnProduct:
    with desk.begin() as session:
        return shelves.for_edit(session, desk.actor, product_id)


def all_of(desk: SellerDesk) -> list[OwnProduct]:
    with desk.begin() as session:
        return shelves.products(session, desk.actor, shop_of(session, desk).shop_id)[0]


@pytest.fixture
def amplang(desk: SellerDesk) -> UUID:
    with desk.begin() as session:
        return add_product(session, shop_of(session, desk), "Amplang ikan")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "foto.jpg"
    path.write_bytes(pictures.drawn((800, 600)))
    return path


def test_a_product_is_listed_with_four_fields_and_the_photo_follows(desk: SellerDesk, picture: Path) -> None:
    page = desk.get("/jual/produk")
    assert "Belum ada barang" in visible(page)
    page = desk.get(page.link("/jual/produk/baru"))
    form = page.form("/jual/produk/baru")
    assert {name for name in form.names if name != "kunci_kirim"} == {"nama", "jenis", "harga", "stok"}
    desk.submit("/jual/produk/baru", nama="Amplang ikan tenggiri", jenis="amplang", harga="25.000", stok="12")
    product_id = product_in(desk)
    assert desk.page.path == f"/jual/produk/{product_id}/foto"
    assert "Barang tersimpan" in visible(desk.page)
    product = stored(desk, product_id)
    assert (product.name, product.category_slug, product.price_amount) == ("Amplang ikan tenggiri", "amplang", 25_000)
    assert (product.on_hand, product.status, product.photos) == (12, "published", ())
    desk.submit(f"/{product_id}/foto", files={"foto": picture})
    assert "Foto tersimpan" in visible(desk.page)
    assert "Foto utama" in visible(desk.page)
    (photo,) = stored(desk, product_id).photos
    served = desk.client.get(f"/foto/{photo.id}/360.webp")
    assert (served.status_code, served.headers["content-type"]) == (200, "image/webp")


def test_in_a_shop_that_is_not_trusted_it_waits_for_the_office_and_says_so(market: Market) -> None:
    with market.begin() as session:
        seller = open_shop(session, trusted=False)
    desk = desk_of(market, seller.actor)
    assert "diperiksa petugas dulu" in visible(desk.get("/jual/produk/baru"))
    desk.submit("/jual/produk/baru", nama="Kue", jenis="kue", harga="5000", stok="3")
    product_id = product_in(desk)
    assert stored(desk, product_id).status == "pending"
    assert "Petugas sedang memeriksa barang ini." in visible(desk.get(f"/jual/produk/{product_id}"))
    with market.begin() as session:
        publishing.refuse(session, accounts.staff(session, "verifier"), product_id, reason="Fotonya milik orang lain.")
    words = visible(desk.get(f"/jual/produk/{product_id}"))
    assert "Petugas belum menayangkan barang ini Fotonya milik orang lain." in words
    desk.submit(f"/{product_id}/tampilkan")
    assert "menunggu pemeriksaan petugas" in visible(desk.page)
    assert stored(desk, product_id).status == "pending"


def test_a_refused_new_product_keeps_the_typing_and_lists_nothing(desk: SellerDesk) -> None:
    desk.get("/jual/produk/baru")
    page = desk.submit("/jual/produk/baru", nama="", jenis="kue", harga="lima ribu", stok="-1", expect=422)
    assert fault(page, "nama") == "Tulis nama barang, misalnya Amplang ikan tenggiri 250 g."
    assert fault(page, "harga") == "Tulis harga dalam rupiah bulat, misalnya 15000 atau 15.000."
    assert fault(page, "stok") == "Tulis dengan angka bulat, misalnya 10."
    form = page.form("/jual/produk/baru")
    assert (form.values["jenis"], form.values["harga"], form.values["stok"]) == (["kue"], ["lima ribu"], ["-1"])
    page = desk.post("/jual/produk/baru", nama="x" * 121, jenis="tidak-ada", expect=422)
    assert fault(page, "nama") == "Nama barang paling panjang 120 huruf."
    assert fault(page, "jenis") == "Pilih jenis barang dari daftar."
    assert fault(page, "harga") == "Tulis harganya dalam rupiah, misalnya 25000."
    assert fault(page, "stok") == "Tulis berapa yang ada sekarang, misalnya 10."
    page = desk.post("/jual/produk/baru", nama="Kue", jenis="kue", harga="0", stok="9999999999", expect=422)
    assert fault(page, "harga").startswith("Harga harus Rp1 sampai")
    assert fault(page, "stok").startswith("Stok harus 0 sampai")
    assert all_of(desk) == []


def test_a_new_product_pressed_twice_is_listed_once(desk: SellerDesk) -> None:
    desk.get("/jual/produk/baru")
    first, second = desk.again("/jual/produk/baru", nama="Sekali", jenis="kue", harga="5000", stok="1")
    assert first == second
    assert [product.name for product in all_of(desk)] == ["Sekali"]


def test_everything_about_a_product_is_changed_on_one_page(desk: SellerDesk, amplang: UUID) -> None:
    desk.get(f"/jual/produk/{amplang}")
    desk.submit(
        f"/jual/produk/{amplang}", nama="Amplang bandeng", harga="27500", keterangan="Gurih.\nTahan 3 bulan.",
        satuan="toples", berat="300", stok="4", jenis="camilan",
    )  # fmt: skip
    assert "Perubahan tersimpan" in visible(desk.page)
    product = stored(desk, amplang)
    assert (product.name, product.price_amount, product.unit, product.weight_gram) == (
        "Amplang bandeng", 27_500, "toples", 300,
    )  # fmt: skip
    assert product.description.split() == ["Gurih.", "Tahan", "3", "bulan."]
    assert (product.on_hand, product.category_slug) == (4, "camilan")


def test_saving_words_does_not_undo_what_orders_took_meanwhile(desk: SellerDesk, amplang: UUID) -> None:
    desk.get(f"/jual/produk/{amplang}")
    with desk.begin() as session:
        placed = place(session, amplang, 3)
        assert placed.amount == 60_000
    desk.submit(f"/jual/produk/{amplang}", nama="Amplang baru")
    product = stored(desk, amplang)
    assert (product.on_hand, product.reserved, product.name) == (10, 3, "Amplang baru")


def test_stock_may_be_made_to_order_and_counted_again(desk: SellerDesk, amplang: UUID) -> None:
    desk.get(f"/jual/produk/{amplang}")
    desk.submit(f"/jual/produk/{amplang}", cara_stok="made_to_order", stok="")
    assert stored(desk, amplang).stock_mode == "made_to_order"
    assert "Dibuat setelah dipesan" in visible(desk.get("/jual/produk"))
    assert "Stoknya tidak dihitung" in visible(desk.get(f"/jual/produk/{amplang}/stok"))
    desk.get(f"/jual/produk/{amplang}")
    page = desk.submit(f"/jual/produk/{amplang}", cara_stok="counted", stok="", expect=422)
    assert fault(page, "stok") == "Tulis berapa yang ada sekarang, misalnya 10."
    desk.submit(f"/jual/produk/{amplang}", cara_stok="counted", stok="6")
    product = stored(desk, amplang)
    assert (product.stock_mode, product.on_hand) == ("counted", 6)


def test_a_refused_change_keeps_the_typing_and_changes_nothing(desk: SellerDesk, amplang: UUID) -> None:
    desk.get(f"/jual/produk/{amplang}")
    page = desk.submit(
        f"/jual/produk/{amplang}", nama="", harga="", satuan="", berat="", keterangan="Baru <i>", expect=422
    )
    assert fault(page, "nama")
    assert fault(page, "harga") == "Tulis harganya dalam rupiah, misalnya 25000."
    assert fault(page, "satuan") == "Tulis satuannya, misalnya bungkus atau kg."
    assert fault(page, "berat") == "Berat yang sudah diisi tidak dapat dikosongkan."
    assert page.form(f"/jual/produk/{amplang}").values["keterangan"] == ["Baru <i>"]
    assert "Baru <i>" not in page.html
    product = stored(desk, amplang)
    assert (product.name, product.description, product.price_amount) == ("Amplang ikan", "", 20_000)


def test_a_product_written_over_elsewhere_is_refused_with_a_clear_sentence(desk: SellerDesk, amplang: UUID) -> None:
    desk.get(f"/jual/produk/{amplang}")
    other = desk_of(desk.market, desk.actor)
    other.get(f"/jual/produk/{amplang}")
    other.submit(f"/jual/produk/{amplang}", nama="Dari HP lain")
    page = desk.submit(f"/jual/produk/{amplang}", nama="Dari sini", expect=409)
    assert "Barang ini sudah diubah di tempat lain." in visible(page)
    assert page.form(f"/jual/produk/{amplang}").values["nama"] == ["Dari sini"]
    assert stored(desk, amplang).name == "Dari HP lain"


def test_restocking_from_the_list_comes_back_to_the_same_list(desk: SellerDesk, amplang: UUID) -> None:
    page = desk.get("/jual/produk?q=amplang&status=published")
    form = page.form(f"/{amplang}/stok")
    assert form.values["stok"] == ["10"]
    desk.submit(f"/{amplang}/stok", stok="25")
    assert (desk.page.path, "q=amplang" in desk.page.url) == ("/jual/produk", True)
    assert "Stok diubah" in visible(desk.page)
    assert stored(desk, amplang).on_hand == 25
    page = desk.submit(f"/{amplang}/stok", stok="banyak", expect=422)
    assert fault(page, "stok") == "Tulis dengan angka bulat, misalnya 10."
    assert page.form(f"/{amplang}/stok").values["stok"] == ["banyak"]
    page = desk.submit(f"/{amplang}/stok", stok="", expect=422)
    assert fault(page, "stok") == "Tulis berapa yang ada sekarang, misalnya 10."
    assert stored(desk, amplang).on_hand == 25


def test_restocking_never_leads_to_another_site(desk: SellerDesk, amplang: UUID) -> None:
    page = desk.post(f"/jual/produk/{amplang}/stok", stok="7", kembali="https://example.org/x")
    assert page.path == "/jual/produk"
    page = desk.post(f"/jual/produk/{amplang}/stok", stok="8", kembali="//example.org")
    assert page.path == "/jual/produk"


def test_hiding_showing_and_archiving(desk: SellerDesk, amplang: UUID) -> None:
    desk.get(f"/jual/produk/{amplang}")
    desk.submit(f"/{amplang}/sembunyikan")
    assert stored(desk, amplang).status == "hidden"
    desk.submit(f"/{amplang}/tampilkan")
    assert stored(desk, amplang).status == "published"
    desk.submit(f"/{amplang}/arsipkan")
    assert desk.page.path == "/jual/produk"
    assert stored(desk, amplang).status == "archived"
    assert "Amplang ikan" not in visible(desk.page)
    assert "Amplang ikan" in visible(desk.get("/jual/produk?status=archived"))
    page = desk.get(f"/jual/produk/{amplang}")
    assert "Barang ini diarsipkan" in visible(page)
    assert [form.action for form in page.reader.forms if "/jual/" in form.action] == []
    page = desk.post(
        f"/jual/produk/{amplang}", nama="Bangkit", jenis="kue", harga="1", satuan="kg", berat="1", expect=409
    )
    assert "Langkah ini tidak berlaku" in visible(page)
    page = desk.post(f"/jual/produk/{amplang}/sembunyikan", expect=409)
    assert stored(desk, amplang).status == "archived"


def test_the_list_is_searched_and_narrowed(desk: SellerDesk, amplang: UUID) -> None:
    with desk.begin() as session:
        kue = add_product(session, shop_of(session, desk), "Kue lumpur")
        publishing.hide(session, desk.actor, kue)
    words = visible(desk.get("/jual/produk"))
    assert "Amplang ikan" in words
    assert "Kue lumpur" in words
    words = visible(desk.get("/jual/produk?q=LUMPUR"))
    assert "Kue lumpur" in words
    assert "Amplang ikan" not in words
    assert "Kue lumpur" not in visible(desk.get("/jual/produk?status=published"))
    assert "Tidak ada yang cocok" in visible(desk.get("/jual/produk?q=tidakada"))
    for hostile in (
        "?q=%00",
        "?q=%25_",
        "?status=%27",
        "?halaman=0",
        "?halaman=99999999999999999999",
        "?q=" + "x" * 5000,
    ):
        assert desk.client.get(f"/jual/produk{hostile}").status_code in (200, 404)


def test_a_long_list_goes_by_pages(desk: SellerDesk) -> None:
    with desk.begin() as session:
        seller = shop_of(session, desk)
        for number in range(shelves.MOST_A_PAGE + 1):
            add_product(session, seller, f"Barang {number:03d}")
    page = desk.get("/jual/produk")
    assert "Halaman 1 dari 2" in visible(page)
    assert "Barang 000" not in visible(page)
    assert "Barang 000" in visible(desk.get(page.link("halaman=2")))


def test_another_size_has_its_own_price_and_stock(desk: SellerDesk, amplang: UUID) -> None:
    desk.get(f"/jual/produk/{amplang}")
    desk.get(desk.page.link("/ukuran"))
    page = desk.submit(f"/{amplang}/ukuran", ukuran="", harga="", stok="", expect=422)
    assert fault(page, "ukuran") == "Tulis ukurannya, misalnya 500 g."
    assert fault(page, "harga")
    assert fault(page, "stok")
    desk.submit(f"/{amplang}/ukuran", ukuran="500 g", harga="38000", stok="7", berat="500")
    size = stored(desk, product_in(desk))
    assert (size.full_name, size.price_amount, size.on_hand) == ("Amplang ikan · 500 g", 38_000, 7)
    assert stored(desk, amplang).variant == "250 g"
    assert "500 g" in visible(desk.get(f"/jual/produk/{amplang}"))
    desk.get(f"/jual/produk/{amplang}/ukuran")
    page = desk.submit(f"/{amplang}/ukuran", ukuran="500 G", harga="38000", stok="7", expect=422)
    assert fault(page, "ukuran").startswith("Ukuran itu sudah ada.")
    assert page.form(f"/{amplang}/ukuran").values["harga"] == ["38000"]
    assert len(all_of(desk)) == 2


def test_photos_are_ordered_and_taken_off(desk: SellerDesk, amplang: UUID, picture: Path) -> None:
    with desk.begin() as session:
        first, second = (add_photo(session, shop_of(session, desk), amplang) for _ in range(2))
    desk.get(f"/jual/produk/{amplang}/foto")
    desk.submit(f"/{second}/utama")
    assert [photo.id for photo in stored(desk, amplang).photos] == [second, first]
    desk.submit(f"/{first}/hapus")
    assert [photo.id for photo in stored(desk, amplang).photos] == [second]
    assert "Foto dihapus" in visible(desk.page)


def test_several_photos_come_at_once_and_a_bad_one_keeps_all_out(desk: SellerDesk, amplang: UUID) -> None:
    good = ("a.jpg", pictures.drawn((400, 300)))
    headers = {"Sec-Fetch-Site": "same-origin"}
    bad = desk.client.post(
        f"/jual/produk/{amplang}/foto",
        files=[("foto", good), ("foto", ("b.jpg", b"<html>bukan foto"))],
        headers=headers,
    )
    page = desk.keep(bad)
    assert page.status == 422
    assert fault(page, "foto").startswith("File ini bukan foto yang bisa dibaca.")
    assert stored(desk, amplang).photos == ()
    page = desk.keep(
        desk.client.post(f"/jual/produk/{amplang}/foto", files=[("foto", good), ("foto", good)], headers=headers)
    )
    assert page.status == 200
    assert len(stored(desk, amplang).photos) == 2
    page = desk.post(f"/jual/produk/{amplang}/foto", expect=422)
    assert fault(page, "foto").startswith("Pilih dahulu fotonya")
    many = [("foto", good)] * (MOST_PHOTOS - 1)
    page = desk.keep(desk.client.post(f"/jual/produk/{amplang}/foto", files=many, headers=headers))
    assert page.status == 409
    assert "Satu barang paling banyak 8 foto." in visible(page)
    assert len(stored(desk, amplang).photos) == 2


def test_a_photo_pressed_twice_is_kept_once(desk: SellerDesk, amplang: UUID) -> None:
    form = desk.get(f"/jual/produk/{amplang}/foto").form(f"/{amplang}/foto")
    key, photo = form.values["kunci_kirim"][0], pictures.drawn((400, 300))
    for _ in range(2):
        answer = desk.client.post(
            form.action, data={"kunci_kirim": key}, files={"foto": ("a.jpg", photo)},
            headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False,
        )  # fmt: skip
        assert answer.status_code == 303
    assert len(stored(desk, amplang).photos) == 1


def test_a_foreign_product_is_missing_everywhere(desk: SellerDesk, amplang: UUID) -> None:
    with desk.begin() as session:
        photo = add_photo(session, shop_of(session, desk), amplang)
        stranger_shop = open_shop(session)
        own = add_product(session, stranger_shop, "Milik sendiri")
    stranger = desk_of(desk.market, stranger_shop.actor)
    nobody = uuid4()
    for path in ("", "/foto", "/stok", "/ukuran"):
        foreign = stranger.get(f"/jual/produk/{amplang}{path}", expect=404).text
        assert foreign == stranger.get(f"/jual/produk/{nobody}{path}", expect=404).text, path
    typed = {"nama": "Curian", "jenis": "kue", "harga": "1", "satuan": "kg", "stok": "0", "ukuran": "x"}
    for path in (
        "", "/stok", "/ukuran", "/foto", "/tampilkan", "/sembunyikan", "/arsipkan", f"/foto/{photo}/utama",
        f"/foto/{photo}/hapus",
    ):  # fmt: skip
        foreign = stranger.post(f"/jual/produk/{amplang}{path}", expect=404, **typed).text
        assert foreign == stranger.post(f"/jual/produk/{nobody}{path}", expect=404, **typed).text, path
    for path in ("utama", "hapus"):
        foreign = stranger.post(f"/jual/produk/{own}/foto/{photo}/{path}", expect=404).text
        assert foreign == stranger.post(f"/jual/produk/{own}/foto/{nobody}/{path}", expect=404).text
    stranger.get("/jual/produk/bukan-uuid", expect=404)
    product = stored(desk, amplang)
    assert (product.name, product.status, product.on_hand) == ("Amplang ikan", "published", 10)
    assert [kept.id for kept in product.photos] == [photo]


def test_a_facilitator_lists_for_an_owner_and_both_are_named(desk: SellerDesk) -> None:
    with desk.begin() as session:
        helper = accounts.staff(session, "facilitator", district_code=registry.SANGATTA_UTARA)
        (business,) = files.mine(session, desk.actor)
    helping = desk_of(desk.market, helper)
    page = helping.get(f"/jual/produk?usaha={business.number}")
    assert f"Anda bertindak untuk {business.owner_name}" in " ".join(page.text.split())
    helping.get(page.link("/jual/produk/baru"))
    assert f"usaha={business.number}" in helping.page.url
    helping.submit("/jual/produk/baru", nama="Dari pendamping", jenis="kue", harga="4000", stok="2")
    product = stored(desk, product_in(helping))
    assert (product.name, product.price_amount) == ("Dari pendamping", 4_000)
    with desk.begin() as session:
        (row,) = audit_of(session, product.id, "product.added")
        assert (row.actor_account_id, row.beneficiary_account_id, row.channel) == (
            helper.account_id, desk.actor.account_id, "facilitator",
        )  # fmt: skip
    assert f"Anda bertindak untuk {business.owner_name}" in " ".join(
        helping.get(f"/jual/produk/{product.id}").text.split()
    )


def test_low_stock_shows_at_home(desk: SellerDesk, amplang: UUID) -> None:
    assert "Stok menipis" not in visible(desk.get("/jual"))
    with desk.begin() as session:
        stock.set_on_hand(session, desk.actor, amplang, 2)
    words = visible(desk.get("/jual"))
    assert "1 barang hampir habis" in words
    assert "Amplang ikan" in words


def test_a_paused_shop_can_still_be_filled(desk: SellerDesk) -> None:
    with desk.begin() as session:
        shops.pause(session, desk.actor, shop_of(session, desk).shop_id)
    desk.get("/jual/produk/baru")
    desk.submit("/jual/produk/baru", nama="Saat libur", jenis="kue", harga="4000", stok="2")
    assert stored(desk, product_in(desk)).name == "Saat libur"
    assert "Toko sedang dijeda" in visible(desk.get("/jual"))
