"""Fixtures for every suite: real servers, started once a session."""

from __future__ import annotations

import importlib.util

pytest_plugins = [
    "steppewire.testing.redis",
    "steppewire.testing.cluster",
    "steppewire.testing.clock",
]
if importlib.util.find_spec("steppewire.testing.postgres"):
    pytest_plugins.append("steppewire.testing.postgres")
