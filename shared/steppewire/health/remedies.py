"""What to do about a list or a page that could not be read: one sentence for each reason.

For whoever runs a newswire or writes a source: the terminal, the page of a source, `source check`.
"""

from __future__ import annotations

import re

REMEDIES = {
    "robots": "the site asks robots not to read this, and that is heeded: find a list that its "
    "robots.txt allows, or ask the publisher",
    "robots-unknown": "nothing is read while robots.txt cannot be: this passes when the site is "
    "well again",
    "forbidden": "the site refuses us: see whether a browser is let in; if so ask the publisher, "
    "or try `user_agent`",
    "challenge": "the site asks for a browser, and that is never bypassed: find another list, or "
    "ask the publisher",
    "rate-limited": "the site is asked too often: raise `pace` and `poll`",
    "gone": "there is nothing at this address any more: `steppewire source new HOME --force` finds "
    "where the list is now",
    "client-error": "the site does not understand this address: open it in a browser",
    "server-error": "the site is ill: this passes, or ask the publisher",
    "timeout": "the site is slow or away: this passes, or raise `timeout`",
    "unreachable": "no connection comes about: is the host right, and are we connected?",
    "empty": "the site answers without a page: this passes, or ask the publisher",
    "bad-body": "the answer breaks off or is packed wrongly: this passes, or ask the publisher",
    "bad-certificate": "the site's certificate is not valid: the publisher must mend it",
    "forbidden-address": "this is no public address: only those are asked",
    "redirect-loop": "the site sends us in a circle: open the address in a browser, and take the "
    "one where it ends",
    "app-shell": "a browser fills this page in: find the JSON that it asks for "
    '(`kind = "api"`), or a feed with whole texts',
    "rules-empty": "the selectors of `rules.body` find nothing here, so the page was read by its "
    "general shape: look for the container of the text",
    "layout-changed": "the selectors of `rules.body` find too little: look for the container of "
    "the text",
    "no-link-matches": "links are listed, and none is met by `article`, or all by `exclude`: "
    "compare an address with the patterns",
    "listing-empty": "no element is met by the selector behind the address, or a browser fills "
    'the page in (then: `kind = "api"`)',
    "api-empty": "`items` is the path to the list, `link` a text with fields of one item in "
    "braces: compare both with the answer",
    "feed-empty": "the feed has no entries: look for another one",
    "sitemap-empty": "the sitemap has no addresses: look for another one",
    "telegram-empty": "no post of the channel links to the source: another list is needed",
    "telegram-no-preview": "the channel shows no public preview: another list is needed",
}
"""Reason, warning or fact -> what to do. Reasons are those of the fetcher's and parser's README."""

_ANOTHER = re.compile(r"(feed|sitemap|listing|api|telegram)-is-(\w+)")
_NOUNS = {"empty": "nothing at all", "html": "an HTML page"}
_SLUG = re.compile(r"(?:^|\s)([a-z][a-z-]+)(?=:\s|$|,)")


def remedy(reason: str) -> str:
    """Return what to do about a reason; an empty text where nothing is known."""
    if another := _ANOTHER.fullmatch(reason):
        kind, what = another[1], _NOUNS.get(another[2], another[2])
        return f"the address of the {kind} answers {what}: has it moved, or is it of another kind?"
    return REMEDIES.get(reason, "")


def remedy_of(told: str) -> str:
    """Return what to do about an error as it is written down: `https://…: gone: status 404`.

    The most special reason comes last: `no-article: app-shell: …`.
    """
    known = (remedy(slug) for slug in reversed(_SLUG.findall(told)))
    return next(filter(None, known), "")
