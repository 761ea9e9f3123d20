"""Who is who, corrected by hand: a file of entities that are the same, apart, or named so.

[[same]]
ids = ["person/mamin-asqar", "person/~askar-manin"]     # the first stays

[[apart]]
id = "person/~askar-jaras"
when = ["Карағанды", "Караганда"]                        # if the article has one of these words
to = "person/~askar-jaras.karaganda"

[names."person/~askar-jaras"]
kk = "Асқар Жарасов"
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from steppewire.errors import SettingError

VARIABLE = "STEPPEWIRE_ENTITIES"
"""Names the file; unset: nothing is corrected."""


@dataclass(frozen=True)
class Apart:
    """One id that means two: with these words in the article, it is the other."""

    id: str
    when: tuple[str, ...]
    to: str


@dataclass(frozen=True)
class Corrections:
    """What the file says."""

    stays: Mapping[str, str] = field(default_factory=dict)
    """Id -> the id that stays in its place."""
    apart: tuple[Apart, ...] = ()
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def id(self, id_: str, text: str = "") -> str:
        """Return the id that an article with this text means."""
        for split in self.apart:
            if split.id == id_ and any(word.casefold() in text for word in split.when):
                id_ = split.to
                break
        return self.stays.get(id_, id_)

    def all(self, id_: str) -> tuple[str, ...]:
        """Return every id under which earlier articles may have it, what stays first."""
        stays = self.stays.get(id_, id_)
        return (stays, *sorted(old for old, new in self.stays.items() if new == stays))


NONE = Corrections()


def read(text: str, name: str = "entities.toml") -> Corrections:
    """Return what a file says. Raises SettingError, in one line, for what cannot be meant."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{name} is no TOML: {error}") from None
    unknown = set(said) - {"same", "apart", "names"}
    if unknown:
        raise SettingError(f"{name}: no such part: {sorted(unknown)[0]}; use same, apart or names")
    stays = _stays(_rows(said, "same", name), name)
    apart = tuple(_apart(row, name) for row in _rows(said, "apart", name))
    names = said.get("names", {})
    if not isinstance(names, dict) or not all(isinstance(row, dict) for row in names.values()):
        raise SettingError(f'{name}: names are written below [names."person/…"], kk = "…"')
    for split in apart:
        if stays.get(split.id, split.id) == stays.get(split.to, split.to):
            raise SettingError(f"{name}: {split.id} and {split.to} are both same and apart")
    return Corrections(stays, apart, names)


def _rows(said: Mapping[str, Any], part: str, name: str) -> Sequence[Mapping[str, Any]]:
    rows = said.get(part, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SettingError(f"{name}: {part} is written as [[{part}]]")
    return rows


def _stays(rows: Sequence[Mapping[str, Any]], name: str) -> dict[str, str]:
    stays: dict[str, str] = {}
    for row in rows:
        ids = row.get("ids", [])
        listed = isinstance(ids, list) and len(ids) > 1
        if not listed or not all(isinstance(id_, str) and "/" in id_ for id_ in ids):
            raise SettingError(f"{name}: [[same]] takes two ids or more, such as person/~…: {ids}")
        first = stays.get(ids[0], ids[0])
        for old in ids[1:]:
            if stays.get(old, first) != first:
                raise SettingError(f"{name}: {old} is the same as {stays[old]} and as {first}")
            stays[old] = first
    # chains end at what stays
    return {old: _end(new, stays) for old, new in stays.items() if _end(new, stays) != old}


def _end(id_: str, stays: Mapping[str, str]) -> str:
    seen = {id_}
    while (after := stays.get(id_)) is not None and after not in seen:
        seen.add(after)
        id_ = after
    return id_


def _apart(row: Mapping[str, Any], name: str) -> Apart:
    missing = [key for key in ("id", "when", "to") if not row.get(key)]
    if not missing and not isinstance(row["when"], list):
        raise SettingError(f'{name}: when is a list of words: when = ["{row["when"]}"]')
    if missing:
        raise SettingError(f"{name}: [[apart]] needs id, when and to; {missing[0]} is missing")
    return Apart(str(row["id"]), tuple(map(str, row["when"])), str(row["to"]))


_last_good: dict[str, Corrections] = {}


def corrections() -> Corrections:
    """Return what the file says that the environment names; read again when it has changed.

    Raises SettingError for a file that is wrong from the start. One that becomes wrong while a
    service runs costs no article: what it said before holds until it is mended.
    """
    told = os.environ.get(VARIABLE)
    if not told:
        return NONE
    try:
        _last_good[told] = _read_at(Path(told), Path(told).stat().st_mtime_ns)
    except (OSError, UnicodeDecodeError) as error:
        if told not in _last_good:
            raise SettingError(f"{VARIABLE}={told!r} cannot be read: {error}") from None
    except SettingError:
        if told not in _last_good:
            raise
    return _last_good[told]


@lru_cache(maxsize=2)
def _read_at(path: Path, changed: int) -> Corrections:
    return read(path.read_text("utf-8"), path.name)
