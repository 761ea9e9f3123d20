"""API keys: what one looks like, what it allows, and the file that knows them by their hashes.

A key is `swk_`, eight letters by which people call it, and 256 random bits. The file keeps no key,
only a SHA-256 of it: whoever reads the file cannot use it, and bits that nobody chose need no slow
hash. A reader of the file sees a change at its next question, so a key that is revoked ends then.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from steppewire.disk import write_durably
from steppewire.errors import NotFound, SettingError

Scope = Literal["read", "live", "webhooks", "operate"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
MEANINGS: dict[Scope, str] = {
    "read": "articles, entities, sources, statistics, feeds and the page",
    "live": "the live stream",
    "webhooks": "webhooks: look, add, change, remove",
    "operate": "operator's actions, such as dead letters put back to work",
}
_SHAPE = re.compile(r"swk_([a-z2-7]{8})_[A-Za-z0-9_-]{43}")
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"

Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Key(BaseModel):
    """What is kept of a key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z2-7]{8}$")]
    name: Name
    scopes: tuple[Scope, ...]
    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    made_at: AwareDatetime
    until: AwareDatetime | None = None
    """When it ends; None: when it is revoked."""
    rate: Annotated[float, Field(gt=0)] | None = None
    """Requests a second that it may make on average; None: as many as everybody."""

    def opens_with(self, token: str, now: datetime) -> bool:
        """Tell whether `token` is this key, and still good."""
        fits = hmac.compare_digest(self.hash, digest(token))
        return fits and (self.until is None or now < self.until)


class KeyFile(BaseModel):
    """The file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    keys: tuple[Key, ...] = ()


def digest(token: str) -> str:
    """Return what is kept of a key."""
    return hashlib.sha256(token.encode()).hexdigest()


def id_of(token: str) -> str | None:
    """Return by which id a key is called; None for what is no key."""
    match = _SHAPE.fullmatch(token)
    return match[1] if match else None


def make(
    name: str,
    scopes: Sequence[Scope],
    now: datetime,
    *,
    until: datetime | None = None,
    rate: float | None = None,
) -> tuple[str, Key]:
    """Return a new key, which is told once, and what is kept of it."""
    id_ = "".join(secrets.choice(_LETTERS) for _ in range(8))
    token = f"swk_{id_}_{secrets.token_urlsafe(32)}"
    asked = tuple(scope for scope in SCOPES if scope in scopes)
    kept = Key(
        id=id_,
        name=name,
        scopes=asked,
        hash=digest(token),
        made_at=now,
        until=until,
        rate=rate,
    )
    return token, kept


def named(keys: Sequence[Key], word: str) -> Key:
    """Return the key with this id or name. Raises NotFound."""
    found = [key for key in keys if word in (key.id, key.name)]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(key.id for key in found)
        raise NotFound(f"{len(found)} keys are called {word[:100]!r}; say which by its id: {ids}")
    raise NotFound(f"no key {word[:100]!r}; `steppewire keys list` shows which there are")


def read(path: Path) -> tuple[Key, ...]:
    """Return the keys of a file; none where there is no file. Raises SettingError."""
    try:
        return KeyFile.model_validate_json(path.read_bytes()).keys
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise SettingError(
            f"cannot read the API keys in {path}: {error.strerror}; correct its rights, or "
            "STEPPEWIRE_API_KEYS"
        ) from None
    except ValidationError as error:
        wrong = error.errors()[0]
        place = ".".join(map(str, wrong["loc"])) or "the file"
        raise SettingError(
            f"{path} is no file of API keys ({place}: {wrong['msg']}); put the last good one "
            "back, or move it away and make keys with `steppewire keys new`"
        ) from None


def write(path: Path, keys: Sequence[Key]) -> None:
    """Write the file whole or not at all, for its owner's eyes. Raises SettingError."""
    text = KeyFile(keys=tuple(keys)).model_dump_json(indent=2, exclude_none=True)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path.absolute(), f"{text}\n".encode())
    except OSError as error:
        raise SettingError(f"cannot write {path}: {error.strerror}; give --file another") from None
