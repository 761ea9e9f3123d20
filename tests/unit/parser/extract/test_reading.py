"""The generic extractor, on one page of our own for each way in which extractors fail."""

from __future__ import annotations

import pytest

from steppewire_parser.blocks import Block
from steppewire_parser.extract.reading import read_main
from steppewire_parser.extract.walk import walked
from steppewire_parser.nodes import tree_of

RUSSIAN = (
    "Новый мост через реку открыли в областном центре, движение по нему началось в понедельник.",
    "Строительство заняло четыре года, подрядчик дважды менялся, а смета выросла почти вдвое.",
    "По словам инженеров, конструкция рассчитана на сто лет и выдержит самый сильный паводок.",
    "Жители левого берега раньше тратили на дорогу больше часа, теперь им хватит десяти минут.",
    "«Мы ждали этого дня всю жизнь», — сказала учительница местной школы, приехавшая на открытие.",
    "Власти обещают до осени построить ещё и пешеходную набережную с освещением и скамейками.",
    "Деньги на второй этап, около трёх миллиардов тенге, заложены в бюджете следующего года.",
    "Экологи просят сохранить пойменный лес, который окажется между новой дорогой и старой дамбой.",
)
KAZAKH = (
    "Облыс орталығында өзен арқылы жаңа көпір ашылды, қозғалыс дүйсенбі күні таңертең басталды.",
    "Құрылыс төрт жылға созылды, мердігер екі рет ауысып, смета екі есеге жуық өсіп кеткен еді.",
    "Инженерлердің айтуынша, құрылым жүз жылға есептелген және ең қатты су тасқынына да шыдайды.",
    "Сол жағалаудың тұрғындары бұрын жұмысқа бір сағаттан артық жүретін, енді он минут жеткілікті.",
    "«Бұл күнді өмір бойы күттік», — деді ашылу салтанатына келген жергілікті мектептің мұғалімі.",
    "Билік күзге дейін жарығы мен орындықтары бар жаяу жүргіншілер жағалауын да салуға уәде берді.",
    "Екінші кезеңге арналған қаржы, шамамен үш миллиард теңге, келесі жылдың бюджетіне енгізілген.",
    "Экологтар жаңа жол мен ескі бөгеттің арасында қалатын жайылма орманды сақтауды сұрап отыр.",
)
SECTIONS = ("Политика", "Экономика", "Общество", "Спорт", "Культура", "Видео", "Архив")
TEASERS = (
    "Цены на хлеб снова выросли в трёх городах",
    "В горах сошла лавина, пострадавших нет",
    "Футболисты сыграли вничью в последнем туре",
    "Где отключат воду на этой неделе",
    "Музей показал находки летних раскопок",
    "Школьники победили на олимпиаде по физике",
)


def links(texts: tuple[str, ...], kind: str = "li") -> str:
    return "".join(f'<{kind}><a href="/n/{i}">{text}</a></{kind}>' for i, text in enumerate(texts))


def paragraphs(texts: tuple[str, ...] = RUSSIAN) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def page(content: str, *, title: str = "Мост открыли", head: str = "", after: str = "") -> str:
    """Return a page as news sites make them: menu, article, side column, cards, footer."""
    return f"""<!DOCTYPE html><html><head><title>{title} — Вестник</title>
<meta property="og:title" content="{title}">{head}</head><body>
<header class="site-header"><a href="/">Вестник</a><nav><ul>{links(SECTIONS)}</ul></nav></header>
<main class="layout"><div class="content">{content}</div>
<aside class="sidebar"><h3>Популярное</h3><ul class="news-list">{links(TEASERS)}</ul></aside>
</main>{after}
<footer class="footer"><ul>{links(SECTIONS)}</ul><p>© Вестник, 2026. Все права защищены.
При использовании материалов ссылка обязательна.</p></footer></body></html>"""


def extract(html: str) -> list[Block]:
    root = tree_of(html).root
    reading = read_main(*walked(root)) if root is not None else None
    return list(reading.blocks) if reading else []


def texts(html: str) -> list[str]:
    return [block.text for block in extract(html)]


def story(inner: str) -> str:
    return f'<article><h1>Мост открыли</h1><div class="article-body">{inner}</div></article>'


def test_a_plain_story_is_read_whole_and_nothing_else() -> None:
    assert texts(page(story(paragraphs()))) == list(RUSSIAN)


def test_no_word_of_a_language_is_needed() -> None:
    russian, kazakh = (texts(page(story(paragraphs(said)))) for said in (RUSSIAN, KAZAKH))

    assert (russian, kazakh) == (list(RUSSIAN), list(KAZAKH))


def test_class_names_are_not_needed() -> None:
    html = page(f"<div><h1>Мост открыли</h1><div>{paragraphs()}</div></div>")

    assert texts(html.replace("class=", "data-x=")) == list(RUSSIAN)


def test_title_dateline_and_byline_above_the_text_are_left_out() -> None:
    top = '<div class="meta"><time>12 мая 2026</time> <a href="/a/1">Айгуль Сатпаева</a></div>'
    html = page(
        f'<article><h1>Мост открыли</h1>{top}<div class="text">{paragraphs()}</div></article>'
    )

    assert texts(html) == list(RUSSIAN)


