"""How a long command keeps people informed, and what it says when a part is not installed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from rich.console import Console
from rich.text import Text

from steppewire.errors import NotFound, SettingError
from steppewire.near import hint
from steppewire.records import DirectoryRecords, open_records
from steppewire.terminal import clean


@contextmanager
def progress(name: str, *, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Give a function that shows where the work stands: one line that changes, on a terminal."""
    console = Console(stderr=True, highlight=False)
    if quiet or not console.is_terminal:
        yield lambda text: None
        return
    with console.status(name) as status:
        yield lambda text: status.update(Text(f"{name}: {clean(text)}"))


def raw_archive(url: str) -> DirectoryRecords:
    """Open the fetch records of a raw archive. Raises NotFound when there is no such folder."""
    records = open_records(url)
    if not records.root.parent.is_dir():
        raise NotFound(
            f"no raw archive at {records.root.parent}: give --data the newswire's folder, "
            "or --blobs its blob store (STEPPEWIRE_BLOBS)"
        )
    return records


def known_source(name: str, known: Collection[str]) -> None:
    """Refuse a source of which nothing was ever fetched. Raises NotFound."""
    if name not in known:
        names = ", ".join(sorted(known)[:12]) or "none yet"
        meant = hint(name, known, f"known: {names}")
        raise NotFound(f"nothing was ever fetched from a source {name[:100]!r}; {meant}")


@contextmanager
def needs(*modules: str) -> Iterator[None]:
    """Say in one line what to install when a command's parts are not there."""
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        raise SettingError(
            f"this command needs {', '.join(missing)}: "
            "pip install 'steppewire[cli,runtime,archive]'"
        )
    yield
