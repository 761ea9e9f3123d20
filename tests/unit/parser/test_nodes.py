"""Questions to nodes of the tree."""

from __future__ import annotations

import pytest

from steppewire_parser import nodes


@pytest.fixture
def first(document):
    return lambda html, css="body > *": document(html).select(css)[0]


def test_text_leaves_scripts_and_styles_out(first):
    node = first("<div>раз<script>a()</script> два<style>b{}</style><p>три</p></div>")

    assert nodes.text_of(node) == "раз  два три"


def test_what_follows_an_empty_script_is_text(first):
    assert nodes.text_of(first("<div><script src=x></script>раз</div>")) == "раз"


def test_a_script_that_is_asked_itself_says_what_is_in_it(first):
    assert nodes.text_of(first("<div><script>a()</script></div>", "script")) == "a()"


def test_two_elements_that_are_written_alike_are_not_the_same(document):
    one, other = document("<div><p>а</p></div><div><p>а</p></div>").select("div")

    assert nodes.is_within(one.css("p")[0], one)
    assert not nodes.is_within(other.css("p")[0], one)
    assert len(nodes.outermost([one, other, one, other.css("p")[0]])) == 2


def test_an_attribute_without_a_value_is_there_and_says_nothing(first):
    node = first("<p hidden title='да'>x</p>")

    assert nodes.attribute(node, "hidden") == ""
    assert nodes.has(node, "hidden")
    assert not nodes.has(node, "lang")
    assert nodes.attribute(node, "title") == "да"


def test_ancestors_come_from_the_inside_out(first):
    node = first("<article><div><p>x</p></div></article>", "p")

    assert [parent.tag for parent in nodes.ancestors(node)] == ["div", "article", "body", "html"]
    assert nodes.around(node, ("article", "html")).tag == "article"


def test_elements_and_children_are_in_page_order(first):
    node = first("<div>а<b>б<i>в</i></b><!-- нет --><u>г</u></div>")

    assert [inner.tag for inner in nodes.elements(node)] == ["b", "i", "u"]
    assert [child.tag for child in nodes.children(node)] == ["-text", "b", "-comment", "u"]
