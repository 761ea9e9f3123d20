"""The past, read again by today's code: shown exactly, applied once, never over what is newer."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from redis.asyncio import Redis

from steppewire.delivery.again import Again
from steppewire.delivery.gate import Gate
from steppewire.delivery.way import look
from steppewire.delivery.work import Each
from steppewire.errors import Skip
from steppewire.events import ArticleEnriched, ArticleFetched, ArticleParsed
from steppewire.replay.run import Findings, Replay, Scope, apply
from steppewire.replay.spool import Spool
from steppewire.streams import ENRICHED, PARSED, STORED, key
from steppewire.testing.service import keys_of, publish, until
from steppewire_enricher.enrich import enrich
from steppewire_parser.recipe import parse

from .conftest import SOURCE, STRICT, TEXT, Desk, both_databases, html, newswire

BETTER = {SOURCE: STRICT}


class Run:
    """A replay as the command does it, with its parts at hand."""

    def __init__(self, desk: Desk, gate: Gate) -> None:
        self.desk, self.gate = desk, gate

    def scope(self) -> Scope:
        now = datetime.now(UTC)
        return Scope(SOURCE, now - timedelta(days=1), now, now)

    async def parse(
        self, rules=BETTER, *, reader: Callable | None = None, put: bool = False, **options
    ) -> Findings:
        function = reader or partial(parse, blobs=self.desk.blobs)
        with Spool(ArticleParsed) as spool:
            one = Replay(self.desk.archive, work(function), self.scope(), spool, sample=3)
            await one.parse(self.desk.records, rules, lambda text: None)
            if put:
                await self.put(spool, one.scope, **options)
            return one.found

    async def enrich(self, function=enrich, *, put: bool = False) -> Findings:
        with Spool(ArticleEnriched) as spool:
            one = Replay(self.desk.archive, work(function), self.scope(), spool, sample=3)
            await one.enrich(self.desk.records, lambda text: None)
            if put:
                await self.put(spool, one.scope)
            return one.found

    async def put(self, spool, scope, *, pace=1000.0, tell=lambda text: None, **options) -> int:
        again = Again(self.gate, 1, name="replayed", keep=60)
        way = await look(self.gate, 1)
        return await apply(spool, again, way, scope, pace=pace, tell=tell, **options)


def work(function: Callable) -> Each:
    """The same promise as child processes keep, without their start."""

    async def one(event):
        return function(event)

    return Each(one, concurrency=4, time_limit=60)


@pytest.fixture
def replay(desk: Desk, gate: Gate) -> Run:
    return Run(desk, gate)


async def settled(redis: Redis, stored: int) -> None:
    async def enough() -> bool:
        return len(await keys_of(redis, STORED.name)) >= stored

    await until(enough, what=f"{stored} entries in articles.stored")


async def test_the_same_code_and_rules_change_nothing(redis, desk: Desk, replay: Run):
    await desk.publish(*(desk.fetch(number) for number in range(5)))

    found = await replay.parse({}, put=True)

    assert (found.looked_at, found.unchanged, found.changed) == (5, 5, 0)
    assert await keys_of(redis, PARSED.name) == []


async def test_what_was_removed_to_make_room_is_no_new_article(redis, desk: Desk, replay: Run):
    await desk.publish(desk.fetch(1, minutes=120))
    later = datetime.now(UTC)
    await desk.publish(desk.fetch(2))
    await desk.archive.forget(before=datetime.now(UTC))
    assert await desk.archive.forget_answers(later) == 1
    desk.fetch(0)

    found = await replay.parse(put=True)

    assert (found.looked_at, found.removed, found.new) == (3, 2, 1)
    assert len(await keys_of(redis, PARSED.name)) == 1


@both_databases
async def test_better_rules_show_which_fields_change(desk: Desk, replay: Run):
    await desk.publish(*(desk.fetch(number) for number in range(5)))

    found = await replay.parse()

    assert (found.versions, found.renewals, found.new) == (5, 0, 0)
    assert found.fields == {"paragraphs": 5, "authors": 5}
    assert len(found.sample) == 3
    old, new = found.sample[0].fields["paragraphs"]
    assert len(old) == len(new) + 1
    assert found.sample[0].fields["authors"] == ([], ["А. Сәрсенов"])


@both_databases
async def test_applied_changes_become_new_versions_and_are_heard_of_once(
    valkey, redis, desk: Desk, replay: Run
):
    events = [desk.fetch(number) for number in range(6)]
    await desk.publish(*events)

    await replay.parse(put=True)
    async with newswire(valkey.url, desk):
        await settled(redis, 6)

    assert set(Counter(await keys_of(redis, ENRICHED.name)).values()) == {1}
    for key_ in await keys_of(redis, STORED.name):
        first, second = await desk.archive.versions(key_)
        assert [p.text for p in second.article.paragraphs] == list(TEXT)
        assert (first.fetch.replayed_at, first.article.authors) == (None, ())
        assert second.fetch.replayed_at is not None
        assert second.fetch.fetched_at == first.fetch.fetched_at
    assert (await replay.parse()).changed == 0


async def test_applying_twice_has_one_effect(valkey, redis, desk: Desk, replay: Run):
    await desk.publish(*(desk.fetch(number) for number in range(4)))

    await replay.parse(put=True)
    await replay.parse(put=True)  # before anybody has stored the first
    async with newswire(valkey.url, desk):
        await settled(redis, 8)

    for key_ in set(await keys_of(redis, STORED.name)):
        assert len(await desk.archive.versions(key_)) == 2


async def test_the_same_spool_put_again_after_a_lost_reply_is_put_once(redis, desk, replay: Run):
    await desk.publish(desk.fetch(1))
    with Spool(ArticleParsed) as spool:
        one = Replay(desk.archive, work(partial(parse, blobs=desk.blobs)), replay.scope(), spool, 1)
        await one.parse(desk.records, BETTER, lambda text: None)

        assert await replay.put(spool, one.scope) == 1
        assert await replay.put(spool, one.scope) == 0

    assert len(await keys_of(redis, PARSED.name)) == 1


async def test_a_live_edit_that_was_fetched_later_stays_the_newest(
    valkey, redis, desk: Desk, replay: Run
):
    old = desk.fetch(1, minutes=60)
    await desk.publish(old)
    await replay.parse(put=True)
    edited = ("Жаңа мәтін: сапар мерзімі ұзартылды деп хабарлады баспасөз қызметі бүгін.", *TEXT)
    live = desk.fetch(1, html(1, text=edited))
    await publish(redis, "articles.fetched", [live.model_copy(update={"rules": STRICT})])

    async with newswire(valkey.url, desk):
        await settled(redis, 2)

    [article_id] = set(await keys_of(redis, STORED.name))
    current = await desk.archive.get(article_id)
    assert current is not None
    assert current.article.paragraphs[0].text == edited[0]
    assert len(await desk.archive.versions(article_id)) == 3


async def test_facts_that_change_without_the_text_renew_the_version(
    valkey, redis, desk: Desk, replay: Run
):
    await desk.publish(desk.fetch(1))
    authors = {SOURCE: desk.fetch(1).rules.model_copy(update={"author": (".by",)})}

    found = await replay.parse(authors, put=True)
    async with newswire(valkey.url, desk):
        await settled(redis, 1)

    assert (found.versions, found.renewals, found.fields) == (0, 1, {"authors": 1})
    [article_id] = await keys_of(redis, STORED.name)
    [version] = await desk.archive.versions(article_id)
    assert version.article.authors == ("А. Сәрсенов",)
    assert (await replay.parse(authors)).changed == 0


async def test_going_back_to_the_old_rules_brings_the_old_text_back(
    valkey, redis, desk: Desk, replay: Run
):
    await desk.publish(desk.fetch(1))
    async with newswire(valkey.url, desk):
        await replay.parse(put=True)
        await settled(redis, 1)
        await replay.parse({}, put=True)
        await settled(redis, 2)

    article_id = (await keys_of(redis, STORED.name))[0]
    first, better, back = await desk.archive.versions(article_id)
    assert first.article == back.article != better.article
    current = await desk.archive.get(article_id)
    assert current is not None
    assert current.version == 3


async def test_a_page_fetched_twice_without_news_is_one_change(desk: Desk, replay: Run):
    await desk.publish(desk.fetch(1, minutes=60), desk.fetch(1))

    found = await replay.parse()

    assert (found.looked_at, found.versions, found.unchanged) == (2, 1, 1)


async def test_pages_that_nobody_could_read_before_become_articles(
    valkey, redis, desk: Desk, replay: Run
):
    desk.fetch(1)  # never published: yesterday's parser found no article in it

    found = await replay.parse(put=True)
    async with newswire(valkey.url, desk):
        await settled(redis, 1)

    assert (found.new, found.versions) == (1, 0)
    assert await desk.archive.count() == 1


async def test_what_is_on_its_way_for_the_first_time_is_not_put_there_again(redis, desk, replay):
    await publish(redis, "articles.fetched", [desk.fetch(1)])

    found = await replay.parse(put=True)

    assert found.new == 1
    assert await keys_of(redis, PARSED.name) == []


async def test_an_article_that_today_s_code_refuses_stays_and_is_counted(desk: Desk, replay: Run):
    await desk.publish(desk.fetch(1))
    desk.fetch(2)

    def refuse(event: ArticleFetched) -> ArticleParsed:
        raise Skip("no-article")

    found = await replay.parse(reader=refuse)

    assert (found.refused, found.without, found.changed) == ({"no-article": 1}, 1, 0)
    assert await desk.archive.count() == 1


async def test_a_page_on_which_today_s_code_fails_stops_no_other(desk: Desk, replay: Run):
    events = [desk.fetch(number) for number in range(3)]
    await desk.publish(*events)
    file = desk.blobs.root / events[0].fetch.blob[7:9] / events[0].fetch.blob[9:11]
    next(file.glob("*.gz")).unlink()

    def fail(event: ArticleFetched) -> ArticleParsed:
        if event.fetch.url.endswith("/1"):
            raise ValueError("no title in sight")
        return parse(event, blobs=desk.blobs)

    found = await replay.parse(reader=fail)

    assert +found.failed == {"blob-missing": 1, "fault-ValueError": 1}
    assert found.versions == 1


@both_databases
async def test_a_better_model_s_entities_reach_database_and_stream(
    valkey, redis, desk: Desk, replay: Run
):
    await desk.publish(*(desk.fetch(number) for number in range(3)))

    found = await replay.enrich(blind, put=True)
    async with newswire(valkey.url, desk):
        await settled(redis, 3)

    assert (found.looked_at, found.renewals) == (3, 3)
    assert found.fields == {"entities": 3}
    for article_id in await keys_of(redis, STORED.name):
        [version] = await desk.archive.versions(article_id)
        assert version.enrichment.models == {"blind": "2"}
        assert version.enrichment.entities == ()
    assert len(await keys_of(redis, ENRICHED.name)) == 3
    assert (await replay.enrich(blind)).changed == 0


def blind(event: ArticleParsed) -> ArticleEnriched:
    """Enrich as another model would: one that knows no names."""
    done = enrich(event)
    other = {"entities": (), "models": {"blind": "2"}}
    return done.model_copy(update={"enrichment": done.enrichment.model_copy(update=other)})


async def test_enriching_again_knows_the_language_hint_of_then(desk: Desk, replay: Run):
    await desk.publish(desk.fetch(1))
    seen: list[str | None] = []

    def note(event: ArticleParsed) -> ArticleEnriched:
        seen.append(event.language_hint)
        return enrich(event)

    found = await replay.enrich(note)

    assert seen == ["kk"]
    assert found.unchanged == 1


async def test_a_superseded_reading_is_not_enriched_again(valkey, redis, desk, replay: Run):
    await desk.publish(desk.fetch(1))
    await replay.parse(put=True)
    async with newswire(valkey.url, desk):
        await settled(redis, 1)

    assert (await replay.enrich()).looked_at == 1


async def test_a_replay_pauses_while_live_work_waits(redis, desk: Desk, replay: Run):
    await desk.publish(desk.fetch(0))
    busy = [parse(desk.fetch(number), blobs=desk.blobs) for number in range(200, 320)]
    await publish(redis, PARSED.name, busy)
    told: asyncio.Queue[str] = asyncio.Queue()

    running = asyncio.create_task(replay.parse(put=True, tell=told.put_nowait))

    assert await told.get() == "120 entries wait in articles.parsed"
    assert len(await keys_of(redis, PARSED.name)) == 120
    rows = await redis.xreadgroup("enricher", "me", {key(PARSED.name): ">"}, count=1000)
    await redis.xack(key(PARSED.name), "enricher", *(id_ for id_, _ in rows[0][1]))
    await running
    assert len(await keys_of(redis, PARSED.name)) == 121


async def test_a_replay_keeps_to_its_pace(redis, desk: Desk, replay: Run):
    await desk.publish(*(desk.fetch(number) for number in range(6)))
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    await replay.parse(put=True, pace=2.0, pause=pause)

    assert pauses == [1.0, 1.0, 1.0]  # two at a time
    assert len(await keys_of(redis, PARSED.name)) == 6
