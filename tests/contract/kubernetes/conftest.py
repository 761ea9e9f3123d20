"""Each overlay as `kubectl kustomize` renders it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from steppewire.testing.absent import absent

ROOT = Path(__file__).parents[3]
KUBERNETES = ROOT / "deploy" / "kubernetes"
OVERLAYS = sorted(path.name for path in (KUBERNETES / "overlays").iterdir())


def tool(name: str) -> str:
    """Return a program of the development environment, or an installed one."""
    here = Path(sys.executable).with_name(name)
    return str(here) if here.exists() else shutil.which(name) or absent(name)


@cache
def rendered(overlay: str) -> str:
    command = [tool("kubectl"), "kustomize", str(KUBERNETES / "overlays" / overlay)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Manifests:
    """All objects of an overlay."""

    def __init__(self, overlay: str) -> None:
        self.overlay, self.text = overlay, rendered(overlay)
        self.objects: list[dict[str, Any]] = list(yaml.safe_load_all(self.text))

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the objects of a kind by name."""
        return {o["metadata"]["name"]: o for o in self.objects if o["kind"] == kind}

    @property
    def pods(self) -> dict[str, dict[str, Any]]:
        """The pod template of each workload, by name."""
        workloads = self.of("Deployment") | self.of("StatefulSet")
        return {name: one["spec"]["template"] for name, one in workloads.items()}

    @property
    def services(self) -> dict[str, dict[str, Any]]:
        """The pod templates of our own."""
        return {name: one["spec"]["template"] for name, one in self.of("Deployment").items()}

    @property
    def settings(self) -> dict[str, str]:
        """What the ConfigMap tells every service."""
        (one,) = (o for n, o in self.of("ConfigMap").items() if n.startswith("steppewire"))
        found: dict[str, str] = one["data"]
        return found


@pytest.fixture(params=OVERLAYS)
def manifests(request: pytest.FixtureRequest) -> Manifests:
    return Manifests(request.param)


@pytest.fixture
def production() -> Manifests:
    return Manifests("production")
