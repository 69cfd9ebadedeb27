"""Registrations: signed up, sent in, looked at by the office, checked again; by the same verbs as everybody's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from uuid import UUID

from sqlmodel import Session

from app.actor import Actor
from app.cli.demo_data import firms
from app.cli.demo_data.firms import Firm
from app.cli.demo_data.people import FIRST_OWNER, SELLER, People, phone
from app.cli.demo_data.scale import dice
from app.cli.demo_data.timeline import Timeline
from app.registry import registration, verification
from app.registry.rules import BusinessDraft, OwnerDraft

RETURNED = (
    (("village_code", "address"), "Desa dan alamat belum cocok. Mohon tulis alamat tempat usaha."),
    (("main_product",), "Mohon tulis barang utama yang dijual."),
    (("nib",), "NIB tidak terbaca pada berkas. Mohon periksa angkanya."),
)
REJECTED = "Usaha ini sudah terdaftar dengan nomor lain."
SUSPENDED = "Alamat usaha tidak ditemukan saat kunjungan. Hubungi dinas untuk membuka lagi."


@dataclass
class Registered:
    """A business of the rehearsal, and who runs it."""

    firm: Firm
    actor: Actor
    business_id: UUID


WhenActive = Callable[[Registered], None]


@dataclass
class Registering:
    session: Session
    timeline: Timeline
    people: People
    random: Random = field(default_factory=lambda: dice("registering"))

    def plan(self, firm: Firm, when_active: WhenActive) -> None:
        """Put down everything that happens to a registration."""
        self.timeline.put(self.timeline.now - firm.age, lambda: self.start(firm, when_active))

    def start(self, firm: Firm, when_active: WhenActive) -> None:
        if firm.serial == 0:
            owner = acting = self.people.cast[SELLER]
        else:
            owner = self.people.open(FIRST_OWNER + firm.serial, firm.owner)
            acting = self.people.facilitator if firm.assisted else owner
        business = registration.start(self.session, acting, draft_of(firm))
        made = Registered(firm, owner, business.id)
        if firm.becomes == "draft":
            return
        self.timeline.after(
            timedelta(minutes=self.random.randint(3, 240)), lambda: self.submit(made, acting, when_active)
        )

    def submit(self, made: Registered, acting: Actor, when_active: WhenActive) -> None:
        registration.submit(self.session, acting, made.business_id)
        if made.firm.becomes == "submitted":
            return
        self.timeline.after(timedelta(hours=self.random.randint(5, 120)), lambda: self.decide(made, when_active))

    def decide(self, made: Registered, when_active: WhenActive) -> None:
        session, verifier, firm = self.session, self.people.verifier, made.firm
        if firm.becomes == "needs_correction":
            fields, reason = self.random.choice(RETURNED)
            verification.send_back(session, verifier, made.business_id, reason=reason, fields=fields)
            return
        if firm.becomes == "rejected":
            verification.reject(session, verifier, made.business_id, reason=REJECTED)
            return
        verification.approve(session, verifier, made.business_id, self.checks(firm))
        when_active(made)
        if firm.serial and self.random.random() < 0.6:
            again = timedelta(days=self.random.randint(300, 362))
            self.timeline.after(again, lambda: self.recheck(made))
        if firm.becomes == "suspended":
            self.timeline.put(self.timeline.now - timedelta(days=6), lambda: self.suspend(made))
        if firm.becomes == "closed":
            self.timeline.put(self.timeline.now - timedelta(days=20), lambda: self.close(made))

    def checks(self, firm: Firm) -> list[str]:
        found = [kind for kind, odds in (("place", 0.5), ("product", 0.35)) if self.random.random() < odds]
        if firm.has_nik:
            found.append("identity")
        if firm.has_nib:
            found.append("nib")
        return found

    def recheck(self, made: Registered) -> None:
        verification.recheck(
            self.session, self.people.verifier, made.business_id, ["registry", *self.checks(made.firm)]
        )

    def suspend(self, made: Registered) -> None:
        verification.suspend(self.session, self.people.verifier, made.business_id, reason=SUSPENDED)

    def close(self, made: Registered) -> None:
        registration.close(self.session, made.actor, made.business_id)


def draft_of(firm: Firm) -> BusinessDraft:
    men, women = firm.workers or (None, None)
    return BusinessDraft(
        name=firm.name,
        owner=owner_of(firm),
        district_code=firm.district_code,
        village_code=firm.village_code,
        address=f"Gang Contoh {firm.serial + 1}",
        main_product=firm.trade.main_product,
        kbli_version=2020 if firm.trade.kbli else None,
        kbli_code=firm.trade.kbli,
        started_on=firm.started_on,
        nib=firms.nib(firm) if firm.has_nib else None,
        capital_amount=firm.capital_amount,
        turnover_amount=firm.turnover_amount,
        workers_male=men,
        workers_female=women,
    )


def owner_of(firm: Firm) -> OwnerDraft:
    """A facilitator names the owner by phone; who registers for oneself is known."""
    return OwnerDraft(
        name=firm.owner if firm.assisted else None,
        phone=phone(FIRST_OWNER + firm.serial) if firm.assisted else None,
        nik=firms.nik(firm) if firm.has_nik else None,
        sex="female" if firm.woman else "male",
    )
