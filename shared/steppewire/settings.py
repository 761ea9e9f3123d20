"""Settings that services share, read from the environment as `STEPPEWIRE_…`.

A service adds its own fields in a subclass. `load` turns what is wrong into one clear line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from steppewire.errors import NotFound, SettingError

PREFIX = "STEPPEWIRE_"


Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class Settings(BaseSettings):
    """Settings of every service. Each is documented in docs/reference/settings.md."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", env_ignore_empty=True, use_attribute_docstrings=True
    )

    redis_url: SecretStr = SecretStr("redis://127.0.0.1:6379/0")
    """Broker: `redis://[:password@]host:port/db`, `rediss://…`, `unix:///path`, or a cluster by
    some of its nodes: `redis-cluster://[:password@]host:port,host:port`, `rediss-cluster://…`."""
    broker_wait: Annotated[float, Field(ge=0)] = 10.0
    """Seconds that a service waits at start for a broker that does not answer yet."""
    partitions: Annotated[int, Field(ge=1, le=1024)] = 1
    """Number of partitions; every service must be told the same, and one that is not refuses."""
    log_level: Annotated[Level, BeforeValidator(str.upper)] = "INFO"
    """`DEBUG`, `INFO`, `WARNING` or `ERROR`."""
    log_format: Literal["text", "json"] = "text"
    """`text` for people, `json` for machines."""
    health_host: str = "127.0.0.1"
    """Address that the health endpoints listen on; the default answers this machine only."""
    health_port: int | None = None
    """Port of /health/live, /health/ready and /metrics; 0 picks a free one, unset: none."""
    trace_url: str = ""
    """Collector for traces over OTLP/HTTP, such as `http://host:4318`; empty: no traces."""
    trace_sample: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Share of the articles that are traced; the fetcher decides it where a link enters."""
    entities: str = ""
    """File of corrections: which entities are the same, apart, or named so; empty: none."""
    lease: Annotated[float, Field(gt=0.1)] = 5.0
    """Seconds without a heartbeat after which another worker takes over an entry."""
    max_attempts: Annotated[int, Field(ge=1)] = 5
    """Attempts before a message goes to the dead letters; see docs/reference/errors.md."""
    outage: Annotated[float, Field(ge=0)] = 3600.0
    """Seconds for which trouble that passes by itself, such as a site that is down, is ridden out,
    however many attempts that takes."""
    max_deliveries: Annotated[int, Field(ge=2)] = 10
    """Deliveries that ended in a worker's death before a message goes to the dead letters."""
    retry_base: Annotated[float, Field(gt=0)] = 1.0
    """Seconds before the second attempt; doubles with each further one, up to 15 minutes."""
    drain: Annotated[float, Field(ge=0)] = 10.0
    """Seconds given to running work at SIGTERM; the rest is handed back."""
    max_lag: Annotated[int, Field(ge=1)] = 5000
    """A stage stops taking work while the next one has more than this many entries waiting."""
    max_memory_share: Annotated[float, Field(gt=0, le=1)] = 0.8
    """The fetcher stops taking work while the broker uses more than this share of its maxmemory.

    Later stages stop a little later, the last one never: its work is what makes room.
    """
    retain: Annotated[float, Field(ge=0)] = 86_400.0
    """Seconds of history that the public streams keep for readers who join late; fewer while the
    broker is short of memory."""


S = TypeVar("S", bound=BaseSettings)


def load(model: type[S]) -> S:
    """Read settings from the environment; raise SettingError that names each wrong variable."""
    try:
        return model()
    except ValidationError as error:
        lines = [
            f"{PREFIX}{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()
        ]
        raise SettingError(
            "wrong setting: " + "; ".join(lines) + " (see docs/reference/settings.md)"
        ) from None


def explain(model: type[BaseSettings]) -> str:
    """Return a table of a settings class for people: variable, default, what it does."""
    rows = []
    for name, info in sorted(model.model_fields.items()):
        default = _shown(info.default)
        text = " ".join((info.description or "").split())
        rows.append(f"  {PREFIX}{name.upper():28} {text}" + (f" [{default}]" if default else ""))
    return "\n".join(rows)


def helped(name: str, model: type[BaseSettings], words: Sequence[str]) -> bool:
    """Print a service's settings if its command line asks for help; tell whether it did.

    Raises NotFound for any other word: a setting that is given so would be left out silently.
    """
    if {"-h", "--help"} & set(words):
        print(f"usage: python -m steppewire_{name}\n\nSettings, from the environment:\n")
        print(explain(model))
        return True
    if words:
        raise NotFound(
            f"{words[0][:60]!r} means nothing here: settings are taken from the environment, "
            f"`python -m steppewire_{name} --help` lists them"
        )
    return False


def _shown(default: object) -> str:
    if isinstance(default, SecretStr):
        return default.get_secret_value()
    return "" if default in (None, (), {}) else str(default)
