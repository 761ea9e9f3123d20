"""What is told to Kubernetes is valid, guarded, and names what there really is."""

from __future__ import annotations

import importlib
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic_settings import BaseSettings

from steppewire.settings import PREFIX, Settings
from steppewire.streams import STAGES

from .conftest import ROOT, Manifests, tool

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
SERVICES = {stage.group for stage in STAGES} | {"api", "notifier"}
SETTINGS = {
    "fetcher": "steppewire_fetcher.settings:FetcherSettings",
    "parser": "steppewire_parser.app:ParserSettings",
    "enricher": "steppewire_enricher.app:EnricherSettings",
    "store": "steppewire_store.app:StoreSettings",
    "api": "steppewire_api.settings:ApiSettings",
    "notifier": "steppewire_notifier.settings:NotifierSettings",
}
OLDEST = "1.29"
"""The oldest Kubernetes that we care for."""


def settings_of(service: str) -> type[BaseSettings]:
    module, _, name = SETTINGS[service].partition(":")
    found: type[BaseSettings] = getattr(importlib.import_module(module), name)
    return found


def container(template: dict[str, Any]) -> dict[str, Any]:
    (one,) = template["spec"]["containers"]
    return dict(one)


def env(template: dict[str, Any]) -> dict[str, Any]:
    return {one["name"]: one for one in container(template).get("env", [])}


