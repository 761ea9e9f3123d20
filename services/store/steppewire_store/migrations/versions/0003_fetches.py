"""Receipts say of which fetch they are: so `steppewire recover` knows what is finished."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("receipts", sa.Column("fetch", sa.String(32), nullable=True))
    op.create_index("ix_receipts_fetch", "receipts", ["fetch"])


def downgrade() -> None:
    op.drop_index("ix_receipts_fetch", table_name="receipts")
    op.drop_column("receipts", "fetch")
