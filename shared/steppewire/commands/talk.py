"""How a long command keeps people informed, and what it says when a part is not installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from rich.console import Console
from rich.text import Text

from steppewire.errors import SettingError
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
