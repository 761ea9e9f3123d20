from __future__ import annotations

import pytest

from steppewire_fetcher.links import Reading
from steppewire_fetcher.moments import zone
from steppewire_fetcher.telegram import read_channel

TASHKENT = zone("Asia/Tashkent")
BASE = "https://t.me/s/qalauz"

PAGE = """<!DOCTYPE html><html><head><title>Qala – Telegram</title></head><body>
<div class="tgme_channel_info"><a href="https://qala.example">qala.example</a></div>
<section class="tgme_channel_history">
<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="qalauz/101">
 <a class="tgme_widget_message_user" href="https://t.me/qalauz"></a>
 <div class="tgme_widget_message_text"><b>Samarqandda bog‘ ochildi</b><br/><br/>U yigirma gektar.
 <a href="https://qala.example/2026/11/18/bog/?utm_source=tg">Batafsil</a><br/>
 <a href="https://t.me/qalauz">Obuna bo‘ling</a> <a href="?q=%23bog">#bog</a></div>
 <a class="tgme_widget_message_link_preview" href="https://qala.example/2026/11/18/bog/?utm_source=tg"></a>
 <a class="tgme_widget_message_date" href="https://t.me/qalauz/101"><time datetime="2026-11-18T09:00:00+00:00">14:00</time></a>
</div></div>
<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="qalauz/102">
 <div class="tgme_widget_message_text">Bugun yomg‘ir yog‘adi</div>
 <a class="tgme_widget_message_date" href="https://t.me/qalauz/102"><time datetime="2026-11-18T10:00:00+00:00">15:00</time></a>
</div></div></section></body></html>"""  # noqa: E501 (as it comes)


def test_a_post_gives_the_article_that_it_links_to() -> None:
    reading = read_channel(PAGE.encode(), BASE, TASHKENT)

    (link,) = reading.links
    assert link.url == "https://qala.example/2026/11/18/bog/?utm_source=tg"
    assert link.title == "Samarqandda bog‘ ochildi"
    assert link.published is not None
    assert link.published.isoformat() == "2026-11-18T09:00:00+00:00"
    assert reading.warnings == ()


@pytest.mark.parametrize(
    ("body", "warning"),
    [
        (b"", "telegram-is-empty"),
        (b'{"ok": false}', "telegram-is-json"),
        (b"<html><body><div class='tgme_page'>Preview channel</div>", "telegram-no-preview"),
        (b"<html><div class='tgme_widget_message' data-post='a/1'>no link", "telegram-empty"),
    ],
)
def test_what_is_no_preview_gives_nothing_and_one_warning(body: bytes, warning: str) -> None:
    assert read_channel(body, BASE, TASHKENT) == Reading(warnings=(warning,))
