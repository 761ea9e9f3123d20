from __future__ import annotations

import pytest

from steppewire_fetcher.answers import Answer
from steppewire_fetcher.challenge import challenger

URL = "https://president.uz/a/1"
CLOUDFLARE = """<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>
<noscript>Enable JavaScript and cookies to continue</noscript>
<script>window._cf_chl_opt={cvId:'3'};</script>
<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script></body></html>"""
DDOS_GUARD = """<html><head><title>DDoS-Guard</title></head><body>Checking your browser before
accessing. <script src="https://check.ddos-guard.net/check.js"></script></body></html>"""


@pytest.mark.parametrize("status", [200, 403, 503])
def test_cloudflares_page_is_told_whatever_its_status(status: int) -> None:
    assert challenger(Answer(URL, status, {}, CLOUDFLARE.encode())) == "cloudflare"


@pytest.mark.parametrize("status", [200, 403])
def test_ddos_guards_page_is_told(status: int) -> None:
    answer = Answer(URL, status, {"server": "ddos-guard"}, DDOS_GUARD.encode())

    assert challenger(answer) == "ddos-guard"


def test_the_header_alone_tells() -> None:
    assert challenger(Answer(URL, 403, {"cf-mitigated": "challenge"}, b"")) == "cloudflare"
    assert challenger(Answer(URL, 202, {"x-amzn-waf-action": "challenge"}, b"")) == "aws-waf"


def test_a_bare_waiting_page_is_told_by_how_little_it_says() -> None:
    page = (
        b"<html><title>Just a moment...</title><body><script>" + b"x;" * 900 + b"</script></body>"
    )

    assert challenger(Answer(URL, 200, {}, page)) == "unknown"


def test_an_article_about_a_challenge_page_is_none() -> None:
    text = "<p>When a site shows checking your browser, Cloudflare decides.</p>" * 30
    page = f"<html><title>Just a moment: how sites fend off robots</title>{text}</html>"

    assert challenger(Answer(URL, 200, {"server": "cloudflare"}, page.encode())) is None


def test_a_page_behind_cloudflare_is_none() -> None:
    page = (
        b"<html><title>News</title><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'>"
    )

    assert challenger(Answer(URL, 200, {"server": "cloudflare"}, page)) is None


def test_a_plain_refusal_is_none() -> None:
    page = b"<html><title>403 Forbidden</title><h1>Forbidden</h1></html>"

    assert challenger(Answer(URL, 403, {"server": "nginx"}, page)) is None


@pytest.mark.parametrize("piece", ["<title", "<script>", "<title>Just a moment<script ", "<"])
def test_a_page_made_to_be_slow_to_read_is_not(piece: str) -> None:
    page = ("<title>Just a moment...</title>" + piece * 100_000)[:39_000]

    assert challenger(Answer(URL, 200, {}, page.encode())) in ("unknown", None)
