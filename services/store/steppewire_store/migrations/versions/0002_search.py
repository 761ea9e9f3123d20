"""The search index, filled from the documents that are there already."""

from __future__ import annotations

from alembic import op

from steppewire.archive import derived, search

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    connection = op.get_bind()
    for statement in search.SEARCHES[connection.dialect.name].ddl:
        op.execute(statement)
    # derived data, so the code of today may build it: a new folding is a new migration like this
    derived.rebuild_terms(connection)


def downgrade() -> None:
    op.drop_table("article_search")
