"""Alarms and states in English: for events, the page and the terminal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from steppewire.health.chart import Alarm

FACTS = {
    "author": ("articles", "with an author"),
    "time": ("articles", "with a publication time"),
    "section": ("articles", "with a section"),
    "language": ("articles", "in a language of the source"),
    "body": ("articles", "of the usual length"),
    "length": ("articles", "of the usual length"),
    "rules": ("articles", "read by the source's rules"),
    "links": ("looks", "that found links to articles"),
    "pages-read": ("pages", "that could be read as articles"),
    "pages-let-in": ("pages", "that we were given"),
    "looks-let-in": ("looks", "that we were let in for"),
    "pages-reached": ("pages", "that answered"),
    "looks-reached": ("looks", "that were answered"),
}
_OVER = {
    "silent": "articles come again",
    "layout-changed": "pages are read as before",
    "blocked": "the site lets us in again",
}


_FIRST = round(datetime.min.replace(tzinfo=UTC).timestamp())
_LAST = int(datetime.max.replace(tzinfo=UTC, microsecond=0).timestamp())


def moment(at: float) -> datetime:
    """Return a time as the events carry it, to the second; within the calendar, whatever is said.

    A fetch of year 1 in a zone east of Greenwich lies before it: telling of one such source must
    not stop the watch over all others.
    """
    return datetime.fromtimestamp(min(max(round(at), _FIRST), _LAST), UTC)


def sentence(alarm: Alarm) -> str:
    """Say what an alarm means."""
    if alarm.over:
        if alarm.reason == "accepted":
            return "It has been so for four weeks: from now on that is taken to be normal."
        lasted = span(alarm.at - alarm.since)
        return f"Recovered: {_OVER[alarm.trouble]}, after {lasted}."
    parts = [_beginning(alarm), *(_share(d.fact, d.usual, d.now) for d in alarm.drifts)]
    return " ".join(part for part in parts if part)


def _beginning(alarm: Alarm) -> str:
    if alarm.reason == "articles":
        due = f", in which about {alarm.expected:.0f} should have come" if alarm.expected else ""
        return f"No article for {span(alarm.at - alarm.since)}{due}."
    if alarm.letters:
        usual, now = alarm.letters
        return f"Bodies have collapsed, from about {usual} letters to {now}: summaries only?"
    what = {
        "silent": "The site cannot be reached",
        "blocked": "The site refuses us",
        "layout-changed": "Pages are no longer what they were",
    }[alarm.trouble]
    known = alarm.reason in FACTS
    return f"{what}." if known else f"{what} ({alarm.reason})."


def _share(fact: str, usual: float, now: float) -> str:
    what, how = FACTS[fact]
    return f"Of the {what}, {usual:.0%} were ones {how}; now {now:.0%}."


def span(seconds: float) -> str:
    """Return a length of time in its two largest units: `2 d 4 h`."""
    rest = timedelta(seconds=max(0, round(seconds)))
    hours, minutes = divmod(rest.seconds // 60, 60)
    if rest.days:
        return f"{rest.days} d {hours} h" if hours else f"{rest.days} d"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
