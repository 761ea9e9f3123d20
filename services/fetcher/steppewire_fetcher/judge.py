"""What a server's answer means for us: a verdict as a value, without a network."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from steppewire.errors import Reject, Retry, Skip, Verdict
from steppewire_fetcher.answers import Answer
from steppewire_fetcher.challenge import challenger
from steppewire_fetcher.sniff import kind_of

RETRY_AFTER_CAP = 6 * 3600.0
"""Longest wait (seconds) that a Retry-After header can ask of us."""
RATE_LIMIT_WAIT = 60.0
"""Wait (seconds) after a 429 that does not say how long."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})


def judge_page(
    answer: Answer, *, asked: str, now: datetime, challenge_wait: float
) -> Verdict | None:
    """Return how an article's link ends, or None when `answer` is a page to keep."""
    return (
        judge_status(answer, now=now, challenge_wait=challenge_wait)
        or _sent_home(answer.url, asked)
        or _not_a_page(answer)
    )


def judge_status(answer: Answer, *, now: datetime, challenge_wait: float) -> Verdict | None:
    """Return what status and challenge say, or None when the body may be read."""
    if who := challenger(answer):
        return Retry("challenge", f"{who} at {answer.url}", after=challenge_wait)
    match answer.status:
        case 200 | 203:
            return None
        case 304:
            return Skip("unchanged")
        case 404 | 410:
            return Skip("gone", f"status {answer.status}")
        case 401 | 402 | 403 | 407 | 451:
            return Skip("forbidden", f"status {answer.status}")
        case 408:
            return Retry("timeout", "status 408")
        case _ if (wait := rest_wanted(answer, now)) is not None:
            return Retry("rate-limited", f"status {answer.status}", after=wait)
        case status if status >= 500:
            return Retry("server-error", f"status {status}")
        case status if status >= 400:
            return Skip("client-error", f"status {status}")
        case status if status >= 300:
            return Reject("bad-redirect", f"status {status} without a usable Location")
        case status:
            return Retry("server-error", f"status {status} instead of a page")


def rest_wanted(answer: Answer, now: datetime) -> float | None:
    """Return for how long (seconds) the host wants to be left alone, or None."""
    if answer.status not in (429, 503):
        return None
    wait = retry_after(answer.headers.get("retry-after", ""), now)
    return RATE_LIMIT_WAIT if wait is None and answer.status == 429 else wait


def retry_after(value: str, now: datetime) -> float | None:
    """Read a Retry-After header (RFC 9110, 10.2.3) as seconds, capped; None when unreadable."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:12]), RETRY_AFTER_CAP)
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, IndexError, OverflowError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return min(max(0.0, (when - now).total_seconds()), RETRY_AFTER_CAP)


def _sent_home(final: str, asked: str) -> Verdict | None:
    # a soft 404: the site has lost the article and shows its home page instead
    if (
        urlsplit(final).path in ("", "/")
        and len(urlsplit(asked).path) > 1
        and not urlsplit(final).query
    ):
        return Skip("gone", "redirected to the home page")
    return None


def _not_a_page(answer: Answer) -> Verdict | None:
    kind = kind_of(answer.body, answer.content_type)
    if kind == "html":
        return None
    if kind == "empty":
        return Retry("empty", f"status {answer.status} with an empty body")
    return Skip("not-html", f"the body is {kind}, the header says {answer.content_type[:60]!r}")
