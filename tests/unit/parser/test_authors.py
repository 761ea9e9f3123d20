"""Who wrote an article."""

from __future__ import annotations

import pytest

from steppewire_parser.authors import Publisher, choose_authors
from steppewire_parser.blocks import Block
from steppewire_parser.bylines import cased, names_in, people_in, without_signature
from steppewire_parser.headlines import site_of
from steppewire_parser.structured import read_structured
from steppewire_parser.text import squash

HOST = "www.zarya.kz"


@pytest.fixture
def authors(document):
    """Return who wrote a page."""

    def authors(html: str, *, host: str = HOST, ruled=(), names=("Заря",)) -> tuple[str, ...]:
        page = document(f"<html>{html}</html>")
        said = read_structured(page, f"https://{host}/news/1")
        site = site_of(host, (*names, *said.publishers))
        publisher = Publisher(site, frozenset(map(squash, said.organisations)))
        return choose_authors(list(ruled), said.signatures, page, publisher)

    return authors


def ld(author: str, more: str = "") -> str:
    node = f'{{"@type":"NewsArticle","headline":"Мост открыт","author":{author}{more}}}'
    return f'<script type="application/ld+json">{node}</script>'


def person(name: str) -> str:
    return f'{{"@type":"Person","name":"{name}"}}'


@pytest.mark.parametrize(
    ("byline", "people"),
    [
        ("Автор: А. Мамин, корреспондент", ["А. Мамин"]),
        ("Текст: Мария Волкова", ["Мария Волкова"]),
        ("Беседовала Мария Волкова", ["Мария Волкова"]),
        ("Авторы: Нұрлан Оспан және Әлия Бек", ["Нұрлан Оспан", "Әлия Бек"]),
        ("Дайындаған: Айгүл Сейітова", ["Айгүл Сейітова"]),
        ("Айгүл Сейітова, бас редактор", ["Айгүл Сейітова"]),
        ("Muallif: Dilshod To‘rayev", ["Dilshod To‘rayev"]),
        ("Муаллиф: Дилшод Тўраев", ["Дилшод Тўраев"]),
        ("Tayyorlagan: Shahnoza Qo‘chqorova", ["Shahnoza Qo‘chqorova"]),
        ("К.-Ж. Токаев и А. Мамин", ["К.-Ж. Токаев", "А. Мамин"]),
        ("By John Smith and Jane Doe", ["John Smith", "Jane Doe"]),
        ("Von Anna Müller und Peter Weiß", ["Anna Müller", "Peter Weiß"]),
        ("Par Jean Petit et Marie Blanc", ["Jean Petit", "Marie Blanc"]),
        ("Por Ana García y Luis Mora", ["Ana García", "Luis Mora"]),
        ("Jane Doe, senior news reporter", ["Jane Doe"]),
        ("Jane Doe for the Evening Paper", ["Jane Doe"]),
        ("Jane Doe (Almaty)", ["Jane Doe"]),
        ("Jane Doe, MD", ["Jane Doe"]),
        ("Zakon.kz", []),
        ("Ховар", []),
        ("O‘zA", []),
        ("Reuters", []),
        ("Пресс-служба МВД", []),
        ("Редакция", []),
        ("https://www.facebook.com/zakon", []),
        ("jane@example.com", []),
        ("105092", []),
        ("admin", []),
        ("", []),
    ],
)
def test_a_byline_is_cleaned_down_to_people(byline, people):
    assert people == people_in(byline, {"zakonkz"})


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ("By\nJane Doe\nSenior Markets Reporter", ["Jane Doe"]),
        ("Jane Doe\nUpdated March 3, 2026", ["Jane Doe"]),
        ("Анна Ли | 12 мая 2026, 10:40", ["Анна Ли"]),
        ("von Anna Müller, ZARYA TV", ["Anna Müller"]),
        ("Написать автору", ["Написать автору"]),
    ],
)
def test_what_else_a_byline_on_the_page_says_is_left_out(lines, names):
    assert names_in(lines, on_page=True) == names


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("viktor holm", "Viktor Holm"),
        ("HELENA STERN", "Helena Stern"),
        ("Anara MAMYTOVA", "Anara MAMYTOVA"),
        ("AFP", "AFP"),
        ("freeman1984", "freeman1984"),
    ],
)
def test_names_in_one_case_are_written_as_names_are(written, name):
    assert cased(written) == name


