"""docs/how-to/mend-dead-letters.md is true: its commands are run, in the page's order."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from pathlib import Path

from steppewire.quarantine import STAGE_NAMES, Selection
from steppewire.streams import STAGES

PAGE = (Path(__file__).parents[3] / "docs/how-to/mend-dead-letters.md").read_text("utf-8")
COMMANDS = dict(re.findall(r"<!-- run: ([^\n]+) -->\n```sh\n(.*?)```", PAGE, re.DOTALL))


async def run(name: str, url: str, **more: str) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    process = await asyncio.create_subprocess_exec(
        *("bash", "-euo", "pipefail", "-c", COMMANDS[name]),
        env={**os.environ, "PATH": path, "STEPPEWIRE_REDIS_URL": url, **more},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


async def test_the_commands_of_the_page_list_show_retry_and_drop(bury, valkey, quarantine):
    await bury(3, "el.kz", "too-large")
    await bury(2, "zakon.kz", "no-host")
    await bury(1, "kun.uz", "too-large")

    one = (await run("list", valkey.url)).splitlines()[1].split()[-1]
    shown = await run("show", valkey.url, ID=one)
    each = await run("each", valkey.url)
    assert await run("retry one", valkey.url, ID=one) == "retried 1 dead letter\n"
    assert await run("pace", valkey.url) == "retried 2 dead letters\n"
    assert await run("retry", valkey.url) == "retried 1 dead letter\n"
    assert [heap["count"] for heap in json.loads(await run("json", valkey.url))] == [2]
    assert await run("drop", valkey.url) == "dropped 2 dead letters\n"

    assert "reject: too-large" in shown
    assert each.count(one) == 3
    assert await quarantine.find(Selection()) == []


def test_every_command_of_the_page_was_run() -> None:
    used = {"list", "show", "each", "retry one", "pace", "retry", "json", "drop"}

    assert set(COMMANDS) == used


def test_every_stage_and_group_is_told() -> None:
    for name in (*STAGE_NAMES, *(stage.group for stage in STAGES)):
        assert f"`{name}`" in PAGE
