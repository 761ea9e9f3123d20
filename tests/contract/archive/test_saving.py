"""Saved twice, stored once; every version kept."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from steppewire.archive import Archive, Query, Record, open_archive
from steppewire.events import ArticleEnriched
from steppewire.identity import fetch_id
from steppewire.testing.articles import entity, story
from steppewire.testing.samples import NOON, enriched


async def test_a_saved_article_comes_back_as_it_was(archive: Archive) -> None:
    event = enriched(1)

    await archive.save([event])

    record = await archive.get(event.key)
    assert record is not None
    assert (event.article, event.enrichment) == (record.article, record.enrichment)
    assert (event.fetch, event.extraction) == (record.fetch, record.extraction)
    assert (1, record.first_stored_at) == (record.version, record.stored_at)


async def test_what_is_saved_twice_is_stored_once_and_answered_alike(archive: Archive) -> None:
    events = [enriched(1), enriched(2)]

    first = await archive.save(events)

    assert first == await archive.save(events)
    assert [(a.change, a.version) for a in first] == [("created", 1), ("created", 1)]
    assert await archive.count() == 2
    assert len(await archive.versions(events[0].key)) == 1


async def test_duplicates_within_one_batch_are_one(archive: Archive) -> None:
    event, other = enriched(1), enriched(2)

    answers = await archive.save([event, other, event])

    assert answers[0] == answers[2]
    assert await archive.count() == 2


async def test_an_empty_batch_is_nothing(archive: Archive) -> None:
    assert await archive.save([]) == []


async def test_a_changed_article_becomes_a_version_and_keeps_the_old_one(archive: Archive) -> None:
    old, new = story(text="Ескі мәтін."), story(text="Жаңа мәтін.", fetched=60)

    await archive.save([old])
    [answer] = await archive.save([new])

    assert (answer.change, answer.version) == ("updated", 2)
    kept = await archive.versions(old.key)
    assert [old.article, new.article] == [record.article for record in kept]
    assert new.article == (await _current(archive, old.key)).article


async def test_a_version_can_be_asked_for_by_its_number(archive: Archive) -> None:
    old, new = story(text="Ескі."), story(text="Жаңа.", fetched=60)
    await archive.save([old, new])

    first, second = await archive.get(old.key, 1), await archive.get(old.key, 2)

    assert first is not None
    assert second is not None
    assert (first.article.text, second.article.text) == ("Ескі.", "Жаңа.")
    assert await archive.get(old.key, 3) is None


async def test_the_old_text_of_a_changed_article_is_not_found_any_more(archive: Archive) -> None:
    await archive.save([story(text="бірінші", entities=(entity("Асқар Мамин"),))])
    await archive.save([story(text="екінші", fetched=60)])

    assert await _found(archive, Query(text="бірінші")) == 0
    assert await _found(archive, Query(entity="Асқар Мамин")) == 0
    assert await _found(archive, Query(text="екінші")) == 1


async def test_the_same_content_fetched_again_is_unchanged(archive: Archive) -> None:
    [first] = await archive.save([story()])

    [again] = await archive.save([story(fetched=3600)])

    assert ("unchanged", 1, first.stored_at) == (again.change, again.version, again.stored_at)
    assert len(await archive.versions(first.key)) == 1


async def test_a_page_that_goes_back_to_what_it_said_is_a_third_version(archive: Archive) -> None:
    a, b = story(text="А"), story(text="Б", fetched=60)
    a_again = story(text="А", fetched=120)
    answers = [(await archive.save([event]))[0] for event in (a, b, a_again)]

    assert [answer.version for answer in answers] == [1, 2, 3]
    assert (await _current(archive, a.key)).article.text == "А"
    # delivered again, in any order, all three are answered as before
    assert answers[::-1] == await archive.save([a_again, b, a])


async def test_an_answer_stays_the_same_whatever_came_later(archive: Archive) -> None:
    unchanged = story(text="А", fetched=60)
    answers = await archive.save([story(text="А"), unchanged])

    await archive.save([story(text="Б", fetched=120), story(text="Б", fetched=30)])

    assert answers == await archive.save([story(text="А"), unchanged])


async def test_an_older_version_that_arrives_late_is_kept_but_not_current(archive: Archive) -> None:
    new, late = story(text="жаңа", fetched=60), story(text="ескі")
    await archive.save([new])

    [answer] = await archive.save([late])

    assert (answer.change, answer.version) == ("updated", 2)
    assert (await _current(archive, new.key)).article.text == "жаңа"
    assert await _found(archive, Query(text="ескі")) == 0


async def test_an_older_version_after_a_newer_in_one_batch_is_not_current(archive: Archive) -> None:
    new = story(text="жаңа", fetched=60)

    await archive.save([new, story(text="ескі")])

    assert (await _current(archive, new.key)).article.text == "жаңа"
    assert [item.version for item in (await archive.find(Query(text="жаңа"))).items] == [1]


async def test_one_page_under_two_addresses_that_overtook_each_other_is_one_version(
    archive: Archive,
) -> None:
    await archive.save([story(fetched=1)])

    [answer] = await archive.save([story(fetched=0)])

    assert (answer.change, answer.version) == ("unchanged", 1)


async def test_a_replay_with_a_better_model_renews_what_was_read_not_the_content(
    archive: Archive,
) -> None:
    await archive.save([story(models={"ner": "1"})])
    better = story(models={"ner": "2"}, entities=(entity("Асқар Мамин"),))

    [answer] = await archive.save([better])

    assert (answer.change, answer.version) == ("unchanged", 1)
    assert (await _current(archive, better.key)).enrichment == better.enrichment
    assert await _found(archive, Query(entity="Аскар Мамин")) == 1


async def test_two_workers_that_save_the_same_articles_store_each_once(url: str) -> None:
    events = [enriched(number) for number in range(20)]
    async with open_archive(url) as one, open_archive(url) as two:
        batches = [archive.save(events[i % 7 :]) for i in range(6) for archive in (one, two)]
        answers = await asyncio.gather(*batches)

        assert await one.count() == 20
    assert len({(a.article_id, a.version, a.change, a.stored_at) for b in answers for a in b}) == 20


async def test_two_workers_with_opposite_orders_do_not_wait_for_each_other_for_ever(
    url: str,
) -> None:
    events = [story(number, text=f"{round}", fetched=round) for round in range(4)
              for number in range(10)]  # fmt: skip
    async with open_archive(url) as one, open_archive(url) as two:
        async with asyncio.timeout(30):
            await asyncio.gather(one.save(events), two.save(events[::-1]), one.save(events[::2]))

        assert [len(await one.versions(story(n).key)) for n in range(10)] == [4] * 10


async def test_a_batch_is_stored_whole_or_not_at_all(archive: Archive) -> None:
    # no database takes half of a surrogate pair, nor does JSON
    bad = story(2, title="\ud800")

    with pytest.raises(Exception, match="surrogate"):
        await archive.save([story(1), bad])

    assert await archive.count() == 0
    await archive.save([story(1)])
    assert await archive.count() == 1


async def test_a_nul_is_no_reason_to_lose_an_article(archive: Archive) -> None:
    event = story(title="бір\0екі", text="үш\0төрт", entities=(entity("бес\0алты"),))

    await archive.save([event])

    assert (await _current(archive, event.key)).article == event.article
    assert await _found(archive, Query(text="төрт")) == 1


async def test_names_and_ids_of_any_length_in_any_script_are_stored(archive: Archive) -> None:
    """An index of PostgreSQL ends at 2,704 bytes: a name and an id of the longest letters."""
    rare = " ".join("".join(chr(0x20000 + 41 * k + n) for n in range(40)) for k in range(30))
    event = story(entities=(entity(rare, id=f"person/{rare[::-1] * 3}", names={"kk": rare}),))

    await archive.save([event])

    assert await archive.count(Query(entity=rare)) == 1


async def test_dates_at_the_ends_of_the_calendar_are_stored(archive: Archive) -> None:
    first = "0001-01-01T00:00:00+05:00"
    last = "9999-12-31T23:59:59-11:00"
    events = [
        story(n).model_copy(
            update={"article": story(n).article.model_validate(
                {**story(n).article.model_dump(), "published_at": date})}
        )
        for n, date in enumerate((first, last))
    ]  # fmt: skip

    await archive.save(events)

    ids = [item.article.article_id for item in (await archive.find(Query())).items]
    # the far future is no date to be sorted by: it would stay on top for ever
    assert [events[1].key, events[0].key] == ids


async def test_an_article_with_a_very_long_text_is_stored_and_found(archive: Archive) -> None:
    text = "басы " + " ".join(f"сөз{number}" for number in range(60_000))

    await archive.save([story(text=text)])

    assert await _found(archive, Query(text="басы сөз77")) == 1


async def test_copies_name_each_other(archive: Archive) -> None:
    events = [story(n, text="Ортақ мәтін.", source=f"{n}.test") for n in range(3)]
    await archive.save([*events, story(9, text="Басқа."), story(10, text=""), story(11, text="")])

    records = {r.article.article_id: r.copies for r in (await archive.find(Query())).items}

    assert {events[1].key, events[2].key} == set(records[events[0].key])
    assert records[story(9).key] == ()
    # two pages without any text are not copies of each other
    assert records[story(10).key] == ()


async def test_first_stored_stays_when_versions_come(archive: Archive) -> None:
    await archive.save([story(text="А")])
    await archive.save([story(text="Б", fetched=60)])

    first, second = await archive.versions(story().key)

    assert first.first_stored_at == second.first_stored_at == first.stored_at
    assert second.stored_at - first.stored_at > timedelta(0)


async def _current(archive: Archive, article_id: str) -> Record:
    record = await archive.get(article_id)
    assert record is not None
    return record


async def _found(archive: Archive, query: Query) -> int:
    return len((await archive.find(query)).items)


async def test_a_fetch_is_finished_once_its_event_is_saved(archive: Archive) -> None:
    first, again = story(1), story(1, fetched=60)
    ids = [fetch_id(e.fetch.link_id, e.fetch.fetched_at) for e in (first, again, story(2))]
    await archive.save([first])

    assert await archive.saved(ids) == {ids[0]: first.key}
    await archive.save([again])  # nothing new in it: finished all the same
    assert await archive.saved(ids) == dict.fromkeys(ids[:2], first.key)
    assert await archive.saved([]) == {}


async def test_versions_of_a_source_are_walked_by_the_time_of_their_fetching(archive) -> None:
    texts = [story(1, text=f"мәтін {n}", fetched=n * 60) for n in range(3)]
    await archive.save([*texts, story(2, fetched=60), story(3, source="el.kz", fetched=60)])

    since = texts[1].fetch.fetched_at
    pages = [page async for page in archive.walk(source="news.test", since=since)]
    before = [page async for page in archive.walk(source="news.test", until=since)]

    assert [(r.article.url[-1], r.version) for page in pages for r in page] == [
        ("1", 2),
        ("1", 3),
        ("2", 1),
    ]
    assert [r.version for page in before for r in page] == [1]


async def test_histories_hold_all_versions_of_known_articles(archive: Archive) -> None:
    first, second = story(1), story(1, text="басқа", fetched=60)
    await archive.save([first, second])

    found = await archive.histories([first.article.article_id, "unknown"])

    assert list(found) == [first.article.article_id]
    assert [r.version for r in found[first.article.article_id]] == [1, 2]


async def test_a_replay_with_other_content_is_a_new_version_in_the_place_of_the_old(
    archive,
) -> None:
    old, live = story(1, text="мәзір мәтін"), story(1, text="жаңа мәтін", fetched=60)
    better = replay(story(1, text="мәтін"), 600)
    await archive.save([old, live])

    answers = await archive.save([better, better])

    assert [(a.version, a.change) for a in answers] == [(3, "updated")] * 2
    current = await archive.get(old.article.article_id)
    assert current is not None
    assert current.article.text == "жаңа мәтін"  # fetched later, so it stays the newest


async def test_going_back_to_the_older_reading_is_a_replay_like_any_other(archive: Archive) -> None:
    old, better = story(1, text="мәзір мәтін"), story(1, text="мәтін")
    await archive.save([old])
    await archive.save([replay(better, 600)])

    await archive.save([replay(old, 1200)])

    current = await archive.get(old.article.article_id)
    assert current is not None
    assert (current.version, current.article.text) == (3, "мәзір мәтін")


async def test_a_replay_that_only_reads_more_renews_the_version_in_place(archive: Archive) -> None:
    old, better = story(1), story(1, authors=("А. Сәрсенов",), entities=(entity("Асқар"),))
    await archive.save([old])

    [answer] = await archive.save([replay(better, 600)])

    assert (answer.version, answer.change) == (1, "unchanged")
    current = await archive.get(old.article.article_id)
    assert current is not None
    assert current.article.authors == ("А. Сәрсенов",)
    assert current.fetch.replayed_at is not None
    assert len((await archive.find(Query(entity="Асқар"))).items) == 1


def replay(event: ArticleEnriched, seconds: float) -> ArticleEnriched:
    at = NOON + timedelta(seconds=seconds)
    return event.model_copy(update={"fetch": event.fetch.model_copy(update={"replayed_at": at})})
