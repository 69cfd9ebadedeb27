from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import uvicorn

from tests.web.guards.asking import Told, ask
from web.guards import body_limit
from web.guards.body_limit import BodyLimit, Pace
from web.guards.headers import SecurityHeaders
from web.templating import critical_css

KIB = 1024
MULTIPART = {"content-type": "multipart/form-data; boundary=x"}


@dataclass
class Running:
    app: Told
    port: int

    def connection(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def answer(self, connection: socket.socket) -> bytes:
        received = b""
        while piece := connection.recv(65536):
            received += piece
        return received


@pytest.fixture
def server() -> Iterator[Running]:
    """The guard behind a real server, with windows of half a second instead of ten and thirty."""
    app = Told()
    listening = socket.create_server(("127.0.0.1", 0))
    guarded = BodyLimit(app, Pace(small=0.5, upload=0.5, least=100))
    running = uvicorn.Server(uvicorn.Config(guarded, lifespan="off", log_config=None, ws="none"))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield Running(app, listening.getsockname()[1])
    running.should_exit = True
    thread.join()
    listening.close()


def head(path: str, length: int, content_type: str = "application/x-www-form-urlencoded") -> bytes:
    lines = f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {content_type}\r\n"
    lines += f"Content-Length: {length}\r\n\r\n"
    return lines.encode()


@pytest.mark.parametrize(
    ("path", "headers", "most"),
    [
        ("/masuk", {}, 64 * KIB),
        ("/masuk", MULTIPART, 64 * KIB),
        ("/jual/produk", {}, 64 * KIB),
        ("/jual/produk", MULTIPART, body_limit.UPLOAD),
        ("/api/v1/checkouts", {}, 1024 * KIB),
        ("/api/v1/hooks/payments/stripe", {}, 256 * KIB),
        ("/api/v1/hooks/payments/stripe", MULTIPART, 256 * KIB),
    ],
)
def test_each_door_takes_so_much_and_not_a_byte_more(path: str, headers: dict[str, str], most: int) -> None:
    app = Told()
    for announced in (True, False):
        told = {"content-length": str(most)} if announced else {}
        assert ask(BodyLimit(app), "POST", path, headers=headers | told, body=[b"x" * most]).status == 200
        told = {"content-length": str(most + 1)} if announced else {}
        assert ask(BodyLimit(app), "POST", path, headers=headers | told, body=[b"x" * most, b"x"]).status == 413
    assert [len(body) for body in app.bodies] == [most, most]


def test_the_product_gets_the_body_as_it_was_sent() -> None:
    app = Told()
    pieces = [bytes([number % 256]) * 5000 for number in range(100)]
    ask(BodyLimit(app), "POST", "/api/v1/x", body=pieces)
    assert app.bodies == [b"".join(pieces)]


def test_an_empty_body_is_a_body() -> None:
    app = Told()
    assert ask(BodyLimit(app), "POST", "/keluar").status == 200
    assert app.bodies == [b""]


def test_a_person_gets_a_page_and_a_program_a_problem() -> None:
    page = ask(BodyLimit(Told()), "POST", "/masuk", headers={"content-length": "70000"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "terlalu besar" in page.text
    problem = ask(BodyLimit(Told()), "POST", "/api/v1/checkouts", headers={"content-length": "2000000"})
    assert problem.headers["content-type"] == "application/problem+json"
    assert json.loads(problem.text)["code"] == "too_large"


def test_the_style_of_that_page_is_allowed_by_its_hash() -> None:
    guarded = SecurityHeaders(BodyLimit(Told()), styles=[critical_css()], https=False)
    page = ask(guarded, "POST", "/masuk", headers={"content-length": "70000"})
    style = page.text.split("<style>")[1].split("</style>")[0]
    from_policy = ask(SecurityHeaders(Told(), styles=[style], https=False)).headers["content-security-policy"]
    assert page.headers["content-security-policy"] == from_policy


def test_who_hung_up_wakes_nothing() -> None:
    app = Told()
    answer = ask(BodyLimit(app), "POST", "/masuk", body=[])
    assert (answer.status, app.bodies) == (0, [])


def test_reading_pages_is_not_held_up() -> None:
    assert ask(BodyLimit(Told()), "GET", "/produk").status == 200


def test_a_sender_of_too_much_gets_to_see_why(server: Running) -> None:
    """Also when the whole of it is sent before anything is read: the server must not hang up on the page."""
    with server.connection() as connection:
        connection.sendall(head("/masuk", 2_000_000) + b"x" * 2_000_000)
        answer = server.answer(connection)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"Kiriman ini terlalu besar" in answer
    assert server.app.bodies == []


def test_a_body_of_hundreds_of_megabytes_is_not_read(server: Running) -> None:
    with server.connection() as connection:
        connection.sendall(head("/api/v1/checkouts", 300_000_000))
        began = time.monotonic()
        assert server.answer(connection).startswith(b"HTTP/1.1 413")
        assert time.monotonic() - began < 2


def test_a_body_without_a_length_is_counted_as_it_comes(server: Running) -> None:
    with server.connection() as connection:
        connection.sendall(
            b"POST /masuk HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        for _ in range(70):
            connection.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")
        connection.sendall(b"0\r\n\r\n")
        assert server.answer(connection).startswith(b"HTTP/1.1 413")
    assert server.app.bodies == []


def test_a_body_that_stands_still_is_let_go_within_a_window(server: Running) -> None:
    with server.connection() as connection:
        connection.sendall(head("/masuk", 1000) + b"x" * 10)
        began = time.monotonic()
        answer = server.answer(connection)
        assert time.monotonic() - began < 1.5
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"Periksa sinyal" in answer
    assert server.app.bodies == []


def test_one_byte_now_and_then_is_no_progress(server: Running) -> None:
    with server.connection() as connection:
        connection.sendall(head("/masuk", 1000))
        began = time.monotonic()
        answer = b""
        while not answer and time.monotonic() - began < 5:
            connection.sendall(b"x")
            connection.settimeout(0.1)
            try:
                answer = connection.recv(4096)
            except TimeoutError:
                continue
        assert answer.startswith(b"HTTP/1.1 408")


def test_a_slow_photo_that_keeps_coming_passes_many_windows(server: Running) -> None:
    """A 4 MB photo over five minutes, at a tenth of the time scale: eight windows long, more than the least in each."""
    photo = b"p" * 40_000
    with server.connection() as connection:
        connection.sendall(head("/jual/produk/1/foto", len(photo), "multipart/form-data; boundary=x"))
        began = time.monotonic()
        for start in range(0, len(photo), 1000):
            connection.sendall(photo[start : start + 1000])
            time.sleep(0.1)
        answer = server.answer(connection)
        assert time.monotonic() - began > 4
    assert answer.startswith(b"HTTP/1.1 200")
    assert server.app.bodies == [photo]


def test_slow_senders_do_not_slow_down_others(server: Running) -> None:
    slow = [server.connection() for _ in range(60)]
    for connection in slow:
        connection.sendall(head("/masuk", 1000) + b"x" * 100)
    began = time.monotonic()
    with server.connection() as connection:
        connection.sendall(head("/masuk", 4) + b"nama")
        assert server.answer(connection).startswith(b"HTTP/1.1 200")
    assert time.monotonic() - began < 0.4
    for connection in slow:
        connection.close()


def test_the_windows_in_use_let_a_four_megabyte_photo_take_five_minutes() -> None:
    pace = Pace()
    assert pace.least / pace.upload < 4_000_000 / 300 / 100
    assert pace.small <= 10
