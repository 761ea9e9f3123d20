"""What `steppewire parse` makes of an article: a record for machines, a view for people."""

from __future__ import annotations

from typing import Any

import pytest

from steppewire.commands.inputs import Input
from steppewire_parser.glimpse import is_page, told_address, told_language
from steppewire_parser.record import (
    UNKNOWN_URL,
    language_of,
    record_of,
    refusal,
    with_script,
)
from steppewire_parser.shown import Show

FIELDS = {
    "file", "url", "title", "lead", "body", "paragraphs", "authors", "published", "modified",
    "language", "section", "tags", "images", "translations", "paywalled", "rule", "warnings",
}  # fmt: skip


@pytest.fixture
def parsed(parse: Any) -> Any:
    return parse("zakon.html", "https://www.zakon.kz/1-puteprovod.html")


def record(**more: Any) -> dict[str, Any]:
    return {
        "file": "a.html", "url": "https://a.kz/1", "title": "Көпір ашылды", "lead": "Бүгін.",
        "paragraphs": [
            {"text": "Бірінші абзац.", "kind": "text"},
            {"text": "Тақырыпша", "kind": "subhead"},
            {"text": "бір", "kind": "list-item"},
            {"text": "екі", "kind": "list-item"},
            {"text": "Ұзын дәйексөз " * 12, "kind": "quote"},
            {"text": "Бұған дейін хабарланған.", "kind": "background"},
        ],
        "authors": ["Асқар Қ."], "published": "2026-11-18T13:51:00+05:00", "modified": None,
        "language": "kk-Cyrl", "section": None, "tags": ["көпір"], "translations": {},
        "images": [{"url": "https://a.kz/1.jpg", "caption": "Көпір"}],
        "rule": "generic", "warnings": ["date-relative"],
        **more,
    }  # fmt: skip


def test_a_record_has_every_field_and_the_lead_once(parsed: Any) -> None:
    made = record_of(Input("a.html"), parsed, None, "ru-Cyrl")
    lead, *rest = made["body"].split("\n\n")

    assert set(made) == FIELDS
    assert made["lead"] == lead
    assert rest == [paragraph["text"] for paragraph in made["paragraphs"]]
    assert made["published"].endswith("+05:00")


def test_a_refusal_has_the_same_fields_with_nothing_in_them_and_its_reason() -> None:
    made = refusal(Input("a.html", "https://a.kz/1"), "no-article", "a listing")

    assert set(made) == FIELDS | {"refused", "detail"}
    assert (made["title"], made["body"], made["url"]) == (None, None, "https://a.kz/1")
    assert (made["refused"], made["detail"]) == ("no-article", "a listing")


def test_the_rule_is_the_source_only_where_its_rules_read_the_body(parsed: Any) -> None:
    ruled = parsed.model_copy(
        update={"extraction": parsed.extraction.model_copy(update={"method": "rules"})}
    )

    assert record_of(Input("a"), ruled, "zakon.kz", None)["rule"] == "zakon.kz"
    assert record_of(Input("a"), parsed, "zakon.kz", None)["rule"] == parsed.extraction.method


def test_a_page_that_tells_no_address_has_none(parsed: Any) -> None:
    article = parsed.article.model_copy(update={"url": UNKNOWN_URL})

    nowhere = parsed.model_copy(update={"article": article})
    assert record_of(Input("a"), nowhere, None, None)["url"] is None


@pytest.mark.parametrize(
    ("declared", "text", "tag"),
    [
        ("kk", "Қазақша мәтін", "kk-Cyrl"),
        ("uz", "Oʻzbekcha matn", "uz-Latn"),
        ("uz_UZ", "Ўзбекча матн", "uz-Cyrl"),
        ("ug", "ئۇيغۇرچە", "ug-Arab"),
        ("EN-us", "English text", "en-Latn"),
        ("zh", "中文", "zh"),
        ("zh-Hant-TW", "在超商花五十元買了一杯咖啡 CITY CAFE", "zh-Hant"),
        ("", "text", None),
        ("x", "text", None),
        (None, "text", None),
        ("english", "text", None),
    ],
)
def test_a_declared_language_gets_the_script_that_the_text_is_in(
    declared: str | None, text: str, tag: str | None
) -> None:
    assert with_script(declared, [text]) == tag


