"""The one door for photos: what they really are is read from their content, and only what we drew ourselves is kept.

No byte of the file sent is ever stored or served: it is decoded once, turned upright, and drawn again without its metadata
(where it was taken, with which telephone). So a file that is also a web page or a program is only a picture afterwards.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final

from PIL import Image, ImageFilter, ImageOps, JpegImagePlugin, features

from app.errors import Unavailable
from app.media.errors import NotAPhoto, PhotoTooLarge

KINDS: Final = ("JPEG", "PNG", "WEBP", "AVIF")
MOST_BYTES: Final = 12 * 1024 * 1024
MOST_PIXELS: Final = 50_000_000
"""Of a plain JPEG, which is decoded at a fraction of its size: any phone's photo."""

MOST_PIXELS_WHOLE: Final = 24_000_000
"""Of everything that has to be decoded whole: 72 MB of memory while it is."""

MOST_SCANS: Final = 100
"""A progressive JPEG paints its picture over and over; a hostile one does so thousands of times to keep us busy."""

WIDTHS: Final = (180, 360, 720)
AVIF_FROM: Final = 360
"""Measured: AVIF is larger than WebP below this width, and a quarter smaller from here up."""

PREVIEW_SIZE: Final = (1200, 630)
PREVIEW_MOST_BYTES: Final = 300_000
"""WhatsApp shows no larger preview picture."""

WORKING_SIZE: Final = (1440, 2880)
AT_ONCE: Final = 2
LONGEST_WAIT: Final = 20.0

HEIC: Final = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc")

_turns = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, eq=False)
class Photo:
    """A checked photo: upright, without metadata, at most 1440 px wide. `width` and `height` are those of the file sent."""

    kind: str
    width: int
    height: int
    pixels: Image.Image = field(repr=False)


def check_photo(data: bytes) -> Photo:
    """The photo in these bytes, decoded. Raises NotAPhoto, PhotoTooLarge (before anything is decoded), Unavailable when too
    many photos are being worked on for longer than 20 seconds."""
    if len(data) > MOST_BYTES:
        raise PhotoTooLarge("Foto ini lebih dari 12 MB. Kirim foto yang lebih kecil.")
    if any(mark in data[4:16] for mark in HEIC):
        raise NotAPhoto("Foto HEIC dari iPhone belum bisa dibaca. Kirim sebagai JPEG, misalnya lewat tangkapan layar.")
    try:
        with Image.open(BytesIO(data), formats=KINDS) as opened:
            refuse_too_many_pixels(opened, data)
            kind, (width, height) = opened.format or "", opened.size
            with turn():
                return Photo(kind, width, height, drawn_again(opened))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise PhotoTooLarge("Foto ini terlalu besar ukurannya. Kirim foto yang lebih kecil.") from fault
    except (NotAPhoto, PhotoTooLarge, Unavailable):
        raise
    except Exception as fault:
        raise NotAPhoto from fault


def refuse_too_many_pixels(opened: Image.Image, data: bytes) -> None:
    """Judged by the header alone, in microseconds."""
    width, height = opened.size
    plain_jpeg = isinstance(opened, JpegImagePlugin.JpegImageFile) and not opened.info.get("progressive")
    limit = MOST_PIXELS if plain_jpeg else MOST_PIXELS_WHOLE
    if width * height > limit:
        raise PhotoTooLarge(f"Foto ini lebih dari {limit // 1_000_000} megapiksel. Kirim foto yang lebih kecil.")
    if opened.format == "JPEG" and data.count(b"\xff\xda") > MOST_SCANS:
        raise NotAPhoto


@contextmanager
def turn() -> Iterator[None]:
    """Decoding takes memory: so many at a time in one process, the others wait."""
    if not _turns.acquire(timeout=LONGEST_WAIT):
        raise Unavailable("Sedang banyak foto yang diolah. Tunggu sebentar, lalu kirim fotonya lagi.")
    try:
        yield
    finally:
        _turns.release()


def drawn_again(opened: Image.Image) -> Image.Image:
    opened.draft("RGB", WORKING_SIZE)
    opened.load()
    opened.thumbnail(WORKING_SIZE if opened.getexif().get(0x0112, 1) < 5 else WORKING_SIZE[::-1], reducing_gap=2.0)
    upright = ImageOps.exif_transpose(opened)
    canvas = Image.new("RGB", upright.size, "white")
    if upright.has_transparency_data:
        layer = upright.convert("RGBA")
        canvas.paste(layer, mask=layer.getchannel("A"))
    else:
        canvas.paste(upright.convert("RGB"))
    return canvas


def renditions(photo: Photo) -> dict[str, bytes]:
    """The files to keep, by name: `180.jpg`, `180.webp`, `360.jpg`, `360.webp`, `360.avif`, the same for 720, and
    `preview.jpg` (1200 x 630, at most 300 kB). A photo narrower than a width is not blown up."""
    made: dict[str, bytes] = {}
    with turn():
        for width in WIDTHS:
            sized = photo.pixels.copy()
            sized.thumbnail((width, 2 * width), Image.Resampling.LANCZOS, reducing_gap=3.0)
            made[f"{width}.jpg"] = encoded(sized, "JPEG", quality=72, progressive=True, optimize=True)
            made[f"{width}.webp"] = encoded(sized, "WEBP", quality=65, method=4)
            if width >= AVIF_FROM and features.check("avif"):
                made[f"{width}.avif"] = encoded(sized, "AVIF", quality=45, speed=8)
        made["preview.jpg"] = preview(photo.pixels)
    return made


def preview(pixels: Image.Image) -> bytes:
    """What a shared link shows: the whole photo before a blurred enlargement of itself, so that nothing is cut off."""
    picture = ImageOps.fit(pixels, PREVIEW_SIZE)
    if abs(pixels.width / pixels.height - PREVIEW_SIZE[0] / PREVIEW_SIZE[1]) > 0.1:
        picture = picture.filter(ImageFilter.GaussianBlur(24))
        whole = ImageOps.contain(pixels, PREVIEW_SIZE)
        picture.paste(whole, ((PREVIEW_SIZE[0] - whole.width) // 2, (PREVIEW_SIZE[1] - whole.height) // 2))
    data = b""
    for quality in (80, 65, 50, 35, 20):
        data = encoded(picture, "JPEG", quality=quality, progressive=True, optimize=True)
        if len(data) <= PREVIEW_MOST_BYTES:
            break
    return data


def encoded(picture: Image.Image, kind: str, **options: int | bool) -> bytes:
    stream = BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()
