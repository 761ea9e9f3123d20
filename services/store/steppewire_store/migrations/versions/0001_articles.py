"""Articles, their versions, the answers to events, and entities.

A migration is frozen: it repeats what `tables` said when it was written.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")
WITH_ID = sa.text("entity_id IS NOT NULL")


def _article(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    key = sa.ForeignKeyConstraint(
        ["article"], ["articles.id"], name=f"fk_{table}_article", ondelete="CASCADE"
    )
    return sa.Column("article", ID, nullable=False), key


def upgrade() -> None:
    op.create_table(
        "articles",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("article_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("published_at", MOMENT),
        sa.Column("first_stored_at", MOMENT, nullable=False),
        sa.Column("sort_at", MOMENT, nullable=False),
        sa.Column("text_hash", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.UniqueConstraint("article_id", name="uq_articles_article_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_articles_sort", "articles", ["sort_at", "id"])
    op.create_index("ix_articles_source_sort", "articles", ["source", "sort_at", "id"])
    op.create_index("ix_articles_language_sort", "articles", ["language", "sort_at", "id"])
    op.create_index("ix_articles_text_hash", "articles", ["text_hash"])
    op.create_table(
        "versions",
        *_article("versions"),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("version_id", sa.String(64), nullable=False),
        sa.Column("fetched_at", MOMENT, nullable=False),
        sa.Column("stored_at", MOMENT, nullable=False),
        sa.Column("reading", sa.String(32), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("article", "number", name="pk_versions"),
    )
    op.create_table(
        "receipts",
        sa.Column("mark", sa.String(32), nullable=False),
        *_article("receipts"),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("change", sa.String(9), nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_receipts"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_receipts_article", "receipts", ["article"])
    op.create_table(
        "entities",
        *_article("entities"),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("entity_id", sa.Text),
        sa.Column("is_name", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("article", "key", "type", name="pk_entities"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_entities_key", "entities", ["key", "is_name", "article"])
    op.create_index(
        "ix_entities_entity_id",
        "entities",
        ["entity_id", "article"],
        sqlite_where=WITH_ID,
        postgresql_where=WITH_ID,
    )


def downgrade() -> None:
    for table in ("entities", "receipts", "versions", "articles"):
        op.drop_table(table)
