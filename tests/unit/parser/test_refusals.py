"""What is no article, told apart by one word each; and articles about such things, which pass."""

from __future__ import annotations

import json

import pytest

from steppewire.errors import Skip
from steppewire.rules import SiteRules
from steppewire_parser.sniff import MAX_BYTES, why_not_html
from steppewire_parser.standin_phrases import CHALLENGE_MARKS, PARKED_MARKS

URL = "https://example.kz/news/1.html"
MENU = "".join(f"<li><a href='/{n}'>Рубрика {n}</a></li>" for n in range(12))
TEASERS = "".join(
    f"<div class='card'><a href='/news/{n}'>Новость о событии номер {n} в городе</a></div>"
    for n in range(12)
)


def page(body: str, *, title: str = "Новости", head: str = "", attributes: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head>"
        f"<body{attributes}>{body}</body></html>"
    )


def word(parse, data, **more) -> str:
    """Return the word that says why a page is refused."""
    with pytest.raises(Skip) as caught:
        parse(data, more.pop("url", URL), **more)
    return caught.value.detail.partition(":")[0]


FILES = [
    (b"", "empty"),
    (b" \r\n\t\n", "empty"),
    (b"\xef\xbb\xbf\n", "empty"),
    (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>", "pdf"),
    (b"\r\n\r\n%PDF-1.4 ...", "pdf"),
    (b"\x89PNG\r\n\x1a\n" + bytes(64), "image"),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'><title>x</title></svg>", "image"),
    (b"PK\x03\x04\x14\x00\x06\x00word/document.xml", "archive"),
    (b"\x1f\x8b\x08\x00\x00\x00", "archive"),
    (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00", "media"),
    (b"ID3\x03\x00\x00\x00", "media"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "document"),
    (b"{\\rtf1\\ansi <b>x</b>}", "document"),
    (b"\x7fELF\x02\x01\x01", "program"),
    (bytes(range(256)) * 40, "binary"),
    (b"<html>" + bytes(range(1, 30)) * 400, "binary"),
    (b'{"articles": [{"title": "<p>x</p>"}]}', "json"),
    (b'[{"id": 1}]', "json"),
    (b')]}\',\n[["x"]]', "json"),
    (b'callback({"html": "<div>x</div>"})', "json"),
    (b'<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>', "feed"),
    (b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"></feed>', "feed"),
    (b"<rss><channel><item><description>&lt;p&gt;<p>x</p></description></item></rss>", "feed"),
    (b'<?xml version="1.0"?><urlset xmlns="x"><url><loc>a</loc></url></urlset>', "sitemap"),
    (b"<sitemapindex><sitemap><loc>a</loc></sitemap></sitemapindex>", "sitemap"),
    (b'<?xml version="1.0"?><note><to>x</to></note>', "xml"),
    (b"function load(a){return a<b}", "script"),
    (b"body { margin: 0 } .a { color: red }", "script"),
    (b"Just a line of text.", "text"),
    ("Жай ғана мәтін.".encode(), "text"),
]


@pytest.mark.parametrize("header", ["", "text/html; charset=utf-8"])
@pytest.mark.parametrize(("data", "kind"), FILES)
def test_a_file_that_is_no_page_is_called_what_it_is(parse, data, kind, header):
    assert kind == word(parse, data, content_type=header)


def test_fifty_megabytes_are_no_page(parse, words):
    data = page(f"<article><p>{words()}</p></article>").encode() + b"<p>x</p>" * (50 << 17)

    assert len(data) > MAX_BYTES
    assert word(parse, data) == "too-large"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1251"])
def test_a_feed_is_a_feed_in_every_encoding(encoding):
    feed = '<?xml version="1.0"?><rss><channel><title>Лента</title></channel></rss>'

    assert why_not_html(feed.encode(encoding)).startswith("feed")


CLOUDFLARE = page(
    "<h1>example.kz</h1><h2>Verifying you are human. This may take a few seconds.</h2>"
    "<p>example.kz needs to review the security of your connection before proceeding.</p>"
    '<script>window._cf_chl_opt={cvId:"3"}</script>',
    title="Just a moment...",
)
CHALLENGES = {
    "cloudflare": CLOUDFLARE,
    "cloudflare-ru": page("<p>Проверка подключения</p>", title="Один момент…"),
    "cloudflare-block": page(
        "<h1>Sorry, you have been blocked</h1><p>You are unable to access example.kz</p>"
        + "<p>This website is using a security service to protect itself from attacks.</p>" * 3,
        title="Attention Required! | Cloudflare",
    ),
    "ddos-guard": page(
        "<h1>Checking your browser before accessing example.kz</h1><p>Please wait a few seconds."
        "</p><a href='https://ddos-guard.net'>DDoS-Guard</a>",
        title="DDOS-GUARD",
    ),
    "recaptcha": page("<div class='g-recaptcha' data-sitekey='x'></div>", title="example.kz"),
    "yandex": page("<p>Нам жаль, но запросы похожи на автоматические.</p>", title="Вы не робот?"),
    "cookie": page(
        '<script>document.cookie="__js_p_=1;path=/";window.location.reload();</script>', title=""
    ),
    "testcookie": page(
        '<script src="/aes.min.js"></script><script>var a=toNumbers("f6");'
        'document.cookie="test="+slowAES.decrypt(a);location.href="?ckattempt=1";</script>'
    ),
    "anubis": page("<h1>Making sure you're not a bot!</h1><p>Loading...</p>", title="Oh noes!"),
    "kazakh": page("<h1>Браузерді тексеру</h1><p>Күте тұрыңыз</p>"),
}


@pytest.mark.parametrize("name", CHALLENGES)
def test_a_challenge_is_told_from_the_article_that_it_hides(parse, name):
    assert word(parse, CHALLENGES[name]) == "challenge"


@pytest.mark.parametrize(
    "said",
    [
        "Страница не найдена",
        "Ошибка 404. Страница не найдена",
        "404",
        "404 Not Found",
        "Page not found",
        "Бет табылмады",
        "404 - Бет табылмады",
        "Sahifa topilmadi",
        "404: Sahifa topilmadi!",
        "Саҳифа топилмади",
        "Барак табылган жок",
        "Саҳифа ёфт нашуд",
        "Новость не найдена",
        "503 Service Unavailable",
        "Сайт временно недоступен",
    ],
)
@pytest.mark.parametrize("where", ["title", "heading"])
def test_an_error_page_with_status_200_is_no_article(parse, said, where):
    heading = f"<h1>{said}</h1>" if where == "heading" else "<h1>Example</h1>"
    title = f"{said} — Example.kz" if where == "title" else "Example.kz: новости Казахстана"
    body = f"<ul>{MENU}</ul>{heading}<p>Возможно, она была удалена.</p>{TEASERS}"

    assert word(parse, page(body, title=title)) == "error-page"


def test_an_error_page_may_show_itself_by_its_class_only(parse):
    body = f"<h1>Ой!</h1><p>Здесь ничего нет.</p>{TEASERS}"

    assert word(parse, page(body, attributes=" class='home error404 wide'")) == "error-page"


def test_a_login_wall_is_no_article(parse):
    form = "<form><input name=login><input type=password><button>Войти</button></form>"

    assert word(parse, page(f"<h1>Вход</h1>{form}", title="Example.kz")) == "login-wall"
    assert word(parse, page(f"<p>Продолжите чтение</p>{form}", title="X.kz")) == "login-wall"
    assert word(parse, page(f"<h2>Тізімге кіру</h2>{form}", title="Кіру | X.kz")) == "login-wall"


def test_a_consent_wall_is_no_article(parse):
    text = "<p>Мы и наши партнёры храним на устройстве сведения, чтобы показывать рекламу.</p>"
    body = f"<h1>Мы используем файлы cookie</h1>{text * 4}<button>Принять</button>"

    assert word(parse, page(body, title="Example.kz")) == "consent-wall"


@pytest.mark.parametrize(
    "stub",
    [
        page("", head='<meta http-equiv="refresh" content="0; url=https://example.kz/new">'),
        page("Перейти", head="<meta http-equiv='Refresh' content=\"0;URL='/new'\">"),
        page('<script>window.location.replace("https://example.kz/m/");</script>'),
        page("<script>location.href='/new'</script><a href='/new'>Дальше</a>"),
    ],
)
def test_a_stub_that_sends_on_is_no_article(parse, stub):
    assert word(parse, stub) == "redirect-stub"


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("example.kz", "<h1>Домен продаётся</h1><p>Свяжитесь с владельцем.</p>"),
        ("example.kz is for sale", "<script src='//x.sedoparking.com/a.js'></script><p>Buy</p>"),
        ("Welcome to nginx!", "<h1>Welcome to nginx!</h1><p>Further setup is required.</p>"),
    ],
)
def test_a_parked_domain_is_no_article(parse, title, body):
    assert word(parse, page(body, title=title)) == "parked"


def test_marks_in_a_source_are_known_in_capitals_too(parse):
    with pytest.raises(Skip) as caught:
        parse(page("<script src='/CDN-CGI/Challenge-Platform/x.js'></script><p>…</p>"), URL)

    assert caught.value.detail == "challenge: Challenge-Platform"


def test_marks_are_written_in_small_letters():
    marks = CHALLENGE_MARKS + PARKED_MARKS

    assert marks == marks.lower()


def test_frames_and_empty_shells_are_no_articles(parse):
    frames = "<html><head><title>x</title></head><frameset cols='20%,*'><frame src=a></frameset>"

    assert word(parse, frames + "</html>") == "frameset"
    assert word(parse, page("<div id='root'></div><script src=a.js></script>")) == "app-shell"


def test_a_page_of_links_only_is_no_article(parse):
    links = "".join(
        f"<p><a href='/news/{n}'>Заголовок новости номер {n}, довольно длинный</a></p>"
        for n in range(60)
    )

    assert word(parse, page(f"<h1>Архив</h1><div>{links}</div>", title="Архив")) == "links"


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8, 0.99])
def test_a_page_whose_end_did_not_arrive_is_no_article(parse, words, share):
    mark = '<meta property="og:type" content="article">'
    whole = page(f"<div><main><article><h1>Мост</h1><p>{words(40)}</p></article>", head=mark)
    cut = whole.encode()[: int(len(whole.encode()) * share)]

    assert word(parse, cut.rsplit(b"</body", 1)[0]) == "truncated"


