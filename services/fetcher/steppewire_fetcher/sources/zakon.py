"""zakon.kz (Russian) and kaz.zakon.kz (Kazakh).

Rests on docs/reference/sources.md, evidence of 2025-2026, never checked against the live site:

- no usable feed (H): /rss answers 404 in three probes, although many lists repeat it;
- sitemaps (M): www.zakon.kz/sitemap/index.xml with about 59 numbered children and others for
  authors, tags, categories, static pages and weather; kaz.zakon.kz/sitemap.xml. Which number is
  the newest is not known: a lastmod decides, else the highest number (L);
- listing /news/ with `a.newscard_link` cards (M, 2025), so that news arrive even if the sitemap's
  order is guessed wrong;
- addresses /{section}/{id}-{slug}.html (H), before 2021 /{id}-{slug}.html (M); /pbf/ and /special/
  and the hosts special., online., pravo., fin., biblio. are no news (M);
- body (H): div.article__block with .description (lead) and div.content; another reading of 2026
  saw div.article__content, and 2022 had .articleBlock, so all are tried. JSON-LD articleBody holds
  only the lead;
- article:published_time carries the offset (H); authors are links to /authors/ (H).
"""

from __future__ import annotations

from steppewire.plugins import Listing, Sitemap, Source
from steppewire.rules import SiteRules

_ARTICLE = (r"/(?:[a-z0-9_-]+/)?\d{5,}-[^/?#]+\.html(?:[?#]|$)",)
_EXCLUDE = (r"/(?:pbf|special)/",)
_NOT_NEWS = ("author", "tag", "categor", "static", "weather", "rubric")
_CARDS = "a.newscard_link[href], .news-item a[href], .newscard a[href]"

_RULES = SiteRules(
    title=("h1", 'meta[property="og:title"]@content'),
    lead=(
        ".article__block > .description",
        ".article__block .description",
        ".articleBlock > .description",
    ),
    body=(
        ".article__block div.content",
        "div.article__content",
        ".articleBlock .newscont",
        ".articleBlock",
    ),
    author=('.article__block a[href*="/authors/"]', ".author a", 'a[href*="/authors/"]'),
    published=('meta[property="article:published_time"]@content',),
    modified=('meta[property="article:modified_time"]@content',),
    tags=(".tags.newsTags a", ".newsTags a"),
    section=('meta[property="article:section"]@content',),
    drop=(
        ".willShare",
        ".google-news-follow",
        ".tags.newsTags",
        ".newsTags",
        ".description",
        ".author",
        ".date",
        "script",
        "style",
    ),
    cut=(
        "Фото:",
        "Сурет:",
        "Читайте также",
        "Поделитесь новостью",
        "Следите за новостями",
        "Нашли ошибку",
        "Беттегі қате",
        "Жаңалықтар телефоныңызда",
        "Тағы оқыңыз",
        "Источник:",
    ),
    stop=("Поделитесь новостью", "Следите за новостями", "Нашли ошибку", "Беттегі қате"),
    timezone="Asia/Almaty",
    languages=("ru-Cyrl",),
)

RUSSIAN = Source(
    name="zakon.kz",
    title="Zakon.kz",
    home="https://www.zakon.kz/",
    hosts=("www.zakon.kz", "zakon.kz"),
    languages=("ru-Cyrl",),
    country="KZ",
    discover=(
        Listing(url="https://www.zakon.kz/news/", links=_CARDS, language="ru-Cyrl"),
        Sitemap(
            url="https://www.zakon.kz/sitemap/index.xml",
            skip=_NOT_NEWS,
            newest=2,
            language="ru-Cyrl",
        ),
    ),
    article=_ARTICLE,
    exclude=_EXCLUDE,
    rules=_RULES,
    poll=300,
    pace=2.0,
    confidence="M",
    checked="2026-11-01",
    notes="no feed; sitemap order not known, the listing covers the news of the day",
)

KAZAKH = Source(
    name="kaz.zakon.kz",
    title="Zakon.kz қазақша",
    home="https://kaz.zakon.kz/",
    hosts=("kaz.zakon.kz",),
    languages=("kk-Cyrl",),
    country="KZ",
    discover=(
        Listing(url="https://kaz.zakon.kz/news/", links=_CARDS, language="kk-Cyrl"),
        Sitemap(
            url="https://kaz.zakon.kz/sitemap.xml", skip=_NOT_NEWS, newest=2, language="kk-Cyrl"
        ),
    ),
    article=_ARTICLE,
    exclude=_EXCLUDE,
    rules=_RULES.model_copy(update={"languages": ("kk-Cyrl",)}),
    poll=300,
    pace=2.0,
    confidence="M",
    checked="2026-11-01",
    notes="the same engine as zakon.kz",
)