@pytest.mark.parametrize(
    ("structure", "people"),
    [
        (ld(person("Айгүл Сейітова")), ("Айгүл Сейітова",)),
        (ld(f"[{person('А. Мамин')},{person('Мария Волкова')}]"), ("А. Мамин", "Мария Волкова")),
        (ld('"А. Мамин, Мария Волкова"'), ("А. Мамин", "Мария Волкова")),
        ('<meta name="author" content="Мария Волкова">', ("Мария Волкова",)),
        ('<meta property="article:author" content="https://facebook.com/zarya">', ()),
        ('<meta name="citation_author" content="Волкова, Мария">', ("Мария Волкова",)),
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
    "byline",
    [
        '<p class="byline">By Jane Doe</p>',
        '<a rel="author" href="/a/7">Jane Doe</a>',
        '<a href="/authors/jane-doe">Jane Doe</a>',
        '<div class="post-meta"><span>March 3, 2026</span> <span>by Jane Doe</span></div>',
        '<address>By <a href="/x">Jane Doe</a>, staff writer</address>',
        "<p>By Jane Doe, March 3, 2026</p>",
        "<p>By <!-- -->Jane Doe</p>",
        "<div><span>By</span><span>Jane Doe</span></div>",
        "<p>Автор: Jane Doe</p>",
    ],
)
def test_authors_are_read_from_the_page_where_the_structure_names_none(authors, byline):
    assert authors(f"<article><h1>Мост открыт</h1>{byline}<p>Текст.</p></article>") == ("Jane Doe",)


@pytest.mark.parametrize(
    "other",
    [
        '<div class="comments"><span class="author">Jane Doe</span></div>',
        '<aside><a href="/authors/jane">Jane Doe</a></aside>',
        '<div class="related-posts"><p class="byline">By Jane Doe</p></div>',
        "<p>By the end of the year the bridge will be open to everyone who lives here.</p>",
        "<p>By Monday</p>",
        '<a href="/authors/">Авторы</a>',
        '<p class="author">Подписаться: 3 способа!</p>',
    ],
)
def test_others_that_a_page_names_are_no_authors(authors, other):
    assert authors(f"<article><h1>Мост открыт</h1><p>Текст.</p></article>{other}") == ()


def test_the_site_is_no_author_even_when_the_page_says_so(authors):
    assert authors(ld(person("Заря"))) == ()
    assert authors(ld('{"@type":"Organization","name":"Заря"}')) == ()


def test_a_person_goes_before_the_site_and_the_agency(authors):
    structure = ld(f"[{person('Заря')},{person('Reuters')},{person('Айгерим Сериккызы')}]")

    assert authors(structure) == ("Айгерим Сериккызы",)


def test_an_agency_is_the_author_where_it_alone_signed(authors):
    assert authors(ld('{"@type":"Organization","name":"Reuters"}')) == ("Reuters",)
    assert authors(ld(person("ТАСС"))) == ("ТАСС",)


def test_an_organisation_behind_the_site_is_no_author(authors):
    publisher = ',"publisher":{"@type":"Organization","name":"Медиахолдинг Восход"}'

    assert authors(ld(person("Медиахолдинг Восход"), publisher)) == ()


def test_a_person_may_sign_on_a_site_of_their_own_name(authors):
    page = '<meta property="og:site_name" content="Мария Волкова">' + ld(person("Мария Волкова"))

    assert authors(page, host="mariavolkova.kz", names=()) == ("Мария Волкова",)


def test_the_whole_name_on_the_page_completes_the_first_name(authors):
    page = ld(person("Мария")) + '<p class="byline">Мария Волкова</p>'

    assert authors(page) == ("Мария Волкова",)


@pytest.mark.parametrize(
    "credit", ["Фото: Kazinform / А. Ким", "Сурет: А. Ким", "Photo by A. Kim", "Surat: A. Karimov"]
)
def test_who_took_the_picture_did_not_write_the_article(authors, credit):
    page = f'<p class="picture-author">{credit}</p><p class="article-author">Айгүл Сейітова</p>'

    assert authors(page) == ("Айгүл Сейітова",)


def test_a_name_that_means_picture_is_a_name(authors):
    assert authors('<p class="article-author">Surat Ikramov</p>') == ("Surat Ikramov",)


def test_the_rules_know_the_authors_best(authors):
    assert authors(ld(person("Кто-то Другой")), ruled=["Автор: Мария Волкова"]) == (
        "Мария Волкова",
    )


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
