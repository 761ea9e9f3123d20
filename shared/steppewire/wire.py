"""The wire format: an event as flat Redis fields that any client reads without our code.

==============  ==========================================================
``v``           schema version of the event, a decimal integer
``type``        event type, such as ``article.parsed``
``key``         what the event is about: link id or article id
``traceparent`` W3C Trace Context (https://www.w3.org/TR/trace-context/)
``ct``          content type of ``data``: ``application/json``
``data``        the event as UTF-8 JSON
==============  ==========================================================

A redelivered entry also carries ``attempt``, ``first`` and ``reason``; readers ignore what
they do not know. `v`, `type` and `data` are required; a writer should send all six.
"""

from __future__ import annotations

import json
import random
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from steppewire.errors import UnknownVersion, WireError
from steppewire.events import Event

JSON = b"application/json"
E = TypeVar("E", bound=Event)
Fields = Mapping[bytes, bytes]

REQUIRED = ("v", "type", "data")
VERSION_PATTERN = r"^[1-9][0-9]{0,8}$"
TRACEPARENT_PATTERN = r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"
_is_traceparent = re.compile(TRACEPARENT_PATTERN).fullmatch


_NOBODY = re.compile(r"^00-0{32}-|^00-[0-9a-f]{32}-0{16}-")
"""Ids of nothing but zeros are no ids."""


@dataclass(frozen=True)
class Context:
    """What a traceparent says: which trace, which span of it, and whether it is recorded."""

    trace: str
    span: str
    flags: str

    @property
    def sampled(self) -> bool:
        """Whether whoever began the trace has it recorded."""
        return bool(int(self.flags, 16) & 1)


def context(traceparent: bytes) -> Context | None:
    """Read a traceparent; None when it is missing or malformed."""
    text = traceparent.decode("ascii", "replace")
    if _is_traceparent(text) is None or _NOBODY.match(text):
        return None
    return Context(*text.split("-")[1:])


def new_trace(*, sampled: bool = False) -> str:
    """Start a trace: a fresh W3C traceparent. `sampled` says that it is being recorded."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-{'01' if sampled else '00'}"


def child_trace(traceparent: str) -> str:
    """Continue a trace with a new span id; a malformed parent starts one that nobody records."""
    if _is_traceparent(traceparent) is None:
        return new_trace()
    span = random.getrandbits(64) or 1
    return f"00{traceparent[2:36]}{span:016x}{traceparent[52:]}"


def encode(event: Event, traceparent: str) -> dict[bytes, bytes]:
    """Return the flat fields of an event."""
    version, name = _head(type(event))
    return {
        b"v": version,
        b"type": name,
        b"key": event.key.encode("utf-8", "replace"),
        b"traceparent": traceparent.encode(),
        b"ct": JSON,
        b"data": _to_json(event),
    }


@cache
def _head(model: type[Event]) -> tuple[bytes, bytes]:
    """Return the fields `v` and `type` of a model's events."""
    return str(model.schema_version).encode(), model.type.encode()


def _to_json(event: Event) -> bytes:
    try:
        return event.__pydantic_serializer__.to_json(event)
    except PydanticSerializationError:
        # Half an emoji (a lone surrogate), as JSON-LD cut by a byte counter has it, is no UTF-8:
        # one broken letter must not lose the article. "?" keeps the length, so offsets hold.
        return json.dumps(event.model_dump(mode="json"), ensure_ascii=False).encode(
            "utf-8", "replace"
        )


def decode(fields: Fields, expected: type[E]) -> E:
    """Read an event out of flat fields.

    Raises WireError when a field is missing or the data does not fit the model, and
    UnknownVersion when the entry is newer than this code.
    """
    try:
        version, name, data = fields[b"v"], fields[b"type"], fields[b"data"]
    except KeyError:
        raise _stranger(fields) from None
    if (version, name) != _head(expected):
        _check_type(name, expected)
        _check_version(version, expected)
    content_type = fields.get(b"ct", JSON)
    if content_type != JSON and content_type.partition(b";")[0].strip() != JSON:
        raise WireError(f"content type {_shown(content_type)} is not {JSON.decode()}")
    read = expected.__pydantic_validator__.validate_json
    try:
        event: E = read(data)
    except ValidationError:
        # Parts that people write by hand, such as a source's rules, forbid unknown fields: a newer
        # writer must not stop an older reader. Only now, for it costs a tenth more.
        try:
            event = read(data, extra="ignore")
        except ValidationError as error:
            raise _misfit(expected, error) from None
    return event


def _misfit(expected: type[Event], error: ValidationError) -> WireError:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "data"
    return WireError(f"{expected.type} does not fit its schema: {where}: {first['msg']}")


def _stranger(fields: Fields) -> WireError:
    missing = ", ".join(name for name in REQUIRED if name.encode() not in fields)
    return WireError(f"not a steppewire event: no field {missing}; see docs/reference/wire.md")


def _check_type(raw: bytes, expected: type[Event]) -> None:
    if raw != expected.type.encode():
        raise WireError(f"expected type {expected.type}, got {_shown(raw)}")


def _check_version(raw: bytes, expected: type[Event]) -> None:
    if re.fullmatch(VERSION_PATTERN.encode(), raw) is None:
        raise WireError(f"schema version {_shown(raw)} is not a positive number")
    if int(raw) > expected.schema_version:
        raise UnknownVersion(
            f"{expected.type} has schema version {int(raw)}, this code reads up to "
            f"{expected.schema_version}: update this service before the one that writes"
        )


def _shown(raw: bytes) -> str:
    return repr(raw[:60].decode("utf-8", "replace"))
