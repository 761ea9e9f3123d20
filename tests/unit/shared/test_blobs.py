"""Bytes come back as they went, or not at all."""

from __future__ import annotations

import gzip
import hashlib
import os
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steppewire.blobs import DirectoryBlobs, open_blobs
from steppewire.errors import BlobMissing, SettingError

PAGE = "<html>Қазақстан</html>".encode()


@pytest.fixture
def blobs(tmp_path: Path) -> DirectoryBlobs:
    return DirectoryBlobs(tmp_path / "blobs")


def file_of(blobs: DirectoryBlobs, address: str) -> Path:
    digest = address.removeprefix("sha256:")
    return blobs.root / digest[:2] / digest[2:4] / f"{digest}.gz"


@settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=5000))
def test_any_bytes_come_back(blobs: DirectoryBlobs, data: bytes) -> None:
    assert blobs.get(blobs.put(data)) == data


def test_the_address_is_the_hash_of_the_bytes(blobs: DirectoryBlobs) -> None:
    assert blobs.put(PAGE) == "sha256:" + hashlib.sha256(PAGE).hexdigest()


def test_the_same_bytes_are_kept_once(blobs: DirectoryBlobs) -> None:
    address = blobs.put(PAGE)
    written = file_of(blobs, address).stat().st_mtime_ns

    assert blobs.put(PAGE) == address
    assert file_of(blobs, address).stat().st_mtime_ns == written


def test_zcat_reads_a_blob(blobs: DirectoryBlobs) -> None:
    assert gzip.decompress(file_of(blobs, blobs.put(PAGE)).read_bytes()) == PAGE


HOSTILE = [
    "",
    "sha256:",
    "sha256:" + "0" * 63,
    "sha256:" + "0" * 65,
    "sha256:" + "G" * 64,
    "sha256:" + "A" * 64,
    "md5:" + "0" * 64,
    "sha256:../../../../etc/passwd",
    "sha256:" + "../" * 21 + "x",
    "sha256:" + "0" * 64 + "\n",
    "sha256:" + "0" * 63 + "\x00",
    "sha256:" + "٠" * 64,
    "/etc/passwd",
]


@pytest.mark.parametrize("address", HOSTILE)
def test_a_hostile_address_leads_nowhere(blobs: DirectoryBlobs, address: str) -> None:
    with pytest.raises(BlobMissing, match="is no blob address"):
        blobs.get(address)


def test_an_unknown_address_is_missing(blobs: DirectoryBlobs) -> None:
    with pytest.raises(BlobMissing, match="no blob sha256:0000"):
        blobs.get("sha256:" + "0" * 64)


DAMAGE = {
    "empty": b"",
    "no gzip": PAGE,
    "cut short": gzip.compress(PAGE)[:-9],
    "flipped": gzip.compress(PAGE)[:15] + b"\xff\xff\xff" + gzip.compress(PAGE)[18:],
    "bad checksum": gzip.compress(PAGE)[:-8] + b"\x00" * 8,
    "other bytes": gzip.compress(b"another page"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_blob_is_missing_and_the_next_put_heals_it(
    blobs: DirectoryBlobs, damage: bytes
) -> None:
    address = blobs.put(PAGE)
    file_of(blobs, address).write_bytes(damage)

    with pytest.raises(BlobMissing, match="damaged"):
        blobs.get(address)
    assert blobs.get(blobs.put(PAGE)) == PAGE


def test_a_folder_in_place_of_a_blob_is_a_missing_blob(blobs: DirectoryBlobs) -> None:
    file_of(blobs, "sha256:" + "0" * 64).mkdir(parents=True)

    with pytest.raises(BlobMissing, match="cannot be read"):
        blobs.get("sha256:" + "0" * 64)


def test_many_writers_of_the_same_page_do_not_hurt_each_other(blobs: DirectoryBlobs) -> None:
    pages = [os.urandom(20_000) for _ in range(5)]
    threads = [
        threading.Thread(target=lambda: [blobs.put(page) for page in pages]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [blobs.get(blobs.put(page)) for page in pages] == pages
    assert not list(blobs.root.rglob("*.tmp"))


def test_a_write_that_fails_leaves_nothing_behind(
    blobs: DirectoryBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    blobs.root.mkdir()
    with pytest.raises(OSError, match="No space left"):
        blobs.put(PAGE)

    assert not [path for path in blobs.root.rglob("*") if path.is_file()]


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_a_path_or_a_file_url_opens_a_directory(tmp_path: Path, scheme: str) -> None:
    store = open_blobs(f"{scheme}{tmp_path}/pages")

    assert store.get(store.put(PAGE)) == PAGE
    assert (tmp_path / "pages").is_dir()


def test_a_store_that_we_do_not_know_is_named_with_the_remedy() -> None:
    with pytest.raises(SettingError, match="give a path or file:///path"):
        open_blobs("ftp://pages")


def test_bytes_that_came_as_gzip_are_kept_as_they_came(blobs: DirectoryBlobs) -> None:
    packed = gzip.compress(PAGE, compresslevel=1)

    address = blobs.put(PAGE, packed)

    assert file_of(blobs, address).read_bytes() == packed
    assert blobs.get(address) == PAGE
