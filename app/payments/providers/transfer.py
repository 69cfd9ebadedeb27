"""Bank transfer straight to the seller: an exact amount with odd last digits, confirmed by whoever holds the account."""

from __future__ import annotations

from app.catalogue.models import Shop
from app.kit.money import rupiah


def payee_of(shop: Shop, business_name: str) -> dict[str, str]:
    """The account as it is when the order is placed: a later change does not redirect money already on its way."""
    return {
        "name": business_name,
        "bank_name": shop.bank_name or "",
        "account_number": shop.bank_account_number or "",
        "account_holder": shop.bank_account_holder or "",
    }


def instructions(payee: dict[str, str], amount: int) -> str:
    """What to do, in one sentence; the numbers stand beside it."""
    return (
        f"Transfer tepat {rupiah(amount)} ke {payee.get('bank_name', '')} {payee.get('account_number', '')}"
        f" atas nama {payee.get('account_holder', '')}. Tiga angka terakhir membantu penjual mengenali uang Anda."
    )
