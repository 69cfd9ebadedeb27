from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from app.kit import lifeline

ROOT = Path(__file__).resolve().parents[3]


def test_a_process_tied_to_a_parent_that_is_already_gone_ends_at_once() -> None:
    not_my_parent = os.getpid() + 1
    program = f"from app.kit import lifeline; lifeline.die_with_parent({not_my_parent}); print('alive')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "")


def test_a_process_tied_to_its_living_parent_goes_on() -> None:
    program = f"from app.kit import lifeline; lifeline.die_with_parent({os.getpid()}); print('alive')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout) == (0, "alive\n")


def test_a_foreign_program_gets_the_signal_when_its_starter_is_killed() -> None:
    shell = "import subprocess, time, signal; from app.kit import lifeline\n"
    shell += "child = subprocess.Popen(['sleep', '60'], preexec_fn=lifeline.before_exec(signal.SIGTERM))\n"
    shell += "print(child.pid, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", shell], stdout=subprocess.PIPE, text=True, cwd=ROOT) as starter:
        assert starter.stdout is not None
        child = Path(f"/proc/{int(starter.stdout.readline())}")
        assert lifeline.PR_SET_PDEATHSIG == 1
        starter.kill()
    deadline = time.monotonic() + 5
    while child.exists() and (child / "stat").read_text().rpartition(")")[2].split()[0] not in "ZX":
        assert time.monotonic() < deadline
        time.sleep(0.05)