def test_a_hundred_thousand_nested_tags_are_no_article(parse, words):
    deep = "<div>" * 100_000 + f"<p>{words()}</p>"

    assert word(parse, page(deep)) == "nested"


LD = {"@type": "NewsArticle", "headline": "x", "datePublished": "2026-01-02T03:04:05+05:00"}
MARKED = f'<script type="application/ld+json">{json.dumps(LD)}</script>'


@pytest.mark.parametrize(
    "title",
    [
        "Страница не найдена: почему госсайты теряют документы",
        "Страница не найдена",
        "Access denied",
        "404 апартамента сдали в Алматы",
        "Cloudflare объяснила сбой: «Just a moment» увидели миллионы",
        "Вход",
        "Coming soon",
        "Бет табылмады: оқырмандар шағымданды",
        "Captcha сделают понятнее",
    ],
)
def test_an_article_about_such_things_passes(parse, words, title):
    marks = "ddos-guard g-recaptcha /cdn-cgi/challenge-platform/ Cloudflare"
    body = f"<h1>{title}</h1><article><p>{words(12)}</p><p>{marks}. {words(9)}</p></article>"
    script = "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"

    assert parse(page(body + script, title=title, head=MARKED), URL).article.paragraphs


def test_an_article_without_any_mark_passes_by_its_text(parse, words):
    title = "Страница не найдена"
    body = "".join(f"<p>{words(8)} Абзац {n}.</p>" for n in range(8))

    parsed = parse(page(f"<h1>{title}</h1><article>{body}</article>", title=title), URL)

    assert len(parsed.article.paragraphs) == 8


