"""What a site's source would say: decided from what it showed, as functions of values."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup

from steppewire import engines
from steppewire.errors import NotFound
from steppewire.plugins import Source
from steppewire_fetcher.answers import Answer
from steppewire_fetcher.drafting.markup import COVERS, container, noise, page_of, selectors, squash
from steppewire_fetcher.drafting.scout import Findings, Listed
from steppewire_fetcher.drafting.shapes import edition_of, patterns
from steppewire_fetcher.drafting.tongues import language_of

Json = dict[str, Any]
Data = dict[str, Any]
Read = Callable[[Source, Answer], "Json | None"]
"""Reads a page by a source's rules; None when it is no article."""

ENOUGH = 2
"""Articles that a news site must show."""
LETTERS = 200
HALF = 0.5
_COUNTRIES = {"kk": "KZ", "uz": "UZ", "ky": "KG", "tg": "TJ", "tk": "TM"}
_DATED = re.compile(r"date|time|publi|stat|meta|info|kun|күн|дата", re.IGNORECASE)
_TITLED = re.compile(r"title|head", re.IGNORECASE)
_SIGNED = re.compile(r"author|byline|avtor|muallif|redaktor|writer", re.IGNORECASE)
_MAX_TRIED = 8
_NAME = 40


@dataclass(frozen=True)
class Seen:
    """One article page: as answered, as a tree, and as read without rules."""

    answer: Answer
    soup: BeautifulSoup
    read: Json

    @property
    def paragraphs(self) -> list[str]:
        """The text as the generic reading has it."""
        return texts(self.read)


@dataclass(frozen=True)
class Draft:
    """A proposed source, with the articles that it was made from."""

    data: Data
    source: Source
    pages: tuple[Answer, ...]
    listed: tuple[Listed, ...]
    doubts: tuple[str, ...]
    """What a human should look at first."""


def texts(read: Json) -> list[str]:
    """Return the paragraphs of what was read, whatever their kind."""
    said = read["article"]["paragraphs"]
    return [one if isinstance(one, str) else next(iter(one.values())) for one in said]


def propose(found: Findings, read: Read, *, country: str | None, now: datetime) -> Draft:
    """Return a source for what a site showed. Raises NotFound when it shows no articles.

    1. the articles among the pages 2. addresses, languages, lists 3. the engine, if it runs on one
    that we know 4. the text's container 5. fields that the pages do not tell machines 6. noise
    """
    seen = articles(found, read, _bare(found.home.url))
    data = _facts(found, seen, country, now)
    data = _engine(data, seen, read)
    if "engine" not in data:
        data = _body(data, seen, read)
    for field in ("title", "published", "author"):
        data = _field(field, data, seen, read, found, now)
    data = _quiet(data, seen, read)
    data = _undated(data, seen, read)
    source = Source.model_validate(data)
    doubts = tuple(_doubts(source, seen, read))
    pages = tuple(one.answer for one in seen)
    return Draft(data, source, pages, found.listed, doubts)


def _bare(home: str) -> Source:
    return Source.model_validate({"title": "?", "home": home})


def articles(found: Findings, read: Read, bare: Source) -> list[Seen]:
    """Return the pages that are articles. Raises NotFound when there are too few."""
    reads = [(page, read(bare, page)) for page in found.pages]
    seen = [
        Seen(page, page_of(page.body, page.content_type), what)
        for page, what in reads
        if what and _is_whole(what)
    ]
    if len(seen) < ENOUGH:
        raise NotFound(
            f"{found.home.url} is no news site, as far as can be told: of {len(found.links)} links "
            f"{len(found.pages)} were read, and {len(seen) or 'none'} "
            f"{'is' if len(seen) < ENOUGH else 'are'} an article; "
            "give the page that lists the news, or a feed"
        )
    return seen


def _is_whole(read: Json) -> bool:
    return sum(map(str.isalpha, "".join(texts(read)))) >= LETTERS


# Facts about the site


def _facts(found: Findings, seen: Sequence[Seen], country: str | None, now: datetime) -> Data:
    home = urljoin(found.home.url, urlsplit(found.home.url).path or "/")
    editions = _editions(seen, home)
    tongue: Data = (
        {"editions": editions}
        if len(set(editions.values())) > 1
        else {"languages": list(dict.fromkeys(editions.values()))}
    )
    proven = [one.answer.url for one in seen]
    fed = [link.url for one in found.listed if one.point.kind == "feed" for link in one.links]
    data: Data = {
        "title": site_title(found.home, [one.soup for one in seen]),
        "home": home,
        **({} if len(editions) > 1 else _hosts(proven, home)),
        **tongue,
        "country": country or _country(home, list(editions.values())),
        "article": list(patterns(fed or proven, proven)),
        "discover": _points(found.listed, home, editions),
        "confidence": "M",
        "checked": f"{now:%Y-%m-%d}",
        "rules": {},
    }
    return {name: value for name, value in data.items() if value is not None}


