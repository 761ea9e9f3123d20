"""Programs that are not ours read what we write, crash, resume, and write what we read."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from redis import Redis

from steppewire.events import (
    ArticleDiscovered,
    ArticleEnriched,
    ArticleFetched,
    ArticleParsed,
    Event,
)
from steppewire.streams import DISCOVERED, ENRICHED, FETCH, key
from steppewire.testing.absent import absent
from steppewire.testing.samples import enriched
from steppewire.testing.service import serving, tallies, until
from steppewire.valkey import Valkey
from steppewire.wire import decode, encode, new_trace

STREAM = key(ENRICHED.name)
EXAMPLES = Path(__file__).parents[3] / "examples"


def publish(broker: Redis, count: int) -> list[str]:
    """Write enriched articles as our stages do; return their ids in order."""
    records = [enriched(number) for number in range(count)]
    for record in records:
        broker.xadd(STREAM, cast("Any", encode(record, new_trace())))
    return [record.article.article_id for record in records]


def only_entry(broker: Redis, stream: str) -> dict[bytes, bytes]:
    """Return the fields of the one entry of a stream."""
    entries: Any = broker.xrange(stream)
    [(_, fields)] = entries
    return dict(fields)


def pending(broker: Redis, stream: str, group: str) -> int:
    summary: Any = broker.xpending(stream, group)
    return int(summary["pending"])


# redis-cli, and no client at all


def test_redis_cli_reads_an_enriched_article(broker: Redis, redis_cli: Callable[..., str]) -> None:
    publish(broker, 1)
    redis_cli("XGROUP", "CREATE", STREAM, "cli", "0")

    lines = redis_cli("XREADGROUP", "GROUP", "cli", "me", "STREAMS", STREAM, ">").splitlines()

    entry = dict(zip(lines[2::2], lines[3::2], strict=True))
    assert lines[0] == STREAM
    assert (entry["v"], entry["type"], entry["ct"]) == ("1", "article.enriched", "application/json")
    assert json.loads(entry["data"])["article"]["title"] == enriched().article.title


def test_a_bare_socket_reads_an_enriched_article(broker: Redis, tcp_valkey: Valkey) -> None:
    publish(broker, 1)
    with socket.create_connection(("127.0.0.1", tcp_valkey.port)) as connection:
        connection.sendall(f"XRANGE {STREAM} - +\r\n".encode())
        reply = _read_resp(connection.makefile("rb"))

    flat = reply[0][1]
    fields = dict(zip(flat[::2], flat[1::2], strict=True))
    assert json.loads(fields[b"data"]) == json.loads(enriched().model_dump_json())


def _read_resp(stream: Any) -> Any:
    """The whole of RESP2 that a reader of streams needs."""
    line = stream.readline().rstrip(b"\r\n")
    kind, rest = line[:1], line[1:]
    if kind == b"*":
        return [_read_resp(stream) for _ in range(int(rest))]
    if kind == b"$":
        return stream.read(int(rest) + 2)[:-2]
    return rest


# Programs that crash and resume

PYTHON = [sys.executable, str(EXAMPLES / "consumers/python/consume.py")]
HELPER = [sys.executable, str(EXAMPLES / "consumers/python/with_steppewire.py")]
NODE = ["node", "consume.mjs"]


@contextmanager
def running(command: list[str], server: Valkey, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a reader whose pipe holds a page of text: it cannot run ahead of who reads it."""
    environment = {**os.environ, "STEPPEWIRE_REDIS_URL": server.tcp_url}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert process.stdout is not None
    if hasattr(fcntl, "F_SETPIPE_SZ"):  # Linux; elsewhere a pipe is small enough
        fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 4096)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def read(process: subprocess.Popen[str], count: int) -> list[str]:
    """Return the ids of the next articles that a reader prints."""
    assert process.stdout is not None
    return [json.loads(process.stdout.readline())["id"] for _ in range(count)]


def rest(process: subprocess.Popen[str]) -> list[str]:
    """Return the ids in whole lines that a dead reader had printed."""
    assert process.stdout is not None
    text = process.stdout.read()
    return [json.loads(line)["id"] for line in text.splitlines(True) if line.endswith("\n")]


@pytest.fixture(params=["python", "helper", "node", "go", "redis-cli"])
def reader(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[str], Path]:
    match request.param:
        case "node":
            return NODE, request.getfixturevalue("node_project")
        case "go":
            return [str(request.getfixturevalue("go_program"))], EXAMPLES
        case "redis-cli":
            if not shutil.which("jq"):
                absent("jq")
            folder = request.getfixturevalue("cli_folder")
            monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
            return [str(EXAMPLES / "consumers/redis-cli/consume.sh")], EXAMPLES
        case other:
            return {"python": PYTHON, "helper": HELPER}[other], EXAMPLES


