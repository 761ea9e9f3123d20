"""What today's reading changes: the same answer as the store will give."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from steppewire.archive.history import History, arrival, rule
from steppewire.archive.promise import Record
from steppewire.events import ArticleEnriched, ArticleParsed, Language, Paragraph
from steppewire.replay.changes import (
    added_version,
    enriched_change,
    in_effect,
    parsed_change,
    said,
    version_of,
)
from steppewire.testing.articles import entity, story

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def record(event: ArticleEnriched, version: int = 1) -> Record:
    return Record(
        article=event.article,
        enrichment=event.enrichment,
        fetch=event.fetch,
        extraction=event.extraction,
        version=version,
        first_stored_at=NOW,
        stored_at=NOW,
    )


def parsed(**options) -> ArticleParsed:
    event = story(**options)
    return ArticleParsed(article=event.article, fetch=event.fetch, extraction=event.extraction)


def test_the_same_reading_changes_nothing() -> None:
    assert parsed_change(parsed(), [record(story())]) is None


def test_other_content_is_a_new_version_and_names_its_fields() -> None:
    known = record(story(text="Мәзір.\n\nМәтін."))

    change = parsed_change(parsed(text="Мәтін.", authors=("А. Сәрсенов",)), [known])

    assert change is not None
    assert (change.kind, change.before) == ("version", known)
    assert set(change.fields) == {"paragraphs", "authors"}
    old, new = change.fields["paragraphs"]
    assert [p["text"] for p in old] == ["Мәзір.", "Мәтін."]
    assert [p["text"] for p in new] == ["Мәтін."]


def test_other_facts_about_the_same_content_renew_it() -> None:
    change = parsed_change(parsed(tags=("сапар",)), [record(story())])

    assert change is not None
    assert (change.kind, change.fields) == ("renewal", {"tags": ([], ["сапар"])})


def test_a_time_with_another_offset_is_another_time_to_a_reader() -> None:
    same_moment = story().article.published_at
    assert same_moment is not None

    change = parsed_change(parsed(published=same_moment.astimezone(UTC)), [record(story())])

    assert change is not None
    assert list(change.fields) == ["published_at"]


def test_a_paragraph_of_another_kind_is_a_fact_and_no_content() -> None:
    quote = (Paragraph(text="Мәтін.", kind="quote"),)

    change = parsed_change(parsed(paragraphs=quote), [record(story())])

    assert change is not None
    assert (change.kind, list(change.fields)) == ("renewal", ["paragraphs"])


def test_facts_of_a_later_fetch_without_news_are_not_compared() -> None:
    assert parsed_change(parsed(fetched=60, tags=("сапар",)), [record(story())]) is None


def test_an_article_that_nobody_has_is_new() -> None:
    change = parsed_change(parsed(), [])

    assert change is not None
    assert (change.kind, change.before) == ("new", None)
    assert change.fields["title"] == (None, "Тақырып")
    assert "lead" not in change.fields


def test_what_this_replay_adds_counts_for_what_comes_after() -> None:
    known = [record(story(text="Мәзір."))]
    first, second = parsed(text="Мәтін."), parsed(text="Мәтін.", fetched=60)
    added = [added_version(first, 1)]

    assert parsed_change(second, known) is not None
    assert parsed_change(second, known, added) is None


sightings = st.lists(st.tuples(st.sampled_from("АБВ"), st.integers(0, 3)), max_size=8)


@given(sightings, st.sampled_from("АБВ"), st.integers(0, 3))
def test_a_new_version_is_told_exactly_when_the_store_makes_one(seen, text, at) -> None:
    history = History()
    known: list[Record] = []
    for old, when in seen:
        event = story(text=old, fetched=when)
        if (ruling := rule(history, arrival(event), NOW)).added:
            known.append(record(event, ruling.added.number))
    # `replayed_at` makes the event one that the store has not answered before
    today = story(text=text, fetched=at)
    today = today.model_copy(update={"fetch": today.fetch.model_copy(update={"replayed_at": NOW})})
    parsed_today = ArticleParsed(
        article=today.article, fetch=today.fetch, extraction=today.extraction
    )

    change = parsed_change(parsed_today, known)

    assert (change is not None) == (rule(history, arrival(today), NOW).added is not None)


def test_new_entities_renew_an_article_and_a_surer_model_does_not() -> None:
    before = record(story(entities=(entity("Асқар"),)))
    surer = story(entities=(entity("Асқар"),), models={"ner": "2"})
    languages = surer.enrichment.languages.model_copy(
        update={"article": Language(tag="kk-Cyrl", confidence=0.5)}
    )
    surer = surer.model_copy(
        update={"enrichment": surer.enrichment.model_copy(update={"languages": languages})}
    )

    change = enriched_change(story(entities=(entity("Асқар Оспанов"),)), before)

    assert change is not None
    assert list(change.fields) == ["entities"]
    assert enriched_change(surer, before) is None


def test_another_language_is_a_change() -> None:
    change = enriched_change(story(language="ru-Cyrl"), record(story()))

    assert change is not None
    assert change.fields == {"language": ("kk-Cyrl", "ru-Cyrl")}
    assert set(said(story().enrichment)) == {
        "language", "languages", "entities", "keywords", "extras", "fingerprints"
    }  # fmt: skip


def test_of_several_readings_of_one_fetch_the_last_is_in_effect() -> None:
    first, better, later = (
        record(story(text="А"), 1),
        record(story(text="Б"), 2),
        record(story(text="А", fetched=60), 3),
    )

    assert in_effect([later, better, first]) == [better, later]
    assert version_of(better).number == 2
