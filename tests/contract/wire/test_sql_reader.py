"""examples/consumers/sql reads the database of a running newswire, is killed, and goes on."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from steppewire.archive import open_archive
from steppewire.testing.absent import absent
from steppewire.testing.articles import story
from steppewire_store.migrate import migrate

READ = Path(__file__).parents[3] / "examples/consumers/sql/read.sh"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    program = {"sqlite": "sqlite3", "postgresql": "psql"}[request.param]
    if not shutil.which(program):
        absent(program)
    url = f"sqlite:///{tmp_path / 'archive.sqlite3'}"
    if request.param == "postgresql":
        url = str(request.getfixturevalue("postgres_url"))
    asyncio.run(migrate(url))
    return url


def save(url: str, *numbers: int) -> None:
    async def saving() -> None:
        async with open_archive(url) as archive:
            for number in numbers:
                await archive.save([story(number, title=f'«{number}», "сөз"', text=f"{number}")])

    asyncio.run(saving())


def environment(url: str) -> dict[str, str]:
    return {**os.environ, "STEPPEWIRE_DATABASE": url, "ONCE": "1"}


def read(url: str, place: Path) -> list[dict[str, object]]:
    """Let the program read what there is."""
    done = subprocess.run(
        [READ, place], env=environment(url), capture_output=True, text=True, timeout=60, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_it_reads_everything_once_and_then_what_is_new(database: str, tmp_path: Path) -> None:
    save(database, *range(150))
    first = read(database, tmp_path / "place")
    again = read(database, tmp_path / "place")
    save(database, 150, 151)
    rest = read(database, tmp_path / "place")

    assert [row["title"] for row in first] == [f'«{n}», "сөз"' for n in range(150)]
    assert again == []
    assert [row["seq"] for row in rest] == [151, 152]
    assert set(first[0]) == {"seq", "id", "version", "language", "title"}


@pytest.mark.parametrize("exists", [True, False])
def test_a_database_that_is_not_ours_ends_it_with_the_remedy(tmp_path: Path, exists: bool) -> None:
    if not shutil.which("sqlite3"):
        absent("sqlite3")
    other = tmp_path / "other.sqlite3"
    if exists:
        other.touch()

    environ = environment(f"sqlite:///{other}")
    done = subprocess.run([READ, tmp_path / "p"], env=environ, capture_output=True, text=True)

    assert done.returncode == 69
    assert "STEPPEWIRE_DATABASE" in done.stderr
    assert other.exists() == exists


def test_killed_it_repeats_one_article_at_most(database: str, tmp_path: Path) -> None:
    save(database, *range(120))
    place, seen = tmp_path / "place", []
    with subprocess.Popen(
        [READ, place], env=environment(database), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        seen += [json.loads(process.stdout.readline())["seq"] for _ in range(40)]
        process.kill()
        rest = process.stdout.read().splitlines(keepends=True)
        seen += [json.loads(line)["seq"] for line in rest if line.endswith("\n")]
    after = [row["seq"] for row in read(database, place)]

    assert set(seen) | set(after) == set(range(1, 121))
    assert len(set(seen) & set(after)) <= 1
