"""Writing a drafted source: its TOML, a frozen page and list with what is read, its table row."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from steppewire.errors import NotFound, SteppewireError
from steppewire.plugins import Source
from steppewire.testing.frozen import Frozen, frozen
from steppewire_fetcher.answers import Answer
from steppewire_fetcher.drafting.proposal import Draft
from steppewire_fetcher.sniff import kind_of

MAX_LINES = 20
PACK = Path("services/fetcher/steppewire_fetcher/sources")
PACK_GOLDEN = Path("tests/contract/sources/golden")
TABLE = "SOURCES.md"
PACK_TABLE = Path("docs/reference/sources.md")
GENERATOR = PACK_TABLE.with_name("generate.py")
HEAD = ("source", "title", "country", "languages", "engine", "lists", "sure", "checked", "notes")

_ORDER = ("engine", "title", "home", "hosts", "languages", "editions", "country", "article",
          "discover", "confidence", "checked")  # fmt: skip


@dataclass(frozen=True)
class Places:
    """Where a source's files go."""

    sources: Path
    golden: Path
    table: Path
    generator: Path | None = None
    """What writes the table of a checkout; a folder's own table is written by us."""


def in_folder(folder: Path) -> Places:
    """Return the places in a user's own folder of sources."""
    return Places(folder, folder / "golden", folder / TABLE)


def in_pack(root: Path) -> Places:
    """Return the places in a checkout of steppewire. Raises NotFound when it is none."""
    if not (root / PACK).is_dir():
        raise NotFound(
            f"{root.resolve()} is no checkout of steppewire: run --pack at the root of one"
        )
    return Places(root / PACK, root / PACK_GOLDEN, root / PACK_TABLE, root / GENERATOR)


def ready(places: Places) -> None:
    """Make the folder, before a site is asked for anything. Raises NotFound when that fails."""
    try:
        places.sources.mkdir(parents=True, exist_ok=True)
        if not os.access(places.sources, os.W_OK):
            raise PermissionError(errno.EACCES, "not writable")
    except OSError as error:
        raise NotFound(
            f"{places.sources} is no folder to write to ({error.strerror}); give another --folder"
        ) from None


def place_of(name: str, places: Places, *, force: bool = False) -> Path:
    """Return the file of a source. Raises NotFound when it is there already."""
    path = places.sources / f"{name}.toml"
    if path.exists() and not force:
        raise NotFound(f"{path} exists: remove it, or say --force to write it anew")
    return path


def write(draft: Draft, places: Places, now: datetime, *, force: bool = False) -> list[Path]:
    """Write everything; return the files. Raises NotFound when the source is there already."""
    source = draft.source
    path = place_of(source.name, places, force=force)
    path.write_text(toml(draft.data, now), encoding="utf-8")
    folder = places.golden / source.name
    folder.mkdir(parents=True, exist_ok=True)
    written = [path, *_freeze(draft, folder, now)]
    _write_row(places, source)
    return [*written, places.table]


def _write_row(places: Places, source: Source) -> None:
    if places.generator is None:
        places.table.write_text(table(places.table, source), encoding="utf-8")
        return
    command = [sys.executable, str(places.generator), "write"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (ours)
    if done.returncode:
        raise SteppewireError(
            f"the source is written, the table of sources is not: {places.generator} fails with "
            f"{(done.stderr.strip() or 'nothing').splitlines()[-1]}; run `make schemas`"
        )


def toml(data: Mapping[str, Any], now: datetime) -> str:
    """Return a source as TOML, short enough to be read at a glance."""
    head = [f"# Drafted from the site itself by `steppewire source new` on {now:%Y-%m-%d} (M)."]
    lines = [f"{name} = {_value(data[name])}" for name in _ORDER if name in data]
    rules = [f"{name} = {_value(value)}" for name, value in data["rules"].items() if value]
    return "\n".join([*head, *lines, *(["", "[rules]", *rules] if rules else [])]) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_text(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    return _text(value)


def _text(text: str) -> str:
    """Write a text as it stands where TOML allows it; JSON's escapes are TOML's, too."""
    plain = text.isprintable() and "'" not in text
    return f"'{text}'" if plain and ("\\" in text or '"' in text) else json.dumps(
        text, ensure_ascii=False
    )  # fmt: skip


def _freeze(draft: Draft, folder: Path, now: datetime) -> list[Path]:
    """Write one page for each language, the lists, and what is read out of them."""
    pages = _one_of_each(draft)
    given = {_page_name(at, tag): (page.body, {"url": page.url, "fetched_at": now.isoformat()})
             for at, (tag, page) in enumerate(pages.items())}  # fmt: skip
    for one in draft.listed:
        name = _list_name(one.point.kind, one.body, given)
        asked = {"point": one.point.url}
        given[name] = (one.body, asked | ({"url": one.url} if one.url != one.point.url else {}))
    for name, (body, _) in given.items():
        (folder / name).write_bytes(body)
    return [path for one in frozen(draft.source, folder) if one.path.name in given
            for path in (one.path, _expect(one, given[one.path.name][1]))]  # fmt: skip


def _expect(one: Frozen, given: Mapping[str, str]) -> Path:
    one.expectation.unlink(missing_ok=True)
    one.expected.update(given)
    text = json.dumps(one.read(), ensure_ascii=False, indent=2) + "\n"
    one.expectation.write_text(text, encoding="utf-8", newline="\n")
    return one.expectation


def _one_of_each(draft: Draft) -> dict[str, Answer]:
    """Return the first page of each language, the main language first."""
    tags = draft.source.languages or ("",)
    found: dict[str, Answer] = {}
    for tag in tags:
        of_it = [page for page in draft.pages if draft.source.language_of(page.url) in (tag, None)]
        found.update({tag: of_it[0]} if of_it else {})
    return found or {"": draft.pages[0]}


def _page_name(at: int, tag: str) -> str:
    return "page.html" if not at else f"page-{tag.lower()}.html"


def _list_name(kind: str, body: bytes, taken: Mapping[str, Any]) -> str:
    ending = {"html": ".html", "json": ".json", "gzip": ".xml.gz"}.get(kind_of(body), ".xml")
    names = [f"{kind}{ending}", *(f"{kind}-{at}{ending}" for at in range(2, 20))]
    return next(name for name in names if name not in taken)


def table(path: Path, source: Source) -> str:
    """Return the folder's table of sources with the row of this one added or replaced."""
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    rows = [line for line in lines if line.startswith("| `")]
    rows = [line for line in rows if not line.startswith(f"| `{source.name}` ")]
    head = ["# Sources", "", _line(HEAD), _line(["---"] * len(HEAD))]
    return "\n".join([*head, *sorted([*rows, _line(row(source))])]) + "\n"


def row(source: Source) -> tuple[str, ...]:
    """Return a source's row, as docs/reference/sources.md has it."""
    places = [f"{tag} `{place}`" for place, tag in source.editions.items()]
    return (
        f"`{source.name}`",
        f"[{source.title}]({source.home})",
        source.country or "",
        "<br>".join(places) or ", ".join(source.languages),
        source.engine or "",
        ", ".join(dict.fromkeys(point.kind for point in source.discover)),
        source.confidence,
        source.checked or "",
        source.notes,
    )


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
