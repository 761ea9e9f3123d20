"""How well bylines are found on pages, measured without any truth but what the pages declare.

    make quality-bylines DATA=folder-of-sets [ARGS="--part held-out"]

Where the structure of a page (JSON-LD, meta tags, microdata) names people with whole names, and
readers see all of these names, the page is read as if its structure named nobody. What is found
then is compared with what it declares: precision, recall and F1 of names. So pages without known
authors can be measured, too, and the search on the page is judged where it was not developed.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from quality_pages.scores import f1_of, words
from quality_pages.sets import PARTS, Page, chosen, folders, load
from steppewire.errors import Reject
from steppewire_parser import document
from steppewire_parser.authors import Publisher, choose_authors
from steppewire_parser.charset import decode
from steppewire_parser.headlines import site_of
from steppewire_parser.structured import read_structured
from steppewire_parser.text import squash
from steppewire_parser.titles import choose_title

Names = frozenset[str]


def main() -> None:
    """Print one row for each set."""
    parser = argparse.ArgumentParser(description="how well bylines are found on pages")
    parser.add_argument("data", type=Path, help="folder with the page sets")
    parser.add_argument("--part", choices=PARTS, default="dev")
    options = parser.parse_args()
    rows: dict[str, list[tuple[Names, Names]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as scratch:
        for folder in folders(options.data, Path(scratch)):
            for page in chosen(load(folder), part=options.part):
                if (read := bylines(page)) is not None:
                    rows[folder.name].append(read)
                    rows["together"].append(read)
    print(f"{'set':22} {'pages':>5} {'precision':>9} {'recall':>6} {'F1':>5} {'none':>5}")
    for name, pairs in sorted(rows.items(), key=lambda row: row[0] == "together"):
        print(row(name, pairs))


def row(name: str, pairs: list[tuple[Names, Names]]) -> str:
    """Sum up one set."""
    shared = sum(len(found & told) for found, told in pairs)
    precision = shared / max(1, sum(len(found) for found, _ in pairs))
    recall = shared / max(1, sum(len(told) for _, told in pairs))
    none = sum(not found for found, _ in pairs)
    f1 = f1_of(precision, recall)
    return f"{name:22} {len(pairs):5} {precision:9.3f} {recall:6.3f} {f1:5.3f} {none:5}"


def bylines(page: Page) -> tuple[Names, Names] | None:
    """Return whom the page shows and whom it declares; None where that cannot be compared."""
    try:
        tree = document.read(decode(page.path.read_bytes(), "").text)
    except Reject:
        return None
    said = read_structured(tree, page.url or "")
    host = urlsplit(page.url or next(iter(said.urls), "")).hostname or ""
    site = site_of(host, said.publishers)
    publisher = Publisher(site, frozenset(map(squash, said.organisations)))
    people = [signature for signature in said.signatures if not signature.is_organisation]
    told = choose_authors((), people, document.read("<p></p>"), publisher)
    seen = " ".join(words(" ".join(tree.strings())))
    names = frozenset(said_as(told))
    if not names or not all(" " in name and f" {name} " in f" {seen} " for name in names):
        return None
    title = choose_title((), said.headlines, tree, site, host)
    return frozenset(said_as(choose_authors((), (), tree, publisher, title))), names


def said_as(names: tuple[str, ...]) -> Iterator[str]:
    """Yield names as they are compared."""
    return (" ".join(words(name)) for name in names)


if __name__ == "__main__":
    main()
