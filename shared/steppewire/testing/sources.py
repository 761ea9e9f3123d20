"""What every registered source must show: frozen pages and lists, and what is read out of them.

One folder a source, in a folder of golden documents, ours or a stranger's:

    golden/ulus.kz/page.html              an article, written by us in that site's markup
    golden/ulus.kz/page.expected.json     what must be read out of it
    golden/ulus.kz/page-2021.html         an older layout
    golden/ulus.kz/feed.xml               what lists articles: feed, sitemap, listing, api, telegram
    golden/ulus.kz/feed.expected.json

`python -m steppewire.testing.golden ulus.kz` writes the expected files for a human to judge.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from steppewire.engines import inherited
from steppewire.plugins import Discovery, Listing, Source
from steppewire.rules import SELECTORS
from steppewire.testing.frozen import EXPECTED, KINDS, Frozen, frozen, of_service, tree_of
from steppewire.testing.frozen import sources_of as sources_of  # packs take it from here

_LONG = 300
"""Letters of a value that are shown."""
NOISE = 300
"""Letters that a page must have around its article: menu, related stories, footer."""
FEW_LETTERS = 200
FEW_PARAGRAPHS = 2
_SCRIPTS = {"Cyrl": "Ѐ-ӿ", "Latn": "A-Za-zÀ-ɏ", "Arab": "؀-ۿ"}
_SAME_SCRIPT = 0.75
_BAD_FACTS = {
    "layout-changed": "the body selectors find too little",
    "rules-empty": "the body selectors find nothing",
    "rule-invalid": "a selector cannot be understood",
    "zone-unknown": "the time zone is unknown",
    "hook-missing": "the hook is not installed",
    "hook-failed": "the hook raises",
}
_HEAVY = {"httpx", "lxml", "bs4", "selectolax", "feedparser", "faststream", "redis", "numpy"}


def documents_are_known(source: Source, folder: Path) -> Iterator[str]:
    """Every file is of a known kind and has its expectation; every expectation has its file."""
    documents = frozen(source, folder)
    if not any(one.kind == "page" for one in documents):
        yield f"{source.name} has no golden page: write {folder.name}/page.html"
    for one in documents:
        if one.kind not in KINDS:
            yield f"{one.path.name}: begin its name with one of {', '.join(KINDS)}"
        if not one.expected:
            yield f"{one.path.name} has no expectation: python -m steppewire.testing.golden"
    known = {one.expectation for one in documents}
    lonely = sorted(set(folder.glob(f"*{EXPECTED}")) - known) if folder.is_dir() else []
    yield from (f"{path.name}: the document it speaks of is gone" for path in lonely)


def documents_read_as_expected(source: Source, folder: Path) -> Iterator[str]:
    """What is read is what somebody has judged to be right."""
    for one in frozen(source, folder):
        actual = one.read()
        for field in sorted({*one.expected, *actual}):
            if one.expected.get(field) != actual.get(field):
                yield from _told(one, field, one.expected.get(field), actual.get(field))


def _told(one: Frozen, field: str, wanted: Any, actual: Any) -> Iterator[str]:
    if isinstance(wanted, dict) and isinstance(actual, dict):
        for name in sorted({*wanted, *actual}):
            if wanted.get(name) != actual.get(name):
                yield from _told(one, f"{field}.{name}", wanted.get(name), actual.get(name))
    elif isinstance(wanted, list) and isinstance(actual, list):
        yield f"{one.path.name}: {field} {_difference(wanted, actual)}"
    else:
        yield f"{one.path.name}: {field} should be {_brief(wanted)}, and is {_brief(actual)}"


def _difference(wanted: Sequence[Any], actual: Sequence[Any]) -> str:
    """Say how many members of a list differ, and show the first: a list may be hundreds long."""
    pairs = list(zip_longest(wanted, actual))
    at = next(at for at, (one, other) in enumerate(pairs) if one != other)
    many = sum(one != other for one, other in pairs)
    first = f"the first is number {at + 1}: " if len(pairs) > 1 else ""
    should, found = pairs[at]
    counted = f"should have {len(wanted)} members, and has {len(actual)}; " * (
        len(wanted) != len(actual)
    )
    return f"{counted}{many} differ, {first}should be {_brief(should)}, and is {_brief(found)}"


def _brief(value: Any) -> str:
    said = repr(value)
    return said if len(said) <= _LONG else f"{said[:_LONG]}…"


def articles_are_sane(source: Source, folder: Path) -> Iterator[str]:
    """A golden page gives a whole article: title, text, day, language, by the source's rules."""
    for one in frozen(source, folder):
        if one.kind == "page":
            yield from (f"{one.path.name}: {wrong}" for wrong in _insane(one))


