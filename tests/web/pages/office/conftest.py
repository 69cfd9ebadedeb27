"""The whole product over a committed database, with one person of every role, read as a browser without JavaScript reads it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID, uuid4

import pytest
import uvicorn
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlmodel import Session, select

from app import config, db, main
from app.accounts import sessions
from app.accounts.models import Account
from app.actor import Actor
from app.audit.models import AuditRecord
from app.db import Transactions
from app.registry.models import Business
from tests.conftest import clone, drop
from tests.factories import accounts, registry
from tests.journeys.browser import Browser

SANGATTA_UTARA = registry.SANGATTA_UTARA
SANGKULIRANG = registry.SANGKULIRANG

Found = TypeVar("Found")


class Desk(Browser):
    """Somebody's browser, signed in already."""

    def __init__(self, base_url: str, token: str | None) -> None:
        super().__init__(base_url)
        if token is not None:
            self.client.cookies.set("sesi", token)

    def post(self, path: str, *, expect: int, **typed: str | list[str]) -> None:
        """A post no page of this person offers: what somebody would send who knows the address."""
        headers = {"Sec-Fetch-Site": "same-origin"}
        page = self.keep(self.client.post(path, data=typed, headers=headers, follow_redirects=False))
        assert page.status == expect, f"POST {path}: {page.status}\n{page.text[:1500]}"

    def download(self, path: str) -> tuple[bytes, dict[str, str]]:
        response = self.client.get(path)
        assert response.status_code == 200, response.text[:500]
        return response.content, dict(response.headers)


@dataclass
class Office:
    """The running product, its database, and who works in it."""

    base_url: str
    begin: Transactions
    staff: dict[str, Actor]
    desks: list[Desk] = field(default_factory=list)

    def enter(self, role: str) -> Desk:
        """The browser of the person with that role, signed in; "guest" is nobody."""
        return self.enter_as(self.staff[role] if role != "guest" else None)

    def enter_as(self, actor: Actor | None) -> Desk:
        token = None
        if actor is not None:
            with self.begin() as session:
                token = sessions.start(session, session.get_one(Account, actor.account_id))
        self.desks.append(Desk(self.base_url, token))
        return self.desks[-1]

    def make(self, work: Callable[[Session], Found]) -> Found:
        """Something made through the domain's verbs, committed."""
        with self.begin() as session:
            return work(session)

    def business(self, number: str) -> Business:
        with self.begin() as session:
            return session.exec(select(Business).where(Business.number == number)).one()

    def submitted(self, owner: Actor | None = None, **facts: object) -> str:
        """The number of a registration that waits for a decision."""
        return self.make(lambda session: registry.submitted(session, owner, **facts).number)

    def active(self, owner: Actor | None = None, **facts: object) -> str:
        return self.make(lambda session: registry.active(session, owner, **facts).number)

    def acts_on(self, subject: UUID | str) -> list[tuple[str, dict[str, object]]]:
        """What the audit says was done to a record, oldest first."""
        with self.begin() as session:
            rows = session.exec(
                select(AuditRecord).where(AuditRecord.subject_id == str(subject)).order_by(AuditRecord.id)  # type: ignore[arg-type]
            )
            return [(row.action, dict(row.detail)) for row in rows]


@pytest.fixture(scope="module")
def office(administration: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    name = f"office_{uuid4().hex[:12]}"
    url = clone(administration, name)
    engine = db.connect(url, pool_size=5)
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening, pytest.MonkeyPatch.context() as environment:
        base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        environment.setenv("PASAR_BASE_URL", base_url)
        environment.setenv("PASAR_MEDIA_URL", str(tmp_path_factory.mktemp("media")))
        config.settings.cache_clear()
        settings = config.load().model_copy(update={"database_url": SecretStr(url)})
        server = uvicorn.Server(uvicorn.Config(main.build(settings), log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        found = Office(base_url, db.transactions(engine), {})
        try:
            with found.begin() as session:
                found.staff = {
                    "administrator": accounts.staff(session, "administrator", name="Rahmi Uji"),
                    "verifier": accounts.staff(session, "verifier", name="Joko Uji"),
                    "analyst": accounts.staff(session, "analyst", name="Sinta Uji"),
                    "facilitator": accounts.staff(
                        session, "facilitator", district_code=SANGATTA_UTARA, name="Arif Uji"
                    ),
                    "person": accounts.actor(session, accounts.person(session, name="Warga Uji")),
                }
            yield found
        finally:
            for desk in found.desks:
                desk.client.close()
            server.should_exit = True
            thread.join(10)
    engine.dispose()
    drop(administration, name)
