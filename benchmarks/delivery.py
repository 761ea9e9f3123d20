"""Delivery: messages through four stages per CPU-second, ours beside stock FastStream.

    python benchmarks/delivery.py [--messages N] [--rounds R]

Four stages in one process, articles of about 3 KB, pydantic on every hop, a real Valkey on a
unix socket. Each variant runs in a process of its own, in turn, R rounds; medians are printed.
Stock FastStream reads one message at a time, publishes, then acknowledges: after a crash it
neither takes over nor fences. Ours does both, and counts every message once.
CPU is that of the Python process; wall time on a shared machine says little.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from steppewire import logs
from steppewire.events import (
    Article,
    ArticleDiscovered,
    ArticleEnriched,
    ArticleFetched,
    ArticleParsed,
    ArticleStored,
    Enrichment,
    Extraction,
    Fetch,
    Language,
    Languages,
    Paragraph,
)
from steppewire.identity import link_id
from steppewire.streams import FETCH, STAGES, STORED, key
from steppewire.valkey import Valkey

NOW = datetime(2026, 11, 1, tzinfo=UTC)
TEXT = "Қазақстан мен Өзбекстан арасындағы сауда айналымы өсті. " * 6
BODY = tuple(Paragraph(text=TEXT) for _ in range(5))  # about 3 KB of UTF-8


def discovered(number: int) -> ArticleDiscovered:
    url = f"https://example.kz/news/{number}"
    return ArticleDiscovered(
        link_id=link_id(url),
        url=url,
        source="example.kz",
        via="feed",
        discovered_at=NOW,
        title_hint=TEXT[:2800],
    )


def to_fetched(event: ArticleDiscovered) -> ArticleFetched:
    fetch = Fetch(
        link_id=event.link_id,
        url=event.url,
        final_url=event.url,
        source=event.source,
        fetched_at=NOW,
        status=200,
        blob="sha256:" + "0" * 64,
        size=1,
    )
    return ArticleFetched(fetch=fetch, title_hint=event.title_hint)


def to_parsed(event: ArticleFetched) -> ArticleParsed:
    article = Article(
        article_id=event.fetch.link_id,
        version_id="0" * 32,
        url=event.fetch.url,
        source=event.fetch.source,
        title="Сауда айналымы өсті",
        paragraphs=BODY,
    )
    extraction = Extraction(parser="bench", method="rules", charset="utf-8")
    return ArticleParsed(article=article, fetch=event.fetch, extraction=extraction)


def to_enriched(event: ArticleParsed) -> ArticleEnriched:
    kazakh = Language(tag="kk-Cyrl", confidence=1)
    enrichment = Enrichment(
        languages=Languages(article=kazakh, title=kazakh), text_hash="0" * 64, fingerprint="0" * 16
    )
    return ArticleEnriched(
        article=event.article,
        enrichment=enrichment,
        fetch=event.fetch,
        extraction=event.extraction,
    )


def to_stored(event: ArticleEnriched) -> ArticleStored:
    return ArticleStored(
        article_id=event.article.article_id,
        version_id=event.article.version_id,
        version=1,
        change="created",
        source=event.article.source,
        url=event.article.url,
        title=event.article.title,
        language="kk-Cyrl",
        stored_at=NOW,
    )


STEPS = dict(zip(STAGES, (to_fetched, to_parsed, to_enriched, to_stored), strict=True))


async def ours(url: str, messages: int) -> dict[str, float]:
    from pydantic import SecretStr

    from steppewire.broker import Service
    from steppewire.settings import Settings
    from steppewire.testing.service import prepare, publish

    service: Service[Settings] = Service("bench", Settings(redis_url=SecretStr(url), max_lag=10**9))
    await prepare(service.redis)
    await publish(service.redis, FETCH.reads.name, [discovered(n) for n in range(messages)])

    def batched(step: Any) -> Any:
        async def run(events: Sequence[Any]) -> list[Any]:
            return [step(event) for event in events]

        return run

    for stage, step in STEPS.items():
        service.batch(stage, batched(step), size=100)
    meter = Meter()
    task = asyncio.create_task(service.serve())
    await arrived(service.redis, key(STORED.name), messages)
    figures = meter.read(messages)
    service.stop()
    await task
    await service.close()
    return figures


async def stock(url: str, messages: int) -> dict[str, float]:
    from faststream import FastStream
    from faststream.redis import RedisBroker, StreamSub

    from steppewire.broker import connect

    redis = connect(url)
    broker = RedisBroker(url, logger=None)

    def declare(stage: Any, step: Any) -> None:
        given, returned = stage.reads.event, stage.writes.event

        async def handle(event: Any) -> Any:
            return step(event)

        handle.__annotations__ = {"event": given, "return": returned}
        subscriber = broker.subscriber(
            stream=StreamSub(stage.reads.name, group=stage.group, consumer="c", last_id="0")
        )
        subscriber(broker.publisher(stream=stage.writes.name)(handle))

    for stage, step in STEPS.items():
        declare(stage, step)
    app = FastStream(broker, logger=None)
    await broker.connect()
    for number in range(messages):
        await broker.publish(discovered(number), stream=FETCH.reads.name)
    meter = Meter()
    await app.start()
    await arrived(redis, STORED.name, messages)
    figures = meter.read(messages)
    await app.stop()
    await redis.aclose()
    return figures


VARIANTS = {"stock FastStream": stock, "steppewire": ours}


class Meter:
    """CPU and wall time since it was made."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.monotonic(), cpu_seconds()

    def read(self, messages: int) -> dict[str, float]:
        return {
            "per_cpu": messages / (cpu_seconds() - self.cpu),
            "per_wall": messages / (time.monotonic() - self.wall),
        }


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def arrived(redis: Any, stream: str, messages: int) -> None:
    while await redis.xlen(stream) < messages:
        await asyncio.sleep(0.05)
    assert await redis.xlen(stream) == messages, "something was repeated"


def run_variant(name: str, messages: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as directory, Valkey(Path(directory)) as server:
        command = [sys.executable, __file__, "--variant", name, "--url", server.url]
        output = subprocess.run(
            [*command, "--messages", str(messages)], check=True, capture_output=True, text=True
        ).stdout
    result: dict[str, float] = json.loads(output)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--variant", choices=VARIANTS, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.variant:
        logs.configure("bench", level="ERROR")
        print(json.dumps(asyncio.run(VARIANTS[args.variant](args.url, args.messages))))
        return
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in VARIANTS}
    for number in range(args.rounds):
        for name in VARIANTS:
            print(f"round {number + 1}: {name} …", file=sys.stderr)
            runs[name].append(run_variant(name, args.messages))
    report(runs, args.messages)


def report(runs: dict[str, list[dict[str, float]]], messages: int) -> None:
    rounds = len(runs["steppewire"])
    print(f"\n{messages} articles of 3 KB through 4 stages; medians of {rounds} rounds\n")
    heads = ("articles/CPU-s", "commits/CPU-s", "articles/s", "times stock")
    print(f"{'variant':18}" + "".join(f"{head:>16}" for head in heads))
    base = statistics.median(run["per_cpu"] for run in runs["stock FastStream"])
    for name, results in runs.items():
        cpu = statistics.median(run["per_cpu"] for run in results)
        wall = statistics.median(run["per_wall"] for run in results)
        print(f"{name:18}{cpu:16.0f}{cpu * 4:16.0f}{wall:16.0f}{cpu / base:16.1f}")


if __name__ == "__main__":
    main()
