"""Many rows at once: COPY into PostgreSQL, one statement with many values in SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, bindparam, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from steppewire.archive.tables import Moment, utc


async def add(connection: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Add rows, of which none is there yet, inside the transaction that has begun.

    All have the same columns. PostgreSQL gets them without SQLAlchemy, which takes three times as
    long for each row as the server.
    """
    if not rows:
        return
    if connection.dialect.name != "postgresql":
        await connection.execute(insert(table), rows)
        return
    columns = tuple(rows[0])
    moments = [name for name in columns if isinstance(table.c[name].type, Moment)]
    for row in rows if moments else ():
        row.update({name: utc(row[name]) for name in moments if row[name] is not None})
    driver = await _driver(connection)
    records = [tuple(row[name] for name in columns) for row in rows]
    await driver.copy_records_to_table(table.name, columns=columns, records=records)


async def remove(connection: AsyncConnection, table: str, articles: Sequence[int]) -> None:
    """Remove the rows of articles, by their numbers, from a table that refers to them."""
    if connection.dialect.name == "postgresql":
        # one parameter: a thousand of them take longer to read than rows to find
        of_them = text(f"DELETE FROM {table} WHERE article = ANY(CAST(:ids AS bigint[]))")  # noqa: S608
    else:
        of_them = text(f"DELETE FROM {table} WHERE article IN :ids")  # noqa: S608
        of_them = of_them.bindparams(bindparam("ids", expanding=True))
    await connection.execute(of_them, {"ids": list(articles)})


async def add_encoded(
    connection: AsyncConnection,
    table: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[bytes]],
) -> None:
    """Add rows to a table of PostgreSQL, their fields already as its types are received.

    For what the driver takes longer to encode than the caller. The format is that of COPY,
    "Binary Format" in PostgreSQL's manual.
    """
    width = len(columns).to_bytes(2, "big")
    pieces = [_SIGNATURE]
    for row in rows:
        pieces.append(width)
        for value in row:
            pieces += (len(value).to_bytes(4, "big"), value)
    pieces.append(_TRAILER)
    driver = await _driver(connection)
    data = memoryview(b"".join(pieces))  # bytes would be taken for a file's name
    await driver.copy_to_table(table, source=data, columns=columns, format="binary")


_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"


async def _driver(connection: AsyncConnection) -> Any:
    driver: Any = (await connection.get_raw_connection()).driver_connection
    # SQLAlchemy begins with its first statement: before that, a copy would be a commit of its own
    if not driver.is_in_transaction():
        raise RuntimeError("rows were to be copied outside a transaction")
    return driver
