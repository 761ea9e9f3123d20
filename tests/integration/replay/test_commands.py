"""`steppewire recover` and `steppewire replay`, as a person types them: processes of their own."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from steppewire.streams import FETCHED, PARSED, STORED
from steppewire.testing.service import keys_of, until

from .conftest import SOURCE, Desk, newswire

RULES = f"""
name = "{SOURCE}"
title = "News"
home = "https://{SOURCE}/"
hosts = ["{SOURCE}"]

[rules]
title = ["h1"]
body = ["main"]
author = [".by"]
drop = [".box"]
"""
"""The source as its file says it today."""


@pytest.fixture
def sources(tmp_path: Path) -> str:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "news.toml").write_text(RULES)
    return str(folder)


async def test_recover_tells_what_it_did(redis, desk: Desk, steppewire):
    await desk.publish(desk.fetch(1))
    desk.fetch(2)

    first, second = await steppewire("recover"), await steppewire("recover", "--since", "2d")

    assert (first.status, first.err) == (0, "")
    assert [line.split(maxsplit=1)[0] for line in first.out.splitlines()] == list("21012")
    assert "put back" in first.out
    assert second.out.splitlines()[3].split()[:3] == ["0", "put", "back"]
    assert len(await keys_of(redis, FETCHED.name)) == 1


async def test_recover_speaks_json_and_dry(redis, desk: Desk, steppewire):
    desk.fetch(1)

    said = await steppewire("recover", "--dry-run", "--json", "--source", SOURCE)

    counts = json.loads(said.out)
    assert (counts["dry_run"], counts["looked_at"], counts["put_back"]) == (True, 1, 1)
    assert await keys_of(redis, FETCHED.name) == []


async def test_recover_again_puts_back_what_an_earlier_one_did(redis, desk: Desk, steppewire):
    desk.fetch(1)
    await steppewire("recover")
    await redis.delete("news:{0}:articles.fetched")

    assert "put back before" in (await steppewire("recover")).out
    assert json.loads((await steppewire("recover", "--again", "--json")).out)["put_back"] == 1
    assert len(await keys_of(redis, FETCHED.name)) == 1


async def test_replay_shows_fields_and_a_diff_and_changes_nothing(
    redis, desk: Desk, steppewire, sources
):
    await desk.publish(*(desk.fetch(number) for number in range(3)))

    said = await steppewire(
        *("replay", "--source", SOURCE, "--since", "1d", "--dry-run", "--sample", "1"),
        STEPPEWIRE_SOURCES_DIR=sources,
    )

    assert (said.status, said.err) == (0, "")
    assert "    - Басты бет және барлық жаңалықтар мұрағаты осы жерде орналасқан." in said.out
    assert "    + А. Сәрсенов" in said.out
    assert said.out.count(f"https://{SOURCE}/news/") == 1
    assert "3  new versions: other content" in said.out
    assert "3  paragraphs" in said.out
    assert "read by steppewire-parser/" in said.out
    assert "rules of steppewire-fetcher/" in said.out
    assert said.out.endswith("nothing was changed: this was a dry run\n")
    assert await keys_of(redis, PARSED.name) == []


async def test_replay_applies_once_and_versions_say_by_what(
    valkey, redis, desk: Desk, steppewire, sources
):
    await desk.publish(*(desk.fetch(number) for number in range(3)))
    command = ("replay", "--source", SOURCE, "--since", "1d", "--yes", "--json")

    async with newswire(valkey.url, desk):
        first = json.loads((await steppewire(*command, STEPPEWIRE_SOURCES_DIR=sources)).out)

        async def stored() -> bool:
            return len(await keys_of(redis, STORED.name)) == 3

        await until(stored, what="three new versions")
        second = json.loads((await steppewire(*command, STEPPEWIRE_SOURCES_DIR=sources)).out)

    assert (first["changed"], first["applied"]) == (3, 3)
    assert first["fields"] == {"paragraphs": 3, "authors": 3}
    assert first["code"] == ["steppewire-parser/0.1.0"]
    assert (second["changed"], second["applied"], second["unchanged"]) == (0, None, 3)
    [one, *_] = await keys_of(redis, STORED.name)
    assert [bool(v.fetch.replayed_at) for v in await desk.archive.versions(one)] == [False, True]


async def test_replay_of_enriching_runs_today_s_models(desk: Desk, steppewire):
    await desk.publish(desk.fetch(1))

    said = await steppewire(
        *("replay", "--source", SOURCE, "--since", "1d", "--stage", "enrich", "--dry-run", "--json")
    )

    found = json.loads(said.out)
    assert (found["stage"], found["looked_at"], found["unchanged"]) == ("enrich", 1, 1)


async def test_replay_does_not_apply_unasked(redis, desk: Desk, steppewire, sources):
    await desk.publish(desk.fetch(1))

    said = await steppewire(
        "replay", "--source", SOURCE, "--since", "1d", STEPPEWIRE_SOURCES_DIR=sources
    )

    assert said.status == 78
    assert said.err == ("steppewire: 1 articles would change: say --yes, or look with --dry-run\n")
    assert await keys_of(redis, PARSED.name) == []


async def test_replay_asks_on_a_terminal_in_colour(valkey, desk: Desk, database, tmp_path, sources):
    await desk.publish(desk.fetch(1))
    ours, theirs = pty.openpty()
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("STEPPEWIRE_")},
        "STEPPEWIRE_REDIS_URL": valkey.url,
        "STEPPEWIRE_DATABASE": database,
        "STEPPEWIRE_BLOBS": str(desk.blobs.root),
        "STEPPEWIRE_SOURCES_DIR": sources,
        "TERM": "xterm-256color",
    }
    process = subprocess.Popen(
        [*(sys.executable, "-m", "steppewire.cli", "replay"), "--source", SOURCE, "--since", "1d"],
        env=environment,
        cwd=tmp_path,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    os.write(ours, b"n\n")
    said = _drain(ours)

    assert process.wait(60) == 1
    assert "\x1b[31m" in said
    assert "\x1b[32m" in said
    assert "Apply these changes to 1 articles?" in said


def _drain(terminal: int) -> str:
    said = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux says so when the other end is closed
            return said.decode("utf-8", "replace")
        if not part:
            return said.decode("utf-8", "replace")
        said += part


WRONG = [
    (("recover", "--source", "nowhere.kz"), 64, "nothing was ever fetched from a source"),
    (("recover", "--source", "news.example.kk"), 64, "did you mean news.example.kz?"),
    (("recover", "--since", "yesterday"), 64, "'yesterday' is no time: give a date"),
    (("recover", "--since", "2126-01-01"), 64, "is not before now"),
    (("recover", "--blobs", "nowhere"), 64, "no raw archive at nowhere: give --data"),
    (("recover", "--blobs", "s3://bucket"), 78, "only directories are supported"),
    (("recover", "--data", "nowhere"), 69, "no newswire with a broker of its own runs"),
    (("recover", "--redis-url", "redis://127.0.0.1:1"), 69, "no Redis-compatible server"),
    (("recover", "--database", "sqlite:///none.sqlite3"), 78, "there is no database at"),
    (("replay", "--source", "nowhere.kz", "--since", "1d"), 64, "nothing was ever fetched from"),
    (("replay", "--source", SOURCE, "--since", "1x"), 64, "'1x' is no time"),
    (("replay", "--source", SOURCE, "--since", "1d", "--until", "2d"), 64, "is not before"),
    (("replay", "--source", SOURCE, "--since", "1d", "--stage", "pars"), 64, "unknown stage"),
    (("replay", "--source", SOURCE, "--since", "1d", "--blobs", "no"), 64, "no raw archive at no"),
    (
        ("replay", "--source", SOURCE, "--since", "1d", "--redis-url", "redis://127.0.0.1:1"),
        69,
        "no Redis-compatible server",
    ),
    (("replay", "--source", SOURCE), 2, "--since"),
]


@pytest.mark.parametrize(("arguments", "status", "words"), WRONG, ids=lambda part: str(part)[:60])
async def test_what_does_not_exist_is_one_clear_line(
    redis, desk: Desk, steppewire, arguments, status, words
):
    desk.fetch(1)

    said = await steppewire(*arguments)

    assert said.status == status
    assert words in said.err
    assert "Traceback" not in said.err
    assert status == 2 or len(said.err.splitlines()) == 1
    assert await redis.keys("news:*articles*") == []
