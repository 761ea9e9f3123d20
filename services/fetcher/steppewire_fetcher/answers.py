"""What a server said, as a plain value that can be judged without a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Validators:
    """What makes the next request for the same address a conditional one (RFC 9110, 13)."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """Return the request headers; empty when nothing is known."""
        pairs = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in pairs.items() if value}


NONE = Validators()


@dataclass(frozen=True)
class Answer:
    """One response: header names in lower case, body decoded and within the size cap."""

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    packed: bytes | None = field(default=None, repr=False)
    """The body as gzip, if that is how it came: whoever keeps it need not compress it again."""

    @property
    def content_type(self) -> str:
        """The Content-Type header as sent; may be empty or wrong."""
        return self.headers.get("content-type", "")

    @property
    def validators(self) -> Validators:
        """What to send along next time."""
        return Validators(self.headers.get("etag"), self.headers.get("last-modified"))