def _hosts(proven: Sequence[str], home: str) -> Data:
    """Name the hosts where articles live elsewhere than at the home page's own."""
    here = urlsplit(home).hostname or ""
    bare = here.removeprefix("www.")
    others = {urlsplit(url).hostname or "" for url in proven} - {bare, f"www.{bare}"}
    return {"hosts": [bare, f"www.{bare}", *sorted(others)]} if others else {}


def _editions(seen: Sequence[Seen], home: str) -> dict[str, str]:
    """Return where which language is, by the texts themselves: `lang` attributes often lie."""
    votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in seen:
        if tag := language_of(" ".join(one.paragraphs)):
            votes[edition_of(one.answer.url, home)][tag] += 1
    found = {place: votes[place].most_common(1)[0][0] for place in sorted(votes)}
    if any(place[0] != "/" for place in found):  # told by host: the home page's host has its own
        host = urlsplit(home).hostname or ""
        return {host if place == "/" else place: tag for place, tag in found.items()}
    return found


def _country(home: str, tags: Sequence[str]) -> str | None:
    """Return the country that the domain tells, else the languages."""
    domain = (urlsplit(home).hostname or "").rpartition(".")[2].upper()
    if domain in _COUNTRIES.values():
        return domain
    spoken = (tag.partition("-")[0] for tag in tags)
    return next((_COUNTRIES[code] for code in spoken if code in _COUNTRIES), None)


def site_title(home: Answer, pages: Sequence[BeautifulSoup] = ()) -> str:
    """Return what a site calls itself: og:site_name, else the part of its title that names it,
    else what the titles of its articles have in common.
    """
    soup = page_of(home.body, home.content_type)
    named = soup.select_one('meta[property="og:site_name"][content]')
    if named and str(named["content"]).strip():
        return " ".join(str(named["content"]).split())[:_NAME]
    host = (urlsplit(home.url).hostname or "").removeprefix("www.")
    parts = _title_parts(soup)
    label = host.partition(".")[0]
    same = [part for part in parts if label in part.casefold()]
    # a slogan comes first or is long; a name that says nothing is worse than the host's
    short = [part for part in parts[1:] if len(part) <= _NAME]
    return min(same or short[-1:] or _signature(pages) or [host], key=len)


def _title_parts(soup: BeautifulSoup) -> list[str]:
    whole = soup.title.get_text(" ") if soup.title else ""
    return [one.strip() for one in re.split(r"\s[|–—»:-]\s", " ".join(whole.split())) if one]


def _signature(pages: Sequence[BeautifulSoup]) -> list[str]:
    """Return the short part with which the title of every article ends: `… - Дала тынысы`."""
    ends = {parts[-1] if len(parts := _title_parts(page)) > 1 else "" for page in pages}
    return [end for end in ends if end and len(end) <= _NAME] if len(ends) == 1 else []


def _points(listed: Sequence[Listed], home: str, editions: Mapping[str, str]) -> list[str]:
    """Write the points in short form; the same for each edition is said once."""
    said: list[str] = []
    for one in listed:
        place = edition_of(one.point.url, home)
        twins = {url.point.url for url in listed if url.point.kind == one.point.kind}
        point = _relative(one.point.url, home)
        others = [p for p in editions if p.startswith("/") and len(p) > 1]
        if place in others and len(others) == len(editions) > 1:
            wanted = {one.point.url.replace(place, other, 1) for other in others}
            point = point.replace(place, "{edition}", 1) if wanted <= twins else point
        said.append(f"{one.point.kind} {point}")
    return list(dict.fromkeys(said))


def _relative(url: str, home: str) -> str:
    here, there = urlsplit(home), urlsplit(url)
    if (here.scheme, here.netloc) != (there.scheme, there.netloc):
        return url
    return f"{there.path or '/'}{f'?{there.query}' if there.query else ''}"


# Reading


def _reads(data: Data, seen: Sequence[Seen], read: Read) -> list[Json | None]:
    source = Source.model_validate(data)
    return [read(source, one.answer) for one in seen]


