"""Processes that never outlive the one that started them, not even when it is killed with SIGKILL (Linux)."""

import ctypes
import os
import signal
from collections.abc import Callable

PR_SET_PDEATHSIG = 1

# Looked up once, before any fork: after a fork nothing may be loaded safely.
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int, sign: signal.Signals = signal.SIGKILL) -> None:
    """Let the kernel send `sign` to this process when the thread that started it ends.

    `parent` is the process id the caller was started by: a parent that died before this call would never be reported by the
    kernel, so the process ends at once. Raises OSError when the kernel refuses.
    """
    if _libc.prctl(PR_SET_PDEATHSIG, int(sign), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        os.kill(os.getpid(), sign)


def before_exec(sign: signal.Signals) -> Callable[[], None]:
    """The `preexec_fn` that ties a foreign program (which cannot call `die_with_parent` itself) to this process."""
    parent = os.getpid()

    def tie() -> None:
        die_with_parent(parent, sign)

    return tie
