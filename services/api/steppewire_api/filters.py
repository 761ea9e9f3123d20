"""The parameters of a query, read strictly: what cannot be meant is refused with a remedy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    WithJsonSchema,
)
from pydantic_core import core_schema

from steppewire.archive.matching import Wish
from steppewire.archive.promise import Query
from steppewire.language.codes import real
from steppewire_api.views import Card

MAX_TEXT = 300
MOST_WORDS = 50
_SPACE_BEFORE_OFFSET = re.compile(r" (?=\d\d:?\d\d$)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def split_commas(values: object) -> object:
    """Read `kk,ru` like a repeated parameter."""
    if not isinstance(values, list):
        return values
    if len(values) > MOST_WORDS:
        raise ValueError(f"at most {MOST_WORDS} of them can be asked for at once")
    return [part.strip() for value in values for part in str(value).split(",") if part.strip()]


def printable(text: str) -> str:
    """Refuse control characters: no search means them, and PostgreSQL cannot store NUL."""
    if _CONTROL.search(text):
        raise ValueError("must not contain control characters")
    return text


def moment(value: object) -> object:
    """Read a date (midnight UTC) or a time with its offset. Raises ValueError."""
    if value is None or isinstance(value, datetime):
        return value
    if not isinstance(value, str):  # pydantic would take a number for seconds since 1970
        raise ValueError("must be a text, such as 2026-11-20")
    # "+05:00" that was not percent-encoded arrives as " 05:00"
    text = _SPACE_BEFORE_OFFSET.sub("+", value.strip())
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("must look like 2026-11-20 or 2026-11-20T09:30:00+05:00") from None
    if len(text) <= 10:
        return read.replace(tzinfo=UTC)
    if read.tzinfo is None:
        raise ValueError("needs its offset, such as 2026-11-20T09:30:00+05:00 or …Z")
    return _in_range(read)


def _in_range(read: datetime) -> datetime:
    try:
        return read.astimezone(UTC)
    except OverflowError:
        raise ValueError("is outside the calendar") from None


_SPAN = re.compile(r"([1-9][0-9]{0,5})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST = timedelta(days=36_500)


def span(text: str) -> timedelta:
    """Read `90m`, `24h`, `7d` or `2w`. Raises ValueError."""
    found = _SPAN.fullmatch(text)
    length = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else timedelta()
    if not timedelta() < length <= _LONGEST:
        raise ValueError("must be a length of time up to a hundred years: 90m, 24h, 7d, 2w")
    return length


def _is_span(text: str) -> str:
    span(text)
    return text


_PRINTABLE = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
"""For the reference: as `printable` has it."""


def _listed() -> WithJsonSchema:
    """Describe a list; that its values may be joined by commas is told in words."""
    return WithJsonSchema({
        "type": "array",
        "items": {"type": "string", "maxLength": 100, "pattern": rf"^{_PRINTABLE},]*$"},
        "maxItems": MOST_WORDS,
    })  # fmt: skip


def _text(**more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": rf"^{_PRINTABLE}]*$", **more})


def all_real(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse codes of countries: `kz` would find nothing, and say nothing."""
    return tuple(map(real, tags))


split_words = BeforeValidator(split_commas)
Word = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(printable)]
Words = Annotated[tuple[Word, ...], split_words, Field(max_length=MOST_WORDS), _listed()]
Text = Annotated[
    str, Field(max_length=MAX_TEXT), AfterValidator(printable), _text(maxLength=MAX_TEXT)
]
Moment = Annotated[
    datetime,
    BeforeValidator(moment),
    WithJsonSchema({
        "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]
    }),
]  # fmt: skip
Span = Annotated[
    str,
    Field(max_length=7),
    AfterValidator(_is_span),
    # the longest of each unit is longer than a year and shorter than what is refused
    WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,2}[mhdw]$"}),
]
Cursor = Annotated[
    str, Field(max_length=500), AfterValidator(printable), _text(pattern="^[A-Za-z0-9_-]{0,100}$")
]


@dataclass(frozen=True)
class FieldsOf:
    """Marks a list of words as fields of a model."""

    model: type[BaseModel]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        """Check the words after they were split."""
        return core_schema.no_info_after_validator_function(self._known, handler(source))

    def __get_pydantic_json_schema__(self, _: Any, __: Any) -> dict[str, Any]:
        """Describe the list."""
        items = {"type": "string", "enum": list(self.model.model_fields)}
        return {"type": "array", "items": items, "maxItems": MOST_WORDS}

    def _known(self, asked: tuple[str, ...]) -> tuple[str, ...]:
        names = self.model.model_fields
        if unknown := [name for name in asked if name not in names]:
            raise ValueError(f"there is no {unknown[0][:60]!r}; there are {', '.join(names)}")
        return asked


