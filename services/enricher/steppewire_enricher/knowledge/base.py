"""The knowledge base as it ships: who has which id, and who is meant by a spelling."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

from steppewire_enricher.folding import fold
from steppewire_enricher.identity.keys import key_of

WRITINGS = ("kk", "ru", "uz-Latn", "uz-Cyrl", "en")
"""Languages and alphabets in which names are known."""
_PREFIXES = {
    "PERSON": "person", "ORGANISATION": "organisation",
    "GPE": "place", "LOCATION": "place", "FACILITY": "place",
}  # fmt: skip

_CYRILLIC = re.compile("[а-яӀ-ӿёәі]")


@dataclass(frozen=True)
class Known:
    """Somebody or something that ships, with the names by writing; the first is the normal one."""

    id: str
    type: str
    names: Mapping[str, tuple[str, ...]]
    kind: str | None = None
    wikidata: str | None = None

    def display(self) -> dict[str, str]:
        """Return one name for each writing."""
        return {writing: self.names[writing][0] for writing in WRITINGS if self.names.get(writing)}


class Base:
    """All that is known, found by id, by spelling and by sound."""

    def __init__(self, entries: Iterable[Known]) -> None:
        self.entries = {entry.id: entry for entry in entries}

    @cached_property
    def _by_name(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for entry in self.entries.values():
            for names in entry.names.values():
                for name in names:
                    found.setdefault(_plain(name), set()).add(entry.id)
        return {name: frozenset(ids) for name, ids in found.items()}

    @cached_property
    def _by_key(self) -> dict[tuple[str, str], str]:
        """Return (prefix, key of sounds) -> id, for keys that only one entry has."""
        found: dict[tuple[str, str], set[str]] = {}
        for entry in self.entries.values():
            prefix = entry.id.partition("/")[0]
            if entry.kind in ("region", "district"):
                continue  # a key leaves out that it is one: Алматы облысы is not Алматы
            for names in entry.names.values():
                for name in names:
                    found.setdefault((prefix, key_of(name, entry.type)), set()).add(entry.id)
        return {key: next(iter(ids)) for key, ids in found.items() if len(ids) == 1}

    def ids(self, name: str, type: str | None = None) -> frozenset[str]:
        """Return whom a spelling may mean, of one type or of all."""
        found = self._by_name.get(_plain(name), frozenset())
        prefix = _PREFIXES.get(type or "")
        return frozenset(i for i in found if i.startswith(f"{prefix}/")) if prefix else found

    def by_key(self, prefix: str, key: str) -> str | None:
        """Return the one entry that sounds so."""
        return self._by_key.get((prefix, key))

    def names(self, id_: str) -> dict[str, str]:
        """Return the names of an id by writing; none for an id that is not known."""
        known = self.entries.get(id_)
        return known.display() if known else {}


def _plain(name: str) -> str:
    """Return a spelling as it is looked up: Trinidad & Tobago is Trinidad and Tobago.

    Neither marks on Latin letters nor apostrophes count, for half of what is typed has none.
    """
    folded = fold(name)
    if not folded.isascii() and not _CYRILLIC.search(folded):
        apart = unicodedata.normalize("NFD", folded)
        folded = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(folded.replace("'", "").replace("-", " ").replace("&", " and ").split())


def read(text: str) -> Base:
    """Return the base that a file of `build` holds."""
    rows = json.loads(text)["entries"]
    return Base(
        Known(
            id=row["id"],
            type=row["type"],
            names={writing: tuple(names) for writing, names in row["names"].items()},
            kind=row.get("kind"),
            wikidata=row.get("wikidata"),
        )
        for row in rows
    )


@lru_cache(maxsize=1)
def base() -> Base:
    """Return the base that ships."""
    return read((files("steppewire_enricher") / "models" / "knowledge.json").read_text("utf-8"))
