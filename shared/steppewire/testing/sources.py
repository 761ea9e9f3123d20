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
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from importlib import import_module
from itertools import zip_longest
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from steppewire.engines import inherited
from steppewire.errors import SettingError
from steppewire.events import ArticleFetched, Fetch
from steppewire.plugins import Discovery, Listing, Source
from steppewire.rules import SELECTORS

Json = dict[str, Any]

KINDS = ("page", "feed", "sitemap", "listing", "api", "telegram")
EXPECTED = ".expected.json"
NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
"""When the frozen documents were asked for, unless one says otherwise in `fetched_at`."""
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


@dataclass(frozen=True)
class Frozen:
    """One frozen document of a source, with what is given about it."""

    source: Source
    path: Path

    @property
    def kind(self) -> str:
        """What it is, by its name: `page-2021.html` is a page."""
        return re.split(r"[-.]", self.path.name, maxsplit=1)[0]

    @property
    def expectation(self) -> Path:
        """The file that says what must be read out of it."""
        return self.path.with_name(self.path.name.partition(".")[0] + EXPECTED)

    @cached_property
    def expected(self) -> Json:
        """What must be read; empty when nobody has written it yet."""
        if not self.expectation.is_file():
            return {}
        said: Json = json.loads(self.expectation.read_text("utf-8"))
        return said

    def read(self) -> Json:
        """Read the document as the newswire would."""
        return _page(self) if self.kind == "page" else _listed(self)


def frozen(source: Source, folder: Path) -> list[Frozen]:
    """Return the frozen documents of a source, in the folder of its golden documents."""
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return [Frozen(source, path) for path in files if not path.name.endswith(EXPECTED)]


def sources_of(pack: str) -> list[Source]:
    """Return the sources of a pack, given by its module's name. Raises what is wrong with one."""
    catalogue = _service("fetcher.catalogue")
    found = [one for _, one in catalogue.members(import_module(pack), pack)]
    for one in found:
        if isinstance(one, Exception):
            raise one
    return found


# The promises. Each returns what is wrong, in words.


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
    document = _document(page.path)
    if field in SELECTORS:
        selections = _service("parser.selectors")
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


# Reading, by the services themselves


def _page(one: Frozen) -> Json:
    given = one.expected
    url = given.get("url") or _canonical(one.path)
    at = datetime.fromisoformat(given["fetched_at"]) if "fetched_at" in given else NOW
    hint = given.get("published_hint")
    read = read_page(one.source, one.path.read_bytes(), url, at=at, published_hint=hint)
    kept: Json = {name: given[name] for name in ("fetched_at", "published_hint") if name in given}
    return {"url": url, **kept, **read}


def read_page(
    source: Source,
    body: bytes,
    url: str,
    *,
    at: datetime,
    published_hint: Any = None,
    content_type: str = "text/html",
) -> Json:
    """Read a page as the newswire would that has fetched it from `url`; nothing empty is told.

    Raises the parser's verdict (Skip, Reject) when it is no article.
    """
    event = ArticleFetched(
        fetch=Fetch(
            link_id="0" * 32, url=url, final_url=url, source=source.name, fetched_at=at,
            status=200, content_type=content_type, blob="sha256:" + "0" * 64, size=len(body),
        ),
        rules=source.rules,
        published_hint=published_hint,
        language_hint=source.language_of(url),
    )  # fmt: skip
    parsed = _service("parser.recipe").parse_page(body, event)
    read: Json = {
        "language": parsed.language_hint,
        "method": parsed.extraction.method,
        "article": _article(parsed.article.model_dump(mode="json")),
        "facts": list(parsed.extraction.facts),
    }
    return {name: value for name, value in read.items() if value not in (None, [])}


def _article(article: Mapping[str, Any]) -> Json:
    """Return what a human should judge: no identities, nothing empty, text before all."""
    left_out = ("article_id", "version_id", "source")
    fields = {k: v for k, v in article.items() if v and k not in left_out}
    shown = [p["text"] if p["kind"] == "text" else {p["kind"]: p["text"]}
             for p in article["paragraphs"]]  # fmt: skip
    images = [{k: v for k, v in image.items() if v} for image in article["images"]]
    embeds = [{k: v for k, v in embed.items() if v} for embed in article["embeds"]]
    pictures: Json = {"images": images} if images else {}
    pictures |= {"embeds": embeds} if embeds else {}
    return {**fields, "paragraphs": shown, **pictures}


def _listed(one: Frozen) -> Json:
    point = _point(one)
    url = one.expected.get("url", point.url)
    zone = ZoneInfo(one.source.rules.timezone)
    reading = _service("fetcher.reading").read_document(point, one.path.read_bytes(), url, zone)
    links = _service("fetcher.discover").chosen(one.source, point, reading.links, 500)
    read: Json = {
        "point": point.url,
        **({"url": url} if url != point.url else {}),
        "children": [child.url for child in _opened(reading.children, point)],
        "links": [_link(link) for link in links],
        "warnings": list(reading.warnings),
    }
    return {name: value for name, value in read.items() if value != []}


def _opened(children: Sequence[Any], point: Discovery) -> list[Any]:
    """The sitemaps of an index that are looked into, in that order."""
    opened: list[Any] = _service("fetcher.sitemaps").pick(children, point) if children else []
    return opened


def _point(one: Frozen) -> Discovery:
    """The discovery point that a document answers: the one it names, else the first of its kind."""
    points = [point for point in one.source.discover if point.kind == one.kind]
    named = [point for point in points if point.url == one.expected.get("point")]
    if not points:
        raise ValueError(f"{one.path}: {one.source.name} declares no {one.kind}")
    return (named or points)[0]


def _link(link: Any) -> Json:
    fields = ("url", "title", "published", "modified", "language", "alternates")
    said = {name: getattr(link, name) for name in fields}
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in said.items() if v}


def _canonical(path: Path) -> str:
    found = _document(path).select("link[rel=canonical][href]")
    if not found:
        raise ValueError(f"{path}: give its address, with --url or as link rel=canonical")
    return str(found[0].attributes["href"])


def _around(path: Path, text: str) -> int:
    """Letters of the page that are not the article's."""
    return max(0, sum(map(str.isalpha, _visible(path))) - sum(map(str.isalpha, text)))


@cache
def _visible(path: Path) -> str:
    return " ".join(_document(path).strings())


@cache
def _document(path: Path) -> Any:
    data = path.read_bytes()
    return _service("parser.document").read(_service("parser.charset").decode(data).text)


def _in_script(text: str, tag: str) -> bool:
    letters = [sign for sign in text if sign.isalpha()]
    script = next((part for part in tag.split("-") if part in _SCRIPTS), None)
    if script is None or not letters:
        return True
    pattern = re.compile(f"[{_SCRIPTS[script]}]")
    return sum(bool(pattern.match(sign)) for sign in letters) >= _SAME_SCRIPT * len(letters)


def _text_of(paragraph: str | Mapping[str, str]) -> str:
    return paragraph if isinstance(paragraph, str) else next(iter(paragraph.values()))


def _service(module: str) -> Any:
    """Return a module of a service, which a pack's tests have installed beside this kit.

    By name, because imports point down: only these tests need both services at once.
    """
    name = module.partition(".")[0]
    try:
        return import_module(f"steppewire_{module}")
    except ModuleNotFoundError as error:
        raise SettingError(
            f"reading pages needs steppewire-{name} beside this command: pip install "
            f"steppewire-{name}, or `make setup` ({error})"
        ) from None
