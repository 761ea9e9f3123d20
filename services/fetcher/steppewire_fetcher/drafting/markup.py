"""Where articles lie in a site's pages: the container of the text, and what repeats inside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from bs4 import BeautifulSoup, Tag

from steppewire_fetcher.sniff import decode

COVERS = 0.8
"""Share of an article's letters that its container must hold."""
_LONG = 40
"""Letters of a paragraph that can hardly stand twice on a page."""
_CONTAINERS = ("div", "article", "section", "main", "td")
_NAME = re.compile(r"[A-Za-z_][A-Za-z_-]*(?:\d(?!\d))?[A-Za-z_-]*")
"""Ids and classes with a number in them belong to one article, not to all."""
_FEW = 3


def page_of(body: bytes, content_type: str = "") -> BeautifulSoup:
    """Return a page's tree, as the parser builds it."""
    return BeautifulSoup(decode(body, content_type), "lxml")


def squash(text: str) -> str:
    """Return text without its spaces: what two readings of one text have in common."""
    return "".join(text.split())


def container(pages: Sequence[tuple[BeautifulSoup, Sequence[str]]]) -> str | None:
    """Return the selector of the smallest element that holds the text of every page.

    Each page comes with its paragraphs, as the generic reading has them.
    """
    votes: Counter[str] = Counter()
    scores: dict[str, float] = {}
    for soup, paragraphs in pages:
        for selector, density in _holders(soup, paragraphs).items():
            votes[selector] += 1
            scores[selector] = min(density, scores.get(selector, 1.0))
    everywhere = [selector for selector, seen in votes.items() if seen == len(pages)]
    return max(everywhere, key=lambda one: (round(scores[one], 2), _taste(one)), default=None)


def _taste(selector: str) -> tuple[bool, bool, int]:
    """Prefer what the markup means, then ids, then short names."""
    return "itemprop" in selector, selector.startswith("#"), -len(selector)


def _holders(soup: BeautifulSoup, paragraphs: Sequence[str]) -> dict[str, float]:
    """Return the selectors of elements that hold the paragraphs -> share of their text that is."""
    wanted = [squash(text) for text in paragraphs]
    wanted = [text for text in wanted if len(text) >= _LONG] or wanted
    found: dict[str, float] = {}
    for tag in soup.find_all(_CONTAINERS):
        text = squash(tag.get_text())
        held = sum(len(one) for one in wanted if one in text)
        if held < COVERS * sum(map(len, wanted)):
            continue
        for selector in selectors(tag):
            if len(soup.select(selector, limit=_FEW)) < _FEW:
                found[selector] = max(found.get(selector, 0.0), held / len(text))
    return found


def selectors(tag: Tag) -> Iterator[str]:
    """Yield ways to point at an element that may work on other pages of the site, too."""
    meanings = str(tag.get("itemprop") or "").split()
    for word in filter(_NAME.fullmatch, meanings):
        yield f"[itemprop{'~' * (len(meanings) > 1)}={word}]"
    if _NAME.fullmatch(str(tag.get("id") or "")):
        yield f"#{tag['id']}"
    classes = tag.get("class")
    for name in classes if isinstance(classes, list) else ():
        if _NAME.fullmatch(name):
            yield f"{tag.name}.{name}"
    if tag.name in ("article", "main"):
        yield tag.name


def noise(
    pages: Sequence[tuple[BeautifulSoup, Sequence[str], Sequence[str]]], body: str
) -> tuple[list[str], list[str]]:
    """Return selectors to drop inside the body, and beginnings of lines to cut.

    Each page comes with the paragraphs that the rules give and those that the generic reading
    gives. What only the rules give, or what several articles have in common, is suspected; only
    what is so on several pages is noise.
    """
    seen = Counter(squash(text) for _, ruled, _ in pages for text in {*ruled})
    drop: Counter[str] = Counter()
    lines: list[str] = []
    for soup, ruled, generic in pages:
        kept = {squash(text) for text in generic}
        suspects = [t for t in ruled if squash(t) not in kept or seen[squash(t)] > 1]
        wanted = {squash(text) for text in ruled} - {squash(text) for text in suspects}
        for text in suspects:
            block = _block(soup, body, text, wanted)
            drop.update(set(_named(block, soup, body, wanted)))
            lines += [] if block is not None and list(selectors(block)) else [text]
    repeated = [selector for selector, times in drop.items() if times > 1]
    good = [text for _, ruled, generic in pages for text in ruled
            if squash(text) in {squash(one) for one in generic}]  # fmt: skip
    return repeated[:_FEW], beginnings(lines, good)[:_FEW]


def _block(soup: BeautifulSoup, body: str, text: str, wanted: set[str]) -> Tag | None:
    """Return the largest element inside the body around a suspect that holds nothing wanted."""
    inside = soup.select_one(body)
    for tag in inside.find_all(True) if inside else ():
        if squash(text) in squash(tag.get_text()) and not _holds(tag, wanted):
            return tag
    return None


def _holds(tag: Tag, wanted: set[str]) -> bool:
    text = squash(tag.get_text())
    return any(one in text for one in wanted)


def _named(block: Tag | None, soup: BeautifulSoup, body: str, wanted: set[str]) -> Iterator[str]:
    """Yield a selector that means the block, and on this page nothing of the article."""
    for selector in selectors(block) if block is not None else ():
        found = soup.select(f"{body} {selector}")
        if found and not any(_holds(tag, wanted) for tag in found):
            yield selector
            return


def beginnings(lines: Sequence[str], good: Iterable[str]) -> list[str]:
    """Return the first words that several lines share, and that no good line begins with."""
    texts = [text.casefold() for text in good]
    found: list[str] = []
    for at, one in enumerate(lines):
        for other in lines[at + 1 :]:
            pairs = zip(one.split(), other.split(), strict=False)
            same = " ".join(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
            spoken = same.casefold()
            if (
                sum(map(str.isalpha, same)) > 6
                and not any(text.startswith(spoken) for text in texts)
                and not any(spoken.startswith(known.casefold()) for known in found)
            ):
                found.append(same)
    return found
