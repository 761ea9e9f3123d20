"""Where the ending of a surname lets a name go on, or end."""

from __future__ import annotations

import pytest

from steppewire_enricher.spans import Span
from steppewire_enricher.surnames import apart, with_surnames, without_place

PERSON = "PERSON"


@pytest.mark.parametrize(
    ("text", "language", "spans", "expected"),
    [
        # a name that was cut, and one that nobody saw
        ("Singer Aigerim Tleubaeva sang", "en", [Span(1, 2, PERSON)], [Span(1, 3, PERSON)]),
        ("Climber Maksut Zhumayev fell", "en", [], [Span(1, 3, PERSON)]),
        ("Tadbirkor Ulug‘bek Hasanovning uyi", "uz", [], [Span(1, 3, PERSON)]),
        ("Тадбиркор Улуғбек Ҳасановнинг уйи", "uz", [], [Span(1, 3, PERSON)]),
        # the first word of a sentence is capitalised whatever it is
        ("Singer Tleubaeva sang", "en", [], []),
        # what is named otherwise stays so, and so do small letters and other languages
        ("near Nizhny Rostov today", "en", [Span(1, 3, "GPE")], [Span(1, 3, "GPE")]),
        ("in Kyiv Petrov spoke", "en", [Span(1, 2, "GPE")], [Span(1, 2, "GPE")]),
        ("the Great improv night", "en", [], []),
        ("Певица Айгерим Тлеубаева пела", "ru", [], []),
        ("", "en", [], []),
    ],
)
def test_a_name_reaches_over_the_surname_behind_it(text, language, spans, expected):
    assert with_surnames(spans, text.split(), language) == expected


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("Мақсұт Жұмаев Эверестке", 2),
        ("Мақсұт Жұмаев Серікұлы", 3),
        ("Иванов Петр Петровичке", 3),
        ("Ерлан Омар Астанада", 3),
        ("Мақсұт Жұмаев Әбілхан", 3),
    ],
)
def test_a_full_kazakh_name_is_over_where_a_word_says_where(text, end):
    assert without_place(Span(0, 3, PERSON), text.split()) == Span(0, end, PERSON)


def test_other_names_and_shorter_ones_stay_as_they_are():
    words = ["Мақсұт", "Жұмаев", "Эверестке"]
    assert without_place(Span(0, 3, "FACILITY"), words) == Span(0, 3, "FACILITY")
    assert without_place(Span(1, 3, PERSON), words) == Span(1, 3, PERSON)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Қасым-Жомарт Тоқаев Роза Рымбаеваны", [Span(0, 2, PERSON), Span(2, 4, PERSON)]),
        ("Нұрсұлтан Назарбаевқа Кофи Аннан", [Span(0, 2, PERSON), Span(2, 4, PERSON)]),
        ("Дональд Трамп Владимир Путин", [Span(0, 4, PERSON)]),
        ("Әлихан Бөкейханов Нұрмұхамедұлы Смағұл", [Span(0, 4, PERSON)]),
        ("Иван Иванов Пётр", [Span(0, 3, PERSON)]),
    ],
)
def test_two_people_one_behind_the_other_are_two(text, expected):
    words = text.split()
    assert apart(Span(0, len(words), PERSON), words) == expected


def test_only_people_are_cut_apart():
    words = ["Қажым", "Жұмалиев", "атындағы", "мектеп"]
    assert apart(Span(0, 4, "FACILITY"), words) == [Span(0, 4, "FACILITY")]
