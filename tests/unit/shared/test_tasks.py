"""A task that swallows a cancellation is ended all the same."""

from __future__ import annotations

import asyncio

import pytest

from steppewire.tasks import end, end_others, together, unless


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


async def test_when_one_raises_the_others_end_even_if_they_swallow_a_cancellation():
    swallowed = []

    async def stubborn() -> None:
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if swallowed:
                    raise
                swallowed.append(True)

    async def failing() -> None:
        await asyncio.sleep(0)
        raise ValueError("its own")

    with pytest.raises(ValueError, match="its own"):
        await together([stubborn(), failing()])

    assert swallowed


async def test_what_is_left_at_the_end_is_ended_and_named():
    async def forgotten() -> None:
        await asyncio.Event().wait()

    task = asyncio.create_task(forgotten())
    await asyncio.sleep(0)

    assert any("forgotten" in name for name in await end_others())
    assert task.cancelled()


async def test_work_that_nobody_stops_is_done():
    done = []

    async def work() -> None:
        await asyncio.sleep(0)
        done.append(True)

    assert await unless(asyncio.Event(), work())
    assert done


async def test_work_is_given_up_when_it_is_to_stop():
    stop, ended = asyncio.Event(), []

    async def work() -> None:
        stop.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    assert not await unless(stop, work())
    assert ended


async def test_what_the_work_raises_is_raised():
    async def work() -> None:
        raise ValueError("its own")

    with pytest.raises(ValueError, match="its own"):
        await unless(asyncio.Event(), work())
