"""What anybody may read of the register: active businesses, public facts, badges of today, and nothing of a person."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from sqlalchemy import event
from sqlmodel import Session

from app.errors import Invalid, NotFound
from app.kit import clock, ids
from app.registry import queries, registration, verification
from app.registry.models import Business
from app.registry.queries import Kbli
from app.registry.rules import OwnerDraft
from tests.factories import accounts, registry
from tests.factories.registry import SANGKULIRANG, TELUK_LINGGA

HIDDEN = ("draft", "submitted", "needs_correction", "rejected", "suspended", "closed")


def brought_to(session: Session, status: str) -> Business:
    owner, officer = accounts.somebody(session), accounts.staff(session, "verifier")
    business = registry.started(session, owner)
    if status not in ("draft", "closed"):
        registration.submit(session, owner, business.id)
    if status == "needs_correction":
        verification.send_back(session, officer, business.id, reason="Kurang", fields=["name"])
    if status == "rejected":
        verification.reject(session, officer, business.id, reason="Bukan usaha")
    if status in ("active", "suspended"):
        verification.approve(session, officer, business.id)
    if status == "suspended":
        verification.suspend(session, officer, business.id, reason="Diperiksa")
    if status == "closed":
        registration.close(session, owner, business.id)
    assert business.status == status
    return business


def names(session: Session, **wanted: object) -> list[str]:
    return [row.name for row in queries.listing(session, **wanted).items]  # type: ignore[arg-type]


def test_the_public_facts_of_a_business_and_no_others(session: Session) -> None:
    owner = accounts.somebody(session)
    business = registration.start(
        session, owner, registry.with_everything(owner=OwnerDraft(name="Kenari Sembilan", nik="6408045708907711"))
    )
    registration.submit(session, owner, business.id)
    verification.approve(session, accounts.staff(session, "verifier"), business.id)
    public = queries.by_number(session, business.number)
    assert (public.name, public.district, public.village, public.main_product, public.registered_on) == (
        "Amplang Uji", "Sangatta Utara", "Teluk Lingga", "amplang ikan tenggiri", clock.today(),
    )  # fmt: skip
    assert isinstance(public.kbli, Kbli)
    assert (public.kbli.version, public.kbli.code, bool(public.kbli.title)) == (2020, "10792", True)
    assert queries.by_slug(session, business.slug) == queries.by_id(session, business.id) == public
    told = str(asdict(public))
    for canary in ("Kenari", "6408045708907711", "Jalan Contoh", "987654321", "1234567891", "1234567890123", "+62"):
        assert canary not in told


@pytest.mark.parametrize("status", HIDDEN)
def test_a_business_that_is_not_active_is_missing_everywhere(session: Session, status: str) -> None:
    business = brought_to(session, status)
    for read, handle in (
        (queries.by_number, business.number),
        (queries.by_slug, business.slug),
        (queries.by_id, business.id),
        (queries.by_number, "KT-2026-999999-0"),
        (queries.by_number, "nu\0l"),
        (queries.by_slug, "nu\0l"),
        (queries.by_id, ids.uuid7()),
    ):
        with pytest.raises(NotFound) as refusal:
            read(session, handle)  # type: ignore[operator]
        assert refusal.value.sentence == "Usaha itu tidak ada di daftar."
    assert names(session) == []
    assert queries.active_count(session) == 0


@pytest.mark.parametrize(
    ("status", "state"),
    [(status, "suspended" if status == "suspended" else "unknown") for status in HIDDEN] + [("active", "registered")],
)
def test_a_number_is_registered_suspended_or_unknown(session: Session, status: str, state: str) -> None:
    business = brought_to(session, status)
    answer = queries.verify(session, f"  {business.number.lower()} ")
    assert (answer.state, answer.number) == (state, business.number)
    assert (answer.business is not None) is (state == "registered")


@pytest.mark.parametrize(
    "number", ["", "KT", "KT-2026-000001-9", "XX-2026-000001-5", "KT-2026-٠٠٠٠٠١-5", "nu\0l", "K" * 999]
)
def test_a_number_nobody_could_have_been_given_is_malformed(session: Session, number: str) -> None:
    assert queries.verify(session, number).state == "malformed"


def test_a_list_is_by_name_in_parts_that_neither_repeat_nor_skip(session: Session) -> None:
    made = ["Amplang B", "amplang a", "Kopi", "Kopi", "Madu"]
    for name in made:
        registry.active(session, name=name)
    seen, cursor = [], None
    for _ in range(4):
        page = queries.listing(session, cursor=cursor, limit=2)
        seen += [(row.name, row.id) for row in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert [name for name, _ in seen] == ["amplang a", "Amplang B", "Kopi", "Kopi", "Madu"]
    assert len(set(seen)) == 5
    assert cursor is None
    with pytest.raises(Invalid):
        queries.listing(session, cursor="bukan-penanda")


def test_a_list_is_narrowed_by_words_place_kind_and_check(session: Session) -> None:
    registry.active(session, name="Amplang Bu Siti", village_code=TELUK_LINGGA, kbli_version=2020, kbli_code="10792")
    registry.active(session, name="Kopi 100%_asli", district_code=SANGKULIRANG, main_product="kopi bubuk")
    assert names(session, q="siti AMPLANG") == ["Amplang Bu Siti"]
    assert names(session, q="bubuk") == ["Kopi 100%_asli"]
    assert names(session, q="0%_a") == ["Kopi 100%_asli"]
    assert names(session, q="%") == ["Kopi 100%_asli"], "a sign is a sign, not a wildcard"
    assert names(session, q="mplang_bu") == []
    assert names(session, district=SANGKULIRANG) == ["Kopi 100%_asli"]
    assert names(session, village=TELUK_LINGGA) == ["Amplang Bu Siti"]
    for code in ("10792", "107", "C", "c"):
        assert names(session, kbli_code=code) == ["Amplang Bu Siti"], code
    for code in ("108", "G", "1%", "_"):
        assert names(session, kbli_code=code) == [], code
    assert names(session, verified=True) == ["Amplang Bu Siti", "Kopi 100%_asli"]
    assert names(session, verified=False) == []
    for odd in ({"q": "nu\0l"}, {"district": "\0"}, {"village": "\0"}, {"kbli_code": "\0"}):
        assert names(session, **odd) == []


def test_a_long_list_asks_the_database_as_often_as_a_short_one(session: Session) -> None:
    def questions() -> int:
        asked: list[str] = []
        bind = session.connection().engine
        listener = lambda *args: asked.append(args[2])  # noqa: E731
        event.listen(bind, "before_cursor_execute", listener)
        queries.listing(session)
        event.remove(bind, "before_cursor_execute", listener)
        return len(asked)

    registry.active(session, kbli_version=2020, kbli_code="10792")
    short = questions()
    for code in ("10793", "1079", "C"):
        registry.active(session, kbli_version=2020, kbli_code=code)
    assert questions() == short == 1
