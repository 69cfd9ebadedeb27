"""Which migration is the newest, without the library that applies them: it would be a tenth of a web process."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

NAMED: Final = re.compile(r'^(revision|down_revision)\b[^=\n]*= *"(\w+)"', re.MULTILINE)


def newest(folder: Path) -> str | None:
    """The revision of this folder that no other one builds upon; None where there is none."""
    found = [NAMED.findall(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.py"))]
    named = [dict(pairs) for pairs in found if pairs]
    built_upon = {one.get("down_revision") for one in named}
    heads = [one["revision"] for one in named if one["revision"] not in built_upon]
    return heads[-1] if heads else None
