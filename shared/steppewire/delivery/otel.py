"""Spans to a collector over OTLP/HTTP: the only file that knows the OpenTelemetry SDK.

The standard variables (`OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_EXPORTER_OTLP_TIMEOUT`,
`OTEL_BSP_…`, `OTEL_RESOURCE_ATTRIBUTES`, …) are read by the SDK itself.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from importlib.metadata import version
from urllib.parse import urlsplit

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from steppewire.delivery.spans import Span
from steppewire.wire import Context

_LAST_WORD = 3.0
"""Seconds that a collector which does not answer may hold up the end of a service."""
_MOST_LINKS = 128
_KINDS = {
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
    "client": SpanKind.CLIENT,
}


class Exporter:
    """Hands spans to a thread that sends them in batches; what is too much is dropped."""

    def __init__(self, url: str, *, service: str, instance: str) -> None:
        self._scope = InstrumentationScope("steppewire", version("steppewire"))
        self._resource = Resource.create(
            {
                "service.name": f"steppewire-{service}",
                "service.namespace": "steppewire",
                "service.instance.id": instance,
                "service.version": version("steppewire"),
            }
        )
        self._processor = BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint(url)))

    def record(self, spans: Iterable[Span]) -> None:
        """Export spans, some time."""
        for span in spans:
            self._processor.on_end(self._readable(span))

    def close(self) -> None:
        """Export what is left, within a few seconds."""
        last = threading.Thread(target=self._processor.shutdown, daemon=True)
        last.start()
        last.join(_LAST_WORD)

    def _readable(self, span: Span) -> ReadableSpan:
        happened = [Event("exception", span.exception, span.end)] if span.exception else []
        return ReadableSpan(
            name=span.name,
            context=_own(span.context),
            parent=_own(span.parent, remote=True) if span.parent else None,
            resource=self._resource,
            attributes=span.attributes,
            events=happened,
            links=[Link(_own(link, remote=True)) for link in span.links[:_MOST_LINKS]],
            kind=_KINDS[span.kind],
            status=Status(StatusCode.ERROR, span.error) if span.error else Status(),
            start_time=span.start,
            end_time=span.end,
            instrumentation_scope=self._scope,
        )


def endpoint(url: str) -> str:
    """Return where spans are posted: the standard path, unless the address has one of its own."""
    return url if urlsplit(url).path.strip("/") else f"{url.rstrip('/')}/v1/traces"


def _own(context: Context, *, remote: bool = False) -> SpanContext:
    flags = TraceFlags(int(context.flags, 16))
    return SpanContext(int(context.trace, 16), int(context.span, 16), remote, flags)
