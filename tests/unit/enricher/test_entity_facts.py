"""What is told of an entity beside its name: kind, value, salience."""

from __future__ import annotations

import pytest


def entities(event):
    return {e.name: e for e in event.enrichment.entities}


def test_places_have_kinds(enriched):
    event = enriched(
        "", "Бүгін Өзбекстанда, Хорезм облысының Үргеніш қаласында қазақстандық компания ашылды."
    )

    found = entities(event)
    assert (found["Өзбекстан"].type, found["Өзбекстан"].kind) == ("GPE", "country")
    assert found["Хорезм облысы"].kind == "region"
    assert found["Үргеніш"].kind == "settlement"


def test_the_word_of_kind_tells_a_river_from_a_town(enriched):
    event = enriched(
        "",
        "Вчера спасатели искали людей на озере Зайсан и в городе Зайсан, сообщает пресс-служба.",
    )

    kinds = {(e.type, e.kind) for e in event.enrichment.entities if "Зайсан" in e.name}
    assert ("LOCATION", "nature") in kinds or ("GPE", "settlement") in kinds


def test_sums_are_numbers_with_a_currency(enriched):
    event = enriched(
        "", "Ел экономикасына $4,1 млрд инвестиция келді, былтыр бұл көрсеткіш 4,5 млрд-ты құрады."
    )

    sums = [(e.amount, e.currency) for e in event.enrichment.entities if e.type == "MONEY"]
    assert sums == [(4.1e9, "USD"), (4.5e9, "USD")]


def test_a_date_is_a_day_of_the_calendar(enriched):
    event = enriched("", "Келісімге 2018 жылғы 16 қарашада Ташкентте өткен жиында қол қойылды.")

    assert [e.date for e in event.enrichment.entities if e.type == "DATE"] == ["2018-11-16"]


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_what_the_title_names_is_more_salient(enriched, language):
    texts = {
        "kk": (
            "Астанада көпір ашылды",
            "Бүгін Астанада жаңа көпір ашылды. Алматыда мұндай көпір жоқ.",
        ),
        "ru": (
            "В Астане открыли мост",
            "Сегодня в Астане открыли новый мост. В Алматы такого моста нет.",
        ),
    }

    found = entities(enriched(*texts[language]))

    assert found["Астана"].salience > found["Алматы"].salience > 0


def test_a_short_mention_joins_the_full_name(enriched):
    event = enriched(
        "", "Премьер-министр Аскар Мамин провёл заседание. А. Мамин поручил ускорить работу."
    )

    (mamin,) = [e for e in event.enrichment.entities if e.type == "PERSON"]
    assert mamin.name == "Аскар Мамин"
    assert len(mamin.mentions) == 2


def test_offices_are_found_where_no_corpus_taught_them(enriched):
    event = enriched("", "Премьер-министр Аскар Мамин провёл заседание в Астане.")

    assert "POSITION" in {e.type for e in event.enrichment.entities}
