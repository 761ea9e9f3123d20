"""`steppewire parse`: pages in, articles out, in order, whatever some of the pages are."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from steppewire.testing.site import Site, reply

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests/contract/sources/golden"
ZAKON = GOLDEN / "zakon.kz" / "page.html"
EXPECTED: dict[str, Any] = json.loads((GOLDEN / "zakon.kz" / "page.expected.json").read_text())


def steppewire(
    *words: str | Path, given: bytes = b"", at: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("STEPPEWIRE_")}
    command = [sys.executable, "-m", "steppewire.cli", "parse", *map(str, words)]
    return subprocess.run(
        command, env=clean | environment, input=given, capture_output=True, cwd=at, timeout=300
    )


def records(*words: str | Path, status: int = 0, **options: Any) -> list[dict[str, Any]]:
    done = steppewire("--jsonl", *words, **options)
    assert done.returncode == status, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()]


def plain(number: int) -> str:
    """A page of no registered site."""
    text = "".join(
        f"<p>Абзац {n} страницы {number} рассказывает о делах города, о дорогах, о школах и о "
        f"том, что решил совет за номером {n * number}.</p>"
        for n in range(1, 9)
    )
    return (
        f'<!doctype html><html lang="ru"><meta charset="utf-8"><title>Заголовок {number}</title>'
        f'<meta property="article:published_time" content="2026-11-18T10:0{number % 10}:00+05:00">'
        f"<body><article><h1>Заголовок {number}</h1>{text}</article></body></html>"
    )


@pytest.fixture
def pages(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{number}.html" for number in range(40)]
    for number, path in enumerate(paths):
        path.write_text(plain(number), "utf-8")
    return paths


def test_a_page_of_a_registered_source_is_read_by_its_rules_because_it_says_its_address() -> None:
    (read,) = records(ZAKON)
    article = EXPECTED["article"]

    assert read["rule"] == "zakon.kz"
    assert read["file"] == str(ZAKON)
    assert read["url"] == EXPECTED["url"]
    assert read["title"] == article["title"]
    assert read["body"].startswith(f"{article['lead']}\n\n{article['paragraphs'][0]}")
    assert {"kind": "background", "text": article["paragraphs"][-1]["background"]} in read[
        "paragraphs"
    ]
    assert read["published"] == article["published_at"]
    assert read["modified"] == article["modified_at"]
    assert read["authors"] == article["authors"]
    assert read["language"] == "ru-Cyrl"


def test_the_rules_can_be_left_out_or_named() -> None:
    (without,) = records("--no-rules", ZAKON)
    (other,) = records("--source", "kun.uz", ZAKON)
    (named,) = records("--source", "zakon.kz", "--url", "https://mirror.example/1-a.html", ZAKON)

    assert without["rule"] == "generic"
    assert other["rule"] != "zakon.kz"
    assert named["rule"] == "zakon.kz"


def test_people_get_the_article_and_a_pipe_gets_no_colours() -> None:
    shown = steppewire(ZAKON).stdout.decode()
    article = EXPECTED["article"]

    assert shown.splitlines()[0] == article["title"]
    assert "read by   zakon.kz" in shown
    assert f"published {article['published_at']}" in shown
    assert "\x1b" not in shown


def test_many_pages_come_in_order_and_each_refused_one_has_its_line(
    pages: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "picture.html").write_bytes(b"\x89PNG\r\n" + b"\0\1\2" * 100)
    odd = [tmp_path / "missing.html", tmp_path, tmp_path / "picture.html"]
    asked = [pages[0], odd[0], *pages[1:20], odd[1], odd[2], *pages[20:]]
    done = steppewire("--jsonl", *asked)
    read = [json.loads(line) for line in done.stdout.splitlines()]

    assert [one["file"] for one in read] == [str(path) for path in asked]
    assert [one["title"] for one in read if "refused" not in one] == [
        f"Заголовок {number}" for number in range(40)
    ]
    assert [one["refused"] for one in read if "refused" in one] == ["missing", "folder", "not-html"]
    assert all(one["detail"] and one["body"] is None for one in read if "refused" in one)
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        "3 of 43 were not read: missing 1, folder 1, not-html 1"
    ]


def test_a_list_gives_each_page_its_address(pages: list[Path], tmp_path: Path) -> None:
    urls = [f"https://site{number}.example/news/{number}-a" for number in range(3)]
    listed = [{"file": str(p), "url": u} for p, u in zip(pages, urls, strict=False)]
    (tmp_path / "list").write_text("".join(f"{json.dumps(one)}\n" for one in listed))

    assert [one["url"] for one in records(f"@{tmp_path / 'list'}")] == urls
    assert [one["url"] for one in records("--list", tmp_path / "list", pages[5])] == [None, *urls]


def test_an_address_that_is_none_does_not_keep_a_page_from_being_read(tmp_path: Path) -> None:
    wrong = [{"file": str(ZAKON), "url": url} for url in ("nowhere", "https://[broken/", "")]
    (tmp_path / "list").write_text("".join(f"{json.dumps(one)}\n" for one in wrong))

    assert [one["url"] for one in records(f"@{tmp_path / 'list'}")] == [EXPECTED["url"]] * 3


def test_a_page_may_come_through_a_pipe() -> None:
    (read,) = records("--url", "https://a.example/news/7", "-", given=plain(7).encode())

    assert (read["file"], read["url"], read["title"]) == (
        "-",
        "https://a.example/news/7",
        "Заголовок 7",
    )


def test_the_language_is_what_the_enricher_says_or_what_the_page_declares(tmp_path: Path) -> None:
    lying = tmp_path / "lying.html"
    lying.write_text(plain(1).replace('lang="ru"', 'lang="en"'), "utf-8")

    assert records(lying)[0]["language"] == "ru-Cyrl"
    assert records("--no-language", lying)[0]["language"] == "en-Cyrl"


def test_what_is_no_article_is_read_where_it_is_wanted_anyway(tmp_path: Path) -> None:
    listing = ROOT / "tests/unit/parser/pages/listing.html"
    (refused,) = records(listing, status=1)
    (read,) = records("--anyway", listing)

    assert refused["refused"] == "no-article"
    assert "no-article" in read["warnings"]
    assert read["title"]


BAD = {"hangs": "too-slow", "stuck": "time-limit", "dies": "crashed"}
"""What hooks do to their process -> how their page is told."""
HOOK = """
import os, time
def hangs(body):
    while True:
        pass
