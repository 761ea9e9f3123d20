"""The most relevant first: in the title, often, as it was typed; with cursors that hold."""

from __future__ import annotations

from datetime import timedelta

import pytest

from steppewire.archive import Archive, Query
from steppewire.testing.articles import entity, story
from steppewire.testing.samples import NOON


async def _found(archive: Archive, text: str, **more: object) -> list[str]:
    query = Query.model_validate({"text": text, "order": "relevance", "limit": 200, **more})
    return [record.article.url.rsplit("/", 1)[-1] for record in (await archive.find(query)).items]


async def test_what_stands_in_the_title_comes_before_what_is_said_often_or_once(
    archive: Archive,
) -> None:
    later = [NOON + timedelta(hours=n) for n in range(4)]
    await archive.save([
        story(1, title="Көпір ашылды", text="Қалада.", published=later[0]),
        story(2, text="Көпірді жөндеді. Көпірдің бойы ұзын. Көпірге жол.", published=later[1]),
        story(3, text="Өзен мен көпір.", published=later[2]),
        story(4, text="Көпірлер.", published=later[3]),
    ])  # fmt: skip

    assert await _found(archive, "көпір") == ["1", "2", "4", "3"]
    assert await _found(archive, "көпірлер") == ["1", "2", "4", "3"]


async def test_the_word_as_it_was_typed_comes_before_its_other_forms(archive: Archive) -> None:
    await archive.save([
        story(1, text="Сөз Иванова туралы", published=NOON),
        story(2, text="Сөз Иванов туралы", published=NOON - timedelta(days=1)),
    ])  # fmt: skip

    assert await _found(archive, "Иванова") == ["1", "2"]
    assert await _found(archive, "иванов сөз") == ["1", "2"]
    assert await _found(archive, "Сөз Иванова туралы") == ["1", "2"]


async def test_of_equals_the_newest_comes_first(archive: Archive) -> None:
    await archive.save([story(n, published=NOON + timedelta(minutes=n)) for n in range(3)])

    assert await _found(archive, "мәтін") == ["2", "1", "0"]


async def test_without_words_relevance_is_newest_first(archive: Archive) -> None:
    await archive.save([story(n, published=NOON + timedelta(minutes=n)) for n in range(3)])
    first = await archive.find(Query(order="relevance", limit=2))

    following = await archive.find(Query(order="relevance", limit=2, cursor=first.next))

    assert [r.article.url[-1] for r in (*first.items, *following.items)] == ["2", "1", "0"]


async def test_pages_by_relevance_neither_skip_nor_repeat_while_articles_arrive(
    archive: Archive,
) -> None:
    titles = ("Көпір", "Жаңалық")
    await archive.save([
        story(n, title=titles[n % 2], text="көпір " * (1 + n % 4), published=NOON)
        for n in range(40)
    ])  # fmt: skip
    seen: list[str] = []
    cursor, arriving = None, 100
    while True:
        page = await archive.find(Query(text="көпір", order="relevance", limit=7, cursor=cursor))
        seen += [record.article.article_id for record in page.items]
        if page.next is None:
            break
        cursor = page.next
        await archive.save([story(arriving, title="Көпір", text="көпір " * 4, published=NOON)])
        arriving += 1

    assert len(seen) == len(set(seen))
    assert {story(n).key for n in range(40)} <= set(seen)


async def test_a_cursor_of_another_order_is_refused(archive: Archive) -> None:
    await archive.save([story(n) for n in range(3)])
    newest = await archive.find(Query(text="мәтін", limit=1))
    relevant = await archive.find(Query(text="мәтін", limit=1, order="relevance"))

    with pytest.raises(ValueError, match="bad cursor"):
        await archive.find(Query(text="мәтін", order="relevance", cursor=newest.next))
    with pytest.raises(ValueError, match="bad cursor"):
        await archive.find(Query(text="мәтін", cursor=relevant.next))


async def test_the_words_are_marked_in_the_title_too(archive: Archive) -> None:
    await archive.save([story(title="Тоқаевтың \ue000 сапары", text="Басқа сөз Тоқаев")])

    [found] = (await archive.find(Query(text="токаев"))).items

    assert found.title_marked == "\ue000Тоқаевтың\ue001 \ufffd сапары"
    assert (await archive.find(Query())).items[0].title_marked is None


async def test_a_long_query_is_ranked_by_its_first_words_and_needs_all(archive: Archive) -> None:
    words = [f"сөз{n}х" for n in range(10, 30)]
    await archive.save([story(1, text=" ".join(words)), story(2, text=" ".join(words[:-1]))])

    assert await _found(archive, " ".join(words)) == ["1"]


NAMES = {"kk": "Өзбекстан", "ru": "Узбекистан", "uz-Latn": "O‘zbekiston", "en": "Uzbekistan"}


async def test_an_entity_is_found_by_its_name_in_any_language(archive: Archive) -> None:
    def named(name: str) -> tuple[object, ...]:
        return (entity(name, type="GPE", id="place/uzbekistan", names=NAMES),)

    await archive.save([
        story(1, entities=named("Өзбекстан")),
        story(2, entities=named("Узбекистан")),
        story(3, entities=(entity("Өзбекстан", type="GPE"),)),
    ])  # fmt: skip

    for name in ("Өзбекстан", "Узбекистана", "Ozbekiston", "uzbekistan", "Ўзбекистон"):
        found = await archive.find(Query(entity=name))
        ids = {record.article.url[-1] for record in found.items}
        assert ids >= {"1", "2"}, name
    assert [one.id for one in await archive.entities(name="Uzbekistan")] == ["place/uzbekistan"]


async def test_a_person_is_found_by_the_surname_that_no_article_uses_alone(
    archive: Archive,
) -> None:
    await archive.save([
        story(1, entities=(entity("Асқар Мамин"),)),
        story(2, entities=(entity("Мамин Асқар Ұзақбайұлы"),)),
        story(3, entities=(entity("Аскар Узакпаевич Мамин"),)),
        story(4, entities=(entity("Мамин Петров"),)),
    ])  # fmt: skip

    found = await archive.find(Query(entity="Mamin"))

    assert {record.article.url[-1] for record in found.items} == {"1", "2", "3"}
