"""Goods through the API: listing, changing against an ETag, photographing; what others see of them."""

from __future__ import annotations

import base64
from io import BytesIO

import pytest
from PIL import Image

from tests.api.conftest import Product, checkout, fields, goods, problem

NOBODYS = "019391f0-0000-7000-8000-000000000000"
PUBLIC_FIELDS = {
    "id", "slug", "name", "variant", "description", "category", "price_amount", "unit", "weight_gram", "stock", "business", "halal",
    "images", "status", "version",
}  # fmt: skip


def picture(width: int = 640, height: int = 480) -> bytes:
    stream = BytesIO()
    Image.new("RGB", (width, height), "olive").save(stream, "JPEG")
    return stream.getvalue()


def test_a_new_shops_goods_wait_for_the_office(product: Product, verifier: str) -> None:
    owner = product.person()
    number = product.registered(owner, verifier)
    assert (
        product.value("SELECT count(*) FROM shop s JOIN business b ON b.id = s.business_id WHERE number = :n", n=number)
        == 0
    )
    made = product.post("/products", owner, json=goods(description="Renyah"))
    assert made.status_code == 201
    body = made.json()
    assert set(body) == PUBLIC_FIELDS
    assert body | {"id": "", "slug": ""} == {
        "id": "",
        "slug": "",
        "name": "Amplang Tenggiri",
        "variant": None,
        "description": "Renyah",
        "category": "makanan",
        "price_amount": 25_000,
        "unit": "bungkus",
        "weight_gram": 250,
        "stock": {"mode": "counted", "available": 10, "on_hand": 10, "reserved": 0},
        "business": {
            "number": number,
            "name": "Amplang Uji",
            "slug": body["business"]["slug"],
            "district": "64.08.04",
        },
        "halal": False,
        "images": [],
        "status": "pending",
        "version": 1,
    }
    assert made.headers["location"] == f"/api/v1/products/{body['slug']}"
    assert made.headers["etag"] == product.get(f"/products/{body['slug']}", owner).headers["etag"]
    missing = product.get("/products/tidak-ada-sama-sekali")
    problem(missing, 404, "not_found")
    for other in (None, product.person(), verifier):
        assert product.get(f"/products/{body['slug']}", other).text == missing.text


def test_who_has_no_registered_business_lists_nothing(product: Product) -> None:
    owner = product.person()
    problem(product.post("/products", owner, json=goods()), 409, "shop_not_ready")
    number = product.post("/businesses", owner, json=product.registration(owner)).json()["number"]
    problem(product.post("/products", owner, json=goods(business=number)), 409, "shop_not_ready")
    foreign = product.post("/products", product.person(), json=goods(business=number))
    missing = product.post("/products", product.person(), json=goods(business="KT-2026-999999-1"))
    assert (foreign.status_code, foreign.text) == (404, missing.text)


def test_who_has_several_businesses_names_one(product: Product, verifier: str) -> None:
    owner = product.person()
    first, second = (product.registered(owner, verifier, name=name) for name in ("Satu", "Dua"))
    bare = product.post("/products", owner, json=goods())
    assert fields(problem(bare, 422, "invalid")) == {"business": "missing"}
    assert product.post("/products", owner, json=goods(business=second)).json()["business"]["number"] == second
    assert product.post("/products", owner, json=goods(business=first)).json()["business"]["number"] == first


def test_the_office_touches_nobodys_prices(product: Product, seller: str, verifier: str) -> None:
    listed = product.published(seller)
    foreign = product.patch(f"/products/{listed['id']}", verifier, json={"price_amount": 1}, headers={"If-Match": "*"})
    missing = product.patch(f"/products/{NOBODYS}", verifier, json={"price_amount": 1}, headers={"If-Match": "*"})
    assert (foreign.status_code, foreign.text) == (404, missing.text)
    posted = product.post("/products", verifier, json=goods(business=listed["business"]["number"]))
    assert (posted.status_code, posted.text) == (404, missing.text)


