"""Dead letters on the screen and as JSON. Pure: letters in, text out.

What a site wrote is shown as text and nothing else: no markup of ours, no control characters.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from steppewire.quarantine import Heap, Letter, name_of, payload, text_of
from steppewire.terminal import clean
from steppewire.wire import Fields

MOST_PAYLOAD = 4000
"""Characters of a payload that are shown unless all are asked for."""


def heap_table(heaps: Sequence[Heap]) -> Table:
    """Return a table with a line for each stage, source and reason."""
    table = _table("stage", "source", "ended", "reason", "letters", "first (UTC)", "last", "newest")
    table.columns[4].justify = "right"
    for heap in heaps:
        _row(
            table,
            name_of(heap.stage),
            heap.source,
            heap.outcome,
            heap.reason,
            str(heap.count),
            moment(heap.first),
            moment(heap.last),
            str(heap.newest),
        )
    return table


def letter_table(letters: Sequence[Letter]) -> Table:
    """Return a table with a line for each letter."""
    table = _table("id", "source", "reason", "tries", "last (UTC)", "cause")
    table.columns[5].no_wrap, table.columns[5].overflow = True, "ellipsis"
    for letter in letters:
        cause = letter.detail.partition("\n")[0]
        when = moment(letter.last)
        _row(table, str(letter.address), letter.source, letter.reason, letter.attempts, when, cause)
    return table


def letter_page(letter: Letter, fields: Fields, *, full: bool) -> RenderableType:
    """Return all about one letter: cause, attempts, times, payload, traceback."""
    parts: list[RenderableType] = [_facts(letter, fields), Text()]
    parts += [Text(f"payload ({letter.size} bytes)", style="bold"), _payload(fields, full=full)]
    if trace := text_of(fields, "dead.traceback").strip():
        parts += [Text(), Text("traceback", style="bold"), Text(clean(trace))]
    return Group(*parts)


def _facts(letter: Letter, fields: Fields) -> Table:
    stage = letter.address.stage
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in {
        "id": str(letter.address),
        "stage": f"{name_of(stage)}: group {stage.group} reading {stage.reads.name}",
        "source": letter.source,
        "ended": f"{letter.outcome}: {letter.reason}",
        "cause": letter.detail,
        "attempts": f"{letter.attempts} (deliveries of the last one: {letter.deliveries})",
        "first": letter.first,
        "last": letter.last,
        "event": f"{letter.type} {letter.key}",
        "trace": text_of(fields, "traceparent"),
        "entry": f"{letter.entry} in the stream that the stage read",
    }.items():
        table.add_row(name, Text(clean(value)))
    return table


def _payload(fields: Fields, *, full: bool) -> Text:
    text = _pretty(payload(fields))
    if full or len(text) <= MOST_PAYLOAD:
        return Text(clean(text))
    left = len(text) - MOST_PAYLOAD
    return Text(f"{clean(text[:MOST_PAYLOAD])}\n… {left} more characters: --full")


def _pretty(data: Any) -> str:
    try:
        return data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, indent=2)
    except RecursionError:  # a thousand brackets, which somebody will send
        return repr(data)


def heap_json(heap: Heap) -> dict[str, Any]:
    """Return a heap as JSON has it."""
    return {
        "stage": name_of(heap.stage),
        "group": heap.stage.group,
        "source": heap.source,
        "outcome": heap.outcome,
        "reason": heap.reason,
        "count": heap.count,
        "first": heap.first,
        "last": heap.last,
        "newest": str(heap.newest),
    }


def letter_json(letter: Letter) -> dict[str, Any]:
    """Return a letter as JSON has it, without its payload."""
    return {
        "id": str(letter.address),
        "stage": name_of(letter.address.stage),
        "group": letter.address.stage.group,
        "partition": letter.address.partition,
        "source": letter.source,
        "outcome": letter.outcome,
        "reason": letter.reason,
        "detail": letter.detail,
        "attempts": _number(letter.attempts),
        "deliveries": _number(letter.deliveries),
        "first": letter.first,
        "last": letter.last,
        "entry": letter.entry,
        "type": letter.type,
        "key": letter.key,
        "size": letter.size,
    }


def page_json(letter: Letter, fields: Fields) -> dict[str, Any]:
    """Return all about one letter as JSON."""
    more = {"traceback": text_of(fields, "dead.traceback"), "payload": payload(fields)}
    return {**letter_json(letter), "traceparent": text_of(fields, "traceparent"), **more}


def moment(text: str) -> str:
    """Return an ISO time as `2026-11-22 04:06:30` UTC; what is no time stays as it is."""
    try:
        when = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return text
    return when.strftime("%Y-%m-%d %H:%M:%S")


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        # ids are for copying: never folded, never cut
        table.add_column(column, no_wrap=column in ("id", "newest"), overflow="fold")
    return table


def _row(table: Table, *cells: str) -> None:
    table.add_row(*(Text(clean(cell)) for cell in cells))


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None
