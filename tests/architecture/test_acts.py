"""Every act the audit may hold has words: `shop.set_up` on an officer's page would be a riddle."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT_BY = re.compile(
    r"""(?:action=|\bnote\([^()]*?|\bchanged\([^()]*?|\bdecided\([^()]*?)"([a-z_]+\.[a-z_]+)\"""", re.S
)
"""A name of an act, handed to what writes it down."""


def acts() -> set[str]:
    return {act for path in (ROOT / "app").rglob("*.py") for act in KEPT_BY.findall(path.read_text())}


def test_every_act_of_the_audit_has_words() -> None:
    words = (ROOT / "web" / "templates" / "components" / "acts.html").read_text()
    assert len(acts()) > 50
    assert sorted(act for act in acts() if f'"{act}"' not in words) == []
