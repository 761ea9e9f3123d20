"""Base forms of names."""

from __future__ import annotations

import pytest

from steppewire_enricher.normal_forms import normal_form

FORMS = [
    # Kazakh
    ("kk", "person", "Тоқаевтың", "Тоқаев"),
    ("kk", "person", "Асқар Маминді", "Асқар Мамин"),
    ("kk", "person", "Шавкат Мирзиёевпен", "Шавкат Мирзиёев"),
    ("kk", "person", "Абай Құнанбайұлының", "Абай Құнанбайұлы"),
    ("kk", "person", "Айгүл Сәрсенованың", "Айгүл Сәрсенова"),
    ("kk", "place", "Қазақстанға", "Қазақстан"),
    ("kk", "place", "Ташкенттен", "Ташкент"),
    ("kk", "place", "Хорезм облысының", "Хорезм облысы"),
    ("kk", "place", "Үргеніш қаласында", "Үргеніш"),
    ("kk", "place", "Жаңақорған ауданында", "Жаңақорған ауданы"),
    ("kk", "place", "АҚШ-тың", "АҚШ"),
    ("kk", "organisation", "Қаржы министрлігінің", "Қаржы министрлігі"),
    ("kk", "organisation", "Ұлттық банктің", "Ұлттық банк"),
    # Russian
    ("ru", "person", "Токаева", "Токаев"),
    ("ru", "person", "Шавкатом Мирзиёевым", "Шавкат Мирзиёев"),
    ("ru", "person", "Аиды Балаевой", "Аида Балаева"),
    ("ru", "person", "Владимиру Путину", "Владимир Путин"),
    ("ru", "person", "Зеленского", "Зеленский"),
    ("ru", "person", "Елены Рыбакиной", "Елена Рыбакина"),
    ("ru", "place", "Алматинской области", "Алматинская область"),
    ("ru", "place", "Шымкенте", "Шымкент"),
    ("ru", "place", "Нижнем Новгороде", "Нижний Новгород"),
    ("ru", "organisation", "Министерства финансов", "Министерство финансов"),
    ("ru", "organisation", "Правительством РФ", "Правительство РФ"),
    # Uzbek
    ("uz", "person", "Shavkat Mirziyoyevning", "Shavkat Mirziyoyev"),
    ("uz", "person", "Шавкат Мирзиёевга", "Шавкат Мирзиёев"),
    ("uz", "place", "Toshkentda", "Toshkent"),
    ("uz", "place", "Тошкентдан", "Тошкент"),
    ("uz", "place", "Farg‘ona viloyatida", "Farg‘ona viloyati"),
    ("uz", "organisation", "Moliya vazirligining", "Moliya vazirligi"),
    ("uz", "organisation", "BMTda", "BMT"),
    # English
    ("en", "person", "Tokayev’s", "Tokayev"),
]


@pytest.mark.parametrize(("language", "type_", "surface", "base"), FORMS)
def test_case_endings_go(language, type_, surface, base):
    assert base == normal_form(surface, type_, language)


BASES = [
    ("kk", "Алматы"),
    ("kk", "Қарағанды"),
    ("kk", "Астана"),
    ("kk", "Аида"),
    ("kk", "Мәдина"),
    ("kk", "Ақмола"),
    ("kk", "Дариға"),
    ("kk", "Қасым-Жомарт Тоқаев"),
    ("kk", "Ұлттық банкі"),
    ("ru", "Аида Балаева"),
    ("ru", "Мария Захарова"),
    ("ru", "Караганда"),
    ("ru", "Алматы"),
    ("ru", "Касым-Жомарт Токаев"),
    ("ru", "Министерство обороны"),
    ("ru", "Айгуль Досаева"),
    ("ru", "ООН"),
    ("ru", "«Казахтелеком»"),
    ("ru", "Москва"),
    ("ru", "Сочи"),
    ("uz", "Xiva"),
    ("uz", "Olga"),
    ("uz", "Andijon"),
    ("uz", "Saida Mirziyoyeva"),
    ("uz", "Бухоро"),
    ("uz", "Бухоро"),
    ("en", "Donald Trump"),
    ("en", "Honduras"),
]


@pytest.mark.parametrize(("language", "name"), BASES)
@pytest.mark.parametrize("type_", ["person", "place", "organisation"])
def test_a_base_form_is_left_alone(language, name, type_):
    assert name == normal_form(name, type_, language)


def test_the_article_tells_whose_name_it_is():
    assert normal_form("Досымова", "person", "ru", seen={"досымов"}) == "Досымов"
    assert normal_form("Досымова", "person", "ru", seen={"досымова"}) == "Досымова"


def test_white_space_in_a_name_is_one_space():
    assert normal_form("Донал\u044cд\n Трамп", "person", "ru") == "Дональд Трамп"


@pytest.mark.parametrize("odd", ["", " ", "—", "А.", "«»", "а" * 5_000, "ой", "-ов", "'s"])
@pytest.mark.parametrize("language", ["kk", "ru", "uz", "en", "xx"])
def test_odd_names_are_survived(odd, language):
    assert isinstance(normal_form(odd, "person", language), str)
