"""Requests that nobody would send, to the running API: schemathesis against its own description.

    make fuzz-api EXAMPLES=50          # that many of each operation, by a seed
    make fuzz-api MINUTES=10           # as long as that, ever new ones
    make fuzz-api ARGS=--postgres      # over PostgreSQL instead of SQLite

A real server with a database, dead letters and a key for everything is started, and asked by its
OpenAPI document: what the document allows must be answered as it says, what it forbids must be
refused, and nothing may be a fault of ours. `/events` never ends and is left to tests of its own.
The exit status is schemathesis's: not 0 when something was found.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from steppewire.archive import open_archive
from steppewire.keys import SCOPES, make, write
from steppewire.servers import connect
from steppewire.streams import PARSE, dead_name, key
from steppewire.testing.articles import entity, story
from steppewire.testing.postgres import running_postgres
from steppewire.testing.redis import running_valkey
from steppewire.testing.samples import NOON
from steppewire_api.views import ARTICLE_ID
from steppewire_store.migrate import migrate

CONFIG = Path(__file__).with_name("fuzz_api.toml")
PEOPLE = tuple(
    entity(name, id=f"person/{id_}", type="PERSON")
    for name, id_ in (("Қасым-Жомарт Тоқаев", "toqaev-qasym-jomart"), ("А. Мамин", "mamin-asqar"))
)


@dataclass(frozen=True)
class Target:
    """A running API, and a key that opens everything."""

    url: str
    token: str


@contextmanager
def target(*, postgres: bool) -> Iterator[Target]:
    """Run an API with something in it."""
    with tempfile.TemporaryDirectory(prefix="fuzz-api-") as place:
        folder = Path(place)
        token, kept = make("fuzz", SCOPES, datetime.now(UTC))
        write(folder / "keys.json", [kept])
        with running_valkey(folder / "valkey") as broker, _database(folder, postgres) as database:
            asyncio.run(_fill(database, broker.url))
            with _serving(folder, database, broker.url) as url:
                yield Target(url, token)


@contextmanager
def _database(folder: Path, postgres: bool) -> Iterator[str]:
    if not postgres:
        yield f"sqlite:///{folder / 'archive.sqlite3'}"
        return
    with running_postgres() as server:
        yield server.url(server.create())


async def _fill(database: str, broker: str) -> None:
    await migrate(database)
    async with open_archive(database) as archive:
        await archive.save([
            story(n, title=f"Сапар {n}", entities=PEOPLE, published=NOON - timedelta(hours=n))
            for n in range(30)
        ])  # fmt: skip
        await archive.save([story(n, title="Сапар аяқталды", fetched=60) for n in range(5)])
        # the one that the description gives as its example
        await archive.save([
            story(90, article_id=ARTICLE_ID, title=f"Сапар {n}", fetched=n) for n in range(3)
        ])  # fmt: skip
    redis = connect(broker)
    letter: dict[Any, Any] = {
        b"type": b"article.fetched", b"key": b"k", b"data": b"{}", b"dead.source": b"elkz",
        b"dead.outcome": b"reject", b"dead.reason": b"no-article", b"dead.last": b"?",
    }  # fmt: skip
    for _ in range(20):
        await redis.xadd(key(dead_name(PARSE)), letter)
    await redis.aclose()


@contextmanager
def _serving(folder: Path, database: str, broker: str) -> Iterator[str]:
    settings = {
        "DATABASE": database, "REDIS_URL": broker, "API_PORT": "0", "API_RATE": "0",
        "API_KEYS": str(folder / "keys.json"),
    }  # fmt: skip
    log = folder / "api.log"
    process = subprocess.Popen(
        [sys.executable, "-m", "steppewire_api"],
        env=os.environ | {f"STEPPEWIRE_{name}": value for name, value in settings.items()},
        stderr=log.open("wb"),
    )
    try:
        yield _address(log, process)
        if faults := re.findall(r".*request_failed.*", log.read_text("utf-8", "replace")):
            raise SystemExit("\n".join(faults[:5]))
    finally:
        process.kill()
        process.wait()


def _address(log: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text()):
            return found[0]
        time.sleep(0.02)
    raise SystemExit(f"the API did not start: {log.read_text()[-2000:]}")


def command(target: Target, arguments: argparse.Namespace) -> list[str]:
    """Return how schemathesis is called."""
    length = (
        ["--max-time", str(round(arguments.minutes * 60)), "--generation-database", "none"]
        if arguments.minutes
        else ["--max-examples", str(arguments.examples), "--generation-deterministic"]
    )
    return [
        str(Path(sys.executable).with_name("schemathesis")),
        "--config-file", str(CONFIG),
        "run", f"{target.url}/openapi.json",
        "--header", f"Authorization: Bearer {target.token}",
        "--seed", str(arguments.seed),
        "--no-color",
        *length,
        *arguments.more,
    ]  # fmt: skip


def main(words: Sequence[str] | None = None) -> int:
    """Run it; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=0, help="as long as this")
    parser.add_argument("--examples", type=int, default=30, help="or so many of each operation")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true", help="over PostgreSQL")
    parser.add_argument("more", nargs="*", help="handed on to schemathesis")
    arguments = parser.parse_args(words)
    with target(postgres=arguments.postgres) as one, tempfile.TemporaryDirectory() as place:
        return subprocess.run(command(one, arguments), cwd=place, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
