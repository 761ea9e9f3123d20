"""The chart of a source: each trouble is told once when it begins and once when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from steppewire.health.chart import GRACE, NEVER, Alarm, Chart, Page, Seen
from steppewire.health.reading import describe, lines
from steppewire.health.words import moment

DAY, HOUR = 86_400.0, 3600.0
MONDAY = 1_704_067_200.0
EVERY = 2 * HOUR


def seen(at: float, **changes: object) -> Seen:
    """An ordinary article of the source."""
    ordinary = Seen(at, 2000, "kk-Cyrl", True, True, True, True, page=Page("https://a.kz/1", "sha"))
    return replace(ordinary, **changes)  # type: ignore[arg-type]


def well(days: int = 42) -> Chart:
    """A source with an article every two hours."""
    chart = Chart()
    for number in range(int(days * DAY / EVERY)):
        assert chart.see(seen(MONDAY + number * EVERY)) == []
    return chart


def go_silent(chart: Chart) -> list[Alarm]:
    at = chart.deadline
    return [a for now in (at, at + GRACE) for a in chart.look(now, looked=now)]


BROKEN = {
    "summary-only": ("body", {"letters": 180}),
    "author-lost": ("author", {"has_author": False}),
    "time-lost": ("time", {"has_time": False}),
    "section-lost": ("section", {"has_section": False}),
    "language-switched": ("language", {"language": "ru-Cyrl"}),
    "neighbours-swallowed": ("length", {"letters": 16_000}),
    "rules-broken": ("rules", {"by_rules": False}),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_field_that_is_lost_is_told_within_three_articles_with_the_page(case: str) -> None:
    fact, changes = BROKEN[case]
    chart = well()
    start, alarms = chart.last + EVERY, []
    for number in range(3):
        alarms += chart.see(seen(start + number * EVERY, **changes))

    [alarm] = alarms
    assert (alarm.trouble, alarm.reason, alarm.over) == ("layout-changed", fact, False)
    assert alarm.since == start
    assert alarm.page == Page("https://a.kz/1", "sha")
    assert alarm.drifts[0].usual > 0.95
    assert alarm.drifts[0].now == 0


def test_a_trouble_that_lasts_is_told_once_and_its_end_once() -> None:
    chart = well()
    start = chart.last
    alarms = [
        alarm
        for number in range(1, 41)
        for alarm in chart.see(seen(start + number * EVERY, letters=180 if number < 21 else 2000))
    ]

    assert [(a.trouble, a.over) for a in alarms] == [
        ("layout-changed", False),
        ("layout-changed", True),
    ]


def test_a_silence_is_told_once_within_a_day_and_ends_with_the_next_article() -> None:
    chart = well()
    last = chart.last

    [alarm] = go_silent(chart)
    assert (alarm.trouble, alarm.reason, alarm.since) == ("silent", "articles", last)
    assert alarm.at - last < DAY
    assert chart.look(alarm.at + DAY, looked=alarm.at + DAY) == []
    [over] = chart.see(seen(alarm.at + 2 * DAY))
    assert (over.trouble, over.over) == ("silent", True)


def test_where_nobody_looks_nobody_is_silent() -> None:
    chart = well()
    late = chart.deadline + 5 * DAY

    assert chart.look(late, looked=chart.last) == []


def test_after_a_pause_of_ours_the_first_look_does_not_make_an_alarm() -> None:
    chart = well()
    late = chart.deadline + 5 * DAY

    assert chart.look(late, looked=late) == []
    assert chart.see(seen(late + 20)) == []
    assert chart.look(late + GRACE, looked=late + GRACE) == []


def test_pages_that_are_under_way_are_no_silence() -> None:
    chart = well()
    late = chart.deadline + DAY

    assert [chart.look(late + n * HOUR, looked=late, underway=True) for n in range(9)] == [[]] * 9


def test_a_new_source_is_not_judged_by_its_silence() -> None:
    assert well(days=10).deadline == NEVER


def test_a_refusal_is_told_with_its_reason_and_explains_the_silence() -> None:
    chart = well()
    alarms = [
        alarm
        for number in range(6)
        for alarm in chart.count("pages-let-in", 0, 1, chart.last + number, reason="challenge")
    ]

    assert [(a.trouble, a.reason) for a in alarms] == [("blocked", "challenge")]
    assert go_silent(chart) == []


def test_a_source_that_never_let_us_in_is_blocked() -> None:
    chart = Chart()
    alarms = [a for n in range(9) for a in chart.count("looks-let-in", 0, 1, MONDAY + n)]

    assert [a.trouble for a in alarms] == ["blocked"]


def test_a_site_that_answers_again_is_well_only_when_an_article_comes() -> None:
    chart = well()
    go_silent(chart)
    at = chart.last + 3 * DAY
    chart.count("looks-reached", 0, 9, at)

    assert chart.count("looks-reached", 30, 0, at + HOUR) == []
    assert [a.over for a in chart.see(seen(at + 2 * HOUR))] == [True]


def test_a_replay_and_old_news_say_nothing_of_the_rhythm() -> None:
    chart = well()
    before = (chart.last, chart.articles, chart.deadline)
    chart.see(seen(chart.last - 20 * DAY))
    chart.see(seen(chart.last + 60, age=30 * DAY))

    assert before == (chart.last, chart.articles, chart.deadline)


def test_where_only_old_news_came_it_is_told_when() -> None:
    chart = Chart()
    chart.see(seen(MONDAY, age=30 * DAY))
    shown = describe(chart, {})

    assert (shown.last_article, shown.last_old_article) == (None, moment(MONDAY))
    assert "  last article 2024-01-01 00:00 UTC, an old one" in lines("a.kz", shown)


def test_a_source_that_becomes_slower_for_good_is_soon_no_alarm_any_more() -> None:
    chart, told = well(), []
    for number in range(1, 91):  # one article a day instead of twelve
        at = MONDAY + 42 * DAY + number * DAY
        if chart.deadline + GRACE < at:
            told += [number for _ in go_silent(chart)]
        chart.see(seen(at))

    assert 1 <= len(told) <= 12
    assert max(told) < 45


def test_where_all_neighbours_are_slow_a_silence_waits_and_is_told_at_last() -> None:
    chart, alone = well(), well().deadline
    chart.hear(0.5)

    assert chart.last + 3 * (alone - chart.last) < chart.deadline < NEVER
    assert chart.look(alone + GRACE, looked=alone + GRACE) == []
    assert [alarm.trouble for alarm in go_silent(chart)] == ["silent"]


def test_when_the_holiday_is_over_patience_is_too() -> None:
    chart, alone = well(), well().deadline
    chart.hear(0.5)
    chart.hear(1.0)

    assert chart.deadline == alone


def test_who_is_new_seldom_publishes_or_is_known_to_be_out_has_no_say() -> None:
    busy = Chart()
    for number in range(42 * 24):
        busy.see(seen(MONDAY + number * HOUR))

    assert busy.pace(busy.last + HOUR) == pytest.approx(1, abs=0.1)
    assert busy.pace(busy.last + 6 * HOUR) == pytest.approx(0.7, abs=0.15)
    assert Chart().pace(MONDAY) is None
    assert well().pace(well().last + EVERY) is None
    [alarm] = go_silent(busy)
    assert busy.pace(alarm.at) is None


def test_a_time_beyond_the_calendar_is_told_as_its_end() -> None:
    """A stranger may say that it fetched a page in year 1, at midnight, in Almaty."""
    before = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))).timestamp()
    after = datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=12))).timestamp()

    assert moment(before) == datetime(1, 1, 1, tzinfo=UTC)
    assert moment(after) == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert moment(0.0) == datetime(1970, 1, 1, tzinfo=UTC)
