"""The API keys of a file, read again whenever the file has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from steppewire import logs
from steppewire.errors import SettingError
from steppewire.keys import Key, id_of, read

log = logs.get(__name__)


@dataclass(frozen=True)
class _Stamp:
    changed: int
    size: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> _Stamp | None:
        try:
            told = path.stat()
        except OSError:
            return None
        return cls(told.st_mtime_ns, told.st_size, told.st_ino)


class KeyRing:
    """All keys that open something."""

    def __init__(self, path: Path | None = None) -> None:
        """Read the file; None is a ring without keys. Raises SettingError."""
        self._path = path
        self._stamp = _Stamp.of(path) if path else None
        self._keys = _by_id(read(path)) if path else {}

    def __len__(self) -> int:
        self._look()
        return len(self._keys)

    def find(self, token: str, now: datetime) -> Key | None:
        """Return the key that a caller shows, if it is one of ours and still good."""
        self._look()
        key = self._keys.get(id_of(token) or "")
        return key if key is not None and key.opens_with(token, now) else None

    def _look(self) -> None:
        if self._path is None or (stamp := _Stamp.of(self._path)) == self._stamp:
            return
        self._stamp = stamp
        try:
            self._keys = _by_id(read(self._path))
        except SettingError as error:
            # whoever had a key keeps it: a slip in the file must not lock everybody out
            log.error("keys_unreadable", error=str(error))


def _by_id(keys: Sequence[Key]) -> dict[str, Key]:
    return {key.id: key for key in keys}
