"""Who is named, with whom and when: counted alike on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from steppewire.archive import Archive, Query
from steppewire.archive.promise import MOST_PERIODS, Seen
from steppewire.events import Entity
from steppewire.testing.articles import entity, story

MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
TOQAEV = "person/toqaev-qasym-jomart"
NAMES = {"kk": "Қасым-Жомарт Тоқаев", "ru": "Касым-Жомарт Токаев", "en": "Kassym-Jomart Tokayev"}


def toqaev(name: str, *surfaces: str) -> Entity:
    return entity(name, *surfaces, id=TOQAEV, names=NAMES)


ALMATY = entity("Алматы", type="GPE", id="place/almaty")
MIRZIYOYEV = entity("Шавкат Мирзиёев", id="person/mirziyoyev-shavkat")


@pytest.fixture(autouse=True)
async def articles(archive: Archive) -> None:
    kazakh = toqaev("Қасым-Жомарт Тоқаев", "Тоқаев", "Тоқаевтың", "Президент Тоқаев")
    russian = toqaev("Касым-Жомарт Токаев", "Токаев", "Токаева")
    await archive.save([
        story(1, source="a.test", published=MONDAY, entities=(kazakh, ALMATY)),
        story(2, source="a.test", published=MONDAY + timedelta(hours=20), entities=(kazakh,)),
        story(3, source="b.test", language="ru-Cyrl", published=MONDAY + timedelta(days=3),
              entities=(russian, MIRZIYOYEV, ALMATY)),
        story(4, source="b.test", language="ru-Cyrl", published=MONDAY + timedelta(days=8),
              entities=(MIRZIYOYEV,), text="Мирзиёев Самарқандта"),
    ])  # fmt: skip


async def test_a_profile_tells_names_types_and_counts(archive: Archive) -> None:
    found = await archive.entity(TOQAEV)

    assert found is not None
    assert (found.type, found.types) == ("PERSON", {"PERSON": 3})
    assert (found.articles, found.mentions) == (3, 8)
    assert (found.first_at, found.last_at) == (MONDAY, MONDAY + timedelta(days=3))
    assert found.names == NAMES
    assert found.seen == (
        Seen(language="kk-Cyrl", name="Қасым-Жомарт Тоқаев", articles=2),
        Seen(language="ru-Cyrl", name="Касым-Жомарт Токаев", articles=1),
    )


@pytest.mark.parametrize("unknown", ["", "person/nobody", "\0", "'; --", "Тоқаев"])
async def test_whom_nobody_names_has_no_profile(archive: Archive, unknown: str) -> None:
    assert await archive.entity(unknown) is None
    assert await archive.companions(unknown) == []


async def test_a_profile_joins_what_a_hand_has_told_to_be_one(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = entity("Қ. Тоқаев", id="person/~k-takaev")
    await archive.save([story(9, entities=(other,))])
    file = tmp_path / "entities.toml"
    file.write_text(
        f'[[same]]\nids = ["{TOQAEV}", "person/~k-takaev"]\n[names."{TOQAEV}"]\nkk = "Тоқаев"\n'
    )
    monkeypatch.setenv("STEPPEWIRE_ENTITIES", str(file))

    found = await archive.entity("person/~k-takaev")

    assert found is not None
    assert (found.id, found.ids) == (TOQAEV, (TOQAEV, "person/~k-takaev"))
    assert found.articles == 4
    assert found.names["kk"] == "Тоқаев"


async def test_companions_are_counted_in_common_articles(archive: Archive) -> None:
    found = await archive.companions(TOQAEV)

    assert [(one.id, one.name, one.type, one.articles) for one in found] == [
        ("place/almaty", "Алматы", "GPE", 2),
        ("person/mirziyoyev-shavkat", "Шавкат Мирзиёев", "PERSON", 1),
    ]
    assert len(await archive.companions(TOQAEV, limit=1)) == 1


async def test_a_replaced_version_counts_no_more(archive: Archive) -> None:
    await archive.save([story(1, source="a.test", text="жаңа", fetched=60, published=MONDAY)])

    found = await archive.entity(TOQAEV)

    assert found is not None
    assert found.articles == 2


async def test_articles_of_an_entity_over_time(archive: Archive) -> None:
    days = await archive.timeline(Query(entity=TOQAEV))
    weeks = await archive.timeline(Query(), by="week")
    months = await archive.timeline(Query(entity="Shavkat Mirziyoyev"), by="month")

    assert [(d.start.day, d.count) for d in days] == [(16, 1), (17, 1), (18, 0), (19, 1)]
    assert [(w.start, w.count) for w in weeks] == [(date(2026, 11, 16), 3), (date(2026, 11, 23), 1)]
    assert [(m.start, m.count) for m in months] == [(date(2026, 11, 1), 2)]


async def test_a_timeline_of_nothing_is_empty(archive: Archive) -> None:
    assert await archive.timeline(Query(text="жоқсөз")) == []
    assert await archive.timeline(Query(text="🙂")) == []


async def test_a_misprinted_year_makes_no_timeline_of_empty_centuries(archive: Archive) -> None:
    await archive.save([story(8, published=datetime(1, 1, 1, tzinfo=UTC))])

    for step in ("day", "week", "month"):
        found = await archive.timeline(Query(), by=step)  # type: ignore[arg-type]
        assert len(found) <= MOST_PERIODS
        assert found[-1].start <= date(2026, 11, 24) < found[-1].start + timedelta(days=31)


async def test_each_source_over_time(archive: Archive) -> None:
    found = await archive.activity(MONDAY, MONDAY + timedelta(days=5))

    assert {
        source: [(p.start.day, p.count) for p in periods] for source, periods in found.items()
    } == {
        "a.test": [(16, 1), (17, 1)],
        "b.test": [(19, 1)],
    }


async def test_facets_of_a_query_count_what_matches(archive: Archive) -> None:
    russian = Query(language=("ru",))

    assert {f.value: f.count for f in await archive.facets("source", query=russian)} == {
        "b.test": 2
    }
    assert [(f.value, f.count, f.id) for f in await archive.facets("entity", query=russian)][
        :1
    ] == [("Шавкат Мирзиёев", 2, MIRZIYOYEV.id)]
    assert await archive.facets("language", query=Query(text="жоқсөз")) == []
    assert await archive.count(russian) == 2


async def test_entities_are_listed_by_articles_and_found_by_name(archive: Archive) -> None:
    async def listed(**asked: object) -> list[str]:
        return [one.id for one in await archive.entities(**asked)]  # type: ignore[arg-type]

    assert await listed() == [TOQAEV, "person/mirziyoyev-shavkat", "place/almaty"]
    assert await listed(types=("GPE",)) == ["place/almaty"]
    assert await listed(name="Tokayev") == [TOQAEV]
    assert await listed(query=Query(source=("b.test",)), limit=1) == ["person/mirziyoyev-shavkat"]
    assert await listed(name="\0'; --") == []
