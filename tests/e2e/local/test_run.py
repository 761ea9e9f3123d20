"""`steppewire demo`, as a person starts and stops it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from steppewire.ports import free_port
from steppewire_newsroom.truth import truth

STEPPEWIRE = (sys.executable, "-m", "steppewire.cli")
ARTICLES = len({t.url for t in truth()})


@contextmanager
def demo(data, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    port = free_port()
    with (data.parent / "out.txt").open("a+") as out:
        process = subprocess.Popen(
            [*STEPPEWIRE, "demo", "--data", str(data), "--port", str(port), *options],
            stdout=out,
            stderr=out,
            text=True,
            env={**os.environ, "COLUMNS": "200"},
        )
        try:
            yield process, f"http://127.0.0.1:{port}"
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(60)


def get(address: str):
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return json.load(answer)
    except (OSError, ValueError):
        return None


def eventually(holds, data, seconds: float = 90.0):
    deadline = time.monotonic() + seconds
    while not (result := holds()):
        if time.monotonic() > deadline:
            logs = "\n".join(p.read_text()[-1500:] for p in sorted((data / "logs").glob("*.log")))
            raise AssertionError(f"waited in vain for {holds.__name__}\n{logs}")
        time.sleep(0.1)
    return result


def stored(address: str):
    def all_stored() -> int:
        stats = get(f"{address}/stats") or {"stages": []}
        done = {s["stage"]: s["totals"].get("done", 0) for s in stats["stages"]}
        return done.get("store", 0) if done.get("store", 0) >= ARTICLES else 0

    return all_stored


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_one_command_runs_it_ctrl_c_ends_it_and_the_next_start_goes_on(tmp_path):
    data = tmp_path / "data"
    with demo(data) as (process, address):
        eventually(stored(address), data)
        assert urllib.request.urlopen(address).status == 200
        family = [p.pid for p in psutil.Process(process.pid).children(recursive=True)]
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert len(family) >= 7
    assert all(is_gone(pid) for pid in family)

    with demo(data) as (process, address):
        before = eventually(stored(address), data, 30)
        added = {s["name"]: s["added"] for s in get(f"{address}/stats")["streams"]}
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert before >= ARTICLES
    assert added["articles.stored"] == before  # nothing was done again


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
def test_a_newswire_that_is_killed_leaves_nothing_running(tmp_path):
    data = tmp_path / "data"
    with demo(data) as (process, address):
        eventually(lambda: get(f"{address}/stats"), data)
        family = [p.pid for p in psutil.Process(process.pid).children(recursive=True)]
        process.kill()
        process.wait()
        eventually(lambda: all(is_gone(pid) for pid in family), data, 30)


def test_a_folder_or_port_that_is_taken_is_named_with_the_remedy(tmp_path):
    data, other = tmp_path / "data", tmp_path / "other"
    with demo(data) as (_, address):
        eventually(lambda: get(f"{address}/health/live"), data)
        port = address.rpartition(":")[2]
        same_folder = [*STEPPEWIRE, "run", "--data", str(data)]
        same_port = [*STEPPEWIRE, "run", "--data", str(other), "--port", port]
        first, second = (
            subprocess.run(command, capture_output=True, text=True, timeout=60)
            for command in (same_folder, same_port)
        )

    assert (first.returncode, second.returncode) == (73, 78)
    assert "--data" in first.stderr
    assert "--port" in second.stderr
