"""The newsroom's own page for people, and previews of the sites that it plays."""

from __future__ import annotations

from html import escape

from steppewire_newsroom.publishers import SITES
from steppewire_newsroom.publishers.site import Site
from steppewire_newsroom.stories import shown
from steppewire_newsroom.trouble import BAD_PAGES

_NAMES = {
    "kk-Cyrl": "Қазақша",
    "ru-Cyrl": "Русский",
    "uz-Latn": "O‘zbekcha",
    "uz-Cyrl": "Ўзбекча",
    "en-Latn": "English",
}
_STYLE = """
:root { color-scheme: light dark; --ink: #1d2430; --soft: #667085; --line: #e4e7ec; --card: #fff;
  --ground: #f7f7f4; --blue: #00738f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaee; --soft: #98a1b0; --line: #2b323d;
  --card: #1b2029; --ground: #12161c; --blue: #5cc4dd; } }
* { box-sizing: border-box } body { margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif }
main { max-width: 1080px; margin: 0 auto; padding: 48px 24px }
h1 { font: 600 34px/1.2 Georgia, serif; margin: 0 0 8px }
.say { color: var(--soft); margin: 0 0 32px; max-width: 62ch }
.sites { display: grid; gap: 16px; grid-template-columns: repeat(auto-fill, minmax(310px, 1fr)) }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 18px 20px }
h2 { font-size: 18px; margin: 0 } .host { color: var(--soft); font-size: 14px; margin: 0 0 10px }
ul { list-style: none; margin: 0; padding: 0 } li { font-size: 14px; padding: 5px 0;
  border-top: 1px solid var(--line); overflow-wrap: anywhere }
a { color: var(--blue); text-decoration: none } a:hover { text-decoration: underline }
h3 { font-size: 12px; letter-spacing: .06em; text-transform: uppercase; color: var(--soft);
  margin: 14px 0 4px }
code { font-size: 13px } .tag { font-size: 12px; border: 1px solid var(--line); border-radius: 99px;
  padding: 1px 8px; margin-right: 4px; color: var(--soft) }
"""


def preview_url(url: str) -> str:
    """Return where this server shows a page of a played site: `/site/{host}/…`."""
    return url.replace("https://", "/site/", 1)


def preview_html(body: bytes, host: str) -> bytes:
    """Return a page whose links stay inside this server."""
    for site in SITES:
        body = body.replace(f'"{site.base}/'.encode(), f'"/site/{site.host}/'.encode())
    return body.replace(b'href="/', f'href="/site/{host}/'.encode()).replace(
        f"/site/{host}/site/".encode(), b"/site/"
    )


def front_page(edited: bool) -> str:
    """Return the index of the sites played."""
    count = sum(len(site.stories(edited)) for site in SITES)
    sites = "\n".join(_section(site, edited) for site in SITES)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>steppewire newsroom'
        '</title><meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style></head><body><main><h1>The newsroom</h1>"
        f'<p class="say">{len(SITES)} small news sites with {count} invented articles and '
        f"{len(BAD_PAGES)} bad pages, in the markup of the real ones. A fetcher reaches a site by "
        "its Host header; here you read a preview. What the articles really say: "
        '<a href="/truth.json">truth.json</a>. Who asked for what: '
        '<a href="/control/requests">requests</a>.'
        f'</p><div class="sites">{sites}</div></main></body></html>'
    )


def _section(site: Site, edited: bool) -> str:
    tags = "".join(f'<span class="tag">{_NAMES[tag]}</span>' for tag in site.languages)
    found = "".join(
        f'<li><a href="{preview_url(url)}"><code>{escape(url)}</code></a></li>'
        for url in site.discovery
    )
    stories = "".join(
        f'<li><a href="{preview_url(site.url(story))}">{escape(shown(story.title))}</a></li>'
        for story in site.stories(edited)[:5]
    )
    return (
        f'<section><h2>{escape(site.title)}</h2><p class="host">{site.host} {tags}</p>'
        f"<h3>Found through</h3><ul>{found}</ul><h3>Newest</h3><ul>{stories}</ul></section>"
    )
