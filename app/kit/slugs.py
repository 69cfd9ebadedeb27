"""Names in addresses."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 80


def slug(text: str) -> str:
    """`Amplang Ikan "Ibu Etam" 250 g` becomes `amplang-ikan-ibu-etam-250-g`; nothing usable becomes `tanpa-nama`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return words[:LONGEST].strip("-") or "tanpa-nama"
