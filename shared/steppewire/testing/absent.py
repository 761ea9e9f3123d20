"""One rule for tools that a test needs and a machine may lack."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def absent(what: str) -> NoReturn:
    """Skip on a developer's machine; fail where the whole truth is asked for (CI=true)."""
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(f"CI=true, and there is no {what}")
    pytest.skip(f"no {what} here; CI=true makes this a failure")
