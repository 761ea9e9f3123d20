"""What one page may cost."""

from __future__ import annotations

import signal
import threading

import pytest

from steppewire.bounds import within_bounds
from steppewire.errors import Reject


def test_a_page_that_computes_too_long_is_rejected_and_the_process_goes_on():
    def endless() -> None:
        while True:
            try:
                sum(range(1000))
            except Exception:  # as hooks are guarded
                continue

    with pytest.raises(Reject) as caught, within_bounds(seconds=0.05):
        endless()

    assert caught.value.reason == "too-slow"
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_a_page_that_wants_too_much_memory_is_rejected_and_the_process_goes_on():
    with pytest.raises(Reject) as caught, within_bounds(memory=50_000_000):
        bytearray(200_000_000)

    assert caught.value.reason == "too-hungry"
    assert len(bytearray(200_000_000)) == 200_000_000


def test_a_page_within_its_bounds_sees_none_of_them():
    with within_bounds():
        assert sum(range(1000)) == 499_500


def test_beside_the_main_thread_a_page_is_read_without_a_clock():
    seen: list[int] = []

    def read() -> None:
        with within_bounds(seconds=0.000_001):
            seen.append(sum(range(100_000)))

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()

    assert len(seen) == 1
