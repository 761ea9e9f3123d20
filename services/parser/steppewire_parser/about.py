"""What is known about an article apart from its text: title, people, times, address, pictures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from steppewire.events import ArticleFetched, Embed, Image
from steppewire_parser import address, alternates, times
from steppewire_parser.authors import Publisher, choose_authors
from steppewire_parser.containers import Containers
from steppewire_parser.document import Document
from steppewire_parser.embeds import find_embeds
from steppewire_parser.headlines import site_of
from steppewire_parser.pictures import choose_images, containers_of
from steppewire_parser.selectors import Selection
from steppewire_parser.structured import Structured
from steppewire_parser.text import normalise, squash
from steppewire_parser.titles import choose_title


@dataclass(frozen=True)
class About:
    """Each field by the site rules where they say something, else by the page's own structure."""

    title: str
    authors: tuple[str, ...]
    published: times.Dated
    modified_at: datetime | None
    url: str
    translations: dict[str, str]
    paywalled: bool | None
    section: str | None
    tags: tuple[str, ...]
    images: tuple[Image, ...]
    embeds: tuple[Embed, ...]
    ruled_leads: tuple[str, ...]
    """What the site rules call the lead."""
    facts: tuple[str, ...]


def read_about(
    page: Document, said: Structured, event: ArticleFetched, places: Containers
) -> About:
    """Read everything but the text."""
    rules, final = event.rules, event.fetch.final_url
    ruled = Selection(page.root)
    host = urlsplit(final).hostname or ""
    site = site_of(host, said.publishers)
    publisher = Publisher(site, frozenset(map(squash, said.organisations)))
    title = choose_title(ruled.values(rules.title), said.headlines, page, site, host)
    clock, zone_facts = times.clock_of(event.fetch.fetched_at, rules.timezone)
    dates = times.read_times(
        times.Said(
            page,
            final,
            clock,
            titles=(title, *said.titles),
            declared=said.published,
            modified=(*ruled.all_values(rules.modified), *said.modified),
            ruled=ruled.all_values(rules.published),
            hint=event.published_hint,
        )
    )
    url, url_facts = address.canonical_url(page, said.urls, final, said.addresses)
    base = address.base_of(page, final)
    declared = alternates.translations(page, base, url, rules.hreflang)
    pictured = containers_of(page, places.tags, said.scope)
    return About(
        title=normalise(title or event.title_hint or ""),
        authors=choose_authors(ruled.values(rules.author), said.signatures, page, publisher, title),
        published=dates.published,
        modified_at=dates.modified_at,
        url=url,
        translations=alternates.completed(declared, event.translations_hint, url),
        paywalled=said.paywalled,
        section=next(iter(ruled.values(rules.section)), said.section) or None,
        tags=_named(ruled.values(rules.tags)) or said.tags,
        images=choose_images(pictured, said.images, base, places.dropped_ids),
        embeds=find_embeds(pictured, base),
        ruled_leads=tuple(ruled.values(rules.lead)),
        facts=(
            *ruled.facts,
            *zone_facts,
            *(("title-from-hint",) if event.title_hint and not title else ()),
            *dates.published.facts,
            *url_facts,
        ),
    )


def _named(tags: list[str]) -> tuple[str, ...]:
    """Return tags without the sign that some sites print before them: `#Астана` (total.kz)."""
    names = (tag.lstrip("#").strip() for tag in tags)
    return tuple(dict.fromkeys(filter(None, names)))
