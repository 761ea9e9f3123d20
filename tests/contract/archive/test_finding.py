"""Found by what was meant, whichever way it is written; the same on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from steppewire.archive import Archive, Query
from steppewire.testing.articles import entity, story
from steppewire.testing.samples import NOON

SPELLINGS = [
    ("Тоқаев", "Қасым-Жомарт Тоқаевтың жарлығы шықты."),
    ("Токаев", "Тоқаев Астанаға келді."),
    ("тоқаев", "ТОҚАЕВ: ел экономикасы өседі"),
    ("Toqayev", "Президент Тоқаевқа хат жазды."),
    ("To‘qayev", "Токаева встретили в аэропорту."),
    ("Toshkent", "Konferensiya Toshkentda boʻlib oʻtdi."),
    ("Toshkent", "Анжуман Тошкентда бўлиб ўтди."),
    ("Тошкент", "Toshkentdagi zavod ishga tushdi."),
    ("Ташкент", "Встреча прошла в Ташкенте."),
    ("Ташкенте встреча", "Ташкент: встреча министров"),
    ("o'zbekiston", "Oʻzbekistonning tashqi savdosi"),
    ("ozbekiston", "Ўзбекистон ташқи савдоси"),
    ("O‘zbekiston", "O`zbekiston terma jamoasi"),
    ("yo'l", "Yangi yo‘llar quriladi"),
    ("yol", "Янги йўл очилди"),
    ("маъно", "Bu so'zning ma’nosi"),
    ("manosi", "Бу сўзнинг маъноси"),
    ("қала", "Қаланың орталығында"),
    ("кала", "Қалалық мәслихат қалаға"),
    ("күн", "Ертең кун жылынады"),
    ("ұлт", "Улттық банк"),
    ("һәм", "Гүл хәм бұлбұл"),
    ("іс", "Ис қозғалды"),
    ("елка", "Ёлка в Алматы"),
    ("Мирзиёев", "Mirziyoyev Samarqandga bordi"),
    ("Mirziyoyev", "Встреча с Мирзиеевым"),
    ("Қазақстан", "Қaзaқcтан Республикасы"),  # a, a and c are Latin
    ("Тошкент", "Тоshkent shahri"),  # Т and о are Cyrillic
    ("обьект", "Объекты сданы"),
    ("obyekt", "объектлар қурилди"),
    ("депутат", "Пятеро депутатов"),
    ("министров", "Совет министров"),
    ("цена", "Цены на хлеб"),
    ("президент", "ПРЕЗИДЕНТІМІЗДІҢ сөзі"),
    ("Kazakhstan", "Kazakhstan's economy grows"),
    ("minister", "Two ministers resigned"),
    ("тоқ", "Тоқаев"),  # the last word may be begun only
    ("экономика", "Экономи\u00adкалық жағдай"),  # soft hyphen
    ("шай", "Шаи\u0306"),  # й in two code points
    ("2030", "2030-жылға дейін"),
]


async def test_a_word_is_found_in_any_spelling_and_form(archive: Archive) -> None:
    await archive.save([story(n, text=text) for n, (_, text) in enumerate(SPELLINGS)])

    missed = [
        (query, text)
        for n, (query, text) in enumerate(SPELLINGS)
        if story(n).key not in await _ids(archive, Query(text=query))
    ]

    assert missed == []


OTHER_WORDS = [
    ("Иван", "Выступил Петр"),
    ("хабар жаңалық", "хабар ғана"),
    ("тоқаев қазір", "Тоқаев ертең"),
    ("қазір тоқаев", "қазірше Тоқаев"),  # only the last word may be begun
    ("ел", "елена"),  # two letters are no beginning
    ("Қазақстан", "Қазақ тілі"),
    ("Иванов", "Иван пришел"),
    ("доля", "Курс доллара"),
    ("🙂", "🙂 хабар"),
    ("!!!", "хабар!!!"),
]


async def test_another_word_is_not_found(archive: Archive) -> None:
    await archive.save([story(n, text=text) for n, (_, text) in enumerate(OTHER_WORDS)])

    wrong = [
        (query, text)
        for n, (query, text) in enumerate(OTHER_WORDS)
        if story(n).key in await _ids(archive, Query(text=query))
    ]

    assert wrong == []


HOSTILE = [
    '"', "'", "''", '" OR "', "*", "тест*", "NEAR(а б)", "а AND OR NOT б", "{terms} : тест",
    "terms:тест", "^тест", "тест -басқа", "(((", "тест & | ! <-> басқа", "тест:*", "a:*b",
    "\\", "\\' OR 1=1 --", "'; DROP TABLE articles; --", "%", "_", "\0", "те\0ст", "\ud800",
    "🙂🙃", "\u202eтест", "а" * 100_000, " ".join(f"сөз{i}" for i in range(10_000)),
    "тест\n\r\ttest", "ﬁ ½ ² Ⅷ", "\u0301\u0301\u0301", "مرحبا", "日本語テキスト", "हिन्दी",
    "о" + "\u0301" * 5_000, "''''" * 1000, "-" * 5000, "ʻʼ", "o‘", "'s", "\ue000x\ue001",
]  # fmt: skip


@pytest.mark.parametrize("field", ["text", "entity", "language", "source"])
async def test_a_hostile_query_neither_raises_nor_breaks_out(archive: Archive, field: str) -> None:
    await archive.save([story(text="қалыпты мәтін", entities=(entity("Асқар Мамин"),))])

    for hostile in HOSTILE:
        value = hostile if field in ("text", "entity") else (hostile,)
        found = await archive.find(Query.model_validate({field: value}))
        assert found.items == (), hostile

    assert await archive.count() == 1


async def test_hostile_text_is_stored_as_it_is(archive: Archive) -> None:
    texts = [text for text in HOSTILE if "\ud800" not in text and len(text) < 10_000]
    events = [
        story(n, title=text, text=f"қалыпты {text}", entities=(entity(text, text),))
        for n, text in enumerate(texts)
    ]

    await archive.save(events)

    found = await archive.find(Query(text="қалыпты", limit=200))
    kept = {item.article.article_id: item.article for item in found.items}
    assert {event.key: event.article for event in events} == kept


async def test_blank_text_asks_for_nothing(archive: Archive) -> None:
    await archive.save([story()])

    assert len((await archive.find(Query(text="  "))).items) == 1


async def test_title_lead_authors_and_tags_are_searched(archive: Archive) -> None:
    event = story(title="Бас", lead="Кіріс", authors=("А. Сәрсенов",), tags=("спорт",))
    await archive.save([event])

    for word in ("бас", "кіріс", "сәрсенов", "спорт"):
        assert len((await archive.find(Query(text=word))).items) == 1


async def test_the_words_may_stand_in_different_fields(archive: Archive) -> None:
    await archive.save([story(title="Тоқаев", text="Астанада жиын өтті")])

    assert len((await archive.find(Query(text="жиын тоқаев"))).items) == 1


async def test_the_found_words_are_marked_in_their_own_spelling(archive: Archive) -> None:
    await archive.save([story(text="Кеше Тоқаевтың жарлығы шықты.")])

    [item] = (await archive.find(Query(text="жарлығы токаев"))).items
    assert item.snippet == "Кеше \ue000Тоқаевтың\ue001 \ue000жарлығы\ue001 шықты."


async def test_without_text_there_is_no_snippet(archive: Archive) -> None:
    await archive.save([story()])

    assert (await archive.find(Query())).items[0].snippet is None


async def test_languages_are_found_by_prefix(archive: Archive) -> None:
    tags = ("kk-Cyrl", "kk-Latn", "ru-Cyrl", "uz-Latn", "k", "kk")
    await archive.save([story(n, language=tag) for n, tag in enumerate(tags)])

    async def tags_of(*asked: str) -> set[str]:
        found = await archive.find(Query(language=asked))
        return {item.enrichment.languages.article.tag for item in found.items}

    assert await tags_of("kk") == {"kk", "kk-Cyrl", "kk-Latn"}
    assert await tags_of("kk-Cyrl") == {"kk-Cyrl"}
    assert await tags_of("KK-cyrl", "ru") == {"kk-Cyrl", "ru-Cyrl"}
    assert await tags_of("k%") == set()


async def test_sources_and_times_narrow_the_search(archive: Archive) -> None:
    await archive.save(
        [
            story(n, source=source, published=NOON + timedelta(hours=n))
            for n, source in enumerate(("a.test", "b.test", "a.test", "a.test"))
        ]
    )

    asked = Query(
        source=("a.test",), since=NOON + timedelta(hours=2), until=NOON + timedelta(hours=2)
    )

    assert [story(2, source="a.test").key] == [
        item.article.article_id for item in (await archive.find(asked)).items
    ]


PERSON = entity("Қасым-Жомарт Тоқаев", "Тоқаевтың", id="person/toqaev")


async def test_an_entity_is_found_by_id_and_by_any_of_its_names(archive: Archive) -> None:
    await archive.save([story(1, entities=(PERSON,)), story(2, text="Тоқаев туралы ғана")])

    for name in ("Қасым-Жомарт Тоқаев", "касым-жомарт токаев", "Qasym-Jomart Toqayev", "Tokayev",
                 "person/toqaev", "Тоқаев", "Касым-Жомарта Токаева"):  # fmt: skip
        assert [story(1).key] == await _ids(archive, Query(entity=name)), name


async def test_what_a_hand_has_told_to_be_one_is_found_under_both_ids(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = entity("Қасымжомарт Токай", id="person/~kasmjamart-takay")
    await archive.save([story(1, entities=(PERSON,)), story(2, entities=(other,))])
    file = tmp_path / "entities.toml"
    file.write_text('[[same]]\nids = ["person/toqaev", "person/~kasmjamart-takay"]\n', "utf-8")
    monkeypatch.setenv("STEPPEWIRE_ENTITIES", str(file))

    for id_ in ("person/toqaev", "person/~kasmjamart-takay"):
        assert {story(1).key, story(2).key} == set(await _ids(archive, Query(entity=id_)))


async def test_another_entity_is_not_found(archive: Archive) -> None:
    await archive.save([story(entities=(PERSON,))])

    for name in ("", "Қасым", "person", "person/toqaev2", "Тоқаева Асель"):
        assert await _ids(archive, Query(entity=name)) == [], name


async def test_the_newest_come_first_by_publication_or_else_by_arrival(archive: Archive) -> None:
    old = datetime(2020, 1, 1, tzinfo=NOON.tzinfo)
    await archive.save(
        [story(1, published=old), story(2, published=None), story(3, published=NOON)]
    )

    ids = [item.article.article_id for item in (await archive.find(Query())).items]

    # NOON lies in the fixtures' own time, before or after the clock that stamps story 2
    assert ids.index(story(3).key) < ids.index(story(1).key)
    assert ids[-1] == story(1).key


async def test_pages_by_cursor_neither_skip_nor_repeat_while_articles_arrive(
    archive: Archive,
) -> None:
    # many at the same second, so that the time alone would not do
    await archive.save([story(n, published=NOON - timedelta(seconds=n // 7)) for n in range(50)])
    seen: list[str] = []
    cursor, arriving = None, 100
    while True:
        page = await archive.find(Query(limit=8, cursor=cursor))
        seen += [item.article.article_id for item in page.items]
        if page.next is None:
            break
        cursor = page.next
        await archive.save([story(arriving, published=NOON + timedelta(hours=1))])
        arriving += 1

    assert seen == list(dict.fromkeys(seen))
    assert {story(n).key for n in range(50)} == set(seen)


async def test_the_last_page_has_no_next(archive: Archive) -> None:
    await archive.save([story(n) for n in range(4)])

    assert (await archive.find(Query(limit=4))).next is None
    assert (await archive.find(Query(limit=3))).next is not None


async def test_a_bad_cursor_is_refused_in_words(archive: Archive) -> None:
    huge = "MTo5OTk5OTk5OTk5OTk5OTk5OTk6MQ"  # 1:9999999999999999999:1
    for cursor in ("", "x", "MTox", "'; --", "\0", "🙂", "=" * 500, huge):
        with pytest.raises(ValueError, match="bad cursor"):
            await archive.find(Query(cursor=cursor))


async def test_facets_count_current_versions(archive: Archive) -> None:
    almaty, sum_ = entity("Алматы", type="GPE"), entity("5 млн", type="MONEY")
    await archive.save(
        [
            story(1, source="a.test", entities=(PERSON, almaty)),
            story(2, source="a.test", language="ru-Cyrl", entities=(almaty,)),
            story(3, source="b.test", entities=(sum_,)),
        ]
    )  # fmt: skip
    await archive.save([story(1, source="a.test", text="жаңа", fetched=60, entities=(almaty,))])

    async def counts(by: str) -> dict[str, int]:
        return {f.value: f.count for f in await archive.facets(by)}  # type: ignore[arg-type]

    assert await counts("source") == {"a.test": 2, "b.test": 1}
    assert await counts("language") == {"kk-Cyrl": 2, "ru-Cyrl": 1}
    assert await counts("entity") == {"Алматы": 2}


async def test_the_most_frequent_facets_come_first_up_to_the_limit(archive: Archive) -> None:
    await archive.save([story(n, source=f"{n % 3 and 1}.test") for n in range(6)])

    facets = await archive.facets("source", limit=1)

    assert [(facet.value, facet.count) for facet in facets] == [("1.test", 4)]


async def test_an_unknown_article_is_none(archive: Archive) -> None:
    assert await archive.get("unknown") is None
    assert await archive.get("\0'; --", 7) is None
    assert await archive.versions("unknown") == []


async def _ids(archive: Archive, query: Query) -> list[str]:
    found = await archive.find(query.model_copy(update={"limit": 200}))
    return [item.article.article_id for item in found.items]
