"""The whole product behind its guards, spoken to over HTTP; one database a test file, with real commits."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
import uvicorn
from httpx import Client, Response
from pydantic import SecretStr
from sqlalchemy import Engine, text

from app import config, db, main
from app.accounts import passwords, roles, sessions, signup
from app.actor import GUEST, SYSTEM, Role
from app.db import Session, Transactions
from tests import conftest as databases

API = "/api/v1"
PASSWORD = "tiga-perahu-biru"
SANGATTA_UTARA = "64.08.04"
serials = count(1)


@dataclass
class Product:
    """The running product, and the database behind it."""

    client: Client
    engine: Engine
    begin: Transactions
    tokens: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, token: str | None = None, **more: Any) -> Response:
        headers = dict(more.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return self.client.request(method, f"{API}{path}", headers=headers, **more)

    def get(self, path: str, token: str | None = None, **more: Any) -> Response:
        return self.call("GET", path, token, **more)

    def post(self, path: str, token: str | None = None, **more: Any) -> Response:
        return self.call("POST", path, token, **more)

    def patch(self, path: str, token: str | None = None, **more: Any) -> Response:
        return self.call("PATCH", path, token, **more)

    def value(self, sql: str, **values: Any) -> Any:
        """One number or text from the database, to see that something happened, or did not."""
        with self.engine.connect() as connection:
            return connection.execute(text(sql), values).scalar_one()

    def do(self, verb: Callable[[Session], Any]) -> Any:
        with self.begin() as session:
            return verb(session)

    def person(self, *, role: Role | None = None, district: str | None = None, name: str = "Orang Uji") -> str:
        """Somebody who signed up (and holds a role), signed in: the token."""
        phone = fresh_phone()

        def sign_up(session: Session) -> str:
            account = signup.open_for_rehearsal(session, GUEST, name=name, phone=phone, password_hash=password_hash())
            if role is not None:
                roles.give(session, SYSTEM, account.id, role, district_code=district)
            return sessions.start(session, account, kind="api")

        token = str(self.do(sign_up))
        self.tokens[token] = phone
        return token

    def sign_in(self, phone: str, password: str = PASSWORD) -> Response:
        return self.post("/auth/token", json={"phone": phone, "password": password})

    def registration(self, token: str, /, **changes: Any) -> dict[str, Any]:
        """The body of a registration for oneself."""
        known = {
            "name": "Amplang Uji",
            "owner": {"name": "Orang Uji", "phone": self.tokens[token]},
            "district_code": SANGATTA_UTARA,
            "main_product": "amplang ikan tenggiri",
        }
        return {**known, **changes}

    def registered(self, owner: str, verifier: str, /, **changes: Any) -> str:
        """A business brought into the register through the API alone: its number."""
        number = str(self.post("/businesses", owner, json=self.registration(owner, **changes)).json()["number"])
        assert self.post(f"/businesses/{number}/submit", owner).status_code == 200
        assert self.post(f"/businesses/{number}/approve", verifier, json={}).status_code == 200
        return number

    def trusted(self, number: str) -> None:
        """The office trusts the shop of a business: its goods go live at once."""
        with self.engine.begin() as connection:
            connection.execute(
                text(
                    "UPDATE shop SET trusted = true"
                    " WHERE business_id = (SELECT id FROM business WHERE number = :number)"
                ),
                {"number": number},
            )

    def published(self, token: str, /, **changes: Any) -> dict[str, Any]:
        """A product of a trusted shop, on sale."""
        made = self.post("/products", token, json=goods(**changes))
        assert made.status_code == 201, made.text
        found = made.json()
        if found["status"] == "pending":
            self.trusted(found["business"]["number"])
            with self.engine.begin() as connection:
                connection.execute(
                    text("UPDATE product SET status = 'published', published_at = now() WHERE id = :id"),
                    {"id": found["id"]},
                )
            found = self.get(f"/products/{found['slug']}", token).json()
        assert found["status"] == "published"
        return dict(found)


@cache
def password_hash() -> str:
    """One hash for everybody: making one costs as much as ten calls."""
    return passwords.hashed(PASSWORD)


def fresh_phone() -> str:
    return f"08157{next(serials):07d}"


def goods(**changes: Any) -> dict[str, Any]:
    known = {
        "name": "Amplang Tenggiri",
        "category": "makanan",
        "price_amount": 25_000,
        "unit": "bungkus",
        "weight_gram": 250,
        "stock": {"mode": "counted", "on_hand": 10},
    }
    return {**known, **changes}


def checkout(*items: tuple[str, int], **changes: Any) -> dict[str, Any]:
    known = {
        "items": [{"product_id": product_id, "quantity": quantity} for product_id, quantity in items],
        "contact": {"name": "Pembeli Uji", "phone": fresh_phone()},
        "delivery": {"method": "pickup"},
        "payment_method": "cod",
    }
    return {**known, **changes}


def settings_with(url: str, **changes: Any) -> config.Settings:
    return config.load().model_copy(update={"database_url": SecretStr(url), **changes})


@contextmanager
def serving(settings: config.Settings) -> Iterator[Client]:
    """The product on a real server of this process, on loopback."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(main.build(settings), log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            with Client(base_url=address, timeout=30, trust_env=False) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(10)


@pytest.fixture(scope="module")
def product(administration: Engine) -> Iterator[Product]:
    name = f"api_{uuid4().hex[:12]}"
    url = databases.clone(administration, name)
    engine = db.connect(url, pool_size=5)
    with serving(settings_with(url)) as client:
        yield Product(client, engine, db.transactions(engine))
    engine.dispose()
    databases.drop(administration, name)


@pytest.fixture(scope="module")
def verifier(product: Product) -> str:
    return product.person(role="verifier", name="Pemeriksa Uji")


@pytest.fixture(scope="module")
def seller(product: Product, verifier: str) -> str:
    """The owner of a registered business that sells."""
    token = product.person(name="Penjual Uji")
    product.registered(token, verifier, name="Amplang Ibu Etam")
    return token


def problem(response: Response, status: int, code: str) -> dict[str, Any]:
    """The problem document, after checking that it is one."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail", "code"} <= set(body)
    assert (body["status"], body["code"]) == (status, code), body
    return body


def fields(body: dict[str, Any]) -> dict[str, str]:
    """Field and code of every error of a 422."""
    return {error["field"]: error["code"] for error in body["errors"]}
