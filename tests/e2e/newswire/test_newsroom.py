"""The whole path: real services, real HTTP, real servers, against the newsroom's known truth.

One run serves all tests of this file: everything is fetched, the parser is killed with -9 on the
way, two articles are edited by their publisher, and then the records are compared with the truth.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from steppewire.archive import open_archive
from steppewire.archive.promise import Query, Record
from steppewire.identity import article_id
from steppewire.local.processes import Program
from steppewire.ports import free_port
from steppewire.servers import connect
from steppewire.streams import ENRICHED, STORED, key
from steppewire.testing.newswire import Running, newswire, settled
from steppewire_newsroom.demo import settings as demo_settings
from steppewire_newsroom.truth import Truth, bad_pages, source_problems, truth

QUICK = {
    "STEPPEWIRE_POLL": "2",
    "STEPPEWIRE_PACE": "0.01",
    "STEPPEWIRE_RETRY_BASE": "0.1",
    "STEPPEWIRE_MAX_ATTEMPTS": "3",
    "STEPPEWIRE_OUTAGE": "0",
    "STEPPEWIRE_CHALLENGE_WAIT": "0.2",
    "STEPPEWIRE_LEASE": "1.5",
}


@dataclass
class Outcome:
    """What the run left behind."""

    versions: dict[str, list[Record]]
    """Article id -> its versions, oldest first."""
    endings: dict[tuple[str, str, str, str], int]
    stored: list[dict[bytes, bytes]]
    enriched: list[dict[bytes, bytes]]
    sources: dict[str, Any]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    data = tmp_path_factory.mktemp("newswire")
    port = free_port()
    newsroom = Program(
        "newsroom",
        [sys.executable, "-m", "steppewire_newsroom", "--port", str(port)],
        {},
        data / "logs" / "newsroom.log",
    )
    with newswire(data, {**demo_settings(port), **QUICK}, extra=[newsroom]) as running:
        yield asyncio.run(the_story(running, port))


async def the_story(running: Running, port: int) -> Outcome:
    await settled(
        running, lambda: count(running, "store") >= 10, seconds=60, what="the first articles"
    )
    parser = running.program("parser").process
    assert parser is not None
    parser.send_signal(signal.SIGKILL)
    first = {article_id(t.url) for t in truth()}
    await settled(
        running,
        lambda: all_there(running, first) and ended(running) and running.idle(),
        seconds=120,
        what="every article and every bad page",
    )
    urllib.request.urlopen(  # the publisher edits two articles
        urllib.request.Request(f"http://127.0.0.1:{port}/control/edit", method="POST")
    ).close()
    edited = {article_id(t.url) for t in truth(edited=True) if t.version > 1}
    await settled(
        running,
        lambda: all(has_two_versions(running, id_) for id_ in edited) and running.idle(),
        seconds=60,
        what="the edited articles",
    )
    return await collect(running)


def count(running: Running, stage: str) -> int:
    return sum(
        number
        for (name, _, outcome, _), number in running.endings().items()
        if name == stage and outcome == "done"
    )


def all_there(running: Running, missing: set[str]) -> bool:
    """Tell whether every article has a record; what was found is asked for no more."""
    missing -= {id_ for id_ in missing if running.get(f"/articles/{id_}")}
    return not missing


def has_two_versions(running: Running, id_: str) -> bool:
    answer = running.get(f"/articles/{id_}/versions")
    return answer is not None and len(answer["items"]) > 1


def ended(running: Running) -> bool:
    endings = running.endings()
    wanted = Counter((p.stage, p.source, p.outcome, p.reason) for p in bad_pages())
    return all(endings.get(ending, 0) >= number for ending, number in wanted.items())


async def collect(running: Running) -> Outcome:
    async with open_archive(running.database) as archive:
        records, cursor = [], None
        while True:
            page = await archive.find(Query(limit=200, cursor=cursor))
            records += page.items
            cursor = page.next
            if cursor is None:
                break
        versions = {
            r.article.article_id: await archive.versions(r.article.article_id) for r in records
        }
    redis = connect(running.redis_url)
    stored = [fields for _, fields in await redis.xrange(key(STORED.name))]
    enriched = [fields for _, fields in await redis.xrange(key(ENRICHED.name))]
    await redis.aclose()
    sources = {item["name"]: item for item in (running.get("/sources") or {}).get("items", [])}
    return Outcome(versions, running.endings(), stored, enriched, sources)


def pairs(outcome: Outcome) -> list[tuple[Truth, Record]]:
    found = []
    for true in truth(edited=True):
        versions = outcome.versions.get(article_id(true.url), [])
        if len(versions) >= true.version:
            found.append((true, versions[true.version - 1]))
    return found


def test_every_article_arrives_once(outcome):
    expected = {article_id(t.url): t.url for t in truth()}
    got = {id_: records[-1].article.url for id_, records in outcome.versions.items()}

    assert sorted(expected.values()) == sorted(got.values())
    assert set(expected) == set(got)


def test_every_version_is_stored_once_and_announced_once(outcome):
    expected = Counter(article_id(t.url) for t in truth(edited=True))

    assert expected == {id_: len(versions) for id_, versions in outcome.versions.items()}
    assert len(pairs(outcome)) == len(truth(edited=True))
    announced = Counter(
        fields[b"data"] for fields in outcome.stored if b'"unchanged"' not in fields[b"data"]
    )
    assert sum(announced.values()) == len(truth(edited=True))
    assert set(announced.values()) == {1}


def differences(outcome: Outcome, name: str) -> list[str]:
    """Describe every article whose field is not the true one."""
    read = FIELDS[name]
    return [
        f"{true.url}\n  true {read[0](true)!r}\n  got  {read[1](record)!r}"
        for true, record in pairs(outcome)
        if read[0](true) != read[1](record)
    ]


FIELDS = {
    "title": (lambda t: t.title, lambda r: r.article.title),
    "lead": (lambda t: t.lead, lambda r: r.article.lead),
    "body": (lambda t: t.paragraphs, lambda r: tuple(p.text for p in r.article.paragraphs)),
    "time": (
        lambda t: (t.published_at, t.published_at.utcoffset()),
        lambda r: (
            r.article.published_at,
            r.article.published_at and r.article.published_at.utcoffset(),
        ),
    ),
    "language": (lambda t: t.language, lambda r: r.enrichment.languages.article.tag),
    "authors": (lambda t: t.authors, lambda r: r.article.authors),
    "canonical": (lambda t: t.url, lambda r: r.article.url),
    "source": (lambda t: t.source, lambda r: r.article.source),
}


@pytest.mark.parametrize("name", FIELDS)
def test_every_record_is_true_in(outcome, name):
    wrong = differences(outcome, name)

    assert not wrong, "\n".join(wrong)


def test_the_known_people_places_and_organisations_are_found_where_they_are_named(outcome):
    """The register's names: all found, with the right type, at exactly the right place."""
    named = found = 0
    missing = []
    for true, record in pairs(outcome):
        marked = {
            (m.field, m.start, m.end, e.type)
            for e in record.enrichment.entities
            for m in e.mentions
        }
        for entity in true.entities:
            for mention in entity.mentions if entity.key else ():
                named += 1
                if (mention.field, mention.start, mention.end, entity.type) in marked:
                    found += 1
                else:
                    missing.append(f"{true.language} {entity.type} {mention.surface}")

    print(f"\n{found} of {named} known mentions found")
    assert found / named >= 0.95, f"{found} of {named}; missing: {Counter(missing).most_common(40)}"


