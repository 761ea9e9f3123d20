"""WARC (ISO 28500): pages as they were fetched, and whatever archive of pages others have made.

A page is a `response` record. Beside it stands a `metadata` record with the event that said the
page was fetched, so that one of ours comes back with its source, rules and hints.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from typing import IO, Any
from urllib.parse import urlsplit
from uuid import uuid4

from pydantic import ValidationError
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from steppewire import __version__
from steppewire.archive.promise import Record
from steppewire.blobs import Blobs
from steppewire.errors import BlobMissing
from steppewire.events import ArticleFetched, Fetch
from steppewire.identity import link_id
from steppewire.plugins import Source
from steppewire.records import Records
from steppewire.rules import SiteRules

LARGEST = 16 * 1024 * 1024
"""Bytes of a page; nobody's article has more, and the fetcher takes no larger ones."""
_PAGES = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml")
_EVENT = "application/vnd.steppewire.article-fetched+json"


class Warcs:
    """Writes the pages that records were read from; those that are gone are counted."""

    def __init__(self, out: IO[bytes], blobs: Blobs, fetches: Records, *, packed: bool) -> None:
        self._out = WARCWriter(out, gzip=packed, warc_version="1.1")
        self._blobs, self._fetches = blobs, fetches
        self.missing = 0

    def __enter__(self) -> Warcs:
        about = {"software": f"steppewire/{__version__}", "format": "WARC File Format 1.1"}
        self._out.write_record(self._out.create_warcinfo_record("steppewire.warc", about))
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def write(self, records: Sequence[Record]) -> None:
        """Write the pages of some records."""
        for record in records:
            try:
                body = self._blobs.get(record.fetch.blob)
            except BlobMissing:
                self.missing += 1
            else:
                self._write(record.fetch, body)

    def _write(self, fetch: Fetch, body: bytes) -> None:
        moment = fetch.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        name = f"<urn:uuid:{uuid4()}>"
        page = self._out.create_warc_record(
            fetch.final_url,
            "response",
            payload=BytesIO(body),
            http_headers=_headers(fetch, len(body)),
            warc_headers_dict={"WARC-Record-ID": name, "WARC-Date": moment},
        )
        self._out.write_record(page)
        event = self._event(fetch).model_dump_json().encode()
        beside = {"WARC-Concurrent-To": name, "WARC-Date": moment}
        told = self._out.create_warc_record(
            fetch.final_url,
            "metadata",
            payload=BytesIO(event),
            warc_content_type=_EVENT,
            warc_headers_dict=beside,
        )
        self._out.write_record(told)

    def _event(self, fetch: Fetch) -> ArticleFetched:
        try:
            return self._fetches.find(fetch).event
        except BlobMissing:
            return ArticleFetched(fetch=fetch)


def _headers(fetch: Fetch, size: int) -> StatusAndHeaders:
    # the body lies unpacked in the blob store, so that what was packed then is not now
    said = {
        "Content-Type": fetch.content_type,
        "Content-Length": str(size),
        "ETag": fetch.etag,
        "Last-Modified": fetch.last_modified,
    }
    lines = [(name, _one_line(value)) for name, value in said.items() if value]
    return StatusAndHeaders(f"{fetch.status} {_phrase(fetch.status)}", lines, "HTTP/1.1")


def _one_line(value: str) -> str:
    """Return a header's value without what would end it, whatever a site sent."""
    return " ".join(value.split()).encode("latin-1", "replace").decode("latin-1")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


# ── in ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Page:
    """A page of a WARC, as if it had been fetched."""

    event: ArticleFetched
    body: bytes


class NoPage(Exception):
    """A record that holds no page to be read."""


Owner = Callable[[str], Source | None]


def pages(file: IO[bytes], owner: Owner | None, skipped: dict[str, int]) -> Iterator[Page]:
    """Yield the pages of a WARC; what is none is counted by its reason in `skipped`.

    `owner` tells whose an address is, for pages that are not of our own export. Raises
    ArchiveLoadFailed where the file is damaged: what came before it was yielded.
    """
    held: tuple[str, Page] | None = None
    for record in ArchiveIterator(file):
        if held and record.rec_type == "metadata":
            named = record.rec_headers.get_header("WARC-Concurrent-To")
            if named == held[0]:
                held = (held[0], _with_event(held[1], record))
                continue
        if record.rec_type != "response":
            continue
        if held:
            yield held[1]
            held = None
        try:
            held = (record.rec_headers.get_header("WARC-Record-ID") or "", _page(record, owner))
        except NoPage as reason:
            skipped[str(reason)] = skipped.get(str(reason), 0) + 1
    if held:
        yield held[1]


def _page(record: Any, owner: Owner | None) -> Page:
    headers, url = record.http_headers, record.rec_headers.get_header("WARC-Target-URI") or ""
    status = headers.get_statuscode() if headers else ""
    if status != "200":
        raise NoPage("status" if status else "no-http")
    content_type = headers.get_header("Content-Type") or ""
    if content_type and not content_type.lower().startswith(_PAGES):
        raise NoPage("no-html")
    body = record.content_stream().read(LARGEST + 1)
    if len(body) <= LARGEST and _is_torn(record):
        raise ArchiveLoadFailed(f"the page of {url[:200]} is torn")
    if not body or len(body) > LARGEST:
        raise NoPage("too-large" if body else "empty")
    return Page(_fetched(url.strip("<>"), headers, _date(record), body, owner), body)


def _is_torn(record: Any) -> bool:
    """Tell whether a record ends before it should; nobody else says so."""
    while record.raw_stream.read(1 << 16):
        pass
    return bool(record.raw_stream.limit > 0)


def _date(record: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date") or "")
    except ValueError:
        raise NoPage("no-date") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _fetched(
    url: str, headers: Any, moment: datetime, body: bytes, owner: Owner | None
) -> ArticleFetched:
    try:
        link, host = link_id(url), urlsplit(url).hostname or ""
    except ValueError:
        raise NoPage("bad-address") from None
    source = owner(url) if owner else None
    fetch = Fetch(
        link_id=link,
        url=url,
        final_url=url,
        source=source.name if source else host.removeprefix("www."),
        fetched_at=moment,
        status=200,
        content_type=headers.get_header("Content-Type") or "",
        etag=headers.get_header("ETag"),
        last_modified=headers.get_header("Last-Modified"),
        blob=f"sha256:{hashlib.sha256(body).hexdigest()}",
        size=len(body),
    )
    return ArticleFetched(fetch=fetch, rules=source.rules if source else SiteRules())


def _with_event(page: Page, record: Any) -> Page:
    """Return a page with the event that stands beside it, if that is of these very bytes."""
    if record.rec_headers.get_header("Content-Type") != _EVENT:
        return page
    said = record.content_stream().read(LARGEST)
    try:
        event = ArticleFetched.model_validate_json(said)
    except ValidationError:
        return page
    return Page(event, page.body) if event.fetch.blob == page.event.fetch.blob else page


def is_warc(first: bytes) -> bool:
    """Tell whether a file begins as a WARC does, unpacked."""
    return first.startswith(b"WARC/")


DAMAGED = ArchiveLoadFailed
"""What is raised where a WARC cannot be read on."""


def why(skipped: Mapping[str, int]) -> str:
    """Return in words what was left out."""
    return ", ".join(f"{reason} {count:,}" for reason, count in sorted(skipped.items()))