def test_what_is_wrong_with_a_product_is_told_beside_each_field(product: Product, seller: str) -> None:
    count = product.value("SELECT count(*) FROM product")
    empty = product.post("/products", seller, json={})
    assert fields(problem(empty, 422, "invalid")) == {
        "name": "missing",
        "category": "missing",
        "price_amount": "missing",
    }
    typed = goods(price_amount="25.000", stock={"mode": "seadanya", "on_hand": 1.0, "sisa": 3}, halal=True, slug="x")
    assert fields(problem(product.post("/products", seller, json=typed), 422, "invalid")) == {
        "price_amount": "invalid",
        "stock.mode": "unknown",
        "stock.on_hand": "invalid",
        "stock.sisa": "unknown_field",
        "halal": "unknown_field",
        "slug": "unknown_field",
    }
    told = goods(name=" ", category="senjata", price_amount=0, weight_gram=0, stock={"on_hand": 10**9})
    assert fields(problem(product.post("/products", seller, json=told), 422, "invalid")) == {
        "name": "missing",
        "category": "unknown",
        "price_amount": "out_of_range",
        "weight_gram": "out_of_range",
        "on_hand": "out_of_range",
    }
    for hostile in ("a\0b", "\u202egnalpma"):
        body = product.post("/products", seller, json=goods(name=hostile))
        assert fields(problem(body, 422, "invalid")) == {"name": "unwritable"}
    assert product.value("SELECT count(*) FROM product") == count, "nothing was written"


def test_stock_that_is_not_counted_has_no_number(product: Product, seller: str) -> None:
    for mode in ("made_to_order", "ask_first"):
        listed = product.published(seller, name=f"Kue {mode}", stock={"mode": mode})
        assert product.get(f"/products/{listed['slug']}").json()["stock"] == {"mode": mode, "available": None}


def test_a_change_needs_the_present_etag(product: Product, seller: str) -> None:
    listed = product.published(seller)
    path, change = f"/products/{listed['id']}", {"price_amount": 27_500}
    first = product.get(f"/products/{listed['slug']}", seller).headers["etag"]
    problem(product.patch(path, seller, json=change), 428, "precondition_required")
    for stale in ('"0-aa"', '"99"', "bukan-etag", 'W/"x"'):
        problem(product.patch(path, seller, json=change, headers={"If-Match": stale}), 412, "precondition_failed")
    assert product.get(f"/products/{listed['slug']}").json()["price_amount"] == 25_000, "nothing was changed"

    changed = product.patch(path, seller, json=change, headers={"If-Match": f'"lain", {first}'})
    assert changed.status_code == 200
    assert (changed.json()["price_amount"], changed.json()["version"]) == (27_500, listed["version"] + 1)
    assert (changed.json()["name"], changed.json()["unit"]) == (listed["name"], listed["unit"]), "the rest stays"
    problem(
        product.patch(path, seller, json={"price_amount": 1}, headers={"If-Match": first}), 412, "precondition_failed"
    )
    second = changed.headers["etag"]
    assert second != first
    shelf = product.patch(path, seller, json={"stock": {"on_hand": 3}}, headers={"If-Match": second}).json()
    assert shelf["stock"] == {"mode": "counted", "available": 3, "on_hand": 3, "reserved": 0}
    assert product.patch(path, seller, json={"unit": "toples"}, headers={"If-Match": "*"}).json()["unit"] == "toples"
    bad = product.patch(path, seller, json={"price_amount": -5, "version": 9}, headers={"If-Match": "*"})
    assert fields(problem(bad, 422, "invalid")) == {"version": "unknown_field"}


def test_two_changes_of_one_state_are_not_both_taken(product: Product, seller: str) -> None:
    listed = product.published(seller)
    tag = {"If-Match": product.get(f"/products/{listed['slug']}", seller).headers["etag"]}
    answers = [
        product.patch(f"/products/{listed['id']}", seller, json={"price_amount": price}, headers=tag).status_code
        for price in (30_000, 40_000)
    ]
    assert answers == [200, 412]
    assert product.get(f"/products/{listed['slug']}").json()["price_amount"] == 30_000


def test_the_etag_follows_the_stock(product: Product, seller: str) -> None:
    listed = product.published(seller)
    path = f"/products/{listed['slug']}"
    before = product.get(path)
    kept = {"If-None-Match": before.headers["etag"]}
    assert product.get(path, headers=kept).status_code == 304
    assert product.post("/checkouts", json=checkout((listed["id"], 1))).status_code == 201
    after = product.get(path, headers=kept)
    assert (after.status_code, after.json()["stock"]) == (200, {"mode": "counted", "available": 9})
    own = product.get(path, seller).json()
    assert own["stock"] == {"mode": "counted", "available": 9, "on_hand": 10, "reserved": 1}
    assert own["version"] == before.json()["version"], "a sale is no change of the product"


