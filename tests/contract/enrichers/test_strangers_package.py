"""examples/enricher-package: enrichers of a stranger, installed beside ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples/enricher-package"
OURS = ("shared", "services/enricher")


def uv(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, "-m", "uv", "--quiet", *arguments], cwd=ROOT, check=True)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the enricher and the package, and a copy of its project."""
    place = tmp_path_factory.mktemp("stranger")
    project = shutil.copytree(EXAMPLE, place / "project")
    uv("venv", "--python", sys.executable, place / "venv")
    for folder in OURS:
        uv("build", "--wheel", "--out-dir", place / "wheels", folder)
    known = ("--constraint", ROOT / "requirements/dev.txt")
    python = place / "venv/bin/python"
    wanted = f"{project}[test]"
    uv("pip", "install", "--python", python, "--find-links", place / "wheels", *known, wanted)
    return place


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("STEPPEWIRE_", "PY"))}
    command = [home / "venv/bin/python", "-m", *words]
    where = home / "project"
    return subprocess.run(
        command, env=clean, cwd=where, capture_output=True, text=True, check=False
    )


def test_its_own_tests_pass_where_nothing_but_its_dependencies_is_installed(home: Path) -> None:
    done = run(home, "pytest", "-q")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
