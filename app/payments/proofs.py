"""Photos of transfer slips: a help for the seller's eyes. They mark nothing as paid, and only the two sides see them."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, func, select

from app.actor import Actor
from app.audit import record
from app.catalogue import queries as catalogue
from app.db import Transactions
from app.errors import NotFound
from app.kit import clock
from app.kit.ids import uuid7
from app.media import images, store
from app.orders import queries as orders
from app.orders.models import OrderGroup
from app.payments import locking, queries
from app.payments.errors import NotPayable, TooManyProofs
from app.payments.models import Payment, PaymentProof

MOST_PROOFS = 5
QUALITY = 80


def attach(begin: Transactions, actor: Actor, payment_id: UUID, data: bytes, *, key: str | None = None) -> PaymentProof:
    """Keep a photo of the slip, drawn again without what a phone hides in it. By the buyer: the account that placed the
    checkout or whoever holds its `key`. Nobody's order is locked while the photo is looked at and stored.

    Raises NotFound (foreign too), NotPayable when no transfer is awaited, TooManyProofs, and what is wrong with the photo.
    """
    with begin() as session:
        require_room(session, actor, payment_id, key)
    photo = images.check_photo(data)
    proof = PaymentProof(id=uuid7(), payment_id=payment_id, uploaded_at=clock.now())
    # the file first, under an id nobody knows yet: a crash leaves a file without a row, never a row without a file
    store.put(file_of(proof.id), images.encoded(photo.pixels, "JPEG", quality=QUALITY, progressive=True))
    with begin() as session:
        require_room(session, actor, payment_id, key)
        session.add(proof)
        record.note(session, actor, action="payment.proof_attached", subject_kind="payment", subject_id=payment_id)
        session.flush()
    return proof


def require_room(session: Session, actor: Actor, payment_id: UUID, key: str | None) -> None:
    held = locking.held(session, payment_id)
    if not orders.opens(held.group, actor, key):
        raise NotFound
    if not queries.takes_proof(held.payment):
        raise NotPayable
    count = session.exec(
        select(func.count()).select_from(PaymentProof).where(PaymentProof.payment_id == payment_id)
    ).one()
    if count >= MOST_PROOFS:
        raise TooManyProofs


def read(begin: Transactions, actor: Actor, proof_id: UUID, *, key: str | None = None) -> bytes:
    """The picture (JPEG), for the shop the money goes to and for the buyer. Raises NotFound, also for everybody else."""
    with begin() as session:
        require_side(session, actor, proof_id, key)
    return store.get(file_of(proof_id))


def require_side(session: Session, actor: Actor, proof_id: UUID, key: str | None) -> None:
    found = session.exec(
        select(PaymentProof, Payment, OrderGroup)
        .join(Payment, col(Payment.id) == PaymentProof.payment_id)
        .join(OrderGroup, col(OrderGroup.id) == Payment.group_id)
        .where(PaymentProof.id == proof_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    _, payment, group = found
    if not orders.opens(group, actor, key):
        if payment.shop_id is None:
            raise NotFound
        catalogue.shop_to_run(session, actor, payment.shop_id)


def file_of(proof_id: UUID) -> str:
    return f"proof/{proof_id}.jpg"
