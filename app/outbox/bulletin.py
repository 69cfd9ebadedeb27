"""Tell every web process, at the moment of the commit, that the public now reads something else of a shop or a business.

For copies that must not be a second old (the rendered pages of `web/page_cache`); whatever may wait for the worker is an event.
Nothing is kept: who does not listen has to forget his copies. Every transaction that tells something commits one after the other
with the others that do, so an ordinary order that leaves enough on the shelf tells nothing.
"""

from __future__ import annotations

from typing import Final, Literal
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

CHANNEL: Final = "public_wording"

Kind = Literal["shop", "business", "search"]
"""`shop`: its goods, their stock, its terms. `business`: its entry in the register. `search`: the words goods are found by."""


TELL: Final = text("SELECT pg_notify(:channel, :subject)")


def subject(kind: Kind, id_: UUID | str) -> str:
    return f"{kind}:{id_}"


def tell(session: Session, subject: str) -> None:
    """Told when the caller's transaction commits, and only then; once, however often it is called."""
    session.execute(TELL, {"channel": CHANNEL, "subject": subject})
