"""Drafting a source: what is decided from addresses, letters and markup."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from steppewire.errors import Verdict
from steppewire.plugins import Feed, Source
from steppewire.testing.frozen import read_page
from steppewire_fetcher.answers import Answer
from steppewire_fetcher.drafting.files import PACK_GOLDEN, toml
from steppewire_fetcher.drafting.markup import beginnings, container, noise, page_of, selectors
from steppewire_fetcher.drafting.proposal import propose, site_title
from steppewire_fetcher.drafting.scout import Findings, Listed, promising
from steppewire_fetcher.drafting.shapes import edition_of, patterns, same_site
from steppewire_fetcher.drafting.tongues import language_of
from steppewire_fetcher.links import Link
from steppewire_fetcher.selectors import rule_fault

GOLDEN = Path(__file__).parents[3] / PACK_GOLDEN
NOW = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)

# Addresses


@pytest.mark.parametrize(
    ("articles", "others"),
    [
        (["https://a.kz/2026/11/20/park/", "https://a.kz/2026/11/9/bala-baqsha/"],
         ["https://a.kz/2026/11/20/", "https://a.kz/about/"]),
        (["https://a.kz/news/4909264-v-kazahstane.html", "https://a.kz/sport/4909265-final.html"],
         ["https://a.kz/news/", "https://a.kz/news/page2.html"]),
        (["https://a.kz/bir_400045801/", "https://a.kz/ru/odin_400045802/"],
         ["https://a.kz/ru/", "https://a.kz/ru/topic/abai/"]),
        (["https://a.kz/show.php?id=5", "https://a.kz/show.php?id=6"],
         ["https://a.kz/show.php", "https://a.kz/list.php?id=5"]),
        (["https://a.kz/a/one-two-three-four", "https://a.kz/b/five-six-seven"],
         ["https://a.kz/a/", "https://a.kz/contacts"]),
    ],
)  # fmt: skip
def test_a_pattern_meets_articles_and_nothing_else(articles: list[str], others: list[str]) -> None:
    found = patterns(articles, articles[:1])

    assert [url for url in articles if not any(re.search(p, url) for p in found)] == []
    assert [url for url in others if any(re.search(p, url) for p in found)] == []


def test_an_accident_among_many_addresses_makes_no_pattern_of_its_own() -> None:
    many = [f"https://a.kz/news/{n}-title-of-it" for n in range(1000, 1030)]

    assert len(patterns([*many, "https://a.kz/special"], many[:1])) == 1


def test_a_section_that_was_not_seen_is_met_where_sections_differ() -> None:
    found = patterns(["https://a.kz/sport/1234-abc", "https://a.kz/money/1235-abd"], [])

    assert re.search(found[0], "https://a.kz/culture/1236-abe")


@pytest.mark.parametrize(
    ("url", "edition"),
    [
        ("https://a.kz/ru/news/1", "/ru/"),
        ("https://a.kz/news/1", "/"),
        ("https://rus.a.kz/news/1", "rus.a.kz"),
        ("https://www.a.kz/oz/2026/1", "/oz/"),
        ("https://a.kz/tv", "/"),
    ],
)
def test_an_edition_is_told_by_host_or_first_segment(url: str, edition: str) -> None:
    assert edition_of(url, "https://a.kz/") == edition


def test_a_site_is_its_host_and_what_lies_below() -> None:
    assert same_site("https://rus.a.kz/x", "https://www.a.kz/")
    assert not same_site("https://ba.kz/x", "https://a.kz/")


def test_an_address_with_a_day_is_promising_whatever_its_last_word() -> None:
    assert promising("https://a.uz/oz/2026/11/18/park/")
    assert not promising("https://a.uz/oz/list/news")


# Letters


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Маңғыстауда ежелгі керуен сарай табылды, оны ғалымдар үш жыл іздеді", "kk-Cyrl"),
        ("На Мангистау нашли древний караван-сарай, его искали три года", "ru-Cyrl"),
        ("В Алматы выступил домбрист Тұрсынжан, зал слушал стоя весь вечер, а потом ещё долго не "
         "отпускал музыканта со сцены городской филармонии", "ru-Cyrl"),
        ("Самарқандда янги боғ очилди, унда ўн икки минг туп дарахт экилган", "uz-Cyrl"),
        ("Samarqandda yangi bog‘ ochildi, unda o‘n ikki ming tup daraxt ekilgan", "uz-Latn"),
        ("Бишкекте жаңы көпүрө ачылды, аны эки жыл курушту, өткөн жылы баштаган", "ky-Cyrl"),
        ("Дар Душанбе боғи нав кушода шуд, ҷавонон онро сохтанд, ӯ гуфт", "tg-Cyrl"),
        ("Archaeologists have found the remains of a caravanserai in the west", "en-Latn"),
        ("1234 5678", None),
    ],
)  # fmt: skip
def test_letters_tell_the_language(text: str, tag: str | None) -> None:
    assert language_of(text) == tag


# Markup

TEXTS = (
    [
        "Бірінші мақаланың бірінші абзацы, ұзын әрі мағыналы сөйлем.",
        "Екінші абзац та қысқа емес, оқуға тұрарлық.",
    ],
    [
        "Басқа мақаланың басы мүлде басқаша басталады екен.",
        "Оның соңы да бар, онда ештеңе қайталанбайды.",
    ],
    [
        "Үшінші мақала тағы бір оқиға туралы, ол да ұзақ.",
        "Онымен бәрі аяқталады, артық сөз айтылмайды.",
    ],
)


def page(number: int, body: str = "") -> str:
    text = "".join(f"<p>{one}</p>" for one in TEXTS[number])
    return (
        f'<body><div class="page"><nav>Мәзір</nav><div class="post-{number}1"><div class="txt">'
        f"{text}{body}</div></div><footer>Барлық құқықтар қорғалған</footer></div></body>"
    )


def test_the_container_is_the_smallest_that_holds_the_text_on_every_page() -> None:
    pages = [(page_of(page(at).encode()), TEXTS[at]) for at in range(3)]

    assert container(pages) == "div.txt"


def test_what_repeats_inside_is_dropped_by_its_class_and_cut_by_its_words_without() -> None:
    also = '<div class="also"><p>Сондай-ақ: оқиға {0}</p></div><p>Біздің арнаға жазылыңыз {0}</p>'
    pages = [
        (page_of(page(at, also.format(at)).encode()),
         [*TEXTS[at], f"Сондай-ақ: оқиға {at}", f"Біздің арнаға жазылыңыз {at}"], TEXTS[at])
        for at in range(3)
    ]  # fmt: skip

    assert noise(pages, "div.txt") == (["div.also"], ["Біздің арнаға жазылыңыз"])


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*/*.html")), ids=lambda p: p.parent.name)
def test_whatever_points_at_an_element_can_be_understood_and_meets_it(path: Path) -> None:
    soup = page_of(path.read_bytes())

    for tag in soup.find_all(True):
        for selector in selectors(tag):
            assert rule_fault(selector) is None
            assert tag in soup.select(selector)


def test_words_that_begin_an_article_are_never_cut() -> None:
    lines = ["Бүгін жазылыңыз біз туралы", "Бүгін жазылыңыз олар туралы"]

    assert beginnings(lines, ["Жаңалық"]) == ["Бүгін жазылыңыз"]
    assert beginnings(lines, ["Бүгін жазылыңыз деді директор"]) == []


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ('<meta property="og:site_name" content="Ұлыс"><title>x</title>', "Ұлыс"),
        ("<title>Лента новостей - Ulus.kz</title>", "Ulus.kz"),
        ("<title>Новости | Степь</title>", "Степь"),
        ("<title>Новости</title>", "ulus.kz"),
        ("", "ulus.kz"),
    ],
)
def test_a_site_says_what_it_is_called(head: str, title: str) -> None:
    assert site_title(Answer("https://www.ulus.kz/", 200, {}, head.encode())) == title


def test_the_titles_of_articles_tell_what_their_site_is_called() -> None:
    home = Answer("https://www.ulus.kz/", 200, {}, "<title>Ұлыс үні</title>".encode())
    pages = [page_of(f"<title>{at}-тақырып - Ұлыс үні</title>".encode()) for at in range(3)]
    plain = page_of("<title>Тақырып</title>".encode())

    assert site_title(home, pages) == "Ұлыс үні"
    assert site_title(home, [*pages, plain]) == "ulus.kz"


# The whole, on a site that tells machines nothing


def bare(number: int) -> bytes:
    return f"""<!doctype html><html><head><meta charset="utf-8"><title>Ұлыс жаңалықтары</title>
