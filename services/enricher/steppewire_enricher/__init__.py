"""The enricher: an article's language and script, the names in it, and its fingerprints."""

__version__ = "0.1.0"
