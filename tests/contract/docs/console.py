"""Runs the commands that a page of docs shows, and compares what they answer."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def shown_in(page: str) -> list[str]:
    """Return the blocks of a page that show commands with their answers."""
    return re.findall(r"```console\n(.*?)```", page, re.DOTALL)


def first_command(shown: str) -> str:
    """Return what a block is called by."""
    return shown.splitlines()[0][2:60]


def told(shown: str) -> tuple[str, list[str]]:
    """Return the commands of a block, as a script, and the lines that they answer with."""
    commands, answers = [], []
    for line in shown.splitlines():
        begins, rest = line[:2], line[2:]
        (commands if begins in ("$ ", "> ") else answers).append(
            rest if begins in ("$ ", "> ") else line
        )
    return "\n".join(commands), answers


def fits(answers: list[str], output: str) -> bool:
    """Compare; `…` stands for anything."""
    pattern = re.escape("\n".join(answers)).replace("…", ".*")
    return re.fullmatch(pattern, output.strip(), re.DOTALL) is not None


def output_of(script: str, place: Path) -> str:
    """Run commands in a place where the checkout's pages are; return all that they say."""
    (place / "tests").symlink_to(ROOT / "tests")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", f"exec 2>&1\n{script}"],
        cwd=place,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout
