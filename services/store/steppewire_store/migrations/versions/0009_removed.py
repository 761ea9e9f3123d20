"""What is remembered of articles that were removed to make room."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade() -> None:
    op.create_table(
        "removed",
        sa.Column("mark", sa.String(32), nullable=False),
        sa.Column("fetch", sa.String(32)),
        sa.Column("article_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("change", sa.String(9), nullable=False),
        sa.Column("stored_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_removed"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_removed_fetch", "removed", ["fetch"])


def downgrade() -> None:
    op.drop_table("removed")