def _insane(one: Frozen) -> Iterator[str]:
    source, read = one.source, one.read()
    article, tag = read["article"], read.get("language")
    text = "\n".join(_text_of(paragraph) for paragraph in article["paragraphs"])
    letters = sum(map(str.isalpha, text))
    checks = {
        f"{read['url']} is no article by the source's patterns": not source.owns(read["url"]),
        "the title is missing or too short": len(article.get("title", "")) < 10,
        f"only {letters} letters of text": letters < FEW_LETTERS,
        "fewer than two paragraphs": len(article["paragraphs"]) < FEW_PARAGRAPHS,
        "no time of publication": "published_at" not in article,
        "the address does not tell the language: add editions": tag is None,
        f"{tag} is none of the source's languages": tag and tag not in source.languages,
        f"the text is not written in the script of {tag}": tag and not _in_script(text, tag),
        "the body was not read by the source's rules": (
            source.rules.body and read["method"] != "rules"
        ),
    }
    yield from (told for told, wrong in checks.items() if wrong)
    yield from (_BAD_FACTS[fact] for fact in read.get("facts", ()) if fact in _BAD_FACTS)


def pages_are_dressed(source: Source, folder: Path) -> Iterator[str]:
    """A golden page has around its article what that site has, so that a wrong selector shows."""
    for one in frozen(source, folder):
        if one.kind != "page":
            continue
        text = "\n".join(map(_text_of, one.read()["article"]["paragraphs"]))
        if _around(one.path, text) < NOISE:
            yield (
                f"{one.path.name}: the page is bare: write menu, related stories and footer as "
                "that site has them"
            )


def dates_have_their_offset(source: Source, folder: Path) -> Iterator[str]:
    """Times carry the offset that the site's zone had on that day, or the one that is written."""
    zone = ZoneInfo(source.rules.timezone)
    for one in frozen(source, folder):
        article = one.expected.get("article", {})
        for field in ("published_at", "modified_at"):
            if field in article and not _right_offset(article[field], zone, one.path):
                yield (
                    f"{one.path.name}: {field} {article[field]} is not in {source.rules.timezone}: "
                    "say `country`, or `timezone` among the rules, if that is another"
                )


def _right_offset(said: str, zone: ZoneInfo, path: Path) -> bool:
    moment = datetime.fromisoformat(said)
    if moment.utcoffset() == moment.astimezone(zone).utcoffset():
        return True
    page = path.read_bytes()  # whatever it is encoded in, times are ASCII
    written = said.removesuffix("Z")  # WordPress and nur.kz write UTC
    forms = (said, *(f"{written}{utc}" for utc in ("Z", ".000Z", "+00:00", "+0000")))
    return any(form.encode() in page for form in forms)


def declared_fields_are_shown(source: Source, folder: Path) -> Iterator[str]:
    """Whatever field the rules speak of, some golden page has it."""
    shown = {
        field
        for one in frozen(source, folder)
        for field, value in one.expected.get("article", {}).items()
        if value
    }
    names = {"author": "authors", "published": "published_at", "modified": "modified_at"}
    for field in SELECTORS:
        name = names.get(field, field)
        if field not in ("body", "drop") and getattr(source.rules, field) and name not in shown:
            yield f"rules.{field}: no golden page gives {name}"


def own_words_are_shown(source: Source, folder: Path) -> Iterator[str]:
    """Every selector and line that the source itself adds is met by some golden page."""
    common = inherited(source.engine, source.country, source.languages)
    pages = [one for one in frozen(source, folder) if one.kind == "page"]
    for field in (*SELECTORS, "cut", "stop"):
        for own in getattr(source.rules, field):
            if own not in common.get(field, ()) and not any(meets(p, field, own) for p in pages):
                yield f"rules.{field}: no golden page has {own!r}"


