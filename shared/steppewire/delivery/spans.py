"""What a trace tells of an article's way: one span for each hop, as pure functions of values.

A trace begins where a link enters the newswire, and there it is decided whether it is recorded.
The decision rides the wire with the article (the flag `01` of its traceparent), so that an article
is traced on its whole way or not at all. The span of a hop has the very id that the event written
carries, so that the next hop's parent is always there. Messages of a batch keep their own traces;
the run that they shared is a span of its own, linked with each of them.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from steppewire.delivery.gate import Inlet
from steppewire.delivery.policy import Entry, Settlement
from steppewire.streams import DISCOVERED
from steppewire.wire import Context, context

VERBS = {"fetcher": "fetch", "parser": "parse", "enricher": "enrich", "store": "store"}
"""How a stage's work is called: the names of its spans begin with it."""
_ERRORS = {"retry", "reject", "dead"}
Attributes = Mapping[str, str | int]
Ended = Sequence[tuple[Entry, Settlement, int]]
"""Entries, what the gate was asked to do with each, and what it answered."""


@dataclass(frozen=True)
class Span:
    """One piece of work. Times are nanoseconds since 1970."""

    name: str
    kind: Literal["producer", "consumer", "client"]
    context: Context
    parent: Context | None
    start: int
    end: int
    attributes: Attributes
    links: Sequence[Context] = ()
    error: str = ""
    """What went wrong, in words."""
    exception: Mapping[str, str] = field(default_factory=dict)


def entry_spans(
    partition: int, entered: Iterable[Mapping[bytes, bytes]], began: int, now: int
) -> list[Span]:
    """Return the first span of each trace, and that of sending them all."""
    about = _about("send", "send", DISCOVERED.name, partition)
    spans = []
    for fields in entered:
        traced = _recorded(fields)
        if traced is None:
            continue
        attributes = {
            **_about("discover", "create", DISCOVERED.name, partition),
            "steppewire.key": _text(fields.get(b"key", b"")),
        }
        name = f"discover {DISCOVERED.name}"
        spans.append(Span(name, "producer", traced, None, began, now, attributes))
    if len(spans) > 1:
        links = [span.context for span in spans]
        about["messaging.batch.message_count"] = len(spans)
        name = f"send {DISCOVERED.name}"
        spans.append(Span(name, "client", _fresh(), None, began, now, about, links))
    return spans


def hop_spans(inlet: Inlet, consumer: str, ended: Ended, began: int, now: int) -> list[Span]:
    """Return the spans of a batch: one for each message that is traced, one for the run itself."""
    traced = [
        (entry, settlement, answer, parent)
        for entry, settlement, answer in ended
        if (parent := _recorded(entry.fields))
    ]
    if not traced:
        return []
    verb = VERBS.get(inlet.stage.group, inlet.stage.group)
    about = {
        **_about(verb, "process", inlet.name, inlet.partition),
        "messaging.consumer.group.name": inlet.stage.group,
        "messaging.client.id": consumer,
    }
    name, spans = f"{verb} {inlet.stage.reads.name}", []
    if len(ended) > 1:
        count = {**about, "messaging.batch.message_count": len(ended)}
        parents = [parent for *_, parent in traced]
        spans.append(Span(name, "consumer", _fresh(), None, began, now, count, parents))
    links = [span.context for span in spans]
    for entry, settlement, answer, parent in traced:
        told = {**about, **_told(entry, settlement)}
        error, exception = _wrong(settlement, answer)
        if error:
            told["error.type"] = "overtaken" if answer == 0 else settlement.tally.split("|")[2]
        own = _written(settlement, parent)
        spans.append(Span(name, "consumer", own, parent, began, now, told, links, error, exception))
    return spans


def _recorded(fields: Mapping[bytes, bytes]) -> Context | None:
    """Return the context of what is traced; most is not, and is seen by its last digit."""
    raw = fields.get(b"traceparent", b"")
    if raw[-1:] not in b"13579bdf":
        return None
    read = context(raw)
    return read if read is not None and read.sampled else None


def _about(verb: str, operation: str, stream: str, partition: int) -> dict[str, str | int]:
    # https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
    return {
        "messaging.system": "redis",
        "messaging.operation.name": verb,
        "messaging.operation.type": operation,
        "messaging.destination.name": stream,
        "messaging.destination.partition.id": str(partition),
    }


def _told(entry: Entry, settlement: Settlement) -> dict[str, str | int]:
    source, outcome, reason = settlement.tally.split("|", 2)
    return {
        "messaging.message.id": _text(entry.id),
        "messaging.message.body.size": len(entry.fields.get(b"data", b"")),
        "steppewire.key": _text(entry.fields.get(b"key", b"")),
        "steppewire.source": source,
        "steppewire.outcome": outcome,
        "steppewire.reason": reason,
        "steppewire.attempt": entry.attempt + 1,
        "steppewire.deliveries": entry.deliveries,
    }


def _wrong(settlement: Settlement, answer: int) -> tuple[str, Mapping[str, str]]:
    """Return what went wrong, and the exception as OpenTelemetry records it."""
    if answer == 0:
        return "overtaken by another worker: nothing was committed", {}
    _, outcome, reason = settlement.tally.split("|", 2)
    if outcome not in _ERRORS:
        return "", {}
    (fields,) = settlement.entries
    message = _text(fields.get(b"dead.detail", fields.get(b"reason", b"")))
    exception = {
        "exception.type": reason.removeprefix("fault-"),
        "exception.message": message,
        "exception.stacktrace": _text(fields.get(b"dead.traceback", b"")),
    }
    return f"{reason}: {message}", {name: text for name, text in exception.items() if text}


def _written(settlement: Settlement, parent: Context) -> Context:
    """Return the context that the events written carry; a fresh one where none was."""
    if settlement.action == "done" and settlement.entries:
        written = context(settlement.entries[0].get(b"traceparent", b""))
        if written is not None:
            return written
    return Context(parent.trace, secrets.token_hex(8), parent.flags)


def _fresh() -> Context:
    return Context(secrets.token_hex(16), secrets.token_hex(8), "01")


def _text(raw: bytes) -> str:
    return raw[:4000].decode("utf-8", "replace")
