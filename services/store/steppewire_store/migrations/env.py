"""Alembic runs this to migrate the connection that `steppewire_store.migrate` opened."""

from __future__ import annotations

from alembic import context

from steppewire.archive.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # the caller's transaction holds everything: SQLite's DDL can be rolled back, too
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
