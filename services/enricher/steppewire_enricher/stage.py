"""The recipe as the service hands it to its child processes: loaded where it runs, and only there.

The service itself waits for the broker; numpy and the recipe would be 25 MB of it for nothing.
"""

from __future__ import annotations

from steppewire.events import ArticleEnriched, ArticleParsed


def enrich(event: ArticleParsed) -> ArticleEnriched:
    """Add to a parsed article what can be known from its text alone."""
    from steppewire_enricher.enrich import enrich as recipe

    return recipe(event)
