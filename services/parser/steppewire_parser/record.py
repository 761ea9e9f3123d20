"""An article as `steppewire parse` gives it to machines: one flat object."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from steppewire.commands.inputs import Input
from steppewire.events import Article, ArticleParsed

Record = dict[str, Any]
ReadLanguage = Callable[[Article, str | None], str]
"""What the enricher offers: an article and a hint in, the tag of its language out."""

UNKNOWN_URL = "https://unknown.invalid/page"
"""Stands for the address of a page that tells none; `.invalid` is nobody's (RFC 2606)."""
UNDETERMINED = "und"
SCRIPT_LETTERS = 400
"""Letters of a text that tell its script."""

_SCRIPTS = (
    ("Cyrl", re.compile(r"[\u0400-\u052f]")),
    ("Arab", re.compile(r"[\u0600-\u06ff]")),
    ("Latn", re.compile(r"[A-Za-z\u00c0-\u024f]")),
)
_TAG = re.compile(r"([a-zA-Z]{2,3})(?:[-_]([a-zA-Z]{4}))?(?:[-_][a-zA-Z0-9]+)*")


def record_of(
    one: Input, parsed: ArticleParsed, source: str | None, language: str | None
) -> Record:
    """Return an article's record; `source` is whose rules were at hand."""
    article = parsed.article
    by_rules = parsed.extraction.method == "rules"
    return {
        "file": one.name,
        "url": None if article.url.startswith(UNKNOWN_URL) else article.url,
        "title": article.title or None,
        "lead": article.lead,
        "body": "\n\n".join(filter(None, (article.lead, *(p.text for p in article.paragraphs)))),
        "paragraphs": [{"text": p.text, "kind": p.kind} for p in article.paragraphs],
        "authors": list(article.authors),
        "published": _moment(article.published_at),
        "modified": _moment(article.modified_at),
        "language": language,
        "section": article.section,
        "tags": list(article.tags),
        "images": [{"url": image.url, "caption": image.caption} for image in article.images],
        "translations": article.translations,
        "paywalled": article.paywalled,
        "rule": source if by_rules and source else parsed.extraction.method,
        "warnings": list(parsed.extraction.facts),
    }


def refusal(one: Input, reason: str, detail: str) -> Record:
    """Return the record of an input that gave no article."""
    empty: Record = dict.fromkeys(("title", "lead", "body"))
    lists: Record = {name: [] for name in ("paragraphs", "authors")}
    return {
        "file": one.name,
        "url": one.url,
        **empty,
        **lists,
        **dict.fromkeys(("published", "modified", "language", "section", "paywalled")),
        "tags": [],
        "images": [],
        "translations": {},
        "rule": None,
        "warnings": [],
        "refused": reason,
        "detail": detail,
    }


def _moment(at: Any) -> str | None:
    return None if at is None else at.isoformat()


def language_of(
    parsed: ArticleParsed, declared: str | None, read: ReadLanguage | None
) -> str | None:
    """Return the language of an article: as it reads, else as it is declared."""
    hint = parsed.language_hint or declared
    if read is not None:
        tag = read(parsed.article, hint)
        if tag != UNDETERMINED:
            return tag
    return with_script(hint, _texts(parsed.article)) or (UNDETERMINED if read else None)


def _texts(article: Article) -> Iterable[str]:
    return (*(p.text for p in article.paragraphs[:5]), article.lead or "", article.title)


def with_script(tag: str | None, texts: Iterable[str]) -> str | None:
    """Return a declared language as BCP 47 with the script that the text is really in."""
    match = _TAG.fullmatch(tag.strip()) if tag else None
    if match is None:
        return None
    letters = " ".join(texts)[:SCRIPT_LETTERS]
    counts = [(len(pattern.findall(letters)), script) for script, pattern in _SCRIPTS]
    most, script = max(counts)
    # a Chinese text may have brands in Latin letters, and is not written in them
    script = script if 2 * most > sum(map(str.isalpha, letters)) else (match[2] or "").title()
    return f"{match[1].lower()}-{script}" if script else match[1].lower()
