"""Groups of near copies, and how often an article names an entity; both out of the documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from steppewire.archive import derived

revision = "0006"
down_revision = "0005"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "near_copies",
        sa.Column("number", ID, autoincrement=True, nullable=False),
        sa.Column("article", ID, nullable=False),
        sa.Column("grp", sa.String(64), nullable=False),
        sa.Column("sketch", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_near_copies"),
        sa.UniqueConstraint("article", name="uq_near_copies_article"),
        sa.ForeignKeyConstraint(
            ["article"], ["articles.id"], name="fk_near_copies_article", ondelete="CASCADE"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_near_copies_grp", "near_copies", ["grp", "article"])
    op.add_column("entities", sa.Column("mentions", sa.Integer, nullable=False, server_default="1"))
    # derived data, so the code of today may tell it
    derived.tell_groups(op.get_bind())
    derived.count_mentions(op.get_bind())


def downgrade() -> None:
    op.drop_column("entities", "mentions")
    op.drop_table("near_copies")
