"""Reading the public preview of a Telegram channel (t.me/s/…): posts that link to articles.

A way in where a site blocks or has no feed (docs/reference/sources.md, 13b). Which of the links are
articles is for the source's patterns to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from selectolax.lexbor import LexborHTMLParser, LexborNode

from steppewire_fetcher import moments
from steppewire_fetcher.links import MAX_TITLE, Link, Reading, absolute
from steppewire_fetcher.sniff import decode, kind_of

_POST = ".tgme_widget_message[data-post]"
_TEXT = ".tgme_widget_message_text"
_PREVIEW = "a.tgme_widget_message_link_preview[href]"
_OWN = ("t.me", "telegram.me", "telegram.org")


def read_channel(body: bytes, base: str, local: tzinfo, content_type: str = "") -> Reading:
    """Return what the posts of a channel link to, newest last as they stand."""
    if kind_of(body, content_type) != "html":
        return Reading(warnings=(f"telegram-is-{kind_of(body, content_type)}",))
    posts = LexborHTMLParser(decode(body, content_type)).css(_POST)
    links = tuple(link for post in posts for link in _links(post, base, local))
    # without posts it is the page of a channel that has switched its preview off
    warning = "telegram-empty" if posts else "telegram-no-preview"
    return Reading(links, warnings=() if links else (warning,))


def _links(post: LexborNode, base: str, local: tzinfo) -> Iterator[Link]:
    published, title = _time(post, local), _first_line(post)
    addresses = [
        absolute(base, anchor.attributes.get("href") or "")
        for anchor in [*post.css(f"{_TEXT} a[href]"), *post.css(_PREVIEW)]
    ]
    for url in dict.fromkeys(url for url in addresses if url and not _is_own(url)):
        yield Link(url=url, title=title, published=published)


def _time(post: LexborNode, local: tzinfo) -> datetime | None:
    node = post.css_first("a.tgme_widget_message_date time[datetime], time[datetime]")
    return moments.read(node.attributes.get("datetime"), local) if node else None


def _first_line(post: LexborNode) -> str | None:
    """A post begins with its headline; what follows is its text and lines about the channel."""
    node = post.css_first(_TEXT)
    lines = node.text(separator="\n").splitlines() if node else []
    return next((" ".join(line.split())[:MAX_TITLE] for line in lines if line.strip()), None)


def _is_own(url: str) -> bool:
    host = url.split("/")[2].lower().removeprefix("www.")
    return host in _OWN
