"""What is removed to make room: the oldest, whole, and without a trace in any answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from steppewire.archive import Archive, Query
from steppewire.archive.engines import make_engine, parse
from steppewire.archive.sql import SqlArchive
from steppewire.identity import fetch_id
from steppewire.testing.articles import entity, story
from steppewire.testing.samples import NOON

DAY = datetime(2026, 11, 1, tzinfo=UTC)


class Aging(SqlArchive):
    """An archive whose clock is set by hand."""

    day = 0

    def __init__(self, url: str) -> None:
        super().__init__(make_engine(parse(url)), clock=lambda: DAY + timedelta(days=self.day))


async def _filled(url: str, days: int = 10) -> Aging:
    archive = Aging(url)
    for day in range(days):
        archive.day = day
        named = (entity("Асқар Мамин", id="person/mamin"),)
        await archive.save([story(day, text=f"мәтін к{day}с", entities=named)])
    return archive


async def test_what_is_older_than_a_day_goes_with_all_that_it_was_found_by(url: str) -> None:
    archive = await _filled(url)

    removed = await archive.forget(before=DAY + timedelta(days=7))

    assert removed == 7
    assert await archive.forget(before=DAY + timedelta(days=7)) == 0
    assert await archive.count() == 3
    assert [await archive.count(Query(text=f"к{n}с")) for n in (0, 6, 7)] == [0, 0, 1]
    profile = await archive.entity("person/mamin")
    assert profile is not None
    assert profile.articles == 3
    assert await archive.versions(story(0).key) == []
    await archive.close()


async def test_an_article_is_as_old_as_its_last_change(url: str) -> None:
    archive = await _filled(url, days=2)
    archive.day = 9
    await archive.save([story(0, text="өзгерді", fetched=60)])

    await archive.forget(before=DAY + timedelta(days=7))

    assert await archive.get(story(0).key) is not None
    assert await archive.get(story(1).key) is None
    await archive.close()


async def test_what_is_delivered_again_after_its_removal_gets_its_first_answer_and_stays_gone(
    url: str,
) -> None:
    archive = Aging(url)
    events = [story(0), story(0, text="екінші", fetched=60), story(0, text="екінші", fetched=90)]
    answers = await archive.save(events)
    archive.day = 9
    await archive.forget(before=DAY + timedelta(days=7))

    new = story(1)
    again = await archive.save([events[2], new, events[0], events[1]])

    assert again[:1] + again[2:] == [answers[2], answers[0], answers[1]]
    assert await archive.count() == 1
    fetches = [fetch_id(e.fetch.link_id, e.fetch.fetched_at) for e in (*events, story(5))]
    assert await archive.saved(fetches) == dict.fromkeys(fetches[:3], events[0].key)
    await archive.close()


async def test_a_page_that_is_fetched_anew_is_an_article_again(url: str) -> None:
    archive = Aging(url)
    await archive.save([story(0)])
    archive.day = 9
    await archive.forget(before=DAY + timedelta(days=7))

    [answer] = await archive.save([story(0, fetched=3600)])

    assert (answer.change, answer.version) == ("created", 1)
    assert await archive.count(Query(text="мәтін")) == 1
    await archive.close()


async def test_of_what_is_too_much_the_oldest_goes_until_the_rest_fits(url: str) -> None:
    archive = Aging(url)
    long = " ".join(f"сөз{n}" for n in range(3000))
    await archive.save([story(n, text=f"{long} к{n}с") for n in range(40)])
    most = await archive.size() // 2

    while await archive.forget(most_bytes=most, limit=5):
        pass

    assert await archive.size() <= most
    assert 8 <= await archive.count() <= 32
    assert await archive.forget(most_bytes=most) == 0
    left = await archive.find(Query(limit=200))
    newest = await archive.log(0, limit=100)
    assert {entry.record.article.article_id for entry in newest} == {
        record.article.article_id for record in left.items
    }
    await archive.close()


async def test_cursors_hold_while_articles_are_removed(url: str) -> None:
    archive = await _filled(url)
    stories = [story(100 + n, published=NOON - timedelta(days=n)) for n in range(20)]
    archive.day = 20
    await archive.save(stories)
    first = await archive.find(Query(limit=5))

    await archive.forget(before=DAY + timedelta(days=15))
    seen, cursor = list(first.items), first.next
    while cursor:
        page = await archive.find(Query(limit=5, cursor=cursor))
        seen, cursor = [*seen, *page.items], page.next

    ids = [record.article.article_id for record in seen]
    assert len(ids) == len(set(ids))
    assert {event.key for event in stories} <= set(ids)
    await archive.close()


async def test_pieces_are_bounded(archive: Archive) -> None:
    await archive.save([story(n) for n in range(7)])
    later = datetime.now(UTC) + timedelta(days=1)

    assert [await archive.forget(before=later, limit=3) for _ in range(4)] == [3, 3, 1, 0]


async def test_answers_of_removed_articles_are_forgotten_in_their_time(url: str) -> None:
    archive = await _filled(url)
    await archive.forget(before=DAY + timedelta(days=7))
    events = [story(day) for day in range(10)]
    fetches = [fetch_id(e.fetch.link_id, e.fetch.fetched_at) for e in events]
    remembered = await archive.saved(fetches)

    assert await archive.forget_answers(DAY + timedelta(days=3)) == 3
    assert await archive.forget_answers(DAY + timedelta(days=3)) == 0
    assert len(remembered) == 10
    assert set(remembered) - set(await archive.saved(fetches)) == set(fetches[:3])
    await archive.close()


async def test_names_go_with_the_last_article_that_names_somebody_and_come_again(
    url: str,
) -> None:
    archive = Aging(url)
    names = {"ru": "Ташкент"}
    city = entity("Toshkent", id="place/t", type="GPE", names=names)
    river = entity("Сырдария", id="place/s", type="LOCATION", names={"en": "Jaxartes"})
    await archive.save([story(1, entities=(city,)), story(2, entities=(city, river))])
    archive.day = 9
    await archive.save([story(3, entities=(city,))])
    await archive.forget(before=DAY + timedelta(days=5))
    gone, place = await archive.forget_names()

    assert (gone, await archive.forget_names(place or "")) == (2, (0, None))
    assert set(await archive.called(["place/t", "place/s"])) == {"place/t"}
    assert await archive.count(Query(entity="Ташкент")) == 1
    await archive.save([story(4, entities=(river,))])
    assert set(await archive.called(["place/s"])) == {"place/s"}
    await archive.close()
