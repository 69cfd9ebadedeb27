"""One thing of every kind that a page can name, owned twice: by somebody, and by a stranger who knows every address."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from sqlalchemy import text
from sqlmodel import select

from app.accounts.models import RoleGrant
from app.actor import Actor
from app.catalogue import publishing
from app.catalogue.models import Product
from app.db import Session, Transactions
from app.kit import ids
from app.notifications import sending
from app.notifications.models import Message
from app.notifications.sending import Notice
from app.orders import delivery, fulfilment, queries
from app.payments import checkout, proofs, refunds, settling
from app.payments import queries as payments
from app.registry.models import Business
from tests.app.media import pictures
from tests.factories import accounts, orders, registry
from tests.factories.payments import over
from tests.web.pages.conftest import Market
from tests.web.pages.selling import conftest as desks
from web import router as human_face

QUIET = "('region', 'region_alias', 'reference_file', 'kbli', 'category', 'scheduled_job')"
"""Tables no page writes; the first are large."""


@dataclass(frozen=True)
class Things:
    """What one person owns, by the names the addresses have for it."""

    owner: Actor
    buyer: Actor
    business: str
    draft: str
    draft_slug: str
    submitted: str
    slug: str
    product: UUID
    hidden_slug: str
    hidden_photo: UUID
    photo: UUID
    checkout: str
    key: str
    order: str
    order_id: UUID
    payment: UUID
    proof: UUID
    waiting_order: str
    returned_order: str
    refund: UUID
    message: UUID
    account: UUID
    grant: UUID


@dataclass(frozen=True)
class Village:
    """Two people with everything, and the browsers of whoever comes by."""

    market: Market
    his: Things
    mine: Things
    browsers: dict[str, desks.SellerDesk]

    def value(self, name: str) -> str:
        """`his.order` and `mine.order` are those; anything else stands for itself."""
        whose, _, field = name.partition(".")
        return str(getattr({"his": self.his, "mine": self.mine}[whose], field)) if whose in ("his", "mine") else name


def routes() -> list[RouteContext]:
    """Every route of the pages, through all the routers that include one another."""
    return [
        found for found in iter_route_contexts(human_face.router.routes) if isinstance(found.original_route, APIRoute)
    ]


def named(route: RouteContext) -> str:
    """`POST /jual/toko`: how the tables of these tests name a route."""
    (method,) = route.methods or {"?"}
    return f"{method} {route.path}"


def of_somebody(begin: Transactions, name: str) -> Things:
    """Everything somebody may own, made by the domain's own verbs."""
    with begin() as session:
        seller = desks.open_shop(session, name=name)
        product = desks.add_product(session, seller, f"Amplang {name}", on_hand=50)
        photo = desks.add_photo(session, seller, product)
        hidden = desks.add_product(session, seller, f"Lama {name}")
        hidden_photo = desks.add_photo(session, seller, hidden)
        publishing.hide(session, seller.actor, hidden)
        delivery.set_courier_rate(session, seller.actor, seller.shop_id, registry.SANGATTA_UTARA, 5_000)
        draft = registry.started(session, seller.actor, name=f"Draf {name}")
        buyer = accounts.somebody(session)
        group = orders.placed(session, (product, 1), actor=buyer, payment_method="transfer")
        checkout.prepare(session, group.id)
        (order,) = queries.orders_of(session, group.id)
        (payment,) = payments.for_group(session, group.id)
        key = queries.key_of(group.id)
        picture = pictures.drawn((300, 400))
        proof = proofs.attach(over(session), buyer, payment.id, picture)
        refund, returned_order = refunded(session, seller, product, buyer)
        account_id = seller.actor.account_id
        assert account_id is not None
        helper = accounts.staff(session, "facilitator", district_code=registry.SANGKULIRANG)
        assert helper.account_id is not None
        return Things(
            owner=seller.actor,
            buyer=buyer,
            business=session.get_one(Business, seller.business_id).number,
            draft=draft.number,
            draft_slug=draft.slug,
            submitted=registry.submitted(session, seller.actor, name=f"Terkirim {name}").number,
            slug=session.get_one(Business, seller.business_id).slug,
            product=product,
            hidden_slug=session.get_one(Product, hidden).slug,
            hidden_photo=hidden_photo,
            photo=photo,
            checkout=group.number,
            key=key,
            order=order.number,
            order_id=order.id,
            payment=payment.id,
            proof=proof.id,
            waiting_order=desks.place(session, product).number,
            returned_order=returned_order,
            refund=refund,
            message=told(session, account_id),
            account=helper.account_id,
            grant=session.exec(select(RoleGrant.id).where(RoleGrant.account_id == helper.account_id)).one(),
        )


def refunded(session: Session, seller: orders.Seller, product: UUID, buyer: Actor) -> tuple[UUID, str]:
    """A paid order that was called off: what the seller owes, and the order's number."""
    group = orders.placed(session, (product, 1), actor=buyer, payment_method="transfer")
    checkout.prepare(session, group.id)
    (order,) = queries.orders_of(session, group.id)
    (payment,) = payments.for_group(session, group.id)
    settling.confirm_transfer(session, seller.actor, payment.id, payment.amount)
    fulfilment.accept(session, seller.actor, order.id)
    from_buyer = refunds.open_for_order(session, order.id, reason="Uji")
    assert from_buyer is not None
    return from_buyer.id, order.number


def told(session: Session, account_id: UUID) -> UUID:
    key = str(ids.uuid7())
    facts: dict[str, str | int | None] = {"number": "KT-2026-000777-1", "business": "Usaha Uji"}
    notice = Notice(
        "business_approved/owner", facts, key, thread=key, district_code="64.08.04", link_path="/jual/usaha"
    )
    sending.to_account(session, account_id, notice)
    return session.exec(select(Message.id).where(Message.dedupe_key == key)).one()


def village_of(market: Market) -> Village:
    his, mine = of_somebody(market.begin, "Korban"), of_somebody(market.begin, "Asing")
    who = {"stranger": mine.owner, "buyer": mine.buyer, "seller himself": his.owner, "guest": mine.owner}
    with market.begin() as session:
        who["verifier"] = accounts.staff(session, "verifier")
        who["administrator"] = accounts.staff(session, "administrator")
        who["helper elsewhere"] = accounts.staff(session, "facilitator", district_code=registry.SANGKULIRANG)
    browsers = {name: desks.desk_of(market, actor) for name, actor in who.items()}
    browsers["guest"].client.cookies.clear()
    return Village(market, his, mine, browsers)


def state(begin: Transactions) -> dict[str, tuple[int, str]]:
    """The number of rows of every table and a digest of all that is in them."""
    with begin() as session:
        names = session.scalars(
            text(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                f" AND tablename NOT IN {QUIET} AND tablename <> 'alembic_version' ORDER BY 1"
            )
        ).all()
        one = "SELECT '{0}', count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {0} t"
        rows = session.execute(text(" UNION ALL ".join(one.format(name) for name in names))).all()
    return {str(name): (int(count), str(digest)) for name, count, digest in rows}


def changed(before: dict[str, tuple[int, str]], after: dict[str, tuple[int, str]]) -> list[str]:
    return [name for name in before if before[name] != after[name]]
