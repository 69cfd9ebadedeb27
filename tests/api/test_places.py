"""Official lists."""

from __future__ import annotations

from tests.api.conftest import Product, fields, problem


def test_regions_are_the_regencys_own_and_all_of_indonesia_above(product: Product) -> None:
    own = product.get("/regions").json()
    assert own["next"] is None
    levels = [item["level"] for item in own["items"]]
    assert (levels.count("regency"), levels.count("district"), levels.count("village")) == (1, 18, 141)
    districts = product.get("/regions", params={"level": "district"}).json()["items"]
    assert {
        "code": "64.08.04",
        "bps_code": districts[[item["code"] for item in districts].index("64.08.04")]["bps_code"],
        "name": "Sangatta Utara",
        "level": "district",
        "parent": "64.08",
    } in districts
    villages = product.get("/regions", params={"parent": "64.08.04"}).json()["items"]
    assert {item["parent"] for item in villages} == {"64.08.04"}
    assert "64.08.04.1010" in {item["code"] for item in villages}
    assert len(product.get("/regions", params={"level": "province"}).json()["items"]) == 38
    assert len(product.get("/regions", params={"level": "regency"}).json()["items"]) == 514
    neighbours = product.get("/regions", params={"level": "district", "parent": "64"}).json()["items"]
    assert len(neighbours) == 105
    assert product.get("/regions", params={"parent": "99.99"}).json()["items"] == []
    bad = product.get("/regions", params={"level": "benua"})
    assert fields(problem(bad, 422, "invalid")) == {"level": "unknown"}


def test_categories_have_the_eight_everybody_may_count_on(product: Product) -> None:
    items = product.get("/categories").json()["items"]
    tops = [item["slug"] for item in items if item["parent"] is None]
    assert {"makanan", "minuman", "hasil-tani", "hasil-laut", "kerajinan", "fesyen", "rumah-tangga", "jasa"} <= set(
        tops
    )
    assert {item["parent"] for item in items} - {None} <= set(tops)
    assert all(set(item) == {"slug", "name", "parent"} for item in items)


def test_kbli_is_found_by_words_code_version_and_parent(product: Product) -> None:
    sections = product.get("/kbli", params={"version": "2020"}).json()["items"]
    assert {item["level"] for item in sections} == {"section"}
    found = product.get("/kbli", params={"q": "10792"}).json()["items"]
    assert {(item["version"], item["code"]) for item in found} >= {(2020, "10792")}
    assert all({"version", "code", "title", "level"} <= set(item) for item in found)
    below = product.get("/kbli", params={"version": "2020", "parent": "C"}).json()["items"]
    assert {item["parent"] for item in below} == {"C"}
    bad = product.get("/kbli", params={"version": "2015"})
    assert fields(problem(bad, 422, "invalid")) == {"version": "unknown"}
    assert product.get("/kbli", params={"q": "%_\\"}).json()["items"] == []
