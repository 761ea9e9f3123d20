"""Which of a page's dates is the one of its publication, and in which zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from steppewire.dates import Clock
from steppewire_parser.document import read
from steppewire_parser.structured import read_structured
from steppewire_parser.times import Said, Times, date_in_url, read_times

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
ALMATY = Clock(NOW, ZoneInfo("Asia/Almaty"))
TITLE = "Өзен жағасында жаңа кітапхана ашылды"
TEXT = "<p>Қала тұрғындары кітапхананы көптен күткен еді. Енді ол күн сайын ашық.</p>" * 6


def page(before: str = "", behind: str = "", *, head: str = "", end: str = "") -> str:
    """Return an article whose date lines stand before or behind its headline."""
    title = f"<title>{TITLE}</title><meta property='og:title' content='{TITLE}'>"
    body = f"{before}<h1>{TITLE}</h1>{behind}<div class='body'>{TEXT}</div>{end}"
    return f"<html><head>{title}{head}</head><body><main>{body}</main></body></html>"


def json_ld(**fields: str) -> str:
    pairs = ", ".join(f'"{name}": "{value}"' for name, value in fields.items())
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", {pairs}}}</script>'


def times(html: str, *, url: str = "https://oqu.example/news/1", hint: str | None = None) -> Times:
    document = read(html)
    said = read_structured(document, url)
    return read_times(
        Said(
            document,
            url,
            ALMATY,
            titles=said.titles,
            declared=said.published,
            modified=said.modified,
            hint=datetime.fromisoformat(hint) if hint else None,
        )
    )


def published(html: str, **more: str) -> str | None:
    found = times(html, **more).published.at
    return found.isoformat() if found else None


@pytest.mark.parametrize(
    "behind",
    [
        "<time datetime='2024-03-29T10:15:00+05:00'>бүгін</time>",
        "<time>29 наурыз 2024, 10:15</time>",
        "<div class='meta'><span class='date'>29.03.2024 10:15</span></div>",
        "<p>29 наурыз 2024, 10:15</p>",
        "<ul class='info'><li>Жарияланды: 29 наурыз 2024, 10:15</li><li>Қоғам</li></ul>",
        "<div class='post-date'><b>29</b> <i>наурыз</i> <i>2024</i>, 10:15</div>",
        "<dl><dt>Дата</dt><dd>29 марта 2024, 10:15</dd></dl>",
        "<div><span>2024-yil 29-mart, 10:15</span></div>",
        "<span data-date='2024-03-29T10:15:00+05:00' class='when'>2024 жылғы 29 наурыз</span>",
        "<p>Автор: <a href='/a/1'>Айгүл Сейітова</a> · 29 наурыз 2024, 10:15 · 3 пікір</p>",
    ],
)
def test_a_line_by_the_headline_tells_the_date(behind):
    assert published(page(behind=behind)) == "2024-03-29T10:15:00+05:00"


def test_a_line_before_the_headline_will_do_too():
    assert (
        published(page("<div class='date'>29 наурыз 2024, 10:15</div>"))[:16] == "2024-03-29T10:15"
    )


def test_what_is_declared_comes_before_what_is_shown():
    head = json_ld(datePublished="2024-03-29T10:15:00+05:00")
    shown = "<time>30 наурыз 2024, 18:00</time>"

    assert published(page(behind=shown, head=head)) == "2024-03-29T10:15:00+05:00"


CARD = "<div class='card'><a href='/n{0}'>Жаңалық</a><time class='t'>{0} қараша 2026</time></div>"


@pytest.mark.parametrize(
    "end",
    [
        "".join(CARD.format(day) for day in range(10, 16)),
        "<aside><div class='date'>12 қараша 2026</div></aside>",
        "<footer>© 2010-2026 Оқу. 12.11.2026</footer>",
        "<div class='comments'><div class='date'>12 қараша 2026, 10:00</div></div>",
        "<p>Еске салсақ, кітапхананың іргетасы 2022 жылғы 5 мамырда қаланған болатын.</p>",
    ],
    ids=["cards", "aside", "footer", "comment", "text"],
)
def test_dates_of_other_things_are_left_alone(end):
    assert published(page(end=end)) is None
    assert times(page(end=end)).published.facts == ("date-missing",)


def test_todays_date_in_the_header_is_not_the_articles():
    today = "<header><nav><span class='date'>Жексенбі, 22 қараша 2026</span></nav></header>"
    shown = "<time>29 наурыз 2024</time>"

    assert published(page(today)) is None
    assert published(page(today, shown))[:10] == "2024-03-29"


def test_the_date_of_a_change_is_not_that_of_publication():
    lines = "<p class='date'>Жаңартылды: 30 наурыз 2024, 10:15</p><p>29 наурыз 2024, 8:00</p>"
    found = times(page(behind=lines))

    assert found.published.at.isoformat() == "2024-03-29T08:00:00+05:00"
    assert found.modified_at.isoformat() == "2024-03-30T10:15:00+05:00"


def test_the_date_of_a_change_is_taken_where_the_headline_has_no_other_and_says_so():
    found = times(page(behind="<p class='date'>Жаңартылды: 29 наурыз 2024, 10:15</p>"))

    assert found.published.facts == ("date-from-update",)
    assert found.modified_at.isoformat() == "2024-03-29T10:15:00+05:00"


def test_both_dates_in_one_line_are_told_apart():
    line = "<p class='date'>Опубликовано: 29 марта 2024, 10:15 | Обновлено: 30 марта 2024, 9:00</p>"

    assert published(page(behind=line)) == "2024-03-29T10:15:00+05:00"


def test_a_declared_date_that_a_change_has_overwritten_gives_way_to_the_line():
    changed = "2026-10-01T12:00:00+05:00"
    head = json_ld(datePublished=changed, dateModified=changed)
    found = times(page(behind="<time class='date'>29 наурыз 2024</time>", head=head))

    assert found.published.at.isoformat() == "2024-03-29T00:00:00+05:00"
    assert found.published.facts == ("date-overruled",)


def test_a_declared_day_that_the_page_shows_gives_way_to_no_other_line():
    head = json_ld(datePublished="2024-03-29")
    lines = "<p class='date'>Дата съёмки: 12.03.2024</p><time>29.03.2024</time>"

    assert published(page(behind=lines, head=head))[:10] == "2024-03-29"


def test_a_declared_day_gives_way_to_a_bare_line_only_right_at_the_headline():
    head = json_ld(datePublished="2024-03-29", dateModified="2024-03-29")
    far = "".join(f"<p>Қала күні туралы {number}-ші мәтін.</p>" for number in "abcdefghijklmn")

    assert published(page(behind="<p>12.03.2024</p>", head=head))[:10] == "2024-03-12"
    assert published(page(behind=f"{far}<p>12.03.2024</p>", head=head))[:10] == "2024-03-29"
    assert published(page(behind=f"{far}<time>12.03.2024</time>", head=head))[:10] == "2024-03-29"


def test_a_second_declaration_is_older_than_the_overwritten_one():
    changed = "2026-10-01T12:00:00+05:00"
    head = json_ld(datePublished=changed, dateModified=changed) + (
        "<meta property='article:published_time' content='2024-03-29T10:15:00+05:00'>"
    )

    assert published(page(head=head)) == "2024-03-29T10:15:00+05:00"


@pytest.mark.parametrize("declared", ["2024-03-29", "2024-03-29T00:00:00+05:00"])
def test_a_midnight_is_refined_by_the_time_shown_on_that_day(declared):
    head = json_ld(datePublished=declared)

    assert (
        published(page(behind="<time>29.03.2024, 10:15</time>", head=head))[:16]
        == "2024-03-29T10:15"
    )
    assert published(page(behind="<time>30.03.2024, 10:15</time>", head=head))[:10] == "2024-03-29"


def test_a_midnight_is_refined_by_the_list():
    head = json_ld(datePublished="2024-03-29")

    assert (
        published(page(head=head), hint="2024-03-29T05:15:00+00:00") == "2024-03-29T10:15:00+05:00"
    )


# Zones


def test_utc_gets_the_offset_of_the_clock_that_the_page_shows():
    head = json_ld(datePublished="2024-03-28T20:15:00Z")
    shown = "<time class='date'>29 наурыз 2024, 01:15</time>"

    assert published(page(behind=shown, head=head)) == "2024-03-29T01:15:00+05:00"


def test_utc_gets_the_offset_of_the_clock_behind_a_tag_that_tells_machines_utc():
    instant = "2024-03-28T20:15:00Z"
    shown = f"<time datetime='{instant}'>29.03.2024, 01:15</time>"

    assert (
        published(page(behind=shown, head=json_ld(datePublished=instant)))
        == "2024-03-29T01:15:00+05:00"
    )


def test_a_time_of_day_tells_the_offset_better_than_a_day():
    head = json_ld(datePublished="2024-03-28T20:15:00Z") + (
        "<meta name='pubdate' content='2024-03-27'>"
    )
    shown = "<time class='date'>29 наурыз 2024, 01:15</time>"

    assert published(page(behind=shown, head=head)) == "2024-03-29T01:15:00+05:00"


def test_midnight_in_utc_is_a_day_that_no_clock_moves():
    head = json_ld(datePublished="2024-03-29T00:00:00Z")

    assert published(page(behind="<time>28 наурыз 2024</time>", head=head))[:10] == "2024-03-29"


def test_utc_gets_the_offset_of_a_second_declaration():
    head = json_ld(datePublished="2024-03-28T20:15:00Z") + (
        "<meta property='article:published_time' content='2024-03-29T01:15:00+05:00'>"
    )

    assert published(page(head=head)) == "2024-03-29T01:15:00+05:00"


def test_utc_gets_the_day_of_the_address():
    head = json_ld(datePublished="2024-03-28T20:15:00Z")
    found = times(page(head=head), url="https://oqu.example/2024/03/29/kitaphana")

    assert found.published.at == datetime(2024, 3, 28, 20, 15, tzinfo=UTC)
    assert found.published.at.date().isoformat() == "2024-03-29"


def test_utc_stays_where_the_page_shows_its_readers_that_clock():
    head = json_ld(datePublished="2024-03-28T20:15:00Z")
    shown = "<time class='date'>28 наурыз 2024, 20:15</time>"
    url = "https://oqu.example/2024/03/29/kitaphana"

    assert published(page(behind=shown, head=head), url=url) == "2024-03-28T20:15:00+00:00"


def test_utc_stays_where_nothing_tells_the_place():
    head = json_ld(datePublished="2024-03-28T20:15:00Z")

    assert published(page(head=head)) == "2024-03-28T20:15:00+00:00"


def test_a_mark_of_utc_that_would_lie_ahead_is_the_places_own_time():
    head = json_ld(datePublished="2026-11-22T15:00:00Z")

    assert published(page(head=head)) == "2026-11-22T15:00:00+05:00"


def test_a_mark_of_utc_that_the_list_denies_is_the_places_own_time():
    head = json_ld(datePublished="2024-03-29T10:15:00Z")

    assert (
        published(page(head=head), hint="2024-03-29T10:15:00+05:00") == "2024-03-29T10:15:00+05:00"
    )


def test_a_date_far_ahead_is_none():
    assert published(page(head=json_ld(datePublished="2027-11-22T15:00:00Z"))) is None


# Day and month


def test_month_first_is_read_where_the_address_says_so():
    head = json_ld(datePublished="03/04/2025")

    assert published(page(head=head))[:10] == "2025-04-03"
    assert published(page(head=head), url="https://oqu.example/2025/03/04/x")[:10] == "2025-03-04"


def test_month_first_is_read_where_a_line_between_dots_says_so():
    head = json_ld(datePublished="03/04/2025 10:15:00")

    assert published(page(behind="<p>04.03.2025</p>", head=head))[:10] == "2025-03-04"


# Changes


def test_a_change_before_publication_is_none():
    head = json_ld(
        datePublished="2024-03-29T10:15:00+05:00", dateModified="2024-03-27T10:15:00+05:00"
    )

    assert times(page(head=head)).modified_at is None


def test_a_change_is_told_beside_publication():
    head = json_ld(
        datePublished="2024-03-29T10:15:00+05:00", dateModified="2024-03-30T10:15:00+05:00"
    )

    assert times(page(head=head)).modified_at.isoformat() == "2024-03-30T10:15:00+05:00"


# Places


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://oqu.example/2024/03/29/kitaphana", "2024-03-29"),
        ("https://oqu.example/2024/3/9/kitaphana", "2024-03-09"),
        ("https://oqu.example/2024-03-29/kitaphana", "2024-03-29"),
        ("https://oqu.example/news/29-03-2024", "2024-03-29"),
        ("https://oqu.example/20240329/kitaphana", "2024-03-29"),
        ("https://oqu.example/news/A2024032914320005196", "2024-03-29"),
        ("https://oqu.example/news/20249999", None),
        ("https://oqu.example/2024/99/29/x", None),
        ("https://oqu.example/2024/03/x", None),
        ("https://oqu.example/news/1234520240329", None),
        ("https://oqu.example/2031/03/29/x", None),
    ],
)
def test_an_address_tells_its_day(url, day):
    found = date_in_url(url, ALMATY)

    assert day == (found.at.date().isoformat() if found else None)


def test_a_line_that_the_address_denies_is_not_believed():
    shown = "<time>29 наурыз 2024</time>"

    assert (
        published(page(behind=shown), url="https://oqu.example/2023/05/06/x")[:10] == "2023-05-06"
    )
    assert published(page(behind=shown), url="https://oqu.example/2023/05/x") is None


def test_a_heading_of_several_lines_and_blanks_is_found():
    html = page(behind=f"<div>{TEXT}</div><p>29 наурыз 2024, 10:15</p>")
    spaced = html.replace(f"<h1>{TITLE}</h1>", f"<h1>\n <span>{TITLE}</span>\n </h1>")

    assert spaced != html
    assert times(spaced).published.facts == ()
    assert published(spaced) == "2024-03-29T10:15:00+05:00"


def test_a_tag_tells_machines_what_its_text_only_counts():
    shown = "<time datetime='2024-03-29T10:15:00+05:00'>prije 28 minuta</time>"

    assert published(page(behind=shown)) == "2024-03-29T10:15:00+05:00"


def test_the_label_before_a_date_may_be_a_heading_of_its_own():
    lines = "<h4>Жаңартылды</h4><p><time>30 наурыз 2024</time></p><p>29 наурыз 2024</p>"
    found = times(page(behind=lines))

    assert found.published.at.date().isoformat() == "2024-03-29"
    assert found.modified_at.date().isoformat() == "2024-03-30"


def test_where_a_text_was_first_published_counts_more_than_when_it_was_put_there():
    again = "<time>30 қыркүйек 2026</time><p>Впервые опубликовано 29 марта 2024 года.</p>"

    assert published(page(behind=again))[:10] == "2024-03-29"


def test_the_only_date_of_a_page_is_believed_wherever_it_stands():
    found = times(page(end=TEXT * 20 + "<p>29 наурыз 2024</p>"))

    assert found.published.at.isoformat()[:10] == "2024-03-29"
    assert "date-far" in found.published.facts


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("<p><i>Stand: 28.03.2024 18:00 Uhr</i></p>", "2024-03-28T18:00:00+05:00"),
        ("<p><i>Жаңартылды: 28.03.2024 18:00</i></p>", "2024-03-28T18:00:00+05:00"),
        # no change is older than what it changes: the same day, or a later one, contradicts nothing
        ("<p><i>Stand: 29.03.2024 18:00 Uhr</i></p>", "2024-03-29T11:52:23+05:00"),
        ("<p><i>Stand: 30.03.2024 18:00 Uhr</i></p>", "2024-03-29T11:52:23+05:00"),
    ],
)
def test_a_change_that_is_older_than_what_is_declared_shows_that_it_is_wrong(line, expected):
    head = json_ld(datePublished="2024-03-29T11:52:23")

    assert published(page(behind=line, head=head)) == expected


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ("<h3>Published</h3><p><time>29 March 2024</time></p>", "2024-03-29T00:00:00+05:00"),
        ("<h3>Жарияланды</h3><p>29 наурыз 2024</p>", "2024-03-29T00:00:00+05:00"),
        ("<h3>Events</h3><p><time>29 March 2024</time></p>", None),
        ("<h3>Updated</h3><p><time>29 March 2024</time></p>", None),
    ],
)
def test_the_only_date_may_stand_in_a_box_where_a_label_says_what_it_is(box, expected):
    aside = f"<aside><div>{box}</div></aside>"
    texts = "".join(f"<p>{number}</p>" for number in range(90))

    assert published(page(end=f"{texts}{aside}")) == expected


def test_the_list_helps_where_the_page_says_nothing():
    found = times(page(), hint="2024-03-29T10:15:00+05:00")

    assert found.published.facts == ("date-from-hint",)


def test_a_meta_tag_with_a_name_of_its_own_is_understood():
    head = "<meta name='oqu-published-date' content='2024-03-29T10:15:00+05:00'>"

    assert published(page(head=head)) == "2024-03-29T10:15:00+05:00"


def test_a_page_without_a_heading_has_its_date_by_its_title():
    html = page(behind="<p>29 наурыз 2024</p>").replace("h1>", "div>")

    assert published(html)[:10] == "2024-03-29"


# Hostile pages


@pytest.mark.parametrize(
    "html",
    [
        page(behind="<p class='date'>29 наурыз 2024</p>" * 5_000),
        page(behind="<div class='date'>" * 500 + "29 наурыз 2024"),
        page(f"<p class='{'date ' * 20_000}'>29 наурыз 2024</p>"),
        page(behind="<time datetime='2024-03-29'>" * 2_000),
        page().replace("</h1>", "") + "<h1>" * 2_000 + "2024 " * 50_000,
        page(f"<p>{'х' * 500_000}</p>" + "<p>29 наурыз 2024</p>" * 40),
        page(behind="2024-03-29 " * 100_000),
        page(head=f"<meta name='date' content='{'9' * 100_000}'>"),
        page(behind="<i>29</i> <i>3</i> " * 10_000),
    ],
    ids=["many", "deep", "class", "times", "unclosed", "siblings", "text", "digits", "pieces"],
)
def test_a_page_that_is_made_of_dates_is_read_like_any_other(html):
    found = published(html)

    assert found is None or found.startswith("2024-03-29")
