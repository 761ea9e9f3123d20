"""Wiring: the recipe on the stage, with the blob store it reads from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Annotated

from pydantic import Field

from steppewire.blobs import open_blobs
from steppewire.broker import Service, run
from steppewire.settings import Settings
from steppewire.streams import PARSE
from steppewire_parser.recipe import parse

# A page may compute for two seconds (steppewire.bounds); a busy machine makes more of that. Past
# this, something is stuck where no signal reaches it, and the process is ended.
TIME_LIMIT = 30.0


class ParserSettings(Settings):
    """Settings of the parser."""

    blobs: str = "var/blobs"
    """Where the page bytes are: a directory or `file:///path`."""
    parser_workers: Annotated[int, Field(ge=1, le=256)] = 1
    """Child processes that parse."""


@asynccontextmanager
async def wire(service: Service[ParserSettings]) -> AsyncIterator[None]:
    """Put the recipe on its stage."""
    s = service.settings
    recipe = partial(parse, blobs=open_blobs(s.blobs))
    service.cpu(PARSE, recipe, workers=s.parser_workers, time_limit=TIME_LIMIT)
    yield


def main() -> None:
    """Run the parser until it is told to stop."""
    run("parser", ParserSettings, wire)
