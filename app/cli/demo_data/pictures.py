"""The drawn pictures, brought once into the store in all the sizes of a photo, and shared by the products that show them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.catalogue import photos
from app.catalogue.photos import Kept
from app.media import images

FOLDER = Path(__file__).resolve().parent / "pictures"
AT_ONCE = 2


def keep(names: Sequence[str], tell: Callable[[float], None]) -> dict[str, Kept]:
    """By name, what the store now keeps; a good without a drawing stays without a picture."""
    drawn = [name for name in names if file_of(name).is_file()]
    kept: dict[str, Kept] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for name, one in zip(drawn, pool.map(keep_one, drawn), strict=True):
            kept[name] = one
            tell(len(kept) / len(drawn))
    return kept


def keep_one(name: str) -> Kept:
    return photos.keep(images.check_photo(file_of(name).read_bytes()))


def file_of(name: str) -> Path:
    return FOLDER / f"{name}.webp"
