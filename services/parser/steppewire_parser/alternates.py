"""Finds an article's other language editions, and says their languages as BCP 47 does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from steppewire_parser.address import absolute, is_home, is_same
from steppewire_parser.document import Document
from steppewire_parser.nodes import attribute, has

MAX_TRANSLATIONS = 20

# BCP 47, and the invalid but real `oz` of Uzbek sites.
_HREFLANG = re.compile(r"^[a-z]{2,3}(?:[-_][a-z0-9]{2,8}){0,3}$", re.IGNORECASE)
# Codes of countries that no language has, and what sites mean by them. `kg` and `ka` are languages
# (Kongo, Georgian): only a source that knows better says what it means by those.
_MEANT = {
    "kz": "kk", "tj": "tg", "oz": "uz-Latn", "ua": "uk", "cz": "cs", "jp": "ja", "cn": "zh",
}  # fmt: skip
_SCRIPT_CHARS, _REGION_CHARS = 4, 2


def translations(page: Document, base: str, own: str, codes: Mapping[str, str]) -> dict[str, str]:
    """Return language -> URL of the other editions, without the article itself.

    `codes` says what the site's own codes mean (`oz` is Uzbek in Latin script). A link to a front
    page is a switch of the site's language, not an edition of this article.
    """
    found: dict[str, str] = {}
    for code, url in _linked(page, base):
        if is_same(url, own) or is_home(url):
            continue
        language = codes.get(code.lower()) or tag_of(code)
        if url not in found.values() and language not in found:
            found[language] = url
        if len(found) == MAX_TRANSLATIONS:
            break
    return found


def _linked(page: Document, base: str) -> Iterator[tuple[str, str]]:
    """Yield the code and address of each alternate link. Links in the text are to anything."""
    for link in page.named("link"):
        code = attribute(link, "hreflang").strip()
        if _HREFLANG.match(code) and has(link, "href"):
            url = absolute(attribute(link, "href"), base)
            if url:
                yield code, url


def tag_of(code: str) -> str:
    """Return a code as BCP 47 writes it: `KZ` is `kk`, `uz_cyrl` is `uz-Cyrl`, `en-gb` `en-GB`."""
    language, *rest = re.split("[-_]", code.lower())
    meant = _MEANT.get(language, language)
    return "-".join((meant, *map(_part, rest)))


def _part(part: str) -> str:
    if len(part) == _SCRIPT_CHARS and part.isalpha():
        return part.capitalize()
    return part.upper() if len(part) == _REGION_CHARS else part


def completed(declared: dict[str, str], hinted: Mapping[str, str], own: str) -> dict[str, str]:
    """Return the declared editions and those that only the sitemap knows."""
    known = set(declared.values())
    others = {
        code: url
        for code, url in hinted.items()
        if url not in known and absolute(url, own) and not is_same(url, own)
    }
    return {**others, **declared}