class Filters(BaseModel):
    """The conditions of a standing query: those that can be told of one article alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Annotated[Words, AfterValidator(all_real)] = Field(
        (),
        description="BCP 47 tags or their beginnings: `kk` finds `kk-Cyrl` and `kk-Latn`. "
        "Repeat it, or separate with commas, for any of several.",
        examples=[["kk", "uz-Latn"]],
    )
    source: Words = Field(
        (), description="Names of sources; any of several.", examples=[["el.kz", "zakon.kz"]]
    )
    entity: Text | None = Field(
        None,
        description="An entity's id or name, in any spelling.",
        examples=["person/toqaev-qasym-jomart"],
    )
    q: Text | None = Field(
        None,
        description="Words that must all occur, in any spelling; the last may be a beginning.",
        examples=["Тоқаев сапар"],
    )


class Timed(Filters):
    """The conditions of a query, with its time."""

    since: Moment | None = Field(
        None,
        description="Published at or after: a date (midnight UTC) or a time with its offset.",
        examples=["2026-11-20"],
    )
    until: Moment | None = Field(
        None, description="Published before; as `since`.", examples=["2026-11-20T18:00:00+05:00"]
    )
    last: Span | None = Field(
        None,
        description="Published within so long before now: `90m`, `24h`, `7d`, `2w`.",
        examples=["24h"],
    )

    def beginning(self, now: datetime) -> datetime | None:
        """Return the time since which articles are asked for: the later one of two."""
        if self.last is None:
            return self.since
        # to the minute, so that those who ask the same within one ask the same
        ago = now.replace(second=0, microsecond=0) - span(self.last)
        return ago if self.since is None else max(self.since, ago)

    def wish(self, now: datetime) -> Wish:
        """Return what is asked for; the same object for the same question."""
        return _wish(
            self.language,
            self.source,
            (self.entity or "").strip(),
            self.q or "",
            self.beginning(now),
            self.until,
        )


class Conditions(Timed):
    """The conditions of a question to the archive."""

    def narrow(self) -> Query | None:
        """Return what was asked; None where nothing was, which is counted faster."""
        asked = self.query()
        return None if asked == Query() else asked

    def query(self, *, limit: int = 20, cursor: str | None = None) -> Query:
        """Say it in the archive's words; a parameter that was left empty asks for nothing."""
        return Query(
            language=self.language,
            source=self.source,
            entity=(self.entity or "").strip() or None,
            text=(self.q or "").strip() or None,
            since=self.beginning(datetime.now(UTC)),
            until=self.until,
            cursor=cursor or None,
            limit=limit,
        )


class Search(Conditions):
    """The parameters of `GET /articles`."""

    group: Text | None = Field(
        None, description="All that tell nearly the same text: an article's `group`."
    )
    collapse: bool = Field(
        False, description="Of each such group only the article that was published first."
    )
    order: Literal["newest", "relevance"] = Field(
        "newest",
        description="By relevance: where the words of `q` stand in the title, come often, and are "
        "written so; the newest of equals first.",
    )
    fields: Annotated[Words, FieldsOf(Card)] = Field(
        (),
        description="Only these fields of each article, and its `id`.",
        examples=[["title", "url"]],
    )
    limit: int = Field(20, ge=1, le=200, description="Articles in one page.")
    cursor: Cursor | None = Field(None, description="`next` of the page before.")

    def search(self) -> Query:
        """Say all of it in the archive's words."""
        more = {
            "group": (self.group or "").strip() or None,
            "collapse": self.collapse,
            "order": self.order,
        }
        return self.query(limit=self.limit, cursor=self.cursor).model_copy(update=more)

    def path_of_next(self, cursor: str) -> str:
        """Return the path of the page after this one."""
        asked = self.model_dump(mode="json", exclude_defaults=True) | {"cursor": cursor}
        return f"/articles?{urlencode(asked, doseq=True)}"


class Subscription(Timed):
    """The parameters of `GET /events`."""

    last_event_id: Annotated[str, Field(max_length=50_000)] | None = Field(
        None,
        description="Resume after this event; for clients that cannot send the header "
        "`Last-Event-ID`. `0` begins with the oldest version in the archive.",
        examples=["48213"],
    )


@lru_cache(maxsize=4096)
def _wish(
    language: tuple[str, ...],
    source: tuple[str, ...],
    entity: str,
    text: str,
    since: datetime | None,
    until: datetime | None,
) -> Wish:
    return Wish(
        language=language,
        source=source,
        entity=entity or None,
        text=text,
        since=since,
        until=until,
    )
