"""Names of entities in every language; words of titles and frequent ones, for relevance."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from steppewire.archive import derived

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "entity_names",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("entity_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", "entity_id", name="pk_entity_names"),
        sqlite_with_rowid=False,
    )
    # derived data, so the code of today may write it
    derived.rebuild_entities(op.get_bind())
    derived.rebuild_terms(op.get_bind())


def downgrade() -> None:
    # surnames and marked words stay in the other tables: older code does not ask for them
    op.drop_table("entity_names")
