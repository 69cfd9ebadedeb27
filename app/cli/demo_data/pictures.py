"""The drawn pictures, brought once into the store in all the sizes of a photo, and shared by the products that show them.

Drawing the sizes keeps another core busy while shops are filled: which picture it will be is known at once, and everything is in
the store before the rehearsal is committed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from app.catalogue import photos
from app.catalogue.photos import Kept
from app.kit.ids import uuid7
from app.media import images

FOLDER = Path(__file__).resolve().parent / "pictures"


@dataclass(frozen=True)
class Album:
    promised: Mapping[str, Kept]
    coming: Sequence[Future[Kept]]

    def picture(self, name: str) -> Kept | None:
        """The picture of that name, on its way into the store; None for a good without a drawing."""
        return self.promised.get(name)

    def complete(self) -> None:
        """Every picture is in the store. Raises what keeping one raised."""
        for future in self.coming:
            future.result()


@contextmanager
def album(names: Sequence[str]) -> Iterator[Album]:
    """Begins at once to keep these pictures."""
    promised = {name: promise(name) for name in names if file_of(name).is_file()}
    with ThreadPoolExecutor(1) as pool:
        try:
            yield Album(promised, [pool.submit(keep, name, kept) for name, kept in promised.items()])
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def promise(name: str) -> Kept:
    with Image.open(file_of(name)) as drawn:
        return Kept(uuid7(), *drawn.size)


def keep(name: str, kept: Kept) -> Kept:
    return photos.keep(images.check_photo(file_of(name).read_bytes()), kept.id)


def file_of(name: str) -> Path:
    return FOLDER / f"{name}.webp"
