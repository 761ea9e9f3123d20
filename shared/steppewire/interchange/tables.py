"""Parquet: one row a record, for whoever counts articles by columns (pandas, DuckDB, Spark)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any

from steppewire.archive.promise import Record
from steppewire.archive.tables import utc
from steppewire.errors import SettingError

ROWS = 1_000
"""Rows that are held until they are written together."""


class Tables:
    """Writes records as rows of a Parquet file."""

    def __init__(self, out: IO[bytes]) -> None:
        self._arrow, parquet = _pyarrow()
        self._schema = _schema(self._arrow)
        self._file = parquet.ParquetWriter(out, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []

    def __enter__(self) -> Tables:
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._file.close()

    def write(self, records: Sequence[Record]) -> None:
        """Write some records."""
        self._rows += map(row, records)
        if len(self._rows) >= ROWS:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            self._file.write_table(self._arrow.Table.from_pylist(self._rows, schema=self._schema))
            self._rows = []


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise SettingError("Parquet needs pyarrow: pip install 'steppewire[parquet]'") from None
    return pyarrow, pyarrow.parquet


def _schema(arrow: Any) -> Any:
    moment, words = arrow.timestamp("us", "UTC"), arrow.list_(arrow.string())
    entity = arrow.struct(
        [
            ("type", arrow.string()),
            ("name", arrow.string()),
            ("id", arrow.string()),
            ("salience", arrow.float64()),
            ("mentions", arrow.int32()),
        ]
    )
    texts = ("article_id", "version_id", "source", "url", "title", "lead", "text", "section")
    return arrow.schema(
        [
            *((name, arrow.string()) for name in texts),
            ("version", arrow.int32()),
            ("authors", words),
            ("tags", words),
            ("keywords", words),
            ("language", arrow.string()),
            ("language_confidence", arrow.float64()),
            ("language_shares", arrow.map_(arrow.string(), arrow.float64())),
            ("entities", arrow.list_(entity)),
            *((name, moment) for name in ("published_at", "modified_at", "fetched_at")),
            *((name, moment) for name in ("first_stored_at", "stored_at")),
            *((name, arrow.string()) for name in ("text_hash", "fingerprint", "group", "blob")),
            ("parser", arrow.string()),
        ]
    )


def row(record: Record) -> dict[str, Any]:
    """Return a record as one row."""
    article, more = record.article, record.enrichment
    language = more.languages.article
    return {
        **article.model_dump(include={"article_id", "version_id", "source", "url", "title"}),
        **article.model_dump(include={"lead", "section"}),
        "text": article.text,
        "version": record.version,
        "authors": list(article.authors),
        "tags": list(article.tags),
        "keywords": list(more.keywords),
        "language": language.tag,
        "language_confidence": language.confidence,
        "language_shares": list(more.languages.shares.items()),
        "entities": [_entity(one) for one in more.entities],
        "published_at": article.published_at and utc(article.published_at),
        "modified_at": article.modified_at and utc(article.modified_at),
        "fetched_at": utc(record.fetch.fetched_at),
        "first_stored_at": record.first_stored_at,
        "stored_at": record.stored_at,
        "text_hash": more.text_hash,
        "fingerprint": more.fingerprint,
        "group": record.group,
        "blob": record.fetch.blob,
        "parser": record.extraction.parser,
    }


def _entity(one: Any) -> dict[str, Any]:
    told: dict[str, Any] = one.model_dump(include={"type", "name", "id", "salience"})
    return {**told, "mentions": len(one.mentions)}
