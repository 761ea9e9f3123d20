"""What a process that computes keeps, and on how many threads it does."""

from __future__ import annotations

import gc
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_info, threadpool_limits

from steppewire_enricher.kept import Kept, Places
from steppewire_enricher.steady import YOUNG, steady


@pytest.fixture
def threshold():
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


@pytest.mark.usefixtures("threshold")
def test_blas_has_one_thread_however_numpy_came_to_be_loaded():
    with threadpool_limits(4, user_api="blas"):
        steady()

        threads = [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]

    assert threads
    assert set(threads) == {1}
    assert gc.get_threshold()[0] == YOUNG


def _kept(size: int, asked: list[list[str]]) -> Kept[str]:
    def computed(words):
        asked.append(list(words))
        return np.array([[len(word)] for word in words], dtype=np.float32)

    return Kept(size, 1, computed, nothing="")


def test_a_row_is_computed_once_and_nothing_has_a_row_of_zeros():
    asked: list[list[str]] = []
    kept = _kept(8, asked)

    first = kept.rows(kept.at(["a", "", "bb", "a"])).ravel().tolist()
    again = kept.rows(kept.at(["bb", "ccc"])).ravel().tolist()

    assert first == [1, 0, 2, 1]
    assert again == [2, 3]
    assert asked == [["a", "bb"], ["ccc"]]


def test_when_there_is_no_room_what_was_not_asked_for_the_longest_is_forgotten():
    asked: list[list[str]] = []
    kept = _kept(4, asked)
    kept.at(["a", "bb"])
    kept.at(["ccc"])
    kept.at(["a"])

    rows = kept.rows(kept.at(["a", "", "dddd", "ccc"])).ravel().tolist()
    again = kept.rows(kept.at(["ccc", "bb", "dddd"])).ravel().tolist()

    assert rows == [1, 0, 4, 3]
    assert again == [3, 2, 4]
    assert asked == [["a", "bb"], ["ccc"], ["dddd"], ["bb"]]


def test_more_than_there_is_room_for_is_there_for_one_call():
    asked: list[list[str]] = []
    kept = _kept(4, asked)
    kept.at(["a", "bb"])

    many = kept.rows(kept.at(["x" * n for n in range(1, 10)])).ravel().tolist()
    few = kept.rows(kept.at(["a", "bb", "a"])).ravel().tolist()

    assert many == list(range(1, 10))
    assert few == [1, 2, 1]
    assert asked[-1] == ["a", "bb"]


def test_whatever_is_forgotten_every_answer_is_right():
    dice = random.Random(1)
    kept = _kept(30, [])

    for _ in range(300):
        words = ["x" * dice.randint(0, 60) for _ in range(dice.randint(0, 45))]

        assert kept.rows(kept.at(words)).ravel().tolist() == [len(word) for word in words]


@given(st.sets(st.integers(0, 2**32 - 2), min_size=1), st.lists(st.integers(0, 2**32 - 2)))
def test_keys_are_found_where_they_stand(keys, others):
    written = sorted(keys)
    places = Places(np.array(written, dtype=np.uint32))

    found = places.at(np.array([*written, *others], dtype=np.uint32)).tolist()

    expected = [written.index(key) + 1 if key in keys else 0 for key in (*written, *others)]
    assert found == expected
