"""Processes are kept alive, and none outlives the supervisor however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli import supervisor
from app.cli.supervisor import Child, Supervisor

ROOT = Path(__file__).resolve().parents[3]
SLEEPER = ("-c", "import time; time.sleep(60)")
SUPERVISE = """
    import sys
    from app.cli.supervisor import Child, Supervisor
    children = [Child(f"sleeper {number}", ("-c", "import time; time.sleep(60)")) for number in range(2)]
    def tell():
        print(*[child.process.pid for child in children], flush=True)
    sys.exit(Supervisor(children).run(lambda: all(child.process for child in children), tell))
"""


def until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def another_supervisor() -> tuple[subprocess.Popen[str], list[int]]:
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SUPERVISE)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    return process, [int(pid) for pid in process.stdout.readline().split()]


def test_a_killed_child_is_started_again() -> None:
    child = Child("sleeper", SLEEPER)
    child.look()
    assert child.process is not None
    first = child.process
    first.kill()
    first.wait()

    def again() -> bool:
        child.look()
        return child.process is not None and child.process is not first

    assert until(again)
    assert child.process is not None
    assert child.process.poll() is None
    child.process.kill()
    child.process.wait()


def test_the_pause_before_a_restart_doubles_with_every_fault_in_a_row_up_to_a_limit() -> None:
    child = Child("broken", ("-c", "raise SystemExit(3)"))
    pauses = []
    for _ in range(8):
        child.start()
        assert child.process is not None
        child.process.wait()
        before = time.monotonic()
        child.look()
        pauses.append(round(child.due_at - before, 1))
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


def test_a_child_that_never_starts_ends_the_run_with_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "SHORTEST_PAUSE", 0.01)
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    shown: list[str] = []
    try:
        run = Supervisor([Child("broken", ("-c", "raise SystemExit(3)"))])
        assert run.run(lambda: False, lambda: shown.append("ready")) == 1
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
    assert shown == []


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_ends_every_child_and_then_the_supervisor_with_success(sign: signal.Signals) -> None:
    process, children = another_supervisor()
    with process:
        assert len(children) == 2
        process.send_signal(sign)
        assert process.wait(15) == 0
    assert all(gone(pid) for pid in children)


def test_children_do_not_outlive_a_supervisor_that_was_killed() -> None:
    process, children = another_supervisor()
    with process:
        assert len(children) == 2
        assert not any(gone(pid) for pid in children)
        process.kill()
    assert until(lambda: all(gone(pid) for pid in children), 5)


def test_a_child_is_handed_the_socket_it_serves_and_nothing_else() -> None:
    given, other = os.pipe()
    child = Child("reader", ("-c", f"import os, sys; os.fstat({given}); sys.exit(0)"), (given,))
    child.start()
    assert child.process is not None
    assert child.process.wait(10) == 0
    refused = Child("reader", ("-c", f"import os, sys; os.fstat({other}); sys.exit(0)"), (given,))
    refused.start()
    assert refused.process is not None
    assert refused.process.wait(10) == 1
    os.close(given)
    os.close(other)
