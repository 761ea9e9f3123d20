"""No orphans: a child process ends when the process that started it dies, even by -9."""

from __future__ import annotations

import ctypes
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
"""linux/prctl.h"""


def _ask_kernel() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


end_with_parent: Callable[[], None] | None = _ask_kernel if sys.platform == "linux" else None
"""For `Popen(preexec_fn=…)`. None where the kernel offers no such thing (macOS)."""
