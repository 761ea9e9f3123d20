"""Other reports of the same: near copies share a group, however many sources print them."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import pytest

from steppewire.archive import Archive, Query, open_archive
from steppewire.archive.kin import Kin
from steppewire.events import ArticleEnriched
from steppewire.testing.articles import story
from steppewire.testing.samples import NOON
from steppewire_enricher.copies import sketch
from steppewire_enricher.fingerprint import words_of


def prose(seed: int, words: int = 90) -> str:
    dice = random.Random(seed)
    return " ".join("".join(dice.choices("абвгдежзик", k=6)) for _ in range(words))


def report(number: int, text: str, **more: object) -> ArticleEnriched:
    taken = sketch(words_of(text))
    given: dict[str, object] = {"source": f"{number % 7}.test", **more}
    return story(number, text=text, sketch=taken.encoded() if taken else "", **given)  # type: ignore[arg-type]


TEXT = prose(1)
EDITED = f"{prose(2, 12)} {TEXT}"
CUT = TEXT[: len(TEXT) * 2 // 3]


async def test_an_edited_copy_of_another_source_joins_the_group_of_the_first(
    archive: Archive,
) -> None:
    first, edited, other = report(1, TEXT), report(2, EDITED), report(3, prose(9))
    await archive.save([first])
    await archive.save([other])

    await archive.save([edited])

    groups = await _groups(archive)
    assert groups == {first.key: first.key, edited.key: first.key, other.key: other.key}


async def test_copies_in_one_batch_are_one_group(archive: Archive) -> None:
    await archive.save([report(1, TEXT), report(2, CUT), report(3, EDITED)])

    assert set((await _groups(archive)).values()) == {report(1, TEXT).key}


async def test_a_record_names_the_other_reports(archive: Archive) -> None:
    events = [report(1, TEXT), report(2, CUT), report(3, EDITED)]
    await archive.save(events)

    record = await archive.get(events[1].key)

    assert record is not None
    assert record.group == events[0].key
    assert record.reports == (events[0].key, events[2].key)
    assert record.copies == ()  # those are word for word


async def test_a_text_without_a_sketch_has_no_group(archive: Archive) -> None:
    await archive.save([story(1), story(2)])

    assert set((await _groups(archive)).values()) == {None}


@pytest.mark.parametrize("sketch_", ["!", "AAAA", "ә" * 500, "A" * 4000])
async def test_a_damaged_sketch_costs_no_article(archive: Archive, sketch_: str) -> None:
    await archive.save([story(1, sketch=sketch_)])

    assert await _groups(archive) == {story(1).key: None}


async def test_what_is_delivered_again_changes_no_group(archive: Archive) -> None:
    events = [report(1, TEXT), report(2, EDITED), report(3, CUT)]
    await archive.save(events)
    before = await _groups(archive)

    await archive.save(events[::-1])

    assert await _groups(archive) == before


async def test_groups_survive_a_restart(url: str) -> None:
    async with open_archive(url) as archive:
        await archive.save([report(1, TEXT)])

    async with open_archive(url) as archive:
        await archive.save([report(2, EDITED)])

        assert set((await _groups(archive)).values()) == {report(1, TEXT).key}


async def test_two_stores_that_save_copies_at_once_tell_one_group(url: str) -> None:
    reports = [report(n, f"{prose(100 + n, 8)} {TEXT}") for n in range(12)]
    async with open_archive(url) as one, open_archive(url) as two:
        saves = [(one, two)[n % 2].save([event]) for n, event in enumerate(reports)]
        await asyncio.gather(*saves)

        assert len(set((await _groups(one)).values())) == 1


async def test_a_flash_that_becomes_a_copy_joins_the_group(archive: Archive) -> None:
    await archive.save([report(1, TEXT), report(2, prose(5, 20))])

    await archive.save([report(2, EDITED, fetched=60)])

    assert set((await _groups(archive)).values()) == {report(1, TEXT).key}


async def test_a_group_that_others_share_is_kept_when_its_first_text_changes(
    archive: Archive,
) -> None:
    await archive.save([report(1, TEXT), report(2, EDITED)])

    await archive.save([report(1, prose(6), fetched=60)])

    assert set((await _groups(archive)).values()) == {report(1, TEXT).key}


async def test_a_group_is_asked_for_with_all_its_members(archive: Archive) -> None:
    await archive.save([report(1, TEXT), report(2, EDITED), report(3, prose(9))])

    found = await archive.find(Query(group=report(1, TEXT).key))

    assert {r.article.article_id for r in found.items} == {report(n, TEXT).key for n in (1, 2)}
    assert (await archive.find(Query(group="\0'; --"))).items == ()


async def test_collapsed_each_group_shows_the_first_one_that_matches(archive: Archive) -> None:
    later = [NOON + timedelta(minutes=n) for n in range(4)]
    await archive.save([
        report(1, TEXT, language="ru-Cyrl", published=later[1]),
        report(2, EDITED, published=later[2]),
        report(3, CUT, published=later[3]),
        report(4, prose(9)),
        story(5),
    ])  # fmt: skip

    async def shown(**asked: object) -> set[str]:
        query = Query.model_validate({"collapse": True, **asked})
        return {r.article.url[-1] for r in (await archive.find(query)).items}

    assert await shown() == {"1", "4", "5"}
    assert await shown(language=("kk",)) == {"2", "4", "5"}
    assert await shown(text=CUT.split()[-1]) == {"1"}
    assert await archive.count(Query(collapse=True)) == 3


async def test_pages_of_a_collapsed_search_neither_skip_nor_repeat(archive: Archive) -> None:
    texts = [prose(n) for n in range(9)]
    await archive.save([report(n, texts[n // 3]) for n in range(27)])

    seen, cursor = [], None
    while True:
        page = await archive.find(Query(collapse=True, limit=2, cursor=cursor))
        seen += [r.article.article_id for r in page.items]
        cursor = page.next
        if cursor is None:
            break

    assert len(seen) == len(set(seen)) == 9


async def test_whoever_was_pushed_out_of_a_small_index_is_found_no_more_and_memory_stays(
    archive: Archive,
) -> None:
    # a store that looks back at sixteen articles only
    archive._indexer.kin = Kin(capacity=16)  # type: ignore[attr-defined]
    await archive.save([report(0, TEXT)])
    for n in range(1, 5):
        await archive.save([report(n * 100 + i, prose(n * 100 + i)) for i in range(100)])

    await archive.save([report(9_000, EDITED)])

    assert (await _groups(archive))[report(9_000, EDITED).key] == report(9_000, EDITED).key


async def _groups(archive: Archive) -> dict[str, str | None]:
    found = await archive.find(Query(limit=200))
    return {record.article.article_id: record.group for record in found.items}
