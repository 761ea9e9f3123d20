"""Settings of the API."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr

from steppewire.servers import shown
from steppewire.settings import Settings


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

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins of `api_cors`."""
        return tuple(part.strip() for part in self.api_cors.split(",") if part.strip())

    @property
    def broker(self) -> str:
        """The broker's address without its password."""
        return shown(self.redis_url.get_secret_value())
