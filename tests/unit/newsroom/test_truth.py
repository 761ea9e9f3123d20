from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise

import pytest

from steppewire_newsroom import bad_pages, truth
from steppewire_newsroom.stories import clean
from steppewire_newsroom.truth import Truth, as_json, register

EVERY = truth(edited=True)


def test_there_are_at_least_seventy_articles_in_five_written_languages() -> None:
    languages = Counter(item.language for item in truth())

    assert sum(languages.values()) >= 70
    assert set(languages) == {"kk-Cyrl", "ru-Cyrl", "uz-Latn", "uz-Cyrl", "en-Latn"}


def test_no_two_articles_share_an_address() -> None:
    addresses = Counter(url for item in truth() for url in item.urls)

    assert [url for url, times in addresses.items() if times > 1] == []


@pytest.mark.parametrize("item", EVERY, ids=lambda item: item.url)
def test_every_mention_stands_where_the_truth_says(item: Truth) -> None:
    texts = {"title": item.title, "lead": item.lead or "", "text": item.text}
    mentions = [mention for entity in item.entities for mention in entity.mentions]

    assert [m.surface for m in mentions] == [texts[m.field][m.start : m.end] for m in mentions]


def test_mentions_of_one_field_never_overlap() -> None:
    for item in EVERY:
        spans = sorted((m.field, m.start, m.end) for e in item.entities for m in e.mentions)
        assert all(a[0] != b[0] or a[2] <= b[1] for a, b in pairwise(spans)), item.url


def test_text_is_clean_whatever_the_page_holds() -> None:
    texts = [t for item in EVERY for t in (item.title, item.lead or "", *item.paragraphs)]

    assert [t for t in texts if t != clean(t).strip() or "\u00ad" in t or "\u00a0" in t] == []


def test_a_name_has_one_key_in_all_languages() -> None:
    tokayev = {e.name for item in EVERY for e in item.entities
               if e.key == "person/toqaev-qasym-jomart"}  # fmt: skip

    assert {"Қасым-Жомарт Тоқаев", "Касым-Жомарт Токаев", "Kassym-Jomart Tokayev"} <= tokayev
    assert {"Qosim-Jomart To‘qayev", "Қосим-Жомарт Тўқаев"} <= tokayev


def test_no_two_names_share_an_id() -> None:
    ids = Counter(entry["id"] for entry in register().values())

    assert [key for key, times in ids.items() if times > 1] == []


def test_names_have_a_normal_form_in_the_language_they_are_used_in() -> None:
    known = {entry["id"]: entry["names"] for entry in register().values()}
    missing = {(e.key, item.language) for item in EVERY for e in item.entities
               if e.key and item.language not in known[e.key]}  # fmt: skip

    assert missing == set()


@pytest.mark.parametrize("language", sorted({item.language for item in EVERY}))
def test_a_word_that_is_marked_once_is_marked_everywhere(language: str) -> None:
    items = [item for item in EVERY if item.language == language]
    surfaces = {surface for item in items for e in item.entities for surface in e.surfaces}

    assert [(i.url, s) for i in items for s in surfaces if _standing(i, s) > _marked(i, s)] == []


def _standing(item: Truth, surface: str) -> int:
    whole = "\n".join((item.title, item.lead or "", item.text))
    return f" {_spaced(whole)} ".count(f" {_spaced(surface)} ")


def _spaced(text: str) -> str:
    return "".join(c if c.isalnum() or c in "-‘’ʻʼ" else " " for c in text)


def _marked(item: Truth, surface: str) -> int:
    """How often it stands within marked names ("Каспий" also within "Каспий теңізі")."""
    return sum(m.surface.count(surface) for e in item.entities for m in e.mentions)


def test_an_edit_adds_a_second_version_of_the_same_address() -> None:
    versions = Counter(item.url for item in EVERY)
    twice = {url for url, times in versions.items() if times == 2}
    second = {item.url for item in EVERY if item.version == 2}

    assert len(twice) == 2
    assert second == twice
    assert len(EVERY) == len(truth()) + 2


def test_a_syndicated_copy_says_the_same_words_as_its_original() -> None:
    by_url = {item.url: item for item in truth()}
    copies = [item for item in truth() if item.copy_of]

    assert copies
    for copy in copies:
        original = by_url[copy.copy_of or ""]
        assert original.source != copy.source
        assert (copy.title, copy.lead, copy.text) == (original.title, original.lead, original.text)


def test_translations_exist_as_articles() -> None:
    addresses = {item.url for item in truth()}
    declared = {url for item in truth() for _, url in item.translations}

    assert declared
    assert declared <= addresses


def test_times_before_march_2024_have_the_old_offset_of_almaty() -> None:
    offsets = {
        str(item.published_at.utcoffset())
        for item in truth()
        if item.source == "zakon.kz" and item.published_at.year == 2024
    }

    assert offsets == {"6:00:00"}


def test_bad_pages_that_recover_are_also_articles() -> None:
    addresses = {item.url for item in truth()}

    for page in bad_pages():
        assert (page.url in addresses) == (page.outcome == "retry"), page.url


def test_the_truth_travels_as_json() -> None:
    document = json.loads(json.dumps(as_json(edited=True)))

    assert len(document["articles"]) == len(EVERY)
    assert {"articles", "bad_pages", "source_problems"} == set(document)
