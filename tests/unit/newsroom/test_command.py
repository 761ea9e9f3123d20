from __future__ import annotations

import asyncio
import signal
import socket
import sys

import httpx
import pytest

from steppewire_newsroom import reroute
from steppewire_newsroom.cli import main


async def test_the_command_says_where_it_is_and_stops_cleanly() -> None:
    newsroom = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "steppewire_newsroom", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert newsroom.stdout is not None
    line = (await newsroom.stdout.readline()).decode()
    address = line.split()[1]
    async with httpx.AsyncClient(trust_env=False) as client:
        health = await client.get(f"{address}health")
    newsroom.send_signal(signal.SIGTERM)

    assert health.json() == {"status": "ok"}
    assert "www.zakon.kz" in line
    assert await newsroom.wait() in (0, -signal.SIGTERM)


def test_a_port_that_is_taken_gets_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SystemExit) as end:
        main(["--port", str(taken.getsockname()[1])])
    said = capsys.readouterr().err

    assert end.value.code == 69
    assert said.count("\n") == 1
    assert "--port 0" in said


def test_the_command_prints_the_reroute(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--reroute", "--port", "9", "--host", "newsroom"])

    assert reroute(9, "newsroom") == capsys.readouterr().out.strip()
