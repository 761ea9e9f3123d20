"""Chooses the headline among what the rules, the structure and the page call it."""

from __future__ import annotations

from collections.abc import Sequence

from steppewire_parser import ranker
from steppewire_parser.declared import Told
from steppewire_parser.document import Document
from steppewire_parser.headings import MAX_CHARS, read_headings
from steppewire_parser.headlines import Candidate, Site, candidates
from steppewire_parser.text import letters, normalise

# The same title is taken as readers of the page see it, rather than as machines are told it.
_SPELLED_BEST = ("h1", "item", "h2", "og", "ld", "meta", "twitter", "part", "title", "cut")
_CUT_OFF = ("…", "...")


def choose_title(
    ruled: Sequence[str], told: Sequence[Told], page: Document, site: Site, host: str = ""
) -> str:
    """Return the headline without the site's name; "" when the page has none.

    The site's own rules know best. Without them the places are weighed against each other.
    """
    for title in ruled:
        if letters(title) and len(title) <= MAX_CHARS:
            return title
    found = candidates([*told, ("title", normalise(page.title))], read_headings(page, host), site)
    chosen = ranker.best([c for c in found if not _is_site(c, site)])
    return spelling(chosen) if chosen else ""


def _is_site(candidate: Candidate, site: Site) -> bool:
    return site.is_named(candidate.texts[0][1])


def spelling(candidate: Candidate) -> str:
    """Return the best spelling of a title: whole, not in capitals only, as on the page."""
    return min(candidate.texts, key=_faults)[1]


def _faults(told: Told) -> tuple[bool, bool, int]:
    place, text = told
    shouting = text.isupper() and letters(text) > 1
    known = _SPELLED_BEST.index(place) if place in _SPELLED_BEST else len(_SPELLED_BEST)
    return text.endswith(_CUT_OFF), shouting, known
