"""The broker loses everything while pages are on their way: `steppewire recover` brings them home.

Real services, real HTTP. Once articles arrive, fetcher, parser and enricher are stopped with most
pages fetched and not stored; then FLUSHALL, recover, and everything is started again.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from steppewire.archive import open_archive
from steppewire.archive.promise import Record
from steppewire.local.processes import Program, end_all
from steppewire.ports import free_port
from steppewire.records import Stamp, open_records
from steppewire.servers import connect
from steppewire.streams import STORED, key
from steppewire.testing.newswire import Running, newswire, settled
from steppewire_newsroom.demo import settings as demo_settings

from .test_newsroom import QUICK, count

BEFORE_STORING = ("fetcher", "parser", "enricher")


@dataclass
class Outcome:
    """What the run left behind."""

    fetched: list[Stamp]
    """When the broker was flushed."""
    fetched_in_the_end: list[Stamp]
    links: Mapping[str, str]
    """Fetch id -> link id, of all that was fetched in the end."""
    finished_before: set[str]
    finished: Mapping[str, str]
    refused: int
    """Pages in which the parser found no article, since the flush."""
    histories: Mapping[str, list[Record]]
    stored: list[str]
    """Keys in articles.stored, since the flush."""
    said: list[dict[str, Any]]
    """What recover said: dry, first, second, and after all was done."""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    data = tmp_path_factory.mktemp("flushed")
    port = free_port()
    newsroom = Program(
        "newsroom",
        [sys.executable, "-m", "steppewire_newsroom", "--port", str(port)],
        {},
        data / "logs" / "newsroom.log",
    )
    with newswire(data, {**demo_settings(port), **QUICK}, extra=[newsroom]) as running:
        yield asyncio.run(the_story(running))


async def the_story(running: Running) -> Outcome:
    await settled(running, lambda: count(running, "store") >= 5, seconds=60, what="first articles")
    stopped = [running.program(name) for name in BEFORE_STORING]
    await asyncio.to_thread(end_all, stopped, patience=15.0)
    records = open_records(str(running.data / "blobs"))
    fetched = list(records.list())
    redis = connect(running.redis_url)
    await redis.flushall()
    finished_before = set(await saved(running, fetched))
    said = [await recover(running.data, *options) for options in (["--dry-run"], [], [])]
    for program in stopped:
        program.start()
    await settled(
        running,
        lambda: (
            count(running, "store") + refused(running)
            >= len(list(records.list())) - len(finished_before)
            and running.idle()
        ),
        seconds=120,
        what="all that was put back, and what had not been fetched yet",
    )
    no_article = refused(running)
    said.append(await recover(running.data))
    stored = [f[b"key"].decode() for _, f in await redis.xrange(key(STORED.name))]
    await redis.aclose()
    async with open_archive(running.database) as archive:
        in_the_end = list(records.list())
        finished = await archive.saved([stamp.fetch_id for stamp in in_the_end])
        histories = await archive.histories(set(finished.values()))
    return Outcome(
        fetched=fetched,
        fetched_in_the_end=in_the_end,
        links={stamp.fetch_id: records.get(stamp).event.fetch.link_id for stamp in in_the_end},
        finished_before=finished_before,
        finished=finished,
        refused=no_article,
        histories=histories,
        stored=stored,
        said=said,
    )


async def saved(running: Running, stamps: list[Stamp]) -> Mapping[str, str]:
    async with open_archive(running.database) as archive:
        return await archive.saved([stamp.fetch_id for stamp in stamps])


async def recover(data: Path, *options: str) -> dict[str, Any]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("STEPPEWIRE_")}
    command = (sys.executable, "-m", "steppewire.cli", "recover", "--json", "--data", str(data))
    process = await asyncio.create_subprocess_exec(
        *command, *options, env=clean, stdout=subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    answer: dict[str, Any] = json.loads(out)
    return answer


def refused(running: Running) -> int:
    return sum(
        number
        for (stage, _, outcome, _), number in running.endings().items()
        if stage == "parser" and outcome == "skip"
    )


def late(outcome: Outcome) -> set[Stamp]:
    """Pages whose first fetch had failed, or was on its way, when the fetcher was stopped."""
    return set(outcome.fetched_in_the_end) - set(outcome.fetched)


def test_most_pages_were_fetched_and_not_stored_when_the_broker_was_flushed(outcome):
    assert len(outcome.fetched) - len(outcome.finished_before) > 30


def test_recover_puts_back_exactly_what_is_missing(outcome):
    dry, first, second, _ = outcome.said
    missing = len(outcome.fetched) - len(outcome.finished_before)

    assert (dry["finished"], dry["put_back"]) == (len(outcome.finished_before), missing)
    assert (first["put_back"], first["waiting"], first["unreadable"]) == (missing, 0, 0)
    assert (second["put_back"], second["waiting"]) == (0, missing)


def test_every_fetched_page_is_in_the_database_or_was_no_article(outcome):
    lost = len(outcome.fetched_in_the_end) - len(outcome.finished) - outcome.refused

    assert lost == 0


def test_no_article_is_there_twice(outcome):
    places = [
        (id_, record.fetch.fetched_at)
        for id_, history in outcome.histories.items()
        for record in history
    ]

    assert set(Counter(places).values()) == {1}
    # one answer for each page that was put back or came later; some articles have two addresses
    came = outcome.said[1]["put_back"] + len(late(outcome))
    assert len(outcome.stored) == came - outcome.refused
    assert all(history[0].version == 1 for history in outcome.histories.values())


def test_nothing_is_left_to_recover(outcome):
    last = outcome.said[-1]
    # only what was put back is known to have ended without an article
    unknown = [stamp for stamp in late(outcome) if stamp.fetch_id not in outcome.finished]

    assert (last["put_back"], last["waiting"], last["dead"]) == (len(unknown), 0, 0)
    ended = last["finished"] + last["ended"] + len(unknown)
    assert ended == len(outcome.fetched_in_the_end)


def test_no_page_is_fetched_again_only_because_the_broker_forgot_its_link(outcome):
    known = {outcome.links[stamp.fetch_id] for stamp in outcome.fetched}

    assert not known & {outcome.links[stamp.fetch_id] for stamp in late(outcome)}
