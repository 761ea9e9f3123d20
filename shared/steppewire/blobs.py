"""The blob store: page bytes by the hash of their content; the raw archive that replay reads."""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from steppewire.disk import make_folder, write_durably
from steppewire.errors import BlobMissing, SettingError

_ADDRESS = re.compile(r"sha256:([0-9a-f]{64})")


class Blobs(Protocol):
    """Content-addressed bytes. Both calls block for as long as a disk or a network takes."""

    def put(self, data: bytes, packed: bytes | None = None) -> str:
        """Keep `data`; return its address. Putting the same bytes twice keeps them once.

        `packed`: the same bytes as one gzip stream, where the caller has it at hand.
        """

    def get(self, address: str) -> bytes:
        """Return the bytes at `address`; raise BlobMissing when there are none."""


class DirectoryBlobs:
    """Blobs as gzip files in a directory: `ab/cd/<sha256>.gz`. `zcat` reads them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes, packed: bytes | None = None) -> str:
        """Write atomically and durably: an address that was returned survives a power cut."""
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(digest)
        if not path.exists():
            make_folder(path.parent, self.root)
            # compressing costs more than all else about a page: what came as gzip stays as it came
            write_durably(path, packed or gzip.compress(data, compresslevel=5, mtime=0))
        return f"sha256:{digest}"

    def get(self, address: str) -> bytes:
        """Return the bytes, checked against their address."""
        match = _ADDRESS.fullmatch(address)
        if match is None:
            raise BlobMissing(f"{address[:80]!r} is no blob address")
        path = self._path(match[1])
        try:
            packed = path.read_bytes()
        except FileNotFoundError:
            raise BlobMissing(f"no blob {address} under {self.root}") from None
        except OSError as error:
            raise BlobMissing(f"blob {address} cannot be read: {error}") from None
        try:
            data = gzip.decompress(packed)
        except (OSError, EOFError, zlib.error) as error:
            raise _damaged(path, address, str(error)) from None
        if hashlib.sha256(data).hexdigest() != match[1]:
            raise _damaged(path, address, "its bytes have another hash")
        return data

    def _path(self, digest: str) -> Path:
        return self.root / digest[:2] / digest[2:4] / f"{digest}.gz"


def _damaged(path: Path, address: str, why: str) -> BlobMissing:
    """Set a damaged file aside: the next fetch of the page finds room for a sound one."""
    with suppress(OSError):  # a reader may have no right to write
        path.replace(path.with_suffix(".damaged"))
    return BlobMissing(f"blob {address} is damaged: {why}")


def open_blobs(url: str) -> Blobs:
    """Open the blob store at `url`: a path or `file:///path`. Raises SettingError."""
    return DirectoryBlobs(folder_of(url))


def folder_of(url: str) -> Path:
    """Return the folder of the blob store at `url`. Raises SettingError."""
    if "://" in url and not url.startswith("file://"):
        raise SettingError(
            f"STEPPEWIRE_BLOBS={url!r}: only directories are supported; give a path or file:///path"
        )
    return Path(url.removeprefix("file://")).expanduser()