def _agrees(one: Seen, other: Json | None) -> bool:
    """Tell whether a reading by rules has the text that the generic reading has."""
    if other is None or other.get("method") != "rules":
        return False
    ruled = squash("".join(texts(other)))
    held = sum(len(squash(text)) for text in one.paragraphs if squash(text) in ruled)
    return held >= COVERS * sum(len(squash(text)) for text in one.paragraphs)


def _all_agree(data: Data, seen: Sequence[Seen], read: Read) -> bool:
    return all(map(_agrees, seen, _reads(data, seen, read)))


def _engine(data: Data, seen: Sequence[Seen], read: Read) -> Data:
    """Add the engine that reads every page, if its own marks are there."""
    for name in engines.names():
        tried = {**data, "engine": name}
        plain = engines.completed({"engine": name})
        if not _marked(name, plain, seen):
            continue
        if all(map(_fits, seen, _reads(tried, seen, read))):
            return {k: v for k, v in tried.items() if k != "article" or not plain.get("article")}
    return data


def _fits(one: Seen, other: Json | None) -> bool:
    """Tell whether an engine's rules read a page; they may know noise better than we do."""
    if (
        other is None
        or other.get("method") != "rules"
        or "layout-changed" in other.get("facts", ())
    ):
        return False
    letters = len(squash("".join(texts(other))))
    return letters >= HALF * len(squash("".join(one.paragraphs)))


def _marked(name: str, engine: Data, seen: Sequence[Seen]) -> bool:
    """Tell whether pages bear an engine's marks: its addresses and selectors, or its name."""
    if name == "wordpress":
        return all(b"/wp-content/" in one.answer.body or b"WordPress" in one.answer.body
                   for one in seen)  # fmt: skip
    addresses = engine.get("article", ())
    if not addresses or not all(_any(addresses, one.answer.url) for one in seen):
        return False
    body = [css for css in engine["rules"].get("body", ()) if re.search(r"[.#\[]", css)]
    return all(any(one.soup.select_one(css) for css in body) for one in seen)


def _any(found: Sequence[str], url: str) -> bool:
    return any(re.search(pattern, url) for pattern in found)


def _body(data: Data, seen: Sequence[Seen], read: Read) -> Data:
    """Add the container of the text, if reading by it gives what the generic reading gives."""
    selector = container([(one.soup, one.paragraphs) for one in seen])
    if selector is None:
        return data
    tried = _with(data, "body", [selector])
    good = _all_agree(tried, seen, read)
    return tried if good else data


def _with(data: Data, field: str, value: list[str]) -> Data:
    return {**data, "rules": {**data["rules"], field: value}}


def _field(
    field: str, data: Data, seen: Sequence[Seen], read: Read, found: Findings, now: datetime
) -> Data:
    """Add a selector where pages do not tell a field, or tell it otherwise than the lists do."""
    accept = {"title": _titles, "published": _dates, "author": _authors}[field]
    titles = {link.url: link.title for link in found.links if link.title}
    named = [titles.get(one.answer.url) for one in seen]

    def judge(reads: Sequence[Json | None]) -> bool:
        return accept(reads, named, now)

    if judge(_reads(data, seen, read)):
        return data
    for selector in list(_candidates(field, seen))[:_MAX_TRIED]:
        tried = _with(data, field, [selector])
        if judge(_reads(tried, seen, read)):
            return tried
    return data


def _titles(reads: Sequence[Json | None], named: Sequence[str | None], now: datetime) -> bool:
    pairs = [(one["article"].get("title", ""), name)
             for one, name in zip(reads, named, strict=True) if one and name]  # fmt: skip
    same = [squash(said).casefold() == squash(name).casefold() for said, name in pairs]
    return len(same) < ENOUGH or sum(same) * 2 >= len(same)


def _dates(reads: Sequence[Json | None], named: Sequence[str | None], now: datetime) -> bool:
    found = [one["article"].get("published_at") if one else None for one in reads]
    moments = [datetime.fromisoformat(text) for text in found if text]
    sane = all(moment < now + timedelta(days=1) and moment.year > 1995 for moment in moments)
    return sane and len(moments) == len(found)


def _authors(reads: Sequence[Json | None], named: Sequence[str | None], now: datetime) -> bool:
    found = [one["article"].get("authors", []) if one else [] for one in reads]
    return any(found) and all(len(name) < 60 and not re.search(r"\d", name)
                              for names in found for name in names)  # fmt: skip


