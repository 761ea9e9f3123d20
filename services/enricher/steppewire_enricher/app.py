"""Wiring of the enricher: one stage, one pure function, child processes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import Field

from steppewire.broker import Service, run
from steppewire.corrections import corrections
from steppewire.settings import Settings
from steppewire.streams import ENRICH
from steppewire_enricher.stage import enrich

TIME_LIMIT = 60.0
"""Seconds for one article; the longest that the caps allow takes less than ten."""


class EnricherSettings(Settings):
    """Settings of the enricher."""

    enricher_workers: int = Field(default=1, ge=1, le=256)
    """Child processes that run the models, up to 250 MB each."""


@asynccontextmanager
async def wire(service: Service[EnricherSettings]) -> AsyncIterator[None]:
    """Read articles.parsed, write articles.enriched."""
    corrections()  # a file that is wrong stops the start, not an article
    service.cpu(ENRICH, enrich, workers=service.settings.enricher_workers, time_limit=TIME_LIMIT)
    yield


def main() -> None:
    """Run the service."""
    run("enricher", EnricherSettings, wire)
