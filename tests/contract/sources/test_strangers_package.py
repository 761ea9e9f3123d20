"""examples/source-package: a stranger's sources, installed with their own dependencies."""

from __future__ import annotations

from pathlib import Path

import pytest

from steppewire.testing.stranger import Stranger, installed

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples/source-package"
OURS = ("shared", "services/fetcher", "services/parser")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Stranger:
    """A fresh environment with fetcher, parser and the package, and a copy of its project."""
    place = tmp_path_factory.mktemp("stranger")
    pins = [ROOT / "requirements/dev.txt", EXAMPLE / "requirements.txt"]
    return installed(EXAMPLE, place, ROOT, OURS, pins)


def test_its_own_tests_pass_where_nothing_but_its_dependencies_is_installed(
    stranger: Stranger,
) -> None:
    done = stranger.run("pytest", "-q")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout


def test_its_sources_come_in_by_the_same_door_as_ours(stranger: Stranger) -> None:
    done = stranger.run("steppewire_fetcher.check", "aul.example")

    assert done.returncode == 0, done.stderr
    assert "https://aul.example/ru/news/" in done.stdout
