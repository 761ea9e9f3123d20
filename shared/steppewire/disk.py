"""Files that are there whole, or not at all, also after a power cut."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def write_durably(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; once this returns, it survives a power cut."""
    # plain names and calls: this runs twice for each page, and pathlib and tempfile cost more
    # than the disk
    folder, final = os.path.split(path)
    temporary = f"{folder}/.{os.urandom(8).hex()}.tmp"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
        os.replace(temporary, f"{folder}/{final}")
        _sync_folder(folder)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def make_folder(folder: Path | str, root: Path) -> None:
    """Make a folder below `root` so that it, too, survives a power cut."""
    if os.path.isdir(folder):
        return
    above = os.path.dirname(folder)
    if str(folder) == str(root):
        os.makedirs(above, exist_ok=True)
    else:
        make_folder(above, root)
    with suppress(FileExistsError):  # another page's thread was first
        os.mkdir(folder)
    _sync_folder(above)


def _sync_folder(folder: Path | str) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
