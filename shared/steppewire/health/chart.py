"""The chart of one source: what is normal for it, and what is wrong with it now.

It is shown articles (`see`), counts of visits (`count`) and the time (`look`), and answers with
alarms: each trouble is told once when it begins and once when it is over.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from steppewire.health.drift import ENOUGH, Gauge
from steppewire.health.rhythm import MONTH, WEEK, Activity, Forecast, Rhythm, Silences

Trouble = Literal["silent", "layout-changed", "blocked"]

ARTICLE_FACTS = ("author", "time", "section", "language", "body", "length", "rules")
"""Facts of an article, in the order in which a reader would miss them last."""
TROUBLES: Mapping[str, Trouble] = {
    **dict.fromkeys((*ARTICLE_FACTS, "links", "pages-read"), "layout-changed"),
    **dict.fromkeys(("pages-let-in", "looks-let-in"), "blocked"),
    **dict.fromkeys(("pages-reached", "looks-reached"), "silent"),
}
"""Fact -> what it is called when the fact breaks."""

WARM_UP = 14 * 86_400.0
"""Seconds of history before a silence is judged: each hour of the week was seen twice."""
FEW = 12
"""Articles before a silence is judged."""
RARITY = 40.0
"""Months in which chance alone may make one alarm of a fact that breaks."""
QUIET = 3.0
"""Months in which a source may once be silent for longer than its limit without any trouble."""
SHORT = 0.4
"""Share of the usual length below which a body is short. A summary is a tenth of its article."""
LONG = 4.0
"""The same for a body that has swallowed its neighbours."""
STALE = 2 * 86_400.0
"""Seconds: an article published so long before it was fetched says nothing of the rhythm."""
REPLAYED = 6 * 3600.0
"""Seconds: a page fetched so long before the last one is a replay, not news."""
BACKFILL = 3600.0
"""Seconds after the first article: what comes in them is the source's past."""
LOOKED = ("links", "looks-let-in", "looks-reached")
LOOKS = 9000.0
"""Looks in a month, one in five minutes."""
GRACE = 300.0
"""Seconds from the first look after the deadline in which what it found is on its way."""
SAY = 6 * 3600.0
SAYS = 4.0
"""Articles that are expected in so many seconds where it has a say in what its neighbours do."""
LEAST = 0.04
"""Share of the expected articles that comes at least, on the quietest holiday."""
NEVER = 1e12
_AGAIN = 86_400.0
"""Seconds after which another fact that breaks is told, although the trouble is known."""
_LANGUAGES = 300.0
"""Articles by which the languages of a source are known: older ones fade."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page that an alarm can point at."""

    url: str = ""
    blob: str = ""
    article_id: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What an article shows of its source."""

    at: float
    """When it was fetched (Unix time)."""
    letters: int
    language: str
    has_author: bool
    has_time: bool
    has_section: bool
    by_rules: bool
    age: float = 0.0
    """Seconds from its publication to fetching; 0 when it has no date."""
    page: Page = Page()


@dataclass(frozen=True, slots=True)
class Drifted:
    """A fact that broke: how often it holds as a rule, and how often since then."""

    fact: str
    usual: float
    now: float


@dataclass(frozen=True, slots=True)
class Alarm:
    """A trouble began, or (`over`) ended."""

    trouble: Trouble
    at: float
    since: float
    reason: str
    over: bool = False
    drifts: tuple[Drifted, ...] = ()
    page: Page | None = None
    last: float | None = None
    expected: float | None = None
    letters: tuple[int, int] | None = None
    """Usual length of a body, and of the one that shows it."""


@dataclass(slots=True)
class Raised:
    """A trouble that was told and is not over."""

    since: float
    told: float
    reasons: list[str]


@dataclass(slots=True)
class Chart:
    """Everything that is remembered of a source. Methods edit it."""

    rhythm: Rhythm = field(default_factory=Rhythm)
    silences: Silences = field(default_factory=Silences)
    activity: Activity = field(default_factory=Activity)
    shared: float = 1.0
    """Share of the expected articles that comes at its neighbours: a holiday slows them all."""
    first: float = 0.0
    last: float = 0.0
    """When its last article was fetched (Unix time); 0: there was none yet."""
    last_old: float = 0.0
    """The same of articles that were `STALE` by then: a backlog, or the archive of a demo."""
    articles: int = 0
    deadline: float = NEVER
    """When its silence becomes an alarm, if nothing comes."""
    confirmed: float = 0.0
    """When somebody had first looked after the deadline."""
    letters: float = 0.0
    """Logarithm of the usual length of a body."""
    languages: dict[str, float] = field(default_factory=dict)
    gauges: dict[str, Gauge] = field(default_factory=dict)
    raised: dict[str, Raised] = field(default_factory=dict)
    """Trouble -> since when."""
    forecast: Forecast | None = None
    """What the rhythm says, as of `built`; made anew each day, and never kept in Redis."""
    built: float = 0.0

    # Articles

    def see(self, seen: Seen) -> list[Alarm]:
        """Take an article; tell what it ends and what it shows."""
        if self.last - seen.at > REPLAYED:
            return []
        alarms = []
        if seen.age <= STALE:
            alarms = self._arrive(seen.at)
        else:
            self.last_old = max(self.last_old, seen.at)
        limit = self._limit()
        for fact, is_bad in self._judge(seen).items():
            alarms += self._note(fact, is_bad, seen.at, limit, reason=fact, seen=seen)
        self._learn_letters(seen)
        return alarms

    def _arrive(self, at: float) -> list[Alarm]:
        self.first = self.first or at
        over = self._mend("silent", "articles", at)
        if at - self.first > BACKFILL:
            self._learn_rhythm(max(at, self.last))
        self.last, self.confirmed = max(self.last, at), 0.0
        self.deadline = self._next_deadline()
        return over

    def _learn_rhythm(self, at: float) -> None:
        forecast = self.expectation(at)
        due = forecast.expected(self.last, at)
        silence = due * self._share()
        limit = self.silences.limit(forecast.weekly, QUIET)
        is_warm = self._is_warm(at)
        if is_warm and self.shared == 1:  # a holiday says nothing of ordinary days
            self.silences.learn(silence, at - self.last, limit)
        self.rhythm.arrive(at, after_alarm=is_warm and silence > limit)
        self.activity.arrive(due, forecast.weekly)
        self.articles += 1

    def _next_deadline(self) -> float:
        if not self._is_warm(self.last):
            return NEVER
        forecast = self.expectation(self.last)
        limit = self.silences.limit(forecast.weekly, QUIET)
        return min(NEVER, forecast.when(self.last, limit / self._share()))

    def _share(self) -> float:
        # squared, as some keep a holiday far more than half of their neighbours do
        return min(self.activity.share(), max(self.shared**2, LEAST))

    def _is_warm(self, at: float) -> bool:
        return at - self.first >= WARM_UP and self.articles >= FEW

    def expectation(self, at: float) -> Forecast:
        """Return what the rhythm says, made anew each day."""
        if self.forecast is None or not 0 <= at - self.built < 86_400:
            self.forecast, self.built = self.rhythm.forecast(), at
        return self.forecast

    def _judge(self, seen: Seen) -> dict[str, bool]:
        """Tell of each fact whether it is bad, by what is usual at this source."""
        length = math.log(max(seen.letters, 1))
        known = self.letters or length
        return {
            "author": not seen.has_author,
            "time": not seen.has_time,
            "section": not seen.has_section,
            "language": not self._speaks(seen.language),
            "body": length < known + math.log(SHORT),
            "length": length > known + math.log(LONG),
            "rules": not seen.by_rules,
        }

    def _speaks(self, language: str) -> bool:
        """Tell whether this is a language of the source, and learn that it was seen."""
        total = sum(self.languages.values())
        share = self.languages.get(language, 0.0) / total if total else 1.0
        if "language" not in self._broken("layout-changed"):
            keep = min(1.0, _LANGUAGES / (total + 1))
            self.languages = {tag: n * keep for tag, n in self.languages.items() if n > 0.01}
            self.languages[language] = self.languages.get(language, 0.0) + 1
        return share >= 0.05 or total < 20

    def _learn_letters(self, seen: Seen) -> None:
        """Move the usual length towards this one by a small step: a median, not a mean."""
        if seen.letters <= 0 or {"body", "length"} & set(self._broken("layout-changed")):
            return
        length = math.log(seen.letters)
        number = self.gauges["body"].number
        if number <= 10:
            self.letters += (length - self.letters) / max(number, 1)
        elif not self.gauges["body"].sum:
            self.letters += math.copysign(max(0.7 / number, 0.01), length - self.letters)

    # Visits

    def count(self, fact: str, good: int, bad: int, at: float, *, reason: str = "") -> list[Alarm]:
        """Take what looks and fetches gave since last time; their order is not known."""
        limit, alarms = self._limit(fact), []
        for is_bad in spread(min(good, 100), min(bad, 100)):
            alarms += self._note(fact, is_bad, at, limit, reason=reason or fact)
        return alarms

    # Neighbours

    def pace(self, now: float) -> float | None:
        """Return the share of the expected that came lately; None: it has no say.

        None has a source that is new, is known to be out, or gives little at this time of day.
        """
        if not self._is_warm(now) or "silent" in self.raised or self._explained():
            return None
        forecast = self.expectation(self.last)
        if forecast.expected(now - SAY, now) < SAYS:
            return None
        return self.activity.pace(forecast.expected(self.last, now), forecast.weekly)

    def hear(self, shared: float) -> None:
        """Take what share of the expected comes at its neighbours."""
        if shared == self.shared:
            return
        self.shared = shared
        if self.deadline < NEVER:
            self.deadline = self._next_deadline()

    # Time

    def look(self, now: float, *, looked: float, underway: bool = False) -> list[Alarm]:
        """Tell whether the silence is too long by now.

        `looked` is when its listings were last read: where nobody looks, nobody is silent; nor
        while pages of it are under way in the newswire.
        """
        if now < self.deadline or looked < self.deadline or underway or self._explained():
            self.confirmed = 0.0
            return []
        self.confirmed = self.confirmed or now
        if now < self.confirmed + GRACE:
            return []
        self.deadline = NEVER
        return self._raise("silent", "articles", now, self.last, ())

    def _explained(self) -> bool:
        """Tell whether it is known why no article comes."""
        return "blocked" in self.raised or any(
            fact in ("links", "pages-read") for fact in self._broken("layout-changed")
        )

    # Troubles

    def _limit(self, fact: str = "") -> float:
        """Return how much evidence a fact needs: the more it is seen, the more chances to err."""
        weekly = self.forecast.weekly if self.forecast else 0.0
        monthly = LOOKS if fact in LOOKED else max(weekly * MONTH / WEEK, 30.0)
        return math.log(monthly * len(ARTICLE_FACTS) * RARITY)

    def _note(
        self,
        fact: str,
        is_bad: bool,
        at: float,
        limit: float,
        *,
        reason: str,
        seen: Seen | None = None,
    ) -> list[Alarm]:
        gauge = self.gauges.get(fact)
        if gauge is None:
            # as a rule a site lets us in, from the first look on; what its articles have differs
            gauge = self.gauges[fact] = Gauge() if fact in ARTICLE_FACTS else Gauge(number=ENOUGH)
        turn = gauge.observe(is_bad, at, limit)
        if turn is None:
            return []
        if turn == "broken":
            drift = Drifted(fact, 1 - gauge.usual, 1 - gauge.now)
            return self._raise(TROUBLES[fact], reason, at, gauge.since, (drift,), seen)
        if turn == "accepted" and fact in ("body", "length"):
            self.letters = 0.0
        if turn == "accepted" and fact == "language":
            self.languages = {}
        return self._mend(TROUBLES[fact], fact if turn == "mended" else "accepted", at)

    def _raise(
        self,
        trouble: Trouble,
        reason: str,
        at: float,
        since: float,
        drifts: tuple[Drifted, ...],
        seen: Seen | None = None,
    ) -> list[Alarm]:
        known = self.raised.get(trouble)
        if known:
            known.reasons.append(reason)
            if trouble != "layout-changed" or at - known.told < _AGAIN:
                return []
            known.told = at
        else:
            self.raised[trouble] = Raised(since, at, [reason])
        return [
            Alarm(
                trouble,
                at,
                since,
                reason,
                drifts=drifts,
                page=seen.page if seen else None,
                last=self.last or None,
                expected=self.expected(at),
                letters=(self.usual_letters, seen.letters) if seen and reason == "body" else None,
            )
        ]

    def _mend(self, trouble: Trouble, reason: str, at: float) -> list[Alarm]:
        known = self.raised.get(trouble)
        # a site that can be reached again has not yet given an article again
        waits = known and "articles" in known.reasons and reason != "articles"
        if known is None or waits or self._broken(trouble):
            return []
        del self.raised[trouble]
        return [Alarm(trouble, at, known.since, reason, over=True, last=self.last or None)]

    def _broken(self, trouble: Trouble) -> list[str]:
        return [f for f, gauge in self.gauges.items() if gauge.broken and TROUBLES[f] == trouble]

    # For those who show it

    @property
    def usual_letters(self) -> int:
        """The usual length of a body."""
        return round(math.exp(self.letters)) if self.letters else 0

    def expected(self, now: float) -> float | None:
        """Return the articles that should have come since the last one."""
        if not self.last or self.forecast is None:
            return None
        return max(0.0, self.forecast.expected(self.last, now))


def spread(good: int, bad: int) -> list[bool]:
    """Return so many False and True, evenly mixed."""
    total = good + bad
    return [(n + 1) * bad // total > n * bad // total for n in range(total)]
