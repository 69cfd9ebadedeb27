"""Search on Meilisearch: the same questions, the same answers. The only file that speaks its SDK.

A client is made for each call: the SDK's own changes its headers while sending, and threads sharing one send each other's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import meilisearch
from meilisearch.errors import MeilisearchApiError, MeilisearchError
from meilisearch.models.task import TaskInfo

from search import places, schema, words
from search.documents import Document
from search.engines.port import FACETS, EngineAway, EngineName, Facet, Hits, Wanted

SEARCH_SECONDS = 1
WRITE_SECONDS = 10
BUILD_MILLISECONDS = 15 * 60 * 1000
MOST_HITS = 1_000_000
MOST_CATEGORIES = 500

ATTRIBUTE: dict[Facet, str] = {"category": "category", "district": "district", "halal": "halal", "price": "band"}

SORTS = {
    "relevance": [],
    "newest": ["published:desc"],
    "price": ["price:asc"],
    "-price": ["price:desc"],
}  # fmt: skip


class MeilisearchEngine:
    """One index of one server. Every method raises EngineAway when the server does not do as it is asked."""

    name: EngineName = "meilisearch"

    def __init__(self, url: str, key: str | None, *, index: str) -> None:
        self.url = url
        self.key = key
        self.uid = index

    def client(self, seconds: int = WRITE_SECONDS) -> meilisearch.Client:
        return meilisearch.Client(self.url, self.key, timeout=seconds)

    def find(self, wanted: Wanted) -> Hits:
        """One request: the page with its facets, and once more without each facet in which something is chosen."""
        chosen = [facet for facet in FACETS if facet in wanted.narrowed_by]
        queries = [self.page(wanted), *(self.counting(wanted, facet) for facet in chosen)]
        with speaking():
            answers = self.client(SEARCH_SECONDS).multi_search(queries)["results"]
            page: dict[str, Any] = answers[0]
            counts: dict[Facet, dict[str, int]] = {
                facet: dict(page["facetDistribution"][ATTRIBUTE[facet]]) for facet in FACETS
            }
            for facet, answer in zip(chosen, answers[1:], strict=True):
                counts[facet] = dict(answer["facetDistribution"][ATTRIBUTE[facet]])
            ids = tuple(UUID(hit["id"]) for hit in page["hits"])
            return Hits(ids, int(page["totalHits"]), counts)

    def page(self, wanted: Wanted) -> dict[str, Any]:
        return {
            **self.question(wanted),
            "filter": [text for facet in FACETS for text in conditions(wanted, facet)],
            "facets": list(ATTRIBUTE.values()),
            "sort": sorting(wanted),
            "page": wanted.page,
            "hitsPerPage": wanted.per_page,
        }

    def counting(self, wanted: Wanted, facet: Facet) -> dict[str, Any]:
        return {
            **self.question(wanted),
            "filter": [text for other in FACETS if other != facet for text in conditions(wanted, other)],
            "facets": [ATTRIBUTE[facet]],
            "limit": 0,
        }

    def question(self, wanted: Wanted) -> dict[str, Any]:
        return {
            "indexUid": self.uid,
            "q": words.joined(wanted.words or ()),
            "matchingStrategy": "all",
            "attributesToRetrieve": ["id"],
        }

    def put(self, documents: Sequence[Document]) -> None:
        """Handed over, not waited for. An index that is not there yet is left to `replace`, which makes it with its settings."""
        if documents and self.size() is not None:
            with speaking():
                self.client().index(self.uid).add_documents([fields(document) for document in documents], "id")

    def remove(self, product_ids: Sequence[UUID]) -> None:
        if product_ids and self.size() is not None:
            with speaking():
                self.client().index(self.uid).delete_documents(filter=f"id IN [{listed(map(str, product_ids))}]")

    def size(self) -> int | None:
        with speaking():
            try:
                return self.client().index(self.uid).get_stats().number_of_documents
            except MeilisearchApiError as fault:
                if fault.code == "index_not_found":
                    return None
                raise

    def busy(self) -> bool:
        """Whether something handed over is not yet in the index."""
        with speaking():
            waiting = self.client().get_tasks({"indexUids": self.uid, "statuses": "enqueued,processing", "limit": 1})
            return waiting.total > 0

    def healthy(self) -> bool:
        try:
            with speaking():
                return bool(self.client(SEARCH_SECONDS).health()["status"] == "available")
        except EngineAway:
            return False

    def replace(self, batches: Iterable[Sequence[Document]]) -> None:
        """Build a whole index beside the old one, then put it in its place in one step: search is never dark, never half. The
        server works off what it is handed in that order, so only the end is waited for."""
        draft = f"{self.uid}-next"
        client = self.client()
        index = client.index(draft)
        with speaking():
            leftover = client.delete_index(draft)
            tasks = [client.create_index(draft, {"primaryKey": "id"}), index.update_settings(settings())]
        for batch in batches:
            with speaking():
                tasks.append(index.add_documents([fields(document) for document in batch], "id"))
        with speaking():
            self.wait(leftover, allowed="index_not_found")
            for task in tasks:
                self.wait(task)
            there = self.size() is not None
            self.wait(client.swap_indexes([{"indexes": [draft, self.uid], "rename": not there}]))
            if there:
                client.delete_index(draft)

    def wait(self, task: TaskInfo, *, allowed: str | None = None) -> None:
        done = self.client().wait_for_task(task.task_uid, BUILD_MILLISECONDS, interval_in_ms=20)
        code = (done.error or {}).get("code")
        if done.status != "succeeded" and (code is None or code != allowed):
            raise EngineAway(f"{done.type} {done.status}: {(done.error or {}).get('message')}")


@contextmanager
def speaking() -> Iterator[None]:
    """Whatever goes wrong in talking to the server, including an answer that is no answer, is one fault. The SDK lets several of
    the faults of its HTTP library through, all of them OSErrors."""
    try:
        yield
    except (MeilisearchError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as fault:
        raise EngineAway(f"{type(fault).__name__}: {fault}") from fault


def fields(document: Document) -> dict[str, Any]:
    """A document as it is stored there: words cut and folded as everywhere, numbers to sort by, and nothing to show."""
    point = places.centre(document.district)
    return {
        "id": str(document.product_id),
        **{name: words.joined(words.of_text(document.texts[name])) for name in schema.SEARCHED},
        "category": document.category,
        "district": document.district,
        "halal": document.halal,
        "price": document.price_amount,
        "band": schema.price_band(document.price_amount),
        "sold_out": int(document.sold_out),
        "published": microseconds(document.published_at),
        **({"_geo": {"lat": point[0], "lng": point[1]}} if point else {}),
    }


def microseconds(instant: datetime) -> int:
    return int((instant - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1_000_000)


def settings() -> dict[str, Any]:
    """Sorting comes before every other rule: whoever asks for the cheapest gets the cheapest, sold-out goods come last."""
    return {
        "searchableAttributes": list(schema.SEARCHED),
        "displayedAttributes": ["id"],
        "filterableAttributes": ["id", "price", *ATTRIBUTE.values()],
        "sortableAttributes": ["id", "price", "published", "sold_out", "_geo"],
        "rankingRules": ["sort", "words", "typo", "proximity", "attribute", "exactness", "published:desc", "id:desc"],
        "synonyms": {
            words.joined(phrase): [words.joined(other) for other in others]
            for phrase, others in schema.synonyms().items()
        },
        "typoTolerance": {"disableOnNumbers": True},
        "pagination": {"maxTotalHits": MOST_HITS},
        "faceting": {"maxValuesPerFacet": MOST_CATEGORIES},
    }


def conditions(wanted: Wanted, facet: Facet) -> list[str]:
    """The filter of one facet; every text in it is quoted, numbers are numbers."""
    if facet == "category" and wanted.categories is not None:
        return [f"category IN [{listed(wanted.categories)}]"]
    if facet == "district" and wanted.district is not None:
        return [f"district = {quoted(wanted.district)}"]
    if facet == "halal" and wanted.halal:
        return ["halal = true"]
    if facet == "price":
        limits = ((">=", wanted.price_min), ("<=", wanted.price_max))
        return [f"price {sign} {amount}" for sign, amount in limits if amount is not None]
    return []


def sorting(wanted: Wanted) -> list[str]:
    """As in PostgreSQL: by what was asked for, then what can be bought before what is sold out. Newest first takes no heed of
    that."""
    if wanted.sort == "near" and wanted.place is not None:
        return [f"_geoPoint({wanted.place[0]:.6f}, {wanted.place[1]:.6f}):asc", "sold_out:asc"]
    if wanted.sort == "newest":
        return ["published:desc", "id:desc"]
    return [*SORTS.get(wanted.sort, []), "sold_out:asc"]


def listed(texts: Iterable[str]) -> str:
    return ", ".join(quoted(text) for text in texts)


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
