"""What the pages say in four languages."""

from __future__ import annotations

import re
import string
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import steppewire_api.pages as pages
from steppewire.events import HealthKind
from steppewire.health.chart import TROUBLES
from steppewire_api.pages import sources
from steppewire_api.pages.marking import KINDS
from steppewire_api.pages.words import LANGUAGES, Words, messages, own_name, preferred

ALMATY = ZoneInfo("Asia/Almaty")
NOON = datetime(2026, 11, 21, 7, 5, tzinfo=UTC)
FOLDER = Path(pages.__file__).parent


def names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def plain(text: str) -> str:
    """Make no-break spaces plain; CLDR has two widths of them."""
    return re.sub("[\u00a0\u202f]", " ", text)


def forms(message: object) -> dict[str, str]:
    return dict(message) if isinstance(message, dict) else {"other": str(message)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language: str) -> None:
    assert messages(language).keys() == messages("en").keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_is_told_with_the_same_values_in_every_language(language: str) -> None:
    for name, english in messages("en").items():
        wanted = names_in(forms(english)["other"])
        for form, text in forms(messages(language)[name]).items():
            assert names_in(text) == wanted, f"{language} {name} {form}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_counted_has_all_plural_forms_of_its_language(language: str) -> None:
    categories = set(Words(language, ALMATY).locale.plural_form.rules) | {"other"}

    for name, english in messages("en").items():
        if isinstance(english, dict):
            assert forms(messages(language)[name]).keys() == categories, f"{language} {name}"


_NAMES = r"\{\w+\}|API|JSON|RSS|fetcher|api|operate|robots\.txt|pace|poll|Tokayev|Samarqand"
"""Names that are written in Latin letters in every language."""


def test_no_message_is_left_in_another_alphabet() -> None:
    for name, message in messages("kk").items():
        for text in forms(message).values():
            bare = re.sub(_NAMES, "", text)
            assert not re.search("[A-Za-z]", bare), name
    for name, message in messages("uz").items():
        if name != "search.hint":  # which shows other spellings
            assert not re.search("[А-Яа-я]", " ".join(forms(message).values())), name


@pytest.mark.parametrize("language", ["uz"])
def test_uzbek_is_written_with_its_own_letters_not_with_quotation_marks(language: str) -> None:
    for name, message in messages(language).items():
        assert not re.search("[gGoO]['’‘`]", " ".join(forms(message).values())), name


def test_every_message_that_a_page_asks_for_is_there() -> None:
    told = "".join(path.read_text() for path in FOLDER.rglob("*.html"))
    asked = set(re.findall(r'\bt(?:\.forms)?\("([a-z-]+\.[a-z-]*[a-z])"', told))

    assert asked > {"now.title", "article.original", "pipeline.retry"}
    assert asked - messages("en").keys() == set()


def test_every_state_trouble_and_kind_has_a_name() -> None:
    wanted = {
        *(f"standing.{one}" for one in sources.ORDER),
        *(f"trouble-kind.{one}" for one in HealthKind.__args__),
        *(f"fact.{one}" for one in TROUBLES),
        *(f"kind.{one}" for one in KINDS),
        *(f"kind-one.{one}" for one in KINDS),
        *(f"ending.{one}" for one in ("dead", "reject", "skip", "retry")),
    }

    assert wanted - messages("en").keys() == set()


@pytest.mark.parametrize(
    ("language", "count", "told"),
    [
        ("en", 1, "1 new article"),
        ("en", 1200, "1,200 new articles"),
        ("ru", 1, "1 новая статья"),
        ("ru", 3, "3 новые статьи"),
        ("ru", 11, "11 новых статей"),
        ("ru", 22, "22 новые статьи"),
        ("ru", 101, "101 новая статья"),
        ("kk", 5, "5 жаңа мақала"),
        ("uz", 5, "5 ta yangi maqola"),
    ],
)
def test_things_are_counted_as_the_language_counts(language: str, count: int, told: str) -> None:
    assert Words(language, ALMATY)("now.fresh", n=count) == told


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "21 November 2026, 12:05"),
        ("ru", "21 ноября 2026 г., 12:05"),
        ("kk", "2026 ж. 21 қараша, 12:05"),
        ("uz", "21-noyabr, 2026, 12:05"),
    ],
)
def test_times_are_written_as_the_language_writes_them(language: str, told: str) -> None:
    assert plain(Words(language, ALMATY).moment(NOON)) == told


def test_a_moment_can_be_told_with_its_offset() -> None:
    assert Words("en", ALMATY).exactly(NOON) == "21 November 2026, 12:05 (UTC+05:00)"


@pytest.mark.parametrize(
    ("language", "today", "told"),
    [
        ("kk", date(2026, 11, 21), "Бүгін · 2026 ж. 21 қараша, сенбі"),
        ("ru", date(2026, 11, 22), "Вчера · суббота, 21 ноября 2026 г."),
        ("ru", date(2026, 12, 1), "Суббота, 21 ноября 2026 г."),
    ],
)
def test_days_are_headings(language: str, today: date, told: str) -> None:
    heading = Words(language, ALMATY).heading(date(2026, 11, 21), today)

    assert plain(heading) == told


def test_uzbek_dates_and_languages_have_uzbek_apostrophes() -> None:
    words = Words("uz", ALMATY)

    assert words.tongue("uz-Latn") == "oʻzbek (lotin)"
    assert words.tongue("und") == "nomaʼlum til"


@pytest.mark.parametrize(
    ("language", "told"), [("en", "3 days"), ("ru", "3 дня"), ("kk", "3 күн"), ("uz", "3 kun")]
)
def test_spans_are_told_in_their_largest_unit(language: str, told: str) -> None:
    assert Words(language, ALMATY).span(timedelta(days=3, hours=5)) == told


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("kk-KZ,kk;q=0.9,ru;q=0.8", "kk"),
        ("ru;q=0.5, uz-Latn-UZ;q=0.7", "uz"),
        ("de, fr;q=0.8", "en"),
        ("kk;q=0, ru", "ru"),
        ("", "en"),
        ("*", "en"),
        (";;;q=,,kk;q=nan?", "en"),
    ],
)
def test_a_browser_is_answered_in_the_language_that_it_likes_best(
    header: str, language: str
) -> None:
    assert preferred(header) == language


@pytest.mark.parametrize(
    ("tag", "name"),
    [("uz-Cyrl", "Ўзбекча"), ("kk", "Қазақша"), ("kk-Latn", "Qazaqşa"), ("xx", "xx"), ("", "?")],
)
def test_languages_are_called_as_they_call_themselves(tag: str, name: str) -> None:
    assert own_name(tag) == name
