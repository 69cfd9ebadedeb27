"""The audit in words: every act the product notes can be read by an auditor."""

from __future__ import annotations

import re
from pathlib import Path

from app.orders.models import STATUSES as ORDER_STATUSES
from app.payments.models import STATUSES as PAYMENT_STATUSES
from tests.factories import accounts
from tests.web.pages.office.conftest import Office

ROOT = Path(__file__).resolve().parents[4]
WORDS = (ROOT / "web" / "templates" / "components" / "acts.html").read_text()
WITH_WORDS = set(re.findall(r'"([a-z_]+\.[a-z_]+)": _\(', WORDS))
THINGS = "|".join(
    (
        "account", "recovery", "role", "business", "owner", "shop", "product", "stock", "courier_rate",
        "expedition_rate", "message", "statistics", "payment", "payment_notice", "refund",
    )
)  # fmt: skip
NOT_ACTS = {"account.id", "shop.id", "product.id", "payment.id", "business.id", "owner.name", "owner.nik", "owner.sex"}


def noted() -> set[str]:
    """Every action written out in the product's own code."""
    found: set[str] = set()
    for path in (ROOT / "app").rglob("*.py"):
        if path.name not in {"models.py", "rules.py", "definitions.py"}:
            found |= set(re.findall(rf'"((?:{THINGS})\.[a-z_]+)"', path.read_text()))
    return found - NOT_ACTS - {name for name in found if name.startswith("owner.") and name != "owner.nik_read"}


def test_every_act_the_product_notes_has_words() -> None:
    assert len(noted()) > 40
    assert noted() - WITH_WORDS == set()


def test_every_state_of_orders_payments_and_shops_has_words() -> None:
    wanted = {f"order.{status}" for status in ORDER_STATUSES} | {f"payment.{status}" for status in PAYMENT_STATUSES}
    wanted |= {f"shop.{status}" for status in ("open", "paused", "suspended")}
    assert wanted - WITH_WORDS == set()


def test_a_record_tells_who_did_what_when_for_whom(office: Office) -> None:
    owner = office.make(lambda session: accounts.actor(session, accounts.person(session, name="Pemilik Jejak")))
    number = office.submitted(owner, name="Usaha Berjejak")
    verifier = office.enter("verifier")
    verifier.get(f"/dinas/usaha/{number}")
    verifier.submit(f"/dinas/usaha/{number}/setujui", periksa=["place"])
    page = office.enter("administrator").get(f"/dinas/jejak/business/{office.business(number).id}")
    assert page.text.index("Disetujui dan masuk daftar") < page.text.index("Pendaftaran dimulai")
    assert "Joko Uji untuk Pemilik Jejak" in page.text
    assert "Diperiksa: tempat usaha, data usaha" in page.text


def test_the_audit_of_an_account_holds_no_number(office: Office) -> None:
    number = accounts.fresh_phone()
    actor = office.make(lambda session: accounts.actor(session, accounts.person(session, phone=number)))
    page = office.enter("administrator").get(f"/dinas/jejak/account/{actor.account_id}")
    assert "Akun dibuat" in page.text
    assert number[1:] not in page.html


def test_only_an_administrator_reads_any_record(office: Office) -> None:
    number = office.submitted(name="Bukan Untuk Semua")
    path = f"/dinas/jejak/business/{office.business(number).id}"
    for role in ("verifier", "analyst", "facilitator", "person"):
        office.enter(role).get(path, expect=403)


def test_who_opened_the_records_of_a_table_can_be_read(office: Office) -> None:
    chief = office.enter("administrator")
    assert "Belum ada tindakan tercatat" in chief.get("/dinas/jejak/table/T21").text
    office.active(name="Dilihat Analis")
    office.enter("analyst").get("/dinas/statistik/T01/rincian?district=64.08.04&criterion=capital&size_class=_T")
    page = chief.get("/dinas/jejak/table/T01")
    assert "Rincian angka dibuka" in page.text
    assert "Sinta Uji" in page.text
    assert re.search(r"\d catatan: 64\.08\.04, capital, _T", page.text)
    chief.get("/dinas/jejak/table/T99", expect=404)
