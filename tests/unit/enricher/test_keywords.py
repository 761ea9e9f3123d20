"""What an article is about, in its language and in base forms."""

from __future__ import annotations

import pytest


def test_forms_of_a_word_count_together_and_are_told_in_the_base_form(enriched):
    event = enriched(
        "",
        "В Караганде построили мост. Движение по мосту откроют весной.",
        "О мосте рассказал подрядчик. Мостом будут пользоваться жители двух районов.",
    )

    assert "мост" in event.enrichment.keywords[:2]


@pytest.mark.parametrize(
    ("paragraphs", "wanted"),
    [
        (
            (
                "Өзен тасып, көпір бұзылды.",
                "Көпірді жөндеуге бір ай кетеді. Көпірдің ұзындығы зор.",
            ),
            "көпір",
        ),
        (
            ("Daryoda yangi ko‘prik qurildi.", "Ko‘prikning uzunligi katta. Ko‘prikdan o‘tildi."),
            "ko‘prik",
        ),
        (("Дарёда янги кўприк қурилди.", "Кўприкнинг узунлиги катта. Кўприкдан ўтилди."), "кўприк"),
        (("A bridge was built.", "The bridge crosses a river. Other bridges are older."), "bridge"),
    ],
    ids=["kk", "uz-Latn", "uz-Cyrl", "en"],
)
def test_each_language_has_its_own(enriched, paragraphs, wanted):
    assert wanted in enriched("", *paragraphs).enrichment.keywords


def test_who_is_named_counts_by_the_full_name(enriched):
    event = enriched(
        "Токаев прилетел в Ташкент",
        "Президента Касым-Жомарта Токаева встретил Шавкат Мирзиёев. Токаев пробудет два дня.",
    )

    assert "Касым-Жомарт Токаев" in event.enrichment.keywords[:2]
    assert "Токаев" not in event.enrichment.keywords


def test_words_of_grammar_dates_and_sums_are_none(enriched):
    event = enriched(
        "", "Ол бүгін де, кеше де және 2024 жылғы 5 наурызда 4 млрд теңге туралы айтты."
    )

    assert not {"бүгін", "және", "жыл", "наурыз", "млрд"} & set(event.enrichment.keywords)


def test_there_are_never_many_and_none_is_part_of_another(enriched):
    words = " ".join(f"сөз{letter * 3}дер" for letter in "абвгдежзиклмнопрст")
    found = enriched("", words, words).enrichment.keywords

    assert len(found) <= 8
    assert not [one for one in found for other in found if one != other and one in other]


@pytest.mark.parametrize("text", ["", "ә", "🇰🇿" * 50, "12 345", "\ud800"])
def test_what_has_no_words_has_no_keywords(enriched, text):
    assert enriched("", text).enrichment.keywords == ()
