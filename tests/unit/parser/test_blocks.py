"""Paragraphs are never glued, and have their kinds."""

from __future__ import annotations

import pytest

from steppewire_parser.blocks import read_blocks


@pytest.fixture
def blocks(document):
    return lambda html: read_blocks([document(f"<div id=x>{html}</div>").select("#x")[0]])


@pytest.fixture
def texts(blocks):
    return lambda html: [block.text for block in blocks(html)]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Раз.</p><p>Два.</p>", ["Раз.", "Два."]),
        ("<p>dedi u.<br><br>Qayd etilishicha</p>", ["dedi u.", "Qayd etilishicha"]),
        ("Раз.<br>Два.<br>Три.", ["Раз.", "Два.", "Три."]),
        ("<p>строка<br>и её конец</p>", ["строка и её конец"]),
        ("до<p>внутри</p>после", ["до", "внутри", "после"]),
        ("раз<p></p>два", ["раз", "два"]),
        ("<p>слово <b>жирное</b> и <a href=x>ссылка</a>.</p>", ["слово жирное и ссылка."]),
        ("<p>а</p><script>b()</script><style>c</style><!-- d -->", ["а"]),
        ("<p>а</p><p hidden>б</p><p style='display: none'>в</p>", ["а"]),
        ("<figure><img><figcaption>подпись</figcaption></figure><p>а</p>", ["а"]),
        ("<p>раз\nдва</p>", ["раз два"]),
        ("<div><div><span>глубоко</span></div></div>", ["глубоко"]),
        ("<table><tr><td>а</td><td>б</td></tr><tr><td>в</td></tr></table>", ["а | б", "в"]),
        ("<p>&nbsp;</p><p>текст</p>", ["текст"]),
    ],
)
def test_a_fragment_becomes_paragraphs(texts, html, expected):
    assert expected == texts(html)


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<p>а</p>", "text"),
        ("<h3>а</h3>", "subhead"),
        ("<ul><li>а</li></ul>", "list-item"),
        ("<ul><li><p>а</p></li></ul>", "list-item"),
        ("<blockquote><p>а</p></blockquote>", "quote"),
    ],
)
def test_a_paragraph_has_the_kind_of_its_element(blocks, html, kind):
    assert [kind] == [block.kind for block in blocks(html)]


def test_lines_that_end_in_semicolons_are_a_list(blocks):
    found = blocks("<div>болу;<br>ертегі;<br>аударма.</div><p>Соңы.<br>Жаңа жол.</p>")

    assert [b.kind for b in found] == ["list-item", "list-item", "list-item", "text", "text"]


def test_a_line_that_is_only_a_link_says_so(blocks):
    link, text = blocks("<p><a href=x>Старый мост</a></p><p>Без <a href=x>с</a> текстом</p>")

    assert link.linked == 1.0
    assert text.linked < 0.2