def test_menus_that_offer_to_log_in_cost_no_article(parse, words):
    form = "<form><h2>Вход</h2><input type=password><button>Войти</button></form>"
    body = f"{form}<h1>Мост открыт</h1><article><p>{words(20)}</p></article>"

    assert parse(page(body, title="Мост открыт", head=MARKED), URL).article.paragraphs


def test_rules_do_not_make_an_article_of_an_error_page(parse):
    rules = SiteRules(title=("h1",), body=("div.text",))
    body = "<h1>Бет табылмады</h1><div class='text'><p>Мұндай бет жоқ, кешіріңіз.</p></div>"

    assert word(parse, page(body, title="Example"), rules=rules) == "error-page"


SHOWN = '<meta property="og:type" content="article"><meta name="author" content="А. Ким">'


@pytest.mark.parametrize("levels", [1, 2])
def test_a_text_that_only_a_script_would_show_is_read_out_of_its_data(parse, words, levels):
    html = "".join(f"<p>{words(12)} Мост номер {n}.</p>" for n in range(6))
    other = "".join(f"<p>{words(30)}</p>" for n in range(3))
    state = json.dumps({"next": other, "now": {"html": html}})
    for _ in range(levels - 1):
        state = json.dumps(state)
    body = f"<div id='root'></div><script>self.state.push([1, {state}])</script>"

    parsed = parse(page(body, title="Мост открыт", head=SHOWN), URL)

    assert parsed.extraction.method == "structured"
    assert [p.text[-14:] for p in parsed.article.paragraphs] == [
        f" Мост номер {n}." for n in range(6)
    ]


