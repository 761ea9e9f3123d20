"""What is told of the stored documents and can be told again: for migrations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, insert, select, text, update

from steppewire.archive import rows
from steppewire.archive.indexing import NOTE
from steppewire.archive.kin import Arrived, Kin
from steppewire.archive.lexicon import Lexicon, stems
from steppewire.archive.search import NOTE_STEMS, SEARCHES
from steppewire.archive.tables import articles, entities, near_copies, to_index, versions

_AT_ONCE = 500


def documents(connection: Connection, within: Select[int] | None = None) -> Iterator[Sequence[Any]]:
    """Yield the current documents in pages, with each article's `id` and `article_id`."""
    current = (versions.c.article == articles.c.id) & (versions.c.number == articles.c.version)
    last = 0
    while True:
        page = (
            select(articles.c.id, articles.c.article_id, versions.c.document)
            .join(versions, current)
            .where(articles.c.id > last)
            .order_by(articles.c.id)
            .limit(_AT_ONCE)
        )
        if within is not None:
            page = page.where(articles.c.id.in_(within))
        found = connection.execute(page).all()
        if not found:
            return
        yield found
        last = found[-1].id


def rebuild_search(connection: Connection) -> int:
    """Index every article again from its document; return how many.

    For a migration that changes the index, and whenever the folding has changed.
    """
    done, lexicon = 0, Lexicon()
    for page in documents(connection):
        read = [(row.id, kept.article) for row, kept in _read(page)]
        terms = [{"article": id_, "terms": lexicon.terms(rows.texts(content), content.title)}
                 for id_, content in read]  # fmt: skip
        found = stems(lexicon.unsure())
        if found:
            connection.execute(*NOTE_STEMS[connection.dialect.name](found))
        lexicon.know(lexicon.unsure())
        _put(connection, terms)
        done += len(page)
    return done


def rebuild_terms(connection: Connection) -> None:
    """Index every article as schemas before 0010 knew it: its words with all their stems."""
    for page in documents(connection):
        _put_terms(connection, _read(page))


def tell_groups(connection: Connection) -> None:
    """Tell the groups of near copies of all articles, in the order in which they arrived."""
    kin = Kin()
    for page in documents(connection):
        read = _read(page)
        arrived = [Arrived(row.id, row.article_id, kept.enrichment.sketch) for row, kept in read]
        _enter(connection, kin.tell(connection, arrived))


def index_waiting(connection: Connection) -> None:
    """Index what was to be indexed later, for a schema that knows no later."""
    kin = Kin()
    for page in documents(connection, within=select(to_index.c.article)):
        read = _read(page)
        _put_entities(connection, read)
        _put_terms(connection, read)
        arrived = [
            Arrived(row.id, row.article_id, kept.enrichment.sketch, is_new=False)
            for row, kept in read
        ]
        _enter(connection, kin.tell(connection, arrived))


def rebuild_entities(connection: Connection) -> None:
    """Write again whom each article names, and the names in all languages."""
    for page in documents(connection):
        read = _read(page)
        _put_entities(connection, read)
        said = {row for _, kept in read for row in rows.name_rows(kept.enrichment.entities)}
        noted = [{"key": key, "entity_id": id_} for key, id_ in sorted(said)]
        if noted:
            connection.execute(NOTE[connection.dialect.name], noted)


def _read(page: Sequence[Any]) -> list[tuple[Any, rows.Document]]:
    return [(row, rows.Document.model_validate_json(row.document)) for row in page]


def _put_entities(connection: Connection, read: Sequence[tuple[Any, rows.Document]]) -> None:
    connection.execute(delete(entities).where(entities.c.article.in_([row.id for row, _ in read])))
    named = [one for row, kept in read
             for one in rows.entity_rows(kept.enrichment.entities, row.id)]  # fmt: skip
    if named:
        connection.execute(insert(entities), named)


def _put_terms(connection: Connection, read: Sequence[tuple[Any, rows.Document]]) -> None:
    _put(connection, [{"article": row.id, "terms": rows.found_under(kept)} for row, kept in read])


def _put(connection: Connection, terms: Sequence[rows.Row]) -> None:
    statement, parameters = SEARCHES[connection.dialect.name].put(terms)
    connection.execute(text(statement), parameters)


def _enter(connection: Connection, told: Sequence[rows.Row]) -> None:
    if told:
        connection.execute(insert(near_copies), told)


_COUNTED = (
    update(entities)
    .where(entities.c.article == bindparam("of"), entities.c.entity_id == bindparam("who"))
    .values(mentions=bindparam("times"))
)


def count_mentions(connection: Connection) -> None:
    """Count how often each article names each of its entities."""
    for page in documents(connection):
        counted = [
            {"of": row.id, "who": rows.entity_key(one.id), "times": len(one.mentions)}
            for row in page
            for one in rows.Document.model_validate_json(row.document).enrichment.entities
            if one.id and one.type in rows.NAMED
        ]
        if counted:
            connection.execute(_COUNTED, counted)
