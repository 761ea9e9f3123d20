"""The dashboard is one that Grafana can load. (It could not be started where this was written.)"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
GRAFANA = ROOT / "deploy" / "grafana"
BOARD: dict[str, Any] = json.loads((GRAFANA / "dashboards/steppewire.json").read_text("utf-8"))
PANELS: list[dict[str, Any]] = BOARD["panels"]
CHARTS = [panel for panel in PANELS if panel["type"] != "row"]
SOURCE: dict[str, Any] = yaml.safe_load(
    (GRAFANA / "provisioning/datasources/steppewire.yml").read_text("utf-8")
)
PROVIDER: dict[str, Any] = yaml.safe_load(
    (GRAFANA / "provisioning/dashboards/steppewire.yml").read_text("utf-8")
)
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))


def test_panels_have_ids_of_their_own_and_say_what_they_show() -> None:
    ids = [panel["id"] for panel in PANELS]

    assert len(set(ids)) == len(ids)
    assert [panel["title"] for panel in CHARTS if not panel.get("description")] == []


def test_panels_do_not_lie_on_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in PANELS:
        at = panel["gridPos"]
        cells = {(at["x"] + i, at["y"] + j) for i in range(at["w"]) for j in range(at["h"])}
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells


def test_rows_go_from_top_to_bottom() -> None:
    tops = [panel["gridPos"]["y"] for panel in PANELS if panel["type"] == "row"]

    assert all(above < below for above, below in pairwise(tops))


def test_every_query_has_a_name_and_asks_the_chosen_prometheus() -> None:
    for panel in CHARTS:
        refs = [target["refId"] for target in panel["targets"]]
        assert len(set(refs)) == len(refs) > 0
        for one in (panel, *panel["targets"]):
            assert one["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def test_the_chosen_prometheus_is_the_one_that_is_provisioned() -> None:
    (ours,) = SOURCE["datasources"]
    variables = {one["name"]: one for one in BOARD["templating"]["list"]}

    assert variables["datasource"]["current"]["value"] == ours["uid"]
    assert variables["datasource"]["query"] == ours["type"] == "prometheus"
    assert ours["url"] == "http://prometheus:9090"


def test_every_variable_that_a_query_uses_exists() -> None:
    known = {one["name"] for one in BOARD["templating"]["list"]}
    known |= {"__rate_interval", "__range"}
    used = set(re.findall(r"\$\{?(\w+)", json.dumps(BOARD["panels"])))

    assert used <= known


def test_compose_mounts_what_grafana_is_told_to_read() -> None:
    grafana = COMPOSE["services"]["grafana"]
    mounted = {volume.split(":")[1] for volume in grafana["volumes"]}
    home = grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    (provider,) = PROVIDER["providers"]

    assert {"/etc/grafana/provisioning", provider["options"]["path"]} <= mounted
    assert home == f"{provider['options']['path']}/steppewire.json"
