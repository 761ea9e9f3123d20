"""docs/explanation/manners.md says how many cases there are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_more_than_two_hundred_cases_are_tried() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", str(Path(__file__).parent)]
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    assert sum("::test_" in line for line in found.splitlines()) > 200
