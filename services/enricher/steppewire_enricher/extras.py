"""The enrichers of others: found by entry point, run in a process of their own, never in the way.

An enricher is a function of an article and what we know of it, both as plain values of JSON, and
returns what it adds, any JSON. It may raise, hang, print or bring its process down: that costs its
own answer, which is told as a fact, and never the article.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NamedTuple

from steppewire.events import Article, Enrichment
from steppewire.orphans import end_with_parent
from steppewire.plugins import ENRICHERS_GROUP

LIMIT = 3.0
"""Seconds that an enricher may take for one article."""
START_LIMIT = 30.0
"""Seconds that loading all of them may take."""
STRIKES = 3
"""An enricher that hung or died so often is not asked again before the next start."""
LONGEST = 64_000
"""Bytes of an answer: it travels on the stream, and is kept."""


class Answer(NamedTuple):
    """What an enricher said, or why it did not."""

    value: Any = None
    failed: str = ""


@cache
def installed() -> tuple[EntryPoint, ...]:
    """Return the enrichers that are installed, by name; of two with one name, the first."""
    found = {point.name: point for point in reversed(list(entry_points(group=ENRICHERS_GROUP)))}
    return tuple(found[name] for name in sorted(found))


def with_extras(article: Article, enrichment: Enrichment) -> Enrichment:
    """Return an enrichment with what the installed enrichers add."""
    points = installed()
    if not points:
        return enrichment
    answers = _asker(os.getpid()).ask([point.name for point in points], article, enrichment)
    versions = {f"extra-{p.name}": p.dist.version for p in points if p.dist}
    return enrichment.model_copy(
        update={
            "extras": {name: a.value for name, a in answers.items() if not a.failed},
            "extras_failed": {name: a.failed for name, a in answers.items() if a.failed},
            "models": enrichment.models | versions,
        }
    )


class Asker:
    """Asks enrichers one after the other, in a process that is replaced when it hangs or dies."""

    def __init__(self) -> None:
        self._strikes: Counter[str] = Counter()
        self._host: _Host | None = None

    def ask(
        self, names: Sequence[str], article: Article, enrichment: Enrichment
    ) -> dict[str, Answer]:
        """Return the answer of each."""
        about = _line(article, enrichment)
        return {name: self._one(name, about) for name in names}

    def _one(self, name: str, about: bytes) -> Answer:
        if self._strikes[name] >= STRIKES:
            return Answer(failed="given-up")
        if self._host is None:
            self._host = _Host()
        answer = self._host.ask(name, about)
        if answer.failed in ("slow", "crashed"):
            self.close()
            self._strikes[name] += 1
            _warn(name, answer.failed)
        return answer

    def close(self) -> None:
        """End the process."""
        if self._host is not None:
            self._host.close()
            self._host = None


@cache
def _asker(process: int) -> Asker:
    """Return the one of this process: after a fork the parent's pipes are not ours."""
    asker = Asker()
    atexit.register(asker.close)
    return asker


def _line(article: Article, enrichment: Enrichment) -> bytes:
    # whatever a text holds, halves of letters too, must reach the other side as JSON
    plain = {"article": article.model_dump(), "enrichment": enrichment.model_dump()}
    return json.dumps(plain, default=_moment).encode()


def _moment(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


class _Host:
    """A process that runs enrichers, and the two pipes to it."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "steppewire_enricher.extras_host"]
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter, our own module)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            preexec_fn=end_with_parent,  # noqa: PLW1509 (it only asks the kernel)
        )
        self._buffer = b""
        self._about = b""
        self._up = self._answer(START_LIMIT) == b"ready"

    def ask(self, name: str, about: bytes) -> Answer:
        """Return what an enricher says of an article."""
        if not self._up:
            return Answer(failed="crashed")
        try:
            self._tell(name, about)
        except OSError:
            return Answer(failed="crashed")
        line = self._answer(LIMIT)
        if line is None:
            return Answer(failed="crashed" if self._ended() else "slow")
        said = json.loads(line)
        return Answer(said.get("value"), said.get("failed", ""))

    def _tell(self, name: str, about: bytes) -> None:
        """Ask one enricher; what it is about is sent once for all."""
        assert self._process.stdin
        news = b"" if about is self._about else about
        self._process.stdin.write(json.dumps(name).encode() + b"\n" + news + b"\n")
        self._process.stdin.flush()
        self._about = about

    def _answer(self, limit: float) -> bytes | None:
        """Return the next line; None, if it takes too long or the process has ended."""
        assert self._process.stdout
        pipe, end = self._process.stdout.fileno(), time.monotonic() + limit
        while b"\n" not in self._buffer:
            left = end - time.monotonic()
            if left <= 0 or not select.select([pipe], [], [], left)[0]:
                return None
            chunk = os.read(pipe, 1 << 16)
            if not chunk:
                return None
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _ended(self) -> bool:
        try:
            self._process.wait(0.2)
        except subprocess.TimeoutExpired:
            return False
        return True

    def close(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()
        self._process.communicate()


def _warn(name: str, why: str) -> None:
    from steppewire import logs  # which takes longer to load than an article to read

    logs.get(__name__).warning("enricher_failed", enricher=name, why=why)
