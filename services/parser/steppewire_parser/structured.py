"""What a page says about itself in structure: JSON-LD, meta tags, microdata; not its text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from selectolax.lexbor import LexborNode

from steppewire_parser import jsonld
from steppewire_parser.declared import Signature, Told, is_organisation, signatures, titles_told
from steppewire_parser.document import Document
from steppewire_parser.nodes import ancestors, attribute, has, text_of
from steppewire_parser.paywall import is_paywalled
from steppewire_parser.text import normalise

# `property` and `name` are both in use (inform.kz, forbes.kz), lsm.kz writes og:article:….
PUBLISHED_META = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "published_time",
    "article:published",
    "article.published",
    "article:post_date",
    "datepublished",
    "date_published",
    "publishdate",
    "publish_date",
    "publish-date",
    "published-date",
    "pubdate",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "mediator_published_time",
    "rnews:datepublished",
    "article_date_original",
    "originalpublicationdate",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "dc.date",
    "dcterms.date",
    "date",
)
MODIFIED_META = (
    "article:modified_time",
    "og:article:modified_time",
    "og:updated_time",
    "article:modified",
    "article.updated",
    "datemodified",
    "dcterms.modified",
    "last-modified",
)
# `w-published-date`, `published`, `x:publication_date`: what no list can name in advance.
_PUBLISHED_NAME = re.compile(
    r"(?:.*[:._\-])?(?:published?|publication|issued?|released?|pub|posted)"
    r"(?:[ _.\-]?(?:date|time|on|at))?"
)
SECTION_META = ("article:section", "og:article:section", "parsely-section")
TAG_META = ("article:tag", "og:article:tag", "news_keywords", "parsely-tags")
IMAGE_META = ("og:image", "og:image:url", "twitter:image")
SITE_NAME_META = (
    "og:site_name", "application-name", "apple-mobile-web-app-title", "publisher",
)  # fmt: skip
ORGANISATIONS = ("Organization", "NewsMediaOrganization", "WebSite")
OTHER_KINDS = ("Product", "ProductGroup", "DiscussionForumPosting", "QAPage", "SoftwareApplication")
# Long keyword lists are written for search engines, not by editors.
MAX_KEYWORDS = 15
ARTICLE_SCOPE = re.compile(r"schema\.org/(?:\w*Article|BlogPosting)$", re.IGNORECASE)
# A long thread of comments has some hundreds.
MAX_PROPERTIES = 500
_COMMENT = re.compile(r"(?:^|[\s_-])comments?(?:[\s_-]|$)", re.IGNORECASE)
_KEYWORD_BORDER = re.compile("[,;،]")


@dataclass(frozen=True)
class Structured:
    """Candidates for each field, best first, as written."""

    headlines: tuple[Told, ...] = ()
    """What each place calls the page."""
    descriptions: tuple[str, ...] = ()
    body: str = ""
    published: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    """Who the places say wrote it, the most reliable place first."""
    section: str = ""
    tags: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    """Names of the site and its publisher: cut from titles."""
    organisations: tuple[str, ...] = ()
    """Those of them that are said to be organisations: never authors."""
    urls: tuple[str, ...] = ()
    """The page's own address by OpenGraph."""
    addresses: tuple[str, ...] = ()
    """The article's own address by JSON-LD."""
    paywalled: bool | None = None
    """Whether readers must pay; None when the page does not say."""
    is_article: bool = False
    """The page calls itself an article in JSON-LD, microdata or og:type."""
    is_listing: bool = False
    other_kind: str = ""
    """What the page says it is, when that is something else: a product, a forum thread."""
    scope: LexborNode | None = field(default=None, compare=False)
    """The microdata node of this article, when the page carries several stories."""
    facts: tuple[str, ...] = ()

    @property
    def titles(self) -> tuple[str, ...]:
        """What the page is called, without where."""
        return tuple(dict.fromkeys(text for _, text in self.headlines))


