"""Webhooks beside the articles; names by whose they are; removed answers by their age."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("taken", sa.BigInteger, nullable=False),
        sa.Column("last_delivered_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_entity_names_entity_id", "entity_names", ["entity_id"])
    op.create_index("ix_removed_stored_at", "removed", ["stored_at"])


def downgrade() -> None:
    op.drop_index("ix_removed_stored_at", "removed")
    op.drop_index("ix_entity_names_entity_id", "entity_names")
    op.drop_table("webhooks")
