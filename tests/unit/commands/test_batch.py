"""Many inputs on all cores: in order, in bounded memory, none at another's cost."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import pytest

from steppewire.commands.batch import AHEAD, Failed, answers

# `eval` can be named in every process, whether forked or spawned: the inputs are expressions
PREPARE = partial(partial, eval)
HANGS = "[None for _ in iter(int, 1)]"
DIES = "__import__('os')._exit(3)"


def answered(inputs: Any, **options: Any) -> list[Any]:
    return [answer for _, answer in answers(PREPARE, inputs, **{"time_limit": 5, **options})]


@pytest.fixture(params=["forked", "spawned"])
def start(request: pytest.FixtureRequest) -> Iterator[str]:
    """Both ways to start a process: a second thread forbids the fork."""
    done = threading.Event()
    second = threading.Thread(target=done.wait)
    if request.param == "spawned":
        second.start()
    yield request.param
    done.set()
    if second.ident:
        second.join()


def test_answers_come_in_the_order_of_the_inputs(start: str) -> None:
    slow_first = ["sum(range(3_000_000))", *map(str, range(100))]

    assert answered(slow_first, jobs=3, chunk=4)[1:] == list(range(100))


def test_an_input_that_hangs_costs_only_itself(start: str) -> None:
    one, hung, three = answered(["1", HANGS, "3"], time_limit=0.5, jobs=1)

    assert (one, three) == (1, 3)
    assert hung == Failed("time-limit", "took longer than 0.5 s and was given up")


def test_an_input_that_kills_its_process_costs_only_itself(start: str) -> None:
    _, died, after = answered(["1", DIES, "3"], jobs=1)

    assert after == 3
    assert died.reason == "crashed"
    assert "status 3" in died.detail


def test_even_when_every_input_kills_its_process_each_is_told() -> None:
    assert [a.reason for a in answered([DIES] * 20, jobs=2, chunk=5)] == ["crashed"] * 20


def test_a_process_that_was_killed_is_told_with_what_to_look_at() -> None:
    (killed,) = answered(["__import__('os').kill(__import__('os').getpid(), 9)"])

    assert "enough memory" in killed.detail


def test_what_the_function_raises_is_told_with_the_error() -> None:
    assert answered(["1 / 0", "2"]) == [Failed("failed", "ZeroDivisionError: division by zero"), 2]


def test_no_inputs_are_no_answers_and_no_process() -> None:
    assert answered([]) == []


def test_inputs_are_taken_only_a_few_chunks_ahead() -> None:
    taken: list[int] = []

    def inputs() -> Iterator[str]:
        for number in range(10_000):
            taken.append(number)
            yield str(number)

    running = answers(PREPARE, inputs(), time_limit=5, jobs=2, chunk=10)
    for _ in range(100):
        next(running)

    assert len(taken) <= 100 + AHEAD * 10 * 2
    running.close()


def test_processes_end_when_the_caller_loses_interest() -> None:
    running = answers(PREPARE, ["__import__('os').getpid()", *[HANGS] * 9], time_limit=60, jobs=1)
    _, process = next(running)
    running.close()

    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


class Slowly:
    """A supply with one input at a time, each of which comes when the one before is answered."""

    def __init__(self) -> None:
        self.over = False
        self._read, self._write = os.pipe()

    def put(self, text: str) -> None:
        os.write(self._write, text.encode())

    def take(self, most: int) -> Sequence[str]:
        os.set_blocking(self._read, False)
        try:
            return [os.read(self._read, 100).decode()]
        except BlockingIOError:
            return []

    def fileno(self) -> int:
        return self._read


def test_a_supply_that_waits_for_an_answer_gets_it_before_it_goes_on() -> None:
    supply = Slowly()
    supply.put("1 + 1")
    running = answers(PREPARE, supply, time_limit=5, jobs=4)

    for number in range(2, 10):
        assert next(running)[1] == number
        supply.put(f"{number} + 1")
    running.close()
