"""Documents are read within bounds, and whatever they do costs only themselves."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator

import pytest

from steppewire.errors import Reject
from steppewire_fetcher.apart import SMALL, Apart, in_thread
from steppewire_fetcher.listings import read_listing

LARGE = b"x" * (SMALL + 1)
BOMB = b"<html>" + b"<div>" * 1_000_000
"""A minute of an HTML parser, in C: no signal is heard there."""


@pytest.fixture
async def apart() -> AsyncIterator[Apart]:
    read = Apart(seconds=2.0, memory=200_000_000)
    yield read
    await read.aclose()


def process(body: bytes) -> int:
    return os.getpid()


def fault(body: bytes) -> None:
    raise ZeroDivisionError("our own mistake")


def hungry(body: bytes) -> int:
    return len(bytearray(1_000_000_000))


def dies(body: bytes) -> None:
    os._exit(9)


def computes(body: bytes) -> None:
    while time.process_time() < 3600:
        pass


async def test_a_small_document_is_read_here_and_a_large_one_elsewhere(apart: Apart) -> None:
    assert await apart(process, b"small") == os.getpid()
    elsewhere = await apart(process, LARGE)
    assert elsewhere != os.getpid()
    assert await apart(process, LARGE) == elsewhere, "one process for all"


async def test_what_a_document_does_costs_only_itself(apart: Apart) -> None:
    endings = {}
    for function, body in (
        (read_listing, BOMB),
        (computes, LARGE),
        (hungry, LARGE),
        (dies, LARGE),
        (fault, LARGE),
        (fault, b"small"),
    ):
        with pytest.raises(Reject) as caught:
            await apart(function, body, *(["https://a.kz/"] if body is BOMB else []))
        endings[function.__name__, len(body)] = caught.value.reason

    assert list(endings.values()) == [
        "too-slow",
        "too-slow",
        "too-hungry",
        "too-hungry",
        "unreadable",
        "unreadable",
    ]
    page = b"<html><p>" + b" " * SMALL + b"<a href=/1>Title</a>"
    assert (await apart(read_listing, page, "https://a.kz/")).links[0].title == "Title"


async def test_a_fault_of_our_own_reading_is_told_in_words() -> None:
    with pytest.raises(Reject, match="unreadable: ZeroDivisionError: our own mistake"):
        await in_thread(fault, b"")
