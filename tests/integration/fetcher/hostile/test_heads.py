"""Beginnings of answers that are too long, or not HTTP at all."""

from __future__ import annotations

import pytest

from steppewire.testing.hostile import OK, Ending, Hostile
from steppewire.testing.site import Reply, endless, headed, raw, reset

HEADS: dict[str, tuple[Reply, str]] = {
    "a header of a megabyte": (headed("X: " + "x" * 1_000_000), "unreachable"),
    "a header without end": (endless(OK + b"X: ", b"x" * 9000), "unreachable"),
    "ten thousand headers": (headed(*[f"X-{n}: x" for n in range(10_000)]), "unreachable"),
    "headers without end": (endless(OK, b"X: y\r\n" * 500), "unreachable"),
    "a status line without end": (endless(b"HTTP/1.1 200 ", b"O" * 9000), "unreachable"),
    "ssh": (raw(b"SSH-2.0-OpenSSH_9.6\r\n"), "unreachable"),
    "HTTP/2 to one who speaks HTTP/1": (raw(b"\0\0\x12\4\0\0\0\0\0"), "unreachable"),
    "HTTP/0.9": (raw(b"<html>no head at all</html>"), "unreachable"),
    "no answer": (raw(b""), "unreachable"),
    "a broken connection": (reset, "unreachable"),
    "a status of nonsense": (raw(b"HTTP/1.1 abc OK\r\n\r\n"), "unreachable"),
    "switching protocols": (raw(b"HTTP/1.1 101 X\r\nUpgrade: x\r\n\r\nx"), "unreachable|101"),
    "a zero byte in a header": (headed("X: a\0b", "Content-Length: 0"), "unreachable"),
    "a header line without a colon": (headed("nonsense", "Content-Length: 0"), "unreachable|200"),
}
"""Bad beginnings of answers, and what must come of each."""


@pytest.mark.parametrize("case", HEADS)
async def test_a_bad_head_ends_as_it_should(hostile: Hostile, ending: Ending, case: str) -> None:
    hostile.site.replies["/"], expected = HEADS[case]

    assert await ending("http://news.test:{bad}/") in expected.split("|")
