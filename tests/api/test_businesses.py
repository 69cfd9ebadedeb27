"""The register through the API: registering, deciding, and what the public reads."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Product, fields, fresh_phone, problem

ACTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("submit", {}),
    ("approve", {}),
    ("return", {"reason": "Alamat kurang", "fields": ["address"]}),
    ("reject", {"reason": "Bukan usaha"}),
)
MISSING = "KT-2026-999999-1"


def test_public_facts_only(product: Product, verifier: str) -> None:
    owner = product.person(name="Nama Pemilik Rahasia")
    number = product.registered(
        owner,
        verifier,
        name="Kerupuk Rahmah",
        village_code="64.08.04.1010",
        address="Jalan Rahasia 7",
        kbli={"version": 2020, "code": "10792"},
        owner={
            "name": "Nama Pemilik Rahasia",
            "phone": product.tokens[owner],
            "nik": "6408045708900101",
            "sex": "female",
        },
        turnover_amount=987_654_321,
        nib="1234567890123",
    )
    answer = product.get(f"/businesses/{number}")
    body = answer.json()
    assert set(body) == {
        "number", "name", "slug", "district", "district_name", "village", "village_name", "kbli", "main_product", "badges",
    }  # fmt: skip
    assert (body["district"], body["district_name"]) == ("64.08.04", "Sangatta Utara")
    assert body["kbli"]["code"] == "10792"
    assert [set(badge) for badge in body["badges"]] == [{"kind", "checked_by", "checked_on", "valid_until"}]
    for secret in ("Rahasia", "6408045708900101", "987654321", "1234567890123", product.tokens[owner][1:]):
        assert secret not in answer.text
        assert secret not in product.get("/businesses", params={"q": "Kerupuk Rahmah"}).text
    assert product.get(f"/businesses/{number}", owner).json() == body, (
        "an owner reads the same of a registered business"
    )


def test_the_list_filters_and_goes_on(product: Product, verifier: str) -> None:
    owner = product.person()
    numbers = [product.registered(owner, verifier, name=f"Tenun Wakaroros {i}", main_product="tenun") for i in range(3)]
    first = product.get("/businesses", params={"q": "wakaroros", "limit": 2}).json()
    assert [item["name"] for item in first["items"]] == ["Tenun Wakaroros 0", "Tenun Wakaroros 1"]
    rest = product.get("/businesses", params={"q": "wakaroros", "limit": 2, "cursor": first["next"]}).json()
    assert ([item["number"] for item in rest["items"]], rest["next"]) == ([numbers[2]], None)
    there = product.get("/businesses", params={"q": "wakaroros", "district": "64.08.04", "verified": "true"}).json()
    assert len(there["items"]) == 3
    for nothing in ({"district": "64.08.05"}, {"verified": "false"}, {"kbli": "10"}, {"village": "64.08.04.1010"}):
        assert product.get("/businesses", params={"q": "wakaroros", **nothing}).json()["items"] == []
    for bad, name in (({"cursor": "!!"}, "cursor"), ({"limit": "0"}, "limit"), ({"limit": "61"}, "limit"),
                      ({"verified": "mungkin"}, "verified"), ({"q": "a\0b"}, "q")):  # fmt: skip
        assert set(fields(problem(product.get("/businesses", params=bad), 422, "invalid"))) == {name}


def test_a_single_business_has_an_etag(product: Product, verifier: str) -> None:
    number = product.registered(product.person(), verifier)
    first = product.get(f"/businesses/{number}")
    tag = first.headers["etag"]
    same = product.get(f"/businesses/{number}", headers={"If-None-Match": f'"other", W/{tag}'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert product.get(f"/businesses/{number}", headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_draft_is_its_owners_and_the_offices(product: Product, verifier: str) -> None:
    owner = product.person()
    number = product.post("/businesses", owner, json=product.registration(owner)).json()["number"]
    missing = product.get(f"/businesses/{MISSING}")
    for stranger in (None, product.person(), product.person(role="analyst")):
        assert product.get(f"/businesses/{number}", stranger).text == missing.text
    problem(missing, 404, "not_found")
    for insider in (owner, verifier):
        own = product.get(f"/businesses/{number}", insider)
        assert own.headers["cache-control"] == "private, no-store"
        body = own.json()
        assert (body["status"], body["reason"], body["fields"]) == ("draft", None, [])
    assert product.get("/businesses", params={"q": number}).json()["items"] == []


def test_what_is_not_known_stays_unknown(product: Product) -> None:
    owner = product.person()
    number = product.post("/businesses", owner, json=product.registration(owner)).json()["number"]
    row = product.value(
        "SELECT concat_ws('|', village_code, address, kbli_code, started_on, nib) FROM business WHERE number = :n",
        n=number,
    )
    assert row == ""
    reports = "SELECT count(*) FROM business_report r JOIN business b ON b.id = r.business_id WHERE b.number = :n"
    assert product.value(reports, n=number) == 0
    nulls = product.registration(owner, village_code=None, kbli=None, nib=None, capital_amount=None)
    assert product.post("/businesses", owner, json=nulls).status_code == 201


def test_every_fault_of_a_registration_at_once(product: Product) -> None:
    owner = product.person()
    count = product.value("SELECT count(*) FROM business")
    empty = fields(problem(product.post("/businesses", owner, json={}), 422, "invalid"))
    assert empty == {"name": "missing", "owner": "missing", "district_code": "missing", "main_product": "missing"}
    typed = product.registration(
        owner,
        owner={"name": "A", "phone": "0812", "ktp": "1"},
        capital_amount="sejuta",
        workers_male=1.5,
        workers_female=True,
        started_on="31-12-2020",
        omzet=1,
    )
    assert fields(problem(product.post("/businesses", owner, json=typed), 422, "invalid")) == {
        "owner.ktp": "unknown_field",
        "capital_amount": "invalid",
        "workers_male": "invalid",
        "workers_female": "invalid",
        "started_on": "invalid",
        "omzet": "unknown_field",
    }
    told = product.registration(
        owner,
        name="  ",
        district_code="64.09.01",
        kbli={"version": 2020, "code": "XX"},
        nib="12",
        capital_amount=-1,
        turnover_amount=10**30,
        workers_male=5_001,
        started_on="2999-01-01",
    )
    assert fields(problem(product.post("/businesses", owner, json=told), 422, "invalid")) == {
        "name": "missing",
        "district_code": "unknown",
        "kbli": "unknown",
        "nib": "invalid",
        "capital_amount": "out_of_range",
        "turnover_amount": "out_of_range",
        "workers_male": "out_of_range",
        "started_on": "invalid",
    }
    for day in (20261231, True, "20261231", "2026-13-01", "2026-12-31T00:00:00Z", ""):
        bad = product.post("/businesses", owner, json=product.registration(owner, started_on=day))
        assert fields(problem(bad, 422, "invalid")) == {"started_on": "invalid"}
    assert product.value("SELECT count(*) FROM business") == count, "nothing was written"


def test_a_facilitator_registers_for_an_owner_whose_account_is_opened_by_phone(product: Product) -> None:
    helper = product.person(role="facilitator", district="64.08.04")
    phone = fresh_phone()
    body = product.registration(helper, owner={"name": "Pemilik Baru", "phone": phone})
    answer = product.post("/businesses", helper, json=body)
    assert answer.status_code == 201
    number = answer.json()["number"]
    member = "SELECT a.phone_e164 FROM membership m JOIN account a ON a.id = m.account_id JOIN business b ON b.id = m.business_id"
    assert product.value(f"{member} WHERE b.number = :n", n=number) == "+62" + phone[1:]
    noted = "SELECT channel FROM audit_record WHERE action = 'business.started' ORDER BY id DESC LIMIT 1"
    assert product.value(noted) == "facilitator"
    elsewhere = product.registration(helper, district_code="64.08.05", owner={"name": "P", "phone": fresh_phone()})
    problem(product.post("/businesses", helper, json=elsewhere), 403, "not_in_your_place")


def test_the_office_sends_back_and_rejects_with_reasons(product: Product, verifier: str) -> None:
    owner = product.person()
    number = product.post("/businesses", owner, json=product.registration(owner)).json()["number"]
    problem(product.post(f"/businesses/{number}/approve", verifier), 409, "wrong_status")
    product.post(f"/businesses/{number}/submit", owner)
    problem(product.post(f"/businesses/{number}/submit", owner), 409, "wrong_status")
    bare = product.post(f"/businesses/{number}/return", verifier, json={})
    assert fields(problem(bare, 422, "invalid")) == {"reason": "missing", "fields": "invalid"}
    back = {"reason": "Alamat kurang jelas", "fields": ["address"]}
    assert product.post(f"/businesses/{number}/return", verifier, json=back).json()["status"] == "needs_correction"
    own = product.get(f"/businesses/{number}", owner).json()
    assert (own["status"], own["reason"], own["fields"]) == ("needs_correction", "Alamat kurang jelas", ["address"])
    assert product.post(f"/businesses/{number}/submit", owner, json={}).json()["status"] == "submitted"
    bare = product.post(f"/businesses/{number}/reject", verifier, json={"reason": " "})
    assert fields(problem(bare, 422, "invalid")) == {"reason": "missing"}
    gone = product.post(f"/businesses/{number}/reject", verifier, json={"reason": "Ganda"})
    assert gone.json() == {"number": number, "status": "rejected"}


def test_approval_claims_only_what_can_have_been_checked(product: Product, verifier: str) -> None:
    owner = product.person()
    number = product.post("/businesses", owner, json=product.registration(owner)).json()["number"]
    product.post(f"/businesses/{number}/submit", owner)
    for checks in (["nib"], ["identity"], ["mata-batin"]):
        refused = product.post(f"/businesses/{number}/approve", verifier, json={"checks": checks})
        assert set(fields(problem(refused, 422, "invalid"))) == {"checks"}
    assert product.get(f"/businesses/{number}", owner).json()["status"] == "submitted"


@pytest.mark.parametrize(("action", "body"), ACTIONS)
def test_foreign_and_missing_businesses_are_one_answer(
    product: Product, verifier: str, action: str, body: dict[str, Any]
) -> None:
    owner, stranger = product.person(), product.person()
    number = product.post("/businesses", owner, json=product.registration(owner)).json()["number"]
    product.post(f"/businesses/{number}/submit", owner)
    foreign = product.post(f"/businesses/{number}/{action}", stranger, json=body)
    for other in (MISSING, "bukan-nomor", "%00", "KT-2026-000001-9%0D"):
        missing = product.post(f"/businesses/{other}/{action}", stranger, json=body)
        assert (foreign.status_code, foreign.text) == (404, missing.text)
    elsewhere = product.person(role="verifier", district="64.08.05")
    assert product.post(f"/businesses/{number}/{action}", elsewhere, json=body).text == foreign.text
    assert product.get(f"/businesses/{number}", owner).json()["status"] == "submitted"


def test_nobody_decides_what_they_own_or_edited(product: Product, verifier: str) -> None:
    owner = product.person()
    number = product.post("/businesses", owner, json=product.registration(owner)).json()["number"]
    product.post(f"/businesses/{number}/submit", owner)
    problem(product.post(f"/businesses/{number}/approve", owner), 403, "forbidden")
    officer = product.person(role="verifier")
    for_other = product.registration(officer, owner={"name": "Pemilik", "phone": fresh_phone()})
    made = product.post("/businesses", officer, json=for_other).json()["number"]
    product.post(f"/businesses/{made}/submit", officer)
    problem(product.post(f"/businesses/{made}/approve", officer), 403, "own_decision")
    assert product.post(f"/businesses/{made}/approve", verifier).json()["status"] == "active"


def test_the_same_key_registers_once(product: Product) -> None:
    owner, other = product.person(), product.person()
    body = product.registration(owner)
    count = product.value("SELECT count(*) FROM business")
    first = product.post("/businesses", owner, json=body, headers={"Idempotency-Key": "daftar-1"})
    again = product.post("/businesses", owner, json=body, headers={"Idempotency-Key": "daftar-1"})
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert product.value("SELECT count(*) FROM business") == count + 1
    changed = product.post("/businesses", owner, json={**body, "name": "Lain"}, headers={"Idempotency-Key": "daftar-1"})
    problem(changed, 409, "idempotency_mismatch")
    theirs = product.post(
        "/businesses", other, json=product.registration(other), headers={"Idempotency-Key": "daftar-1"}
    )
    assert theirs.status_code == 201, "keys are each caller's own"
    assert product.value("SELECT count(*) FROM business") == count + 2
    for key in ("", "x" * 256, "tidak\tsah"):
        bad = product.post("/businesses", owner, json=body, headers={"Idempotency-Key": key})
        assert set(fields(problem(bad, 422, "invalid"))) == {"Idempotency-Key"}