def reads(tag: str) -> Any:
    return lambda article, hint: tag


def test_the_text_tells_the_language_before_the_page_does(parsed: Any) -> None:
    assert language_of(parsed, "en", reads("kk-Cyrl")) == "kk-Cyrl"
    assert language_of(parsed, "ru", reads("und")) == "ru-Cyrl"
    assert language_of(parsed, None, reads("und")) == "und"
    assert language_of(parsed, "ru", None) == "ru-Cyrl"
    assert language_of(parsed, None, None) is None


def test_people_see_every_part_of_an_article() -> None:
    shown = Show(width=60, colours=False).article(record())

    assert shown.splitlines()[0] == "Көпір ашылды"
    assert "\n\nБірінші абзац.\n\nТақырыпша\n\n• бір\n• екі\n\n│ Ұзын" in shown
    assert shown.count("│ ") > 1  # every line of a quote
    for told in ("by        Асқар Қ.", "warnings  date-relative", "https://a.kz/1.jpg  Көпір"):
        assert told in shown
    assert max(map(len, shown.splitlines())) <= 60
    assert "\x1b" not in shown


def test_colours_are_only_where_they_are_wanted_and_text_cannot_bring_its_own() -> None:
    hostile = record(title="Red \x1b[31m alert", paragraphs=[{"text": "a\x07b", "kind": "text"}])

    assert "\x1b[1m" in Show(width=80, colours=True).article(record())
    assert "\x1b" not in Show(width=80, colours=False).article(hostile)
    assert "\x07" not in Show(width=80, colours=False).article(hostile)


def test_people_see_why_there_is_no_article() -> None:
    made = refusal(Input("a.html"), "no-article", "a listing: most of its text is links")

    assert Show(width=80, colours=False).article(made).splitlines() == [
        "a.html: not read",
        "  no-article: a listing: most of its text is links",
    ]


@pytest.mark.parametrize(
    ("html", "address"),
    [
        (b'<link rel="canonical" href="https://a.kz/1">', "https://a.kz/1"),
        (b"<link href=https://a.kz/2 rel=canonical>", "https://a.kz/2"),
        (b'<meta property="og:url" content="https://a.kz/3"/>', "https://a.kz/3"),
        (b'<meta content="https://a.kz/4" property=\'og:url\'>', "https://a.kz/4"),
        (b'<link rel="canonical" href="/5"><meta property="og:url" content="https://a.kz/5">',
         "https://a.kz/5"),
        (b'<link rel="stylesheet" href="https://a.kz/6.css">', None),
        (b'<a rel="canonical" href="https://a.kz/7">', None),
    ],
)  # fmt: skip
def test_a_page_tells_its_own_address(html: bytes, address: str | None) -> None:
    assert told_address(b"<!doctype html><html><head>" + html) == address


@pytest.mark.parametrize(
    ("html", "language"),
    [
        (b'<html class="no-js" lang="kk">', "kk"),
        (b"<HTML LANG=ru-RU>", "ru-RU"),
        (b'<html data-lang="en">', None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_a_page_declares_its_language(html: bytes, language: str | None) -> None:
    assert told_language(html) == language


NO_PAGES = ["a.kz/1", "https://", "https://[x/", "ftp://a.kz", "", "//a.kz", "https://a.kz:99999/"]


@pytest.mark.parametrize("url", NO_PAGES)
def test_what_is_no_address_of_a_page_is_not_taken_for_one(url: str) -> None:
    assert not is_page(url)
    assert is_page("https://a.kz/1")
