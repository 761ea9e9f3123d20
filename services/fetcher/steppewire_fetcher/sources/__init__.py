"""The source pack. To add a source: write its file, list it here, run the tests."""

from __future__ import annotations

from steppewire_fetcher.sources import elkz, zakon

SOURCES = (
    zakon.RUSSIAN,
    zakon.KAZAKH,
    elkz.SOURCE,
)
