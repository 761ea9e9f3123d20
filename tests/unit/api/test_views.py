"""How a record becomes an answer."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from steppewire.archive.promise import Record
from steppewire.events import Enrichment, Entity, Mention, Paragraph
from steppewire.testing.samples import NOON, enriched
from steppewire_api import views
from steppewire_api.views import SnippetPart


def record(
    paragraphs: tuple[str, ...] = (), entities: tuple[Entity, ...] = (), **changes: object
) -> Record:
    event = enriched(1)
    told = tuple(Paragraph(text=text) for text in paragraphs)
    enrichment = Enrichment.model_validate(event.enrichment.model_dump() | {"entities": entities})
    return Record(
        article=event.article.model_copy(update={"paragraphs": told} | changes),
        enrichment=enrichment,
        fetch=event.fetch,
        extraction=event.extraction,
        version=1,
        first_stored_at=NOON,
        stored_at=NOON + timedelta(minutes=1),
    )


def entity(name: str, *places: tuple[int, int], surface: str | None = None) -> Entity:
    mentions = tuple(
        Mention(field="text", start=start, end=end, surface=surface or name)
        for start, end in places
    )
    return Entity(type="GPE", name=name, mentions=mentions)


def test_marks_count_from_the_beginning_of_their_own_paragraph() -> None:
    full = views.full(record(("🍈🍈 Buxoro", "va Xiva"), (entity("Xiva", (14, 18)),)))

    mark = full.paragraphs[1].marks[0]
    assert full.paragraphs[1].text[mark.start : mark.end] == "Xiva"
    assert full.paragraphs[0].marks == ()


def test_a_mention_that_is_not_where_it_says_is_not_marked() -> None:
    full = views.full(record(("Buxoro",), (entity("Xiva", (0, 4)), entity("Oral", (-4, 90)))))

    assert full.paragraphs[0].marks == ()


def test_of_two_marks_that_overlap_the_longer_one_stays() -> None:
    full = views.full(
        record(
            ("Almaty Arena",),
            (entity("Almaty", (0, 6)), entity("Almaty Arena", (0, 12)), entity("Arena", (7, 12))),
        )
    )

    assert [mark.entity for mark in full.paragraphs[0].marks] == [1]


def test_a_mention_across_two_paragraphs_is_not_marked() -> None:
    full = views.full(record(("ab", "cd"), (entity("b\n\nc", (1, 5)),)))

    assert [paragraph.marks for paragraph in full.paragraphs] == [(), ()]


@given(
    st.lists(st.text("ab ☀🍈", min_size=1, max_size=12), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(-3, 50), st.integers(-3, 50)), max_size=10),
)
def test_marks_never_overlap_and_never_leave_their_text(
    paragraphs: list[str], places: list[tuple[int, int]]
) -> None:
    text = "\n\n".join(paragraphs)
    entities = tuple(
        entity("x", place, surface=text[place[0] : place[1]] or "x") for place in places
    )

    for paragraph in views.full(record(tuple(paragraphs), entities)).paragraphs:
        edges = [edge for mark in paragraph.marks for edge in (mark.start, mark.end)]
        assert edges == sorted(edges)
        assert all(0 <= edge <= len(paragraph.text) for edge in edges)


def test_an_article_without_a_lead_is_introduced_by_its_first_paragraph() -> None:
    card = views.card(record(("Бірінші.", "Екінші."), lead=None))

    assert card.lead == "Бірінші."


def test_a_long_lead_ends_between_words() -> None:
    card = views.card(record(lead="сөз " * 200))

    assert card.lead is not None
    assert card.lead.endswith("сөз…")
    assert len(card.lead) <= views.LEAD_LENGTH + 1


def test_a_snippet_is_taken_apart_at_the_marks_of_the_archive() -> None:
    told = views.snippet("жаңа \ue000мектеп\ue001ті аралап, \ue000мектеп\ue001")

    assert told == (
        SnippetPart(text="жаңа ", hit=False),
        SnippetPart(text="мектеп", hit=True),
        SnippetPart(text="ті аралап, ", hit=False),
        SnippetPart(text="мектеп", hit=True),
    )


@given(st.text("ab\ue000\ue001", max_size=20))
def test_a_snippet_loses_nothing_but_its_marks(text: str) -> None:
    told = "".join(part.text for part in views.snippet(text)).replace("\ue001", "")

    assert told == text.replace("\ue000", "").replace("\ue001", "")
