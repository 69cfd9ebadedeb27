"""The regency this installation serves, as data (DESIGN D15): nothing in the product names a regency but its folder."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.config import ConfigurationFault, settings

SHIPPED = Path(__file__).resolve().parent / "data"
DESCRIPTION = "regency.toml"


@dataclass(frozen=True)
class Contacts:
    """How people reach the office; None where the office has not said."""

    address: str | None = None
    phone: str | None = None
    email: str | None = None
    website: str | None = None


@dataclass(frozen=True)
class Regency:
    """Names as people write them, the codes of both systems, and what differs from regency to regency."""

    code: str
    bps_code: str | None
    name: str
    short_name: str
    province_code: str
    province_name: str
    office_name: str
    office_short_name: str
    number_prefix: str
    timezone: str
    contacts: Contacts
    folder: Path

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


def current() -> Regency:
    """The regency chosen by `PASAR_REGENCY`. Raises ConfigurationFault when its folder is missing or faulty."""
    chosen = settings()
    return read(folder_of(chosen.regency, chosen.data_dir))


@lru_cache(maxsize=8)
def folder_of(code: str, data_dir: Path) -> Path:
    """An operator's own folder comes before the one shipped with the product."""
    for folder in (data_dir / "regencies" / code, SHIPPED / "regencies" / code):
        if (folder / DESCRIPTION).is_file():
            return folder.resolve()
    raise ConfigurationFault([f"PASAR_REGENCY: there is no folder regencies/{code} with a {DESCRIPTION}"])


@lru_cache(maxsize=8)
def read(folder: Path) -> Regency:
    """The description in a regency's folder. Raises ConfigurationFault naming what is wrong."""
    described = tomllib.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    try:
        regency = Regency(
            code=described["code"],
            bps_code=described.get("bps_code"),
            name=described["name"],
            short_name=described["short_name"],
            province_code=described["province"]["code"],
            province_name=described["province"]["name"],
            office_name=described["office"]["name"],
            office_short_name=described["office"]["short_name"],
            number_prefix=described["number_prefix"],
            timezone=described["timezone"],
            contacts=Contacts(**described.get("contacts", {})),
            folder=folder,
        )
        ZoneInfo(regency.timezone)
    except (KeyError, TypeError, ZoneInfoNotFoundError) as fault:
        raise ConfigurationFault([f"{DESCRIPTION} of regency {folder.name}: {fault}"]) from fault
    if regency.code != folder.name:
        raise ConfigurationFault([f"{DESCRIPTION} of regency {folder.name} says code {regency.code}"])
    return regency
