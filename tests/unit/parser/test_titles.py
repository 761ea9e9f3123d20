"""What an article is called, whoever says so."""

from __future__ import annotations

import pytest

from steppewire_parser.headings import Heading, read_headings
from steppewire_parser.headlines import candidates, site_of
from steppewire_parser.structured import read_structured
from steppewire_parser.titles import choose_title

HOST = "www.zarya.kz"
URL = f"https://{HOST}/news/1"
LONG = "Мост через Иртыш открыли на месяц раньше срока"


@pytest.fixture
def title(document):
    """Return what a page is called; its body is a paragraph."""

    def title(html: str, *, names=("Заря", "Новости Казахстана"), ruled=()) -> str:
        page = document(f"<html>{html}<p>Текст.</p></html>")
        said = read_structured(page, URL)
        site = site_of(HOST, (*names, *said.publishers))
        return choose_title(list(ruled), said.headlines, page, site, HOST)

    return title


def og(text: str) -> str:
    return f'<meta property="og:title" content="{text}">'


def ld(text: str) -> str:
    node = f'{{"@type":"NewsArticle","headline":"{text}"}}'
    return f'<script type="application/ld+json">{node}</script>'


@pytest.mark.parametrize(
    ("tail", "kept"),
    [
        (" | Заря", LONG),
        (" - Новости Казахстана | Заря", LONG),
        (" — Zarya.kz", LONG),
        (" » Заря Online", LONG),
        (" — и уже закрыли", f"{LONG} — и уже закрыли"),
    ],
)
def test_the_name_of_the_site_is_cut_and_nothing_else(title, tail, kept):
    assert title(f"<title>{LONG}{tail}</title>") == kept


def test_the_name_of_the_site_is_cut_from_the_beginning_too(title):
    assert title(f"<title>Заря: {LONG}</title>") == LONG


def test_the_name_of_the_site_is_no_title(title):
    assert title("<title>Заря</title><h1>Zarya.kz</h1>") == ""


@pytest.mark.parametrize(
    "logo",
    [
        "<header><h1><a href='/'>Заря</a></h1></header>",
        "<h1 class='site-title'><a href='https://www.zarya.kz/'>Утренняя заря</a></h1>",
        "<nav><h1>Разделы</h1></nav>",
    ],
)
def test_a_heading_that_is_no_headline_is_passed_over(title, logo):
    page = f"{og(LONG)}{logo}<article><h1>{LONG}</h1></article>"

    assert title(page) == LONG


def test_the_headline_may_be_a_second_heading(title):
    assert title(f"<h1><a href='/'>Ветер</a></h1><article><h2>{LONG}</h2></article>{og(LONG)}") == (
        LONG
    )


def test_a_title_that_is_cut_off_is_completed_by_the_page(title):
    assert title(f"{og(LONG[:30] + '…')}<h1>{LONG}</h1>") == LONG


def test_a_title_in_capitals_is_written_as_it_is_elsewhere(title):
    assert title(f"{og(LONG)}<h1>{LONG.upper()}</h1>") == LONG


def test_capitals_stay_where_nothing_else_is_known(title):
    assert title(f"<h1>{LONG.upper()}</h1>") == LONG.upper()


def test_titles_that_are_escaped_twice_are_one_title(title):
    page = og("Мост &amp;amp; порт открыли в Павлодаре")

    assert (
        title(f"{page}<h1>Мост &amp; порт открыли в Павлодаре</h1>")
        == "Мост & порт открыли в Павлодаре"
    )


def test_a_kicker_in_the_heading_is_no_part_of_the_title_that_all_others_tell(title):
    page = (
        f"{og(LONG)}{ld(LONG)}<title>{LONG} | Заря</title>"
        f"<h1><span>Эксклюзив</span><span>{LONG}</span></h1>"
    )

    assert title(page) == LONG


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("Мо<b>ст</b> открыт", "Мост открыт"),
        ("<span>Спорт</span><span>Финал сыгран</span>", "Спорт Финал сыгран"),
        ("Мост<br>открыт", "Мост открыт"),
        ("Мост <script>x</script>открыт", "Мост открыт"),
        ("  Мост   открыт ", "Мост открыт"),
    ],
)
def test_words_of_a_heading_are_neither_glued_nor_torn(document, heading, text):
    found = read_headings(document(f"<html><h1>{heading}</h1></html>"), HOST)

    assert [head.text for head in found] == [text]


def test_the_rules_know_the_title_best(title):
    assert title("<h1>Рубрика</h1>", ruled=["Мост открыт"]) == "Мост открыт"


def test_a_rule_that_finds_a_paragraph_is_not_believed(title):
    assert title(f"<h1>{LONG}</h1>", ruled=["слово " * 100]) == LONG


def test_a_page_without_any_title_has_none(title):
    assert title("<h1></h1>") == ""


def test_places_that_agree_but_for_case_and_marks_are_one_candidate():
    found = candidates(
        [("og", "«Мост» открыт"), ("ld", "Мост открыт!")], [], site_of(HOST, ["Заря"])
    )

    assert [len(c.texts) for c in found if c.words == 2] == [2]
    assert {"og", "ld", "og+ld"} <= found[0].marks


def test_a_candidate_that_is_a_piece_of_the_heading_is_marked_as_one():
    heading = Heading("Видео: Мост через Иртыш открыли", "h1", 0)
    told = [("og", "Мост через Иртыш открыли"), ("ld", "Видео: Мост через Иртыш открыли сегодня")]

    found = candidates(told, [heading], site_of(HOST, ["Заря"]))
    marks = {c.texts[0][1]: c.marks for c in found}

    assert "ends-h1" in marks["Мост через Иртыш открыли"]
    assert {"h1-and-more"} <= marks["Видео: Мост через Иртыш открыли сегодня"]
    assert "more-and-og" in marks["Видео: Мост через Иртыш открыли"]


def test_nothing_invisible_stays_in_a_title_that_only_the_tab_shows(title):
    assert title("<title>Мост\u200b через Ир\u00adтыш</title>") == "Мост через Иртыш"
