"""What is wrong with settings or surroundings is told in one line that names the remedy."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

NOWHERE = "redis://:secret@127.0.0.1:1/0"
CASES = {
    "no broker": (
        "parser",
        {"REDIS_URL": NOWHERE, "BROKER_WAIT": "0"},
        69,
        "set STEPPEWIRE_REDIS_URL",
    ),
    "no broker address": ("parser", {"REDIS_URL": "localhost"}, 78, "give redis://host:6379/0"),
    "no number": ("enricher", {"LEASE": "soon"}, 78, "STEPPEWIRE_LEASE"),
    "no partition": ("fetcher", {"PARTITIONS": "0"}, 78, "STEPPEWIRE_PARTITIONS"),
    "no level": ("store", {"LOG_LEVEL": "loud"}, 78, "STEPPEWIRE_LOG_LEVEL"),
    "no such database": ("store", {"DATABASE": "mysql://x"}, 78, "STEPPEWIRE_DATABASE"),
    "no blob store": ("parser", {"BLOBS": "ftp://x"}, 78, "STEPPEWIRE_BLOBS"),
    "no collector": ("parser", {"TRACE_URL": "collector:4318"}, 78, "give http://host:4318"),
    "no share": ("fetcher", {"TRACE_SAMPLE": "5"}, 78, "STEPPEWIRE_TRACE_SAMPLE"),
    "no port": ("api", {"API_PORT": "99999999"}, 78, "STEPPEWIRE_API_PORT"),
}


def start(service: str, settings: dict[str, str], folder) -> subprocess.CompletedProcess[str]:
    environment = {f"STEPPEWIRE_{name}": value for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-m", f"steppewire_{service}"],
        env={**os.environ, **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("case", CASES, ids=CASES)
def test_a_wrong_setting_is_one_clear_line(case, tmp_path):
    service, settings, status, remedy = CASES[case]

    result = start(service, settings, tmp_path)

    told = [line for line in result.stderr.splitlines() if line.startswith("steppewire-")]
    assert result.returncode == status, result.stderr
    assert len(told) == 1
    assert remedy in told[0]
    assert "Traceback" not in result.stderr
    assert "secret" not in result.stderr


@pytest.mark.parametrize("service", ["fetcher", "parser", "enricher", "store"])
def test_help_names_every_setting(service):
    result = subprocess.run(
        [sys.executable, "-m", f"steppewire_{service}", "--help"],
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert result.returncode == 0
    assert "STEPPEWIRE_REDIS_URL" in result.stdout
    assert "STEPPEWIRE_LEASE" in result.stdout


@pytest.mark.parametrize("service", ["fetcher", "parser", "enricher", "api"])
def test_a_word_that_means_nothing_starts_no_service(service):
    result = subprocess.run(
        [sys.executable, "-m", f"steppewire_{service}", "--workers", "3"],
        capture_output=True,
        text=True,
        timeout=60,
    )

    [told] = result.stderr.splitlines()
    assert result.returncode == 64
    assert "'--workers' means nothing here" in told
    assert f"python -m steppewire_{service} --help" in told
