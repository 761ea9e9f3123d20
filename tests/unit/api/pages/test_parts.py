"""The leaves of the pages: addresses, marks, charts, pace, what changed, what is asked."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from steppewire.archive.promise import Facet
from steppewire_api.diffs import rows
from steppewire_api.pages.addresses import Addresses, host, outward
from steppewire_api.pages.asked import Asked
from steppewire_api.pages.called import local
from steppewire_api.pages.changes import folded
from steppewire_api.pages.charts import bars, levels
from steppewire_api.pages.marking import Piece, pieces
from steppewire_api.pages.now import tongues
from steppewire_api.pages.pace import Look, per_minute
from steppewire_api.pages.sources import helps, local_week, standing
from steppewire_api.views import Mark, Marked

ALMATY = ZoneInfo("Asia/Almaty")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "//evil.example/x",
        "/local",
        "https://",
        "https://bank.example@evil.example/",
        "http://[::1",
        "",
    ],
)
def test_an_address_that_may_do_harm_is_no_link(url: str) -> None:
    assert outward(url) is None


def test_an_address_of_the_web_is_a_link() -> None:
    assert outward("https://el.kz/kk/a?b=1#c") == "https://el.kz/kk/a?b=1#c"
    assert host("https://www.zakon.kz/1") == "zakon.kz"
    assert host("http://[broken") == "http://[broken"


def test_whatever_goes_into_a_path_is_encoded() -> None:
    at = Addresses("kk")

    assert at.entity("person/~a&b=c#d") == "/kk/entity?id=person/~a%26b%3Dc%23d"
    assert at.source("../x?") == "/kk/sources/..%2Fx%3F"
    assert at.now(language=("kk", "ru"), q="", entity=None) == "/kk/?language=kk&language=ru"


def test_a_text_is_cut_at_its_marks() -> None:
    text = Marked(text="Тоқаев 🌾 Алматыда", language="kk-Cyrl", marks=(
        Mark(start=0, end=6, entity=1), Mark(start=9, end=17, entity=0)))  # fmt: skip

    assert list(pieces(text)) == [Piece("Тоқаев", 1), Piece(" 🌾 "), Piece("Алматыда", 0)]


def test_bars_stand_side_by_side_as_high_as_they_count() -> None:
    chart = bars([2, None, 0, 4], width=40, height=20)

    assert chart.path == "M0 20v-10h9v10zM30 20v-20h9v20z"
    assert chart.most == 4


def test_a_chart_of_nothing_is_empty() -> None:
    assert bars([], width=10, height=10).path == ""
    assert levels([[0, 0]]) == [[0, 0]]


def test_the_least_that_is_there_can_be_seen() -> None:
    assert levels([[0, 0.01, 10]]) == [[0, 1, 5]]
    assert bars([1, 1000], width=20, height=20).path.startswith("M0 20v-1.5")


def look(second: float, parsed: int) -> Look:
    return Look(second, {"parser": parsed})


def test_a_minute_is_the_difference_of_what_was_counted() -> None:
    looks = [look(0, 10), look(30, 13), look(65, 20), look(190, 21)]

    assert per_minute(looks, "parser", now=200, minutes=4) == [3, 7, None, 1]


def test_counts_that_were_begun_anew_count_from_nothing() -> None:
    assert per_minute([look(0, 900), look(10, 5)], "parser", now=30, minutes=1) == [5]


def test_a_stage_that_nobody_watched_has_no_minutes() -> None:
    assert per_minute([look(0, 900)], "parser", now=30, minutes=2) == [None, None]


def test_paragraphs_that_stayed_are_only_counted() -> None:
    told = folded(rows(["A", "B", "Төрт рет жүреді.", "C"], ["A", "B", "Бес рет жүреді.", "C"]))

    assert [row if isinstance(row, int) else row.change for row in told] == [2, "changed", 1]


def test_empty_fields_of_a_form_ask_nothing() -> None:
    asked = Asked.model_validate(
        {"q": " ", "language": [""], "source": "", "since": "", "cursor": ""}
    )

    assert not asked.is_narrow
    assert asked.query(ALMATY).text is None


def test_days_are_those_of_the_zone_and_the_last_one_counts() -> None:
    asked = Asked.model_validate({"since": "2026-11-20", "until": "2026-11-20"})
    query = asked.query(ALMATY)

    assert str(query.since) == "2026-11-20 00:00:00+05:00"
    assert str(query.until) == "2026-11-21 00:00:00+05:00"
    assert asked.with_(cursor="x") == {"since": "2026-11-20", "until": "2026-11-20", "cursor": "x"}
    assert asked.since == date(2026, 11, 20)


@pytest.mark.parametrize(
    "told",
    [
        {"since": "yesterday"},
        {"since": "9999-12-31"},
        {"until": "0001-01-01"},
        {"q": "a\x00b"},
        {"q": "x" * 301},
        {"unknown": "1"},
        {"language": ["x"] * 51},
    ],
)
def test_what_cannot_be_meant_is_refused(told: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Asked.model_validate(told)


def test_scripts_of_a_language_are_counted_together() -> None:
    facets = [Facet(value=v, count=n) for v, n in (("uz-Latn", 3), ("kk-Cyrl", 4), ("uz-Cyrl", 2))]
    found = tongues(facets, ["ru"])

    assert [(one.code, one.count) for one in found] == [("uz", 5), ("kk", 4), ("ru", 0)]


def test_a_week_is_shown_by_the_clocks_of_the_zone() -> None:
    rates = [[0.0] * 24 for _ in range(7)]
    rates[6][20] = 3.0  # Sunday evening in UTC
    week = local_week(rates, ALMATY)

    assert week[0][1] == 3.0  # is Monday, an hour past midnight
    assert local_week([], ALMATY) == []


def test_a_source_that_fails_now_is_not_called_well() -> None:
    assert standing({"state": "failing"}, None) == "failing"
    assert standing({"state": "removed"}, None) == "removed"
    assert standing({"state": "ok"}, None) == "learning"


def test_names_are_shown_in_the_language_of_the_reader_where_an_article_knows_it() -> None:
    assert local({"ru": "Ташкент", "uz-Latn": "Toshkent"}, "uz") == "Toshkent"
    assert local({"ru": "Ташкент"}, "kk") is None


@pytest.mark.parametrize(
    ("how", "state", "key"),
    [
        ("well", {}, None),
        ("failing", {"last_error": "https://a.kz/rss: gone: status 404"}, "moved"),
        ("failing", {"last_error": "robots: robots.txt bars https://a.kz/"}, "robots"),
        ("failing", {"last_error": "https://a.kz/: server-error: status 500"}, "passes"),
        ("well", {"last_error": "https://a.kz/rss: gone: status 404"}, None),
        ("learning", {"last_warnings": "feed-is-html"}, "list"),
        ("layout-changed", {"last_warnings": "no-link-matches"}, "patterns"),
        ("layout-changed", {}, "layout"),
        ("blocked", {}, "refused"),
        ("silent", {}, "silent"),
        ("paused", {"last_warnings": "feed-is-html"}, None),
    ],
)
def test_what_helps_a_source_follows_from_what_is_wrong(
    how: str, state: dict[str, str], key: str | None
) -> None:
    assert helps(how, state) == key