def test_a_reader_that_is_killed_at_work_resumes_where_it_was(
    broker: Redis, tcp_valkey: Valkey, reader: tuple[list[str], Path]
) -> None:
    published = publish(broker, 200)
    command, folder = reader

    with running(command, tcp_valkey, folder) as process:
        before = read(process, 3)
        process.kill()
        process.wait()
        before += rest(process)
    assert len(before) < 200, "it was killed before it was done"

    with running(command, tcp_valkey, folder) as process:
        # one article at most was handled but not yet acknowledged
        after = read(process, 1)
        after += read(process, 199 - published.index(after[0]))

    assert after[0] in (published[len(before)], published[len(before) - 1])
    assert [*before, *after[after.index(published[len(before)]) :]] == published


@pytest.mark.parametrize("reader", ["python", "node", "go"], indirect=True)
def test_a_reader_told_to_stop_has_acknowledged_what_it_printed(
    broker: Redis, tcp_valkey: Valkey, reader: tuple[list[str], Path]
) -> None:
    publish(broker, 3)
    command, folder = reader

    with running(command, tcp_valkey, folder) as process:
        read(process, 3)
        process.terminate()
        assert process.wait(20) == 0

    assert pending(broker, STREAM, "my-team") == 0


# A stranger writes

FETCH_JSON = {
    "link_id": "0123456789abcdef0123456789abcdef",
    "url": "https://news.test/node/1",
    "final_url": "https://news.test/node/1",
    "source": "news.test",
    "fetched_at": "2026-11-22T09:00:00Z",
    "status": 200,
    "blob": "sha256:" + "0" * 64,
    "size": 0,
}
FOREIGN: dict[type[Event], dict[str, Any]] = {
    ArticleDiscovered: {
        "link_id": "0123456789abcdef0123456789abcdef",
        "url": "https://news.test/node/1",
        "source": "news.test",
        "via": "manual",
        "discovered_at": "2026-11-22T14:00:00+05:00",
        "colour": "unknown to us",
    },
    ArticleFetched: {"fetch": FETCH_JSON, "rules": {"title": ["h1"], "new-rule": ["h2"]}},
    ArticleParsed: {
        "article": {
            "article_id": "a" * 32,
            "version_id": "b" * 32,
            "url": "https://news.test/node/1",
            "source": "news.test",
            "title": "Ауа райы",
            "paragraphs": [{"text": "Ертең күн жылынады."}],
        },
        "fetch": FETCH_JSON,
        "extraction": {"parser": "stranger/1", "method": "generic", "charset": "utf-8"},
    },
}


def write_with_node(project: Path, server: Valkey, event: type[Event]) -> None:
    subprocess.run(
        ["node", "write.mjs", event.type],
        cwd=project,
        env={**os.environ, "STEPPEWIRE_REDIS_URL": server.tcp_url},
        input=json.dumps(FOREIGN[event], ensure_ascii=False) + "\n",
        text=True,
        timeout=60,
        check=True,
        capture_output=True,
    )


@pytest.mark.parametrize("event", FOREIGN, ids=lambda event: event.type)
def test_what_a_stranger_writes_is_one_of_our_events(
    broker: Redis, tcp_valkey: Valkey, node_project: Path, event: type[Event]
) -> None:
    write_with_node(node_project, tcp_valkey, event)

    fields = only_entry(broker, key(f"articles.{event.type.split('.')[1]}"))
    assert json.loads(decode(fields, event).model_dump_json(exclude_unset=True)) == _known(event)


def _known(event: type[Event]) -> dict[str, Any]:
    """What we keep of a foreign event: all but the fields that we do not know."""
    text = json.dumps(FOREIGN[event])
    known: dict[str, Any] = json.loads(text)
    known.pop("colour", None)
    known.get("rules", {}).pop("new-rule", None)
    return known


async def test_a_stage_works_on_what_a_stranger_wrote(
    broker: Redis, tcp_valkey: Valkey, node_project: Path
) -> None:
    seen: list[ArticleDiscovered] = []

    async def fetch(event: ArticleDiscovered) -> list[Event]:
        seen.append(event)
        return []

    write_with_node(node_project, tcp_valkey, ArticleDiscovered)
    async with serving(tcp_valkey.tcp_url, lambda service: service.each(FETCH, fetch)) as service:

        async def done() -> bool:
            return bool(await tallies(service.redis, FETCH))

        await until(done, what="the foreign entry to be settled")
        assert await tallies(service.redis, FETCH) == {"done|": 1}

    assert [event.url for event in seen] == ["https://news.test/node/1"]
    assert pending(broker, key(DISCOVERED.name), FETCH.group) == 0


def test_an_enriched_article_survives_every_reader_unchanged(broker: Redis) -> None:
    publish(broker, 1)

    assert decode(only_entry(broker, STREAM), ArticleEnriched) == enriched()
