"""The public events: one frozen model for each stream.

Events only grow: a field may be added with a default, none is renamed or removed within a
version. Readers ignore fields that they do not know.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from steppewire.rules import SiteRules

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
    """The address as the list has it."""
    source: str
    """Name of the source that lists it: `zakon.kz`."""
    via: Via
    """What listed it; `manual`: somebody asked for it; `revisit`: it is looked at again."""
    discovered_at: AwareDatetime
    """When the list was read."""
    title_hint: str | None = None
    """What the list calls it."""
    published_hint: AwareDatetime | None = None
    """When it was published, as the list says."""
    modified_hint: str | None = None
    """The site's own mark of the last change, verbatim: a new value means fetch again."""
    language_hint: str | None = None
    """BCP 47 tag that list or address tell."""
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
    """Identity of the address asked for; see `identity.link_id`."""
    url: str
    """The address asked for."""
    final_url: str
    """The address that answered, after redirects."""
    source: str
    """Name of the source that the page belongs to."""
    fetched_at: AwareDatetime
    """When the answer came, UTC."""
    status: int
    """HTTP status of the answer."""
    content_type: str = ""
    """The Content-Type header as sent; may be empty or wrong."""
    etag: str | None = None
    """The ETag header as sent, quotes included."""
    last_modified: str | None = None
    """The Last-Modified header as sent."""
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
    """Where the page is from, and where its bytes are."""
    rules: SiteRules = SiteRules()
    """How the source wants its pages read."""
    title_hint: str | None = None
    """What the list called it."""
    published_hint: AwareDatetime | None = None
    """When it was published, as the list said: taken where the page does not say."""
    language_hint: str | None = None
    """BCP 47 tag that list or address told."""
    translations_hint: dict[str, str] = Field(default_factory=dict)
    """Language tag -> URL of the other editions, as a sitemap declares them."""

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
    """Plain text: no markup, no line breaks, in NFC."""
    kind: ParagraphKind = "text"
    """`background` marks "earlier we reported" paragraphs: kept, but about older events."""


class Image(Part):
    """A picture that belongs to the article."""

    url: str
    """Absolute address of the picture; it stays with its publisher."""
    caption: str | None = None
    """What the page says under it."""


class Embed(Part):
    """A post, video or recording that the article shows, as a link to it."""

    url: str
    """Where a reader can see it, not the frame that shows it."""
    kind: Literal["post", "video", "audio"]
    """What is shown."""
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
    """Name of the source: `zakon.kz`."""
    title: str
    """The headline, without the name of the site."""
    lead: str | None = None
    """Standfirst; never repeated in `paragraphs`."""
    paragraphs: tuple[Paragraph, ...] = ()
    """The body, in the order of the page."""
    authors: tuple[str, ...] = ()
    """Names as signed, without words such as `by`; empty when nobody signs."""
    published_at: AwareDatetime | None = None
    """With the offset the site meant; None when the page does not say (never "now")."""
    modified_at: AwareDatetime | None = None
    """When the publisher last changed it, as the page says."""
    section: str | None = None
    """The part of the site that it is in, as the page names it."""
    tags: tuple[str, ...] = ()
    """Topics that the publisher gave it."""
    images: tuple[Image, ...] = ()
    """Pictures of the article, the main one first."""
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
    """The encoding that the bytes were read in."""
    facts: tuple[str, ...] = ()
    """Things an operator should know: `layout-changed`, `charset-guessed`, `date-missing`, …"""


class ArticleParsed(Event):
    """The page has been read into an article."""

    type = "article.parsed"

    article: Article
    """What was read."""
    fetch: Fetch
    """Where the page is from."""
    extraction: Extraction
    """How it was read."""
    language_hint: str | None = None
    """BCP 47 tag that address, list or page tell."""

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
    """0 to 1."""


class Languages(Part):
    """The languages of one article."""

    article: Language
    """Of the whole: the language of most of its letters."""
    title: Language
    """Of the headline."""
    lead: Language | None = None
    """Of the standfirst, if there is one."""
    paragraphs: tuple[Language, ...] = ()
    """One for each paragraph, in order."""
    shares: dict[str, float] = Field(default_factory=dict)
    """Tag -> share of the letters of lead and paragraphs; they add up to 1."""


class Mention(Part):
    """One place where an entity is named. Offsets count Unicode code points (not UTF-16 units)."""

    field: MentionField
    """Which text it stands in; `text` is the paragraphs joined by blank lines."""
    start: int
    """Offset of its first code point."""
    end: int
    """Offset behind its last code point."""
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
    """Every place where it is named, in the order of the text."""


class Enrichment(Part):
    """What was added to the article, and by what."""

    languages: Languages
    """What it is written in, as a whole and part by part."""
    entities: tuple[Entity, ...] = ()
    """Whom and what it names, in the order of first mentions; `salience` says how much it is about
    each."""
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
    """What was read."""
    enrichment: Enrichment
    """What was understood."""
    fetch: Fetch
    """Where the page is from."""
    extraction: Extraction
    """How it was read."""

    @property
    def key(self) -> str:
        """The article."""
        return self.article.article_id

    @property
    def origin(self) -> str:
        """The source."""
        return self.article.source


class ArticleStored(Event):
    """A version of an article is in the database and can be read there; what it says is found at
    once, or in a rush within seconds."""

    type = "article.stored"

    article_id: str
    """Of the article that it is a version of."""
    version_id: str
    """Of what it says."""
    version: int
    """1 for the first version of this article, then 2, 3, …"""
    change: Literal["created", "updated", "unchanged"]
    """`created`: the first version; `updated`: a later one; `unchanged`: it was there."""
    source: str
    """Name of the source."""
    url: str
    """The canonical URL."""
    title: str
    """The headline."""
    language: str
    """BCP 47 tag with script, of the whole."""
    published_at: AwareDatetime | None = None
    """As the page says; None when it does not."""
    stored_at: AwareDatetime
    """When it was saved, UTC."""

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
    """Its address."""
    blob: str
    """Address of its bytes in the blob store: `sha256:<64 hex>`."""
    article_id: str
    """The article that was read out of it; empty where none was."""


class SourceHealth(Event):
    """A source fell silent, changed its layout, shuts us out, or is well again."""

    type = "source.health"

    source: str
    """Name of the source."""
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
    """The facts that changed, if facts are why."""
    page: PageSeen | None = None
    """A page that shows it, if one does."""
    last_article_at: AwareDatetime | None = None
    """When its last article came."""
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