def stuck(body):
    sum(range(10**12))
def fails(body):
    print("a word of a library")
    raise ValueError
def dies(body):
    os._exit(5)
"""


@pytest.fixture
def hooked(tmp_path: Path) -> dict[str, str]:
    """Two sites whose hooks take their process down, as a page may with a bug in a C library."""
    info = tmp_path / "hooks-1.0.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: hooks\nVersion: 1.0.0\n")
    (info / "entry_points.txt").write_text(
        "[steppewire.parser_hooks]\n"
        + "".join(f"{name} = bad_hooks:{name}\n" for name in (*BAD, "fails"))
    )
    (tmp_path / "bad_hooks.py").write_text(HOOK)
    folder = tmp_path / "sources"
    folder.mkdir()
    for name in (*BAD, "fails"):
        (folder / f"{name}.toml").write_text(
            f'title = "{name}"\nhome = "https://{name}.example/"\n'
            f'rules = {{ body = ["article"], hook = "{name}" }}\n'
        )
    return {"PYTHONPATH": str(tmp_path), "STEPPEWIRE_SOURCES_DIR": str(folder)}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_page_that_hangs_or_kills_its_process_costs_only_itself(
    pages: list[Path], tmp_path: Path, hooked: dict[str, str], jobs: str
) -> None:
    urls = {n: f"https://{name}.example/{n}" for n, name in enumerate((*BAD, "fails"), 2)}
    listed = [
        {"file": str(path), "url": urls.get(number, f"https://fine.example/{number}")}
        for number, path in enumerate(pages[:8])
    ]
    (tmp_path / "list").write_text("".join(f"{json.dumps(one)}\n" for one in listed))
    read = records("--jobs", jobs, f"@{tmp_path / 'list'}", status=1, **hooked)

    assert [one["title"] for one in read if "refused" not in one] == [
        f"Заголовок {number}" for number in (0, 1, 5, 6, 7)
    ]
    assert read[5]["warnings"] == ["hook-failed"]
    assert {one["file"]: one["refused"] for one in read if "refused" in one} == {
        str(pages[number]): reason for number, reason in enumerate(BAD.values(), 2)
    }


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "nothing to read: give HTML files"),
        (["--url", "https://a.kz/1", "a.html", "b.html"], "give many with --list"),
        (["--url", "a.kz/1", "a.html"], "is no address of a page; give https://"),
        (["@nowhere"], "no list at nowhere"),
        (["--source", "zakon.kzz", ZAKON], "did you mean zakon.kz?"),
    ],
)
def test_what_cannot_be_meant_is_one_line_with_the_remedy(words: list[str], told: str) -> None:
    done = steppewire(*words)

    assert done.returncode == 64
    assert done.stdout == b""
    assert done.stderr.decode().count("\n") == 1
    assert told in done.stderr.decode()


def test_a_reader_that_goes_away_ends_the_command_quietly(pages: list[Path]) -> None:
    command = f"{sys.executable} -m steppewire.cli parse --jsonl {pages[0].parent}/*.html | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=120)

    assert done.stdout.count(b"\n") == 1
    assert b"Traceback" not in done.stderr


@pytest.fixture
async def site() -> Any:
    site = Site()
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    async with server:
        yield site
        server.close()


async def test_an_address_is_asked_for_as_politely_as_the_newswire_does(site: Site) -> None:
    site.replies["/robots.txt"] = reply(b"User-agent: *\nDisallow: /private/\n")
    for path in ("/news/1", "/private/2"):
        site.replies[path] = reply(plain(1).encode())
    open_ = {"STEPPEWIRE_ALLOW_NETWORKS": "127.0.0.0/8", "STEPPEWIRE_PACE": "0"}
    asked = [f"{site.url}{path}" for path in ("/news/1", "/private/2", "/gone", "/news/1?b")]
    site.replies["/news/1?b"] = site.replies["/news/1"]
    run = partial(asyncio.to_thread, records, status=1)

    read = await run(*asked, "ftp://a.kz/1", **open_)
    (shut,) = await run(asked[0])

    assert read[0]["title"] == read[3]["title"] == "Заголовок 1"
    assert read[0]["url"] == asked[0]
    assert [one["refused"] for one in (read[1], read[2], read[4])] == ["robots", "gone", "bad-url"]
    assert site.paths() == ["/news/1", "/gone", "/news/1?b"]
    assert shut["refused"] == "forbidden-address"
