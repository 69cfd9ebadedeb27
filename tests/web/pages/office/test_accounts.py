"""Helping people in and out: found by number, a code shown once, roles and accounts by an administrator."""

from __future__ import annotations

import re
from uuid import UUID

from sqlmodel import Session, func, select

from app.accounts import recovery, roles
from app.accounts.models import Account, RecoveryCode, RoleGrant
from app.actor import Actor
from app.kit import phone
from app.registry import registration
from app.registry.rules import BusinessDraft, OwnerDraft
from tests.factories import accounts, registry
from tests.web.pages.office.conftest import SANGATTA_UTARA, SANGKULIRANG, Office

CODE = re.compile(r'class="plate code">(\d{4}) (\d{4})<')


def somebody(office: Office, name: str = "Warga Lupa Sandi") -> tuple[str, Actor]:
    number = accounts.fresh_phone()
    return number, office.make(
        lambda session: accounts.actor(session, accounts.person(session, name=name, phone=number))
    )


def with_business(office: Office, number: str, *, district: str, decided: bool) -> None:
    """The person of that number owns a business, registered by themselves (and approved)."""

    def make(session: Session) -> None:
        account = session.exec(select(Account).where(Account.phone_e164 == phone.normalise(number))).one()
        owner = roles.actor_of(session, account.id)
        (registry.active if decided else registry.submitted)(session, owner, district_code=district)

    office.make(make)


def codes_of(office: Office, account_id: UUID | None) -> int:
    wanted = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.account_id == account_id)
    return office.make(lambda session: session.exec(wanted).one())


def test_an_account_is_found_by_the_number_said_and_shown_masked(office: Office) -> None:
    number, _ = somebody(office)
    desk = office.enter("verifier")
    desk.get("/dinas/akun")
    page = desk.submit("/dinas/akun", no_hp=f"{number[:4]}-{number[4:]}")
    assert "Warga Lupa Sandi" in page.text
    assert phone.masked(phone.normalise(number)) in page.text
    assert phone.normalise(number) not in page.html
    assert page.path == "/dinas/akun"  # the number is in no address
    assert "no_hp" not in page.url


def test_an_unknown_number_is_told_beside_the_field_and_stays_typed(office: Office) -> None:
    desk = office.enter("verifier")
    desk.get("/dinas/akun")
    for typed in ("0812 0000 9999", "bukan nomor", ""):
        page = desk.submit("/dinas/akun", no_hp=typed, expect=422)
        assert "Tidak ada akun dengan nomor itu." in page.text
        assert page.form("/dinas/akun").values["no_hp"] == [typed]


def test_a_code_is_shown_once_and_opens_the_account(office: Office) -> None:
    number, actor = somebody(office)
    desk = office.enter("verifier")
    desk.get("/dinas/akun")
    desk.submit("/dinas/akun", no_hp=number)
    page = desk.submit("/dinas/akun/kode")
    found = CODE.search(page.html)
    assert found is not None
    assert page.headers["cache-control"] == "private, no-store"
    assert office.acts_on(str(actor.account_id))[-1] == ("recovery.issued", {})
    assert CODE.search(desk.get("/dinas/akun").html) is None
    opened = office.make(
        lambda session: recovery.redeem(
            session, phone=number, code=found[1] + found[2], new_password="empat-perahu-merah"
        )
    )
    assert opened is not None
    assert opened.id == actor.account_id


def test_nobody_but_another_administrator_gives_a_code_for_staff(office: Office) -> None:
    number = accounts.fresh_phone()

    def analyst(session: Session) -> Actor:
        account = accounts.person(session, name="Petugas Lupa", phone=number)
        roles.give(session, office.staff["administrator"], account.id, "analyst")
        return accounts.actor(session, account)

    actor = office.make(analyst)
    desk = office.enter("verifier")
    desk.get("/dinas/akun")
    desk.submit("/dinas/akun", no_hp=number)
    page = desk.submit("/dinas/akun/kode", expect=403)
    assert "Kode untuk petugas hanya dapat dibuat oleh administrator lain." in page.text
    assert "Petugas Lupa" in page.text
    assert codes_of(office, actor.account_id) == 0
    chief = office.enter("administrator")
    chief.get("/dinas/akun")
    chief.submit("/dinas/akun", no_hp=number)
    assert CODE.search(chief.submit("/dinas/akun/kode").html)


def test_a_facilitator_helps_the_people_of_the_own_place_alone(office: Office) -> None:
    near, near_actor = somebody(office, "Warga Dekat")
    with_business(office, near, district=SANGATTA_UTARA, decided=True)
    far, far_actor = somebody(office, "Warga Jauh")
    with_business(office, far, district=SANGKULIRANG, decided=True)
    stranger, stranger_actor = somebody(office, "Pembeli Saja")
    desk = office.enter("facilitator")
    for number, status in ((near, 200), (far, 403), (stranger, 403)):
        desk.get("/dinas/akun")
        desk.submit("/dinas/akun", no_hp=number)
        desk.submit("/dinas/akun/kode", expect=status)
    assert "Anda hanya dapat bertindak untuk warga di wilayah tugas Anda." in desk.page.text
    assert codes_of(office, near_actor.account_id) == 1
    assert codes_of(office, far_actor.account_id) == 0
    assert codes_of(office, stranger_actor.account_id) == 0


