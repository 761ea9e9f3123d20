"""One query means one thing: what a standing query wants is what a search finds."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from steppewire.archive import Archive, Query
from steppewire.archive.matching import Content, Wish, widen
from steppewire.events import ArticleEnriched, Entity
from steppewire.testing.articles import entity, story

NOON = datetime(2024, 11, 22, 12, tzinfo=UTC)
PEOPLE = {
    "person/toqaev": {"kk": "Тоқаев", "ru": "Токаев", "en": "Tokayev", "uz-Latn": "To‘qayev"},
    "person/mirziyoyev": {"ru": "Мирзиёев", "uz-Latn": "Mirziyoyev", "uz-Cyrl": "Мирзиёев"},
    "place/tashkent": {"ru": "Ташкент", "uz-Latn": "Toshkent", "en": "Tashkent"},
    None: {"ru": "Асқар Мамин", "kk": "Асқар Мамин"},
}
WORDS = ("бюджет", "жарлық", "сайлау", "oʻquv", "maktab", "президент", "указ", "budget", "election")
SOURCES = ("a.test", "b.test", "c.test")
LANGUAGES = ("kk-Cyrl", "ru", "uz-Latn", "uz-Cyrl", "en")


def someone(chance: random.Random) -> Entity:
    """Somebody, under one name; the others are known only now and then."""
    id_, names = chance.choice(list(PEOPLE.items()))
    name = chance.choice(list(names.values()))
    known = dict(chance.sample(sorted(names.items()), chance.randint(0, len(names))))
    place = id_ is not None and id_.startswith("place")
    return entity(
        name,
        chance.choice(list(names.values())),
        id=id_,
        names=known,
        type="GPE" if place else "PERSON",
    )


def article(number: int, chance: random.Random) -> ArticleEnriched:
    """An article of a few words, published on one of ten days, or nobody knows when."""
    published = NOON - timedelta(days=chance.randint(0, 9))
    return story(
        number,
        title=" ".join(chance.choices(WORDS, k=2)),
        text=" ".join(chance.choices(WORDS, k=5)),
        source=chance.choice(SOURCES),
        language=chance.choice(LANGUAGES),
        published=chance.choice([published, published, None]),
        entities=tuple(someone(chance) for _ in range(chance.randint(0, 3))),
    )


def question(chance: random.Random) -> dict[str, Any]:
    """A query with one to three conditions."""
    names = [name for known in PEOPLE.values() for name in known.values()]
    since = NOON - timedelta(days=chance.randint(0, 10))
    conditions: list[tuple[str, Any]] = [
        ("language", (chance.choice(["kk", "ru", "uz", "UZ-latn", "en", "k"]),)),
        ("source", tuple(chance.sample(SOURCES, 2))),
        ("entity", chance.choice([*names, *(id_ for id_ in PEOPLE if id_), "nobody"])),
        ("text", chance.choice([*WORDS, "тоқаев", "бюдж", "указ жарлық", "🙂"])),
        ("since", since),
        ("until", since + timedelta(days=3)),
    ]
    return dict(chance.sample(conditions, chance.randint(1, 3)))


@pytest.mark.parametrize("seed", range(2))
async def test_what_is_told_live_is_what_is_found(archive: Archive, seed: int) -> None:
    chance = random.Random(seed)
    events = [article(number, chance) for number in range(60)]
    await archive.save(events[:40])
    await archive.save(events[40:], index=False)
    while await archive.index():
        pass
    contents = [Content(entry.record) for entry in await archive.log(0)]
    await widen(archive, contents)
    answers = 0

    for _ in range(100):
        asked = question(chance)
        found = await archive.find(Query.model_validate({**asked, "limit": 200}))
        met = {c.record.article.article_id for c in contents if Wish(**asked).met_by(c)}
        assert met == {record.article.article_id for record in found.items}, asked
        answers += len(met)
    assert answers > 300, "questions that find nothing prove nothing"


async def test_a_name_of_another_language_is_known_from_other_articles(archive: Archive) -> None:
    bare = entity("Toshkent", id="place/t", type="GPE")
    told = entity("Toshkent", id="place/t", type="GPE", names={"ru": "Ташкент"})
    await archive.save([story(1, entities=(bare,))])
    [content] = [Content(entry.record) for entry in await archive.log(0)]
    wish = Wish(entity="Ташкент")
    before = wish.met_by(content)
    await archive.save([story(2, entities=(told,))])
    await widen(archive, [content])

    assert (before, wish.met_by(content)) == (False, True)
    called = await archive.called(["place/t", "nobody"])
    assert {id_: len(names) for id_, names in called.items()} == {"place/t": 2}
