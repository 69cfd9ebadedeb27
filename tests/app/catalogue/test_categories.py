"""The kinds of goods come from a file, two levels deep; what the file forgot stays for those who named it."""

from __future__ import annotations

from sqlmodel import Session, func, select

from app.catalogue import categories
from app.catalogue.categories import Kind
from app.catalogue.models import Category

TOPS = ["makanan", "minuman", "hasil-tani", "hasil-laut", "kerajinan", "fesyen", "rumah-tangga", "jasa"]


def test_the_eight_at_the_top_are_those_of_the_contract() -> None:
    assert [kind.slug for kind in categories.tops()] == TOPS


def test_the_tree_is_two_levels_deep_and_names_each_kind_once() -> None:
    everything = categories.everything()
    assert len({kind.slug for kind in everything}) == len(everything)
    assert {kind.parent for kind in everything} <= {None, *TOPS}
    seen: set[str] = set()
    for kind in everything:
        assert kind.parent is None or kind.parent in seen, "children stand after their parent"
        seen.add(kind.slug)


def test_a_kind_is_found_by_its_slug_and_an_unknown_one_claims_nothing() -> None:
    assert categories.get("amplang") == Kind("amplang", "Amplang dan kerupuk", "makanan")
    assert (categories.get("emas"), categories.get(None), categories.name("emas")) == (None, None, "emas")
    assert (categories.top_of("amplang"), categories.top_of("makanan"), categories.top_of("emas")) == (
        "makanan", "makanan", "emas",
    )  # fmt: skip
    assert categories.with_children("minuman") == ["minuman", "kopi-teh", "madu", "jamu"]
    assert categories.with_children("emas") == ["emas"]


def test_loading_again_changes_nothing_and_keeps_what_left_the_file(session: Session) -> None:
    session.add(Category(slug="lama", name="Dahulu ada", parent_slug=None, position=999))
    session.flush()
    before = session.exec(select(func.count()).select_from(Category)).one()
    row = session.get_one(Category, "amplang")
    row.name = "Nama lama"
    session.flush()
    categories.load(session)
    session.expire_all()
    assert session.exec(select(func.count()).select_from(Category)).one() == before
    assert session.get_one(Category, "amplang").name == "Amplang dan kerupuk"
    assert session.get_one(Category, "lama").name == "Dahulu ada"
