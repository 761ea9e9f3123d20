"""Finds posts, videos and recordings of other sites inside an article, as links to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple
from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborNode

from steppewire.events import Embed
from steppewire_parser.address import joined_to
from steppewire_parser.nodes import attribute

MAX_EMBEDS = 50

Kind = Literal["post", "video", "audio"]

# Everything that can carry one, in the order of the page.
_CARRIERS = (
    "iframe, video, audio, blockquote[class], script[data-telegram-post], [data-href],"
    " amp-youtube, lite-youtube, amp-twitter, amp-instagram, amp-facebook, amp-iframe, embed"
)


class _Shape(NamedTuple):
    """How a provider writes the address of what is embedded, and where it is to be seen."""

    pattern: re.Pattern[str]
    kind: Kind
    provider: str
    address: str


def _shape(pattern: str, kind: Kind, provider: str, address: str) -> _Shape:
    return _Shape(re.compile(rf"^(?:www\.|m\.)?{pattern}", re.IGNORECASE), kind, provider, address)


_SHAPES = (
    _shape(
        r"(?:youtube(?:-nocookie)?\.com/(?:embed/|shorts/|live/|v/|watch\?(?:[^#]*&)?v=)|youtu\.be/)"
        r"(?P<id>[\w-]{6,20})",
        "video", "youtube", "https://www.youtube.com/watch?v={id}",
    ),
    _shape(r"(?:player\.)?vimeo\.com/(?:video/)?(?P<id>\d+)", "video", "vimeo",
           "https://vimeo.com/{id}"),
    _shape(r"dailymotion\.com/(?:embed/)?video/(?P<id>\w+)", "video", "dailymotion",
           "https://www.dailymotion.com/video/{id}"),
    _shape(r"rutube\.ru/(?:play/embed|video)/(?P<id>\w+)", "video", "rutube",
           "https://rutube.ru/video/{id}/"),
    _shape(r"ok\.ru/(?:videoembed|video)/(?P<id>\d+)", "video", "ok", "https://ok.ru/video/{id}"),
    _shape(r"(?:vk\.com|vkvideo\.ru)/video_ext\.php\?(?:[^#]*&)?oid=(?P<a>-?\d+)&id=(?P<b>\d+)",
           "video", "vk", "https://vk.com/video{a}_{b}"),
    _shape(r"tiktok\.com/(?:@[\w.]+/video|embed(?:/v\d)?)/(?P<id>\d+)", "video", "tiktok",
           "https://www.tiktok.com/embed/v2/{id}"),
    _shape(r"instagram\.com/(?:[\w.]+/)?(?P<type>p|reel|tv)/(?P<id>[\w-]+)", "post", "instagram",
           "https://www.instagram.com/{type}/{id}/"),
    _shape(r"(?:platform\.)?(?:twitter|x)\.com/embed/\w+\.html\?(?:[^#]*&)?id=(?P<id>\d+)", "post",
           "x", "https://x.com/i/status/{id}"),
    _shape(r"(?:mobile\.)?(?:twitter|x)\.com/(?P<name>\w+)/status(?:es)?/(?P<id>\d+)", "post", "x",
           "https://x.com/{name}/status/{id}"),
    _shape(r"(?:t\.me|telegram\.me)/(?:s/)?(?P<name>[\w-]+)/(?P<id>\d+)", "post", "telegram",
           "https://t.me/{name}/{id}"),
    _shape(r"w\.soundcloud\.com/player/?\?(?:[^#]*&)?url=(?P<url>[^&#]+)", "audio", "soundcloud",
           "{url}"),
    _shape(r"open\.spotify\.com/(?:embed/)?(?P<type>track|episode|show|album|playlist)/(?P<id>\w+)",
           "audio", "spotify", "https://open.spotify.com/{type}/{id}"),
    _shape(r"facebook\.com/(?P<rest>(?:[\w.-]+/(?:posts|videos)|reel|watch|share)/?\S+)", "post",
           "facebook", "https://www.facebook.com/{rest}"),
)  # fmt: skip


def find_embeds(containers: Sequence[LexborNode], base: str) -> tuple[Embed, ...]:
    """Return what is embedded in the containers of an article, each once, in page order."""
    found: dict[str, Embed] = {}
    for container in containers:
        for tag in container.css(_CARRIERS)[: 4 * MAX_EMBEDS]:
            if embed := _embed(tag, base):
                found.setdefault(embed.url, embed)
    return tuple(found.values())[:MAX_EMBEDS]


def _embed(tag: LexborNode, base: str) -> Embed | None:
    for written in _addresses(tag):
        url = joined_to(base, written)
        if url and (embed := recognised(url)):
            return embed
    return _own(tag, base) if tag.tag in ("video", "audio") else None


def recognised(url: str) -> Embed | None:
    """Return what an address of a known provider shows; None when it is another address."""
    parts = urlsplit(url)
    if (parts.hostname or "").endswith("facebook.com") and parts.path.startswith("/plugins/"):
        # the real one is a parameter of the frame
        inner = parse_qs(parts.query).get("href", [""])[0]
        return recognised(inner) if inner and inner != url else None
    bare = re.sub(r"^https?://", "", url)
    for shape in _SHAPES:
        if match := shape.pattern.match(bare):
            return Embed(
                url=shape.address.format(**match.groupdict()),
                kind="video" if "/videos/" in url else shape.kind,
                provider=shape.provider,
            )
    return None


def _addresses(tag: LexborNode) -> Iterator[str]:
    """Yield where a tag may say what it embeds, the surest first."""
    if post := attribute(tag, "data-telegram-post"):
        yield f"https://t.me/{post}"
    if tag.tag in ("amp-youtube", "lite-youtube"):
        video = attribute(tag, "data-videoid") or attribute(tag, "videoid")
        yield f"https://www.youtube.com/watch?v={video}"
    if tweet := attribute(tag, "data-tweetid"):
        yield f"https://x.com/i/status/{tweet}"
    if code := attribute(tag, "data-shortcode"):
        yield f"https://www.instagram.com/p/{code}/"
    for name in ("data-instgrm-permalink", "data-href", "data-src", "data-lazy-src", "src", "cite"):
        if value := attribute(tag, name).strip():
            yield value
    if tag.tag == "blockquote" and "tweet" in attribute(tag, "class"):
        # the last link of a quoted tweet is its date, which leads to it
        yield from (attribute(link, "href") for link in reversed(tag.css("a[href]")))


def _own(tag: LexborNode, base: str) -> Embed | None:
    """Return a recording that the site plays itself."""
    sources = [tag, *tag.css("source")]
    written = [attribute(source, n) for source in sources for n in ("src", "data-src")]
    urls = (joined_to(base, value) for value in written if value.strip())
    kind: Kind = "audio" if tag.tag == "audio" else "video"
    return next((Embed(url=url, kind=kind) for url in urls if url), None)
