"""Writes KEDA's ScaledObjects: each stage as large as its backlog asks for.

    python deploy/kubernetes/scalers.py 6          for a Redis Cluster, 6 partitions
    python deploy/kubernetes/scalers.py 1 --single for one Redis server

It prints YAML: put it into overlays/production/scalers.yaml. KEDA knows streams by their full
names only, so there is a trigger for each partition; names come from `steppewire.streams`.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

import yaml

from steppewire.streams import ENRICH, FETCH, PARSE, STORE, Stage, key, retry_name

HEAD = """\
# Generated: python deploy/kubernetes/scalers.py {arguments}
#
# A stage has one replica for each `target` entries that wait for it: not yet read (lag) or in
# somebody's hands (pending), in its stream and in the one where its retries come back, in all
# partitions together. Lag alone would take a stage down while it works on its last entries.
"""


@dataclass(frozen=True)
class Size:
    """How far a stage is scaled."""

    stage: Stage
    most: int
    """Replicas at most."""
    each: int
    """Waiting entries that keep one replica busy for a quarter of a minute or so."""


SIZES = (
    # more fetchers do not fetch faster from one site, only from more sites
    Size(FETCH, most=4, each=500),
    Size(PARSE, most=20, each=200),
    Size(ENRICH, most=20, each=200),
    Size(STORE, most=6, each=1000),
)


def scaled_object(size: Size, partitions: int, kind: str) -> dict[str, Any]:
    """Return the ScaledObject of a stage."""
    triggers = [
        _trigger(size.stage, partition, name, what, kind)
        for partition in range(partitions)
        for name in (size.stage.reads.name, retry_name(size.stage))
        for what in ("lag", "pending")
    ]
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": size.stage.group},
        "spec": {
            "scaleTargetRef": {"name": size.stage.group},
            # never 0: a stage also wakes its delayed entries and trims its stream, which no
            # trigger can see
            "minReplicaCount": 1,
            "maxReplicaCount": size.most,
            "pollingInterval": 15,
            # while the broker cannot be asked
            "fallback": {"failureThreshold": 4, "replicas": min(2, size.most)},
            "advanced": {
                "scalingModifiers": {
                    "formula": " + ".join(trigger["name"] for trigger in triggers),
                    "target": str(size.each),
                    "metricType": "AverageValue",
                },
                "horizontalPodAutoscalerConfig": {
                    "behavior": {"scaleDown": {"stabilizationWindowSeconds": 300}}
                },
            },
            "triggers": triggers,
        },
    }


def _trigger(stage: Stage, partition: int, name: str, what: str, kind: str) -> dict[str, Any]:
    counts = {
        # lag is the one kind that could start a stage from nothing, and wants to be told when
        "lag": {"lagCount": "1", "activationLagCount": "0"},
        "pending": {"pendingEntriesCount": "1"},
    }
    short = "retry" if name.endswith(".retry") else "fresh"
    return {
        "type": kind,
        "name": f"{short}_{what}_{partition}",
        "metadata": {
            "stream": key(name, partition),
            "consumerGroup": stage.group,
            **counts[what],
        },
        "authenticationRef": {"name": "broker"},
    }


def document(partitions: int, *, single: bool = False) -> str:
    """Return the file."""
    kind = "redis-streams" if single else "redis-cluster-streams"
    arguments = f"{partitions}{' --single' if single else ''}"
    objects = [scaled_object(size, partitions, kind) for size in SIZES]
    return HEAD.format(arguments=arguments) + yaml.dump_all(
        objects, Dumper=_Dumper, sort_keys=False
    )


class _Dumper(yaml.SafeDumper):
    """Indents the items of lists, as the files beside it do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def main() -> None:
    """Print the file."""
    options = argparse.ArgumentParser(description="Write KEDA's ScaledObjects.")
    options.add_argument("partitions", type=int, help="as STEPPEWIRE_PARTITIONS")
    options.add_argument("--single", action="store_true", help="one Redis server, not a cluster")
    given = options.parse_args()
    print(document(given.partitions, single=given.single), end="")


if __name__ == "__main__":
    main()
