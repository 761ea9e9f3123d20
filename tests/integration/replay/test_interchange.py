"""`steppewire export` and `import`: out of one newswire, into another, each article once."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pyarrow.parquet
import pytest
from redis.asyncio import Redis
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from steppewire.archive import Archive, Query, Record, open_archive
from steppewire.blobs import DirectoryBlobs
from steppewire.records import DirectoryRecords
from steppewire.streams import ENRICHED, FETCHED, PARSED, STORED
from steppewire.testing.service import keys_of, until
from steppewire_store.migrate import migrate

from .conftest import SOURCE, TEXT, Desk, both_databases, html, newswire
from .test_commands import RULES

LATER = ("Кейінгі мәтін.", *TEXT[1:])


@pytest.fixture
async def other(
    request: pytest.FixtureRequest, tmp_path: Path, database: str
) -> AsyncIterator[Desk]:
    """An empty newswire elsewhere, on the same kind of database."""
    url = f"sqlite:///{tmp_path / 'other' / 'steppewire.sqlite3'}"
    if database.startswith("postgresql"):
        server = request.getfixturevalue("postgres")
        url = server.url(server.create())
    await migrate(url)
    blobs = DirectoryBlobs(tmp_path / "other" / "blobs")
    blobs.root.mkdir(parents=True, exist_ok=True)
    async with open_archive(url, patience=0) as archive:
        desk = Desk(blobs, DirectoryRecords(blobs.root / "fetched"), archive)
        desk.settings = {  # type: ignore[attr-defined]
            "STEPPEWIRE_DATABASE": url,
            "STEPPEWIRE_BLOBS": str(blobs.root),
        }
        yield desk


async def filled(desk: Desk, count: int = 12) -> None:
    """Publish articles, of which every third was changed later."""
    await desk.publish(*(desk.fetch(n, minutes=60) for n in range(count)))
    changed = range(0, count, 3)
    await desk.publish(*(desk.fetch(n, html(n, text=LATER)) for n in changed))


async def everything(archive: Archive) -> list[tuple[object, ...]]:
    found = await archive.find(Query(limit=200))
    known = await archive.histories([r.article.article_id for r in found.items])
    return sorted((_told(r) for versions in known.values() for r in versions), key=str)


async def read_out(archive: Archive) -> list[tuple[object, ...]]:
    return sorted((told[:-1] for told in await everything(archive)), key=str)


async def shown(archive: Archive) -> dict[str, str]:
    found = await archive.find(Query(limit=200))
    return {record.article.url: record.article.version_id for record in found.items}


def _told(record: Record) -> tuple[object, ...]:
    return (record.article, record.enrichment, record.fetch, record.extraction, record.version)


async def brought(redis: Redis, count: int) -> bool:
    return len(await keys_of(redis, STORED.name)) >= count


@both_databases
async def test_json_lines_come_into_another_newswire_as_they_were(
    valkey, redis, desk: Desk, other: Desk, steppewire, tmp_path: Path
):
    await filled(desk)
    out = await steppewire("export", "all.jsonl.gz", "--versions")

    said = await steppewire("import", "all.jsonl.gz", **other.settings)
    async with newswire(valkey.url, other):
        await until(lambda: brought(redis, 16), what="16 versions")

    assert (out.status, out.out) == (0, "")
    assert "12 articles, 16 versions → all.jsonl.gz" in out.err
    assert (said.status, said.err) == (0, "")
    assert said.out.split("\n")[2].split() == ["16", "brought"]
    assert await everything(other.archive) == await everything(desk.archive)


@both_databases
async def test_a_warc_of_pages_is_read_anew_with_its_rules_and_provenance(
    valkey, redis, desk: Desk, other: Desk, steppewire, tmp_path: Path
):
    await filled(desk)
    out = await steppewire("export", "pages.warc.gz", "--versions")

    said = await steppewire("import", "pages.warc.gz", **other.settings)
    async with newswire(valkey.url, other):
        await until(lambda: brought(redis, 16), what="16 versions")

    assert "12 articles, 16 pages" in out.err
    assert said.status == 0
    # numbers of versions go by arrival, and pages overtake each other while they are read
    assert await read_out(other.archive) == await read_out(desk.archive)
    assert await shown(other.archive) == await shown(desk.archive)
    stamps = [stamp.key for stamp in desk.records.list()]
    assert [stamp.key for stamp in other.records.list()] == stamps


async def test_an_import_that_is_repeated_brings_nothing_twice(
    valkey, redis, desk: Desk, other: Desk, steppewire, tmp_path: Path
):
    await filled(desk, 6)
    await steppewire("export", "pages.warc")

    await steppewire("import", "pages.warc", **other.settings)
    twice = await steppewire("import", "pages.warc", "--json", **other.settings)
    async with newswire(valkey.url, other):
        await until(lambda: brought(redis, 6), what="6 articles")
    stored = await steppewire("import", "pages.warc", "pages.warc", "--json", **other.settings)

    assert _counts(twice) == {"looked_at": 6, "before": 6, "finished": 0, "brought": 0}
    assert _counts(stored) == {"looked_at": 12, "before": 0, "finished": 12, "brought": 0}
    assert len(await keys_of(redis, STORED.name)) == 6


async def test_what_is_in_the_database_already_is_left_alone(
    redis, desk: Desk, steppewire, tmp_path: Path
):
    await filled(desk, 3)
    await steppewire("export", "all.jsonl")

    said = await steppewire("import", "all.jsonl", "--json")

    assert _counts(said) == {"looked_at": 3, "before": 0, "finished": 3, "brought": 0}


async def test_lines_may_be_enriched_by_todays_models(
    redis, desk: Desk, other: Desk, steppewire, tmp_path: Path
):
    await filled(desk, 2)
    await steppewire("export", "all.jsonl")

    await steppewire("import", "--as", "parsed", "all.jsonl", **other.settings)

    assert len(await keys_of(redis, PARSED.name)) == 2
    assert len(await keys_of(redis, ENRICHED.name)) == 0


async def test_a_dry_run_changes_nothing(redis, desk: Desk, other: Desk, steppewire):
    await filled(desk, 2)
    await steppewire("export", "pages.warc")

    said = await steppewire("import", "--dry-run", "pages.warc", **other.settings)

    assert "2  would be brought" in said.out
    assert await keys_of(redis, FETCHED.name) == []
    assert list(other.records.list()) == []


async def test_what_matches_is_exported_as_the_api_finds_it(desk: Desk, steppewire):
    await filled(desk, 4)

    async def lines(*filters: str) -> list[dict[str, object]]:
        said = await steppewire("export", "-", *filters)
        assert said.status == 0, said.err
        return [json.loads(line) for line in said.out.splitlines()]

    assert len(await lines()) == 4
    assert len(await lines("--source", SOURCE, "--language", "kk", "--text", "кейінгі")) == 2
    assert await lines("--source", "nobody.kz") == []
    assert await lines("--since", "2026-11-21") == []
    assert len(await lines("--until", "2026-11-21", "--entity", "Тоқаев")) == 4
    [first, *_] = await lines()
    assert {"article", "enrichment", "fetch", "extraction", "version", "group"} <= first.keys()


async def test_parquet_has_a_row_for_each_article(desk: Desk, steppewire, tmp_path: Path):
    await filled(desk, 4)

    said = await steppewire("export", "all.parquet")

    table = pyarrow.parquet.read_table(tmp_path / "all.parquet")
    assert said.status == 0, said.err
    assert table.num_rows == 4
    [row] = [one for one in table.to_pylist() if one["url"].endswith("/3")]
    [record] = [r for r in (await desk.archive.find(Query())).items if r.article.url == row["url"]]
    assert row["text"] == record.article.text
    assert row["published_at"] == record.article.published_at
    assert [one["name"] for one in row["entities"]] == [e.name for e in record.enrichment.entities]


async def test_pages_that_are_gone_are_counted(desk: Desk, steppewire, tmp_path: Path):
    await filled(desk, 3)
    lost = (await desk.archive.find(Query())).items[0].fetch.blob.removeprefix("sha256:")
    (desk.blobs.root / lost[:2] / lost[2:4] / f"{lost}.gz").unlink()

    said = await steppewire("export", "pages.warc")

    assert "3 articles, 2 pages; 1 page not in the blob store" in said.err
    with (tmp_path / "pages.warc").open("rb") as file:
        kinds = [record.rec_type for record in ArchiveIterator(file)]
    assert kinds == ["warcinfo", *("response", "metadata") * 2]


def strangers_warc(path: Path) -> None:
    """Write what a crawler writes: requests, pictures, errors, packed pages."""
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=True)

        def add(url: str, body: bytes, status: str = "200 OK", date: str = "2026-11-20T04:30:00Z",
                kind: str = "response", **headers: str) -> None:  # fmt: skip
            lines = [(k.replace("_", "-"), v) for k, v in headers.items()]
            http = StatusAndHeaders(status, lines, "HTTP/1.1")
            more = {"WARC-Date": date}
            record = writer.create_warc_record(
                url, kind, payload=BytesIO(body), http_headers=http, warc_headers_dict=more
            )
            writer.write_record(record)

        page = {"Content_Type": "text/html; charset=utf-8"}
        add(f"https://{SOURCE}/news/1", b"", kind="request")
        add(f"https://{SOURCE}/news/1", html(1), **page)
        add(f"https://{SOURCE}/news/2", gzip.compress(html(2)), Content_Encoding="gzip", **page)
        add(f"https://{SOURCE}/news/3", html(3), status="404 Not Found", **page)
        add(f"https://{SOURCE}/i.png", b"\x89PNG", Content_Type="image/png")
        add("https:///nobody", html(4), **page)
        add(f"https://{SOURCE}/news/5", html(5), date="yesterday", **page)
        add("https://www.other.kz/news/6", html(6), **page)
        add(f"https://{SOURCE}/news/7", b"", **page)


async def test_strangers_pages_come_in_under_the_rules_of_their_source(
    redis, other: Desk, steppewire, tmp_path: Path
):
    strangers_warc(tmp_path / "crawl.warc.gz")
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "news.toml").write_text(RULES)
    settings = {**other.settings, "STEPPEWIRE_SOURCES_DIR": str(tmp_path / "sources")}

    said = await steppewire("import", "crawl.warc.gz", "--json", **settings)

    kept = [other.records.get(stamp).event for stamp in other.records.list()]
    events = {event.fetch.url[-1]: event for event in kept}
    assert json.loads(said.out)["skipped"] == {
        "status": 1, "no-html": 1, "bad-address": 1, "no-date": 1, "empty": 1,
    }  # fmt: skip
    assert sorted(events) == ["1", "2", "6"]
    assert events["1"].rules.body == ("main",)
    assert other.blobs.get(events["2"].fetch.blob) == html(2)
    assert (events["6"].fetch.source, events["6"].rules.body) == ("other.kz", ())
    assert len(await keys_of(redis, FETCHED.name)) == 3


async def test_a_torn_file_brings_what_comes_before_the_tear(
    redis, desk: Desk, other: Desk, steppewire, tmp_path: Path
):
    await filled(desk, 6)
    await steppewire("export", "pages.warc.gz")
    whole = (tmp_path / "pages.warc.gz").read_bytes()
    (tmp_path / "torn.warc.gz").write_bytes(whole[: len(whole) - 900])

    said = await steppewire("import", "torn.warc.gz", **other.settings)

    assert said.status == 64
    assert said.err.count("\n") == 1
    assert "torn.warc.gz is damaged after 5 records" in said.err
    assert len(await keys_of(redis, FETCHED.name)) == 5


async def test_lines_that_are_no_articles_are_told_and_left_out(
    redis, desk: Desk, other: Desk, steppewire, tmp_path: Path
):
    await filled(desk, 1)
    await steppewire("export", "all.jsonl")
    good = (tmp_path / "all.jsonl").read_text("utf-8")
    (tmp_path / "bad.jsonl").write_text('{"article": 1}\n' + good + "\n{torn\n\udcff", "utf-8",
                                        errors="surrogateescape")  # fmt: skip

    said = await steppewire("import", "bad.jsonl", **other.settings)

    assert "1  brought" in said.out
    assert "3  left out: no-article" in said.out
    assert "bad.jsonl, line 1: article:" in said.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("export", "all.xlsx"), "give --format"),
        (("export", "there.jsonl"), "is there already"),
        (("export", "nowhere/all.jsonl"), "cannot be written"),
        (("export", "-", "--since", "soon"), "is no time"),
        (("import", "nothing.warc"), "no file nothing.warc"),
        (("import", "there.jsonl"), "neither a WARC nor JSON Lines"),
    ],
)
async def test_what_cannot_be_meant_is_one_line_with_its_remedy(
    redis, desk: Desk, steppewire, tmp_path: Path, words: tuple[str, ...], says: str
):
    (tmp_path / "there.jsonl").write_text("hello")

    said = await steppewire(*words)

    assert said.status == 64
    assert says in said.err
    assert said.err.count("\n") == 1
    assert list(tmp_path.glob(".*.part")) == []


def _counts(said) -> dict[str, int]:
    found = json.loads(said.out)
    return {name: found[name] for name in ("looked_at", "before", "finished", "brought")}
