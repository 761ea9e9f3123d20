"""The whole newswire in containers: it starts, works, is killed, scaled, stopped and started again.

These tests tell one story and build on each other, in this order: each would otherwise have to
start nine containers anew.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from steppewire.identity import article_id
from steppewire.streams import (
    ENRICH,
    ENRICHED,
    FETCH,
    FETCHED,
    PARSE,
    STAGES,
    STORE,
    STORED,
    Stage,
    dead_name,
    key,
)
from steppewire.testing.absent import absent
from steppewire_newsroom.truth import Truth, truth

if TYPE_CHECKING:
    from tests.compose.conftest import Newswire

pytestmark = pytest.mark.compose

VERSIONS = """
    select a.article_id, v.number, v.document::json -> 'article' ->> 'title' as title
    from versions v join articles a on a.id = v.article
"""
CRASH = "import os; os.kill(-1, 9)"
"""Ends every process of a container but its init, which follows: a crash that Docker sees."""

EDIT = (
    "from urllib.request import Request, urlopen;"
    "urlopen(Request('http://127.0.0.1:8700/control/edit', method='POST'))"
)


def expected(articles: list[Truth]) -> Counter[tuple[str, int, str]]:
    return Counter((article_id(one.url), one.version, one.title) for one in articles)


def stored(newswire: Newswire) -> Counter[tuple[str, int, str]]:
    rows = newswire.sql(VERSIONS)
    return Counter((row["article_id"], row["number"], row["title"]) for row in rows)


def how_many(newswire: Newswire) -> int:
    return int(newswire.sql("select count(*) as n from versions")[0]["n"])


def idle(newswire: Newswire) -> bool:
    return all(newswire.pending(stage) == 0 for stage in (FETCH, PARSE, ENRICH, STORE))


def test_everything_starts_and_gets_healthy(newswire: Newswire) -> None:
    # no parser yet: it would be done too soon to be killed at work
    newswire.up("--scale", "parser=0")

    states = [newswire.inspect(one, "{{.State.Health.Status}}") for one in newswire.containers()]
    assert states == ["healthy"] * 8
    assert newswire.get("/health/ready")["ready"] is True


def test_a_parser_killed_at_work_leaves_its_pages_behind(newswire: Newswire) -> None:
    newswire.until("pages wait for a parser", lambda: newswire.length(FETCHED) >= 20)
    newswire.compose("up", "--detach", "--no-recreate", "--scale", "parser=1")
    newswire.until("the parser is at work", lambda: newswire.pending(PARSE) > 0)

    newswire.compose("kill", "--signal", "SIGKILL", "parser")

    assert newswire.pending(PARSE) > 0


def test_three_parsers_take_over_and_articles_arrive(newswire: Newswire) -> None:
    newswire.up("--no-recreate", "--scale", "parser=3")

    assert len(newswire.containers("parser")) == 3
    newswire.until("articles are stored", lambda: how_many(newswire) >= 20)
    assert len(newswire.get("/articles?limit=20")["items"]) == 20


def test_prometheus_finds_every_replica_and_has_the_rules(newswire: Newswire) -> None:
    if not newswire.has_image("prometheus"):
        absent("image of Prometheus, and no registry to have it from")
    newswire.up("--no-deps", "--no-recreate", "prometheus")
    wanted = Counter(fetcher=1, parser=3, enricher=1, store=1, api=1, notifier=1)

    newswire.until("Prometheus reaches all eight", lambda: reached(newswire) == wanted)
    (counted,) = newswire.measured("/query?query=max(steppewire_stage_lag)")["result"]
    rules = [rule for group in newswire.measured("/rules")["groups"] for rule in group["rules"]]
    newswire.compose("rm", "--stop", "--force", "prometheus")

    assert float(counted["value"][1]) >= 0
    assert {rule["type"] for rule in rules} == {"alerting"}
    assert len(rules) >= 15


def reached(newswire: Newswire) -> Counter[str]:
    targets = newswire.measured("/targets?state=active")["activeTargets"]
    return Counter(one["labels"]["service"] for one in targets if one["health"] == "up")


def test_a_crashed_enricher_is_started_again(newswire: Newswire) -> None:
    (one,) = newswire.containers("enricher")
    before = newswire.inspect(one, "{{.RestartCount}}")
    newswire.python("enricher", CRASH, check=False)

    newswire.until(
        "Docker has started it again",
        lambda: (
            newswire.inspect(one, "{{.RestartCount}} {{.State.Health.Status}}")
            == f"{int(before) + 1} healthy"
        ),
    )


def test_the_whole_newswire_stops_and_goes_on_where_it_was(newswire: Newswire) -> None:
    newswire.compose("down")
    newswire.up()

    newswire.until(
        "all articles are stored", lambda: stored(newswire).keys() >= expected(truth()).keys()
    )


def test_what_is_on_its_way_when_all_stops_arrives_after_the_start(newswire: Newswire) -> None:
    newswire.compose("stop", "store")
    before = newswire.length(ENRICHED)
    newswire.python("newsroom", EDIT)
    newswire.until("the edits wait for a store", lambda: newswire.length(ENRICHED) >= before + 2)

    newswire.compose("down")
    # no fetcher: the newsroom wakes up without its edits, which would be one more change
    newswire.up("--scale", "fetcher=0")

    whole = expected(truth(edited=True))
    newswire.until("both editions are stored", lambda: stored(newswire).keys() >= whole.keys())


def test_an_operator_sees_what_was_given_up_without_installing_anything(newswire: Newswire) -> None:
    newswire.compose("build", "--quiet", "ops")  # else its progress stands before the JSON
    heaps = json.loads(newswire.compose("run", "--rm", "--no-TTY", "ops", "dead", "list", "--json"))

    lengths = [int(newswire.redis("XLEN", key(dead_name(stage)))) for stage in STAGES]
    assert sum(heap["count"] for heap in heaps) == sum(lengths)


def test_in_the_end_nothing_is_lost_and_nothing_is_there_twice(newswire: Newswire) -> None:
    newswire.until("nothing is on its way", lambda: idle(newswire))

    assert stored(newswire) == expected(truth(edited=True))


def test_in_the_end_each_version_was_announced_once(newswire: Newswire) -> None:
    told = Counter(
        (one["article_id"], one["version"])
        for one in newswire.stream(STORED)
        if one["change"] != "unchanged"
    )

    assert told == Counter((article, number) for article, number, _ in stored(newswire))


@pytest.mark.parametrize(("stage", "following"), [(FETCH, PARSE), (PARSE, ENRICH), (ENRICH, STORE)])
def test_in_the_end_each_stage_has_ended_all_that_the_one_before_sent(
    newswire: Newswire, stage: Stage, following: Stage
) -> None:
    ended = newswire.endings(following)
    del ended["retry"], ended["wait"]  # these are no endings

    assert newswire.endings(stage)["done"] == ended.total()
