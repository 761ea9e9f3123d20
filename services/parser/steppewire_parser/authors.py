"""Chooses who wrote an article: people that structure or page name, else whoever signed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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
    found = next(filter(None, finder.attempts()), [])
    return tuple(dict.fromkeys(found))[:MAX_AUTHORS]


class _Finder:
    """The places where authors are named, each read when those before it named nobody."""

    def __init__(
        self, signatures: Sequence[Signature], bylines: Bylines, publisher: Publisher
    ) -> None:
        self.ruled: list[str] = []
        self._signatures = signatures
        self._bylines = bylines
        self._publisher = publisher

    def attempts(self) -> Iterator[list[str]]:
        """Yield what each place says, the most reliable first."""
        yield self.ruled
        for names in self._declared:
            yield self._whole(self._people(names))
        yield from (self._people(names, own_site=True) for names in self._declared)
        yield from (self._people(seen.names) for seen in self._seen if seen.sureness >= SURE)
        yield from (self._people(names) for names in self._bylines.told())
        likely = (self._people(seen.names) for seen in self._seen if seen.sureness >= LIKELY)
        yield from (people for people in likely if people and " " in people[0])
        yield from (self._people(names) for names in self._bylines.far())
        for signed in self._signed:
            yield [n for n in signed if self._publisher.is_author(n)]
        yield from self._organisations()

    @cached_property
    def _declared(self) -> list[list[str]]:
        """The names of each place of the structure, without organisations."""
        return self._by_place(lambda signature: not signature.is_organisation)

    @property
    def _signed(self) -> Iterator[Names]:
        yield from self._by_place(lambda signature: True)
        yield from (seen.names for seen in self._seen if seen.sureness >= SURE)

    def _organisations(self) -> Iterator[list[str]]:
        """Yield whom each place names, the site too: it says so itself, so it is no guess."""
        for signature in self._signatures:
            whole = [signature.text] if is_name(signature.text) else names_in(signature.text)
            yield list(filter(is_name, whole)) if _is_told(signature) else []

    def _by_place(self, counts: Callable[[Signature], bool]) -> list[list[str]]:
        told = filter(counts, filter(_is_told, self._signatures))
        places = groupby(told, key=lambda signature: signature.place)
        texts = [[signature.text for signature in group] for _, group in places]
        return [[n for text in group for n in names_in(text) if is_name(n)] for group in texts]

    @property
    def _seen(self) -> list[Seen]:
        return self._bylines.marked

    def _people(self, names: Names, *, own_site: bool = False) -> list[str]:
        may = [n for n in names if self._publisher.is_author(n, own_site=own_site)]
        if not any(map(is_person, may)):
            return []
        return [n for n in may if is_person(n) or is_agency(n)]

    def _whole(self, people: list[str]) -> list[str]:
        """Return the whole name where the structure knows only the first and the page both."""
        if len(people) != 1 or " " in people[0]:
            return people
        longer = (seen.names for seen in self._seen if len(seen.names) == 1)
        return next((list(n) for n in longer if n[0].startswith(f"{people[0]} ")), people)


def _is_told(signature: Signature) -> bool:
    """Tell whether a text is about the author: cards tell of the topics, too."""
    return signature.place != "card" or INTRODUCED.match(signature.text) is not None
