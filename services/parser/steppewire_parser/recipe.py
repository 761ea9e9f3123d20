"""The recipe: how page bytes become an article, from top to bottom."""

from __future__ import annotations

from importlib.metadata import version

from pydantic import TypeAdapter

from steppewire import identity
from steppewire.blobs import Blobs
from steppewire.bounds import within_bounds
from steppewire.errors import Skip
from steppewire.events import Article, ArticleFetched, ArticleParsed, Extraction, Paragraph
from steppewire.language.lookalikes import disguised
from steppewire_parser import document, refuse
from steppewire_parser.about import About, read_about
from steppewire_parser.charset import decode
from steppewire_parser.containers import ruled_containers
from steppewire_parser.memory import uncollected
from steppewire_parser.shield import bounded
from steppewire_parser.sniff import why_not_html
from steppewire_parser.standins import why_cut, why_stand_in
from steppewire_parser.structured import read_structured
from steppewire_parser.writing import FEW_LETTERS, Writing, read_writing

PARSER = f"steppewire-parser/{version('steppewire-parser')}"
# A page has a hundred: all of them at once take a third of the time of each by itself.
_PARAGRAPHS = TypeAdapter(tuple[Paragraph, ...])


def parse(event: ArticleFetched, *, blobs: Blobs) -> ArticleParsed:
    """Read an article out of a fetched page.

    Raises Skip("not-html") and Skip("no-article"), Reject("unreadable"), and Reject("too-slow") and
    Reject("too-hungry") for a page that costs more than a page may; see the README for all of them,
    and for the facts that an article can carry.
    """
    data = blobs.get(event.fetch.blob)
    with within_bounds():
        return parse_page(data, event)


@uncollected()
def parse_page(data: bytes, event: ArticleFetched, *, anyway: bool = False) -> ArticleParsed:
    """Read an article out of the bytes of a page; with `anyway` also out of what should be refused.

    1. Refuse what is no HTML. 2. Bytes to text to tree. 3. Read what the page says about itself.
    4. Refuse what stands in an article's place. 5. Title, people, times, address, by rules or
    structure. 6. Body, lead, cleaning. 7. Refuse what is no article. 8. Identity.
    """
    refused = _unless(why_not_html(data), anyway, reason="not-html")
    data, cut = bounded(data)
    decoded = decode(data, event.fetch.content_type)
    # most pages are UTF-8, and the parser wants to have that
    text = data if decoded.is_data else decoded.text
    page = document.read(text, cut, ruled=bool(event.rules.body))
    said = read_structured(page, event.fetch.final_url)
    refused += _unless(why_stand_in(page, said) or why_cut(page, decoded.text), anyway)
    places = ruled_containers(page, event.rules, said.scope)
    about = read_about(page, said, event, places)
    writing = read_writing(page, said, event.rules, places, about)
    refused += _unless(refuse.why_no_article(about, writing, said, page, event), anyway)
    article = _article(about, writing, event.fetch.source)
    short = ("body-short",) if writing.letters < FEW_LETTERS else ()
    mixed = ("text-lookalikes",) if disguised(f"{article.title}\n{article.text}") else ()
    of_text = (*writing.facts, *short, *mixed, *refused)
    facts = (*decoded.facts, *page.facts, *said.facts, *about.facts, *of_text)
    return ArticleParsed(
        article=article,
        fetch=event.fetch,
        extraction=Extraction(
            parser=PARSER,
            method=writing.method,
            charset=decoded.charset,
            facts=tuple(dict.fromkeys(facts)),
        ),
        language_hint=event.language_hint,
    )


def _unless(why: str | None, anyway: bool, *, reason: str = "no-article") -> tuple[str, ...]:
    """Refuse the page; or, where it is wanted anyway, return the reason as a fact about it."""
    if why is None:
        return ()
    if not anyway:
        raise Skip(reason, why)
    return (reason,)


def _article(about: About, writing: Writing, source: str) -> Article:
    """Mint the identities: of the article from its address, of the version from its content."""
    paragraphs = _PARAGRAPHS.validate_python(writing.blocks, from_attributes=True)
    return Article(
        article_id=identity.article_id(about.url),
        version_id=identity.version_id(about.title, writing.lead, (p.text for p in paragraphs)),
        url=about.url,
        source=source,
        title=about.title,
        lead=writing.lead,
        paragraphs=paragraphs,
        authors=writing.authors,
        published_at=about.published.at,
        modified_at=about.modified_at,
        section=about.section,
        tags=about.tags,
        images=about.images,
        embeds=about.embeds,
        translations=about.translations,
        paywalled=about.paywalled,
    )
