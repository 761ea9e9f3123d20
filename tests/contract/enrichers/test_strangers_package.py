"""examples/enricher-package: enrichers of a stranger, installed beside ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from steppewire.testing.stranger import Stranger, installed

ROOT = Path(__file__).parents[3]
OURS = ("shared", "services/enricher")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Stranger:
    """A fresh environment with the enricher and the package, and a copy of its project."""
    place = tmp_path_factory.mktemp("stranger")
    pins = [ROOT / "requirements/dev.txt"]
    return installed(ROOT / "examples/enricher-package", place, ROOT, OURS, pins)


def test_its_own_tests_pass_where_nothing_but_its_dependencies_is_installed(
    stranger: Stranger,
) -> None:
    done = stranger.run("pytest", "-q")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
