"""What the notifier needs to know, from the environment."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, model_validator

from steppewire.addresses import network
from steppewire.settings import Settings

AGENT = "steppewire-notifier/0.1 (+webhooks)"


def _networks(text: str) -> str:
    for one in filter(None, map(str.strip, text.split(","))):
        network(one)
    return text


class NotifierSettings(Settings):
    """What the notifier needs to know, beside what all services do."""

    database: SecretStr = SecretStr("sqlite:///var/steppewire.sqlite3")
    """Where articles are kept: `sqlite:///path` or `postgresql://user:password@host/name`."""
    webhooks: str = ""
    """File of webhooks (TOML); empty: those that were added over HTTP or by command alone."""
    webhook_timeout: Annotated[float, Field(gt=0, le=110)] = 15.0
    """Seconds that a webhook has to answer."""
    webhook_patience: Annotated[float, Field(ge=0)] = 432_000.0
    """Seconds of failures in a row, five days, after which a webhook is disabled."""
    webhook_networks: Annotated[str, AfterValidator(_networks)] = ""
    """Networks of your own that webhooks may lead to, such as `10.20.0.0/16`, separated by commas;
    otherwise only public addresses are connected to."""
    webhook_concurrency: Annotated[int, Field(ge=1, le=1024)] = 64
    """Messages on their way at a time."""

    @property
    def networks(self) -> tuple[str, ...]:
        """The networks of `webhook_networks`."""
        return tuple(filter(None, map(str.strip, self.webhook_networks.split(","))))

    @model_validator(mode="after")
    def _patient(self) -> NotifierSettings:
        # a webhook is disabled before its messages are given up
        self.outage = max(self.outage, self.webhook_patience)
        return self