def test_a_known_entity_has_one_id_in_all_languages(outcome):
    wrong = Counter()
    right = 0
    for true, record in pairs(outcome):
        ids = {(m.field, m.start): e.id for e in record.enrichment.entities for m in e.mentions}
        for entity in true.entities:
            for mention in entity.mentions if entity.key else ():
                if (mention.field, mention.start) in ids:
                    same = ids[mention.field, mention.start] == entity.key
                    right += same
                    if not same:
                        got = ids[mention.field, mention.start]
                        wrong[f"{mention.surface}: {got} for {entity.key}"] += 1

    assert right / (right + wrong.total()) >= 0.95, wrong.most_common(40)


def test_every_mention_is_what_it_says_it_is(outcome):
    for _, record in pairs(outcome):
        texts = {
            "title": record.article.title,
            "lead": record.article.lead or "",
            "text": record.article.text,
        }
        for entity in record.enrichment.entities:
            for mention in entity.mentions:
                assert texts[mention.field][mention.start : mention.end] == mention.surface


def test_every_bad_page_is_counted_with_its_reason(outcome):
    wanted = Counter((p.stage, p.source, p.outcome, p.reason) for p in bad_pages())
    got = {ending: outcome.endings.get(ending, 0) for ending in wanted}

    assert got == {
        ending: got[ending] if ending[2] == "retry" else number for ending, number in wanted.items()
    }
    assert all(got.values())


def test_a_syndicated_copy_is_an_article_of_its_own_that_knows_the_other(outcome):
    copies = [(t, r) for t, r in pairs(outcome) if t.copy_of]

    assert copies
    for true, record in copies:
        assert article_id(true.copy_of) in record.copies


def test_what_is_wrong_with_a_source_is_counted_at_the_source(outcome):
    for problem in source_problems():
        warnings = str(outcome.sources[problem.source])
        assert problem.problem in warnings


def test_the_enriched_stream_has_each_version_once(outcome):
    keys = Counter(fields[b"key"] for fields in outcome.enriched)

    assert sum(keys.values()) >= len(truth(edited=True))
    assert {k.decode() for k in keys} == set(outcome.versions)
