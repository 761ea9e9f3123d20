"""How server-sent events are written (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import re

_LINES = re.compile(r"\r\n|\r|\n")


def written(event: str, data: str, *, at: int | None = None) -> bytes:
    """Write an event; `at` is the id that a client resumes after."""
    lines = [f"id: {at}"] if at is not None else []
    lines += [f"event: {event}", *(f"data: {line}" for line in _LINES.split(data))]
    return "".join(f"{line}\n" for line in (*lines, "")).encode()


def comment(text: str, *, at: int | None = None, retry_ms: int | None = None) -> bytes:
    """Write what no handler hears; an id still moves the place where the client resumes."""
    lines = [f": {text}"]
    lines += [f"id: {at}"] if at is not None else []
    lines += [f"retry: {retry_ms}"] if retry_ms is not None else []
    return "".join(f"{line}\n" for line in (*lines, "")).encode()
