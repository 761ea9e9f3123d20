"""The whole newswire watched as an operator watches it: real services, their metrics and traces.

One run serves all tests of this file: five services fetch two sites of the newsroom, a collector
takes their traces, and a real Prometheus scrapes them with our rules.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import promql_parser as promql
import pytest
import yaml
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain

from steppewire.delivery import metrics as worker
from steppewire.local.processes import Program
from steppewire.ports import free_port
from steppewire.streams import STAGES
from steppewire.testing.absent import absent
from steppewire.testing.collector import Collector, Seen, collecting
from steppewire.testing.newswire import Running, newswire, settled
from steppewire_api import metrics as api
from steppewire_newsroom.demo import settings as demo_settings

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
WORKERS = ("fetcher", "parser", "enricher", "store", "notifier")
QUICK = {
    "STEPPEWIRE_SOURCES": "el.kz,trouble.example",
    "STEPPEWIRE_POLL": "5",
    "STEPPEWIRE_PACE": "0.01",
    "STEPPEWIRE_RETRY_BASE": "0.1",
    "STEPPEWIRE_MAX_ATTEMPTS": "2",
    "STEPPEWIRE_OUTAGE": "0",
    "STEPPEWIRE_CHALLENGE_WAIT": "0.2",
    "STEPPEWIRE_HEALTH_PORT": "0",
}
HOPS = (
    "discover articles.discovered",
    "fetch articles.discovered",
    "parse articles.fetched",
    "enrich articles.parsed",
    "store articles.enriched",
)
TARGET = {"job", "instance", "service"}
"""Labels that Prometheus adds."""
MADE = {"up": TARGET, "ALERTS": {"alertname", "alertstate", "severity"}}
"""Metrics that Prometheus makes itself."""
OPEN = "application/openmetrics-text; version=1.0.0"


@dataclass
class Watched:
    """What was seen of the run."""

    plain: dict[str, str]
    """Service -> its metrics."""
    open: dict[str, str]
    """The same in the OpenMetrics format."""
    endings: dict[tuple[str, str, str, str], int]
    spans: Collector
    answers: dict[str, Any]
    """PromQL -> the answer of a real Prometheus; empty without one."""
    targets: list[dict[str, Any]]
    rules: list[dict[str, Any]]

    def families(self) -> dict[str, Metric]:
        """Return every metric that any service told, by its name in the text."""
        return {
            (f"{one.name}_total" if one.type == "counter" else one.name): one
            for text in self.plain.values()
            for one in plain(text)
        }

    def samples(self) -> dict[str, set[str]]:
        """Return name of a sample -> names of its labels."""
        found: dict[str, set[str]] = {}
        for text in self.plain.values():
            for family in plain(text):
                for sample in family.samples:
                    found.setdefault(sample.name, set()).update(sample.labels)
        return found


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    data, port = tmp_path_factory.mktemp("watched"), free_port()
    newsroom = Program(
        "newsroom",
        [sys.executable, "-m", "steppewire_newsroom", "--port", str(port)],
        {},
        data / "logs" / "newsroom.log",
    )
    with collecting() as collector:
        chosen = {**demo_settings(port), **QUICK, "STEPPEWIRE_TRACE_URL": collector.url}
        with newswire(data, chosen, extra=[newsroom]) as running:
            seen = asyncio.run(the_story(running, collector, data))
        # the services have ended, and with them their last spans have come
        yield seen


async def the_story(running: Running, collector: Collector, data: Path) -> Watched:
    await settled(running, lambda: stored(running) >= 5, seconds=120, what="five articles")
    addresses = {"api": running.address}
    await settled(
        running, lambda: all_told(running, addresses), seconds=60, what="the health ports"
    )
    await settled(running, lambda: quiet(running), seconds=120, what="all work to end")
    answers, targets, rules = await asyncio.to_thread(asked, addresses, data, running)
    before = running.endings()
    texts = {name: scrape(address, "") for name, address in addresses.items()}
    opened = {name: scrape(address, OPEN) for name, address in addresses.items()}
    return Watched(texts, opened, before, collector, answers, targets, rules)


def stored(running: Running) -> int:
    return sum(
        n
        for (stage, _, outcome, _), n in running.endings().items()
        if (stage, outcome) == ("store", "done")
    )


def all_told(running: Running, addresses: dict[str, str]) -> bool:
    for name in WORKERS:
        log = running.program(name).log.read_text("utf-8", "replace")
        if found := re.findall(r"(http://127\.0\.0\.1:\d+)/health/ready", log):
            addresses[name] = found[-1]
    return len(addresses) == len(WORKERS) + 1


def quiet(running: Running) -> bool:
    """Tell whether everything ended, in every way: stored, skipped, rejected, given up."""
    outcomes = {outcome for _, _, outcome, _ in running.endings()}
    return running.idle() and {"done", "skip", "reject", "dead"} <= outcomes


def scrape(address: str, accept: str) -> str:
    request = urllib.request.Request(f"{address}/metrics", headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(answer.read().decode())


# A real Prometheus


def asked(
    addresses: dict[str, str], data: Path, running: Running
) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """Have the services scraped with our rules, and put every question of ours."""
    if shutil.which("prometheus") is None:
        return {}, [], []
    port, base = free_port(), data / "prometheus"
    base.mkdir()
    (base / "prometheus.yml").write_text(yaml.safe_dump(configuration(addresses)), "utf-8")
    command = ["prometheus", f"--config.file={base / 'prometheus.yml'}"]
    command += [f"--web.listen-address=127.0.0.1:{port}", f"--storage.tsdb.path={base / 'data'}"]
    with (base / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            return questions(f"http://127.0.0.1:{port}/api/v1", running)
        finally:
            process.terminate()
            process.wait(30)


def configuration(addresses: dict[str, str]) -> dict[str, Any]:
    ours = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text("utf-8"))
    (job,) = ours["scrape_configs"]
    static = [
        {"targets": [address.removeprefix("http://")], "labels": {"service": name}}
        for name, address in addresses.items()
    ]
    kept = {key: job[key] for key in ("job_name", "honor_labels")}
    return {
        "global": {"scrape_interval": "500ms", "evaluation_interval": "1s"},
        "rule_files": [str(DEPLOY / "prometheus/rules/*.yml")],
        "scrape_configs": [{**kept, "static_configs": static}],
    }


def questions(
    base: str, running: Running
) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    def ask(path: str) -> Any:
        try:
            with urllib.request.urlopen(base + path, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            said = error.read()
            # while it starts it says so in plain words
            return json.loads(said) if said.startswith(b"{") else None
        except OSError:
            return None

    def up() -> bool:
        every = f"min(count_over_time(up[1m])) >= 4 and count(up) == {len(WORKERS) + 1}"
        often = urllib.parse.quote(every)
        answer = ask(f"/query?query={often}")
        return bool(answer and answer["data"]["result"])

    asyncio.run(settled(running, up, seconds=60, what="Prometheus to scrape all services"))
    answers = {
        expr: ask(f"/query?query={urllib.parse.quote(expr)}")
        for _, expr in (*ALERTS, *CHARTS, *EXAMPLES)
    }
    targets: list[dict[str, Any]] = ask("/targets?state=active")["data"]["activeTargets"]
    groups = ask("/rules")["data"]["groups"]
    return answers, targets, [rule for group in groups for rule in group["rules"]]


# What is asked


def alerts() -> list[tuple[str, str]]:
    rules = yaml.safe_load((DEPLOY / "prometheus/rules/steppewire.yml").read_text("utf-8"))
    return [(rule["alert"], rule["expr"]) for group in rules["groups"] for rule in group["rules"]]


def charts() -> list[tuple[str, str]]:
    board = json.loads((DEPLOY / "grafana/dashboards/steppewire.json").read_text("utf-8"))
    asked = [
        (f"{panel['title']} {target['refId']}", target["expr"])
        for panel in board["panels"]
        for target in panel.get("targets", ())
    ]
    asked += [(one["name"], one["expr"]) for one in board["annotations"]["list"]]
    for one in board["templating"]["list"]:
        if one["type"] == "query":
            metric, label = re.fullmatch(
                r"label_values\((\w+), (\w+)\)", one["definition"]
            ).groups()  # type: ignore[union-attr]
            assert one["query"]["query"] == one["definition"]
            asked.append((f"${one['name']}", f"count by ({label}) ({metric})"))
    return [(title, filled_in(expr)) for title, expr in asked]


def examples() -> list[tuple[str, str]]:
    """Return the queries of the how-to."""
    page = (ROOT / "docs/how-to/watch-it.md").read_text("utf-8")
    (block,) = re.findall(r"```promql\n(.*?)```", page, re.DOTALL)
    parts = [part.strip().split("\n", 1) for part in block.strip().split("\n\n")]
    inline = re.findall(r"`((?:sum|max) by .*?)`", page)
    return [(head.lstrip("# "), expr) for head, expr in parts] + [(e, e) for e in inline]


def filled_in(expr: str) -> str:
    """Put values for Grafana's variables."""
    for name, value in (("__rate_interval", "10s"), ("__range", "1h"), ("stage", ".*")):
        expr = expr.replace(f"${name}", value)
    return expr.replace("$source", ".*")


