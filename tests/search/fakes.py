"""An outside engine in memory: for what only happens when one is away or overtaken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from search.documents import Document
from search.engines.port import EngineAway, EngineName, Hits, Wanted


@dataclass
class FakeEngine:
    """Holds what it was told. `away`: refuses everything. It finds all it holds, in no particular order."""

    name: EngineName = "meilisearch"
    away: bool = False
    asked: int = 0
    held: dict[UUID, Document] = field(default_factory=dict)

    def find(self, wanted: Wanted) -> Hits:
        self.asked += 1
        self.refuse_when_away()
        return Hits(tuple(self.held), len(self.held))

    def put(self, documents: Sequence[Document]) -> None:
        self.refuse_when_away()
        self.held.update((document.product_id, document) for document in documents)

    def remove(self, product_ids: Sequence[UUID]) -> None:
        self.refuse_when_away()
        for product_id in product_ids:
            self.held.pop(product_id, None)

    def size(self) -> int | None:
        self.refuse_when_away()
        return len(self.held)

    def busy(self) -> bool:
        self.refuse_when_away()
        return False

    def healthy(self) -> bool:
        return not self.away

    def replace(self, batches: Iterable[Sequence[Document]]) -> None:
        self.refuse_when_away()
        self.held = {document.product_id: document for batch in batches for document in batch}

    def refuse_when_away(self) -> None:
        if self.away:
            raise EngineAway("nobody there")
