"""Who wrote an article, where structure, rules and page each name somebody."""

from __future__ import annotations

import pytest


def ld(author: str, more: str = "") -> str:
    node = f'{{"@type":"NewsArticle","headline":"Мост открыт","author":{author}{more}}}'
    return f'<script type="application/ld+json">{node}</script>'


def person(name: str) -> str:
    return f'{{"@type":"Person","name":"{name}"}}'


@pytest.mark.parametrize(
    ("structure", "people"),
    [
        (ld(person("Айгүл Сейітова")), ("Айгүл Сейітова",)),
        (ld(f"[{person('А. Мамин')},{person('Мария Волкова')}]"), ("А. Мамин", "Мария Волкова")),
        (ld('"А. Мамин, Мария Волкова"'), ("А. Мамин", "Мария Волкова")),
        ('<meta name="author" content="Мария Волкова">', ("Мария Волкова",)),
        ('<meta property="article:author" content="https://facebook.com/zarya">', ()),
        ('<meta name="citation_author" content="Волкова, Мария">', ("Мария Волкова",)),
        ('<meta property="og:author" content="Мария Волкова">', ("Мария Волкова",)),
        ('<meta property="smartbanner:author" content="Заря Медиа">', ()),
        ('<meta name="twitter:label1" content="Written by">'
         '<meta name="twitter:data1" content="Jane Doe">', ("Jane Doe",)),
        ('<meta name="twitter:label1" content="Время чтения">'
         '<meta name="twitter:data1" content="3 минуты">', ()),
        ('<div itemscope itemtype="https://schema.org/NewsArticle">'
         '<span itemprop="author" itemscope><b itemprop="name">Мария Волкова</b></span></div>',
         ("Мария Волкова",)),
    ],
)  # fmt: skip
def test_authors_are_read_from_structure(authors, structure, people):
    assert authors(structure) == people


@pytest.mark.parametrize(
    "signed",
    [
        ld(person("Заря")),
        ld('{"@type":"Organization","name":"Заря"}'),
        '<meta name="author" content="Заря">',
        '<meta name="twitter:label1" content="Автор"><meta name="twitter:data1" content="Заря">',
    ],
)
def test_the_site_is_the_author_only_where_the_page_says_so_and_names_nobody(authors, signed):
    byline = '<article><h1>Мост открыт</h1><p class="byline">Мария Волкова</p></article>'

    assert authors(signed) == ("Заря",)
    assert authors(signed + byline) == ("Мария Волкова",)


def test_who_publishes_the_site_is_not_its_author(authors):
    assert authors('<meta property="og:site_name" content="Заря">') == ()
    assert authors(ld("null", ',"publisher":{"@type":"Organization","name":"Заря"}')) == ()


@pytest.mark.parametrize("nobody", ["admin", "Редакция", "Kazinform", "user"])
def test_nobody_is_an_author_even_where_the_page_says_so(authors, nobody):
    assert authors(ld(person(nobody))) == ()


def test_a_person_goes_before_the_site(authors):
    structure = ld(f"[{person('Заря')},{person('Айгерим Сериккызы')}]")

    assert authors(structure) == ("Айгерим Сериккызы",)


def test_an_agency_signs_beside_a_person(authors):
    structure = ld(f"[{person('Айгерим Сериккызы')},{person('Reuters')}]")

    assert authors(structure) == ("Айгерим Сериккызы", "Reuters")


@pytest.mark.parametrize(
    "beside", ['{"@type":"Organization","name":"SDA"}', person("Отдел науки Team")]
)
def test_who_signs_in_an_entry_of_its_own_signs_beside_a_person(authors, beside):
    structure = ld(f"[{person('Айгерим Сериккызы')},{beside}]")
    site = ld(f'[{person("Айгерим Сериккызы")},{{"@type":"Organization","name":"Заря"}}]')

    assert authors(structure)[0] == "Айгерим Сериккызы"
    assert len(authors(structure)) == 2
    assert authors(site) == ("Айгерим Сериккызы",)


def test_a_place_that_knows_more_people_completes_the_first_one(authors):
    more = '<meta name="author" content="Мария Волкова, А. Мамин">'
    others = '<meta name="author" content="Жанна Ким, А. Мамин">'

    assert authors(ld(person("А. Мамин")) + more) == ("Мария Волкова", "А. Мамин")
    assert authors(ld(person("Мария Волкова")) + others) == ("Мария Волкова",)


def test_a_team_that_the_structure_names_goes_before_what_may_be_a_link(authors):
    page = '<h1>Мост открыт</h1><a href="/people/x">Grilled Cheese Table</a>'

    assert authors(page) == ("Grilled Cheese Table",)
    assert authors(ld(person("Great Day Editorial Team")) + page) == ("Great Day Editorial Team",)


@pytest.mark.parametrize(
    "byline",
    [
        '<p class="author-name">By <a>The Example Editors</a></p>',
        "<div><span>By</span><span>The Example Editors</span></div>",
        '<a href="/authors/staff">The Example Editors</a>',
    ],
)
def test_a_team_signs_where_nobody_else_does(authors, byline):
    assert authors(f"<h1>Мост открыт</h1>{byline}<p>Текст.</p>") == ("The Example Editors",)


@pytest.mark.parametrize(
    "byline", ['<span class="author vcard">zarya</span>', "<p>Автор: Zarya</p>"]
)
def test_a_blog_is_signed_by_its_own_name(authors, byline):
    page = f"<article><h1>Мост открыт</h1>{byline}<p>Текст.</p></article>"

    assert [name.lower() for name in authors(page)] == ["zarya"]
    assert authors(page + ld(person("Мария Волкова"))) == ("Мария Волкова",)


@pytest.mark.parametrize("login", ["KatieS", "mariav", "Мария"])
def test_whom_the_page_shows_wrote_it_rather_than_a_login(authors, login):
    shown = '<p class="byline">Жанна Ким</p>'

    assert authors(ld(person(login)) + shown) == ("Жанна Ким",)
    assert authors(ld(person(login))) == (login,)
    assert authors(ld(person("Мария Волкова")) + shown) == ("Мария Волкова",)


def test_an_agency_is_the_author_where_it_alone_signed(authors):
    assert authors(ld('{"@type":"Organization","name":"Reuters"}')) == ("Reuters",)
    assert authors(ld(person("ТАСС"))) == ("ТАСС",)


def test_a_person_may_sign_on_a_site_of_their_own_name(authors):
    page = '<meta property="og:site_name" content="Мария Волкова">' + ld(person("Мария Волкова"))

    assert authors(page, host="mariavolkova.kz", names=()) == ("Мария Волкова",)


def test_the_whole_name_on_the_page_completes_the_first_name(authors):
    page = ld(person("Мария")) + '<p class="byline">Мария Волкова</p>'

    assert authors(page) == ("Мария Волкова",)


def test_the_rules_know_the_authors_best(authors):
    assert authors(ld(person("Кто-то Другой")), ruled=["Автор: Мария Волкова"]) == (
        "Мария Волкова",
    )
