from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire.errors import Reject, Retry, Skip, Verdict
from steppewire_fetcher.answers import Answer
from steppewire_fetcher.judge import RETRY_AFTER_CAP, judge_page, rest_wanted, retry_after

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
URL = "https://el.kz/a_1/"
PAGE = b"<!doctype html><html><h1>Title</h1></html>"


def judge(answer: Answer, asked: str = URL) -> Verdict | None:
    return judge_page(answer, asked=asked, now=NOW, challenge_wait=900)


def test_a_page_is_kept() -> None:
    assert judge(Answer(URL, 200, {"content-type": "text/html"}, PAGE)) is None


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [
        (304, Skip, "unchanged"),
        (404, Skip, "gone"),
        (410, Skip, "gone"),
        (401, Skip, "forbidden"),
        (403, Skip, "forbidden"),
        (451, Skip, "forbidden"),
        (400, Skip, "client-error"),
        (408, Retry, "timeout"),
        (429, Retry, "rate-limited"),
        (500, Retry, "server-error"),
        (502, Retry, "server-error"),
        (503, Retry, "server-error"),
        (300, Reject, "bad-redirect"),
        (206, Retry, "server-error"),
    ],
)
def test_a_status_means(status: int, kind: type[Verdict], reason: str) -> None:
    verdict = judge(Answer(URL, status))

    assert isinstance(verdict, kind)
    assert verdict.reason == reason


def test_a_503_that_says_when_is_a_limit_and_no_failure() -> None:
    verdict = judge(Answer(URL, 503, {"retry-after": "30"}))

    assert isinstance(verdict, Retry)
    assert (verdict.reason, verdict.after) == ("rate-limited", 30)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("Sun, 22 Nov 2026 09:01:00 GMT", 60),
        ("Sun, 22 Nov 2026 08:00:00 GMT", 0),
        ("99999999999999999", RETRY_AFTER_CAP),
        ("Fri, 31 Dec 9999 23:59:59 GMT", RETRY_AFTER_CAP),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("١٢", None),
        ("Mon, 01 Jan 2024 00:00:00 +99999999999999", None),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_its_forms(value: str, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@given(st.text(max_size=60))
def test_no_retry_after_can_make_it_fail_or_wait_for_ever(value: str) -> None:
    seconds = retry_after(value, NOW)

    assert seconds is None or 0 <= seconds <= RETRY_AFTER_CAP


def test_only_429_and_503_ask_for_rest() -> None:
    assert rest_wanted(Answer(URL, 500, {"retry-after": "9"}), NOW) is None
    assert rest_wanted(Answer(URL, 429), NOW) == 60
    assert rest_wanted(Answer(URL, 503, {"retry-after": "9"}), NOW) == 9


@pytest.mark.parametrize("body", [b"%PDF-1.7", b'{"a":1}', b"<rss/>", b"\x89PNG\r\n\x1a\n"])
def test_a_body_that_is_no_page_is_skipped_whatever_its_header_says(body: bytes) -> None:
    verdict = judge(Answer(URL, 200, {"content-type": "text/html"}, body))

    assert isinstance(verdict, Skip)
    assert verdict.reason == "not-html"


def test_an_empty_page_is_tried_again() -> None:
    verdict = judge(Answer(URL, 200, {}, b"\n"))

    assert isinstance(verdict, Retry)
    assert verdict.reason == "empty"


def test_a_lost_article_that_shows_the_home_page_is_gone() -> None:
    verdict = judge(Answer("https://el.kz/", 200, {}, PAGE))

    assert isinstance(verdict, Skip)
    assert verdict.reason == "gone"


def test_the_home_page_itself_may_be_asked_for() -> None:
    assert judge(Answer("https://el.kz/", 200, {}, PAGE), asked="https://el.kz/") is None


def test_a_challenge_is_tried_again_much_later() -> None:
    verdict = judge(Answer(URL, 403, {"cf-mitigated": "challenge"}, PAGE))

    assert isinstance(verdict, Retry)
    assert (verdict.reason, verdict.after) == ("challenge", 900)
