"""Who wrote an article, and what it is called."""

from __future__ import annotations

import pytest

from steppewire_parser.blocks import Block
from steppewire_parser.bylines import choose_authors, people_in, without_signature
from steppewire_parser.titles import choose_title, names_of

NAMES = names_of("www.zakon.kz", ["Zakon.kz", "Новости Казахстана"])


@pytest.mark.parametrize(
    ("byline", "people"),
    [
        ("Автор: А. Мамин, корреспондент", ["А. Мамин"]),
        ("By John Smith and Jane Doe", ["John Smith", "Jane Doe"]),
        ("Айгүл Сейітова, бас редактор", ["Айгүл Сейітова"]),
        ("Muallif: Dilshod To‘rayev", ["Dilshod To‘rayev"]),
        ("Tayyorlagan: Shahnoza Qo‘chqorova", ["Shahnoza Qo‘chqorova"]),
        ("К.-Ж. Токаев и А. Мамин", ["К.-Ж. Токаев", "А. Мамин"]),
        ("Jane Doe, senior news reporter", ["Jane Doe"]),
        ("Нұрлан Оспан және Әлия Бек", ["Нұрлан Оспан", "Әлия Бек"]),
        ("Zakon.kz", []),
        ("Ховар", []),
        ("O‘zA", []),
        ("Пресс-служба МВД", []),
        ("Редакция", []),
        ("https://www.facebook.com/zakon", []),
        ("admin", []),
        ("", []),
    ],
)
def test_a_byline_is_cleaned_down_to_people(byline, people):
    assert people == people_in(byline, {"zakonkz"})


def test_the_site_is_no_author_even_when_the_page_says_so(document):
    page = document("<html><p>x</p></html>")

    assert choose_authors([], [["Zakon.kz"], ["Айгерим Сериккызы"]], page, NAMES) == (
        "Айгерим Сериккызы",
    )


@pytest.mark.parametrize(
    "credit", ["Фото: Kazinform / А. Ким", "Сурет: А. Ким", "Photo by A. Kim", "Surat: A. Karimov"]
)
def test_who_took_the_picture_did_not_write_the_article(document, credit):
    page = document(
        f'<p class="picture-author">{credit}</p><p class="article-author">Айгүл Сейітова</p>'
    )

    assert choose_authors([], [], page, NAMES) == ("Айгүл Сейітова",)


def test_a_name_that_means_picture_is_a_name(document):
    page = document('<p class="article-author">Surat Ikramov</p>')

    assert choose_authors([], [], page, NAMES) == ("Surat Ikramov",)


@pytest.mark.parametrize(
    ("last", "authors"),
    [
        ("Nodira Rahimova", ("Nodira Rahimova",)),
        ("А. Мамин", ("А. Мамин",)),
        ("Г‘айрат Тўраев", ("Г‘айрат Тўраев",)),
        ("Город ждал этого дня.", ()),
        ("Пресс-служба Акимата", ()),
    ],
)
def test_a_name_at_the_end_of_a_text_is_its_author(last, authors):
    kept, found = without_signature([Block("Мост открыли утром."), Block(last)], ())

    assert found == authors
    assert len(kept) == 2 - len(authors)


def test_a_name_at_the_end_stays_when_somebody_else_signed():
    blocks = [Block("Победил:"), Block("Айбек Исаков")]

    assert without_signature(blocks, ("Мария Волкова",)) == (blocks, ("Мария Волкова",))


@pytest.mark.parametrize(
    ("html", "declared", "title"),
    [
        ("<title>Мост открыт | Zakon.kz</title>", [], "Мост открыт"),
        ("<title>Мост открыт - Новости Казахстана | Zakon.kz</title>", [], "Мост открыт"),
        ("<title>Мост открыт — и уже закрыт</title>", [], "Мост открыт — и уже закрыт"),
        ("<title>Zakon.kz</title><h1>Мост</h1>", ["Zakon.kz"], "Мост"),
        ("<h1>Мост через Иртыш открыли раньше срока</h1>", ["Мост через Иртыш…"],
         "Мост через Иртыш открыли раньше срока"),
        ("<h1></h1>", [], ""),
    ],
)  # fmt: skip
def test_a_title_is_whole_and_without_the_site(document, html, declared, title):
    assert title == choose_title([], declared, document(f"<html>{html}</html>"), NAMES)


def test_the_rules_know_the_title_best(document):
    page = document("<h1>Рубрика</h1>")

    assert choose_title(["Мост открыт"], ["Другое"], page, NAMES) == "Мост открыт"
