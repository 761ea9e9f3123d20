"""A task that swallows a cancellation is ended all the same."""

from __future__ import annotations

import asyncio

from steppewire.tasks import end


async def test_a_task_that_swallows_its_first_cancellation_is_ended():
    swallowed = []

    async def stubborn() -> None:
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if swallowed:
                    raise
                swallowed.append(True)

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await end([task])

    assert task.cancelled()
    assert swallowed


async def test_what_an_ended_task_raised_does_not_reach_the_one_who_ends_it():
    async def failing() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise ValueError("its own")

    task = asyncio.create_task(failing())
    await asyncio.sleep(0)
    await end([task])

    assert isinstance(task.exception(), ValueError)


async def test_ending_nothing_returns_at_once():
    await end([])
