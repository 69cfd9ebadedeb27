"""The peers: two versions of django-oscar from the package index, each in a virtual environment of its own, never in our locks."""

from __future__ import annotations

import dataclasses
import json
import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg

from app.catalogue import categories
from app.embedded import PORT, SUPERUSER, Cluster
from bench.catalogue import LISTED, goods
from bench.servers import Server, run

HERE = Path(__file__).parent
CSRF = "b" * 32
"""Django compares the token of the form with the one of the cookie; any that agree will do."""


@dataclass(frozen=True)
class Oscar:
    """One version. 3.2 is the last whose lists come from the database; newer ones want a search server for them."""

    version: str

    @property
    def name(self) -> str:
        return f"django-oscar {self.version}"

    @property
    def database(self) -> str:
        return "bench_oscar_" + self.version.replace(".", "")

    def python(self, cache: Path) -> Path:
        return cache / f"oscar-{self.version}" / "bin" / "python"

    def environment(self, cache: Path, cluster: Cluster) -> dict[str, str]:
        return {
            "OSCAR_STATE": str(cache / f"oscar-{self.version}-state"),
            "OSCAR_DATABASE": self.database,
            "OSCAR_DATABASE_USER": SUPERUSER,
            "OSCAR_DATABASE_HOST": str(cluster.socket_folder),
            "OSCAR_DATABASE_PORT": str(PORT),
            "PYTHONWARNINGS": "ignore",
        }

    def install(self, cache: Path) -> None:
        """Once; later runs need no package index."""
        ready = cache / f"oscar-{self.version}" / ".ready"
        if ready.exists():
            return
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(ready.parent)], check=True)
        wanted = [f"django-oscar[sorl-thumbnail]=={self.version}", "psycopg[binary]", "gunicorn", "setuptools"]
        subprocess.run([str(self.python(cache)), "-m", "pip", "install", "--quiet", *wanted], check=True)
        ready.touch()

    def fill(self, cache: Path, cluster: Cluster) -> None:
        cluster.create_database(self.database)
        (cache / f"oscar-{self.version}-state").mkdir(exist_ok=True)
        lines = [json.dumps(dataclasses.asdict(row)) for row in (*categories.everything(), *goods())]
        subprocess.run(
            [str(self.python(cache)), "-m", "oscar_shop.fill"],
            input="\n".join(lines).encode(),
            cwd=HERE,
            env={**os.environ, **self.environment(cache, cluster)},
            check=True,
        )

    def serve(self, stack: ExitStack, workers: int, cache: Path, cluster: Cluster, log: Path) -> Server:
        """gunicorn's synchronous workers, as django-oscar is commonly run."""
        port = free_port()
        server = Server(self.name, workers, port)
        stack.callback(server.stop)
        command = [str(self.python(cache)), "-m", "gunicorn", "-w", str(workers), "-b", f"127.0.0.1:{port}"]
        server.processes.append(
            run([*command, "oscar_shop.wsgi:application"], self.environment(cache, cluster), log, folder=HERE)
        )
        return server

    def product_keys(self, cluster: Cluster) -> list[tuple[str, int]]:
        """Slug and id of every product, in the order of the catalogue."""
        with psycopg.connect(cluster.url(self.database)) as connection:
            rows = connection.execute("SELECT slug, id FROM catalogue_product ORDER BY CAST(upc AS integer)")
            return [(str(slug), int(number)) for slug, number in rows]

    def listed(self, cluster: Cluster) -> str:
        """The address of the category that is listed."""
        with psycopg.connect(cluster.url(self.database)) as connection:
            row = connection.execute(
                "SELECT parent.slug, own.slug, own.id FROM catalogue_category own"
                "  JOIN catalogue_category parent ON own.path LIKE parent.path || '%%' AND parent.depth = 1"
                " WHERE own.slug = %s",
                [LISTED],
            ).fetchone()
        if row is None:
            raise RuntimeError(f"{self.name} has no category {LISTED}")
        return "/catalogue/category/{}/{}_{}/".format(*row)


PAGES = Oscar("4.2.1")
"""The newest: its product page and basket."""

LISTS = Oscar("3.2.4")
"""Its lists and its search too."""


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