ALERTS, CHARTS, EXAMPLES = alerts(), charts(), examples()


def wrong_names(expr: str, told: dict[str, set[str]]) -> list[str]:
    """Return the metrics and labels of an expression that nobody tells."""
    wrong: list[str] = []
    labels: set[str] = set(TARGET)
    modifiers: list[str] = []

    def visit(node: Any) -> bool:
        if isinstance(node, promql.VectorSelector):
            known = told.get(node.name)
            if known is None:
                wrong.append(node.name)
                return True
            labels.update(known)
            extra = {m.name for m in node.matchers.matchers} - known - TARGET - {"__name__"}
            wrong.extend(f"{node.name}{{{name}}}" for name in sorted(extra))
        elif isinstance(node, promql.AggregateExpr) and node.modifier:
            modifiers.extend(node.modifier.labels)
        elif isinstance(node, promql.BinaryExpr) and node.modifier and node.modifier.matching:
            modifiers.extend(node.modifier.matching.labels)
        return True

    promql.walk(promql.parse(expr), visit)
    return wrong + [f"by ({name})" for name in modifiers if name not in labels]


# Metrics


@pytest.mark.parametrize(("name", "expr"), ALERTS, ids=[name for name, _ in ALERTS])
def test_an_alert_names_only_what_is_really_told(watched: Watched, name: str, expr: str) -> None:
    assert wrong_names(expr, watched.samples() | MADE) == []


