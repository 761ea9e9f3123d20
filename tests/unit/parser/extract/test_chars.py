"""Characters are counted alike in every script."""

from __future__ import annotations

import pytest

from steppewire_parser.extract.chars import KINDS, chars_of


def counted(text: str) -> dict[str, int]:
    counts = chars_of([text]).counts
    return {kind: int(counts[kind][0]) for kind in KINDS if counts[kind][0]}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Abc 12,5.", {"lower": 2, "upper": 1, "digit": 3, "space": 1, "comma": 1, "stop": 1}),
        ("Әжім «ү»!", {"lower": 4, "upper": 1, "space": 1, "quote": 2, "stop": 1}),
        ("漢字。", {"wide": 2, "stop": 1}),
        ("字，字！", {"wide": 2, "comma": 1, "stop": 1}),
        ("+ — %", {"symbol": 3, "space": 2}),
    ],
)
def test_a_character_is_of_one_kind(text: str, kinds: dict[str, int]) -> None:
    assert counted(text) == kinds


def test_every_text_has_its_own_row() -> None:
    assert chars_of(["аб", "В."]).counts["lower"].tolist() == [2, 0]


def test_what_a_text_begins_and_ends_with_is_told() -> None:
    chars = chars_of(["Аб.", "«в»"])

    assert [KINDS[kind] for kind in chars.begins] == ["upper", "quote"]
    assert [KINDS[kind] for kind in chars.ends] == ["stop", "quote"]
