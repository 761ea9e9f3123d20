"""The public events: one frozen model for each stream.

Events only grow: a field may be added with a default, none is renamed or removed within a
version. Readers ignore fields that they do not know.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from steppewire_wire_v1.rules import SiteRules

Via = Literal["feed", "sitemap", "listing", "api", "telegram", "manual", "revisit"]
ParagraphKind = Literal["text", "subhead", "quote", "list-item", "background"]
EntityType = Literal[
    "ADAGE", "ART", "CARDINAL", "CONTACT", "DATE", "DISEASE", "EVENT", "FACILITY", "GPE",
    "LANGUAGE", "LAW", "LOCATION", "MISCELLANEOUS", "MONEY", "NON_HUMAN", "NORP", "ORDINAL",
    "ORGANISATION", "PERCENTAGE", "PERSON", "POSITION", "PRODUCT", "PROJECT", "QUANTITY", "TIME",
]  # fmt: skip
"""The types of KazNERD (Yeshpanov et al. 2022), in every language."""
PlaceKind = Literal["country", "region", "district", "settlement", "nature"]
MentionField = Literal["title", "lead", "text"]


FORMER_TYPES: dict[Any, EntityType] = {
    "person": "PERSON", "organisation": "ORGANISATION", "place": "GPE", "date": "DATE",
    "money": "MONEY", "number": "CARDINAL", "other": "MISCELLANEOUS",
}  # fmt: skip
"""What events wrote before there were 25 types, read as what it most often was."""


def _renamed(value: Any) -> Any:
    return FORMER_TYPES.get(value, value) if isinstance(value, str) else value


class Part(BaseModel):
    """A value inside an event."""

    # JSON has no NaN: it would be written as null, which no reader takes for a number.
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Event(Part):
    """Something that happened to an article or a source.

    `type` and `schema_version` travel beside the JSON.
    """

    type: ClassVar[str]
    schema_version: ClassVar[int] = 1

    @property
    def key(self) -> str:
        """What the event is about; the same for every repetition of the same fact."""
        raise NotImplementedError

    @property
    def origin(self) -> str:
        """The source it is counted under."""
        raise NotImplementedError


class ArticleDiscovered(Event):
    """A source's feed, sitemap or listing links to what looks like an article."""

    type = "article.discovered"

    link_id: str
    """Identity of the address; see `identity.link_id`."""
    url: str
    source: str
    via: Via
    discovered_at: AwareDatetime
    title_hint: str | None = None
    published_hint: AwareDatetime | None = None
    modified_hint: str | None = None
    """The site's own mark of the last change, verbatim: a new value means fetch again."""
    language_hint: str | None = None
    translations_hint: dict[str, str] = Field(default_factory=dict)
    """Language tag -> URL of the other editions, as a sitemap declares them."""

    @property
    def key(self) -> str:
        """The link."""
        return self.link_id

    @property
    def origin(self) -> str:
        """The source."""
        return self.source


class Fetch(Part):
    """Where a page came from and how the server answered: the start of an article's provenance."""

    link_id: str
    url: str
    """The address asked for."""
    final_url: str
    """The address that answered, after redirects."""
    source: str
    fetched_at: AwareDatetime
    status: int
    content_type: str = ""
    """The Content-Type header as sent; may be empty or wrong."""
    etag: str | None = None
    last_modified: str | None = None
    blob: str
    """Address of the bytes in the blob store: `sha256:<64 hex>`."""
    size: int
    """Bytes of the decoded body."""
    replayed_at: AwareDatetime | None = None
    """When the archived page, or article, was read again; None for its first reading."""


class ArticleFetched(Event):
    """A page's bytes are in the blob store, with the site's rules for reading them."""

    type = "article.fetched"

    fetch: Fetch
    rules: SiteRules = SiteRules()
    title_hint: str | None = None
    published_hint: AwareDatetime | None = None
    language_hint: str | None = None
    translations_hint: dict[str, str] = Field(default_factory=dict)

    @property
    def key(self) -> str:
        """The link."""
        return self.fetch.link_id

    @property
    def origin(self) -> str:
        """The source."""
        return self.fetch.source


class Paragraph(Part):
    """One block of the body."""

    text: str
    kind: ParagraphKind = "text"
    """`background` marks "earlier we reported" paragraphs: kept, but about older events."""


class Image(Part):
    """A picture that belongs to the article."""

    url: str
    caption: str | None = None


