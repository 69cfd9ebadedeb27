"""Cash when the goods are handed over: nothing moves before, and then both in one act."""

from __future__ import annotations

from app.kit.money import rupiah


def payee_of(business_name: str) -> dict[str, str]:
    return {"name": business_name}


def instructions(payee: dict[str, str], amount: int) -> str:
    return f"Siapkan {rupiah(amount)} tunai untuk {payee.get('name', 'penjual')} saat barang diterima."
