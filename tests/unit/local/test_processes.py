"""Processes that die are started again, and that is told."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil

from steppewire.local.processes import KeptBroker, Program
from steppewire.testing.redis import running_valkey
from steppewire.valkey import EmbeddedServerFailed


def test_a_process_that_died_is_told_until_a_minute_after_its_next_start(tmp_path: Path) -> None:
    sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
    program = Program("parser", sleeper, {}, tmp_path / "parser.log")
    program.start()
    try:
        assert program.trouble(0.0) == ""
        assert program.process is not None
        program.process.kill()
        program.process.wait()
        program.watch(100.0)
        assert "parser ended with exit status -9" in program.trouble(100.0)

        program.watch(101.0)
        assert "exit status -9 and was started again;" in program.trouble(102.0)
        assert program.trouble(162.0) == ""
    finally:
        program.process.kill()
        program.process.wait()


def test_an_embedded_broker_that_died_is_started_again_with_what_it_had(tmp_path: Path) -> None:
    with running_valkey(tmp_path, durable=True) as server:
        kept, first = KeptBroker(server), server.pid
        kept.watch(0.0)
        assert (server.pid, kept.trouble(0.0)) == (first, "")
        assert first is not None
        psutil.Process(first).kill()
        psutil.Process(first).wait()

        kept.watch(100.0)

        assert server.pid not in (None, first)
        assert "was started again" in kept.trouble(130.0)
        assert kept.trouble(161.0) == ""


def test_a_broker_that_cannot_start_is_told_with_its_words_and_tried_ever_more_slowly(
    tmp_path: Path, monkeypatch
) -> None:
    with running_valkey(tmp_path) as server:
        kept, starts = KeptBroker(server), []

        def fail() -> None:
            starts.append(1)
            raise EmbeddedServerFailed("the embedded broker did not start: No space left on device")

        server.kill()
        monkeypatch.setattr(server, "start", fail)
        for tick in range(40):
            kept.watch(tick / 10)

        assert "No space left" in kept.trouble(9.0)
        assert len(starts) == 5, "again after 0.2, 0.4, 0.8 and 1.6 seconds"
