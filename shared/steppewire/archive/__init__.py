"""The database of articles: one promise, kept by SQLite and PostgreSQL alike."""

from steppewire.archive.opening import open_archive
from steppewire.archive.promise import (
    Archive,
    Facet,
    Found,
    Named,
    Period,
    Profile,
    Query,
    Record,
    Seen,
)

__all__ = [
    "Archive",
    "Facet",
    "Found",
    "Named",
    "Period",
    "Profile",
    "Query",
    "Record",
    "Seen",
    "open_archive",
]
