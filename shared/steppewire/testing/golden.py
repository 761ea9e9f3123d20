"""`python -m steppewire.testing.golden SOURCE [FILE…]`: what is read out of frozen documents.

Writes the expected JSON beside each frozen page, feed, sitemap, listing or answer of a source, and
shows what has changed. It is right when a human who has read the page says so.
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path

from steppewire.errors import SteppewireError
from steppewire.plugins import Source
from steppewire.testing.frozen import Frozen, frozen
from steppewire.testing.sources import problems

FOLDER = Path("tests/contract/sources/golden")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write expectations; return 1 when something about the source is still wrong, else 0."""
    asked = _parser().parse_args(arguments)
    try:
        source = find(asked.source)
        folder = asked.folder / source.name
        for one in chosen(source, folder, asked.files):
            write(one, url=asked.url, point=asked.point)
        wrong = problems(source, folder)
    except (SteppewireError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return getattr(error, "exit_code", 64)
    print("\n".join(f"! {one}" for one in wrong) or f"{source.name}: read it with your own eyes")
    return 1 if wrong else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="steppewire.testing.golden", description=__doc__)
    parser.add_argument("source", help="name of a source, or its TOML file")
    parser.add_argument("files", nargs="*", type=Path, help="frozen documents (default: all)")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="of all golden documents")
    parser.add_argument("--url", help="the document's address, where the document does not say it")
    parser.add_argument("--point", help="the discovery point that a list answers")
    return parser


def find(what: str) -> Source:
    """Return the source of a name or TOML file. Raises PluginError or ValueError."""
    catalogue = import_module("steppewire_fetcher.catalogue")
    if what.endswith(".toml"):
        source: Source = catalogue.read_toml(Path(what))
        return source
    sources: dict[str, Source] = catalogue.load_catalogue().sources
    if what not in sources:
        raise ValueError(f"no source is named {what!r}; give its TOML file, or one of: "
                         f"{', '.join(sorted(sources))}")  # fmt: skip
    return sources[what]


def chosen(source: Source, folder: Path, files: Sequence[Path]) -> list[Frozen]:
    """Return the documents to read. Raises ValueError when there is none."""
    documents = frozen(source, folder)
    if files:
        documents = [one for one in documents if one.path.name in {path.name for path in files}]
    if not documents:
        raise ValueError(f"{folder}: no frozen document; write page.html there first")
    return documents


def write(one: Frozen, *, url: str | None = None, point: str | None = None) -> None:
    """Write what is read out of a document, and show how it differs from what was expected."""
    given = {name: value for name, value in (("url", url), ("point", point)) if value}
    before = one.expectation.read_text("utf-8") if one.expectation.is_file() else ""
    one.expected.update(given)
    after = json.dumps(one.read(), ensure_ascii=False, indent=2) + "\n"
    one.expectation.write_text(after, encoding="utf-8", newline="\n")
    one.__dict__.pop("expected", None)
    sys.stdout.writelines(_difference(before, after, one.expectation.name))


def _difference(before: str, after: str, name: str) -> Iterable[str]:
    was, now = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return difflib.unified_diff(was, now, f"{name} before", f"{name} now", n=1)


if __name__ == "__main__":
    sys.exit(main())
