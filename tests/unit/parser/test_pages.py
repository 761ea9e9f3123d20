"""One small page for each way in which real sites are built."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from steppewire.errors import Skip
from steppewire.events import ArticleParsed
from steppewire.identity import article_id
from steppewire.rules import SiteRules

ZAKON_URL = "https://www.zakon.kz/obshestvo/6400001-v-astane-otkryli-novuyu-shkolu.html"
ZAKON = SiteRules(
    lead=(".description",),
    body=("div.article__block div.content", "div.article__content"),
    author=("a[href*='/authors/']",),
    tags=(".tags.newsTags a",),
    drop=(".willShare",),
    stop=("Следите за новостями",),
)
INFORM = SiteRules(
    title=("h1.article__title",),
    lead=(".article__description",),
    body=(".article__body-text",),
    published=("div.article__time",),
)
KUN = SiteRules(
    lead=("p.news-inner__content-desc",),
    body=("div.news-inner__content-page",),
    published=(".news-inner__content-stats span",),
    timezone="Asia/Tashkent",
)


def texts(parsed: ArticleParsed) -> list[str]:
    return [p.text for p in parsed.article.paragraphs]


@pytest.fixture(scope="module")
def zakon(parse) -> ArticleParsed:
    return parse("zakon.html", f"{ZAKON_URL}?utm_source=telegram", rules=ZAKON)


def test_zakon_is_read_by_its_rules(zakon):
    assert zakon.extraction.method == "rules"
    assert zakon.extraction.facts == ()
    assert zakon.extraction.charset == "utf-8"


def test_the_lead_of_zakon_is_not_repeated_in_the_text(zakon):
    assert zakon.article.lead == "Школу на 1200 мест построили за год, сообщает Zakon.kz."
    assert zakon.article.lead not in texts(zakon)


def test_the_paragraphs_of_zakon_are_the_article_and_nothing_else(zakon):
    assert texts(zakon) == [
        "Торжественная линейка прошла во дворе новой школы. "
        "Первый звонок дал А. Мамин, а ленту разрезал К.-Ж. Токаев.",
        "В школе есть бассейн, лаборатории и столовая на 400 мест.",
        "Учиться дети будут в две смены, обещает директор.",
        "Что дальше",
        "До конца года в городе откроют ещё четыре школы, их построят по типовому проекту.",
        "Напомним, в прошлом году в столице открыли семь школ.",
    ]


def test_paragraphs_of_zakon_have_their_kinds(zakon):
    kinds = [p.kind for p in zakon.article.paragraphs]

    assert kinds == ["text", "text", "text", "subhead", "text", "background"]


def test_a_tag_is_a_name_without_the_sign_before_it(parse, words):
    page = f"<title>Терек</title><article><p>{words(30)}</p></article><b>#терек</b><b>#Теміртау</b>"

    parsed = parse(page, rules=SiteRules(body=("article",), tags=("b",)))

    assert parsed.article.tags == ("терек", "Теміртау")


def test_zakon_names_author_section_tags_and_translation(zakon):
    article = zakon.article

    assert article.authors == ("Айгерим Сериккызы",)
    assert article.section == "Общество"
    assert article.tags == ("школа", "Астана")
    assert article.translations == {
        "kk": "https://kaz.zakon.kz/kogam/6400002-astanada-zhana-mektep.html"
    }


def test_zakon_has_its_own_time_address_and_identity(zakon):
    article = zakon.article

    assert article.published_at.isoformat() == "2025-09-01T09:15:00+05:00"
    assert article.modified_at.isoformat() == "2025-09-01T10:00:00+05:00"
    assert article.url == ZAKON_URL
    assert article.article_id == article_id(ZAKON_URL)


def test_a_picture_comes_once_with_its_caption(parse):
    rules = SiteRules(body=("div.article__block",))

    (image,) = parse("zakon.html", ZAKON_URL, rules=rules).article.images

    assert image.url == "https://www.zakon.kz/pbi/school.jpg"
    assert image.caption == "Новая школа на левом берегу"


def test_zakon_without_rules_still_loses_what_is_not_the_article(parse):
    parsed = parse("zakon.html", ZAKON_URL)

    assert parsed.extraction.method == "generic"
    assert parsed.article.title == "В Астане открыли новую школу"
    assert not [t for t in texts(parsed) if t.startswith(("Читайте", "Фото", "Следите"))]


def test_a_kazakh_page_that_says_it_is_russian_is_read_as_it_is(parse):
    rules = SiteRules(body=("article",))

    parsed = parse("elkz_kk.html", "https://el.kz/kitap_400045726/", rules=rules)

    assert len(parsed.article.paragraphs) == 3
    assert parsed.article.paragraphs[2].kind == "background"


def test_a_time_without_offset_gets_the_one_almaty_had_on_that_day(parse):
    parsed = parse("elkz_kk.html", rules=SiteRules(body=("article p",)))

    assert parsed.article.published_at.isoformat() == "2024-02-10T18:30:00+06:00"


def test_inform_writes_nominative_months_and_gmt_offsets(parse):
    article = parse("inform.html", "https://www.inform.kz/ru/most-abc123", rules=INFORM).article

    assert article.title == "Новый мост открыли в Павлодаре"
    assert article.lead == "Движение по мосту через Иртыш запустили на месяц раньше срока."
    assert article.published_at.isoformat() == "2025-11-15T12:18:00+05:00"
    assert "1,2 км" in article.paragraphs[1].text


def test_uzbek_paragraphs_are_not_glued_and_keep_their_apostrophes(parse):
    article = parse("kunuz.html", "https://kun.uz/news/2024/01/05/metro", rules=KUN).article

    assert [p.kind for p in article.paragraphs] == ["text", "text", "background"]
    assert article.paragraphs[1].text.startswith("Qayd etilishicha")
    assert "bo‘lib o‘tdi" in article.paragraphs[0].text
    assert article.published_at.isoformat() == "2024-01-05T20:15:00+05:00"


def test_uzbek_in_cyrillic_links_to_its_latin_edition(parse):
    rules = SiteRules(
        lead=(".js-mediator-article h4",),
        body=("div.js-mediator-article.article-text",),
        published=(".articleDateTime",),
        timezone="Asia/Tashkent",
    )

    article = parse(
        "gazeta_cyrl.html", "https://www.gazeta.uz/uz/2024/03/29/park/", rules=rules
    ).article

    assert article.translations["uz-Latn"] == "https://www.gazeta.uz/oz/2024/03/29/park/"
    assert "x-default" not in article.translations
    assert article.published_at.isoformat() == "2024-03-29T14:05:00+05:00"
    assert len(article.paragraphs) == 2


def test_infinite_scroll_brings_no_second_story(parse):
    rules = SiteRules(body=("[itemprop=articleBody]",), drop=(".inpage-ad",))

    article = parse("spot.html", "https://www.spot.uz/ru/2026/01/16/bank/", rules=rules).article

    assert article.lead == "Кредиты для малого бизнеса станут дешевле уже с февраля."
    assert [p.kind for p in article.paragraphs] == ["text", "text", "background"]
    assert article.authors == ("Мария Волкова",)
    assert article.section == "Финансы"


def test_the_time_is_read_from_the_text_where_the_attribute_has_only_the_day(parse):
    rules = SiteRules(body=(".cont",), drop=(".poTeme",), timezone="Asia/Bishkek")

    article = parse("kg24.html", "https://24.kg/obschestvo/180001_doroga/", rules=rules).article

    assert article.published_at.isoformat() == "2021-01-20T10:14:00+06:00"
    assert article.authors == ("Айбек ИСАКОВ",)
    assert len(article.paragraphs) == 2


def test_a_page_in_windows_1251_is_decoded_by_its_meta_tag(parse):
    parsed = parse("cp1251.html")

    assert parsed.article.title == "Урожай собрали полностью"
    assert parsed.extraction.charset == "windows-1251"
    assert parsed.article.published_at.isoformat() == "2018-11-16T00:00:00+06:00"
    assert "time-missing" in parsed.extraction.facts


def test_rules_that_find_little_are_reported_and_replaced(parse):
    parsed = parse("layout_changed.html", rules=SiteRules(body=(".content",)))

    assert parsed.extraction.method == "generic"
    assert "layout-changed" in parsed.extraction.facts
    assert len(parsed.article.paragraphs) >= 3


def test_rules_that_find_nothing_are_reported(parse):
    parsed = parse("layout_changed.html", rules=SiteRules(body=(".gone",)))

    assert {"layout-changed", "rules-empty"} <= set(parsed.extraction.facts)


@pytest.mark.parametrize(
    ("page", "why"),
    [("challenge.html", "challenge"), ("listing.html", "links")],
)
def test_a_page_that_is_no_article_is_skipped_with_its_reason(parse, page, why):
    with pytest.raises(Skip, match=why) as caught:
        parse(page)

    assert caught.value.reason == "no-article"


def test_a_page_of_an_unknown_site_without_any_sign_passes_by_its_text(parse):
    assert len(parse("layout_changed.html").article.paragraphs) >= 3


def test_the_date_of_the_feed_is_such_a_sign(parse):
    hint = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)

    parsed = parse("layout_changed.html", published_hint=hint)

    assert parsed.article.published_at == hint
    assert "date-from-hint" in parsed.extraction.facts


@pytest.mark.parametrize(
    ("listed", "told", "facts"),
    [
        ("2026-11-20T05:15:00+00:00", "2026-11-20T10:15:00+05:00", ()),
        ("2026-11-19T05:15:00+00:00", "2026-11-20T00:00:00+05:00", ("time-missing",)),
        ("2026-11-19T19:00:00+00:00", "2026-11-20T00:00:00+05:00", ("time-missing",)),
    ],
)
def test_a_page_with_a_day_only_gets_the_time_that_the_list_gives_for_it(
    parse, words, listed, told, facts
):
    text = f"<article><p>{words(30)}</p></article>"
    page = f"<title>Көпір ашылды</title><h5>20 қараша 2026</h5>{text}"
    rules = SiteRules(body=("article",), published=("h5",))

    parsed = parse(page, rules=rules, published_hint=datetime.fromisoformat(listed))

    assert parsed.article.published_at.isoformat() == told
    assert tuple(f for f in parsed.extraction.facts if f == "time-missing") == facts


def test_a_product_is_no_article(parse, words):
    product = '<script type="application/ld+json">{"@type": "Product", "name": "Стул"}</script>'

    with pytest.raises(Skip, match="calls itself Product"):
        parse(f"<title>Стул</title>{product}<main><p>{words(30)}</p></main>")


def test_a_home_page_is_no_article(parse):
    with pytest.raises(Skip, match="home"):
        parse("elkz_kk.html", "https://el.kz/")


def test_a_page_without_date_says_so_instead_of_inventing_one(parse):
    parsed = parse("layout_changed.html", rules=SiteRules(body=(".brand-new-class",)))

    assert parsed.article.published_at is None
    assert "date-missing" in parsed.extraction.facts


YEARLESS = "<h1>Daryo bo‘yida</h1><time class='post-date'>18-noyabr, 21:00</time><article><p>{}</p>"


@pytest.mark.parametrize(
    ("address", "published"),
    [
        ("https://daryo.uz/2023/11/18/daryo-boyida/", "2023-11-18T21:00:00+05:00"),
        ("https://daryo.uz/2023/11/17/daryo-boyida/", "2023-11-17T00:00:00+05:00"),
        ("https://daryo.uz/daryo-boyida/", "2026-11-18T21:00:00+05:00"),
    ],
)
def test_an_address_gives_its_year_to_a_date_without_one(parse, words, address, published):
    rules = SiteRules(published=("time.post-date",), timezone="Asia/Tashkent")
    page = YEARLESS.format(words(60))

    parsed = parse(page, address, rules=rules)

    assert parsed.article.published_at.isoformat() == published
