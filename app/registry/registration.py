"""Register a business: a draft kept at every step, then sent to the office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlmodel import Session, func, select

from app.accounts import signup
from app.accounts.models import Account
from app.actor import Actor
from app.audit import record
from app.errors import FieldError, Invalid, NotFound, SignInRequired
from app.kit import clock, slugs
from app.kit.ids import uuid7
from app.outbox import publish
from app.reference import kbli, regions
from app.registry import lapsing, membership, numbers, people, rules
from app.registry.errors import NotInYourPlace, Outdated, TooManyDrafts, WrongStatus
from app.registry.events import BusinessChanged, BusinessClosed, BusinessSubmitted
from app.registry.models import (
    ACTIVE,
    CLOSED,
    DRAFT,
    OPEN_TO_OWNER,
    SUBMITTED,
    SUSPENDED,
    Business,
    BusinessOwner,
    BusinessReport,
)
from app.registry.rules import BusinessDraft, OwnerDraft

PLAIN_FIELDS = ("name", "address", "main_product")
MOST_DRAFTS = 20
REPORTED = ("capital_amount", "turnover_amount", "workers_male", "workers_female")


def start(session: Session, actor: Actor, draft: BusinessDraft) -> Business:
    """Begin a registration; the only thing needed yet is a name.

    An owner registers for oneself. A facilitator (in the own place) or an officer registers for somebody else, named by
    phone: the account is opened if there is none. Raises Invalid, NotInYourPlace, SignInRequired, TooManyDrafts.
    """
    if actor.account_id is None:
        raise SignInRequired
    for_another = registers_for_another(session, actor, draft.owner)
    faults = [*rules.draft_faults(draft), *list_faults(session, draft)]
    if draft.name is None:
        faults.append(FieldError("name", "missing", "Tulis nama usaha."))
    if for_another and (draft.owner is None or not draft.owner.name):
        faults.append(FieldError("owner.name", "missing", "Tulis nama pemilik."))
    if faults:
        raise Invalid(*faults)
    if for_another:
        refuse_foreign_place(actor, draft)
    account = owner_account(session, actor, draft.owner, for_another=for_another)
    owner = people.of_account(session, actor, account, draft.owner)
    limit_drafts(session, owner)
    business = Business(
        id=uuid7(),
        number="",
        slug="",
        name="",
        owner_id=owner.id,
        source=source_of(actor, for_another=for_another),
        created_at=clock.now(),
        created_by=actor.account_id,
    )
    fill(session, actor, business, draft)
    business.number = numbers.next_number(session)
    business.slug = free_slug(business)
    session.add(business)
    session.flush()
    membership.add_owner(session, business, account.id)
    report(session, actor, business, draft)
    note(session, actor, business, "business.started", account.id)
    return business


def save_step(
    session: Session, actor: Actor, business_id: UUID, draft: BusinessDraft, *, expected_version: int | None = None
) -> Business:
    """Keep what one step of the form gave. Fields that were not given stay. Raises NotFound, WrongStatus, Outdated, Invalid."""
    business = own(session, actor, business_id)
    if business.status not in OPEN_TO_OWNER:
        raise WrongStatus
    if expected_version is not None and business.version != expected_version:
        raise Outdated
    faults = [*rules.draft_faults(draft), *list_faults(session, draft, business)]
    if faults:
        raise Invalid(*faults)
    apply(session, actor, business, draft)
    note(session, actor, business, "business.step_saved", detail={"fields": given(draft)})
    return business


def change(
    session: Session, actor: Actor, business_id: UUID, draft: BusinessDraft, *, expected_version: int | None = None
) -> Business:
    """Change an active business's own facts; its public wording follows at once. A check of what changed ends, the others stay
    dated as they are.

    Raises NotFound, WrongStatus, Outdated, Invalid.
    """
    business = own(session, actor, business_id)
    if business.status not in (ACTIVE, SUSPENDED):
        return save_step(session, actor, business_id, draft, expected_version=expected_version)
    if expected_version is not None and business.version != expected_version:
        raise Outdated
    faults = [*rules.draft_faults(draft), *list_faults(session, draft, business)]
    if faults:
        raise Invalid(*faults)
    apply(session, actor, business, draft)
    note(session, actor, business, "business.changed", detail={"fields": given(draft)})
    publish.announce(session, BusinessChanged(business.id, business.number, business.version))
    return business


def submit(session: Session, actor: Actor, business_id: UUID) -> Business:
    """Send it to the office. Raises NotFound, WrongStatus, Invalid naming what is still missing."""
    business = own(session, actor, business_id)
    if business.status not in OPEN_TO_OWNER:
        raise WrongStatus
    missing = rules.missing_for_submission(
        name=business.name, district_code=business.district_code, main_product=business.main_product
    )
    if missing:
        raise Invalid(*missing)
    business.move_to(SUBMITTED)
    business.submitted_at = clock.now()
    business.correction_fields = []
    business.decision_reason = None
    session.flush()
    note(session, actor, business, "business.submitted")
    publish.announce(session, BusinessSubmitted(business.id, business.number))
    return business


def close(session: Session, actor: Actor, business_id: UUID) -> Business:
    """The business has ended, or the draft was a mistake. The record stays. Raises NotFound, WrongStatus."""
    business = own(session, actor, business_id)
    business.move_to(CLOSED)
    business.closed_on = clock.today()
    session.flush()
    note(session, actor, business, "business.closed")
    publish.announce(session, BusinessClosed(business.id, business.number))
    return business


def own(session: Session, actor: Actor, business_id: UUID) -> Business:
    """The business, locked, if the actor may act for it; foreign is missing."""
    business = session.exec(
        select(Business)
        .where(Business.id == business_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if business is None or not membership.acts_for(session, actor, business):
        raise NotFound
    return business


def registers_for_another(session: Session, actor: Actor, owner: OwnerDraft | None) -> bool:
    """Staff who name a phone that is not their own act for somebody; anybody else always registers for oneself."""
    if owner is None or not owner.phone or not actor.has("administrator", "verifier", "facilitator"):
        return False
    mine = session.get_one(Account, actor.account_id)
    return signup.normalised(owner.phone) != mine.phone_e164


def limit_drafts(session: Session, owner: BusinessOwner) -> None:
    """Every draft takes one of the year's numbers, which must not run out by somebody's play. Raises TooManyDrafts."""
    drafts = select(func.count()).select_from(Business).where(Business.owner_id == owner.id, Business.status == DRAFT)
    if session.exec(drafts).one() >= MOST_DRAFTS:
        raise TooManyDrafts


def refuse_foreign_place(actor: Actor, draft: BusinessDraft) -> None:
    if rules.keeps_register(actor, draft.district_code, draft.village_code):
        return
    if draft.district_code is None or not actor.facilitates(draft.district_code, draft.village_code):
        raise NotInYourPlace


def owner_account(session: Session, actor: Actor, owner: OwnerDraft | None, *, for_another: bool) -> Account:
    if for_another and owner is not None:
        try:
            return signup.open_for_owner(session, actor, name=owner.name or "", phone=owner.phone or "")
        except Invalid as fault:
            raise Invalid(*(replace(error, field=f"owner.{error.field}") for error in fault.errors)) from fault
    return session.get_one(Account, actor.account_id)


def source_of(actor: Actor, *, for_another: bool) -> str:
    if not for_another:
        return "self"
    return "office" if actor.has("administrator", "verifier") else "facilitator"


def list_faults(session: Session, draft: BusinessDraft, business: Business | None = None) -> Sequence[FieldError]:
    """Faults that only the official lists can tell: districts, villages, KBLI."""
    found = []
    district = draft.district_code or (business.district_code if business else None)
    if draft.district_code is not None and not regions.is_own_district(draft.district_code):
        found.append(FieldError("district_code", "unknown", "Kecamatan itu tidak dikenal. Pilih dari daftar."))
    if draft.village_code is not None and (
        district is None or not regions.is_own_village(draft.village_code, district)
    ):
        found.append(
            FieldError("village_code", "unknown", "Desa itu tidak ada di kecamatan tersebut. Pilih dari daftar.")
        )
    if draft.kbli_code is not None and draft.kbli_version is None:
        found.append(FieldError("kbli", "missing", "Sebutkan versi KBLI: 2020 atau 2025."))
    elif draft.kbli_code is not None and draft.kbli_version is not None:
        fault = kbli.judge(session, draft.kbli_version, draft.kbli_code).fault
        if fault:
            found.append(FieldError("kbli", "unknown", fault))
    return found


def apply(session: Session, actor: Actor, business: Business, draft: BusinessDraft) -> None:
    before = lapsing.facts(business)
    fill(session, actor, business, draft)
    if not membership.acts_for(session, actor, business):  # a facilitator cannot carry it out of the own place
        raise NotInYourPlace
    business.version += 1
    if draft.owner is not None and business.owner_id is not None:
        people.apply(session, actor, session.get_one(BusinessOwner, business.owner_id), draft.owner)
    session.flush()
    lapsing.end_changed(session, actor, business, before)
    report(session, actor, business, draft)


def fill(session: Session, actor: Actor, business: Business, draft: BusinessDraft) -> None:
    for field in draft.cleared:
        for column in ("kbli_version", "kbli_code", "kbli_listed") if field == "kbli" else (field,):
            setattr(business, column, None)
    for field in PLAIN_FIELDS:
        value = getattr(draft, field)
        if value is not None:
            setattr(business, field, " ".join(value.split()) or None)
    if draft.district_code is not None and draft.district_code != business.district_code:
        business.district_code = draft.district_code
        business.village_code = None
    if draft.village_code is not None:
        business.village_code = draft.village_code
    if draft.kbli_code is not None and draft.kbli_version is not None:
        verdict = kbli.judge(session, draft.kbli_version, draft.kbli_code)
        business.kbli_version, business.kbli_code, business.kbli_listed = verdict.version, verdict.code, verdict.listed
    if draft.started_on is not None:
        business.started_on = draft.started_on
    if draft.nib is not None:
        business.nib = rules.digits_of(draft.nib)
    editor = str(actor.account_id)
    if actor.account_id is not None and editor not in business.edited_by:
        business.edited_by = [*business.edited_by, editor]


def report(session: Session, actor: Actor, business: Business, draft: BusinessDraft) -> None:
    """Money and workers are a dated report of their own."""
    values = {field: getattr(draft, field) for field in REPORTED}
    if all(value is None for value in values.values()):
        return
    now = clock.now()
    session.add(
        BusinessReport(
            business_id=business.id,
            reported_on=clock.business_date(now),
            reported_by=actor.account_id,
            created_at=now,
            **values,
        )
    )
    session.flush()


def free_slug(business: Business) -> str:
    """Name and number: unique without asking, and it survives a namesake."""
    return f"{slugs.slug(business.name)}-{business.number.split('-', 1)[1].lower()}"


def given(draft: BusinessDraft) -> list[str]:
    """The names of the fields given, for the audit: never what was in them."""
    named = (name for name in BusinessDraft.__dataclass_fields__ if name not in ("owner", "cleared"))
    fields = sorted({name for name in named if getattr(draft, name) is not None} | draft.cleared)
    if draft.owner is not None:
        fields += [
            f"owner.{name}" for name in OwnerDraft.__dataclass_fields__ if getattr(draft.owner, name) is not None
        ]
    return fields


def note(
    session: Session,
    actor: Actor,
    business: Business,
    action: str,
    beneficiary: UUID | None = None,
    *,
    detail: dict[str, object] | None = None,
) -> None:
    beneficiary = beneficiary or membership.owner_account(session, business.id)
    helping = actor.has("facilitator") and not actor.is_office and actor.account_id != beneficiary
    record.note(
        session,
        replace(actor, channel="facilitator") if helping else actor,
        action=action,
        subject_kind="business",
        subject_id=business.id,
        detail=detail,
        beneficiary=beneficiary,
    )
