"""Traces, when a collector is given: which articles, and where their spans go. Else nothing."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterable, Mapping
from typing import Protocol
from urllib.parse import urlsplit

from steppewire.delivery.gate import Inlet
from steppewire.delivery.spans import Ended, Span, entry_spans, hop_spans
from steppewire.errors import SettingError


class Recorder(Protocol):
    """Takes spans away; see `otel`. Neither waits nor raises."""

    def record(self, spans: Iterable[Span]) -> None:
        """Export spans, some time."""

    def close(self) -> None:
        """Export what is left, within a few seconds."""


class Tracing:
    """Traces a share of the articles that enter here, and all that were chosen elsewhere."""

    def __init__(self, recorder: Recorder, share: float) -> None:
        self.recorder, self.share = recorder, share

    def chosen(self) -> bool:
        """Decide whether an article that enters is traced."""
        return secrets.randbelow(1_000_000) < self.share * 1_000_000

    def let_in(self, partition: int, entered: Iterable[Mapping[bytes, bytes]], began: int) -> None:
        """Tell of links that entered the newswire."""
        self.recorder.record(entry_spans(partition, entered, began, time.time_ns()))

    def settled(self, inlet: Inlet, consumer: str, ended: Ended, began: int) -> None:
        """Tell of messages that a stage has ended or sent back."""
        self.recorder.record(hop_spans(inlet, consumer, ended, began, time.time_ns()))


def open_tracing(url: str, share: float, *, service: str, instance: str) -> Tracing | None:
    """Return what traces, or None when no URL is set: then nothing is imported, nothing costs.

    Raises SettingError.
    """
    if not url or os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise SettingError(
            f"STEPPEWIRE_TRACE_URL is wrong: {url!r} is no address of a collector; give "
            "http://host:4318"
        )
    try:
        from steppewire.delivery.otel import Exporter
    except ImportError as error:
        raise SettingError(
            f"STEPPEWIRE_TRACE_URL is set, and OpenTelemetry is not installed ({error}): "
            "pip install 'steppewire[trace]', build the images with STEPPEWIRE_TRACING=yes, "
            "or unset it"
        ) from None
    return Tracing(Exporter(url, service=service, instance=instance), share)
