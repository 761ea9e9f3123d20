"""`steppewire dead`, as a person types it: a process of its own, on a real server."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from steppewire.quarantine import Selection
from steppewire.streams import FETCH, FETCHED, dead_name, key, retry_name
from steppewire.testing.redis import running_valkey
from steppewire.testing.service import keys_of, until
from steppewire.valkey import Valkey

from .conftest import settle, succeed


async def first_id(quarantine) -> str:
    return str((await quarantine.find(Selection()))[0].address)


async def test_list_shows_where_the_trouble_is(bury, dead):
    await bury(2, "el.kz", "too-large")
    await bury(3, "zakon.kz", "no-host")

    said = await dead("list")

    head, first, second = said.out.splitlines()
    assert head.split()[:5] == ["stage", "source", "ended", "reason", "letters"]
    assert first.split()[:5] == ["fetch", "zakon.kz", "reject", "no-host", "3"]
    assert second.split()[:5] == ["fetch", "el.kz", "reject", "too-large", "2"]


async def test_list_each_shows_ids_that_show_understands(bury, dead):
    await bury(2)

    listed = await dead("list", "--each", "--source", "el.kz", "--group", "fetcher")
    shown = await dead("show", listed.out.splitlines()[-1].split()[0])

    assert shown.status == 0
    for part in ("reject: too-large", "has 60 MB", "attempts", "first", "payload", "traceback"):
        assert part in shown.out
    assert "https://el.kz/news/1-article.html" in shown.out
    assert "steppewire.errors.Reject: too-large" in shown.out


async def test_json_is_for_programs(bury, dead):
    await bury(3)

    [heap] = json.loads((await dead("list", "--json")).out)
    each = json.loads((await dead("list", "--each", "--json")).out)
    one = json.loads((await dead("show", heap["newest"], "--json")).out)

    assert (heap["stage"], heap["source"], heap["count"]) == ("fetch", "el.kz", 3)
    assert heap["newest"] in [letter["id"] for letter in each]
    assert one["payload"]["source"] == "el.kz"
    assert one["attempts"] == 1


async def test_only_the_newest_are_listed_and_the_rest_is_told(bury, dead):
    await bury(4)

    said = await dead("list", "--each", "--limit", "1")

    assert len(said.out.splitlines()) == 2
    assert "the newest 1 of 4" in said.err


async def test_retry_puts_back_once(redis, valkey, bury, quarantine, dead):
    await bury(2)
    one = await first_id(quarantine)

    first, again = await dead("retry", one, one), await dead("retry", one)
    rest = await dead("retry", "--stage", "fetch", "--reason", "too-large", "--json")
    await settle(redis, valkey.url, succeed)

    assert (first.status, first.out) == (0, "retried 1 dead letter\n")
    assert again.status == 64
    assert json.loads(rest.out) == {"retried": 1, "gone": 0}
    assert len(await keys_of(redis, FETCHED.name)) == 2
    assert (await dead("list")).out == "no dead letters\n"


async def test_what_died_in_a_span_of_time_is_meant_and_nothing_else(redis, bury, dead):
    await bury(2)

    earlier = await dead("retry", "--until", "1h")
    listed = await dead("list", "--since", "1h", "--json")
    later = await dead("drop", "--since", "1h", "--until", "2126-01-01", "--yes")

    assert (earlier.status, earlier.out) == (0, "retried 0 dead letters\n")
    assert [heap["count"] for heap in json.loads(listed.out)] == [2]
    assert later.out == "dropped 2 dead letters\n"


async def test_a_large_heap_is_put_back_at_a_pace_and_goes_on_after_ctrl_c(
    redis, bury, dead, valkey
):
    await bury(30)
    slow = [sys.executable, "-m", "steppewire.cli", "dead", "retry", "--all", "--pace", "2"]
    process = subprocess.Popen(slow, env={**os.environ, "STEPPEWIRE_REDIS_URL": valkey.url})

    async def some_are_back() -> bool:
        return await redis.xlen(key(retry_name(FETCH))) >= 2

    await until(some_are_back, what="the first letters")
    process.send_signal(signal.SIGINT)
    process.wait()
    back = await redis.xlen(key(retry_name(FETCH)))
    rest = await dead("retry", "--all", "--pace", "1000")

    assert process.returncode != 0
    assert 2 <= back < 30
    assert rest.out == f"retried {30 - back} dead letters\n"
    assert await redis.xlen(key(retry_name(FETCH))) == 30


async def test_one_unknown_id_among_others_changes_nothing(redis, bury, quarantine, dead):
    await bury(1)

    said = await dead("retry", await first_id(quarantine), "fetcher/0/1-0")

    assert said.status == 64
    assert await redis.xlen(key(dead_name(FETCH))) == 1


async def test_drop_wants_a_yes(redis, bury, dead):
    await bury(2)

    refused = await dead("drop", "--all")
    kept = await redis.xlen(key(dead_name(FETCH)))
    done = await dead("drop", "--all", "--yes")

    assert refused.status == 78
    assert "2 dead letters would be gone for ever: say --yes" in refused.err
    assert kept == 2
    assert (done.status, done.out) == (0, "dropped 2 dead letters\n")
    assert await redis.xlen(key(dead_name(FETCH))) == 0


@pytest.mark.parametrize(("answer", "left"), [("n\n", 2), ("y\n", 0)])
async def test_drop_asks_a_person(redis, valkey, bury, answer, left):
    await bury(2)
    ours, theirs = pty.openpty()
    os.write(ours, answer.encode())

    done = subprocess.run(
        [sys.executable, "-m", "steppewire.cli", "dead", "drop", "--stage", "fetch"],
        env={**os.environ, "STEPPEWIRE_REDIS_URL": valkey.url},
        stdin=theirs,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert "Throw 2 dead letters away for ever?" in done.stderr
    assert done.returncode == (1 if left else 0)
    assert await redis.xlen(key(dead_name(FETCH))) == left


NOWHERE = {"STEPPEWIRE_REDIS_URL": "redis://:secret@127.0.0.1:1/0"}
WRONG = {
    "stage": (("list", "--stage", "prase"), {}, 64, "did you mean parse?"),
    "group": (("retry", "--group", "nobody"), {}, 64, "known: fetcher"),
    "source": (("list", "--source", "el.kzz"), {}, 64, "did you mean el.kz?"),
    "reason": (("drop", "--reason", "zzz", "--yes"), {}, 64, "known: too-large"),
    "time": (("list", "--since", "yesterday"), {}, 64, "how long ago: 90s, 30m, 2h, 7d"),
    "span": (("drop", "--since", "1h", "--until", "2h", "--yes"), {}, 64, "no time between"),
    "no id": (("show", "7"), {}, 64, "such as parser/0/"),
    "an id that is gone": (("show", "fetcher/0/1-0"), {}, 64, "no dead letter fetcher/0/1-0"),
    "an id of no stage": (("retry", "nobody/0/1-0"), {}, 64, "unknown group 'nobody'"),
    "nothing said": (("retry",), {}, 78, "say which letters"),
    "too much said": (("drop", "--all", "fetcher/0/1-0"), {}, 78, "one of the three"),
    "no broker": (("list",), NOWHERE, 69, "no Redis-compatible server at redis://127.0.0.1:1/0"),
    "no address": (("list",), {"STEPPEWIRE_REDIS_URL": "localhost"}, 78, "redis://host:6379/0"),
    "no newswire": (("list", "--data", "nowhere"), {}, 69, "runs in nowhere"),
}


@pytest.mark.parametrize("case", WRONG)
async def test_what_is_wrong_is_one_clear_line_and_no_success(bury, dead, case):
    arguments, settings, status, told = WRONG[case]
    await bury(1)

    said = await dead(*arguments, **settings)

    [line] = said.err.splitlines()
    assert line.startswith("steppewire: ")
    assert told in line
    assert "secret" not in line
    assert (said.status, said.out) == (status, "")


async def test_a_key_of_another_program_is_told_and_not_touched(redis, dead):
    await redis.set(key(dead_name(FETCH)), "mine")

    said = await dead("list")

    assert said.status == 70
    assert "refused: WRONGTYPE" in said.err


@pytest.mark.parametrize("folder", ["data", "a" * 120], ids=["short path", "long path"])
async def test_the_broker_of_a_running_newswire_is_found_in_its_folder(tmp_path, dead, folder):
    data = tmp_path / folder
    with running_valkey(data / "valkey"):
        said = await dead("list", "--data", str(data), STEPPEWIRE_REDIS_URL="redis://127.0.0.1:1")
    after = await dead("list", "--data", str(data))

    assert (said.status, said.out) == (0, "no dead letters\n")
    assert after.status == 69


async def test_a_newswire_that_was_killed_is_told_from_one_that_runs(tmp_path: Path, dead):
    server = Valkey(tmp_path / "var" / "valkey")
    server.start()
    note = (tmp_path / "var/valkey/address").read_text()
    server.kill()
    (tmp_path / "var/valkey/address").write_text(note)  # as a death of its owner leaves it

    said = await dead("list", STEPPEWIRE_REDIS_URL="")

    assert said.status == 69
    assert "does the newswire run?" in said.err
