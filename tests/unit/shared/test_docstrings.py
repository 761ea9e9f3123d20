"""The words below an attribute are found; everything else is left alone."""

from __future__ import annotations

from steppewire.docstrings import attribute_docs


class Told:
    """A class."""

    plain: int = 1
    told: str = ""
    """What it is,
    over two lines."""
    also: float
    """And this."""
    assigned = 3
    """Not annotated, so no field."""

    def method(self) -> None:
        """Not an attribute."""


def test_only_annotated_attributes_with_words_below_are_told() -> None:
    assert attribute_docs(Told) == {"told": "What it is,\nover two lines.", "also": "And this."}
