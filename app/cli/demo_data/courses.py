"""How an order goes: what each side does and how long they take. Decides, writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random

REFUSALS = (
    "Bahan sedang habis, mohon maaf.",
    "Produksi penuh sampai akhir pekan.",
    "Alamat di luar jangkauan kurir kami.",
    "Barang terakhir sudah terjual di warung.",
)
SECOND_THOUGHTS = ("Salah pilih ukuran.", "Tidak jadi, sudah beli di dekat rumah.", "")
FAILURES = ("Barang rusak saat dikemas, uang akan dikembalikan.", "Kurir tidak bisa berangkat minggu ini.")


@dataclass(frozen=True)
class Course:
    """`answer` is the seller's (or the buyer's who was quicker): accept, reject, silent, withdraw. `rests_in` is where a shown
    order stops, None for one that lives on."""

    answer: str = "accept"
    pays: bool = True
    breaks: bool = False
    received: str = "buyer"
    paying: timedelta = timedelta(hours=2)
    answering: timedelta = timedelta(hours=1)
    packing: timedelta = timedelta(hours=8)
    handing: timedelta = timedelta(hours=10)
    receiving: timedelta = timedelta(days=2)
    rests_in: str | None = None
    outcome: str = "pay"
    returns: bool = True
    """Whether a seller who owes the money back has sent it by now."""

    def rests(self, status: str) -> bool:
        return self.rests_in == status


def thrown(random: Random, *, signed_in: bool) -> Course:
    """Most orders go well; some are refused, forgotten, taken back, late or broken off."""
    late = random.random() < 0.09
    return Course(
        answer=random.choices(("accept", "reject", "silent", "withdraw"), (90, 5, 2, 3))[0],
        pays=random.random() < 0.92,
        breaks=random.random() < 0.02,
        received="buyer" if random.random() < (0.6 if signed_in else 0.25) else random.choice(("seller", "nobody")),
        paying=timedelta(minutes=random.triangular(3, 900, 40)),
        answering=timedelta(minutes=random.triangular(6, 1_500, 60)),
        packing=timedelta(minutes=random.triangular(30, 2_400, 300)),
        handing=timedelta(days=random.uniform(4, 10)) if late else timedelta(minutes=random.triangular(40, 2_600, 500)),
        receiving=timedelta(hours=random.triangular(3, 120, 30)),
    )


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Shown:
    """One order a visitor shall find at the demo seller's: how long ago, how paid, whether by the demo buyer."""

    ago: timedelta
    method: str
    delivery: str
    by_buyer: bool
    course: Course


SHOWN = (
    Shown(48 * DAY, "sandbox", "courier", True, Course(received="buyer")),
    Shown(30 * DAY, "cod", "pickup", True, Course(received="buyer")),
    Shown(21 * DAY, "transfer", "courier", True, Course(received="seller")),
    Shown(11 * DAY, "sandbox", "pickup", False, Course(outcome="fail")),
    Shown(9 * DAY, "cod", "courier", True, Course(answer="reject")),
    Shown(8 * DAY, "transfer", "courier", False, Course(answer="reject")),
    Shown(7 * DAY, "cod", "pickup", True, Course(answer="withdraw")),
    Shown(6 * DAY, "transfer", "courier", True, Course(pays=False)),
    Shown(6 * DAY, "sandbox", "pickup", False, Course(breaks=True)),
    Shown(5 * DAY, "transfer", "courier", True, Course(received="seller", receiving=DAY)),
    Shown(3 * DAY, "sandbox", "courier", True, Course(rests_in="handed_over")),
    Shown(2 * DAY, "cod", "pickup", False, Course(rests_in="ready")),
    Shown(40 * HOUR, "sandbox", "pickup", False, Course(outcome="wrong_amount")),
    Shown(28 * HOUR, "transfer", "courier", True, Course(rests_in="accepted")),
    Shown(26 * HOUR, "transfer", "pickup", False, Course(answer="reject", returns=False)),
    Shown(9 * HOUR, "transfer", "pickup", False, Course(rests_in="confirmed")),
    Shown(4 * HOUR, "cod", "courier", False, Course(rests_in="awaiting_seller")),
    Shown(3 * HOUR, "transfer", "courier", True, Course(rests_in="awaiting_payment")),
    Shown(HOUR, "cod", "pickup", False, Course(rests_in="awaiting_seller")),
    Shown(12 * MINUTE, "sandbox", "pickup", False, Course(outcome="pending", paying=5 * MINUTE)),
)  # fmt: skip
"""At least one in every status, the demo buyer's among them."""
