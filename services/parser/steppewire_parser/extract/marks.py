"""What tags and class names say about a place in the page, as bits that descendants inherit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# Places by tag.
_PLACES = (
    "article", "main", "section", "aside", "nav", "footer", "header", "form", "figure",
    "figcaption", "table", "ul", "ol", "dl", "blockquote", "pre", "address", "details", "label",
    "button", "dialog",
)  # fmt: skip
# Places by what class names and ids call them: code speaks English everywhere. Stems of words.
_NAMES = {
    "body": "body richtext rich wysiwyg prose articlebody articletext articlecontent storybody "
    "bodytext paragraph",
    "text": "content text entry copy txt contents",
    "story": "article story post news single detail",
    "comment": "comment disqus reply respon discussion",
    "menu": "nav menu breadcrumb crumb toolbar sidebar rail toc pagination pager foot masthead "
    "dropdown tabs tab topbar",
    "side": "relat recirc recommend popular trend most latest more also teaser card promo outbrain "
    "taboola widget carousel slider swiper suggest similar next prev featured tout read",
    "advert": "ad ads advert sponsor banner commerc affiliate dfp gpt adslot",
    "share": "share sharing social facebook twitter whatsapp follow like",
    "signup": "newsletter subscri signup paywall regist login cookie consent gdpr modal popup "
    "donat support cta optin overlay form",
    "meta": "meta byline author date time publish posted tag categor kicker label info bio credit "
    "source contributor rubric",
    "caption": "caption credit gallery image img photo media video embed player legend figure "
    "pic thumb",
    "lead": "lead dek standfirst summary subtitle subhead intro excerpt abstract descri sapo "
    "chapeau strap deck chapo teaser",
    "title": "headline title heading",
    "list": "list grid feed archive item stream listing row collection",
    "hide": "hidden hide sr visually screenreader invisible print offscreen tooltip",
    "box": "box factbox infobox callout note pullquote aside highlight",
    "legal": "copyright legal rights terms disclaim disclos correction footnote license",
}
_BITS = {name: 1 << i for i, name in enumerate((*_PLACES, *(f"~{n}" for n in _NAMES)))}
_FIRST_FREE = len(_BITS)
HIDDEN, BODY_MARKED, COMMENT_MARKED, LINK_CARD, TIMED, PICTURED = (
    1 << (_FIRST_FREE + i) for i in range(6)
)
BITS = _FIRST_FREE + 6
CAPTIONED, OFFER, SHARED = _BITS["~caption"], _BITS["~signup"], _BITS["~share"]
PLACE = {name: _BITS[name] for name in _PLACES}
_STEMS = {
    stem: sum(_BITS[f"~{name}"] for name, stems in _NAMES.items() if stem in stems.split())
    for stem in {stem for stems in _NAMES.values() for stem in stems.split()}
}
_WORD = re.compile("[A-Z]?[a-z]+|[A-Z]+")
# A longer class attribute is a style sheet in disguise.
MAX_NAMES_CHARS = 200
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


MEANINGS: dict[str, int] = {}
"""What class names were found to mean; started anew when sites have filled it."""
MAXMEANINGS = 12_000


def named(names: str) -> int:
    """Return the bits that class and id names stand for."""
    known = MEANINGS.get(names)
    if known is not None:
        return known
    if len(MEANINGS) > MAXMEANINGS:
        MEANINGS.clear()
    bits = 0
    for name in names[:MAX_NAMES_CHARS].split():
        known = MEANINGS.get(name)
        bits |= _learned(name) if known is None else known
    if len(names) < MAX_NAMES_CHARS:
        MEANINGS[names] = bits
    return bits


def _learned(name: str) -> int:
    bits = 0
    for word in _WORD.findall(name):
        bits |= _WORDS[word]
    MEANINGS[name] = bits
    return bits


class _Words(dict[str, int]):
    """What words mean, as they are written: a dictionary answers in half of a call's time."""

    def __missing__(self, word: str) -> int:
        if len(self) > MAX_WORDS:
            self.clear()
        bits = self[word] = _meaning(word.lower())
        return bits


_WORDS = _Words()
MAX_WORDS = 8_192


def _meaning(word: str) -> int:
    """Return the bits of the longest stem that a word starts with; short stems are whole words."""
    if word in _STEMS:
        return _STEMS[word]
    for size in range(min(len(word), 14), 3, -1):
        bits = _STEMS.get(word[:size])
        if bits is not None:
            return bits
    return 0


def marked(attributes: Mapping[str, str | None]) -> int:
    """Return the bits that the attributes of an element stand for."""
    names = attributes.get("class")
    bits = 0
    if names:
        # most names that mean nothing are known to
        known = MEANINGS.get(names)
        bits = named(names) if known is None else known
        if len(attributes) == 1:
            return bits
    identity = attributes.get("id")
    if identity:
        bits |= named(identity)
    if not _TELLING.isdisjoint(attributes):
        for name in _TELLING.intersection(attributes):
            bits |= _told(name, attributes[name] or "")
    return bits


_TELLING = frozenset(("hidden", "style", "aria-hidden", "itemprop", "itemtype", "role", "rel"))
_ITEMPROPS = {
    "articleBody": BODY_MARKED,
    "text": BODY_MARKED,
    "comment": COMMENT_MARKED,
    "author": _BITS["~meta"],
    "datePublished": _BITS["~meta"],
    "dateModified": _BITS["~meta"],
    "headline": _BITS["~title"],
    "description": _BITS["~lead"],
    "caption": _BITS["~caption"],
}
_ROLES = {
    "navigation": _BITS["nav"],
    "main": _BITS["main"],
    "article": _BITS["article"],
    "complementary": _BITS["aside"],
    "contentinfo": _BITS["footer"],
    "banner": _BITS["header"],
    "dialog": _BITS["dialog"],
    "menu": _BITS["nav"],
    "button": _BITS["button"],
}


def _told(name: str, value: str) -> int:
    if name == "style":
        return HIDDEN if _HIDDEN_STYLE.search(value) else 0
    if name == "hidden":
        return HIDDEN
    if name == "aria-hidden":
        return HIDDEN if value == "true" else 0
    if name == "itemprop":
        return _any_of(_ITEMPROPS, value.split())
    if name == "role":
        return _ROLES.get(value, 0)
    if name == "rel":
        return _BITS["~meta"] if value in ("tag", "author", "category tag") else 0
    return COMMENT_MARKED if value.endswith("Comment") else 0


def _any_of(table: dict[str, int], values: Iterable[str]) -> int:
    bits = 0
    for value in values:
        bits |= table.get(value, 0)
    return bits
