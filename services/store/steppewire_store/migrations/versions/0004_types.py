"""Entities have KazNERD's types; what was `place` becomes GPE, what it most often is."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

NEW = {
    "person": "PERSON",
    "organisation": "ORGANISATION",
    "place": "GPE",
    "other": "MISCELLANEOUS",
}
OLD = {
    "PERSON": "person", "ORGANISATION": "organisation", "GPE": "place", "LOCATION": "place",
    "FACILITY": "place", "NORP": "other", "EVENT": "other", "LAW": "other", "ART": "other",
    "PRODUCT": "other", "PROJECT": "other", "DISEASE": "other", "LANGUAGE": "other",
    "NON_HUMAN": "other", "MISCELLANEOUS": "other",
}  # fmt: skip


def upgrade() -> None:
    for old, new in NEW.items():
        op.execute(f"UPDATE entities SET type = '{new}' WHERE type = '{old}'")  # noqa: S608


def downgrade() -> None:
    # two types may become one: the first row of a name stays
    for new, old in OLD.items():
        op.execute(
            f"DELETE FROM entities WHERE type = '{new}' AND EXISTS ("  # noqa: S608
            "SELECT 1 FROM entities other WHERE other.article = entities.article "
            f"AND other.key = entities.key AND other.type = '{old}')"
        )
        op.execute(f"UPDATE entities SET type = '{old}' WHERE type = '{new}'")  # noqa: S608
