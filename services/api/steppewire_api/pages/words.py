"""What the pages say in each language: messages with plurals, numbers, days, names of languages.

Messages are ours (`words/*.toml`); how a language counts and writes days comes from CLDR.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent

from steppewire.archive.tables import utc

LANGUAGES = ("kk", "ru", "uz", "en")
"""The languages of the interface, as the switcher lists them."""
OWN_NAMES = {"kk": "Қазақша", "ru": "Русский", "uz": "Oʻzbekcha", "en": "English"}
_LOCALES = {"kk": "kk", "ru": "ru", "uz": "uz_Latn", "en": "en_GB"}
_FOLDER = Path(__file__).parent / "words"
# CLDR mixes the apostrophes of Uzbek; the alphabet has U+02BB in oʻ and gʻ, U+02BC elsewhere.
_APOSTROPHES = str.maketrans({"‘": "ʻ", "’": "ʼ"})

Message = str | Mapping[str, str]
"""A text with `{names}`, or one for each plural category of CLDR."""


@cache
def messages(language: str) -> Mapping[str, Message]:
    """Return a language's messages: `section.name` -> text."""
    told = tomllib.loads((_FOLDER / f"{language}.toml").read_text("utf-8"))
    return {
        f"{section}.{name}": text for section, texts in told.items() for name, text in texts.items()
    }


def preferred(header: str, otherwise: str = "en") -> str:
    """Return the language of ours that an Accept-Language header (RFC 9110, 12.5.4) likes best."""
    for tag in _by_liking(header):
        if (code := tag.lower().partition("-")[0]) in LANGUAGES:
            return code
    return otherwise


def _by_liking(header: str) -> list[str]:
    asked: list[tuple[float, str]] = []
    for part in header[:1000].split(","):
        tag, _, rest = part.strip().partition(";")
        if (liking := _liking(rest)) > 0:
            asked.append((-liking, tag.strip()))
    return [tag for _, tag in sorted(asked, key=lambda pair: pair[0])]


