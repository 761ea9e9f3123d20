"""Each stage is scaled by its own streams, in every partition, by lag and by pending."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from steppewire.streams import STAGES, Stage, key, retry_name

from .conftest import KUBERNETES, ROOT, Manifests

SCHEMA = json.loads(Path(__file__).with_name("keda.schema.json").read_text("utf-8"))
SCALERS = KUBERNETES / "overlays" / "production" / "scalers.yaml"


def generator() -> Any:
    spec = importlib.util.spec_from_file_location("scalers", KUBERNETES / "scalers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["scalers"] = module  # a dataclass looks its module up
    spec.loader.exec_module(module)
    return module


scalers = generator()


def partitions(production: Manifests) -> int:
    return int(production.settings["STEPPEWIRE_PARTITIONS"])


def test_kedas_objects_are_what_keda_expects(production: Manifests) -> None:
    objects = [o for o in production.objects if o["apiVersion"].startswith("keda.sh/")]

    assert len(objects) == len(STAGES) + 1
    for one in objects:
        jsonschema.validate(one, SCHEMA)


@pytest.mark.parametrize(
    "change",
    [
        lambda spec: spec["triggers"][0]["metadata"].update(lagcount="5"),
        lambda spec: spec["triggers"][0]["metadata"].update(pendingEntriesCount="5"),
        lambda spec: spec["triggers"][0].update(type="redis-stream"),
        lambda spec: spec.update(maxReplicas=3),
        lambda spec: spec["advanced"]["scalingModifiers"].pop("target"),
        lambda spec: spec["triggers"][0]["metadata"].update(lagCount=5),
    ],
)
def test_a_slip_in_an_object_of_kedas_is_found(production: Manifests, change: Any) -> None:
    one = production.of("ScaledObject")["parser"]
    change(one["spec"])

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(one, SCHEMA)


def expected(stage: Stage, number: int) -> Counter[tuple[str, str, str]]:
    names = (stage.reads.name, retry_name(stage))
    return Counter(
        (key(name, p), stage.group, count)
        for p in range(number)
        for name in names
        for count in ("lagCount", "pendingEntriesCount")
    )


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.group)
def test_a_stage_is_scaled_by_lag_and_pending_of_all_that_it_reads(
    production: Manifests, stage: Stage
) -> None:
    spec = production.of("ScaledObject")[stage.group]["spec"]
    watched = Counter(
        (m["stream"], m["consumerGroup"], "lagCount" if "lagCount" in m else "pendingEntriesCount")
        for m in (trigger["metadata"] for trigger in spec["triggers"])
    )

    assert spec["scaleTargetRef"]["name"] in production.services
    assert watched == expected(stage, partitions(production))


def test_every_trigger_counts_once_in_the_sum(production: Manifests) -> None:
    for one in production.of("ScaledObject").values():
        names = [trigger["name"] for trigger in one["spec"]["triggers"]]
        summed = one["spec"]["advanced"]["scalingModifiers"]["formula"].split(" + ")
        assert len(set(names)) == len(names)
        assert sorted(summed) == sorted(names)


def test_no_stage_is_taken_down_to_nothing(production: Manifests) -> None:
    """It also wakes its delayed entries, which no trigger can see."""
    assert all(o["spec"]["minReplicaCount"] >= 1 for o in production.of("ScaledObject").values())


def test_triggers_log_in_with_the_secret(production: Manifests) -> None:
    (login,) = production.of("TriggerAuthentication")
    for one in production.of("ScaledObject").values():
        for trigger in one["spec"]["triggers"]:
            assert trigger["authenticationRef"] == {"name": login}
            assert trigger["type"] == "redis-cluster-streams"


def test_the_generated_file_is_fresh(production: Manifests) -> None:
    written = SCALERS.read_text("utf-8")

    assert written == scalers.document(partitions(production))


def test_the_generator_knows_one_server_too() -> None:
    objects = list(yaml.safe_load_all(scalers.document(1, single=True)))

    for one in objects:
        jsonschema.validate(one, SCHEMA)
    assert {t["type"] for one in objects for t in one["spec"]["triggers"]} == {"redis-streams"}


def test_scaling_is_told_in_the_docs() -> None:
    page = (ROOT / "docs" / "how-to" / "scale-out.md").read_text("utf-8")

    assert "deploy/kubernetes/scalers.py" in page
