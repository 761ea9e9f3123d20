"""The bad pages: where they are, and how each must end.

An ending is told in the words of the newswire's tally: the stage that ends the message, the outcome
(`skip`, `reject`, `retry`, `dead`) and the reason. `retry` means that the page recovers and becomes
an article after at least one retry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["skip", "reject", "retry", "dead"]


@dataclass(frozen=True)
class BadPage:
    """A link that a source lists, and the ending it must find."""

    url: str
    source: str
    outcome: Outcome
    reason: str
    stage: Literal["fetcher", "parser"] = "fetcher"
    about: str = ""


@dataclass(frozen=True)
class SourceProblem:
    """A discovery point that does not answer as it should; the rest of the source goes on."""

    source: str
    url: str
    problem: Literal["feed-is-html", "feed-malformed"]
    """The slug under which the fetcher counts it."""


def _trouble(
    path: str,
    outcome: Outcome,
    reason: str,
    about: str,
    stage: Literal["fetcher", "parser"] = "fetcher",
) -> BadPage:
    url = f"https://trouble.example/news/{path}"
    return BadPage(url, "trouble.example", outcome, reason, stage, about)


BAD_PAGES: tuple[BadPage, ...] = (
    _trouble("gzip-bomb", "reject", "too-large", "64 MB of blanks in 64 kB of gzip"),
    _trouble("endless", "reject", "too-large", "a body that never ends"),
    _trouble("loop-a", "reject", "redirect-loop", "redirects to loop-b and back"),
    _trouble("to-ten", "reject", "forbidden-address", "redirects to http://10.0.0.1/"),
    _trouble("to-metadata", "reject", "forbidden-address", "redirects to 169.254.169.254"),
    _trouble("to-loopback", "reject", "forbidden-address", "redirects to http://127.0.0.1:1/"),
    _trouble("banned/secret", "skip", "robots", "robots.txt disallows it"),
    _trouble("gone", "skip", "gone", "404"),
    _trouble("gone-for-good", "skip", "gone", "410"),
    _trouble("report.pdf", "skip", "not-html", "a PDF that says so"),
    _trouble("annual-report", "skip", "not-html", "a PDF that claims to be text/html"),
    _trouble("challenge", "dead", "challenge", "403 with a browser check"),
    _trouble("challenge-200", "dead", "challenge", "200 with a browser check"),
    _trouble("all-news", "skip", "no-article", "a listing", "parser"),
    _trouble("app-shell", "skip", "no-article", "an empty single-page application", "parser"),
    _trouble("rate-limited", "retry", "rate-limited", "429 with Retry-After: 1, then the article"),
    _trouble("hiccup", "retry", "server-error", "500 once, then the article"),
    BadPage(
        "https://www.zakon.kz/obshestvo/6500404-udalennaya-statya.html",
        "zakon.kz", "skip", "gone", about="still in the sitemap, but 404",
    ),
    BadPage(
        "https://www.zakon.kz/obshestvo/6500666-zakrytaya-statya.html",
        "zakon.kz", "skip", "robots", about="in the sitemap, but robots.txt disallows it",
    ),
)  # fmt: skip

PROBLEMS: tuple[SourceProblem, ...] = (
    SourceProblem("trouble.example", "https://trouble.example/rss", "feed-is-html"),
    SourceProblem("trouble.example", "https://trouble.example/broken.xml", "feed-malformed"),
)
