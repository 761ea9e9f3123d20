"""Offices and peoples, where no corpus taught them."""

from __future__ import annotations

import pytest

from steppewire_enricher.groups import offices_and_peoples


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("ru", "бывший премьер-министр Казахстана", [("бывший премьер-министр", "POSITION")]),
        ("ru", "российские компании и казахстанцы",
         [("российские", "NORP"), ("казахстанцы", "NORP")]),
        ("ru", "Россия и Казахстан", []),
        ("en", "a foreign minister", [("foreign minister", "POSITION")]),
        ("en", "the Kazakh company", [("Kazakh", "NORP")]),
        ("kk", "қазақ министрі", []),
    ],
)  # fmt: skip
def test_offices_and_peoples_are_told_by_their_words(language, text, found):
    words = text.split()

    spans = offices_and_peoples(words, language)

    assert [(" ".join(words[s.start : s.end]), s.type) for s in spans] == found
