"""Names in whole articles: found, placed, joined, identified."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steppewire_enricher.bodies import with_places
from steppewire_enricher.entities import READ
from steppewire_enricher.spans import Span

TOKAYEV = "person/toqaev-qasym-jomart"


def test_one_person_has_one_id_in_every_language(names):
    told = {
        "Қазақстан Президенті Қасым-Жомарт Тоқаевтың айтуынша, жаңа заң келесі жылы күшіне енеді.",
        "По словам президента Касым-Жомарта Токаева, новый закон вступит в силу в следующем году.",
        "Qozog‘iston Prezidenti Qosim-Jomart To‘qayevning aytishicha, yangi qonun kuchga kiradi.",
        "Қозоғистон Президенти Қосим-Жомарт Тўқаевнинг айтишича, янги қонун кучга киради.",
        "The new law will enter into force next year, President Kassym-Jomart Tokayev said.",
    }

    assert [next(i for i in names("", text).values() if "pers" in str(i)) for text in told] == [
        TOKAYEV
    ] * 5


def test_a_last_name_joins_the_full_name_of_the_article(enriched):
    event = enriched(
        "Жұмағалиев жаңа жобаны таныстырды",
        "Асқар Жұмағалиевтің айтуынша, зауыт биыл ашылады.",
        "А. Жұмағалиев жиында бұл туралы журналистерге айтты.",
    )

    people = [e for e in event.enrichment.entities if e.type == "PERSON"]
    assert [e.name for e in people] == ["Асқар Жұмағалиев"]
    assert len(people[0].mentions) == 3


def test_a_namesake_of_the_president_is_not_the_president(names):
    found = names("", "Суретші Арман Тоқаев көрме ашты. Тоқаевтың суреттері Лондонда да қойылған.")

    assert found["Арман Тоқаев"] == "person/~arman-takay.arts"
    assert TOKAYEV not in found.values()


def test_an_inflected_name_in_russian_is_told_in_the_nominative(names):
    found = names(
        "", "Об этом заявила министр Ерулану Жамаубаеву в Алматинской области. Жамаубаев ответил."
    )

    assert "Алматинская область" in found
    assert "Ерулан Жамаубаев" in found


def test_a_ministry_is_of_the_state_that_the_article_speaks_of(names):
    text = "Министерство здравоохранения {} сообщило о новых правилах для врачей и больниц."

    ids = [set(names("", text.format(s)).values()) for s in ("Казахстана", "Узбекистана")]
    assert "organisation/ministry-of-health-kz" in ids[0]
    assert "organisation/ministry-of-health-uz" in ids[1]


def test_a_ministry_without_a_state_is_of_the_sites_country(names):
    text = "Министерство здравоохранения сообщило о новых правилах для врачей и больниц."

    found = names("", text, url="https://example.kg/1")

    assert "organisation/ministry-of-health-kg" in found.values()


def test_a_company_is_named_with_its_legal_form(names):
    assert "ТОО «Казцинк»" in names("", "Завод построит ТОО «Казцинк», сообщили журналистам.")


def test_a_city_in_quotes_is_a_club(enriched):
    event = enriched(
        "", "Вчера на стадионе «Астана» обыграла гостей. Тренер «Астана» доволен игрой."
    )

    assert "GPE" not in {e.type for e in event.enrichment.entities}


def test_a_ministry_that_is_named_with_its_state_is_of_that_state(names):
    text = "О задержании сообщило МВД России. МВД Казахстана ответило коллегам через день."
    found = names("", text, url="https://site.kz/1")

    assert found["МВД России"] == "organisation/ministry-of-internal-affairs-ru"
    assert found["МВД Казахстана"] == "organisation/ministry-of-internal-affairs-kz"


@pytest.mark.parametrize(
    "body", ["полицию Италии", "прокуратуру Испании", "пресс-службе посольства США"]
)
def test_a_word_of_kind_and_the_place_behind_it_are_one_body(enriched, body):
    event = enriched("", f"Об этом вчера вечером сообщили журналисты, назвавшие {body} первыми.")
    found = {(m.surface, e.type) for e in event.enrichment.entities for m in e.mentions}

    assert (body, "ORGANISATION") in found


def test_a_body_that_the_tagger_sees_takes_the_place_behind_it():
    spans = [Span(0, 2, "ORGANISATION"), Span(2, 3, "GPE"), Span(4, 5, "GPE")]
    words = ["Верховный", "суд", "Португалии", "против", "Испании"]

    assert sorted(with_places(spans, words)) == [Span(0, 3, "ORGANISATION"), Span(4, 5, "GPE")]


@pytest.mark.parametrize("body", ["Национальным собранием", "Федерации футбола", "Музее кино"])
def test_parliaments_teams_and_buildings_keep_the_place_apart(body):
    spans = [Span(0, 2, "ORGANISATION"), Span(2, 3, "GPE")]

    assert sorted(with_places(spans, [*body.split(), "Армении"])) == spans


def test_a_word_for_a_team_makes_no_body_of_the_place(enriched):
    event = enriched("", "Об этом вчера вечером сообщили журналисты, назвавшие сборную Испании.")
    found = {(m.surface, e.type) for e in event.enrichment.entities for m in e.mentions}

    assert ("Испании", "GPE") in found


def test_a_place_behind_a_body_tells_whose_it_is(names):
    text = "Закон одобрил Сенат Узбекистана. О законе знают и в Парламенте Италии."
    found = names("", text, url="https://site.kz/1")

    assert found["Сенат"] == "organisation/senate-uz"
    assert not any((id_ or "").startswith("organisation/parliament-") for id_ in found.values())


@pytest.mark.parametrize(
    ("text", "name", "type_"),
    [
        (
            "Биыл Қостанай әуежайы жаңа терминалын жолаушыларға ашады.",
            "Қостанай әуежайы",
            "FACILITY",
        ),
        (
            "Бұл туралы «Хабар» агенттігінің төрағасы Ерлан Бекхожин айтты.",
            "«Хабар» агенттігінің төрағасы",
            "POSITION",
        ),
    ],
)
def test_a_listed_name_does_not_undo_the_longer_one_that_kazakh_taught(enriched, text, name, type_):
    event = enriched("", text)

    assert (name, type_) in {
        (m.surface, e.type) for e in event.enrichment.entities for m in e.mentions
    }


def test_a_regions_ministry_is_not_the_states(names):
    text = "О новых мерах журналистам рассказал Минздрав Алматинской области."
    found = names("", text, url="https://site.kz/1")

    assert "organisation/ministry-of-health-kz" not in found.values()


def test_a_rank_is_no_place(enriched):
    event = enriched("", "Ол 3-орынға тұрақтады.")

    assert [(e.type, e.name) for e in event.enrichment.entities] == [("ORDINAL", "3-орынға")]


def test_another_states_dollars_are_no_place(names):
    assert "АҚШ" not in names("", "Биыл экспорт көлемі екі миллиард АҚШ долларына дейін өсті.")


def test_a_headline_in_capitals_is_believed_only_where_the_text_agrees(enriched):
    event = enriched(
        "Tashkent Chess Club Turns One Hundred Today",
        "The chess club in Tashkent is one hundred years old today, its members said.",
    )

    names = [e for e in event.enrichment.entities if e.type in ("PERSON", "ORGANISATION", "GPE")]
    titled = [m.surface for e in names for m in e.mentions if m.field == "title"]
    assert titled == ["Tashkent"]


def test_a_common_word_at_the_start_of_a_sentence_is_no_country(names):
    assert names("", "Того же мнения придерживаются и другие врачи. Или нет.") == {}


def test_dates_and_sums_have_values(enriched):
    event = enriched("", "2024 жылғы 5 наурызда $4,1 млрд инвестиция туралы келісімге қол қойылды.")

    values = {e.type: e.name for e in event.enrichment.entities}
    assert values == {"DATE": "2024-03-05", "MONEY": "4100000000 USD"}


def test_mentions_of_a_bilingual_article_are_one_entity(enriched):
    event = enriched(
        "",
        "Бүгін Астанада Қазақстан үкіметінің кеңейтілген отырысы өтті, деді баспасөз қызметі.",
        "Сегодня в Астане прошло расширенное заседание правительства, сообщает пресс-служба.",
    )

    (astana,) = [e for e in event.enrichment.entities if e.id == "place/astana"]
    assert [m.surface for m in astana.mentions] == ["Астанада", "Астане"]
    assert astana.name == "Астана"


def test_a_language_without_a_tagger_still_has_known_names(names):
    text = "Президент дар ҷаласае, ки дар пойтахти Қазоқистон баргузор шуд, дар бораи мардум гуфт."

    assert names("", text) == {"Қазоқистон": "place/kazakhstan"}


def test_beyond_the_cap_there_is_text_but_there_are_no_names(enriched):
    filler = "Бұл туралы кеше кешке баспасөз қызметі хабарлады. " * (READ // 40)

    event = enriched("", "Астанада жиын өтті.", filler, "Алматыда жиын өтті.")

    assert {"place/astana"} == {e.id for e in event.enrichment.entities} - {None}
    assert len(event.enrichment.languages.paragraphs) == 3


PIECES = st.sampled_from(
    [
        *(
            "Тоқаев",
            "Астанада",
            "Токаева",
            "Арман",
            "Қ.",
            "А.",
            "Kassym-Jomart",
            "U.S.",
            "Toshkentda",
        ),
        *("ТОО", "«", "»", "-", "Министерства", "финансов", "РК", "O‘zbekiston", "Republic", "of"),
        *("2024", "жылғы", "5 наурызда", "$4,1 млрд", "АҚШ", "доллары", "мен", "и", "the", "қазақ"),
        *("\n", "😀", "\u0301", "\u202e", "و"),
    ]
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150
)
@given(
    st.lists(PIECES, max_size=40), st.lists(PIECES, max_size=12), st.none() | st.text(max_size=30)
)
def test_every_mention_is_what_stands_there_and_none_overlap(enriched, body, title, lead):
    event = enriched(" ".join(title), " ".join(body), "".join(body), lead=lead)

    texts = {"title": event.article.title, "lead": event.article.lead, "text": event.article.text}
    mentions = [m for e in event.enrichment.entities for m in e.mentions]
    assert all(m.surface == texts[m.field][m.start : m.end] != "" for m in mentions)
    ordered = sorted((m.field, m.start, m.end) for m in mentions)
    assert all(a[0] != b[0] or a[2] <= b[1] for a, b in pairwise(ordered))


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100
)
@given(st.text(max_size=200), st.text(max_size=60))
def test_any_text_is_enriched(enriched, text, title):
    assert enriched(title, text).article.text == text


@pytest.mark.parametrize(
    "text",
    [
        "а" * 1_000_000,
        "Тоқаев " * 150_000,
        "1 000 " * 100_000,
        "2020 жылы " * 60_000,
        "«" * 200_000,
        "А. " * 100_000,
        "Қазақстан-" * 50_000,
        "\u0301" * 300_000,
        "е\u0301" * 100_000,
        "$" * 200_000,
        "ТОО «" * 50_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_megabytes_of_one_thing_are_answered(enriched, text):
    assert enriched(text[:1000], text).enrichment.text_hash


def test_a_hundred_thousand_paragraphs_are_answered(enriched):
    event = enriched("", *["Астана қаласында бүгін жиын өтті."] * 100_000)

    assert len(event.enrichment.languages.paragraphs) == 100_000
