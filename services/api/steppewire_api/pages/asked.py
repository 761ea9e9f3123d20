"""What a reader asks for in an address, read strictly; an empty field of a form asks nothing."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from steppewire.archive.promise import Query
from steppewire_api.filters import Text, Words, printable

PAGE_SIZE = 40


def day(value: object) -> object:
    """Read a day as a date input writes it. Raises ValueError."""
    if not isinstance(value, str):
        return value
    try:
        read = date.fromisoformat(value.strip())
    except ValueError:
        raise ValueError("must look like 2026-11-20") from None
    if not 1900 <= read.year <= 2200:
        raise ValueError("is a year without news")
    return read


Day = Annotated[date, BeforeValidator(day)]


class Asked(BaseModel):
    """The filters of the wire and of a search."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Words = ()
    source: Words = ()
    entity: Text | None = None
    q: Text | None = None
    since: Day | None = None
    """The first day, in the zone of the pages."""
    until: Day | None = None
    """The last day."""
    order: Literal["relevance", "newest"] | None = None
    """None: as suits the question."""
    cursor: Annotated[str, Field(max_length=500), AfterValidator(printable)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, told: Any) -> Any:
        if not isinstance(told, dict):
            return told
        return {name: value for name, value in told.items() if not _is_blank(value)}

    def query(self, zone: ZoneInfo, limit: int = PAGE_SIZE) -> Query:
        """Say it in the archive's words."""
        return Query(
            language=self.language,
            source=self.source,
            entity=self.entity,
            text=self.q,
            since=_begin(self.since, zone),
            until=_begin(self.until and self.until + timedelta(days=1), zone),
            order=self.ordered,
            cursor=self.cursor,
            limit=limit,
        )

    @property
    def ordered(self) -> Literal["relevance", "newest"]:
        """The order that is meant; a list without words to look for is always by time."""
        return self.order if self.order and self.q else "newest"

    def with_(self, **changes: Any) -> dict[str, Any]:
        """Return the parameters of the same question with something else in it, from its start."""
        told = self.model_dump(mode="json", exclude_defaults=True, exclude={"cursor"})
        return told | changes

    def toggled(self, name: str, value: str) -> dict[str, Any]:
        """Return the same question with one value of a list taken up, or out again."""
        chosen: tuple[str, ...] = getattr(self, name)
        rest = tuple(one for one in chosen if one != value)
        return self.with_(**{name: rest if value in chosen else (*chosen, value)})

    @property
    def is_narrow(self) -> bool:
        """Whether anything is asked for but everything."""
        return any(name != "order" for name in self.with_())


def _begin(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time(), zone) if day else None


def _is_blank(value: Any) -> bool:
    if isinstance(value, list):
        return all(_is_blank(one) for one in value)
    return isinstance(value, str) and not value.strip()