def read_structured(page: Document, url: str) -> Structured:
    """Read JSON-LD, meta tags and microdata; never fails."""
    metas = Metas(page)
    graph = jsonld.read_graph(page)
    titles = metas.all("og:title", "twitter:title")
    node = graph.article([url, *metas.all("og:url")], next(iter(titles), "")) or {}
    scope = article_scope(page)
    micro = Microdata(scope)
    said = partial(jsonld.strings_at, node)
    return Structured(
        headlines=titles_told(node, metas, micro.texts("headline")),
        descriptions=_clean(
            said("description"),
            metas.all("og:description", "description"),
            micro.texts("alternativeHeadline"),
        ),
        body=jsonld.string(node.get("articleBody")),
        published=_clean(
            said("datePublished"),
            metas.all(*PUBLISHED_META),
            micro.dates("datePublished"),
            said("dateCreated"),
            _of_web_page(graph, "datePublished"),
            metas.like(_PUBLISHED_NAME),
        ),
        modified=_clean(
            said("dateModified"),
            metas.all(*MODIFIED_META),
            micro.dates("dateModified"),
            _of_web_page(graph, "dateModified"),
        ),
        signatures=signatures(node, graph, metas, micro.signed()),
        section=next(iter(_sections(graph, node, metas, micro)), ""),
        tags=_tags(metas, node),
        images=_clean(_images(node.get("image")), metas.all(*IMAGE_META)),
        publishers=_publishers(graph, node, metas),
        organisations=_organisations(graph, node),
        urls=tuple(metas.all("og:url")),
        addresses=tuple(jsonld.addresses(node)),
        paywalled=is_paywalled(node, metas),
        is_article=bool(node) or scope is not None or "article" in metas.all("og:type"),
        is_listing=not node and _lists(graph),
        other_kind="" if node else _other_kind(graph),
        scope=scope,
        facts=("jsonld-broken",) if graph.broken else (),
    )


_META_NAMES = ("property", "name", "itemprop")


class Metas:
    """The meta tags of a page by lower-case property, name or itemprop."""

    def __init__(self, page: Document) -> None:
        self._contents: dict[str, list[str]] = {}
        for meta in page.named("meta"):
            self._add(meta)

    def _add(self, meta: LexborNode) -> None:
        # pages have dozens: one dictionary is cheaper than four questions
        attributes = meta.attributes
        content = (attributes.get("content") or "").strip()
        told = (attributes.get(name) for name in _META_NAMES) if content else ()
        for name in dict.fromkeys(name.strip().lower() for name in told if name):
            self._contents.setdefault(name, []).append(content)

    def all(self, *names: str) -> list[str]:
        """Return the contents of these meta tags, in the order of the names."""
        return [content for name in names for content in self._contents.get(name, ())]

    def like(self, pattern: re.Pattern[str]) -> list[str]:
        """Return the contents of the meta tags whose whole name a pattern matches."""
        found = (contents for name, contents in self._contents.items() if pattern.fullmatch(name))
        return [content for contents in found for content in contents]


def article_scope(page: Document) -> LexborNode | None:
    """Return the microdata node of the page's own article.

    Infinite scroll appends other stories, each with a node of its own (spot.uz has ten): the first
    one is the page's.
    """
    scopes = page.select("[itemtype*='schema.org/' i]")
    return next((t for t in scopes if ARTICLE_SCOPE.search(attribute(t, "itemtype"))), None)


class Microdata:
    """The properties inside one microdata node."""

    def __init__(self, scope: LexborNode | None) -> None:
        self._properties: dict[str, list[LexborNode]] = {}
        if scope is not None:
            for tag in scope.css("[itemprop]")[:MAX_PROPERTIES]:
                self._add(tag, scope.mem_id)

    def _add(self, tag: LexborNode, scope: int) -> None:
        """Note a property of this node, not of the comments nested in it."""
        owner = next((parent for parent in ancestors(tag) if has(parent, "itemscope")), None)
        if owner is not None and owner.mem_id == scope:
            for name in attribute(tag, "itemprop").lower().split():
                self._properties.setdefault(name, []).append(tag)

    def tags(self, name: str) -> list[LexborNode]:
        """Return the elements of a property."""
        return self._properties.get(name.lower(), [])[:20]

    def texts(self, name: str) -> list[str]:
        """Return the values of a property as texts."""
        return [text for tag in self.tags(name) if (text := _value(tag))]

    def signed(self) -> list[str]:
        """Return who wrote the article; some sites mark commenters likewise, in the same node."""
        tags = self.tags("author")
        outside = [tag for tag in tags if not _is_in_comment(tag)]
        return [text for tag in outside or tags if (text := _value(tag))]

    def dates(self, name: str) -> list[str]:
        """Return the values of a date, the attribute first: 24.kg has the time only in the text."""
        found = self.tags(name)
        written = [attribute(t, n) for t in found for n in ("content", "datetime") if has(t, n)]
        return [*written, *(normalise(text_of(t))[:120] for t in found)]