def test_promotion_after_the_last_paragraph_is_left_out() -> None:
    promotion = """<div class="subscribe"><p>Подпишитесь на нашу рассылку</p></div>
    <div class="share"><a href="#">Поделиться</a> <a href="#">Твитнуть</a></div>
    <div class="related"><h3>Читайте также</h3><ul>"""
    html = page(story(paragraphs()) + promotion + links(TEASERS) + "</ul></div>")

    assert texts(html) == list(RUSSIAN)


def test_a_lead_outside_the_main_container_is_kept() -> None:
    html = page(
        f'<article><header><h1>Мост открыли</h1><p class="lead">{RUSSIAN[0]}</p></header>'
        f'<figure><img src="a.jpg"><figcaption>Фото: пресс-служба</figcaption></figure>'
        f'<div class="article-body">{paragraphs(RUSSIAN[1:])}</div></article>'
    )

    assert texts(html) == list(RUSSIAN)


def test_captions_and_credits_are_left_out() -> None:
    figure = (
        "<figure><img src='a.jpg'><figcaption>Мост ночью. Фото: А. Петров</figcaption></figure>"
    )
    html = page(story(paragraphs(RUSSIAN[:4]) + figure + paragraphs(RUSSIAN[4:])))

    assert texts(html) == list(RUSSIAN)


def test_a_second_story_below_the_first_is_left_out() -> None:
    teaser = "".join(
        f'<div class="card"><h3><a href="/n/{i}">{title}</a></h3><p>{title}: подробности.</p></div>'
        for i, title in enumerate(TEASERS)
    )
    html = page(story(paragraphs()), after=f'<section class="more-news">{teaser}</section>')

    assert texts(html) == list(RUSSIAN)


def test_comments_are_left_out() -> None:
    comment = """<li class="comment"><b>Читатель {0}</b><time>вчера</time>
    <p>Наконец-то его открыли, давно пора было сделать, спасибо всем. Номер {0}.</p></li>"""
    comments = "".join(comment.format(i) for i in range(9))
    html = page(story(paragraphs()) + f'<ol class="comments">{comments}</ol>')

    assert texts(html) == list(RUSSIAN)


def test_a_rights_notice_longer_than_paragraphs_does_not_win() -> None:
    notice = "Перепечатка материалов допускается только с письменного согласия редакции. " * 8
    html = page(story(paragraphs(RUSSIAN[:4])), after=f'<div class="legal"><p>{notice}</p></div>')

    assert texts(html) == list(RUSSIAN[:4])


def test_a_body_cut_into_containers_by_adverts_is_read_whole() -> None:
    advert = '<div class="ad-slot"><span>Реклама</span></div>'
    halves = advert.join(
        f"<div class='chunk'>{paragraphs(RUSSIAN[i : i + 2])}</div>" for i in (0, 2, 4, 6)
    )

    assert texts(page(story(halves))) == list(RUSSIAN)


def test_line_breaks_make_paragraphs() -> None:
    assert texts(page(story("<br><br>".join(RUSSIAN)))) == list(RUSSIAN)


def test_inline_markup_neither_glues_nor_splits_words() -> None:
    rich = (
        RUSSIAN[0].replace("мост", "мо<b>с</b>т").replace("центре", '<a href="/c">цент\xadре</a>')
    )

    assert texts(page(story(f"<p>{rich}</p>" + paragraphs(RUSSIAN[1:])))) == list(RUSSIAN)


def test_subheads_lists_and_quotes_keep_their_kind() -> None:
    html = page(
        story(
            paragraphs(RUSSIAN[:3])
            + "<h2>Что дальше</h2>"
            + f"<p>{RUSSIAN[3]}</p>"
            + f"<blockquote><p>{RUSSIAN[4]}</p></blockquote>"
            + f"<p>{RUSSIAN[5]}</p><ul><li>{RUSSIAN[6]}</li><li>{RUSSIAN[7]}</li></ul>"
        )
    )

    kinds = [block.kind for block in extract(html)]
    assert kinds == [*["text"] * 3, "subhead", "text", "quote", "text", "list-item", "list-item"]


def test_cells_of_a_table_row_are_one_paragraph() -> None:
    rows = "".join(f"<tr><td>Участок {i}</td><td>{i} 250 метров</td></tr>" for i in range(1, 5))
    html = page(story(paragraphs(RUSSIAN[:5]) + f"<table>{rows}</table>" + paragraphs(RUSSIAN[5:])))

    said = texts(html)
    assert set(RUSSIAN) <= set(said)
    assert all(text in RUSSIAN or " | " in text for text in said)


def test_a_teaser_that_repeats_the_first_sentence_is_not_read_twice() -> None:
    card = f'<div class="card"><a href="/n/1"><h3>Мост открыли</h3><p>{RUSSIAN[0]}</p></a></div>'

    assert texts(page(story(paragraphs()), after=card)).count(RUSSIAN[0]) == 1


def test_a_link_only_line_is_marked_as_a_link() -> None:
    html = page(story(paragraphs(RUSSIAN[:4]) + paragraphs(RUSSIAN[4:])))

    assert all(block.linked == 0 for block in extract(html))


@pytest.mark.parametrize("html", ["", "<html></html>", "<p></p>", "<body><script>x()</script>"])
def test_a_page_without_text_has_no_paragraphs(html: str) -> None:
    assert extract(html) == []


def test_a_page_of_one_word_breaks_nothing() -> None:
    assert len(extract("<p>Слово")) <= 1


def test_nesting_of_thousands_of_containers_is_survived() -> None:
    assert isinstance(extract("<div>" * 5_000 + RUSSIAN[0]), list)
