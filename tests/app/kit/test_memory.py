"""A process of many threads keeps its memory in few places."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import threading
from app.kit import memory
{keep}
held = []
started = threading.Barrier(17)
def work():
    held.append([bytearray(1000) for _ in range(2000)])
    started.wait()
threads = [threading.Thread(target=work) for _ in range(16)]
for thread in threads: thread.start()
started.wait()
for thread in threads: thread.join()
held.clear()
print(sum(1 for line in open('/proc/self/maps') if ' ---p ' in line and line.rstrip().endswith(' 0')))
"""


def arenas(keep: str) -> int:
    """How many places were reserved, about: each has a stretch of its addresses that is not yet used."""
    ran = subprocess.run([sys.executable, "-c", PROGRAM.format(keep=keep)], capture_output=True, text=True, check=True)
    return int(ran.stdout)


def test_threads_share_places_when_they_are_told_to() -> None:
    assert arenas("memory.keep_together()") < arenas("")


def test_a_web_process_loads_neither_migrations_nor_commands_nor_the_optimiser() -> None:
    asked = "import app.main, sys; print([name for name in ('alembic', 'highspy', 'scipy', 'typer') if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
