"""The drawn pictures, brought once into the store in all the sizes of a photo, and shared by the products that show them.

They are made beside the rest: the first is wanted only when the first shop has opened, and drawing keeps another core busy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.catalogue import photos
from app.catalogue.photos import Kept
from app.media import images

FOLDER = Path(__file__).resolve().parent / "pictures"


@dataclass(frozen=True)
class Album:
    coming: Mapping[str, Future[Kept]]

    def picture(self, name: str) -> Kept | None:
        """The picture of that name, as soon as it is there; None for a good without a drawing. Raises what keeping it raised."""
        return self.coming[name].result() if name in self.coming else None


@contextmanager
def album(names: Sequence[str]) -> Iterator[Album]:
    """Begins at once to keep these pictures; at the end all are kept."""
    with ThreadPoolExecutor(1) as pool:
        made = Album({name: pool.submit(keep, name) for name in names if file_of(name).is_file()})
        try:
            yield made
            for future in made.coming.values():
                future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def keep(name: str) -> Kept:
    return photos.keep(images.check_photo(file_of(name).read_bytes()))


def file_of(name: str) -> Path:
    return FOLDER / f"{name}.webp"
