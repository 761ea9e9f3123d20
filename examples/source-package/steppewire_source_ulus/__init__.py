"""Ұлыс: news in Kazakh, whose old articles were saved in the wrong encoding; see `hook`."""

from steppewire.plugins import Feed, Source
from steppewire.rules import SiteRules

SOURCE = Source(
    title="Ұлыс",
    home="https://ulus.example/",
    languages=("kk-Cyrl",),
    country="KZ",
    article=(r"/\d{4}/\d+-[a-z0-9-]+$",),
    discover=(Feed(url="https://ulus.example/rss"),),
    rules=SiteRules(body=("div.article-text",), stop=("Тағы оқыңыз",), hook="ulus"),
    confidence="H",
    checked="2026-11-26",
)