def test_a_draft_a_facilitator_starts_opens_nobodys_account(office: Office) -> None:
    """Otherwise any phone number could be taken over by registering a business for it."""
    victim, actor = somebody(office, "Sasaran Uji")
    facilitator = office.staff["facilitator"]
    draft = BusinessDraft(
        name="Jebakan",
        owner=OwnerDraft(name="Sasaran Uji", phone=victim),
        district_code=SANGATTA_UTARA,
        main_product="jebakan",
    )
    office.make(
        lambda session: registration.submit(session, facilitator, registration.start(session, facilitator, draft).id).id
    )
    desk = office.enter("facilitator")
    desk.get("/dinas/akun")
    desk.submit("/dinas/akun", no_hp=victim)
    desk.submit("/dinas/akun/kode", expect=403)
    assert codes_of(office, actor.account_id) == 0


def test_the_owner_a_facilitator_registered_can_be_let_in_at_once(office: Office) -> None:
    number = accounts.fresh_phone()
    desk = office.enter("facilitator")
    desk.get("/dinas/usaha/baru")
    desk.submit(
        "/dinas/usaha/baru",
        nama_usaha="Usaha Pertama",
        nama_pemilik="Ibu Pertama",
        no_hp=number,
        tempat=SANGATTA_UTARA,
        produk_utama="kue",
        press=("langkah", "draf"),
    )
    desk.get("/dinas/akun")
    desk.submit("/dinas/akun", no_hp=number)
    assert "belum pernah dibuat" in desk.page.text
    assert CODE.search(desk.submit("/dinas/akun/kode").html)


def test_the_list_of_staff_names_roles_and_places_and_no_numbers(office: Office) -> None:
    page = office.enter("administrator").get("/dinas/petugas")
    assert "Arif Uji" in page.text
    assert "Pendamping Sangatta Utara" in page.text
    assert "Warga Uji" not in page.text
    assert re.search(r"\+628|08139\d{5}", page.html) is None


def test_a_role_is_given_for_a_place_and_taken_back(office: Office) -> None:
    _, actor = somebody(office, "Calon Pendamping")
    desk = office.enter("administrator")
    path = f"/dinas/petugas/{actor.account_id}"
    desk.get(path)
    page = desk.submit(f"{path}/peran", peran="facilitator", expect=422)
    assert "Pendamping harus punya wilayah tugas: pilih kecamatannya." in page.text
    assert page.form(f"{path}/peran").values["peran"] == ["facilitator"]
    page = desk.submit(f"{path}/peran", peran="facilitator", wilayah="64.08.04.1010")
    assert "Peran diberikan" in page.text
    (held,) = office.make(lambda session: roles.actor_of(session, actor.account_id).grants)  # type: ignore[arg-type]
    assert (held.role, held.district_code, held.village_code) == ("facilitator", SANGATTA_UTARA, "64.08.04.1010")
    page = desk.submit(f"{path}/peran", peran="facilitator", wilayah="64.08.04.1010", expect=409)
    assert "Akun ini sudah punya peran itu." in page.text
    page = desk.submit(f"{path}/cabut")
    assert "Tidak punya peran." in page.text
    assert office.make(lambda session: roles.actor_of(session, actor.account_id).grants) == frozenset()  # type: ignore[arg-type]


def test_no_role_at_all_and_a_role_that_is_none_are_refused(office: Office) -> None:
    _, actor = somebody(office)
    desk = office.enter("administrator")
    path = f"/dinas/petugas/{actor.account_id}"
    for peran in ("", "bupati"):
        desk.post(f"{path}/peran", expect=422, peran=peran)
        assert "Pilih perannya." in desk.page.text
    desk.post(f"{path}/peran", expect=422, peran="verifier", wilayah="99.99.99")
    assert office.make(lambda session: roles.actor_of(session, actor.account_id).grants) == frozenset()  # type: ignore[arg-type]


def test_a_role_of_somebody_else_is_not_taken_back_through_this_page(office: Office) -> None:
    _, actor = somebody(office)
    other = office.staff["analyst"]
    held = office.make(
        lambda session: session.exec(select(RoleGrant.id).where(RoleGrant.account_id == other.account_id)).one()
    )
    desk = office.enter("administrator")
    desk.post(f"/dinas/petugas/{actor.account_id}/cabut", expect=404, hak=str(held))
    assert office.make(lambda session: roles.actor_of(session, other.account_id).has("analyst"))  # type: ignore[arg-type]


def test_an_administrator_changes_nothing_of_the_own_account(office: Office) -> None:
    own = office.staff["administrator"].account_id
    desk = office.enter("administrator")
    page = desk.get(f"/dinas/petugas/{own}")
    assert "Ini akun Anda sendiri." in page.text
    assert [form.action for form in page.reader.forms if "/dinas/petugas" in form.action] == []
    desk.post(f"/dinas/petugas/{own}/peran", expect=403, peran="analyst")
    desk.post(f"/dinas/petugas/{own}/nonaktif", expect=403)
    assert office.make(lambda session: session.get_one(Account, own).status) == "active"


def test_closing_an_account_ends_its_sign_ins_at_once(office: Office) -> None:
    _, actor = somebody(office, "Akun Disalahgunakan")
    visitor = office.enter_as(actor)
    visitor.get("/akun")
    desk = office.enter("administrator")
    path = f"/dinas/petugas/{actor.account_id}"
    desk.get(path)
    page = desk.submit(f"{path}/nonaktif")
    assert "Akun nonaktif" in page.text
    assert visitor.get("/akun").path == "/masuk"
    desk.submit(f"{path}/aktif")
    assert office.make(lambda session: session.get_one(Account, actor.account_id).status) == "active"
    assert [act for act, _ in office.acts_on(str(actor.account_id))][-2:] == ["account.disabled", "account.enabled"]
