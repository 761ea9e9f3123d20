"""Tools at work: each in processes of its own, whose computing and memory are measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quality_pages import peers
from quality_pages.sets import Page, listed

ROOT = Path(__file__).parents[2]
BENCH = ROOT / ".venv" / "bench" / "bin" / "python"
OURS = "steppewire"
OURS_ALONE = "steppewire-no-language"
TELLS = {
    OURS: ("body", "title", "published", "authors"),
    OURS_ALONE: ("body", "title", "published", "authors"),
    **peers.TELLS,
}
"""What each tool can say of a page."""


@dataclass
class Cost:
    """What reading took: CPU seconds, bytes of the largest process."""

    seconds: float = 0.0
    pages: int = 0
    start: float = 0.0
    """Seconds until the first page: imports and models."""
    peak: int = 0

    @property
    def rate(self) -> float | None:
        """Pages for each second of CPU, without the start; None where that is mostly noise."""
        reading = self.seconds - self.start
        return self.pages / reading if reading > max(0.1, 0.25 * self.start) else None

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.seconds + other.seconds,
            self.pages + other.pages,
            self.start + other.start,
            max(self.peak, other.peak),
        )


@dataclass(frozen=True)
class Ran:
    """What a tool read, page by page, and what that took."""

    records: list[dict[str, Any]]
    cost: Cost = field(default_factory=Cost)


def command(tool: str, pages: str, *options: str) -> list[str]:
    """Return how a tool is started on a list of pages; options are those of `steppewire parse`."""
    if tool in (OURS, OURS_ALONE):
        alone = ["--no-language"] if tool == OURS_ALONE else []
        steppewire = [sys.executable, "-m", "steppewire.cli", "parse"]
        return [*steppewire, "--jsonl", "--jobs", "1", *alone, *options, "--list", pages]
    return [str(BENCH), str(Path(__file__).with_name("peers.py")), tool]


def run(tool: str, pages: Sequence[Page], tick: Callable[[], None], *options: str) -> Ran:
    """Read pages with a tool. Raises RuntimeError when it does not answer for each."""
    with tempfile.TemporaryDirectory() as folder:
        pages_file, figures = Path(folder, "pages.jsonl"), Path(folder, "figures")
        pages_file.write_text(listed(pages), "utf-8")
        launcher = [sys.executable, "-S", str(Path(__file__).with_name("launch.py")), str(figures)]
        with (
            pages_file.open() as given,
            Path(folder, "errors").open("w+") as errors,
            subprocess.Popen(
                [*launcher, *command(tool, str(pages_file), *options)],
                stdin=given, stdout=subprocess.PIPE, stderr=errors, env=one_thread(),
            ) as process,
        ):  # fmt: skip
            records = [answer(line, tick) for line in process.stdout or ()]
            process.wait()
            errors.seek(0)
            said = errors.read().strip()[-500:]
        if len(records) != len(pages):
            raise RuntimeError(f"{tool}: {len(records)} answers for {len(pages)} pages; {said}")
        seconds, peak = figures.read_text().split()
    return Ran(records, Cost(float(seconds), len(pages), peak=int(peak)))


def answer(line: bytes, tick: Callable[[], None]) -> dict[str, Any]:
    """Take a tool's word on one page."""
    tick()
    record: dict[str, Any] = json.loads(line)
    return record


def one_thread() -> dict[str, str]:
    """Return an environment in which no library computes on more than one core."""
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return {**os.environ, **dict.fromkeys(names, "1"), "PYTHONHASHSEED": "0"}


def versions(tools: Sequence[str]) -> dict[str, str]:
    """Return which version of each peer is measured."""
    code = (
        "import json, sys\nfrom importlib.metadata import version\n"
        "print(json.dumps({name: version(name) for name in sys.argv[1:]}))"
    )
    named = {tool.removesuffix("-precision") for tool in tools if tool in peers.TOOLS}
    if not named:
        return {}
    done = subprocess.run(
        [BENCH, "-c", code, *sorted(named)], capture_output=True, text=True, check=True
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found