class Embed(Part):
    """A post, video or recording that the article shows, as a link to it."""

    url: str
    """Where a reader can see it, not the frame that shows it."""
    kind: Literal["post", "video", "audio"]
    provider: str | None = None
    """`youtube`, `instagram`, `telegram`, `x`, …; None when the site plays it itself."""


class Article(Part):
    """The clean article: what a reader of the page would call the article, and nothing else."""

    article_id: str
    """Minted once, from the canonical URL; see `identity.article_id`."""
    version_id: str
    """Hash of the extracted content; see `identity.version_id`."""
    url: str
    """The canonical URL."""
    source: str
    title: str
    lead: str | None = None
    """Standfirst; never repeated in `paragraphs`."""
    paragraphs: tuple[Paragraph, ...] = ()
    authors: tuple[str, ...] = ()
    published_at: AwareDatetime | None = None
    """With the offset the site meant; None when the page does not say (never "now")."""
    modified_at: AwareDatetime | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    embeds: tuple[Embed, ...] = ()
    """Posts and videos of other sites, in page order; what they say is no text of the article."""
    translations: dict[str, str] = Field(default_factory=dict)
    """Language tag -> URL of the other editions: hreflang as page or sitemap declare it, after the
    source's own reading of codes such as `oz`."""
    paywalled: bool | None = None
    """Whether readers must pay or subscribe to read on; None when the page does not say."""

    @property
    def text(self) -> str:
        """The paragraphs joined by blank lines: what offsets into "text" count in."""
        return "\n\n".join(p.text for p in self.paragraphs)


class Extraction(Part):
    """How the article was read out of the page."""

    parser: str
    """Name and version of the code, such as `steppewire-parser/0.1.0`."""
    method: Literal["rules", "generic", "structured"]
    """Where the body came from."""
    charset: str
    facts: tuple[str, ...] = ()
    """Things an operator should know: `layout-changed`, `charset-guessed`, `date-missing`, …"""


class ArticleParsed(Event):
    """The page has been read into an article."""

    type = "article.parsed"

    article: Article
    fetch: Fetch
    extraction: Extraction
    language_hint: str | None = None

    @property
    def key(self) -> str:
        """The article."""
        return self.article.article_id

    @property
    def origin(self) -> str:
        """The source."""
        return self.article.source


class Language(Part):
    """A language with its script, and how sure we are."""

    tag: str
    """BCP 47 with script: `kk-Cyrl`, `uz-Latn`, …; `und` when unknown."""
    confidence: float = Field(ge=0, le=1)


class Languages(Part):
    """The languages of one article."""

    article: Language
    title: Language
    lead: Language | None = None
    paragraphs: tuple[Language, ...] = ()
    """One for each paragraph, in order."""
    shares: dict[str, float] = Field(default_factory=dict)
    """Tag -> share of the letters of lead and paragraphs; they add up to 1."""


class Mention(Part):
    """One place where an entity is named. Offsets count Unicode code points (not UTF-16 units)."""

    field: MentionField
    start: int
    end: int
    surface: str
    """Exactly `field_text[start:end]`."""


class Entity(Part):
    """Somebody or something that the article names."""

    type: Annotated[EntityType, BeforeValidator(_renamed)]
    """Earlier events say `person`, `place`, …: they are read as `PERSON`, `GPE`, …"""
    name: str
    """Normal form in the article's language: nominative, without case endings and titles."""
    id: str | None = None
    """The same in every language: `person/toqaev-qasym-jomart` of somebody who is listed,
    `person/~askar-jaras` made of the name of anybody else; None for dates, sums and the like."""
    names: dict[str, str] = Field(default_factory=dict)
    """Language (`kk`, `ru`, `uz-Latn`, `uz-Cyrl`, `en`) -> name, as far as it is known."""
    kind: PlaceKind | None = None
    """What sort of place it is, for GPE and LOCATION, where it can be told."""
    date: str | None = None
    """For DATE, ISO 8601: a day, a month (`2024-03`) or a year, as far as the text tells."""
    amount: float | None = None
    """For MONEY: how much, in units of `currency`."""
    currency: str | None = None
    """For MONEY: ISO 4217."""
    salience: float = Field(default=0, ge=0, le=1)
    """How much the article is about it: where it stands, in the title or not, and how often."""
    mentions: tuple[Mention, ...]