@pytest.mark.parametrize(("title", "expr"), CHARTS, ids=[title for title, _ in CHARTS])
def test_a_chart_names_only_what_is_really_told(watched: Watched, title: str, expr: str) -> None:
    assert wrong_names(expr, watched.samples() | MADE) == []


@pytest.mark.parametrize(("title", "expr"), EXAMPLES, ids=[title for title, _ in EXAMPLES])
def test_an_example_names_only_what_is_really_told(watched: Watched, title: str, expr: str) -> None:
    assert wrong_names(expr, watched.samples() | MADE) == []


@pytest.mark.parametrize(
    ("expr", "wrong"),
    [
        ("rate(steppewire_nonsense_total[5m]) > 0", ["steppewire_nonsense_total"]),
        ('max(steppewire_stage_lag{phase="x"})', ["steppewire_stage_lag{phase}"]),
        ("sum by (colour) (steppewire_stage_lag)", ["by (colour)"]),
        ("steppewire_stage_lag / on (shape) steppewire_stage_lag", ["by (shape)"]),
        ('absent(steppewire_ready{service="api"})', []),
    ],
)
def test_a_wrong_name_would_be_found(watched: Watched, expr: str, wrong: list[str]) -> None:
    assert wrong_names(expr, watched.samples() | MADE) == wrong


def test_everything_that_is_told_is_what_the_reference_says_and_nothing_is_missing(
    watched: Watched,
) -> None:
    described = {one.name: one for one in (*worker.MEASURES, *api.MEASURES)}
    told = watched.families()

    assert set(told) == set(described)
    for name, family in told.items():
        assert (family.type, family.documentation) == (described[name].kind, described[name].help)
        labels = {label for sample in family.samples for label in sample.labels}
        assert labels - {"le"} == set(described[name].by), name


@pytest.mark.parametrize("service", [*WORKERS, "api"])
def test_a_strict_reader_of_openmetrics_takes_every_line(watched: Watched, service: str) -> None:
    assert watched.open[service].endswith("# EOF\n")
    assert len(list(openmetrics(watched.open[service]))) == len(list(plain(watched.plain[service])))


