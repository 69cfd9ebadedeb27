"""Whole rupiah: how they are written, read and split. No floats, no sen."""

from __future__ import annotations

import re
from collections.abc import Sequence

LARGEST = 999_999_999_999
"""Just under a trillion rupiah: what Stripe's IDR field holds, and far above any honest amount here."""

WRITTEN = re.compile(r"^(?:rp\.?)?\s*(\d{1,3}(?:[.\s\u00a0]\d{3})+|\d+)(?:,-|,00)?$", re.IGNORECASE)


def rupiah(amount: int) -> str:
    """As people write it: `Rp15.000`, `-Rp500`."""
    sign = "-" if amount < 0 else ""
    return f"{sign}Rp{abs(amount):,}".replace(",", ".")


def parse(text: str) -> int:
    """The amount somebody typed: `15000`, `15.000`, `Rp 15.000,-`.

    Raises ValueError with a sentence for anything that could mean two amounts (`15,5`, `1.5`, `-3`), is no number, or is
    larger than LARGEST.
    """
    found = WRITTEN.fullmatch(text.strip()) if text.isascii() or "\u00a0" in text else None
    if found is None:
        raise ValueError("Tulis harga dalam rupiah bulat, misalnya 15000 atau 15.000.")
    amount = int(re.sub(r"[^0-9]", "", found[1])[:20])
    if amount > LARGEST:
        raise ValueError("Angka itu terlalu besar. Periksa jumlah nolnya.")
    return amount


def split_by_largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Whole parts of `total` (>= 0) in proportion to `weights` (>= 0) that sum to it exactly; equal weights favour the first.

    All weights zero: everything goes to the first part. Raises ValueError when there is nobody to give to.
    """
    if not weights or total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("a split needs a total and weights that are not negative")
    whole = sum(weights)
    if whole == 0:
        return [total] + [0] * (len(weights) - 1)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts
