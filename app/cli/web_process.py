"""One web process: serves the listening socket it was handed. Started by the supervisor, several on one socket.

Imports no command, so that a web process stays small.
"""

from __future__ import annotations

import socket
import sys

import uvicorn

from app import config
from app.kit import memory

LONGEST_GOODBYE = 10
"""Seconds that answers under way get when the process is told to stop."""


def serve(descriptor: int) -> None:
    memory.keep_together()
    settings = config.settings()
    server = uvicorn.Server(
        uvicorn.Config(
            "app.main:application",
            factory=True,
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            # Without a named proxy nobody may say where a request came from.
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=settings.trusted_proxies or None,
            timeout_graceful_shutdown=LONGEST_GOODBYE,
        )
    )
    server.run(sockets=[socket.socket(fileno=descriptor)])
    if not server.started:
        raise SystemExit(1)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
