"""Where sentences end."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire.language.sentences import sentences

CASES = [
    line.split("‖")
    for file in sorted((Path(__file__).parent / "sentences").glob("*.txt"))
    for line in file.read_text("utf-8").splitlines()
]


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_a_case_of_the_list_is_split_where_its_writer_did(case):
    assert case == pieces(" ".join(case))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Бірінші жол\nЕкінші жол", ["Бірінші жол", "Екінші жол"]),
        ("Yig‘ilish tugadi.Hamma tarqaldi.", ["Yig‘ilish tugadi.", "Hamma tarqaldi."]),
        ("Яндекс.Такси растёт. Kun.uz молчит.", ["Яндекс.Такси растёт.", "Kun.uz молчит."]),
        ("Доказано.[1] Позже опровергнуто.[2]", ["Доказано.[1]", "Позже опровергнуто.[2]"]),
        ("", []),
        ("  \n ", []),
        ("!!! ... ???", ["!!! ... ???"]),
        ("…Ал ол кетті. Бітті.", ["…Ал ол кетті.", "Бітті."]),
        ("كەشە كەلدى. بۇگىن كەتتى؟ بىلمەيمىن.", ["كەشە كەلدى.", "بۇگىن كەتتى؟", "بىلمەيمىن."]),
    ],
)  # fmt: skip
def test_odd_texts_are_split_as_a_reader_would(text, expected):
    assert expected == pieces(text)


@given(st.text(alphabet="аА. бБ!?…«»()\n-–1Ая т.", max_size=120))
def test_sentences_cover_all_that_is_written_once_and_in_order(text):
    spans = sentences(text)

    assert "".join(text.split()) == "".join("".join(text[a:b].split()) for a, b in spans)
    assert all(a < b for a, b in spans)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    assert all(text[a:b] == text[a:b].strip() for a, b in spans)


@pytest.mark.parametrize(
    "piece", ["т.д. а ", "(а. ", "! ", "А. ", "г. 2 ", ". ", "« ", "аб.Вгд", "a"]
)
def test_time_grows_with_the_text_and_not_with_its_square(piece):
    def cost(times: int) -> float:
        text = piece * times
        begin = time.process_time()
        sentences(text)
        return time.process_time() - begin

    cost(1_000)
    assert cost(40_000) < 8 * (cost(10_000) + 0.005)
