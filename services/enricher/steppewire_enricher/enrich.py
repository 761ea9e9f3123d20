"""The recipe: a parsed article in, an enriched one out. Pure; runs in a child process."""

from __future__ import annotations

from functools import lru_cache

from steppewire.events import ArticleEnriched, ArticleParsed, Enrichment, Languages
from steppewire_enricher import langid
from steppewire_enricher.entities import MODELS, find_mentions
from steppewire_enricher.fingerprint import folded_words, simhash, text_hash
from steppewire_enricher.languages import read_languages
from steppewire_enricher.merge import merge
from steppewire_enricher.tagger import tagger


def enrich(event: ArticleParsed) -> ArticleEnriched:
    """Add to a parsed article what can be known from its text alone.

    1. tell the languages, paragraph by paragraph;
    2. find names, dates and sums with the model of each paragraph's language;
    3. join the mentions of the same thing;
    4. take the fingerprints by which copies are found.
    """
    article = event.article
    languages = read_languages(article, event.language_hint)
    mentions = find_mentions(article, languages)
    entities = merge(mentions, languages.article.tag, article.url)
    words = folded_words(article)
    return ArticleEnriched(
        article=article,
        enrichment=Enrichment(
            languages=languages,
            entities=entities,
            text_hash=text_hash(words),
            fingerprint=simhash(words),
            models=models_used(languages),
        ),
        fetch=event.fetch,
        extraction=event.extraction,
    )


def models_used(languages: Languages) -> dict[str, str]:
    """Return the name and version of every model that had a say."""
    tags = {languages.title.tag, *(p.tag for p in languages.paragraphs)}
    if languages.lead is not None:
        tags.add(languages.lead.tag)
    used = {"langid": langid.table().version}
    for name in sorted({MODELS[tag] for tag in tags if tag in MODELS}):
        used[f"ner-{name}"] = _version(name)
    return used


@lru_cache(maxsize=8)
def _version(name: str) -> str:
    return tagger(name).version
