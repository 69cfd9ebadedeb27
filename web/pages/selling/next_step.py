"""The one thing a seller should do next: a pure decision over what waits. The page has the words for each."""

from __future__ import annotations

from dataclasses import dataclass

from web.pages.selling.desk import Desk


@dataclass(frozen=True)
class NextStep:
    """`kind` names the words of the page; `count` is how many wait, where that is what it says."""

    kind: str
    count: int = 0


def of(desk: Desk | None, *, low_stock: int = 0) -> NextStep:
    """Registration before shop, shop before goods, a waiting buyer before everything a seller does alone."""
    if desk is None:
        return NextStep("register")
    if desk.business.status != "active":
        return NextStep(desk.business.status)
    if desk.shop is None or desk.shop.status == "preparing":
        return NextStep("open_shop")
    if desk.shop.status in ("suspended", "closed"):
        return NextStep(f"shop_{desk.shop.status}")
    return selling(desk, low_stock)


def selling(desk: Desk, low_stock: int) -> NextStep:
    assert desk.shop is not None  # noqa: S101 - `of` has looked
    waiting = (
        ("answer", desk.counts.get("new", 0)),
        ("confirm_money", desk.counts.get("transfers", 0)),
        ("send_back", desk.counts.get("refunds", 0)),
        ("fulfil", desk.counts.get("fulfil", 0)),
    )
    for kind, count in waiting:
        if count:
            return NextStep(kind, count)
    if desk.shop.product_count == 0:
        return NextStep("first_product")
    if desk.shop.status == "paused":
        return NextStep("reopen")
    if not desk.shop.pickup_address:
        return NextStep("pickup_address")
    if low_stock:
        return NextStep("restock", low_stock)
    return NextStep("share")