def test_foreign_missing_and_malformed_products_are_one_answer(product: Product, seller: str) -> None:
    listed, stranger = product.published(seller), product.person()
    tag = {"If-Match": "*"}
    foreign = product.patch(f"/products/{listed['id']}", stranger, json={"price_amount": 1}, headers=tag)
    for other in (NOBODYS, "1", "bukan-id", "%00"):
        answer = product.patch(f"/products/{other}", stranger, json={"price_amount": 1}, headers=tag)
        assert (answer.status_code, answer.text) == (404, foreign.text)
    files = {"photo": ("a.jpg", picture(), "image/jpeg")}
    assert product.post(f"/products/{listed['id']}/photos", stranger, files=files).text == foreign.text
    assert product.post(f"/products/{NOBODYS}/photos", stranger, files=files).text == foreign.text
    assert product.call("DELETE", f"/products/{listed['id']}/photos/{NOBODYS}", stranger).text == foreign.text
    assert product.call("DELETE", f"/products/{listed['id']}/photos/{NOBODYS}", seller).text == foreign.text
    assert product.get(f"/products/{listed['slug']}").json()["price_amount"] == 25_000


def test_the_list_filters_and_goes_on_without_repeating(product: Product, seller: str, verifier: str) -> None:
    other = product.person()
    number = product.registered(other, verifier, name="Tenun Dua", district_code="64.08.05")
    made = [product.published(other, name=f"Selendang {i}", category="fesyen")["id"] for i in range(5)]
    product.published(seller)
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        page = product.get(
            "/products", params={"business": number, "limit": 2} | ({"cursor": cursor} if cursor else {})
        ).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert (seen, cursor) == (made[::-1], None)
    items = product.get("/products", params={"district": "64.08.05", "category": "fesyen"}).json()["items"]
    assert [item["id"] for item in items] == made[::-1]
    assert {frozenset(item) for item in items} == {frozenset(PUBLIC_FIELDS)}
    assert all("on_hand" not in item["stock"] for item in items)
    own = product.get("/products", other, params={"business": number}).json()["items"]
    assert all(item["stock"]["on_hand"] == 10 for item in own)
    assert product.get("/products", params={"category": "minuman", "business": number}).json()["items"] == []
    for cursor in ("x", "WzFd", "WyJhIiwiYiJd"):
        assert set(fields(problem(product.get("/products", params={"cursor": cursor}), 422, "invalid"))) == {"cursor"}


def test_a_suspended_business_sells_nothing(product: Product, verifier: str) -> None:
    owner = product.person()
    number = product.registered(owner, verifier)
    listed = product.published(owner)
    with product.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE business SET status = 'suspended' WHERE number = '{number}'")
    problem(product.get(f"/products/{listed['slug']}"), 404, "not_found")
    assert product.get("/products", params={"business": number}).json()["items"] == []
    problem(product.post("/checkouts", json=checkout((listed["id"], 1))), 409, "not_for_sale")


def test_photos_follow_the_text(product: Product, seller: str) -> None:
    listed = product.published(seller)
    path = f"/products/{listed['id']}/photos"
    added = product.post(path, seller, files={"photo": ("a.jpg", picture(), "image/jpeg")})
    assert added.status_code == 201, added.text
    (image,) = added.json()["images"]
    assert (image["width"], image["height"]) == (640, 480)
    assert image["url"] == f"http://testserver/foto/{image['id']}/720.jpg"
    shown = product.client.get(f"/foto/{image['id']}/720.jpg")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert product.get(f"/products/{listed['slug']}").json()["images"] == [image]
    for data, code in ((b"bukan foto", "not_a_photo"), (b"", "not_a_photo"), (b"<svg/>", "not_a_photo")):
        refused = product.post(path, seller, files={"photo": ("a.jpg", data, "image/jpeg")})
        assert fields(problem(refused, 422, code)) == {"photo": code}
    assert fields(problem(product.post(path, seller, json={}), 422, "invalid")) == {"photo": "missing"}
    assert product.call("DELETE", f"{path}/{image['id']}", seller).status_code == 204
    assert product.get(f"/products/{listed['slug']}").json()["images"] == []


