"""Articles are told from other pages by what was read."""

from __future__ import annotations

from steppewire_parser.document import read
from steppewire_parser.extract.likeness import UNLIKELY
from steppewire_parser.generic import read_generic

SENTENCES = [
    f"Комиссия {i} рассмотрела вопрос о ремонте дороги и назначила срок, сообщили в акимате."
    for i in range(12)
]


def likeness(body: str, title: str = "Дорогу починят") -> float:
    html = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    return read_generic(read(html)).likeness


def test_running_text_is_an_article() -> None:
    story = "".join(f"<p>{text}</p>" for text in SENTENCES)

    assert likeness(f"<article><h1>Дорогу починят</h1>{story}</article>") > UNLIKELY


def test_a_shelf_of_goods_is_none() -> None:
    goods = "".join(
        f'<div class="card"><a href="/p/{i}"><img src="{i}.jpg"><h3>Насос НЦ-{i}</h3></a>'
        f"<span>{i}9 990 ₸</span><button>В корзину</button></div>"
        for i in range(40)
    )

    assert likeness(f'<div class="grid">{goods}</div>', "Насосы") < UNLIKELY


def test_a_page_without_text_is_none() -> None:
    assert likeness("") == 0