def _liking(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0


@dataclass(frozen=True)
class Words:
    """One language of the interface, and the zone in which it tells times."""

    language: str
    zone: ZoneInfo

    @property
    def locale(self) -> Locale:
        """The language as CLDR knows it."""
        return _locale(self.language)

    def __call__(self, name: str, **values: object) -> str:
        """Return a message; `n` chooses its plural form and is written with separators."""
        message = messages(self.language)[name]
        if isinstance(message, Mapping):
            form = self.locale.plural_form(values["n"])  # type: ignore[arg-type]  # a number
            message = message.get(form, message["other"])
        return message.format(**{k: self._told(value) for k, value in values.items()})

    def known(self, name: str) -> bool:
        """Tell whether there is such a message: reasons and facts may be newer than the words."""
        return name in messages(self.language)

    def forms(self, name: str) -> Iterator[tuple[str, str]]:
        """Return (plural category, text) of a message, for the script, which counts by itself."""
        message = messages(self.language)[name]
        yield from message.items() if isinstance(message, Mapping) else [("other", message)]

    def _told(self, value: object) -> str:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return self.number(value) if is_number else str(value)  # type: ignore[arg-type]  # it is

    # ── numbers ──────────────────────────────────────────────────────────────────────────────

    def number(self, value: float) -> str:
        """Return a number: `12 345`, `0,4`."""
        return format_decimal(round(value, 1), locale=self.locale)

    def percent(self, share: float) -> str:
        """Return a share: `74 %`."""
        return format_percent(round(share, 2), locale=self.locale)

    # ── times ────────────────────────────────────────────────────────────────────────────────

    def here(self, moment: datetime) -> datetime:
        """Return a moment as the clocks of the zone show it.

        The ends of the calendar, which a page may well claim, are a day inside it here: one such
        article must not take the page down that shows it among others.
        """
        return utc(moment).astimezone(self.zone)

    def clock(self, moment: datetime) -> str:
        """Return the time of day: `09:05`."""
        return format_time(self.here(moment), "HH:mm", locale=self.locale)

    def day(self, day: date) -> str:
        """Return a day in full: `Saturday, 21 November 2026`."""
        return self._written(format_date(day, "full", locale=self.locale))

    def short_day(self, day: date) -> str:
        """Return a day as short as it can be told, with its year unless it is this one."""
        if day.year != datetime.now(UTC).year:
            return self.dated(day)
        return self._written(format_skeleton("MMMd", _noon(day), locale=self.locale))

    def dated(self, day: date) -> str:
        """Return a day with its year: `21 Nov 2026`."""
        return self._written(format_date(day, "medium", locale=self.locale))

    def month(self, day: date) -> str:
        """Return a month: `November 2026`."""
        return self._written(format_skeleton("yMMMM", _noon(day), locale=self.locale))

    def weekdays(self) -> list[str]:
        """Return short names of the days, Monday first."""
        names = self.locale.days["stand-alone"]["abbreviated"]
        return [self._written(names[number]) for number in range(7)]

    def moment(self, moment: datetime) -> str:
        """Return day and time: `21 November 2026, 09:05`."""
        day = format_date(self.here(moment), "long", locale=self.locale)
        return f"{self._written(day)}, {self.clock(moment)}"

    def exactly(self, moment: datetime) -> str:
        """Return a moment with its offset, for whoever compares clocks."""
        offset = self.here(moment).strftime("%z")
        return f"{self.moment(moment)} (UTC{offset[:3]}:{offset[3:]})"

    def heading(self, day: date, today: date) -> str:
        """Return a day as a list's heading: today and yesterday by name."""
        apart, full = (today - day).days, self.day(day)
        named = {0: "time.today", 1: "time.yesterday"}.get(apart)
        return f"{self(named)} · {full}" if named else full[:1].upper() + full[1:]

    def span(self, length: timedelta | float) -> str:
        """Return a length of time in its largest unit: `3 days`."""
        seconds = length.total_seconds() if isinstance(length, timedelta) else length
        told = timedelta(seconds=max(0, round(seconds)))
        return self._written(format_timedelta(told, threshold=1.5, locale=self.locale))

    def ago(self, moment: datetime) -> str:
        """Return how long ago, or how soon, a moment is: `3 hours ago`."""
        apart = moment - datetime.now(UTC)
        told = format_timedelta(apart, add_direction=True, threshold=1.5, locale=self.locale)
        return self._written(told)

    # ── languages ────────────────────────────────────────────────────────────────────────────

    def tongue(self, tag: str) -> str:
        """Return what a language is called here: `Kazakh (Cyrillic)` for `kk-Cyrl`."""
        code, script = parts(tag)
        name = self.locale.languages.get(code) or code
        written = self.locale.scripts.get(script) if script else None
        return self._written(f"{name} ({written})" if written else name)

    def _written(self, text: str) -> str:
        return text.translate(_APOSTROPHES) if self.language == "uz" else text


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES[language])


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12)


_SELF_NAMES = OWN_NAMES | {
    "uz-Cyrl": "Ўзбекча",
    "kk-Latn": "Qazaqşa",
    "kk-Arab": "قازاقشا",
    "ky": "Кыргызча",
    "tg": "Тоҷикӣ",
    "tk": "Türkmençe",
    "tr": "Türkçe",
    "kaa": "Qaraqalpaqsha",
    "ug": "ئۇيغۇرچە",
    "zh": "中文",
    "und": "?",
}


def own_name(tag: str) -> str:
    """Return what a language calls itself in this script: `Ўзбекча` for `uz-Cyrl`."""
    code, script = parts(tag)
    return _SELF_NAMES.get(f"{code}-{script}") or _SELF_NAMES.get(code) or code


def parts(tag: str) -> tuple[str, str]:
    """Return a tag's language and its script, which may be empty: ("kk", "Cyrl")."""
    code, *rest = (tag or "und").split("-")
    return code.lower(), next((part for part in rest if len(part) == 4), "")