def test_photos_may_come_with_the_text(product: Product, seller: str) -> None:
    encoded = base64.b64encode(picture(320, 240)).decode()
    made = product.post("/products", seller, json=goods(name="Bergambar", photos=[encoded, encoded])).json()
    assert [(image["width"], image["height"]) for image in made["images"]] == [(320, 240), (320, 240)]
    count = product.value("SELECT count(*) FROM product")
    broken = product.post("/products", seller, json=goods(photos=["bukan base64!"]))
    assert fields(problem(broken, 422, "invalid")) == {"photos.0": "invalid"}
    text = base64.b64encode(b"bukan foto").decode()
    problem(product.post("/products", seller, json=goods(photos=[text])), 422, "not_a_photo")
    many = product.post("/products", seller, json=goods(photos=[encoded] * 9))
    assert fields(problem(many, 422, "invalid")) == {"photos": "too_many"}
    assert product.value("SELECT count(*) FROM product") == count, "nothing was written"


@pytest.mark.parametrize("repeat", [1, 3])
def test_the_same_key_lists_once(product: Product, seller: str, repeat: int) -> None:
    count = product.value("SELECT count(*) FROM product")
    encoded = base64.b64encode(picture(64, 64)).decode()
    key = {"Idempotency-Key": f"barang-{repeat}"}
    answers = [product.post("/products", seller, json=goods(photos=[encoded]), headers=key) for _ in range(repeat)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert product.value("SELECT count(*) FROM product") == count + 1
    assert len(answers[-1].json()["images"]) == 1


def test_a_seller_lists_everything_of_the_own_shops(product: Product, verifier: str) -> None:
    owner = product.person()
    product.registered(owner, verifier)
    made = [product.post("/products", owner, json=goods(name=f"Barang {i}")).json() for i in range(3)]
    first = product.get("/products", owner, params={"mine": "true", "limit": 2}).json()
    rest = product.get("/products", owner, params={"mine": "true", "limit": 2, "cursor": first["next"]}).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == [one["id"] for one in reversed(made)]
    assert rest["next"] is None
    assert {item["status"] for item in first["items"]} == {"pending"}
    assert product.get("/products", product.person(), params={"mine": "true"}).json()["items"] == []
    problem(product.get("/products", params={"mine": "true"}), 401, "sign_in_required")


def test_a_facilitator_lists_for_an_owner_of_the_place(product: Product, verifier: str) -> None:
    owner = product.person()
    number = product.registered(owner, verifier)
    helper = product.person(role="facilitator", district="64.08.04")
    made = product.post("/products", helper, json=goods(business=number))
    assert (made.status_code, made.json()["business"]["number"]) == (201, number)
    changed = product.patch(
        f"/products/{made.json()['id']}", helper, json={"unit": "toples"}, headers={"If-Match": made.headers["etag"]}
    )
    assert changed.json()["unit"] == "toples"
    elsewhere = product.person(role="facilitator", district="64.08.05")
    problem(product.post("/products", elsewhere, json=goods(business=number)), 404, "not_found")


def test_a_size_keeps_its_name_apart_from_what_it_is_a_size_of(product: Product, seller: str) -> None:
    listed = product.published(seller, name="Sirup Nanas")
    with product.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO product_group (id, shop_id, name, created_at)"
            f" SELECT '{listed['id']}', shop_id, name, now() FROM product WHERE id = '{listed['id']}'"
        )
        connection.exec_driver_sql(f"UPDATE product SET group_id = id, variant = '250 ml' WHERE id = '{listed['id']}'")
    found = product.get(f"/products/{listed['slug']}").json()
    assert (found["name"], found["variant"]) == ("Sirup Nanas", "250 ml")
    again = product.patch(
        f"/products/{listed['id']}", seller, json={"name": found["name"]}, headers={"If-Match": "*"}
    ).json()
    assert (again["name"], again["variant"]) == ("Sirup Nanas", "250 ml"), "what was read can be sent back"
