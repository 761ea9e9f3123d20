"""The log: versions in the order in which they became visible; those that are there, by time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "log",
        sa.Column("seq", ID, autoincrement=True, nullable=False),
        sa.Column("article", ID, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_log"),
        sa.ForeignKeyConstraint(
            ["article"], ["articles.id"], name="fk_log_article", ondelete="CASCADE"
        ),
        sqlite_autoincrement=True,
    )
    op.execute(
        "INSERT INTO log (article, number) "
        "SELECT article, number FROM versions ORDER BY stored_at, article, number"
    )
    op.create_index("ix_log_version", "log", ["article", "number"])


def downgrade() -> None:
    op.drop_table("log")
