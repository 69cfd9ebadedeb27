"""Files as people (and others) send them."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image

GPS_LATITUDE = (0.0, 30.0, 12.0)
CAMERA = "Telepon Rahasia X1"


def drawn(size: tuple[int, int] = (800, 600), kind: str = "JPEG", mode: str = "RGB", **options: object) -> bytes:
    """A gradient: compresses like a photo does, not like a flat colour."""
    picture = Image.linear_gradient("L").resize(size).convert(mode)
    stream = BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def with_place(size: tuple[int, int] = (800, 600), *, orientation: int = 1) -> bytes:
    """A JPEG that says where, and with what, it was taken."""
    exif = Image.Exif()
    exif[0x0110] = CAMERA
    exif[0x0112] = orientation
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", GPS_LATITUDE
    return drawn(size, exif=exif)


def png_of(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that claims, and decompresses to, that many pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width + 7) // 8 + 1) * height, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
