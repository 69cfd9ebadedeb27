from __future__ import annotations

import time
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, features

from app.errors import Unavailable
from app.media import images
from app.media.errors import NotAPhoto, PhotoTooLarge
from tests.app.media.pictures import CAMERA, drawn, png_of, with_place

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIF_PAGE = b"GIF89a/*\x01\x00\x01\x00\x80\x00\x00*/=1;<script>alert(1)</script>"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>"


def opened(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_photo_of_each_kind_is_taken(kind: str) -> None:
    photo = images.check_photo(drawn(kind=kind))
    assert (photo.kind, photo.width, photo.height) == (kind, 800, 600)


@pytest.mark.parametrize(
    "data", [b"", b"\x00" * 50, SVG, GIF_PAGE, PDF, b"<html><img></html>", b"\xff\xd8\xff", b"RIFF0000WEBP"]
)
def test_what_is_no_photo_is_refused(data: bytes) -> None:
    with pytest.raises(NotAPhoto) as refusal:
        images.check_photo(data)
    assert [(error.field, error.code) for error in refusal.value.errors] == [("photo", "not_a_photo")]


def test_a_moving_gif_is_refused_although_pillow_could_read_it() -> None:
    with pytest.raises(NotAPhoto):
        images.check_photo(drawn(kind="GIF"))


def test_a_photo_of_an_iphone_is_refused_with_what_to_do() -> None:
    with pytest.raises(NotAPhoto) as refusal:
        images.check_photo(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")
    assert "HEIC" in refusal.value.errors[0].message


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("part", [0.3, 0.7, 0.95])
def test_a_photo_cut_off_on_the_way_is_refused(kind: str, part: float) -> None:
    whole = drawn((1600, 1200), kind=kind)
    with pytest.raises(NotAPhoto):
        images.check_photo(whole[: int(len(whole) * part)])


def test_a_picture_bomb_is_refused_by_its_header_in_milliseconds() -> None:
    bomb = png_of(8000, 5000)
    assert len(bomb) < 20_000
    began = time.perf_counter()
    with pytest.raises(PhotoTooLarge):
        images.check_photo(bomb)
    assert time.perf_counter() - began < 0.05


@pytest.mark.parametrize("size", [(10_000, 9_500), (30_000, 30_000), (2**31 - 1, 2**31 - 1)])
def test_ever_larger_bombs_are_refused_the_same_way(size: tuple[int, int]) -> None:
    header = png_of(16, 16)
    claimed = header[:16] + size[0].to_bytes(4, "big") + size[1].to_bytes(4, "big") + header[24:]
    with pytest.raises((PhotoTooLarge, NotAPhoto)):
        images.check_photo(claimed)


def test_a_file_over_twelve_megabytes_is_refused_unread() -> None:
    with pytest.raises(PhotoTooLarge):
        images.check_photo(b"\xff\xd8" + bytes(images.MOST_BYTES))


def test_a_phones_forty_megapixels_are_taken_quickly_and_made_small() -> None:
    data = drawn((7300, 5500), quality=60)
    began = time.perf_counter()
    photo = images.check_photo(data)
    assert time.perf_counter() - began < 2
    assert (photo.width, photo.height) == (7300, 5500)
    assert photo.pixels.width <= 1440


def test_a_progressive_jpeg_of_thousands_of_scans_is_refused() -> None:
    data = drawn((600, 400), progressive=True)
    first = data.index(b"\xff\xda")
    with pytest.raises(NotAPhoto):
        images.check_photo(data[:first] + data[first:-2] * 120 + data[-2:])


def test_nothing_says_where_or_with_what_the_photo_was_taken() -> None:
    data = with_place()
    assert CAMERA.encode() in data
    for name, made in images.renditions(images.check_photo(data)).items():
        picture = opened(made)
        assert dict(picture.getexif()) == {}, name
        assert "exif" not in picture.info, name
        assert "xmp" not in picture.info, name
        assert CAMERA.encode() not in made, name


def test_what_hangs_behind_a_photo_is_in_no_file_that_is_kept() -> None:
    data = drawn() + b"<script>alert('hai')</script>PK\x03\x04payload"
    for made in images.renditions(images.check_photo(data)).values():
        assert b"script" not in made
        assert b"PK\x03\x04" not in made


@pytest.mark.parametrize(("orientation", "size"), [(1, (800, 600)), (3, (800, 600)), (6, (600, 800)), (8, (600, 800))])
def test_a_photo_taken_sideways_stands_upright(orientation: int, size: tuple[int, int]) -> None:
    assert images.check_photo(with_place(orientation=orientation)).pixels.size == size


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "1", "I;16"])
def test_every_way_of_storing_colours_becomes_a_plain_picture(mode: str) -> None:
    photo = images.check_photo(drawn(kind="PNG", mode=mode))
    assert photo.pixels.mode == "RGB"


def test_what_is_see_through_becomes_white() -> None:
    stream = BytesIO()
    Image.new("RGBA", (40, 40), (255, 0, 0, 0)).save(stream, "PNG")
    assert images.check_photo(stream.getvalue()).pixels.getpixel((5, 5)) == (255, 255, 255)


def test_the_files_made_have_the_widths_promised() -> None:
    made = images.renditions(images.check_photo(drawn((1600, 1200))))
    expected = {f"{width}.{ending}" for width in (180, 360, 720) for ending in ("jpg", "webp")} | {"preview.jpg"}
    if features.check("avif"):
        expected |= {"360.avif", "720.avif"}
    assert set(made) == expected
    for name, data in made.items():
        if name != "preview.jpg":
            assert opened(data).width == int(name.partition(".")[0])


def test_a_small_photo_is_not_blown_up() -> None:
    made = images.renditions(images.check_photo(drawn((200, 150))))
    assert opened(made["720.jpg"]).size == (200, 150)


@pytest.mark.parametrize("size", [(1600, 1200), (900, 1600), (60, 3000), (3000, 60), (1, 1)])
def test_a_link_preview_is_always_of_one_size_and_small(size: tuple[int, int]) -> None:
    noise = Image.effect_noise(size, 120).convert("RGB")
    stream = BytesIO()
    noise.save(stream, "PNG")
    preview = images.renditions(images.check_photo(stream.getvalue()))["preview.jpg"]
    assert opened(preview).size == (1200, 630)
    assert len(preview) <= 300_000


def test_when_too_many_photos_wait_a_person_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "LONGEST_WAIT", 0.01)
    with images.turn(), images.turn(), pytest.raises(Unavailable):
        images.check_photo(drawn())
    assert images.check_photo(drawn()).width == 800


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_photo_is_a_photo_or_a_refusal_and_nothing_else(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP", "AVIF"]))
    content = bytearray(drawn((120, 90), kind=kind))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        photo = images.check_photo(bytes(content))
    except (NotAPhoto, PhotoTooLarge):
        return
    assert photo.pixels.mode == "RGB"
