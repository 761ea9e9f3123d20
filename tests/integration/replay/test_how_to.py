"""docs/how-to/replay-and-recover.md is true: its commands are run, in the page's order."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from pathlib import Path

from steppewire.errors import BrokerUnreachable, NotFound, SettingError
from steppewire.streams import PARSED
from steppewire.testing.service import keys_of, until

from .conftest import SOURCE, Desk, newswire
from .test_commands import RULES

PAGE = (Path(__file__).parents[3] / "docs/how-to/replay-and-recover.md").read_text("utf-8")
COMMANDS = dict(re.findall(r"<!-- run: ([^\n]+) -->\n```sh\n(.*?)```", PAGE, re.DOTALL))


async def test_the_commands_of_the_page_recover_show_and_apply(
    valkey, redis, desk: Desk, database, tmp_path
):
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "news.toml").write_text(RULES)
    settings = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "STEPPEWIRE_REDIS_URL": valkey.url,
        "STEPPEWIRE_DATABASE": database,
        "STEPPEWIRE_BLOBS": str(desk.blobs.root),
        "STEPPEWIRE_SOURCES_DIR": str(tmp_path / "sources"),
        "SOURCE": SOURCE,
    }

    async def run(name: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *("bash", "-euo", "pipefail", "-c", COMMANDS[name]),
            env={**os.environ, **settings},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(120):
            out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode()

    for number in range(4):
        desk.fetch(number)

    recovered = await run("recover")
    async with newswire(valkey.url, desk):
        await until(lambda: there(desk, 4), what="four articles")
    shown = await run("parse dry")
    applied = await run("parse")
    enriched = await run("enrich")
    recover_json, _, replay_json = (await run("json")).partition("}\n")

    assert re.search(r"4 +would be put back", recovered)
    assert re.search(r"4 +put back", recovered)
    assert shown.count(f"https://{SOURCE}/news/") == 3
    assert "applied: 4 on their way to the database" in applied
    assert len(await keys_of(redis, PARSED.name)) >= 4
    assert re.search(r"4 +unchanged", enriched)
    assert json.loads(recover_json + "}")["finished"] == 4
    assert json.loads(replay_json)["versions"] == 4


async def there(desk: Desk, count: int) -> bool:
    return await desk.archive.count() == count


def test_every_command_of_the_page_was_run() -> None:
    assert set(COMMANDS) == {"recover", "parse dry", "parse", "enrich", "json"}


def test_every_exit_status_is_told() -> None:
    for error in (NotFound, BrokerUnreachable, SettingError):
        assert f"\n| {error.exit_code} |" in PAGE
