"""What a browser posted, read once: text fields, files, and the hidden key that makes a second press harmless."""

import hashlib
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

MOST_FIELDS = 200
MOST_FILES = 9
IDEMPOTENCY_FIELD = "kunci_kirim"


@dataclass(frozen=True)
class Upload:
    name: str
    data: bytes


@dataclass(frozen=True)
class Typed:
    """Text as typed (stripped only when read through `text`), so that a refused form shows it again unchanged."""

    values: dict[str, str] = field(default_factory=dict)
    many: dict[str, list[str]] = field(default_factory=dict)
    uploads: dict[str, list[Upload]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The field without surrounding space (non-breaking ones too) and without NUL, which PostgreSQL cannot store."""
        return self.values.get(name, "").replace("\0", "").strip()

    def optional(self, name: str) -> str | None:
        return self.text(name) or None

    def checked(self, name: str) -> bool:
        return name in self.values

    def all(self, name: str) -> list[str]:
        return self.many.get(name, [])

    def file(self, name: str) -> Upload | None:
        """The first file of that name that is not empty."""
        return next((upload for upload in self.uploads.get(name, []) if upload.data), None)

    @property
    def key(self) -> str:
        return self.text(IDEMPOTENCY_FIELD)

    @property
    def body_hash(self) -> bytes:
        """A digest of everything posted but the key: the same key with another body is a mistake worth naming."""
        digest = hashlib.sha256()
        for name in sorted(self.many):
            if name != IDEMPOTENCY_FIELD:
                digest.update(repr((name, self.many[name])).encode("utf-8", "surrogatepass"))
        for name in sorted(self.uploads):
            for upload in self.uploads[name]:
                digest.update(hashlib.sha256(upload.data).digest())
        return digest.digest()


async def read(request: Request) -> Typed:
    async with request.form(max_fields=MOST_FIELDS, max_files=MOST_FILES) as form:
        values: dict[str, str] = {}
        many: dict[str, list[str]] = {}
        uploads: dict[str, list[Upload]] = {}
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                uploads.setdefault(name, []).append(Upload(value.filename or "", await value.read()))
            else:
                values.setdefault(name, value)
                many.setdefault(name, []).append(value)
    return Typed(values, many, uploads)


Form = Annotated[Typed, Depends(read)]
