"""Tables of search: copies, made again from the catalogue at any time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Index, SmallInteger, String
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field, SQLModel

from app.db import Timestamp


class SearchDocument(SQLModel, table=True):
    """The words of one public product, weighted. Everything else about it is read live, so no copy can show an old price.
    `version` says which product and business they were taken from."""

    __tablename__ = "search_document"
    __table_args__ = (Index("ix_search_document_words", "words", postgresql_using="gin"),)

    product_id: UUID = Field(primary_key=True, foreign_key="product.id", ondelete="CASCADE")
    version: str
    words: str = Field(sa_column=Column(TSVECTOR, nullable=False))


class SearchWord(SQLModel, table=True):
    """The catalogue's own vocabulary: in how many products a word stands, and in how many it names something.

    Compared byte by byte, so that the primary key also finds beginnings of words whatever the database's collation.
    """

    __tablename__ = "search_word"

    word: str = Field(sa_column=Column(String(collation="C"), primary_key=True))
    length: int = Field(sa_type=SmallInteger, index=True)
    uses: int
    named: int


class SearchIndex(SQLModel, table=True):
    """What is known of one engine's index. `stale_since`: when something could last not be told to
    it, so it is to be built again."""

    __tablename__ = "search_index"

    engine: str = Field(primary_key=True)
    rebuilt_at: datetime | None = Field(default=None, sa_type=Timestamp)
    stale_since: datetime | None = Field(default=None, sa_type=Timestamp)
