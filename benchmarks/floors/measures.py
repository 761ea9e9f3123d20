"""Who measures what a floor names: figures by name, from data or from our own fixtures.

A kind of floor needs one function here: it takes the floor, and the folder of the development data
if there is one, and returns figures. `NEEDS_DATA` names the kinds that nobody can measure without.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from floors.ledger import Floor
from quality_pages.scores import Total, judge
from quality_pages.sets import Page, Truth, chosen, load, spread, unpacked
from quality_pages.tools import OURS_ALONE, ROOT, TELLS, run

Figures = Mapping[str, float]
DATA = "STEPPEWIRE_QUALITY_DATA"
"""Names the folder of the development data: `pages/`, `langid/`, … as its README describes."""
GOLDEN = ROOT / "tests" / "contract" / "sources" / "golden"


class NoData(Exception):
    """The data that a floor needs is not here."""


def data() -> Path | None:
    """Return the folder of the development data. Raises NotADirectoryError for a wrong one."""
    told = os.environ.get(DATA)
    if not told:
        return None
    if not Path(told).is_dir():
        raise NotADirectoryError(f"{DATA}={told!r} is no folder; unset it, or give the data's")
    return Path(told)


def pages(floor: Floor) -> Figures:
    """Read pages of a set that is not ours: those of its dev hosts."""
    folder = data()
    if folder is None:
        raise NoData(f"{floor} is not measured: set {DATA} to the folder with the development data")
    with tempfile.TemporaryDirectory() as scratch:
        read = load(_set(folder / "pages", floor.name, Path(scratch)))
        return scored(chosen(read, part="dev", limit=floor.sample))


def _set(folder: Path, name: str, scratch: Path) -> Path:
    if (folder / name / "truth.json").is_file():
        return folder / name
    return unpacked(folder / f"{name}.tar.xz", scratch)


def fixtures(floor: Floor) -> Figures:
    """Read pages that we wrote, without the rules of their sites."""
    with tempfile.TemporaryDirectory() as scratch:
        made = {"golden": golden, "newsroom": newsroom}[floor.name](Path(scratch))
        return scored(list(spread(made, floor.sample or len(made))), "--no-rules")


def scored(pages: list[Page], *options: str) -> Figures:
    """Return how well `steppewire parse` reads pages, and what memory that takes; no languages."""
    ran = run(OURS_ALONE, pages, lambda: None, *options)
    judged = [
        judge(record, page.truth, TELLS[OURS_ALONE], page.is_article)
        for record, page in zip(ran.records, pages, strict=True)
    ]
    return {**Total(judged).figures(), "peak_mb": ran.cost.peak / 1e6}


def golden(scratch: Path) -> list[Page]:
    """Return the golden pages of all registered sources, with what their rules read out of them."""
    return [
        Page("golden", f"{path.parent.name}/{path.name}", path.with_suffix("").with_suffix(".html"),
             _expected(json.loads(path.read_text("utf-8"))))
        for path in sorted(GOLDEN.glob("*/page*.expected.json"))
    ]  # fmt: skip


def _expected(read: dict[str, Truth]) -> Truth:
    article = read["article"]
    texts = [p if isinstance(p, str) else next(iter(p.values())) for p in article["paragraphs"]]
    return {
        "url": read["url"],
        "title": article["title"],
        "body": "\n\n".join(filter(None, (article.get("lead"), *texts))),
        # what is told relative to a moment of fetching depends on when this is measured
        "date": None if "fetched_at" in read else article.get("published_at"),
        "authors": article.get("authors"),
    }


def newsroom(scratch: Path) -> list[Page]:
    """Return the pages of our newsroom, each in its last version, with what it published."""
    from steppewire_newsroom import Desk, truth

    desk = Desk(edited=True)
    latest = {one.url: one for one in truth(edited=True)}
    made = []
    for number, (url, one) in enumerate(latest.items()):
        parts = urlsplit(url)
        site = desk.site(parts.hostname or "")
        page = desk.page(site, parts.path, parts.query) if site else None
        if page is None or page.location is not None:
            continue
        path = scratch / f"{number}.html"
        path.write_bytes(page.body)
        said = {
            "url": url, "title": one.title, "authors": list(one.authors),
            "body": "\n\n".join(filter(None, (one.lead, *one.paragraphs))),
            "date": one.published_at.isoformat() if one.published_at else None,
        }  # fmt: skip
        made.append(Page("newsroom", url, path, said))
    return made


def langid(floor: Floor) -> Figures:
    """Tell the languages of development texts; the unit is the floor's name."""
    from quality_langid.__main__ import by_unit, mixing, open_set, ours
    from quality_langid.sets import load

    folder = needed(floor)
    if floor.name == "mixing":
        return mixing(folder)["0.45"]
    items = load(folder, "settings")
    answers = ours(items)
    if floor.name == "open":
        return {k: v for k, v in open_set(items, answers).items() if isinstance(v, float)}
    return by_unit(items, answers)[floor.name.replace("_", " ")]


