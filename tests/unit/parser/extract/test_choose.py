"""Which blocks are kept, given their scores."""

from __future__ import annotations

import numpy as np
import pytest

from steppewire_parser.extract.choose import NOTHING, SURELY, SURELY_NOT, chosen, threshold
from steppewire_parser.extract.features import page_of
from steppewire_parser.extract.walk import flatten
from steppewire_parser.nodes import tree_of


def kept(body: str, scores: list[float]) -> list[bool]:
    root = tree_of(f"<body>{body}</body>").root
    assert root is not None
    return [bool(keep) for keep in chosen(page_of(flatten(root)), np.array(scores, np.float32))]


def test_what_is_likely_is_kept() -> None:
    assert kept("<p>Раз</p><p>Два</p><p>Три</p>", [0.9, 0.1, 0.95]) == [True, False, True]


@pytest.mark.parametrize("tag", ["aside", "nav", "footer", "figcaption"])
def test_what_stands_apart_is_left_out_however_likely(tag: str) -> None:
    body = f"<p>Первый абзац</p><{tag}>Врезка</{tag}><p>Второй абзац</p>"

    assert kept(body, [0.9, 0.9, 0.9]) == [True, False, True]


def test_an_offer_to_subscribe_is_left_out_unless_the_article_stands_in_it() -> None:
    offer = "<div class='{}'><p>Неограниченный доступ ко всем материалам сайта</p></div>"
    text = f"<p>{'Первый абзац. ' * 9}</p>"

    assert kept(text + offer.format("subscribe-now"), [0.9] * 2) == [True, False]
    assert kept(offer.format("paywall") + "<p>Первый абзац</p>", [0.9] * 2) == [True, True]


def test_an_article_that_stands_apart_as_a_whole_is_kept() -> None:
    assert kept("<aside><p>Весь текст</p><p>статьи</p></aside><p>х</p>", [0.9] * 3) == [True] * 3


def test_a_footer_is_left_out_even_where_it_is_longer_than_the_article() -> None:
    text, foot = f"<p>{'Абзац статьи. ' * 20}</p>", f"<footer>{'Права защищены. ' * 60}</footer>"

    assert kept(text + foot, [0.9] * 2) == [True, False]
    assert kept("<p>Ещё</p>" + foot, [0.9] * 2) == [True, True]


def test_a_paragraph_that_is_nothing_but_a_link_is_left_out_however_likely() -> None:
    other = "<p><a href='/n/7'><b>Прошлой весной здесь снесли старый мост</b></a></p>"

    text = f"<p>{'Абзац статьи. ' * 9}</p>"

    assert kept(text + other + "<p>Последний</p>", [0.9] * 3) == [True, False, True]


def test_a_dialog_is_left_out() -> None:
    notice = "<div role='dialog'><table><td>Мы храним файлы год</td></table></div>"

    assert kept(f"<p>{'Первый абзац. ' * 9}</p>{notice}", [0.9] * 2) == [True, False]


@pytest.mark.parametrize("name", ["twitter-tweet", "instagram-media", "tiktok-embed"])
def test_a_post_of_another_site_is_left_out_and_a_quotation_kept(name: str) -> None:
    quoted = "<blockquote class='{}'><p>Мост открыт, сообщил министр</p></blockquote>"
    body = f"<p>{'Первый абзац. ' * 9}</p>" + quoted.format(name) + quoted.format("big")

    assert kept(body, [0.9] * 3) == [True, False, True]


def test_a_quotation_in_a_part_named_after_sharing_is_kept() -> None:
    quoted = "<blockquote><p>Мост открыт, сообщил министр</p></blockquote>"

    assert kept(f"<div class='share-this media'>{quoted}</div>", [0.9]) == [True]


def test_a_paragraph_that_the_page_says_twice_is_kept_once() -> None:
    text, chorus = f"<p>{'Первый абзац. ' * 9}</p>", "<p>Он сказал: «Нет».</p>"

    assert kept(text + chorus + text + chorus, [0.9] * 4) == [True, True, False, True]


def test_links_in_lists_headings_and_short_ones_are_kept() -> None:
    link = "<a href='/n/7'>Прошлой весной здесь снесли старый мост</a>"
    body = f"<p>{'Первый абзац ' * 20}</p><li>{link}</li><h2>{link}</h2><p><a href='/x'>Имя</a></p>"

    assert kept(body, [0.9] * 4) == [True] * 4


def test_an_article_that_is_a_link_as_a_whole_is_kept() -> None:
    text = "<p><a href='/full'>Весь текст статьи стоит в одной ссылке</a></p>"

    assert kept(text * 2 + "<p>Ещё</p>", [0.9] * 3) == [True] * 3


def test_where_all_is_unsure_the_threshold_falls() -> None:
    size = np.full(4, 100, np.float32)
    unsure, sure = np.full(4, 0.4, np.float32), np.array([0.95, 0.95, 0.4, 0.01], np.float32)

    assert threshold(unsure, size) == pytest.approx(0.4)
    assert 0.4 < threshold(sure, size) <= SURELY


def test_the_threshold_has_bounds() -> None:
    size = np.full(2, 100, np.float32)

    assert threshold(np.array([0.01, 0.02], np.float32), size) == NOTHING
    assert threshold(np.array([0.9, 0.02], np.float32), size) >= SURELY_NOT
    assert threshold(np.array([1.0, 1.0], np.float32), size) == SURELY
