"""The register: what is public of a business, what its own people see, what is declared about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, Protocol

from api.v1.schemas.fields import Day, Incoming, Outgoing, Text, Whole
from app.registry import queries
from app.registry.files import OwnBusiness
from app.registry.queries import PublicBusiness
from app.registry.rules import BusinessDraft, OwnerDraft


class Kbli(Outgoing):
    version: int
    code: str
    title: str | None

    @classmethod
    def of(cls, found: queries.Kbli | None) -> Kbli | None:
        return None if found is None else cls(version=found.version, code=found.code, title=found.title)


class Badge(Outgoing):
    """What was checked, by which office, and until when that counts."""

    kind: str
    checked_by: str
    checked_on: date
    valid_until: date

    @classmethod
    def of(cls, found: queries.Badge) -> Badge:
        return cls(
            kind=found.kind, checked_by=found.checked_by, checked_on=found.checked_on, valid_until=found.valid_until
        )


class Business(Outgoing):
    """Public facts only. `district` and `village` are codes."""

    number: str
    name: str
    slug: str
    district: str | None
    district_name: str
    village: str | None
    village_name: str
    kbli: Kbli | None
    main_product: str | None
    badges: Sequence[Badge]

    @classmethod
    def of(cls, found: PublicBusiness) -> Business:
        return cls(**facts_of(found))


class OwnFile(Business):
    """A business that is not in the register (yet), for those who act for it: how it stands, and what has to be mended."""

    status: str
    reason: str | None
    fields: Sequence[str]

    @classmethod
    def of_own(cls, found: OwnBusiness) -> OwnFile:
        return cls(**facts_of(found), status=found.status, reason=found.reason, fields=list(found.correction_fields))


def facts_of(found: PublicBusiness | OwnBusiness) -> dict[str, Any]:
    return {
        "number": found.number,
        "name": found.name,
        "slug": found.slug,
        "district": found.district_code,
        "district_name": found.district,
        "village": found.village_code,
        "village_name": found.village,
        "kbli": Kbli.of(found.kbli),
        "main_product": found.main_product,
        "badges": [Badge.of(badge) for badge in found.badges],
    }


class Businesses(Outgoing):
    items: Sequence[Business]
    next: str | None


class KbliIn(Incoming):
    version: Whole
    code: Text


class OwnerIn(Incoming):
    name: Text
    phone: Text
    nik: Text | None = None
    sex: Literal["male", "female"] | None = None

    def draft(self) -> OwnerDraft:
        return OwnerDraft(name=self.name, phone=self.phone, nik=self.nik, sex=self.sex)


class BusinessIn(Incoming):
    """A registration. What is not known is left out or null: nothing is ever filled in for you."""

    name: Text
    owner: OwnerIn
    district_code: Text
    main_product: Text
    village_code: Text | None = None
    address: Text | None = None
    kbli: KbliIn | None = None
    started_on: Day | None = None
    nib: Text | None = None
    capital_amount: Whole | None = None
    turnover_amount: Whole | None = None
    workers_male: Whole | None = None
    workers_female: Whole | None = None

    def draft(self) -> BusinessDraft:
        return BusinessDraft(
            name=self.name,
            owner=self.owner.draft(),
            district_code=self.district_code,
            village_code=self.village_code,
            address=self.address,
            main_product=self.main_product,
            kbli_version=self.kbli.version if self.kbli else None,
            kbli_code=self.kbli.code if self.kbli else None,
            started_on=self.started_on,
            nib=self.nib,
            capital_amount=self.capital_amount,
            turnover_amount=self.turnover_amount,
            workers_male=self.workers_male,
            workers_female=self.workers_female,
        )


class Registered(Protocol):
    """Whatever a verb of the register gives back."""

    number: str
    status: str


class Decision(Incoming):
    """Why, for the owner to read; which fields to mend (`return`); what was checked beyond the papers (`approve`)."""

    reason: Text = ""
    fields: list[Text] = []
    checks: list[Text] = []


class Standing(Outgoing):
    """A business's number and its status after the call."""

    number: str
    status: str

    @classmethod
    def of(cls, found: Registered) -> Standing:
        return cls(number=found.number, status=found.status)
