"""The forms of a decision about a registration: what was checked, what is to be mended, and why.

Several of them stand on one page, so the reason has a name of its own in each.
"""

from __future__ import annotations

from collections.abc import Mapping

from web.forms.reading import Typed

APPROVE = {"checks": "periksa"}
RECHECK = {"checks": "periksa_ulang"}
RETURN = {"reason": "alasan_kembali", "fields": "isian"}
REJECT = {"reason": "alasan_tolak"}
SUSPEND = {"reason": "alasan_tangguh"}
READ_NIK = {"purpose": "keperluan"}
"""The domain's field names in the words of each form."""

REASONS = ("alasan_kembali", "alasan_tolak", "alasan_tangguh", "keperluan")
TICKED = ("isian", "periksa", "periksa_ulang")

NOTHING: Mapping[str, object] = {**dict.fromkeys(REASONS, ""), **{name: [] for name in TICKED}}
"""The forms before anybody has typed."""


def values_of(typed: Typed) -> dict[str, object]:
    """What was typed and ticked, to be shown again."""
    return {
        **{name: typed.values.get(name, "") for name in REASONS},
        **{name: typed.all(name) for name in TICKED},
    }
