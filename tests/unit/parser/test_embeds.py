"""Posts, videos and recordings inside an article are links to where a reader can see them."""

from __future__ import annotations

import pytest

from steppewire.rules import SiteRules
from steppewire_parser.embeds import find_embeds, recognised

BASE = "https://example.kz/news/1"


@pytest.fixture
def embeds(document):
    def read(html: str) -> list[tuple[str, str, str | None]]:
        found = find_embeds(document(f"<article>{html}</article>").named("article"), BASE)
        return [(embed.url, embed.kind, embed.provider) for embed in found]

    return read


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.youtube.com/embed/abcDEF12345?rel=0", "https://www.youtube.com/watch?v=abcDEF12345"),
        ("//youtu.be/abcDEF12345", "https://www.youtube.com/watch?v=abcDEF12345"),
        ("https://www.youtube-nocookie.com/embed/abcDEF12345", "https://www.youtube.com/watch?v=abcDEF12345"),
        ("https://www.youtube.com/watch?t=5&v=abcDEF12345", "https://www.youtube.com/watch?v=abcDEF12345"),
        ("https://player.vimeo.com/video/123456", "https://vimeo.com/123456"),
        ("https://rutube.ru/play/embed/0a1b2c3d", "https://rutube.ru/video/0a1b2c3d/"),
        ("https://ok.ru/videoembed/5500", "https://ok.ru/video/5500"),
        ("https://vk.com/video_ext.php?oid=-12&id=34&hash=5", "https://vk.com/video-12_34"),
        ("https://www.instagram.com/p/AbC-1/embed/", "https://www.instagram.com/p/AbC-1/"),
        ("https://www.instagram.com/aidana/reel/AbC-1/", "https://www.instagram.com/reel/AbC-1/"),
        ("https://t.me/example/42?embed=1", "https://t.me/example/42"),
        ("https://platform.twitter.com/embed/Tweet.html?dnt=1&id=77", "https://x.com/i/status/77"),
        ("https://mobile.twitter.com/aidana/status/77?s=20", "https://x.com/aidana/status/77"),
        (
            "https://www.facebook.com/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2Fa.b%2Fposts%2F9&width=500",
            "https://www.facebook.com/a.b/posts/9",
        ),
        ("https://open.spotify.com/embed/episode/4rOo", "https://open.spotify.com/episode/4rOo"),
        ("https://www.dailymotion.com/embed/video/x7", "https://www.dailymotion.com/video/x7"),
    ],
)  # fmt: skip
def test_the_address_of_a_frame_becomes_that_of_what_it_shows(embeds, url, expected):
    assert [found[0] for found in embeds(f'<iframe src="{url}"></iframe>')] == [expected]


@pytest.mark.parametrize(
    "url",
    [
        "https://ads.example.com/banner?id=1",
        "https://www.youtube.com/channel/abc",
        "https://www.instagram.com/aidana/",
        "https://t.me/example",
        "https://example.kz/youtube.com/embed/abcDEF12345",
        "https://www.facebook.com/plugins/page.php?href=https%3A%2F%2Fwww.facebook.com%2Fsite",
    ],
)
def test_an_advert_or_a_profile_is_no_embed(url):
    assert recognised(url) is None


def test_posts_are_found_in_the_markup_that_their_sites_hand_out(embeds):
    found = embeds(
        '<blockquote class="twitter-tweet"><p>Көпір <a href="https://t.co/x">t.co</a></p>'
        '<a href="https://twitter.com/aidana/status/77?ref_src=x">3 маусым</a></blockquote>'
        '<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/Ab/">'
        '</blockquote><script async data-telegram-post="arna/5"></script>'
        '<div class="fb-post" data-href="https://www.facebook.com/a/posts/9"></div>'
        '<blockquote class="tiktok-embed" cite="https://www.tiktok.com/@a.b/video/99"></blockquote>'
    )

    assert found == [
        ("https://x.com/aidana/status/77", "post", "x"),
        ("https://www.instagram.com/p/Ab/", "post", "instagram"),
        ("https://t.me/arna/5", "post", "telegram"),
        ("https://www.facebook.com/a/posts/9", "post", "facebook"),
        ("https://www.tiktok.com/embed/v2/99", "video", "tiktok"),
    ]


def test_a_player_that_loads_late_or_is_written_for_amp_is_found(embeds):
    found = embeds(
        '<iframe data-src="https://www.youtube.com/embed/abcDEF12345"></iframe>'
        '<amp-youtube data-videoid="zyxWVU98765"></amp-youtube><lite-youtube videoid="lite0000000">'
        "</lite-youtube>"
    )

    assert [url.rpartition("=")[2] for url, _, _ in found] == [
        "abcDEF12345", "zyxWVU98765", "lite0000000",
    ]  # fmt: skip


def test_what_the_site_plays_itself_has_no_provider(embeds):
    found = embeds('<video><source src="/v/1.mp4"></video><audio src="/a/1.mp3"></audio>')

    assert found == [
        ("https://example.kz/v/1.mp4", "video", None),
        ("https://example.kz/a/1.mp3", "audio", None),
    ]


def test_the_same_video_comes_once(embeds):
    frame = '<iframe src="https://youtu.be/abcDEF12345"></iframe>'

    assert len(embeds(frame * 3)) == 1


def test_an_article_carries_its_embeds(parse, words):
    page = (
        f"<h1>Мост</h1><div class=b><p>{words()}</p>"
        '<iframe src="https://youtu.be/abcDEF12345"></iframe></div>'
        '<iframe src="https://youtu.be/elsewhere000"></iframe>'
    )

    (embed,) = parse(page, rules=SiteRules(body=(".b",))).article.embeds

    assert (embed.kind, embed.provider) == ("video", "youtube")
