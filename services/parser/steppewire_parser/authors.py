"""Chooses who wrote an article: people that structure or page name, else whoever signed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from steppewire_parser.bylines import (
    INTRODUCED,
    is_agency,
    is_name,
    is_person,
    is_shaped,
    names_in,
)  # fmt: skip
from steppewire_parser.declared import Signature
from steppewire_parser.document import Document
from steppewire_parser.headlines import Site
from steppewire_parser.signed import SURE, Bylines, Seen
from steppewire_parser.text import squash

MAX_AUTHORS = 12
# How sure a byline on the page must be when nothing else names an author.
LIKELY = 1.0
MAX_PERSONAL = 4

Names = Iterable[str]


@dataclass(frozen=True)
class Publisher:
    """Who is behind the page: never its author, unless it is a person's own site."""

    site: Site
    organisations: frozenset[str]
    """Squashed names of what the page says is an organisation."""

    def is_author(self, name: str, *, own_site: bool = False) -> bool:
        """Tell whether somebody with this name may have written the article."""
        key = squash(name)
        if key in self.organisations:
            return False
        if key not in self.site.names | self.site.labels:
            return True
        personal = 1 < len(name.split()) <= MAX_PERSONAL and is_shaped(name) and is_person(name)
        return own_site and personal


def choose_authors(
    ruled: Sequence[str],
    signatures: Sequence[Signature],
    page: Document,
    publisher: Publisher,
    title: str = "",
) -> tuple[str, ...]:
    """Return who wrote the article; nobody rather than the site itself, or a guess.

    People are looked for in the site's rules, in the structure, on the page. Where none are named,
    a team or an agency that signs is the author.
    """
    finder = _Finder(signatures, Bylines(page, title), publisher)
    for text in ruled:
        names = [n for n in names_in(text) if is_name(n) and is_person(n)]
        finder.ruled.extend(n for n in names if publisher.is_author(n))
    return tuple(dict.fromkeys(finder.found()))[:MAX_AUTHORS]


@dataclass(frozen=True)
class _Place:
    """Whom one place of the structure names, in order; some of them are organisations."""

    names: list[str]
    organisations: frozenset[str]
    beside: frozenset[str]
    """Who signs beside people: organisations, and teams with an entry of their own."""

    @property
    def others(self) -> list[str]:
        """Those who are not said to be organisations."""
        return [name for name in self.names if name not in self.organisations]


class _Finder:
    """The places where authors are named, each read when those before it named nobody."""

    def __init__(
        self, signatures: Sequence[Signature], bylines: Bylines, publisher: Publisher
    ) -> None:
        self.ruled: list[str] = []
        self._signatures = signatures
        self._bylines = bylines
        self._publisher = publisher

    def found(self) -> list[str]:
        """Return the names of the first place that has any, and of one that knows more people."""
        first = next(filter(None, self._attempts()), [])
        if not first or first is self.ruled:
            return first
        known = set(map(squash, first))
        more = (self._people(place.others) for place in self._declared)
        return next((names for names in more if known < set(map(squash, names))), first)

    def _attempts(self) -> Iterator[list[str]]:
        """Yield what each place says, the most reliable first."""
        yield self.ruled
        yield from map(self._signed_by_people, self._declared)
        yield from (self._people(place.others, own_site=True) for place in self._declared)
        yield from (self._people(seen.company) for seen in self._sure if seen.close)
        yield from filter(_is_whole, map(self._people, self._bylines.told))
        yield from (self._people(seen.company) for seen in self._sure)
        yield from map(self._people, self._bylines.told)
        yield from map(self._signed_by_team, self._declared)
        likely = [seen.names for seen in self._seen if seen.sureness >= LIKELY]
        yield from filter(_is_whole, map(self._people, likely))
        yield from (self._people(names) for names in self._bylines.far())
        yield from (self._authors(seen.names) for seen in self._sure)
        yield from map(self._authors, self._bylines.told)
        yield from filter(_is_whole, map(self._authors, likely))
        yield from self._organisations()
        # a blog is signed by its own name
        yield from (list(seen.names) for seen in self._sure)
        yield from map(list, self._bylines.told)

    @cached_property
    def _declared(self) -> list[_Place]:
        """The places of the structure that say who wrote the article."""
        told = groupby(filter(_is_told, self._signatures), key=lambda signature: signature.place)
        return [_place([*group]) for _, group in told]

    def _signed_by_people(self, place: _Place) -> list[str]:
        """Return the people that a place names, with the organisations that sign beside them."""
        people = self._people(place.others)
        whole = self._whole(people)
        if whole != people or not people:
            return whole
        beside = self._authors(place.beside)
        return [n for n in place.names if n in people or n in beside]

    def _signed_by_team(self, place: _Place) -> list[str]:
        """Return a team that a place names as it names people, and who signs beside it."""
        teams = self._authors(place.others)
        return [n for n in place.names if n in teams or n in place.organisations] if teams else []

    def _organisations(self) -> Iterator[list[str]]:
        """Yield whom each place names, the site too: it says so itself, so it is no guess."""
        for signature in filter(_is_told, self._signatures):
            whole = [signature.text] if is_name(signature.text) else names_in(signature.text)
            yield list(filter(is_name, whole))

    def _authors(self, names: Names) -> list[str]:
        return [n for n in names if self._publisher.is_author(n)]

    @property
    def _sure(self) -> Iterator[Seen]:
        return (seen for seen in self._seen if seen.sureness >= SURE)

    @property
    def _seen(self) -> list[Seen]:
        return self._bylines.marked

    def _people(self, names: Names, *, own_site: bool = False) -> list[str]:
        may = [n for n in names if self._publisher.is_author(n, own_site=own_site)]
        if not any(map(is_person, may)):
            return []
        return [n for n in may if is_person(n) or is_agency(n)]

    def _whole(self, people: list[str]) -> list[str]:
        """Return the whole name that the page shows where the structure knows one word only.

        It is the first name, or a login: "KatieS" for Katie Smith, or for whom she writes.
        """
        if len(people) != 1 or " " in people[0]:
            return people
        shown = [names for seen in self._seen if len(names := seen.names) == 1]
        longer = (list(names) for names in shown if names[0].startswith(f"{people[0]} "))
        others = (self._people(seen.names) for seen in self._sure)
        whole = (names for names in others if len(names) == 1 and _is_whole(names))
        return next(longer, None) or next(whole, people)


def _place(group: Sequence[Signature]) -> _Place:
    names: list[str] = []
    for signature in group:
        whole = signature.is_organisation and is_name(signature.text)
        names.extend([signature.text] if whole else filter(is_name, names_in(signature.text)))
    organisations = frozenset(one.text for one in group if one.is_organisation)
    teams = (one.text for one in group[1:] if one.text in names and not is_person(one.text))
    return _Place(names, organisations, organisations.union(teams))


def _is_whole(names: Sequence[str]) -> bool:
    """Tell whether the first name has two words: what is marked less surely may be a button."""
    return bool(names) and " " in names[0]


def _is_told(signature: Signature) -> bool:
    """Tell whether a text is about the author: cards tell of the topics, too."""
    return signature.place != "card" or INTRODUCED.match(signature.text) is not None