@pytest.mark.parametrize("version", [OLDEST, "latest"])
def test_every_object_is_what_kubernetes_expects(
    manifests: Manifests, tmp_path: Path, version: str
) -> None:
    file = tmp_path / "manifests.yaml"
    native = [o for o in manifests.objects if not o["apiVersion"].startswith("keda.sh/")]
    file.write_text(yaml.safe_dump_all(native))
    wanted = [] if version == "latest" else ["-k", version]

    done = subprocess.run(
        [tool("kubernetes-validate"), "--strict", *wanted, file],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert "WARN" not in done.stdout
    assert done.stdout.count("passed") == len(native)


def test_every_stage_api_and_notifier_run_as_deployments(manifests: Manifests) -> None:
    assert set(manifests.services) == SERVICES


def test_images_are_those_of_the_compose_file(manifests: Manifests) -> None:
    built = {name: one["image"].partition(":")[0] for name, one in COMPOSE["services"].items()}
    used = {name: container(pod)["image"].partition(":")[0] for name, pod in manifests.pods.items()}

    assert used == {name: built[name] for name in used}


def test_production_runs_a_release_and_not_what_was_built_last(production: Manifests) -> None:
    images = {container(pod)["image"] for pod in production.pods.values()}

    assert {image.partition(":")[2] for image in images} == {"0.1.0"}


def test_every_variable_is_a_setting_of_its_service(manifests: Manifests) -> None:
    for name, template in manifests.services.items():
        known = {PREFIX + field.upper() for field in settings_of(name).model_fields}
        assert set(env(template)) <= known
    shared = {PREFIX + field.upper() for field in Settings.model_fields}
    assert set(manifests.settings) <= shared


def test_the_settings_of_the_config_map_can_be_read(manifests: Manifests, monkeypatch) -> None:
    for name, value in manifests.settings.items():
        monkeypatch.setenv(name, value)

    assert Settings().partitions == int(manifests.settings["STEPPEWIRE_PARTITIONS"])


def test_kubernetes_own_variables_do_not_look_like_our_settings(manifests: Manifests) -> None:
    """A Service named steppewire-api would set STEPPEWIRE_API_PORT=tcp://… in every container."""
    assert all(pod["spec"]["enableServiceLinks"] is False for pod in manifests.pods.values())


def test_passwords_come_from_the_secret_only(manifests: Manifests) -> None:
    for template in manifests.pods.values():
        for name, one in env(template).items():
            if re.search(r"REDIS_URL|DATABASE|PASSWORD|AUTH", name):
                assert set(one["valueFrom"]) == {"secretKeyRef"}
    assert not any("://" in value for value in manifests.settings.values())


def test_a_pod_may_do_as_little_as_possible(manifests: Manifests) -> None:
    for template in manifests.pods.values():
        pod, one = template["spec"], container(template)
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        assert one["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert one["resources"]["limits"]["memory"]
        assert {"cpu", "memory"} <= set(one["resources"]["requests"])
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)


def test_our_pods_run_as_the_user_of_the_image(manifests: Manifests) -> None:
    user, group = re.findall(r"^USER (\d+):(\d+)$", DOCKERFILE, re.MULTILINE)[0]
    for template in manifests.services.values():
        context = template["spec"]["securityContext"]
        assert (context["runAsUser"], context["runAsGroup"]) == (int(user), int(group))


def test_probes_ask_where_the_image_answers(manifests: Manifests) -> None:
    port = re.findall(r"STEPPEWIRE_HEALTH_PORT=(\d+)", DOCKERFILE)[0]
    for name, template in manifests.services.items():
        one = container(template)
        (door,) = one["ports"]
        expected = env(template)["STEPPEWIRE_API_PORT"]["value"] if name == "api" else port
        assert door["containerPort"] == int(expected)
        for probe, path in (
            ("startupProbe", "/health/live"),
            ("livenessProbe", "/health/live"),
            ("readinessProbe", "/health/ready"),
        ):
            assert one[probe]["httpGet"] == {"path": path, "port": door["name"]}


def test_there_is_time_to_drain(manifests: Manifests) -> None:
    drain = Settings.model_fields["drain"].default
    hand_back = 3.0
    for template in manifests.services.values():
        assert template["spec"]["terminationGracePeriodSeconds"] >= drain + hand_back + 5


def test_a_drained_node_takes_one_pod_of_a_stage_at_a_time(manifests: Manifests) -> None:
    budgets = manifests.of("PodDisruptionBudget")

    assert set(budgets) == SERVICES
    for name, budget in budgets.items():
        assert budget["spec"]["maxUnavailable"] == 1
        labels = manifests.services[name]["metadata"]["labels"]
        assert budget["spec"]["selector"]["matchLabels"].items() <= labels.items()


def test_replicas_are_spread_over_nodes_and_zones(manifests: Manifests) -> None:
    for template in manifests.services.values():
        spread = template["spec"]["topologySpreadConstraints"]
        assert {one["topologyKey"] for one in spread} == {
            "topology.kubernetes.io/zone",
            "kubernetes.io/hostname",
        }
        for one in spread:
            labels = template["metadata"]["labels"]
            assert one["labelSelector"]["matchLabels"].items() <= labels.items()


def test_what_is_mounted_is_where_the_image_expects_it(manifests: Manifests) -> None:
    blobs = re.findall(r"STEPPEWIRE_BLOBS=(\S+)", DOCKERFILE)[0]
    mounts = {
        name: {m["mountPath"]: m.get("readOnly", False) for m in container(pod)["volumeMounts"]}
        for name, pod in manifests.services.items()
    }

    assert {name: at[blobs] for name, at in mounts.items() if blobs in at} == {
        "fetcher": False,
        "parser": True,
    }
    assert all("/tmp" in at for at in mounts.values())
    assert (
        env(manifests.services["fetcher"])["STEPPEWIRE_SOURCES_DIR"]["value"] in mounts["fetcher"]
    )


def test_the_page_is_reached_through_its_service(manifests: Manifests) -> None:
    service = manifests.of("Service")["api"]["spec"]
    labels = manifests.services["api"]["metadata"]["labels"]

    assert service["selector"].items() <= labels.items()
    assert service["ports"][0]["targetPort"] in {
        port["name"] for port in container(manifests.services["api"])["ports"]
    }


def policies(manifests: Manifests, template: dict[str, Any], way: str) -> set[str]:
    labels = template["metadata"]["labels"]
    return {
        name
        for name, one in manifests.of("NetworkPolicy").items()
        if one["spec"]["podSelector"].get("matchLabels", {}).items() <= labels.items()
        and one["spec"].get(way)
    }


def test_only_the_fetcher_has_a_way_to_news_sites_and_the_notifier_to_webhooks(
    manifests: Manifests,
) -> None:
    outward = {
        name: policies(manifests, pod, "egress") - {"names"} for name, pod in manifests.pods.items()
    }

    assert manifests.of("NetworkPolicy")["default-deny"]["spec"] == {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
    }
    assert {name for name, found in outward.items() if "news-sites" in found} == {"fetcher"}
    assert {name for name, found in outward.items() if "webhooks" in found} == {"notifier"}
    for name in SERVICES:
        with_database = name in ("store", "api", "notifier")
        expected = {"to-broker"} | ({"to-database"} if with_database else set())
        assert outward[name] - {"news-sites", "webhooks"} == expected


@pytest.mark.parametrize("policy", ["news-sites", "webhooks"])
def test_a_way_out_leads_to_no_private_network(manifests: Manifests, policy: str) -> None:
    (rule,) = manifests.of("NetworkPolicy")[policy]["spec"]["egress"]
    closed = {net for to in rule["to"] for net in to["ipBlock"]["except"]}

    private = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8"}
    assert private <= closed
    assert {port["port"] for port in rule["ports"]} == {80, 443}


def test_the_secret_has_every_key_that_is_asked_for() -> None:
    small = Manifests("small")
    (secret,) = small.of("Secret").values()
    asked = {
        one["valueFrom"]["secretKeyRef"]["key"]
        for pod in small.pods.values()
        for one in env(pod).values()
        if "valueFrom" in one
    }

    assert asked <= set(secret["data"])


def test_production_names_every_key_of_its_secret_where_people_read_it(
    production: Manifests,
) -> None:
    asked = {
        one["valueFrom"]["secretKeyRef"]["key"]
        for pod in production.pods.values()
        for one in env(pod).values()
        if "valueFrom" in one
    }
    (login,) = production.of("TriggerAuthentication").values()
    asked |= {one["key"] for one in login["spec"]["secretTargetRef"]}
    folder = ROOT / "deploy" / "kubernetes" / "overlays" / "production"
    page = (ROOT / "docs" / "how-to" / "scale-out.md").read_text("utf-8")

    assert production.of("Secret") == {}
    assert all(key in (folder / "kustomization.yaml").read_text("utf-8") for key in asked)
    assert all(key in page for key in asked)


def test_replicas_that_are_scaled_by_backlog_are_not_set_by_hand(production: Manifests) -> None:
    scaled = {o["spec"]["scaleTargetRef"]["name"] for o in production.of("ScaledObject").values()}

    for name, deployment in production.of("Deployment").items():
        assert ("replicas" in deployment["spec"]) is (name not in scaled)
