"""`steppewire source list`: every source, and how it is doing."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from redis.asyncio import Redis

from steppewire.commands.source import last, merged, state_of
from steppewire.health.reading import TOLD
from steppewire.plugins import Source
from steppewire.streams import key
from steppewire.valkey import Valkey
from steppewire_fetcher.ledger import Ledger

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


async def listed(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("STEPPEWIRE_")}
    command = [sys.executable, "-m", "steppewire.cli", "source", "list", *words]
    run = lambda: subprocess.run(command, env=clean | environment, capture_output=True, text=True)  # noqa: E731
    return await asyncio.to_thread(run)


async def visited(ledger: Ledger, source: Source, error: str = "") -> None:
    await ledger.introduce([source])
    await ledger.record(
        source.name, error=error, succeeded=not error, seen=7, new=2,
        warnings={"feed-empty": 1} if error else {}, next_in=300,
    )  # fmt: skip


async def test_it_shows_state_visits_failures_and_health(
    redis: Redis, valkey: Valkey, source: Callable[..., Source]
) -> None:
    ledger = Ledger(redis, lambda: NOW)
    await visited(ledger, source(name="well.kz"))
    await visited(ledger, source(name="ill.kz"), error="status 500")
    await visited(ledger, source(name="mute.kz"))
    told = {"state": "silent", "why": "nothing for two days", "last_article": "2026-11-20T10:00Z"}
    await redis.hset(key(TOLD), "mute.kz", json.dumps(told))

    done = await listed("--json", "--redis-url", valkey.url)
    table = await listed("--redis-url", valkey.url)

    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert rows["well.kz"]["state"] == "ok"
    assert rows["well.kz"]["next_poll"] == "2026-11-22T06:35:00+00:00"
    assert (rows["ill.kz"]["state"], rows["ill.kz"]["why"]) == ("failing", "status 500")
    assert (rows["ill.kz"]["failures"], rows["ill.kz"]["warnings"]) == (1, {"feed-empty": 1})
    assert (rows["mute.kz"]["state"], rows["mute.kz"]["why"]) == ("silent", "nothing for two days")
    assert rows["el.kz"]["state"] == "not running"
    [line] = [line for line in table.stdout.splitlines() if line.startswith("mute.kz")]
    cells = [cell.strip() for cell in line.rstrip().split("  ") if cell]
    assert cells == [
        "mute.kz", "silent", "2026-11-20 10:00", "2026-11-22 06:30", "0", "2026-11-22 06:35",
        "nothing for two days",
    ]  # fmt: skip


def test_an_old_article_is_shown_where_no_other_came() -> None:
    old = state_of({"name": "a.kz", "state": "ok"}, {"last_old_article": "2026-11-20T10:00Z"})
    both = old | {"last_article": "2026-11-21T10:00Z"}

    assert [last(old), last(both), last({})] == [
        "2026-11-20 10:00 (old)", "2026-11-21 10:00", "",
    ]  # fmt: skip


async def test_without_a_newswire_it_shows_what_is_declared(tmp_path: Any) -> None:
    done = await listed("--json", STEPPEWIRE_SOURCES="el.kz")

    [row] = json.loads(done.stdout)
    assert done.returncode == 0
    assert (row["name"], row["state"], row["country"]) == ("el.kz", "declared", "KZ")
    assert done.stderr.startswith("declared facts only: ")


def test_a_source_whose_file_is_gone_says_so() -> None:
    gone = state_of({"name": "a.kz", "state": "removed", "last_error": "x"}, {"state": "silent"})

    assert (gone["state"], gone["why"]) == ("removed", "its file or package is gone")


def test_what_runs_counts_more_than_what_is_declared() -> None:
    rows = merged({"a": {"name": "a", "checked": "2026"}}, {"a": {"name": "a", "state": "ok"}})

    assert rows == {"a": {"name": "a", "checked": "2026", "state": "ok"}}


def test_what_runs_is_shown_before_what_is_only_declared() -> None:
    rows = merged({"a": {"name": "a"}, "b": {"name": "b"}}, {"b": {"name": "b"}, "c": {}})

    assert [*rows] == ["b", "c", "a"]


async def test_what_to_do_is_said_below_and_what_does_not_run_is_left_out(
    redis: Redis, valkey: Valkey, source: Callable[..., Source]
) -> None:
    ledger = Ledger(redis, lambda: NOW)
    await visited(ledger, source(name="moved.kz"), error="https://moved.kz/rss: gone: status 404")
    await ledger.introduce([source(name="bare.kz")])
    await ledger.record("bare.kz", error="", succeeded=True, seen=0, new=0,
                        warnings={"feed-is-html": 1}, next_in=300)  # fmt: skip

    brief = await listed("--redis-url", valkey.url)
    whole = await listed("--all", "--redis-url", valkey.url)

    assert "! moved.kz: there is nothing at this address any more" in brief.stdout
    assert "! bare.kz: the address of the feed answers an HTML page" in brief.stdout
    [line] = [line for line in brief.stdout.splitlines() if line.startswith("bare.kz")]
    assert line.split()[1] == "ok"
    assert line.split()[-1] == "feed-is-html"
    assert "--all shows them" in brief.stdout
    assert "el.kz" not in brief.stdout
    assert "el.kz" in whole.stdout
