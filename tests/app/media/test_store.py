from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.media import store
from app.media.errors import FileMissing, StoreFull, StoreUnavailable


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(store, "_location", None)
    store.open_at(str(tmp_path / "media"))
    return tmp_path / "media"


@pytest.fixture
def tiny_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A disk of one megabyte."""
    place = tmp_path / "tiny"
    place.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], check=False).returncode
    ):
        pytest.skip("mounting a tiny disk needs root")
    monkeypatch.setattr(store, "_location", None)
    store.open_at(str(place))
    yield place
    subprocess.run(["umount", str(place)], check=True)


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_what_is_put_is_what_is_got(folder: Path) -> None:
    store.put("photo/a1/360.webp", b"isi", "image/webp")
    assert store.get("photo/a1/360.webp") == b"isi"
    assert store.exists("photo/a1/360.webp")
    assert files(folder) == ["photo/a1/360.webp"]


def test_a_second_put_replaces_the_first(folder: Path) -> None:
    store.put("photo/a.jpg", b"lama")
    store.put("photo/a.jpg", b"baru")
    assert store.get("photo/a.jpg") == b"baru"


def test_a_deleted_file_is_missing_and_may_be_deleted_again(folder: Path) -> None:
    store.put("photo/a.jpg", b"isi")
    store.delete("photo/a.jpg")
    store.delete("photo/a.jpg")
    assert not store.exists("photo/a.jpg")
    with pytest.raises(FileMissing):
        store.get("photo/a.jpg")


@pytest.mark.parametrize(
    "key",
    ["", "/etc/passwd", "../secrets.env", "photo/../../secrets.env", "photo//a.jpg", "photo/a..jpg", "Photo/A.jpg", "photo/.hidden",
     "photo/a.jpg\n", "photo/a\x00.jpg", "photo/%2e%2e/a.jpg", "photo\\a.jpg", "p" * 300, "photo/a.jpg#1", "foto/é.jpg"],
)  # fmt: skip
def test_a_key_that_could_lead_elsewhere_names_nothing(folder: Path, key: str) -> None:
    (folder.parent / "secrets.env").write_text("rahasia")
    for act in (store.get, store.exists, store.delete, lambda key: store.put(key, b"x")):
        with pytest.raises(FileMissing):
            act(key)
    assert files(folder) == []
    assert (folder.parent / "secrets.env").read_text() == "rahasia"


def test_a_full_disk_is_a_sentence_and_leaves_no_part_of_the_file(tiny_disk: Path) -> None:
    store.put("photo/a.jpg", b"x" * 400_000)
    with pytest.raises(StoreFull) as refusal:
        store.put("photo/b.jpg", b"y" * 2_000_000)
    assert "penuh" in refusal.value.sentence
    assert files(tiny_disk) == ["photo/a.jpg"]


def test_a_full_disk_leaves_the_file_that_was_there(tiny_disk: Path) -> None:
    store.put("photo/a.jpg", b"x" * 400_000)
    with pytest.raises(StoreFull):
        store.put("photo/a.jpg", b"y" * 2_000_000)
    assert store.get("photo/a.jpg") == b"x" * 400_000
    store.put("photo/c.jpg", b"z" * 1000)
    assert store.get("photo/c.jpg") == b"z" * 1000


def test_a_place_that_cannot_be_used_is_told_when_it_is_opened(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreUnavailable):
        store.connected(str(tmp_path / "file" / "media"))


def test_a_reader_never_sees_half_a_file(folder: Path) -> None:
    versions = [bytes([number]) * 300_000 for number in range(4)]
    store.put("photo/a.jpg", versions[0])
    seen: set[bytes] = set()
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            seen.add(store.get("photo/a.jpg"))

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(20):
        for version in versions:
            store.put("photo/a.jpg", version)
    ended.set()
    reader.join()
    assert seen <= set(versions)


def test_the_kind_of_a_file_follows_its_ending() -> None:
    assert store.type_of("photo/a/360.webp") == "image/webp"
    assert store.type_of("photo/a/360.avif") == "image/avif"
    assert store.type_of("photo/a") == "application/octet-stream"
