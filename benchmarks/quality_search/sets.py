"""The test set: short articles of our own, and queries with the articles that a reader means."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from steppewire.events import ArticleEnriched, Entity
from steppewire.testing.articles import entity, story
from steppewire.testing.samples import NOON

HERE = Path(__file__).parent
TAGS = {"kk": "kk-Cyrl", "ru": "ru-Cyrl", "uz": "uz-Latn", "uzc": "uz-Cyrl", "en": "en-Latn"}


class Asked(NamedTuple):
    """A query, and what it should find."""

    half: str
    """`dev`, which may be looked at, or `test`."""
    by: str
    """`text` or `entity`."""
    words: str
    meant: frozenset[str]
    """Names of articles: `su.kk`."""


def queries(half: str) -> list[Asked]:
    """Return the queries of one half."""
    lines = (HERE / "queries.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    asked = [Asked(half_, by, words, frozenset(meant.split())) for half_, by, words, meant in rows]
    return [one for one in asked if one.half == half]


def articles() -> dict[str, ArticleEnriched]:
    """Return the articles by name; the later ones in the file are older."""
    said: dict[str, Any] = tomllib.loads((HERE / "articles.toml").read_text("utf-8"))
    named = said.pop("entity")
    return {
        name: story(
            number,
            title=told["title"],
            text=told["text"],
            source=f"{tag}.test",
            language=TAGS[tag],
            published=NOON - timedelta(hours=number),
            entities=tuple(_entities(named, *name.split("."))),
        )
        for number, (name, tag, told) in enumerate(_told(said))
    }


def _told(said: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, str]]]:
    for event, tongues in said.items():
        for tag, told in tongues.items():
            yield f"{event}.{tag}", tag, told


def _entities(named: list[dict[str, Any]], event: str, tag: str) -> Iterator[Entity]:
    for one in named:
        if event in one["events"]:
            yield entity(one["names"][tag], type=one["type"], id=one["id"], names=_keys(one))


def _keys(one: dict[str, Any]) -> dict[str, str]:
    keys = {"uz": "uz-Latn", "uzc": "uz-Cyrl"}
    return {keys.get(tag, tag): name for tag, name in one["names"].items()}
