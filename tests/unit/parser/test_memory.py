"""What a process keeps after it has read a large page."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

APART = """
import ctypes
from steppewire_parser.memory import LARGE, give_back

class Mallinfo(ctypes.Structure):  # `mallinfo2` of glibc
    _fields_ = [(name, ctypes.c_size_t) for name in ("arena", "free", "small", "apart", *"abcdef")]

mallinfo = ctypes.CDLL(None).mallinfo2
mallinfo.restype = Mallinfo
{first}
page = bytearray(40 * LARGE)
del page  # glibc now keeps what is smaller than this, unless it is told otherwise
before = mallinfo().apart
page = bytearray(4 * LARGE)
print(mallinfo().apart - before)
"""


def apart(first: str) -> str:
    """Tell whether a large piece of memory is apart from the heap, from where it goes back."""
    command = [sys.executable, "-c", APART.format(first=first)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60).stdout.strip()


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="only glibc keeps, and tells it"
)
def test_a_large_page_leaves_no_larger_process_behind() -> None:
    assert apart("") == "0"
    assert apart("give_back()") == "1"
