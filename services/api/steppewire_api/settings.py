"""Settings of the API."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_network
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr

from steppewire.keys import Scope
from steppewire.servers import shown
from steppewire.settings import Settings


def _openings(text: str) -> str:
    unknown = [word for word in _parts(text) if word not in ("read", "live", "none")]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is none of `read`, `live`, `none`; the rest needs a key")
    return text


def _networks(text: str) -> str:
    for part in _parts(text):
        try:
            ip_network(part)
        except ValueError as error:
            raise ValueError(f"{error}: write 127.0.0.1 or 10.0.0.0/8") from None
    return text


def _parts(text: str) -> Sequence[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def zone(name: str) -> str:
    """Refuse a zone that the time zone database does not know."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("must be the name of a time zone, such as Asia/Tashkent") from None
    return name


class ApiSettings(Settings):
    """What the API needs to know, beside what all services do."""

    database: SecretStr = SecretStr("sqlite:///var/steppewire.sqlite3")
    """Where articles are kept: `sqlite:///path` or `postgresql://user:password@host/name`."""
    api_host: str = "127.0.0.1"
    """Address that the API listens on; the default answers this machine only."""
    api_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """Port of the API and the page; 0 picks a free one."""
    api_wait: Annotated[float, Field(ge=0)] = 30.0
    """Seconds that the API waits at start for a database that is still being prepared."""
    api_cors: str = ""
    """Origins whose pages may read the API, separated by commas; `*` for all; empty for none."""
    api_keys: str = "var/keys.json"
    """File of the API keys' hashes, written by `steppewire keys`; without it there are no keys."""
    api_open: Annotated[str, AfterValidator(_openings)] = "read,live"
    """What callers without a key may do: `read`, `live`, both with a comma, or `none`."""
    api_rate: Annotated[float, Field(ge=0)] = 50.0
    """Requests a second that one key or address may make on average; 0: no limit."""
    api_burst: Annotated[int, Field(ge=1)] = 2000
    """Requests that it may make at once after a quiet time."""
    api_proxies: Annotated[str, AfterValidator(_networks)] = ""
    """Addresses or networks of reverse proxies, separated by commas, whose `X-Forwarded-For` and
    `X-Forwarded-Proto` are believed; empty: nobody's."""
    api_zone: Annotated[str, AfterValidator(zone)] = "Asia/Almaty"
    """Time zone in which the pages tell times."""

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins of `api_cors`."""
        return tuple(_parts(self.api_cors))

    @property
    def openings(self) -> frozenset[Scope]:
        """The scopes of `api_open`."""
        words = _parts(self.api_open)
        scopes: tuple[Scope, ...] = ("read", "live")
        return frozenset(scope for scope in scopes if scope in words)

    @property
    def proxies(self) -> list[str]:
        """The proxies of `api_proxies`."""
        return list(_parts(self.api_proxies))

    @property
    def broker(self) -> str:
        """The broker's address without its password."""
        return shown(self.redis_url.get_secret_value())
