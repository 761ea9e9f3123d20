"""How a process computes that has loaded models: on one thread, and seldom looking for garbage."""

from __future__ import annotations

import gc

from threadpoolctl import threadpool_limits

YOUNG, OLDER, OLD = 50_000, 20, 100
"""New objects before the collector looks through them; how often before it looks through older ones
and through all. Nothing that an article makes is garbage in a cycle, and a tenth of an article's
time went into looking through the words that are remembered."""


def steady() -> None:
    """Make the process one that computes.

    The matrices of one article are small: threads of BLAS would spend more time waiting for each
    other than computing, and workers share the cores already. That the package asks for one
    thread by a variable of the environment counts only where numpy was not loaded before.
    """
    threadpool_limits(1, user_api="blas")
    gc.set_threshold(YOUNG, OLDER, OLD)
