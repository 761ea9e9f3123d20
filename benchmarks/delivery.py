"""Delivery: messages through four stages per CPU-second, beside FastStream and plain redis-py.

    python benchmarks/delivery.py [--sizes 1,3,8] [--messages N] [--rounds R] [--json FILE]

Four stages in one process, our own pydantic events on every hop, a real Valkey on a unix socket.

==================  ========================================================================
stock FastStream    as its tutorial has it: one message at a time, publish, acknowledge
FastStream, batch   250 at a time, published in one pipeline, one acknowledgement
raw redis-py        by hand: 250 at a time, the same commit gate in one EVALSHA; nothing else
steppewire          a batch stage of ours: also leases, take-over, retries, dead letters, health
==================  ========================================================================

Neither of FastStream's fences or takes over: after a crash it loses or repeats. A size is that of
the article's text. Each variant runs in a process of its own, in turn, R rounds; medians are
printed. Counting begins when a tenth has arrived, so that start-up is not in it. CPU is that of
the Python process; the server's is shown beside it. Wall time on a shared machine says little.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import resource
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

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
from steppewire.streams import FETCH, STAGES, STORED, Stage, key
from steppewire.valkey import Valkey

NOW = datetime(2026, 11, 1, tzinfo=UTC)
BATCH = 250
WARM = 0.1
"""Share of the messages that pass before counting begins."""
_TEXT = "Қазақстан мен Өзбекстан арасындағы сауда айналымы өсті. " * 6
_PARAGRAPH = Paragraph(text=_TEXT)  # 0.6 KB of UTF-8
BODIES = {1: (_PARAGRAPH,) * 2, 3: (_PARAGRAPH,) * 5, 8: (_PARAGRAPH,) * 13}
body = BODIES[3]


def discovered(number: int) -> ArticleDiscovered:
    url = f"https://example.kz/news/{number}"
    return ArticleDiscovered(
        link_id=link_id(url),
        url=url,
        source="example.kz",
        via="feed",
        discovered_at=NOW,
        title_hint=_TEXT[:80],
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
        paragraphs=body,
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

    from steppewire.broker import Service, spare_the_collector
    from steppewire.settings import Settings
    from steppewire.testing.service import prepare, publish

    spare_the_collector()
    service: Service[Settings] = Service("bench", Settings(redis_url=SecretStr(url), max_lag=10**9))
    await prepare(service.redis)
    await publish(service.redis, FETCH.reads.name, [discovered(n) for n in range(messages)])

    def batched(step: Any) -> Any:
        async def run(events: Sequence[Any]) -> list[Any]:
            return [step(event) for event in events]

        return run

    for stage, step in STEPS.items():
        service.batch(stage, batched(step), size=BATCH)
    task = asyncio.create_task(service.serve())
    figures = await measured(service.redis, key(STORED.name), messages)
    service.stop()
    await task
    await service.close()
    return figures


async def raw(url: str, messages: int) -> dict[str, float]:
    from steppewire.delivery.gate import inlets
    from steppewire.servers import connect
    from steppewire.testing.service import prepare, publish

    source = files("steppewire.delivery").joinpath("lua", "commit.lua").read_text("utf-8")
    redis = Redis.from_url(url, protocol=2)
    commit = redis.register_script(source)
    friend = connect(url)
    await prepare(friend)
    await publish(friend, FETCH.reads.name, [discovered(n) for n in range(messages)])

    async def work(stage: Stage, step: Any) -> None:
        inlet = inlets(stage, 1)[0]
        while True:
            reply = await redis.xreadgroup(
                stage.group, "c", {inlet.stream: ">"}, count=BATCH, block=200
            )
            if reply:
                await settle(stage, step, inlet.commit_keys, reply[0][1])

    async def settle(stage: Stage, step: Any, keys: list[str], entries: Any) -> None:
        args: list[Any] = [stage.group, "c"]
        for id_, fields in entries:
            event = step(stage.reads.event.model_validate_json(fields[b"data"]))
            trace = fields[b"traceparent"][:36] + secrets.token_hex(8).encode() + b"-01"
            args += (id_, "done", f"{event.origin}|done|", 0, 1, 12)
            args += ("v", "1", "type", event.type, "key", event.key, "traceparent", trace)
            args += ("ct", "application/json", "data", event.__pydantic_serializer__.to_json(event))
        await commit(keys, args)

    tasks = [asyncio.create_task(work(stage, step)) for stage, step in STEPS.items()]
    figures = await measured(friend, key(STORED.name), messages)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return figures


async def stock(url: str, messages: int) -> dict[str, float]:
    def declare(broker: Any, stage: Stage, step: Any) -> None:
        async def handle(event: Any) -> Any:
            return step(event)

        handle.__annotations__ = {"event": stage.reads.event, "return": stage.writes.event}
        subscriber = broker.subscriber(stream=_sub(stage))
        subscriber(broker.publisher(stream=stage.writes.name)(handle))

    return await _faststream(url, messages, declare)


async def stock_batch(url: str, messages: int) -> dict[str, float]:
    def declare(broker: Any, stage: Stage, step: Any) -> None:
        async def handle(events: Any) -> None:
            pipe = redis.pipeline(transaction=False)
            for event in events:
                await broker.publish(step(event), stream=stage.writes.name, pipeline=pipe)
            await pipe.execute()

        handle.__annotations__ = {"events": list[stage.reads.event], "return": None}  # type: ignore[name-defined]
        broker.subscriber(stream=_sub(stage, batch=True, max_records=BATCH))(handle)

    redis = Redis.from_url(url, protocol=2)
    return await _faststream(url, messages, declare)


def _sub(stage: Stage, **options: Any) -> Any:
    from faststream.redis import StreamSub

    return StreamSub(stage.reads.name, group=stage.group, consumer="c", last_id="0", **options)


async def _faststream(url: str, messages: int, declare: Any) -> dict[str, float]:
    from faststream import FastStream
    from faststream.redis import RedisBroker

    broker = RedisBroker(url, logger=None)
    for stage, step in STEPS.items():
        declare(broker, stage, step)
    app = FastStream(broker, logger=None)
    await broker.connect()
    for number in range(messages):
        await broker.publish(discovered(number), stream=FETCH.reads.name)
    await app.start()
    figures = await measured(Redis.from_url(url), STORED.name, messages)
    await app.stop()
    return figures


VARIANTS = {
    "stock FastStream": stock,
    "FastStream, batch": stock_batch,
    "raw redis-py": raw,
    "steppewire": ours,
}


async def measured(redis: Any, stream: str, messages: int) -> dict[str, float]:
    """Return what the messages after the first tenth cost."""
    first = await arrived(redis, stream, int(messages * WARM))
    wall, cpu, server = time.monotonic(), cpu_seconds(), await server_seconds(redis)
    last = await arrived(redis, stream, messages)
    cpu, wall = cpu_seconds() - cpu, time.monotonic() - wall
    server = await server_seconds(redis) - server
    assert last == messages, "something was repeated"
    counted = messages - first
    return {
        "per_cpu": counted / cpu,
        "per_wall": counted / wall,
        "server_us": server / counted / len(STAGES) * 1e6,
    }


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def server_seconds(redis: Any) -> float:
    info = await redis.info("cpu")
    return float(info["used_cpu_user"]) + float(info["used_cpu_sys"])


async def arrived(redis: Any, stream: str, messages: int) -> int:
    while (length := int(await redis.xlen(stream))) < messages:
        await asyncio.sleep(0.02)
    return length


def run_variant(name: str, size: int, messages: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as directory, Valkey(Path(directory)) as server:
        command = [sys.executable, __file__, "--variant", name, "--url", server.url]
        output = subprocess.run(
            [*command, "--messages", str(messages), "--sizes", str(size)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout
    result: dict[str, float] = json.loads(output)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="1,3,8", help="KB of text: any of 1, 3, 8")
    parser.add_argument("--messages", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write every run here, too")
    parser.add_argument("--variant", choices=VARIANTS, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    args = parser.parse_args()
    sizes = [int(size) for size in args.sizes.split(",")]
    if unknown := set(sizes) - BODIES.keys():
        parser.error(f"no such size: {unknown}; known: {', '.join(map(str, BODIES))}")
    if args.variant:
        child(args.variant, args.url, sizes[0], args.messages)
        return
    runs = {size: compare(size, args.messages, args.rounds) for size in sizes}
    for size, found in runs.items():
        report(size, found)
    if args.json:
        args.json.write_text(json.dumps(runs, indent=2) + "\n", "utf-8")


def child(variant: str, url: str, size: int, messages: int) -> None:
    global body
    body = BODIES[size]
    logs.configure("bench", level="ERROR")
    logging.disable(logging.WARNING)  # FastStream tells of every task that ends
    print(json.dumps(asyncio.run(VARIANTS[variant](url, messages))))


def compare(size: int, messages: int, rounds: int) -> dict[str, list[dict[str, float]]]:
    """Run all variants in turn, round after round: what disturbs one disturbs all."""
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in VARIANTS}
    for number in range(rounds):
        for name, found in runs.items():
            print(f"{size} KB, round {number + 1} of {rounds}: {name} …", file=sys.stderr)
            found.append(run_variant(name, size, messages))
    return runs


def report(size: int, runs: dict[str, list[dict[str, float]]]) -> None:
    rounds = len(runs["steppewire"])
    print(f"\n{size} KB, 4 stages, medians of {rounds} rounds\n")
    heads = ("articles/CPU-s", "commits/CPU-s", "times stock", "of raw", "server us", "articles/s")
    print(f"{'':18}" + "".join(f"{head:>15}" for head in heads))

    def median(name: str, figure: str) -> float:
        return statistics.median(run[figure] for run in runs[name])

    stock_cpu, raw_cpu = median("stock FastStream", "per_cpu"), median("raw redis-py", "per_cpu")
    for name in runs:
        cpu = median(name, "per_cpu")
        server, wall = median(name, "server_us"), median(name, "per_wall")
        print(
            f"{name:18}{cpu:15.0f}{cpu * len(STAGES):15.0f}{cpu / stock_cpu:15.1f}"
            f"{cpu / raw_cpu:15.2f}{server:15.0f}{wall:15.0f}"
        )


if __name__ == "__main__":
    main()
