from __future__ import annotations

import pytest

from steppewire_fetcher.robots import MAX_BYTES, Robots, read_robots, tokens

TEXT = b"""\xef\xbb\xbfUser-agent: *
Disallow: /admin/
Allow: /admin/news/
Crawl-delay: 3

User-agent: steppewire
Disallow: /private/
Crawl-delay: 7

User-agent: Mozilla
Disallow: /no-browsers/
Sitemap: https://a.kz/sitemap-news.xml
"""


def test_the_group_that_names_us_applies_to_us() -> None:
    rules = read_robots(200, TEXT)

    assert not rules.allows("https://a.kz/private/1")
    assert rules.allows("https://a.kz/admin/1")
    assert rules.delay() == 7.0


def test_a_borrowed_agent_obeys_the_rules_of_both() -> None:
    rules = read_robots(200, TEXT)

    assert not rules.allows("https://a.kz/no-browsers/1", "Mozilla/5.0 (compatible)")
    assert not rules.allows("https://a.kz/private/1", "Mozilla/5.0 (compatible)")
    assert tokens("Mozilla/5.0 (compatible)") == ("steppewire", "mozilla")


def test_the_longest_match_wins() -> None:
    rules = read_robots(200, TEXT.replace(b"steppewire", b"other"))

    assert rules.allows("https://a.kz/admin/news/1")
    assert not rules.allows("https://a.kz/admin/1")


def test_sitemaps_are_told() -> None:
    assert read_robots(200, TEXT).sitemaps == ("https://a.kz/sitemap-news.xml",)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_host_without_rules_allows_everything(status: int) -> None:
    assert read_robots(status, b"") == Robots(unknown=False)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_host_that_fails_to_tell_allows_nothing_for_now(status: int) -> None:
    assert read_robots(status, b"").unknown


def test_a_page_instead_of_rules_bars_nothing() -> None:
    assert read_robots(200, b"<!doctype html><html>Not found</html>").allows("https://a.kz/1")


def test_more_than_the_size_cap_is_not_read() -> None:
    rules = read_robots(200, b"User-agent: *\n" + b"#" * MAX_BYTES + b"\nDisallow: /\n")

    assert rules.allows("https://a.kz/1")


def test_a_pattern_made_to_be_slow_is_not() -> None:
    rules = read_robots(200, b"User-agent: *\nDisallow: /" + b"*a" * 500 + b"b$\n")

    assert rules.allows("https://a.kz/" + "a" * 2000)


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        # groups of one name are one group, wherever they stand (RFC 9309, 2.2.1)
        (
            "User-agent: steppewire\nDisallow: /a\n\nUser-agent: steppewire\nDisallow: /b",
            "/b",
            False,
        ),
        (
            "User-agent: steppewire\nDisallow: /a\n\nUser-agent: steppewire\nDisallow: /b",
            "/a",
            False,
        ),
        # one group for several names
        ("User-agent: other\nUser-agent: steppewire\nDisallow: /a", "/a", False),
        # names without regard to case; a group of ours hides the one for all
        ("USER-AGENT: StePPewire\nDisallow: /a\n\nUser-agent: *\nDisallow: /", "/b", True),
        # * and $
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf?page=2", True),
        ("User-agent: *\nDisallow: /*/print/", "/news/print/1", False),
        # of equally long rules, allowing wins
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a/b", "/a/b/c", False),
        # percent-encoding on either side is the same path
        (
            "User-agent: *\nDisallow: /жаңалық",
            "/%D0%B6%D0%B0%D2%A3%D0%B0%D0%BB%D1%8B%D2%9B/1",
            False,
        ),
        ("User-agent: *\nDisallow: /%D0%B6%D0%B0%D2%A3%D0%B0%D0%BB%D1%8B%D2%9B", "/жаңалық", False),
        # an empty rule bars nothing; comments and carriage returns are none of it
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: * # all\r\nDisallow: /a # this\r\n", "/a", False),
        # paths do have case
        ("User-agent: *\nDisallow: /A", "/a", True),
    ],
)
def test_rules_are_read_as_rfc_9309_has_them(rules: str, path: str, allowed: bool) -> None:
    assert read_robots(200, rules.encode()).allows(f"https://a.kz{path}") is allowed


@pytest.mark.parametrize("said", ["1e308", "99999999", "86401"])
def test_a_host_that_asks_for_more_than_a_day_is_asked_once_a_day(said: str) -> None:
    assert read_robots(200, f"User-agent: *\nCrawl-delay: {said}\n".encode()).delay() == 86_400
