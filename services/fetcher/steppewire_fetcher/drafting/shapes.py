"""What the addresses of a site's articles have in common, as regular expressions."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl, urlsplit

MAX_PATTERNS = 3
FEW = 0.1
"""A shape that fewer addresses have (share) is an accident."""
SLUG = "[^/?#]+"
_END = r"/?(?:[?#]|$)"
_CODE = re.compile(r"[a-z]{2}|kaz|rus|eng|uzb|uzl|qaz|lat|cyr|ozb")
"""What sites call their editions; `/uz/`, `/rus/`."""

Shape = tuple[str, ...]


def edition_of(url: str, home: str) -> str:
    """Return the part of an address that may tell its edition: `/oz/`, another host, or `/`."""
    parts, first = urlsplit(url), urlsplit(url).path.split("/")[1:2]
    if _bare(parts.hostname) != _bare(urlsplit(home).hostname):
        return parts.hostname or "/"
    # the last segment is an article's or a section's, whatever it looks like
    deeper = parts.path.count("/") > 1
    return f"/{first[0]}/" if first and deeper and _CODE.fullmatch(first[0]) else "/"


def same_site(url: str, home: str) -> bool:
    """Tell whether an address is of the site of `home`, its subdomains included."""
    host, ours = _bare(urlsplit(url).hostname), _bare(urlsplit(home).hostname)
    return host == ours or host.endswith(f".{ours}") or ours.endswith(f".{host}")


def _bare(host: str | None) -> str:
    return (host or "").removeprefix("www.")


def patterns(urls: Sequence[str], proven: Iterable[str]) -> tuple[str, ...]:
    """Return regular expressions that most of the addresses, and all proven ones, match.

    The most frequent shape comes first, and another is added for what it does not cover.
    """
    known = set(proven)
    shapes: defaultdict[Shape, list[str]] = defaultdict(list)
    for url in dict.fromkeys([*known, *urls]):
        shapes[shape(url)].append(url)
    wanted = [
        found
        for found in shapes.values()
        if known & set(found) or len(found) >= FEW * sum(map(len, shapes.values()))
    ]
    chosen: list[str] = []
    for found in sorted(wanted, key=len, reverse=True):
        if any(not _covered(url, chosen) for url in found):
            chosen.append(_pattern(found))
    return tuple(chosen[:MAX_PATTERNS])


def _covered(url: str, chosen: Sequence[str]) -> bool:
    return any(re.search(pattern, url) for pattern in chosen)


def shape(url: str) -> Shape:
    """Return the kinds of an address's segments; the code of an edition does not count."""
    parts = urlsplit(url)
    segments = _segments(parts.path)
    if len(segments) > 1 and _CODE.fullmatch(segments[0]):
        segments = segments[1:]
    kinds = [_kind(one, last=at == len(segments) - 1) for at, one in enumerate(segments)]
    if len(kinds) > 1 and any(kind.startswith(r"\d") for kind in kinds[:-1]):
        kinds[-1] = re.sub(r"^.*(?=\\\.)|^[^.]*$", lambda _: SLUG, kinds[-1], count=1)
    keys = [name for name, value in parse_qsl(parts.query) if value.isdigit()]
    spoken = bool(re.search(r"\d|-.*-", parts.path))
    asked = [] if spoken else keys[:1]
    if asked and kinds:  # one script shows all articles: its name is no slug
        kinds[-1] = "word"
    return (*kinds, *(f"?{name}" for name in asked))


def _segments(path: str) -> list[str]:
    return [one for one in path.split("/") if one]


def _kind(segment: str, *, last: bool) -> str:
    stem, dot, ending = segment.rpartition(".")
    if last and dot and ending in ("html", "htm", "php", "aspx"):
        return f"{_kind(stem, last=True)}\\.{ending}"
    if segment.isdigit():
        return r"\d{4}" if re.fullmatch(r"(19|20)\d\d", segment) else (
            r"\d\d?" if len(segment) < 3 else r"\d+"
        )  # fmt: skip
    if re.match(r"\d{3,}[-_]", segment):
        return rf"\d+[-_]{SLUG}"
    if re.search(r"[-_]\d{4,}$", segment) and not re.search(r"[-_](19|20)\d\d$", segment):
        return rf"{SLUG}[-_]\d+"
    if re.search(r"[-_].*[-_]", segment):
        return rf"{SLUG}[-_]{SLUG}"
    return SLUG if last else "word"


def _pattern(urls: Sequence[str]) -> str:
    """Spell out one shape: words that are always the same stay, others become any word."""
    codes: Counter[str] = Counter()
    rows: list[list[str]] = []
    for url in urls:
        segments = _segments(urlsplit(url).path)
        coded = len(segments) > 1 and bool(_CODE.fullmatch(segments[0]))
        codes[segments[0] if coded else ""] += 1
        rows.append(segments[1:] if coded else segments)
    kinds = [kind for kind in shape(urls[0]) if not kind.startswith("?")]
    spelled = [_spelled(kind, {row[at] for row in rows}) for at, kind in enumerate(kinds)]
    keys = [kind[1:] for kind in shape(urls[0]) if kind.startswith("?")]
    query = "".join(rf"/?\?(?:[^#]*&)?{re.escape(name)}=\d+" for name in keys)
    return f"^https?://[^/]+/{_codes(codes)}{'/'.join(spelled)}{query or _END}"


def _spelled(kind: str, seen: set[str]) -> str:
    if kind != "word":
        return kind
    return re.escape(next(iter(seen))).replace(r"\-", "-") if len(seen) == 1 else SLUG


def _codes(codes: Counter[str]) -> str:
    named = sorted(code for code in codes if code)
    if not named:
        return ""
    either = named[0] if len(named) == 1 else f"(?:{'|'.join(named)})"
    return f"(?:{either}/)?" if codes[""] else f"{either}/"
