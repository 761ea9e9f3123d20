"""The recipe: a parsed article in, an enriched one out. Pure; runs in a child process."""

from __future__ import annotations

from functools import lru_cache

from steppewire.events import Article, ArticleEnriched, ArticleParsed, Enrichment, Languages
from steppewire_enricher import langid
from steppewire_enricher.copies import sketch
from steppewire_enricher.entities import MODELS, find_mentions
from steppewire_enricher.extras import with_extras
from steppewire_enricher.fingerprint import folded_words, simhash, text_hash
from steppewire_enricher.identity.ids import id_of
from steppewire_enricher.keywords import keywords
from steppewire_enricher.languages import read_languages
from steppewire_enricher.merge import merge
from steppewire_enricher.tagger import tagger


def enrich(event: ArticleParsed) -> ArticleEnriched:
    """Add to a parsed article what can be known from its text alone."""
    return ArticleEnriched(
        article=event.article,
        enrichment=enrichment_of(event.article, event.language_hint),
        fetch=event.fetch,
        extraction=event.extraction,
    )


def enrichment_of(article: Article, hint: str | None = None) -> Enrichment:
    """Return what can be known from an article's text alone; `hint` is its language, if told.

    1. tell the languages, paragraph by paragraph;
    2. find names, dates and sums with the model of each paragraph's language;
    3. join the mentions of the same thing;
    4. say what the article is about;
    5. take the fingerprints by which copies are found;
    6. ask the enrichers of others that are installed.
    """
    languages = read_languages(article, hint)
    mentions = find_mentions(article, languages)
    entities = merge(mentions, languages.article.tag, article.url, article)
    words = folded_words(article)
    runs = sketch(words, languages.article.tag)
    own = Enrichment(
        languages=languages,
        entities=entities,
        keywords=keywords(article, languages, entities),
        text_hash=text_hash(words),
        fingerprint=simhash(words),
        sketch=runs.encoded() if runs else "",
        models=models_used(languages),
    )
    return with_extras(article, own)


def models_used(languages: Languages) -> dict[str, str]:
    """Return the name and version of every model that had a say."""
    tags = {languages.title.tag, *(p.tag for p in languages.paragraphs)}
    if languages.lead is not None:
        tags.add(languages.lead.tag)
    used = {"langid": langid.table().version}
    for name in sorted({MODELS[tag] for tag in tags if tag in MODELS}):
        used[f"ner-{name}"] = _version(name)
    return used


def load() -> None:
    """Load all models now: before processes are forked, which then share them."""
    langid.table()
    id_of("Асқар Жарасов", "PERSON")  # reads names and costs
    for name in sorted(set(MODELS.values())):
        tagger(name)


@lru_cache(maxsize=8)
def _version(name: str) -> str:
    return tagger(name).version