def meets(page: Frozen, field: str, said: str) -> bool:
    """Tell whether a page has what a selector or a line speaks of."""
    document = tree_of(page.path)
    if field in SELECTORS:
        selections = of_service("parser.selectors")
        selector, _ = selections.split(said)
        return bool(selections.Selection(document.root).tags((selector,)))
    words = " ".join(said.split()).casefold()
    return any(words in " ".join(text.split()).casefold() for text in document.strings())


def lists_lead_to_articles(source: Source, folder: Path) -> Iterator[str]:
    """A frozen feed, sitemap, listing or answer leads to articles; each way of listing is shown."""
    lists = [one for one in frozen(source, folder) if one.kind != "page"]
    found = [link for one in lists for link in one.expected.get("links", ())]
    if not any(source.owns(link["url"]) for link in found):
        yield f"no frozen list leads to an article: write {folder.name}/feed.xml, or what it has"
    asked = {one.expected.get("point") for one in lists}
    shown = {_way(point) for point in source.discover if point.url in asked}
    for point in source.discover:
        if (way := _way(point)) and way not in shown:
            shown.add(way)
            yield f"no frozen document shows how {point.url} is read"


def _way(point: Discovery) -> str:
    """What is special about reading a point; feeds and sitemaps are alike everywhere."""
    if isinstance(point, Listing):
        return point.links
    fields = point.model_dump(include={"items", "link", "title", "published", "modified"})
    return json.dumps(fields) if fields else ""


Promise = Callable[[Source, Path], Iterator[str]]
OF_REAL_PAGES: tuple[Promise, ...] = (
    documents_are_known,
    documents_read_as_expected,
    articles_are_sane,
    dates_have_their_offset,
    own_words_are_shown,
    lists_lead_to_articles,
)
"""What is asked where the frozen pages are the site's own: it is not for us to dress them."""
PROMISES: tuple[Promise, ...] = (*OF_REAL_PAGES, pages_are_dressed, declared_fields_are_shown)


def problems(source: Source, folder: Path, promises: Sequence[Promise] = PROMISES) -> list[str]:
    """Return all that is wrong with a source; `folder` holds its golden documents."""
    return [wrong for promise in promises for wrong in promise(source, folder)]


def noises(pack: str) -> list[str]:
    """Return what a pack does while it is imported, in a process of its own: nothing, it should."""
    done = subprocess.run(  # noqa: S603 (our own interpreter, our own code)
        [sys.executable, "-c", _LISTENER, pack], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return [f"import of {pack} fails: {done.stderr.strip().splitlines()[-1]}"]
    heard, modules = json.loads(done.stdout)
    heavy = sorted(_HEAVY & set(modules))
    return [*heard, *(f"imports {name}, which is slow to load" for name in heavy)]


_LISTENER = """
import importlib, json, sys
heard = []
loud = ("socket.", "subprocess.", "os.system", "os.exec", "urllib.", "shutil.")
sys.addaudithook(lambda event, args: event.startswith(loud) and heard.append(event))
importlib.import_module(sys.argv[1])
print(json.dumps([heard, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def _around(path: Path, text: str) -> int:
    """Letters of the page that are not the article's."""
    return max(0, sum(map(str.isalpha, _visible(path))) - sum(map(str.isalpha, text)))


@cache
def _visible(path: Path) -> str:
    return " ".join(tree_of(path).strings())


def _in_script(text: str, tag: str) -> bool:
    letters = [sign for sign in text if sign.isalpha()]
    script = next((part for part in tag.split("-") if part in _SCRIPTS), None)
    if script is None or not letters:
        return True
    pattern = re.compile(f"[{_SCRIPTS[script]}]")
    return sum(bool(pattern.match(sign)) for sign in letters) >= _SAME_SCRIPT * len(letters)


def _text_of(paragraph: str | Mapping[str, str]) -> str:
    return paragraph if isinstance(paragraph, str) else next(iter(paragraph.values()))