class Enrichment(Part):
    """What was added to the article, and by what."""

    languages: Languages
    entities: tuple[Entity, ...] = ()
    text_hash: str
    """SHA-256 of the folded text: equal for word-for-word copies on other sites."""
    fingerprint: str
    """64-bit SimHash of word shingles in hex: near copies differ in few bits (Charikar 2002)."""
    sketch: str = ""
    """MinHash of runs of words, base64: near copies in whatever alphabet agree in three bytes of
    ten or more of its first 128; the runs of all but long texts follow. Empty where the text is
    too short to be told a copy."""
    keywords: tuple[str, ...] = ()
    """What the article is about, the weightiest first, in its language and in base forms."""
    extras: dict[str, JsonValue] = Field(default_factory=dict)
    """What installed enrichers of others added: name of the enricher -> its answer, any JSON."""
    extras_failed: dict[str, str] = Field(default_factory=dict)
    """Which of them gave none: name -> `unloadable`, `raised`, `slow`, `crashed`, `no-json`,
    `too-long` or `given-up`."""
    models: dict[str, str] = Field(default_factory=dict)
    """Model -> version that produced this."""


class ArticleEnriched(Event):
    """The finished record: article, language, entities. The stream that other systems read."""

    type = "article.enriched"

    article: Article
    enrichment: Enrichment
    fetch: Fetch
    extraction: Extraction

    @property
    def key(self) -> str:
        """The article."""
        return self.article.article_id

    @property
    def origin(self) -> str:
        """The source."""
        return self.article.source


class ArticleStored(Event):
    """A version of an article is in the database and can be found there."""

    type = "article.stored"

    article_id: str
    version_id: str
    version: int
    """1 for the first version of this article, then 2, 3, …"""
    change: Literal["created", "updated", "unchanged"]
    source: str
    url: str
    title: str
    language: str
    published_at: AwareDatetime | None = None
    stored_at: AwareDatetime

    @property
    def key(self) -> str:
        """The article."""
        return self.article_id

    @property
    def origin(self) -> str:
        """The source."""
        return self.source


HealthKind = Literal["silent", "layout-changed", "blocked", "recovered"]


class Drift(Part):
    """A fact about a source that no longer holds as often as it did."""

    fact: str
    """`author`, `time`, `section`, `language`, `body` (long enough), `length` (not too long),
    `rules`, `links`, `pages-read`, `pages-let-in`, `looks-let-in`, `pages-reached`,
    `looks-reached`."""
    usual: float = Field(ge=0, le=1)
    """Share of articles, pages or looks for which it holds as a rule."""
    now: float = Field(ge=0, le=1)
    """Share for which it held since the trouble began."""


class PageSeen(Part):
    """A page that shows what is wrong."""

    url: str
    blob: str
    """Address of its bytes in the blob store: `sha256:<64 hex>`."""
    article_id: str


class SourceHealth(Event):
    """A source fell silent, changed its layout, shuts us out, or is well again."""

    type = "source.health"

    source: str
    kind: HealthKind
    """`silent`: no article where there should be one; `layout-changed`: pages or listings are read
    otherwise than before; `blocked`: the site refuses us; `recovered`: one of these is over."""
    was: Literal["silent", "layout-changed", "blocked"] | None = None
    """What is over, if the kind is `recovered`."""
    at: AwareDatetime
    """When it was noticed."""
    since: AwareDatetime
    """When it began, as far as can be told: the last article, or the first page that shows it."""
    reason: str = ""
    """A slug: the fact that broke first, or why we are refused (`forbidden`, `challenge`, …)."""
    text: str
    """The same for people, in English."""
    drifts: tuple[Drift, ...] = ()
    page: PageSeen | None = None
    last_article_at: AwareDatetime | None = None
    expected: float | None = None
    """Articles that should have come since the last one."""

    @property
    def key(self) -> str:
        """The source."""
        return self.source

    @property
    def origin(self) -> str:
        """The source."""
        return self.source


class WebhookDue(Event):
    """A version is wanted by somebody's webhook. Of the house: no other system writes or reads it.

    It says only what to send, not where: the webhook may change until it is sent.
    """

    type = "webhook.due"

    id: str
    """Of the message: the same for every attempt, so that who receives it twice can tell."""
    webhook: str
    article_id: str
    version: int

    @property
    def key(self) -> str:
        """The message."""
        return self.id

    @property
    def origin(self) -> str:
        """The webhook: what is counted, and found among the dead letters, is found by it."""
        return self.webhook


class WebhookDelivered(WebhookDue):
    """A webhook has taken a message."""

    type = "webhook.delivered"

    status: int
    """HTTP status of its answer."""
    at: AwareDatetime


EVENTS: tuple[type[Event], ...] = (
    ArticleDiscovered,
    ArticleFetched,
    ArticleParsed,
    ArticleEnriched,
    ArticleStored,
    SourceHealth,
)
