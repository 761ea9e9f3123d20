"""A newswire in containers: its own project, port and passwords, taken down at the end."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from steppewire.ports import free_port
from steppewire.streams import Stage, Stream, key, tally_name

ROOT = Path(__file__).parents[2]
PATIENCE = 240.0
"""Seconds that anything may take on two busy cores before we call it lost."""


@dataclass
class Newswire:
    """`docker compose` for one project, and questions to what runs in it."""

    project: str
    port: int
    prometheus: int
    """Its port on this machine, while it runs."""
    environment: dict[str, str]

    def compose(self, *arguments: str, check: bool = True, within: float = 1200) -> str:
        done = subprocess.run(
            ["docker", "compose", "--project-name", self.project, "--profile", "demo", *arguments],
            cwd=ROOT,
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )
        said = f"{arguments}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        assert done.returncode == 0 or not check, said
        return done.stdout

    def up(self, *arguments: str) -> None:
        self.compose("up", "--detach", "--wait", "--wait-timeout", "180", *arguments)

    def sql(self, query: str) -> list[dict[str, Any]]:
        """Ask PostgreSQL; each row as an object."""
        whole = f"select coalesce(json_agg(row), '[]') from ({query}) as row"
        command = ("psql", "-U", "steppewire", "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", whole)
        rows: list[dict[str, Any]] = json.loads(self.compose("exec", "-T", "postgres", *command))
        return rows

    def redis(self, *command: str) -> Any:
        """Ask Redis; the container knows its password."""
        return json.loads(self.compose("exec", "-T", "redis", "redis-cli", "--json", *command))

    def stream(self, stream: Stream) -> list[dict[str, Any]]:
        """Return the data of every entry of a stream."""
        entries = self.redis("XRANGE", key(stream.name), "-", "+")
        return [json.loads(fields[fields.index("data") + 1]) for _, fields in entries]

    def endings(self, stage: Stage) -> Counter[str]:
        """Return how a stage's messages ended: outcome -> how many."""
        tally: dict[str, str] = self.redis("HGETALL", key(tally_name(stage)))
        ended: Counter[str] = Counter()
        for field, times in tally.items():
            ended[field.split("|")[1]] += int(times)
        return ended

    def length(self, stream: Stream) -> int:
        """Return how many entries a stream holds."""
        return int(self.redis("XLEN", key(stream.name)))

    def pending(self, stage: Stage) -> int:
        """Return how many entries a stage has taken and not yet finished."""
        return int(self.redis("XPENDING", key(stage.reads.name), stage.group)[0])

    def get(self, path: str) -> Any:
        """Ask the API, from outside, as a reader does."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return json.load(answer)

    def measured(self, path: str) -> Any:
        """Ask the API of Prometheus."""
        address = f"http://127.0.0.1:{self.prometheus}/api/v1{path}"
        with urllib.request.urlopen(address, timeout=20) as answer:
            return json.load(answer)["data"]

    def python(self, service: str, code: str, *, check: bool = True) -> str:
        """Run a line of Python inside a service's container."""
        return self.compose("exec", "-T", service, "python", "-c", code, check=check)

    def containers(self, *service: str) -> list[str]:
        """Return the ids of the containers of a service, or of all."""
        return self.compose("ps", "--all", "--quiet", *service).split()

    def has_image(self, service: str) -> bool:
        """Tell whether a service's image is here, or can be had."""
        self.compose("pull", "--quiet", "--policy", "missing", service, check=False)
        image = self.compose("config", "--images", service).split()[0]
        return (
            subprocess.run(["docker", "image", "inspect", image], capture_output=True).returncode
            == 0
        )

    def inspect(self, container: str, template: str) -> str:
        command = ["docker", "inspect", "--format", template, container]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def until(self, what: str, true: Callable[[], bool], *, within: float = PATIENCE) -> None:
        """Look again and again; what never comes fails with the services' last words."""
        deadline = time.monotonic() + within
        while not true():
            if time.monotonic() > deadline:
                words = self.compose("logs", "--no-color", "--tail", "40")
                pytest.fail(f"not within {within:.0f} s: {what}\n{words[-12000:]}")
            time.sleep(0.2)


@pytest.fixture(scope="module")
def newswire() -> Iterator[Newswire]:
    """Build the images and hand out a project that has not been started."""
    port, prometheus = free_port(), free_port()
    wire = Newswire(
        project=f"steppewire-test-{os.getpid()}",
        port=port,
        prometheus=prometheus,
        environment={
            "STEPPEWIRE_PORT": str(port),
            "STEPPEWIRE_PROMETHEUS_PORT": str(prometheus),
            "STEPPEWIRE_TAG": "test",
            # slow enough that kills and stops fall into the work
            "STEPPEWIRE_PACE": "2",
            "STEPPEWIRE_POLL": "15",
            "STEPPEWIRE_REDIS_PASSWORD": secrets.token_urlsafe(18),
            "STEPPEWIRE_POSTGRES_PASSWORD": secrets.token_urlsafe(18),
        },
    )
    try:
        wire.compose("build", "--quiet")
        yield wire
    finally:
        wire.compose("down", "--volumes", "--remove-orphans", "--timeout", "5")
