"""What docker-compose.yml promises can be read off it without an engine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
NETWORKS: dict[str, dict[str, Any]] = {k: v or {} for k, v in COMPOSE["networks"].items()}
DISTRIBUTIONS = {"fetcher", "parser", "enricher", "store", "api", "notifier", "newsroom"}
MASQUERADE = "com.docker.network.bridge.enable_ip_masquerade"


def leads_outside(network: str) -> bool:
    options = NETWORKS[network].get("driver_opts", {})
    return not NETWORKS[network].get("internal") and options.get(MASQUERADE) != "false"


def test_every_service_has_a_container_of_its_own() -> None:
    ours = DISTRIBUTIONS | {"ops"}

    assert set(SERVICES) == ours | {"redis", "postgres", "prometheus", "grafana"}


def test_only_what_people_look_at_is_published_and_only_on_loopback() -> None:
    published = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}

    assert published == {
        "api": ["127.0.0.1:${STEPPEWIRE_PORT:-8080}:8080"],
        "prometheus": ["127.0.0.1:${STEPPEWIRE_PROMETHEUS_PORT:-9090}:9090"],
        "grafana": ["127.0.0.1:${STEPPEWIRE_GRAFANA_PORT:-3000}:3000"],
    }


def test_only_fetcher_and_notifier_have_a_way_out() -> None:
    reaching = {name for name, one in SERVICES.items() if any(map(leads_outside, one["networks"]))}

    assert reaching == {"fetcher", "notifier"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_may_do_as_little_as_possible(name: str) -> None:
    one = SERVICES[name]

    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & set(one)


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_is_limited_and_comes_back(name: str) -> None:
    one = SERVICES[name]

    assert {"memory", "pids"} <= set(one["deploy"]["resources"]["limits"])
    # what a person runs by hand ends when it is done
    assert one["restart"] == ("no" if name == "ops" else "unless-stopped")
    assert one["init"] is True


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_waits_until_what_it_needs_is_healthy(name: str) -> None:
    needs = SERVICES[name].get("depends_on", {})

    assert all(how["condition"] == "service_healthy" for how in needs.values())


def test_demo_command_and_observability_come_only_when_asked_for() -> None:
    profiles = {name: one["profiles"] for name, one in SERVICES.items() if "profiles" in one}

    assert profiles == {
        "newsroom": ["demo"],
        "ops": ["ops"],
        "prometheus": ["observability"],
        "grafana": ["observability"],
    }


@pytest.mark.parametrize("name", ["redis", "postgres", "prometheus", "grafana"])
def test_what_is_not_ours_is_pinned_and_does_not_run_as_root(name: str) -> None:
    _, _, tag = SERVICES[name]["image"].partition(":")

    assert tag not in ("", "latest")
    assert not SERVICES[name]["user"].startswith("0")


def test_grafana_reaches_prometheus_and_nothing_of_ours_but_the_api() -> None:
    beside = {name for name, one in SERVICES.items() if "front" in one["networks"]}

    assert SERVICES["grafana"]["networks"] == ["front"]
    assert beside == {"api", "prometheus", "grafana"}


def test_every_variable_is_in_the_example_and_the_other_way_round() -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    used = set(re.findall(r"\$\{(STEPPEWIRE_\w+)", text)) - {"STEPPEWIRE_TAG"}
    offered = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))

    assert used == offered


def test_every_variable_has_a_default_so_that_one_command_is_enough() -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")

    assert re.findall(r"\$\{(\w+)\}", text) == []


def test_no_image_runs_as_root_and_none_is_bound_to_a_registry() -> None:
    recipe = (ROOT / "Dockerfile").read_text("utf-8")
    bases = re.findall(r"^FROM (\S+)", recipe, re.MULTILINE)
    users = re.findall(r"^USER (\d+):", recipe, re.MULTILINE)

    assert set(bases) == {"python:3.13-slim"}
    assert [int(uid) >= 10_000 for uid in users] == [True]
