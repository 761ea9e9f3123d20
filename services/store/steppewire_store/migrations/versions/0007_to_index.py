"""Articles may be indexed later than they are saved; `to_index` says which are still to be."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from steppewire.archive import derived

revision = "0007"
down_revision = "0006"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "to_index",
        sa.Column("article", ID, autoincrement=False, nullable=False),
        sa.Column("is_new", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("article", name="pk_to_index"),
        sa.ForeignKeyConstraint(
            ["article"], ["articles.id"], name="fk_to_index_article", ondelete="CASCADE"
        ),
    )
    if op.get_bind().dialect.name == "postgresql":
        # how many entries may wait unsorted is said by whoever writes: few, or a large piece
        op.execute("ALTER INDEX ix_article_search_terms RESET (gin_pending_list_limit)")
        # nobody reads the terms but the index: to compress them is a tenth of its work
        op.execute("ALTER TABLE article_search ALTER COLUMN terms SET STORAGE EXTERNAL")


def downgrade() -> None:
    derived.index_waiting(op.get_bind())
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX ix_article_search_terms SET (gin_pending_list_limit = 512)")
        op.execute("ALTER TABLE article_search ALTER COLUMN terms SET STORAGE EXTENDED")
    op.drop_table("to_index")
