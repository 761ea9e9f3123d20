"""docs/how-to/read-the-stream.md is true: what it shows is run, and what it quotes is there."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from redis import Redis

from steppewire.ports import free_port
from steppewire.streams import ENRICHED, key
from steppewire.testing.absent import absent
from steppewire.testing.samples import enriched
from steppewire.valkey import Valkey
from steppewire.wire import encode, new_trace

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/how-to/read-the-stream.md").read_text("utf-8")
COMMANDS = dict(re.findall(r"<!-- run: ([^\n]+) -->\n```sh\n(.*?)```", PAGE, re.DOTALL))
QUOTES = re.findall(r"```\w+ file=(\S+)\n(.*?)```", PAGE, re.DOTALL)
STREAM = key(ENRICHED.name)
Start = Callable[..., AbstractContextManager["subprocess.Popen[str]"]]


def publish(broker: Redis, *numbers: int) -> list[str]:
    """Write enriched articles; return their ids in the stream."""
    return [
        cast("bytes", broker.xadd(STREAM, cast("Any", encode(enriched(n), new_trace())))).decode()
        for n in numbers
    ]


@pytest.mark.parametrize(("file", "quote"), QUOTES, ids=[file for file, _ in QUOTES])
def test_what_the_page_quotes_is_in_the_example(file: str, quote: str) -> None:
    assert quote in (ROOT / file).read_text("utf-8")


def test_the_redis_cli_commands_read_crash_resume_and_leave(
    broker: Redis, tcp_valkey: Valkey, cli_folder: Path
) -> None:
    first, second = publish(broker, 0, 1)
    path = f"{cli_folder}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "STEPPEWIRE_REDIS_URL": tcp_valkey.tcp_url}

    def run(name: str, **more: str) -> list[str]:
        command = ["bash", "-euo", "pipefail", "-c", COMMANDS[f"redis-cli {name}"]]
        done = subprocess.run(
            command, env={**environment, **more}, capture_output=True, text=True, timeout=30
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    read = run("read")[1:]  # the first line answers XGROUP CREATE
    assert read[1] == first
    assert run("again") == read
    assert run("acknowledge", ID=read[1]) == ["1"]
    assert [line for line in run("again") if line] == [STREAM]
    assert run("leave") == ["1"]
    assert second not in read


def test_the_curl_command_resumes_after_the_last_article(
    broker: Redis, tcp_valkey: Valkey, tmp_path: Path, start: Start
) -> None:
    if not shutil.which("curl"):
        absent("curl")
    publish(broker, 0, 1, 2)
    (tmp_path / "last-id").write_text("0")
    with storing_and_serving(start, tcp_valkey, tmp_path) as api:
        before = told(start, api, tmp_path, 3)
        publish(broker, 3, 4)
        after = told(start, api, tmp_path, 2)

    assert [*before, *after] == [enriched(number).article.title for number in range(5)]


def told(start: Start, api: str, folder: Path, count: int) -> list[str]:
    """Run the page's command until it has told so many articles, and kill it there."""
    with start(["bash", "-c", COMMANDS["curl"]], folder, STEPPEWIRE_API=api) as process:
        assert process.stdout is not None
        titles = [json.loads(process.stdout.readline())["title"] for _ in range(count)]
        # it notes the id right after the line; a kill before that would repeat one article
        wait_for(lambda: (folder / "last-id").read_text() == newest_id(folder))
    return titles


def newest_id(folder: Path) -> str:
    """Return the number of the newest version in the archive's log."""
    with closing(sqlite3.connect(folder / "archive.sqlite3")) as database:
        [(newest,)] = database.execute("SELECT max(seq) FROM log").fetchall()
    return str(newest)


@contextmanager
def storing_and_serving(start: Start, server: Valkey, folder: Path) -> Iterator[str]:
    """Run the real store and the real API; yield the API's address."""
    port = free_port()
    more = {
        "STEPPEWIRE_REDIS_URL": server.tcp_url,
        "STEPPEWIRE_DATABASE": f"sqlite:///{folder}/archive.sqlite3",
        "STEPPEWIRE_API_PORT": str(port),
    }
    with (
        start([sys.executable, "-m", "steppewire_store"], folder, **more) as store,
        start([sys.executable, "-m", "steppewire_api"], folder, **more) as api,
    ):

        def ready() -> bool:
            assert store.poll() is None
            assert api.poll() is None
            return answers(f"http://127.0.0.1:{port}/articles")

        wait_for(ready)
        yield f"http://127.0.0.1:{port}"


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def wait_for(holds: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
