"""The recipe: how page bytes become an article, from top to bottom."""

from __future__ import annotations

from importlib.metadata import version
from urllib.parse import urlsplit

from steppewire import identity
from steppewire.blobs import Blobs
from steppewire.errors import Skip
from steppewire.events import Article, ArticleFetched, ArticleParsed, Extraction, Paragraph
from steppewire_parser import address, document, refuse, times
from steppewire_parser.body import choose_body
from steppewire_parser.bylines import choose_authors
from steppewire_parser.charset import decode
from steppewire_parser.clean import capped, clean
from steppewire_parser.leads import choose_lead
from steppewire_parser.pictures import choose_images, containers_of
from steppewire_parser.selectors import Selection
from steppewire_parser.sniff import why_not_html
from steppewire_parser.structured import read_structured
from steppewire_parser.titles import choose_title, names_of

PARSER = f"steppewire-parser/{version('steppewire-parser')}"


def parse(event: ArticleFetched, *, blobs: Blobs) -> ArticleParsed:
    """Read an article out of a fetched page.

    Raises Skip("not-html") and Skip("no-article"), or Reject("unreadable"); see the README for the
    facts that an article can carry.
    """
    return parse_page(blobs.get(event.fetch.blob), event)


def parse_page(data: bytes, event: ArticleFetched) -> ArticleParsed:
    """Read an article out of the bytes of a page.

    1. bytes -> text -> tree; 2. what the page says about itself; 3. what the site rules point at;
    4. title, people, times, address; 5. body; 6. lead; 7. clean; 8. identity.
    """
    if why := why_not_html(data):
        raise Skip("not-html", why)
    decoded = decode(data, event.fetch.content_type)
    page = document.read(decoded.text)
    if why := refuse.why_challenge(page):
        raise Skip("no-article", why)
    soup, rules, final = page.soup, event.rules, event.fetch.final_url
    clock, zone_facts = times.clock_of(event.fetch.fetched_at, rules.timezone)

    said = read_structured(page, final)
    ruled = Selection(soup)
    names = names_of(urlsplit(final).hostname or "", said.publishers)
    title = choose_title(ruled.values(rules.title), said.titles, page, names)
    title_facts = () if title or not event.title_hint else ("title-from-hint",)
    title = title or event.title_hint or ""
    authors = choose_authors(ruled.values(rules.author), said.authors, page, names)
    published = times.published_at(
        ruled.all_values(rules.published), said.published, page, final, event.published_hint, clock
    )
    modified = times.modified_at(ruled.all_values(rules.modified), said.modified, clock)
    base = address.base_of(page, final)
    url, url_facts = address.canonical_url(page, said.urls, final)
    translations = address.translations(page, base, url)
    tags = tuple(dict.fromkeys(ruled.values(rules.tags))) or said.tags
    section = next(iter(ruled.values(rules.section)), said.section) or None
    ruled_leads = ruled.values(rules.lead)
    pictured = containers_of(page, Selection(soup).tags(rules.body), said.scope)
    images = choose_images(pictured, said.images, base)

    body = choose_body(page, rules, said)
    lead = choose_lead(ruled_leads, said.descriptions, body.blocks, page, title)
    cleaned, size_facts = capped(clean(body.blocks, title=title, lead=lead, rules=rules))
    why = refuse.why_no_article(
        title=title, lead=lead, blocks=cleaned, structured=said,
        ruled=body.method == "rules", url=final, page=page,
    )  # fmt: skip
    if why:
        raise Skip("no-article", why)

    paragraphs = tuple(Paragraph(text=block.text, kind=block.kind) for block in cleaned)
    short = ("body-short",) if refuse.is_short(cleaned, lead) else ()
    article = Article(
        article_id=identity.article_id(url),
        version_id=identity.version_id(title, lead, (p.text for p in paragraphs)),
        url=url,
        source=event.fetch.source,
        title=title,
        lead=lead,
        paragraphs=paragraphs,
        authors=authors,
        published_at=published.at,
        modified_at=modified,
        section=section,
        tags=tags,
        images=images,
        translations=translations,
    )
    facts = (
        *decoded.facts, *page.facts, *said.facts, *ruled.facts, *zone_facts, *title_facts,
        *published.facts, *url_facts, *body.facts, *size_facts, *short,
    )  # fmt: skip
    extraction = Extraction(
        parser=PARSER,
        method=body.method,
        charset=decoded.charset,
        facts=tuple(dict.fromkeys(facts)),
    )
    return ArticleParsed(
        article=article, fetch=event.fetch, extraction=extraction, language_hint=event.language_hint
    )