def _candidates(field: str, seen: Sequence[Seen]) -> Iterator[str]:
    """Yield selectors that may show a field, those on all pages first."""
    votes: Counter[str] = Counter()
    for one in seen:
        votes.update(dict.fromkeys(_shown(field, one.soup), 1))
    yield from (selector for selector, times in votes.most_common() if times * 2 >= len(seen))


def _shown(field: str, soup: BeautifulSoup) -> Iterator[str]:
    if field == "title":
        headings = soup.find_all(["h1", "h2", "div", "span"])
        yield from (
            selector
            for tag in headings
            if tag.name == "h1" or _TITLED.search(f"{tag.get('class')} {tag.get('itemprop')}")
            for selector in (*selectors(tag), *(["h1"] if tag.name == "h1" else []))
        )
        return
    if field == "published" and soup.select_one("time[datetime]"):
        yield "time@datetime"
    words = _DATED if field == "published" else _SIGNED
    for tag in soup.find_all(["div", "span", "p", "time", "a", "li", "td", "small"]):
        text = " ".join(tag.get_text(" ").split())
        spoken = f"{tag.get('class')} {tag.get('itemprop')} {tag.get('id')}"
        told = bool(re.search(r"\d", text)) == (field == "published")
        if words.search(spoken) and told and 2 < len(text) < 120:
            yield from selectors(tag)


def _quiet(data: Data, seen: Sequence[Seen], read: Read) -> Data:
    """Add what to drop and to cut inside the container: what repeats, and is not the article."""
    body = (Source.model_validate(data).rules.body or (None,))[0]
    reads = _reads(data, seen, read)
    if body is None or not all(reads):
        return data
    pages = [(one.soup, texts(other), one.paragraphs)
             for one, other in zip(seen, reads, strict=True) if other]  # fmt: skip
    drop, cut = noise(pages, body)
    for field, value in (("drop", drop), ("cut", cut)):
        tried = _with(data, field, value) if value else data
        good = _all_agree(tried, seen, read)  # fmt: skip
        data = tried if good else data
    return data


def _undated(data: Data, seen: Sequence[Seen], read: Read) -> Data:
    """Drop the element in which the container prints its date, where that runs into the text.

    Bitrix writes `<span class="news-date-time">26 ноября 2026, 16:20</span>Text <br /> text`.
    """
    body = (Source.model_validate(data).rules.body or (None,))[0]
    reads = _reads(data, seen, read)
    if body is None or not all(reads):
        return data
    votes: Counter[str] = Counter()
    for one, other in zip(seen, reads, strict=True):
        first = squash(next(iter(texts(other or {"article": {"paragraphs": [""]}})), ""))
        dates = (tag for tag in one.soup.select(f"{body} span, {body} time, {body} small"))
        votes.update(
            {
                selector
                for tag in dates
                if re.search(r"\d", said := squash(tag.get_text())) and 2 < len(said) < _NAME
                if first.startswith(said) and first != said
                for selector in selectors(tag)
            }
        )
    for selector in [found for found, times in votes.items() if times == len(seen)]:
        dropped = [*data["rules"].get("drop", ()), selector]
        tried = _with(data, "drop", dropped)
        after = _reads(tried, seen, read)
        if all(map(_only_shorter, reads, after)):
            return tried
    return data


def _only_shorter(before: Json | None, after: Json | None) -> bool:
    """Tell whether a reading has lost nothing but a beginning of its first paragraph."""
    if before is None or after is None or after.get("method") != before.get("method"):
        return False
    was, now = texts(before), texts(after)
    same = was[1:] == now[1:] and was[:1] != now[:1] and was[0].endswith(now[0])
    dates = before["article"].get("published_at"), after["article"].get("published_at")
    return same and dates[0] == dates[1]


def _doubts(source: Source, seen: Sequence[Seen], read: Read) -> Iterator[str]:
    if source.country is None:
        yield "country: not known; give --country KZ, its time zone counts for dates without one"
    if not source.rules.body:
        yield "rules.body: no one container holds the text of all pages; read in general"
    if not source.languages:
        yield "languages: the letters do not tell; write them down"
    reads = [other["article"] for one in seen if (other := read(source, one.answer))]
    for name in ("published_at", "authors"):
        lacking = sum(not one.get(name) for one in reads)
        if lacking:
            rule = {"published_at": "published", "authors": "author"}[name]
            yield (
                f"{name}: not found on {lacking} of {len(reads)} pages: if they print it, "
                f"write its selector as rules.{rule}"
            )
    strange = [one for one in seen if not source.owns(one.answer.url)]
    if strange:
        yield f"article: {strange[0].answer.url} is not met by the pattern"