def _is_in_comment(tag: LexborNode) -> bool:
    """Tell whether an element is inside a comment, by the class or id of what holds it."""
    holders = (parent for parent in ancestors(tag) if parent.tag not in ("body", "html"))
    told = (f"{attribute(parent, 'class')} {attribute(parent, 'id')}" for parent in holders)
    return any(_COMMENT.search(names) for names in told)


def _value(tag: LexborNode) -> str:
    if tag.tag == "meta":
        return attribute(tag, "content").strip()
    inner = tag.css_first("[itemprop=name i]")
    if inner is not None:
        return attribute(inner, "content").strip() or normalise(text_of(inner))[:500]
    return normalise(text_of(tag))[:500]


def _clean(*sources: Iterable[str]) -> tuple[str, ...]:
    """Return the values of all sources in order, normalised, each once.

    Titles are often escaped twice or thrice: `&amp;quot;` in the page is `&quot;` here.
    """
    plain = (html.unescape(html.unescape(value)) for source in sources for value in source)
    values = map(normalise, plain)
    return tuple(dict.fromkeys(filter(None, values)))


def _of_web_page(graph: jsonld.Graph, name: str) -> list[str]:
    """WordPress plugins date the page that holds the article, not the article."""
    kinds = ("WebPage", "MedicalWebPage", "HowTo", "Recipe", "CreativeWork")
    nodes = (node for kind in kinds for node in graph.of_type(kind))
    return [text for node in nodes for text in jsonld.strings(node.get(name))]


def _sections(
    graph: jsonld.Graph, node: jsonld.Node, metas: Metas, micro: Microdata
) -> tuple[str, ...]:
    return _clean(
        jsonld.strings(node.get("articleSection")),
        metas.all(*SECTION_META),
        micro.texts("articleSection"),
        _breadcrumb(graph),
    )


def _tags(metas: Metas, node: jsonld.Node) -> tuple[str, ...]:
    places = (metas.all(*TAG_META), jsonld.strings(node.get("keywords")), metas.all("keywords"))
    for values in places:
        words = _clean(part for value in values for part in _KEYWORD_BORDER.split(value))
        if 0 < len(words) <= MAX_KEYWORDS:
            return words
    return ()


def _images(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    urls = (v.get("url") if isinstance(v, dict) else v for v in values)
    return [url for url in urls if isinstance(url, str)]


def _publishers(graph: jsonld.Graph, node: jsonld.Node, metas: Metas) -> tuple[str, ...]:
    publisher = graph.resolved(node.get("publisher"))
    behind = (jsonld.string(n.get("name")) for n in _behind(graph, node))
    return _clean([jsonld.string(publisher)], metas.all(*SITE_NAME_META), behind)


def _organisations(graph: jsonld.Graph, node: jsonld.Node) -> tuple[str, ...]:
    publisher = graph.resolved(node.get("publisher"))
    found = [publisher] if isinstance(publisher, dict) else []
    found.extend(n for n in _behind(graph, node) if "WebSite" not in jsonld.types(n))
    told = (jsonld.string(n.get("name")) for n in found if is_organisation(jsonld.types(n)))
    return _clean(told)


def _behind(graph: jsonld.Graph, node: jsonld.Node) -> list[jsonld.Node]:
    """Return sites and organisations that the page tells of, without those that sign."""
    authors = node.get("author")
    signed = [graph.resolved(a) for a in (authors if isinstance(authors, list) else [authors])]
    named = (n for kind in ORGANISATIONS for n in graph.of_type(kind))
    return [n for n in named if not any(n is author for author in signed)]


def _breadcrumb(graph: jsonld.Graph) -> list[str]:
    """The last step that is not the page itself: Home > Politics > Headline."""
    for trail in graph.of_type("BreadcrumbList"):
        steps = trail.get("itemListElement")
        if isinstance(steps, list) and len(steps) >= 2:
            last = steps[-2] if len(steps) > 2 else steps[-1]
            name = last.get("name") or last.get("item") if isinstance(last, dict) else None
            text = jsonld.string(name)
            return [text] if text and not text.startswith("http") else []
    return []


def _other_kind(graph: jsonld.Graph) -> str:
    found = (kind for kind in OTHER_KINDS for _ in graph.of_type(kind))
    return next(found, "")


def _lists(graph: jsonld.Graph) -> bool:
    return any(
        True
        for kind in ("CollectionPage", "ItemList", "SearchResultsPage")
        for _ in graph.of_type(kind)
    )
