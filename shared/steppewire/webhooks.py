"""Webhooks: who wants to be told of what, and how they fare. `archive.hooks` keeps both.

Signatures follow Standard Webhooks (https://www.standardwebhooks.com): whoever receives a message
verifies it with any of its libraries.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from steppewire.addresses import Network, is_literal, is_public

Status = Literal["active", "failing", "disabled", "off"]
"""`disabled`: it failed for too long; `off`: somebody switched it off."""
MOST = 1000
"""Webhooks of one newswire."""
SECRET_BYTES = (24, 64)
"""Shortest and longest secret that Standard Webhooks allow."""
_PREFIX = "whsec_"
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f]")


def new_secret() -> str:
    """Return a fresh secret."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def new_id() -> str:
    """Return a fresh id of a webhook."""
    return "wh-" + secrets.token_hex(6)


def message_id(webhook: str, article_id: str, version: int) -> str:
    """Return the id of the message that tells a webhook of a version: always the same."""
    parts = f"{webhook}\x1f{article_id}\x1f{version}"
    return "msg_" + hashlib.sha256(parts.encode()).hexdigest()[:32]


def _secret(text: str) -> str:
    try:
        size = len(base64.b64decode(text.removeprefix(_PREFIX), validate=True))
    except (binascii.Error, ValueError):
        size = 0
    shortest, longest = SECRET_BYTES
    if not text.startswith(_PREFIX) or not shortest <= size <= longest:
        raise ValueError(
            f"is no secret: `whsec_` and {shortest} to {longest} bytes in base64; leave it out and "
            "one is made"
        )
    return text


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("is no address: give one such as https://host/path") from None
    if parts.scheme not in ("http", "https") or not host or _CONTROL.search(text):
        raise ValueError("is no address: give one such as https://host/path")
    if "@" in parts.netloc:
        raise ValueError("has a user name in it: messages are signed, so leave it out")
    if port is not None and port < 1024 and port not in (80, 443):
        raise ValueError(f"port {port} belongs to another service: give 443, 80 or one from 1024")
    return text


def _name(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError("must be lower-case letters, digits and hyphens, 40 at most")
    return text


def _plain(text: str) -> str:
    # not `isprintable`: that refuses a no-break space, too, and letters newer than this Python
    if _UNSEEN.search(text):
        raise ValueError("must not contain control characters")
    return text


Secret = Annotated[str, Field(max_length=200), AfterValidator(_secret)]
Address = Annotated[str, Field(max_length=2000), AfterValidator(_address)]
# patterns are told to whoever reads the schema; what is checked, and said, is above
_SEEN: JsonDict = {"pattern": r"^[^\x00-\x1f\x7f]*$"}
Name = Annotated[
    str,
    Field(min_length=1, max_length=40, json_schema_extra={"pattern": f"^{_ID.pattern}$"}),
    AfterValidator(_name),
]
Text = Annotated[str, Field(max_length=300, json_schema_extra=_SEEN), AfterValidator(_plain)]
Word = Annotated[
    str, Field(min_length=1, max_length=100, json_schema_extra=_SEEN), AfterValidator(_plain)
]


class Wanted(BaseModel):
    """What a webhook is told of: the filters of `GET /articles`; none: everything."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: tuple[Word, ...] = Field((), max_length=50)
    source: tuple[Word, ...] = Field((), max_length=50)
    entity: Text | None = None
    q: Text | None = None


class Webhook(Wanted):
    """Where to send, what, and signed with which secrets."""

    id: Name
    url: Address
    secrets: tuple[Secret, ...] = Field(min_length=1, max_length=3)
    """All sign; a new one comes first, and the one before it stays until the next change."""
    description: Text = ""
    made_at: AwareDatetime
    """What was stored before is not told."""
    origin: Literal["api", "file"] = "api"
    enabled: bool = True


class State(BaseModel):
    """How a webhook fares."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    last_delivered_at: AwareDatetime | None = None
    failures: int = 0
    """In a row."""
    failing_since: AwareDatetime | None = None
    last_failure: str = ""
    """What was wrong the last time, even if it is well again."""
    last_failed_at: AwareDatetime | None = None
    next_at: AwareDatetime | None = None
    """Nothing is sent before, while it fails."""
    disabled_at: AwareDatetime | None = None
    """When we gave up on it."""
    disabled_why: str = ""


def private(url: str, allowed: Sequence[Network] = ()) -> bool:
    """Tell whether an address is written as a number that is not public. Names are for later."""
    host = (urlsplit(url).hostname or "").strip("[]")
    return host == "localhost" or (is_literal(host) and not is_public(host, allowed))


def signed(secret: str, id_: str, at: int, body: bytes) -> str:
    """Return the signature of a message: HMAC-SHA256 over id, seconds and body."""
    sealed = base64.b64decode(secret.removeprefix(_PREFIX))
    digest = hmac.digest(sealed, f"{id_}.{at}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"


def headers(webhook: Webhook, id_: str, now: datetime, body: bytes) -> dict[str, str]:
    """Return the headers of a message."""
    at = int(now.timestamp())
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(signed(one, id_, at, body) for one in webhook.secrets),
        "content-type": "application/json",
    }


def status(webhook: Webhook, state: State) -> Status:
    """Return how a webhook fares, in one word."""
    if not webhook.enabled:
        return "off"
    if state.disabled_at:
        return "disabled"
    return "failing" if state.failures else "active"