</head>
<body><div class="logo"><h1>Ұлыс</h1></div><nav><a href="/">Басты бет</a></nav>
<div class="top"><h2 class="headline">Мақаланың {number}-тақырыбы осындай болды</h2>
<div class="story-date">{number + 10}.11.2026 10:0{number}</div>
<div class="redaktor">Айгүл Сапарова</div></div>
<div class="txt">{"".join(f"<p>{one}</p>" for one in TEXTS[number])}
<p>Бұл абзац {number}-мақалада ғана бар, онда {number * 7} рет айтылған ой жазылған.</p>
<p>Тағы бір ұзын абзац: {number}-оқиға қалай басталып, қалай аяқталғаны толық баяндалады.
Оқиғаның куәгерлері тілшімізге өз көзімен көргенін айтып, бірнеше сурет те көрсетті.</p>
<div class="also"><p>Редакция таңдауы: бүгінгі күннің басты суреттері осында</p></div></div>
<footer>Барлық құқықтар қорғалған</footer></body></html>""".encode()


def read(source: Source, answer: Answer) -> dict[str, Any] | None:
    try:
        return read_page(source, answer.body, answer.url, at=NOW)
    except Verdict:
        return None


def test_what_pages_do_not_tell_machines_gets_a_selector() -> None:
    urls = [f"https://ulus.kz/news/{at}00{at}" for at in range(3)]
    links = tuple(
        Link(url, f"Мақаланың {at}-тақырыбы осындай болды") for at, url in enumerate(urls)
    )
    listed = Listed(Feed(url="https://ulus.kz/rss"), "https://ulus.kz/rss", b"", links)
    pages = tuple(Answer(url, 200, {}, bare(at)) for at, url in enumerate(urls))
    home = Answer("https://ulus.kz/", 200, {}, b"<html></html>")

    draft = propose(Findings(home, (listed,), pages), read, country=None, now=NOW)

    said = draft.data["rules"]
    # the title needs none: the parser knows the heading above the date for one
    assert said == {"body": ["div.txt"], "author": ["div.redaktor"], "drop": ["div.also"]}
    reads = [read(draft.source, one) for one in pages]
    assert [one and one["article"]["title"] for one in reads] == [link.title for link in links]
    assert all(one and one["article"]["authors"] == ["Айгүл Сапарова"] for one in reads)
    assert all(one and "суреттері осында" not in str(one) for one in reads)
    assert Source.model_validate(tomllib.loads(toml(draft.data, NOW))) == draft.source


def bitrix(number: int) -> bytes:
    words = "Как сообщили в пресс-службе акимата, работы велись по плану, и жители рады переменам."
    text = "<br><br>".join(f"{words} Это сказано {number} раз, а {at} раз нет." for at in (3, 5, 8))
    return f"""<html><head><title>Новость {number} | Степь</title></head><body><div>Меню</div>
<div class="news-detail"><h1>Новый мост номер {number} открыли в области</h1>
<span class="news-date-time">{number + 10} ноября 2026, 16:20</span>{text}</div></body>
</html>""".encode()


def test_a_date_that_runs_into_the_text_is_dropped() -> None:
    urls = [f"https://step.kz/news/{at}00{at}/" for at in range(3)]
    listed = Listed(Feed(url="https://step.kz/rss"), "https://step.kz/rss", b"",
                    tuple(map(Link, urls)))  # fmt: skip
    pages = tuple(Answer(url, 200, {}, bitrix(at)) for at, url in enumerate(urls))
    home = Answer("https://step.kz/", 200, {}, b"<html></html>")

    draft = propose(Findings(home, (listed,), pages), read, country="KZ", now=NOW)

    assert draft.data["rules"]["drop"] == ["span.news-date-time"]
    for page in pages:
        found = read(draft.source, page)
        assert found
        assert found["article"]["paragraphs"][0].startswith("Как сообщили")
        assert found["article"]["published_at"].startswith("2026-11-1")