def names(floor: Floor) -> Figures:
    """Find the people, bodies and places (Kazakh: all types) of a corpus, or of a sample of it."""
    from quality_ner.__main__ import measured
    from quality_ner.sets import SETS

    folder = needed(floor)
    some = next(one for one in SETS if _slug(one.name) == floor.name)
    texts = list(some.read(folder / "ner"))
    step = max(1, len(texts) // floor.sample) if floor.sample else 1
    return measured(some, texts[::step])["all"]


def needed(floor: Floor) -> Path:
    """Return the folder with the development data. Raises NoData where there is none."""
    folder = data()
    if folder is None:
        raise NoData(f"{floor} is not measured: set {DATA} to the folder with the development data")
    return folder


def _slug(name: str) -> str:
    return name.replace(" ", "-")


def values(floor: Floor) -> Figures:
    """Find the sums, dates and numbers of our own sentences: the development half."""
    from quality_ner.__main__ import valued
    from quality_ner.sets import values as sentences

    scores = valued(list(sentences(floor.name)))
    return {**scores["all"], "worth": scores["worth"]["recall"]}


def events(floor: Floor) -> Figures:
    """Compare the ids of our articles about the same events in several languages."""
    from quality_names.events import measured, read

    part, _, how = floor.name.partition("-")
    tellings = [telling for telling in read() if telling.part == part]
    figures, _ = measured(tellings, alone=how == "told")
    return {"precision": figures.precision, "recall": figures.recall, "f1": figures.f1}


def spellings(floor: Floor) -> Figures:
    """Find the names of one language among those of another, on names that none learned from."""
    from quality_names.pairs import matches, ours, picked
    from steppewire_enricher.identity.same import BEST
    from steppewire_enricher.train.pairs import half, read_pairs

    folder = needed(floor)
    first, _, second = floor.name.partition("-")
    lists = read_pairs(folder / "names")[first, second]
    pairs = [pair for pair in lists if not half(pair.pivot)]
    return picked(pairs, matches(pairs, ours), BEST).told()


def copies(floor: Floor) -> Figures:
    """Tell near copies among articles of our newsroom, or of half of the development data."""
    from quality_copies import article_set, grouped, of_folder, ours, scored
    from steppewire.copies import Copies

    texts = ours() if floor.name == "newsroom" else of_folder(needed(floor), part=0)
    made = article_set(list(texts), seed=1)
    return scored(made, grouped(made, Copies(1 << 13))).told_as()


def search(floor: Floor) -> Figures:
    """Ask one half of the queries of our own test set."""
    from quality_search.__main__ import figures

    return figures(floor.name)


MEASURES: dict[str, Callable[[Floor], Figures]] = {
    "pages": pages,
    "fixtures": fixtures,
    "copies": copies,
    "syndicated": copies,
    "search": search,
    "langid": langid,
    "names": names,
    "values": values,
    "events": events,
    "spellings": spellings,
}
NEEDS_DATA = {"pages", "langid", "names", "spellings", "syndicated"}


@cache
def _measured(kind: str, name: str, sample: int) -> Figures:
    return MEASURES[kind](Floor(kind, name, sample))


def measure(floor: Floor) -> Figures:
    """Return the figures of a floor. Raises NoData where it cannot be measured here."""
    return _measured(floor.kind, floor.name, floor.sample)
