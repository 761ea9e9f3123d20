"""The alert rules load, and each alert is shown firing and not firing."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from steppewire.testing.absent import absent

ROOT = Path(__file__).parents[3]
PROMETHEUS = ROOT / "deploy" / "prometheus"
RULES: dict[str, Any] = yaml.safe_load((PROMETHEUS / "rules/steppewire.yml").read_text("utf-8"))
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
SHOWN: dict[str, Any] = yaml.safe_load(
    (PROMETHEUS / "tests/steppewire_test.yml").read_text("utf-8")
)
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SCRAPE: dict[str, Any] = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text("utf-8"))


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("promtool") is None:
        absent("promtool (on Debian: apt-get install prometheus)")
    return subprocess.run(
        ["promtool", *arguments], cwd=PROMETHEUS, capture_output=True, text=True, check=False
    )


def test_the_configuration_and_the_rules_load() -> None:
    said = promtool("check", "config", "prometheus.yml")

    assert said.returncode == 0, said.stdout + said.stderr
    assert f"{len(ALERTS)} rules found" in said.stdout


def test_every_alert_fires_when_it_should_and_only_then() -> None:
    said = promtool("test", "rules", "tests/steppewire_test.yml")

    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize("name", [rule["alert"] for rule in ALERTS])
def test_every_alert_is_shown_firing_and_not_firing(name: str) -> None:
    shown = [
        bool(one["exp_samples"])
        for test in SHOWN["tests"]
        for one in test["promql_expr_test"]
        if f'alertname="{name}"' in one["expr"]
    ]

    assert {True, False} <= set(shown)


@pytest.mark.parametrize("rule", ALERTS, ids=[rule["alert"] for rule in ALERTS])
def test_every_alert_says_how_bad_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    page = (ROOT / "docs/how-to/watch-it.md").read_text("utf-8")

    assert rule["labels"]["severity"] in {"warning", "critical"}
    assert {"summary", "description"} <= set(rule["annotations"])
    assert f"`{rule['alert']}`" in page


def test_prometheus_looks_for_every_service_of_compose_at_its_port() -> None:
    (job,) = SCRAPE["scrape_configs"]
    looked_for = {
        (name, found["port"]) for found in job["dns_sd_configs"] for name in found["names"]
    }
    ours = {name for name, one in COMPOSE["services"].items() if "STEPPEWIRE" in str(one)}
    serving = ours & {"fetcher", "parser", "enricher", "store", "api", "notifier"}
    ports = {"api": int(COMPOSE["services"]["api"]["environment"]["STEPPEWIRE_API_PORT"])}
    recipe = (ROOT / "Dockerfile").read_text("utf-8")
    (worker,) = re.findall(r"STEPPEWIRE_HEALTH_PORT=(\d+)", recipe)

    assert looked_for == {(name, ports.get(name, int(worker))) for name in serving}
    assert len(serving) == 6
