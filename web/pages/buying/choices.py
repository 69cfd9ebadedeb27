"""The cards one chooses from at checkout: each says what it costs, or why it cannot be taken."""

from app.kit.money import rupiah
from app.orders import quoting
from app.orders.quoting import Quote, ShopQuote
from app.reference import regions
from web.pages.buying.destinations import Destinations

Choice = tuple[str, str, str, str]
"""Value, label, explanation, and why it cannot be taken (empty when it can)."""

RECEIVE = {"pickup": "Ambil sendiri", "courier": "Diantar penjual", "expedition": "Dikirim ekspedisi"}
PAY = {
    "cod": ("Bayar di tempat", "Tunai kepada penjual saat barang diserahkan."),
    "transfer": (
        "Transfer bank ke penjual",
        "Nomor rekening muncul setelah Anda memesan; jumlahnya ditambah kode unik, paling banyak Rp999.",
    ),
    "stripe": ("Kartu atau dompet digital", "Anda dibawa ke halaman pembayaran Stripe."),
    "sandbox": ("Pembayaran uji", "Gerbang latihan: tidak ada uang sungguhan yang berpindah."),
}


def ways(quote: Quote, destinations: Destinations) -> list[Choice]:
    """How to receive. A way none of these shops offers anywhere cannot be taken; every other shows its price once known."""
    nowhere = {
        "courier": "" if destinations.districts else "Tidak ada penjual di keranjang ini yang mengantar sendiri.",
        "expedition": ""
        if destinations.regencies
        else "Tidak ada penjual di keranjang ini yang mengirim lewat ekspedisi.",
    }
    return [(method, label, price(quote, method), nowhere.get(method, "")) for method, label in RECEIVE.items()]


def price(quote: Quote, method: str) -> str:
    """What a way costs to the chosen place, shop by shop when there are several; what is missing before that is known."""
    if method == "pickup":
        return "Tanpa ongkos."
    amounts = [(shop.name, amount_of(shop, method)) for shop in quote.shops]
    known = [amount for _, amount in amounts if amount is not None]
    if len(known) < len(amounts):
        return "Ongkos menurut tujuan."
    total = f"{rupiah(sum(known))}." if sum(known) else "Tanpa ongkos."
    if len(amounts) == 1:
        return total
    parts = "; ".join(f"{name} {rupiah(amount)}" for (name, _), amount in zip(amounts, known, strict=True))
    return f"{total} {parts}."


def amount_of(shop: ShopQuote, method: str) -> int | None:
    return next(option.amount for option in shop.options if option.method == method)


def payments(quote: Quote) -> list[Choice]:
    """How to pay: every way this installation has, with the reason where these shops or this delivery do not allow it."""
    on = quoting.switched_on()
    return [(method, *PAY[method], quote.payment_problem(method) or "") for method in quoting.PAYMENTS if method in on]


def pick_up_places(quote: Quote) -> dict[object, str]:
    return {
        shop.shop_id: shop.terms.pickup_address or f"{shop.name}, {regions.name(shop.district_code)}"
        for shop in quote.shops
    }
