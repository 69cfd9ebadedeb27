"""A handful of goods to show where nobody asked for anything: different things, not one shop's shelf."""

from collections import Counter
from collections.abc import Collection, Sequence

from app.catalogue.queries import thing_of
from app.catalogue.views import Card


def varied(cards: Sequence[Card], *, most: int, of_one_shop: int, but: Collection[str] = ()) -> list[Card]:
    """The first cards that are not sizes of one another nor of the things named in `but`, at most so many of one shop."""
    chosen: list[Card] = []
    seen: set[tuple[str, str]] = set()
    per_shop: Counter[str] = Counter()
    for card in cards:
        thing = (card.business_slug, thing_of(card.name))
        if thing not in seen and thing[1] not in but and per_shop[card.business_slug] < of_one_shop:
            seen.add(thing)
            per_shop[card.business_slug] += 1
            chosen.append(card)
    return chosen[:most]
