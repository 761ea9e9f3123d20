"""What the weights of titles learn, and what is shipped."""

from __future__ import annotations

import pytest

from steppewire_parser import ranker
from steppewire_parser.headlines import Candidate
from steppewire_parser.train.titles import Question, learn, main


def question(number: int, right: str, wrong: str) -> Question:
    found = (
        Candidate([(wrong, "Рубрика дня")], {wrong}, 4),
        Candidate([(right, "Мост открыт")], {right}, 4),
    )
    return Question(f"site-{number}.kz", "set", found, 1)


def test_the_place_that_is_right_more_often_weighs_more():
    asked = [question(n, "h1", "og") for n in range(9)]
    asked += [question(n, "og", "h1") for n in range(9, 12)]

    weights = learn(asked)

    assert weights["h1"] > 0 > weights["og"]


def test_a_mark_that_hardly_occurs_is_not_learned():
    asked = [question(n, "h1", "og") for n in range(9)] + [question(9, "item", "og")]

    assert "item" not in learn(asked)


def test_the_shipped_weights_choose_by_place_and_agreement():
    weights = ranker.weights()

    assert weights["h1:first"] > weights["h1"] > 0 > weights["h1:home"]
    assert all(abs(weight) < 5 for weight in weights.values())


def test_data_without_page_sets_is_told_with_the_remedy(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main([str(tmp_path)])

    assert ended.value.code == 2
    assert "unpack the page sets there" in capsys.readouterr().err