@pytest.mark.parametrize("service", ["fetcher", "api"])
def test_prometheus_own_linter_finds_nothing(watched: Watched, service: str) -> None:
    if shutil.which("promtool") is None:
        absent("promtool (on Debian: apt-get install prometheus)")
    said = subprocess.run(
        ["promtool", "check", "metrics"],
        input=watched.plain[service],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (said.returncode, said.stdout + said.stderr) == (0, "")


def test_every_ending_is_counted_once_and_only_by_the_api(watched: Watched) -> None:
    counted: Counter[tuple[str, ...]] = Counter()
    for service, text in watched.plain.items():
        for family in plain(text):
            if family.name in ("steppewire_articles", "steppewire_retries"):
                assert service == "api"
                for one in family.samples:
                    labels = one.labels
                    ending = (
                        labels["stage"],
                        labels["source"],
                        labels["outcome"],
                        labels["reason"],
                    )
                    counted[ending] += int(one.value)

    assert counted == watched.endings


def test_what_the_workers_counted_adds_up_to_what_the_gate_counted(watched: Watched) -> None:
    by_workers: Counter[str] = Counter()
    for text in watched.plain.values():
        for family in plain(text):
            if family.name == "steppewire_worker_commits":
                by_workers.update({s.labels["stage"]: int(s.value) for s in family.samples})
    by_gate: Counter[str] = Counter()
    for (stage, _, _, _), count in watched.endings.items():
        by_gate[stage] += count

    assert by_workers == by_gate


def test_every_message_has_its_time_in_the_queue(watched: Watched) -> None:
    for stage in STAGES:
        told = {
            sample.name: sample.value
            for family in plain(watched.plain[stage.group])
            for sample in family.samples
            if "le" not in sample.labels
        }
        commits = told["steppewire_worker_commits_total"]
        assert told["steppewire_worker_queue_seconds_count"] == commits > 0
        assert told["steppewire_worker_run_seconds_count"] > 0
        assert told["steppewire_worker_commit_seconds_sum"] > 0


# Prometheus


def needs_prometheus(watched: Watched) -> None:
    if not watched.targets:
        absent("prometheus (on Debian: apt-get install prometheus)")


def test_a_real_prometheus_scrapes_every_service(watched: Watched) -> None:
    needs_prometheus(watched)

    health = {one["labels"]["service"]: one["health"] for one in watched.targets}
    assert health == dict.fromkeys([*WORKERS, "api"], "up")


def test_a_real_prometheus_has_loaded_and_evaluated_every_rule(watched: Watched) -> None:
    needs_prometheus(watched)

    assert {rule["name"] for rule in watched.rules} == {name for name, _ in ALERTS}
    assert {rule["health"] for rule in watched.rules} <= {"ok", "unknown"}
    assert [rule.get("lastError", "") for rule in watched.rules if rule.get("lastError")] == []


def test_a_real_prometheus_answers_every_question(watched: Watched) -> None:
    needs_prometheus(watched)

    failed = {e: a for e, a in watched.answers.items() if a is None or a["status"] != "success"}
    assert failed == {}


def test_every_chart_shows_something_when_there_is_something_to_see(watched: Watched) -> None:
    needs_prometheus(watched)
    # no broker limit was set, no alert rang, and nothing was wrong at that moment
    empty = {"Broker memory B", "Broker memory A", "Alerts", "Retries A"}
    empty |= {"Why articles ended without being stored, in the time shown A"}

    silent = [
        title
        for title, expr in CHARTS
        if title not in empty and not watched.answers[expr]["data"]["result"]
    ]
    assert silent == []


# Traces


def whole(watched: Watched) -> list[list[Seen]]:
    """Return the traces of articles that went all the way."""
    ends = [span for span in watched.spans.named(HOPS[-1]) if span.parent]
    return [watched.spans.of(span.trace) for span in ends]


def test_the_spans_of_one_article_over_all_hops_form_one_trace(watched: Watched) -> None:
    for trace in whole(watched):
        # attempts that were sent back are spans of the trace, too
        done = [
            span for span in trace if span.attributes.get("steppewire.outcome") in (None, "done")
        ]
        assert [span.name for span in done] == list(HOPS)
        assert [span.parent for span in done] == ["", *(span.id for span in done[:-1])]


def test_every_stored_article_has_its_trace(watched: Watched) -> None:
    finished = sum(
        n
        for (stage, _, outcome, _), n in watched.endings.items()
        if (stage, outcome) == ("store", "done")
    )

    assert len(whole(watched)) >= finished >= 5


def test_each_hop_was_told_by_the_service_that_did_it(watched: Watched) -> None:
    services = ["fetcher", "fetcher", "parser", "enricher", "store"]
    told = {span.name: span.service for trace in whole(watched) for span in trace}
    path = {hop: f"steppewire-{name}" for hop, name in zip(HOPS, services, strict=True)}
    # who asks for webhooks looks at it after it was stored, and may not have got to it yet
    beside = {"notifier articles.stored": "steppewire-notifier"}

    assert told | beside == path | beside


def test_what_went_wrong_is_recorded_where_it_went_wrong(watched: Watched) -> None:
    failed = [span for span in watched.spans.spans if span.failed]

    assert failed
    assert all(span.attributes["error.type"] for span in failed)
    assert all(span.events for span in failed)
