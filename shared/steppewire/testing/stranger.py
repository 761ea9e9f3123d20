"""A stranger's project, installed beside our distributions in an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Stranger:
    """A copy of the project, and the environment that it is installed in."""

    project: Path
    python: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m` with these words in the project, with no setting of ours."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("STEPPEWIRE_", "PY"))}
        return subprocess.run(  # noqa: S603 (our own words)
            [self.python, "-m", *words],
            env=clean,
            cwd=self.project,
            capture_output=True,
            text=True,
            check=False,
        )


def installed(
    example: Path, place: Path, root: Path, beside: Sequence[str], pins: Sequence[Path]
) -> Stranger:
    """Copy a project to `place` and install it there with what its tests need.

    `beside` names folders of our distributions below `root`, `pins` files of requirements that
    bound the versions of everything else. Raises CalledProcessError when anything cannot be had.
    """
    project = shutil.copytree(example, place / "project")
    python = place / "venv/bin/python"
    _uv(root, "venv", "--python", sys.executable, place / "venv")
    for folder in beside:
        _uv(root, "build", "--wheel", "--out-dir", place / "wheels", folder)
    known = [part for file in pins for part in ("--constraint", file)]
    ours = ("--find-links", place / "wheels")
    _uv(root, "pip", "install", "--python", python, *ours, *known, f"{project}[test]")
    return Stranger(project, python)


def _uv(root: Path, *arguments: str | Path) -> None:
    subprocess.run(  # noqa: S603 (our own words)
        [sys.executable, "-m", "uv", "--quiet", *arguments], cwd=root, check=True
    )
