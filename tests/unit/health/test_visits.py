"""Counts of visits, out of the books that only grow."""

from __future__ import annotations

import pytest

from steppewire.health.visits import Books, Count, counts, pages_underway

BEFORE = {"look.polls": 10, "fetcher.done.": 5, "parser.done.": 5}

CASES = {
    "looks-that-were-refused": (
        {"look.polls": 2, "look.failed": 2, "look.warning.forbidden": 2},
        Count("looks-let-in", 0, 2, "forbidden"),
    ),
    "a-site-that-is-away": (
        {"look.polls": 2, "look.failed": 2, "look.warning.timeout": 2},
        Count("looks-reached", 0, 2, "timeout"),
    ),
    "listings-without-articles": (
        {"look.polls": 3, "look.warning.no-link-matches": 3},
        Count("links", 0, 3, "no-link-matches"),
    ),
    "two-bad-documents-in-one-look": (
        {"look.polls": 1, "look.warning.no-link-matches": 2},
        Count("links", 0, 1, "no-link-matches"),
    ),
    "a-page-where-the-feed-was": (
        {"look.polls": 3, "look.warning.feed-is-html": 3},
        Count("links", 0, 3, "feed-is-html"),
    ),
    "answers-of-no-bytes": (
        {"look.polls": 2, "look.warning.sitemap-is-empty": 2},
        Count("links", 0, 2, "sitemap-is-empty"),
    ),
    "an-api-that-lists-nothing": (
        {"look.polls": 2, "look.warning.api-empty": 2},
        Count("links", 0, 2, "api-empty"),
    ),
    "a-broken-feed-that-is-read-all-the-same": (
        {"look.polls": 2, "look.warning.feed-malformed": 2},
        Count("links", 2, 0, ""),
    ),
    "challenged-pages": (
        {"fetcher.done.": 1, "fetcher.retry.challenge": 4},
        Count("pages-let-in", 1, 4, "challenge"),
    ),
    "pages-that-are-no-articles": (
        {"parser.done.": 1, "parser.skip.no-article": 6},
        Count("pages-read", 1, 6, "no-article"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_happened_is_counted_by_kind(case: str) -> None:
    more, expected = CASES[case]
    books = Books(dict(BEFORE))
    now = {name: BEFORE.get(name, 0) + more.get(name, 0) for name in {*BEFORE, *more}}

    assert expected in counts(books, now)
    assert counts(books, now) == []


def test_the_first_reading_tells_nothing() -> None:
    assert counts(Books(), {"look.polls": 900, "look.failed": 900}) == []


def test_books_that_were_wiped_begin_anew() -> None:
    books = Books({"fetcher.done.": 900})

    assert Count("pages-let-in", 3, 0, "forbidden") in counts(books, {"fetcher.done.": 3})


def test_pages_between_two_stages_are_under_way() -> None:
    books = {"fetcher.done.": 9, "parser.done.": 5, "parser.skip.no-article": 1}

    assert pages_underway(books) == 3 + 5
    assert pages_underway(books | {"enricher.done.": 5, "parser.reject.odd": 3}) == 0
