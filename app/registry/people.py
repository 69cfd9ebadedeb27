"""Owners: found again by account or by the blind index of their NIK, never by a name."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app import config
from app.accounts.models import Account
from app.actor import Actor
from app.audit import record
from app.errors import Forbidden, Invalid
from app.kit import clock, sealing
from app.kit.ids import uuid7
from app.registry import lapsing, rules
from app.registry.errors import OwnerRegisteredElsewhere
from app.registry.models import OPEN_TO_OWNER, Business, BusinessOwner
from app.registry.rules import OwnerDraft

NIK_FIELD = "business_owner.nik"


def of_account(session: Session, actor: Actor, account: Account, draft: OwnerDraft | None) -> BusinessOwner:
    """The owner behind an account, made at the first business. Raises OwnerRegisteredElsewhere for somebody else's NIK."""
    owner = session.exec(select(BusinessOwner).where(BusinessOwner.account_id == account.id)).one_or_none()
    if owner is None:
        name = draft.name if draft and draft.name else account.name
        made = insert(BusinessOwner).values(
            id=uuid7(), account_id=account.id, name=" ".join(name.split()), created_at=clock.now()
        )
        session.execute(made.on_conflict_do_nothing(index_elements=["account_id"]))  # two first businesses at once
        owner = session.exec(select(BusinessOwner).where(BusinessOwner.account_id == account.id)).one()
    if draft is not None:
        apply(session, actor, owner, draft)
    return owner


def apply(session: Session, actor: Actor, owner: BusinessOwner, draft: OwnerDraft) -> None:
    """Raises Invalid when a facilitator would change what is known of a person already registered elsewhere or decided on."""
    another = differs(owner, draft)
    if another and not may_change(session, actor, owner):
        raise Invalid.one(
            "owner.name", "Nomor HP ini tercatat pada pemilik dengan data lain. Periksa nomor dan namanya.", "differs"
        )
    if draft.name:
        owner.name = " ".join(draft.name.split())
    if draft.sex is not None:
        owner.sex = draft.sex
    if draft.nik is not None:
        seal_nik(session, owner, rules.digits_of(draft.nik))
    session.flush()
    if another:
        lapsing.end_identity(session, actor, owner)


def differs(owner: BusinessOwner, draft: OwnerDraft) -> bool:
    """Whether the draft changes something known; filling a gap changes nothing."""
    if draft.name and " ".join(draft.name.split()).casefold() != owner.name.casefold():
        return True
    if draft.sex is not None and owner.sex not in (None, draft.sex):
        return True
    return draft.nik is not None and owner.nik_index not in (None, index_of(rules.digits_of(draft.nik)))


def may_change(session: Session, actor: Actor, owner: BusinessOwner) -> bool:
    """The person, whoever keeps the register, and a facilitator as long as nothing of the person's is decided or elsewhere."""
    if actor.account_id == owner.account_id:
        return True
    return all(
        rules.keeps_register(actor, row.district_code, row.village_code)
        or (row.status in OPEN_TO_OWNER and actor.facilitates(row.district_code or "", row.village_code))
        for row in session.exec(select(Business).where(Business.owner_id == owner.id))
    )


def index_of(nik: str) -> bytes:
    return sealing.blind_index(config.settings().index_key.get_secret_value(), NIK_FIELD, nik)


def seal_nik(session: Session, owner: BusinessOwner, nik: str) -> None:
    """Store the NIK encrypted and indexed; two people registering one NIK at once: the unique index decides."""
    settings = config.settings()
    index = index_of(nik)
    if owner.nik_index == index:
        return
    place = sealing.Place("business_owner", "nik_sealed", str(owner.id))
    try:
        with session.begin_nested():
            owner.nik_sealed = sealing.seal(settings.decoded_data_keys(), place, nik)
            owner.nik_index = index
            owner.sex = owner.sex or rules.nik_sex(nik)
            session.flush()
    except IntegrityError as fault:
        session.refresh(owner)
        raise OwnerRegisteredElsewhere.make() from fault


def read_nik(session: Session, actor: Actor, owner: BusinessOwner, *, purpose: str = "verification") -> str | None:
    """The NIK in clear, for an officer's eyes at the desk; the reading and its purpose are audited. Raises Forbidden for
    anybody else."""
    if not actor.has("administrator", "verifier"):
        raise Forbidden
    if owner.nik_sealed is None:
        return None
    record.note(
        session,
        actor,
        action="owner.nik_read",
        subject_kind="business_owner",
        subject_id=owner.id,
        detail={"purpose": purpose},
        beneficiary=owner.account_id,
    )
    place = sealing.Place("business_owner", "nik_sealed", str(owner.id))
    return sealing.unseal(config.settings().decoded_data_keys(), place, bytes(owner.nik_sealed))
