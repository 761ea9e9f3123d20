"""Base forms of names."""

from __future__ import annotations

import pytest

from steppewire_enricher.normal_forms import normal_form

FORMS = [
    # Kazakh
    ("kk", "PERSON", "Тоқаевтың", "Тоқаев"),
    ("kk", "PERSON", "Асқар Маминді", "Асқар Мамин"),
    ("kk", "PERSON", "Шавкат Мирзиёевпен", "Шавкат Мирзиёев"),
    ("kk", "PERSON", "Абай Құнанбайұлының", "Абай Құнанбайұлы"),
    ("kk", "PERSON", "Айгүл Сәрсенованың", "Айгүл Сәрсенова"),
    ("kk", "GPE", "Қазақстанға", "Қазақстан"),
    ("kk", "GPE", "Ташкенттен", "Ташкент"),
    ("kk", "GPE", "Хорезм облысының", "Хорезм облысы"),
    ("kk", "GPE", "Үргеніш қаласында", "Үргеніш"),
    ("kk", "GPE", "Жаңақорған ауданында", "Жаңақорған ауданы"),
    ("kk", "GPE", "АҚШ-тың", "АҚШ"),
    ("kk", "ORGANISATION", "Қаржы министрлігінің", "Қаржы министрлігі"),
    ("kk", "ORGANISATION", "Ұлттық банктің", "Ұлттық банк"),
    # Russian
    ("ru", "PERSON", "Токаева", "Токаев"),
    ("ru", "PERSON", "Шавкатом Мирзиёевым", "Шавкат Мирзиёев"),
    ("ru", "PERSON", "Аиды Балаевой", "Аида Балаева"),
    ("ru", "PERSON", "Владимиру Путину", "Владимир Путин"),
    ("ru", "PERSON", "Зеленского", "Зеленский"),
    ("ru", "PERSON", "Елены Рыбакиной", "Елена Рыбакина"),
    ("ru", "GPE", "Алматинской области", "Алматинская область"),
    ("ru", "GPE", "Шымкенте", "Шымкент"),
    ("ru", "GPE", "Нижнем Новгороде", "Нижний Новгород"),
    ("ru", "ORGANISATION", "Министерства финансов", "Министерство финансов"),
    ("ru", "ORGANISATION", "Правительством РФ", "Правительство РФ"),
    # Uzbek
    ("uz", "PERSON", "Shavkat Mirziyoyevning", "Shavkat Mirziyoyev"),
    ("uz", "PERSON", "Шавкат Мирзиёевга", "Шавкат Мирзиёев"),
    ("uz", "GPE", "Toshkentda", "Toshkent"),
    ("uz", "GPE", "Тошкентдан", "Тошкент"),
    ("uz", "GPE", "Farg‘ona viloyatida", "Farg‘ona viloyati"),
    ("uz", "ORGANISATION", "Moliya vazirligining", "Moliya vazirligi"),
    ("uz", "ORGANISATION", "BMTda", "BMT"),
    # English
    ("en", "PERSON", "Tokayev’s", "Tokayev"),
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
@pytest.mark.parametrize("type_", ["PERSON", "GPE", "ORGANISATION"])
def test_a_base_form_is_left_alone(language, name, type_):
    assert name == normal_form(name, type_, language)


def test_the_article_tells_whose_name_it_is():
    assert normal_form("Досымова", "PERSON", "ru", seen={"досымов"}) == "Досымов"
    assert normal_form("Досымова", "PERSON", "ru", seen={"досымова"}) == "Досымова"


def test_white_space_in_a_name_is_one_space():
    assert normal_form("Донал\u044cд\n Трамп", "PERSON", "ru") == "Дональд Трамп"


@pytest.mark.parametrize("odd", ["", " ", "—", "А.", "«»", "а" * 5_000, "ой", "-ов", "'s"])
@pytest.mark.parametrize("language", ["kk", "ru", "uz", "en", "xx"])
def test_odd_names_are_survived(odd, language):
    assert isinstance(normal_form(odd, "PERSON", language), str)
