"""What one pass over a page collects."""

from __future__ import annotations

import pytest

from steppewire_parser.extract import marks
from steppewire_parser.extract.walk import MAX_BLOCKS, Flat, flatten, seen_in, walked
from steppewire_parser.nodes import tree_of


def flat(body: str) -> Flat:
    root = tree_of(f"<html><body>{body}</body></html>").root
    assert root is not None
    return flatten(root)


def test_blocks_end_where_elements_do() -> None:
    assert flat("<div>а<p>б</p>в</div>г").text == ("а", "б", "в", "г")


def test_a_dialog_is_a_place_of_its_own() -> None:
    page = flat("<div>а<dialog>Sign up</dialog>б</div>")

    assert page.text == ("а", "Sign up", "б")
    at = page.tag.index("dialog")
    assert page.within[page.holder[1]] == page.within[at]
    assert page.bits[at] & marks.PLACE["dialog"]


def test_inline_elements_end_nothing() -> None:
    assert flat("<p>а<b>б</b> <i>в</i><unknown>г</unknown></p>").text == ("аб вг",)


def test_elements_of_a_sites_own_are_borders_outside_paragraphs_only() -> None:
    page = flat("<x-card>а</x-card><x-card>б</x-card><p>в<x-tip>г</x-tip></p>")

    assert page.text == ("а", "б", "вг")


def test_a_line_break_is_a_border_after_a_sentence_or_an_empty_line() -> None:
    assert flat("<p>Раз.<br>Два<br>три<br><br>Пять</p>").text == ("Раз.", "Два три", "Пять")


def test_what_no_reader_sees_is_left_out() -> None:
    page = flat("<p>а</p><script>x</script><style>y</style><noscript>z</noscript><!-- к -->")

    assert page.text == ("а",)


def test_links_are_counted_by_character() -> None:
    page = flat('<p>Читать <a href="/x">дальше</a></p>')

    assert (page.linked, page.links) == ((6,), (1,))


def test_every_container_knows_its_blocks() -> None:
    page = flat("<div><p>а</p><p>б</p></div><p>в</p>")
    ranges = {page.tag[i]: (page.first[i], page.last[i]) for i in range(len(page.tag))}

    assert ranges["div"] == (0, 2)
    assert ranges["body"] == (0, 3)


def test_a_page_of_countless_blocks_is_read_up_to_a_bound() -> None:
    page = flat("<p>а</p>" * (MAX_BLOCKS + 5) + "<div><p>б</p></div>")

    assert len(page.text) == MAX_BLOCKS
    assert max(page.last) == MAX_BLOCKS


def test_equal_places_have_equal_shapes() -> None:
    page = flat('<ul><li>а</li><li>б</li><li class="x">в</li></ul>')
    a, b, c = (page.shape[holder] for holder in page.holder)

    assert a == b != c


@pytest.mark.parametrize(
    "body",
    [
        "<p>а <b>б</b><br>в</p><script>x</script>г<noscript><p>д</p></noscript>",
        "<svg><title>е</title><g>ж</g></svg><p>з</p><title>и</title><textarea>к</textarea>",
        "<select><option>л</select><!-- м --><button>н<span>о</span></button><x-card>п</x-card>",
    ],
)
def test_elements_and_texts_are_those_of_the_whole_tree(body: str) -> None:
    root = tree_of(f"<html><head><title>р</title></head><body>{body}</body></html>").root
    assert root is not None

    (_, found), whole = walked(root), seen_in(root)

    ids = [node.mem_id for node in root.traverse() if node.is_element_node]
    assert [node.mem_id for node in found.tags] == ids
    assert found.strings == whole.strings
    assert [node.mem_id for node in found.texts] == [node.mem_id for node in whole.texts]
    assert {name: len(nodes) for name, nodes in found.named.items()} == {
        name: len(nodes) for name, nodes in whole.named.items()
    }
