"""New goods the office looks at before they go on sale, and the trust that makes looking needless."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from app.catalogue import categories, publishing, shelves, shops
from app.db import Session
from app.errors import FieldError
from web import redirects
from web.deps import VERIFIER, AnyVisit, Begin, DbSession, Visit
from web.forms.acting import act
from web.forms.reading import Form
from web.templating import Pages, Show

router = APIRouter()

GOODS = "/dinas/produk"
MOST_WAITING = 50


@router.get("/dinas/produk", dependencies=[VERIFIER])
def show(session: DbSession, pages: Show, visit: AnyVisit) -> Response:
    return page(session, pages, visit)


def page(
    session: Session,
    pages: Pages,
    visit: Visit,
    *,
    product_id: UUID | None = None,
    reason: str = "",
    errors: tuple[FieldError, ...] = (),
    status: int = 200,
) -> Response:
    """The goods that wait, the oldest first; `product_id` is the one a refused form was about."""
    found = shelves.waiting(session, visit.actor, limit=MOST_WAITING)
    return pages.refuse(
        "office/goods.html",
        errors,
        status=status,
        goods=found,
        most=MOST_WAITING,
        category_names={kind.slug: kind.name for kind in categories.everything()},
        open_id=product_id,
        values={f"alasan-{product_id}": reason},
    )


@router.post("/dinas/produk/{product_id}/setujui", dependencies=[VERIFIER])
def approve(begin: Begin, pages: Show, visit: AnyVisit, product_id: UUID, typed: Form) -> Response:
    def work(session: Session) -> str:
        product = publishing.approve(session, visit.actor, product_id)
        if typed.checked("percaya"):
            shops.trust(session, visit.actor, product.shop_id, trusted=True)
        return redirects.with_notice(GOODS, "barang-disetujui")

    def again(errors: tuple[FieldError, ...], status: int) -> Response:
        with begin() as session:
            return page(session, pages, visit, product_id=product_id, errors=errors, status=status)

    return act(begin, visit, typed, f"barang disetujui {product_id}", work, again, button=f"tombol-{product_id}")


@router.post("/dinas/produk/{product_id}/tolak", dependencies=[VERIFIER])
def refuse(begin: Begin, pages: Show, visit: AnyVisit, product_id: UUID, typed: Form) -> Response:
    field = f"alasan-{product_id}"

    def work(session: Session) -> str:
        publishing.refuse(session, visit.actor, product_id, reason=typed.text(field))
        return redirects.with_notice(GOODS, "barang-ditolak")

    def again(errors: tuple[FieldError, ...], status: int) -> Response:
        with begin() as session:
            return page(
                session,
                pages,
                visit,
                product_id=product_id,
                reason=typed.values.get(field, ""),
                errors=errors,
                status=status,
            )

    return act(
        begin, visit, typed, f"barang ditolak {product_id}", work, again,
        button=f"tombol-{product_id}", named={"reason": field},
    )  # fmt: skip