def test_data_of_scripts_does_not_stand_in_for_a_text_that_is_shown(parse, words):
    state = json.dumps("".join(f"<p>{words(40)}</p>" for _ in range(9)))
    shown = "".join(f"<p>{words(12)} Показано {n}.</p>" for n in range(4))
    body = f"<h1>Мост</h1><article>{shown}</article><script>x({state})</script>"

    assert len(parse(page(body, title="Мост", head=SHOWN), URL).article.paragraphs) == 4


def test_a_few_lines_pass_where_they_are_dated_and_not_where_nothing_vouches(parse):
    text = (
        "<p>Сегодня утром в городе открыли новый мост через реку. Движение по нему началось "
        "сразу, а старый мост закрыли на ремонт до конца года.</p>"
    )
    dated = '<meta name="date" content="2026-11-20T10:00:00+05:00">'
    body = f"<h1>Мост открыт</h1><article>{text}</article>"

    assert parse(page(body, title="Мост открыт", head=dated), URL).article.paragraphs
    assert word(parse, page(body, title="Мост открыт")) == "too-short"


SAYS_FORUM = '<meta name="generator" content="Discourse 3.4 - an engine of forums">'
SAYS_PRODUCT = '<meta property="og:type" content="og:product">'


@pytest.mark.parametrize("head", [SAYS_FORUM, SAYS_PRODUCT])
def test_a_thread_and_a_thing_for_sale_are_no_articles(parse, words, head):
    body = "".join(f"<p>{words(20)} {n}</p>" for n in range(8))

    assert word(parse, page(f"<h1>Стул</h1>{body}", title="Стул", head=head)) == "other-kind"


def test_a_thing_with_buttons_to_buy_it_is_no_article(parse, words):
    buttons = "<button class='add-to-cart'>В корзину</button>"
    body = f"<h1>Стул</h1><div><p>{words(9)}</p><p>{words(8)}</p></div>{buttons}"

    assert word(parse, page(body, title="Стул")) == "other-kind"
    assert parse(page(body, title="Стул", head=MARKED), URL).article.paragraphs


def test_the_first_page_of_a_site_passes_only_where_it_is_one_text(parse, words):
    text = "".join(f"<p>{words(35)} Абзац {n}.</p>" for n in range(9))
    one = page(f"<h1>Прощание</h1><article>{text}</article>", title="Прощание")
    many = "".join(f"<article><h2>Новость {n}</h2><p>{words(35)}</p></article>" for n in range(9))

    assert parse(one, "https://example.kz/").article.paragraphs
    assert word(parse, page(many, title="Новости"), url="https://example.kz/") == "home"
