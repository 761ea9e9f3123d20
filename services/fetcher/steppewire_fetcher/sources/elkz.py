"""El.kz: Kazakh at the root, Russian under /ru/, English under /en/.

Rests on docs/reference/sources.md (M: one recent source each), never checked against the live site:

- no evidence of any feed; el.kz/sitemap.xml leads to /sitemap-news.xml with all languages mixed,
  to be told apart by the path; the listing el.kz/ru/ was seen in 2026;
- addresses /{slug}_{id}/, /ru/{slug}_{id}/, /en/{slug}_{id}/ with ids like 400045726;
- title h1 or og:title, body `article p`, date article:published_time. The engine is that of baq.kz;
- the site of 2018 was another one, with <html lang="ru"> on Kazakh pages: the language that a page
  declares is not to be trusted, so no language is hinted from it.
"""

from __future__ import annotations

from steppewire.plugins import Listing, Sitemap, Source
from steppewire.rules import SiteRules

SOURCE = Source(
    name="el.kz",
    title="El.kz",
    home="https://el.kz/",
    hosts=("el.kz", "www.el.kz"),
    languages=("kk-Cyrl", "ru-Cyrl", "en-Latn"),
    country="KZ",
    discover=(
        Sitemap(url="https://el.kz/sitemap.xml", skip=("tag", "author", "categor", "page")),
        Listing(url="https://el.kz/"),
        Listing(url="https://el.kz/ru/"),
        Listing(url="https://el.kz/en/"),
    ),
    article=(r"^https?://(?:www\.)?el\.kz/(?:(?:ru|en|kz)/)?[^/?#]+_\d{4,}/?(?:[?#]|$)",),
    rules=SiteRules(
        title=("h1", 'meta[property="og:title"]@content'),
        body=("article", ".article__body", "main article"),
        author=('meta[name="author"]@content', 'article a[href*="/author"]'),
        published=('meta[property="article:published_time"]@content',),
        modified=('meta[property="article:modified_time"]@content',),
        tags=('a[href*="/tag/"]', 'meta[property="article:tag"]@content'),
        section=('meta[property="article:section"]@content',),
        drop=("h1", "script", "style", "figcaption", "time", ".share", ".tags", ".breadcrumbs"),
        cut=(
            "Сурет:",
            "Фото:",
            "Photo:",
            "Тағы оқыңыз",
            "Читайте также",
            "Read also",
            "Беттегі қате",
            "Қазақ тілінде оқу",
        ),
        timezone="Asia/Almaty",
        languages=("kk-Cyrl", "ru-Cyrl", "en-Latn"),
    ),
    poll=300,
    pace=2.0,
    confidence="M",
    checked="2026-11-01",
    notes="no feed known; languages are told apart by path and, later, by the text",
)
