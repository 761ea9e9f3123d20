"""Fixtures for every suite: real servers, started once a session."""

from __future__ import annotations

import importlib.util
import signal

pytest_plugins = [
    "steppewire.testing.redis",
    "steppewire.testing.cluster",
    "steppewire.testing.clock",
]
if importlib.util.find_spec("steppewire.testing.postgres"):
    pytest_plugins.append("steppewire.testing.postgres")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # a shell starts background jobs deaf to Ctrl-C, and so would be every command tried here
    signal.signal(signal.SIGINT, signal.default_int_handler)
