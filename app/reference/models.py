"""Tables of the code lists. They mirror the files of `data/`; `load.py` alone writes them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from app.db import Timestamp


class Region(SQLModel, table=True):
    """A province, regency, district or village by its Kemendagri code (`64.08.04.1010`); the BPS code is another
    system, kept beside it."""

    __tablename__ = "region"
    __table_args__ = (
        CheckConstraint("level IN ('province','regency','district','village')", name="level_known"),
        CheckConstraint("(level = 'province') = (parent_code IS NULL)", name="only_provinces_are_roots"),
        CheckConstraint(
            "kind IN ('provinsi','kabupaten','kota','kecamatan','desa','kelurahan')",
            name="kind_known",
        ),
    )

    code: str = Field(primary_key=True)
    bps_code: str | None = Field(default=None, unique=True)
    name: str
    level: str
    kind: str
    parent_code: str | None = Field(default=None, foreign_key="region.code", index=True)


class RegionAlias(SQLModel, table=True):
    """Another spelling in use for a place (Kongbeng for Kombeng)."""

    __tablename__ = "region_alias"

    region_code: str = Field(primary_key=True, foreign_key="region.code", ondelete="CASCADE")
    alias: str = Field(primary_key=True)


class Kbli(SQLModel, table=True):
    """A business classification code. Five digits mean nothing without the version: 589 codes changed their title in
    2025.

    `complete` is set on divisions of which every five-digit code is in this table, so that an unknown code there is
    an error.
    """

    __tablename__ = "kbli"
    __table_args__ = (
        ForeignKeyConstraint(["version", "parent_code"], ["kbli.version", "kbli.code"], name="fk_kbli_parent"),
        CheckConstraint("version IN (2020, 2025)", name="version_known"),
        CheckConstraint("level IN ('section','division','group','class','subclass')", name="level_known"),
        CheckConstraint("NOT complete OR level = 'division'", name="complete_divisions"),
        Index("ix_kbli_parent", "version", "parent_code"),
    )

    version: int = Field(primary_key=True)
    code: str = Field(primary_key=True)
    title: str
    level: str
    parent_code: str | None = None
    section: str
    complete: bool = False


class ReferenceFile(SQLModel, table=True):
    """Which content of a list was loaded last: an unchanged list is not loaded again."""

    __tablename__ = "reference_file"

    name: str = Field(primary_key=True)
    sha256: str
    loaded_at: datetime = Field(sa_type=Timestamp)
