"""Who signed an article, as the lines of its page say."""

from __future__ import annotations

import pytest

from steppewire_parser import byline_lines, signed
from steppewire_parser.blocks import Block
from steppewire_parser.bylines import cased, names_in, people_in, signers
from steppewire_parser.signatures import without_signature
from steppewire_parser.text import normalise


@pytest.mark.parametrize(
    ("byline", "people"),
    [
        ("Автор: А. Мамин, корреспондент", ["А. Мамин"]),
        ("Текст: Мария Волкова", ["Мария Волкова"]),
        ("Беседовала Мария Волкова", ["Мария Волкова"]),
        ("Авторы: Нұрлан Оспан және Әлия Бек", ["Нұрлан Оспан", "Әлия Бек"]),
        ("Дайындаған: Айгүл Сейітова", ["Айгүл Сейітова"]),
        ("Айгүл Сейітова, бас редактор", ["Айгүл Сейітова"]),
        ("Muallif: Dilshod To‘rayev", ["Dilshod To‘rayev"]),
        ("Муаллиф: Дилшод Тўраев", ["Дилшод Тўраев"]),
        ("Tayyorlagan: Shahnoza Qo‘chqorova", ["Shahnoza Qo‘chqorova"]),
        ("К.-Ж. Токаев и А. Мамин", ["К.-Ж. Токаев", "А. Мамин"]),
        ("By John Smith and Jane Doe", ["John Smith", "Jane Doe"]),
        ("Von Anna Müller und Peter Weiß", ["Anna Müller", "Peter Weiß"]),
        ("Par Jean Petit et Marie Blanc", ["Jean Petit", "Marie Blanc"]),
        ("Por Ana García y Luis Mora", ["Ana García", "Luis Mora"]),
        ("Jane Doe, senior news reporter", ["Jane Doe"]),
        ("Jane Doe for the Evening Paper", ["Jane Doe"]),
        ("Jane Doe (Almaty)", ["Jane Doe"]),
        ("Jane Doe, MD", ["Jane Doe"]),
        ("Zakon.kz", []),
        ("Ховар", []),
        ("O‘zA", []),
        ("Reuters", []),
        ("Пресс-служба МВД", []),
        ("Редакция", []),
        ("https://www.facebook.com/zakon", []),
        ("jane@example.com", []),
        ("105092", []),
        ("admin", []),
        ("", []),
    ],
)
def test_a_byline_is_cleaned_down_to_people(byline, people):
    assert people == people_in(byline, {"zakonkz"})


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ("By\nJane Doe\nSenior Markets Reporter", ["Jane Doe"]),
        ("Jane Doe\nUpdated March 3, 2026", ["Jane Doe"]),
        ("Анна Ли | 12 мая 2026, 10:40", ["Анна Ли"]),
        ("von Anna Müller, ZARYA TV", ["Anna Müller"]),
        ("Написать автору", ["Написать автору"]),
        ("12.05.2026 - Анна Ли", ["Анна Ли"]),
        ("May 12, 2026 · Jane Doe on behalf of the team", ["Jane Doe"]),
        ("Posted on May 12, 2026 by Jane Doe", ["Jane Doe"]),
        ("12.05.2026 - 10:40 - 3", []),
        ("Jane Doe @janedoe", ["Jane Doe"]),
        ("Jane Doe\nWriter, Bridges", ["Jane Doe"]),
    ],
)
def test_what_else_a_byline_on_the_page_says_is_left_out(lines, names):
    assert names_in(lines, on_page=True) == names


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("viktor holm", "Viktor Holm"),
        ("HELENA STERN", "Helena Stern"),
        ("Anara MAMYTOVA", "Anara MAMYTOVA"),
        ("AFP", "AFP"),
        ("freeman1984", "freeman1984"),
    ],
)
def test_names_in_one_case_are_written_as_names_are(written, name):
    assert cased(written) == name


@pytest.mark.parametrize(
    "byline",
    [
        '<p class="byline">By Jane Doe</p>',
        '<a rel="author" href="/a/7">Jane Doe</a>',
        '<a href="/authors/jane-doe">Jane Doe</a>',
        '<div class="post-meta"><span>March 3, 2026</span> <span>by Jane Doe</span></div>',
        '<address>By <a href="/x">Jane Doe</a>, staff writer</address>',
        '<p class="article__avtor">Jane Doe</p>',
        '<span data-testid="author-name">Jane Doe</span>',
        '<p class="submitted">at 10:15: <span class="username">Jane Doe</span></p>',
        "<p>By Jane Doe, March 3, 2026</p>",
        "<p>By <!-- -->Jane Doe</p>",
        "<div><span>By</span><span>Jane Doe</span></div>",
        "<p>Автор: Jane Doe</p>",
    ],
)
def test_authors_are_read_from_the_page_where_the_structure_names_none(authors, byline):
    assert authors(f"<article><h1>Мост открыт</h1>{byline}<p>Текст.</p></article>") == ("Jane Doe",)


BIOGRAPHY = "She has written about bridges, and about people who build them, for ten years. " * 3


@pytest.mark.parametrize(
    "byline",
    [
        f'<div class="author-box"><b>Jane Doe</b><p>{BIOGRAPHY}</p></div>',
        '<p>by <a href="/author/jane-doe">Jane Doe</a> · 3 March</p>'
        '<p>by <a href="/shop">John Smith</a>, a novel</p>',
        '<div class="promoted-node"><h1>Мост открыт</h1><p class="author">Jane Doe</p></div>',
        '<div class="elementor-widget-container"><p class="author">Jane Doe</p></div>',
        '<div class="node node-promoted"><p class="author">Jane Doe</p></div>',
        '<p class="author">Reviewed by</p><p class="author">Jane Doe</p>',
    ],
)
def test_bylines_are_told_from_what_stands_around_them(authors, byline):
    heading = "" if "<h1>" in byline else "<h1>Мост открыт</h1>"

    assert authors(f"<article>{heading}{byline}<p>Текст.</p></article>") == ("Jane Doe",)


@pytest.mark.parametrize(
    "box",
    [
        '<div class="post-share"><span class="byline">By <b>Jane Doe</b></span></div>',
        '<div class="ArticleModuleTeaser__authors"><a class="author" href="/a">Jane Doe</a></div>',
        '<aside class="info"><span class="byline">Jane Doe</span></aside>',
        '<figure><img src="/j.jpg"><figcaption>'
        '<address>Von <a rel="author">Jane Doe</a></address></figcaption></figure>',
    ],
)
def test_what_begins_right_behind_the_heading_is_of_the_article(authors, box):
    far = "<p>Текст.</p>" * signed.CLOSE
    assert authors(f"<article><h1>Мост открыт</h1>{box}{far}</article>") == ("Jane Doe",)
    assert authors(f"<article><h1>Мост открыт</h1>{far}{box}</article>") == ()


def test_an_aside_about_the_author_names_the_author(authors):
    aside = '<aside class="{}"><span class="author_name">Jane Doe</span></aside>'
    far = "<p>Текст.</p>" * signed.CLOSE
    page = f"<article><h1>Мост открыт</h1>{far}{aside}</article>"
    assert authors(page.format("author-meta")) == ("Jane Doe",)
    assert authors(page.format("more")) == ()


def test_a_line_that_introduces_a_name_goes_before_marks_far_away(authors):
    far = "<p>Текст.</p>" * signed.CLOSE
    other = '<div class="author" itemprop="author">Alan Smithee</div>'
    page = f"<h1>Мост открыт</h1><p>Von Jane Doe</p>{far}{other}"
    assert authors(page) == ("Jane Doe",)


def test_a_byline_right_behind_the_heading_goes_before_a_surer_one(authors):
    near, sure = (
        '<div class="author-2">Jane Doe</div>',
        '<a rel="author" href="/author/1">Alan Smithee</a>',
    )
    far = "<p>Текст.</p>" * signed.CLOSE
    assert authors(f"<h1>Мост открыт</h1>{near}{far}{sure}") == ("Jane Doe",)


@pytest.mark.parametrize(
    ("byline", "people"),
    [
        ("By {A}, {B} and {C}", ("Jane Doe", "Айгүл Сейітова", "Li Wei")),
        ("{A} {B}", ("Jane Doe", "Айгүл Сейітова")),
        ("By {A} Fact-checked by {B}", ("Jane Doe",)),
        ("By {A}, Reviewed by {B}, {C}", ("Jane Doe",)),
        ("By {A} <a href='/tag/travel'>Good Morning</a>", ("Jane Doe",)),
    ],
)
def test_who_is_listed_beside_an_author_signs_too(authors, byline, people):
    names = dict(zip("ABC", ("Jane Doe", "Айгүл Сейітова", "Li Wei"), strict=True))
    links = {k: f'<a rel="author" href="/author/{k}">{name}</a>' for k, name in names.items()}
    assert authors(f"<h1>Мост открыт</h1><div>{byline.format(**links)}</div>") == people


def test_a_word_behind_a_whole_name_is_a_topic_or_a_button(authors):
    page = "<h1>Мост открыт</h1><div class='byline'><a>Jane Doe</a> <a>Technology</a></div>"
    assert authors(page) == ("Jane Doe",)
    assert authors(page.replace("Technology", "Reuters")) == ("Jane Doe", "Reuters")


def test_a_byline_stands_beside_the_heading_that_is_the_title(authors):
    logo = "<h1>Заря</h1>" + "<p>Меню</p>" * 60
    page = f"{logo}<h3>Мост открыт</h3><p>By Jane Doe</p>"

    assert authors(page, title="Мост открыт") == ("Jane Doe",)
    assert authors(page) == ()


@pytest.mark.parametrize("byline", ["Текст: Jane Doe", "Written by <a href='/x'>Jane Doe</a>"])
def test_a_byline_under_a_long_article_is_found_where_it_cannot_be_a_sentence(authors, byline):
    body = "<p>Мост открыли утром.</p>" * 60

    assert authors(f"<h1>Мост открыт</h1>{body}<p>{byline}</p>") == ("Jane Doe",)
    assert authors(f"<h1>Мост открыт</h1>{body}<p>By Jane Doe</p>") == ()


@pytest.mark.parametrize(
    "other",
    [
        '<div class="comments"><span class="author">Jane Doe</span></div>',
        '<aside><a href="/authors/jane">Jane Doe</a></aside>',
        '<div class="related-posts"><p class="byline">By Jane Doe</p></div>',
        "<p>By the end of the year the bridge will be open to everyone who lives here.</p>",
        "<p>By Monday</p>",
        '<a href="/authors/">Авторы</a>',
        '<p class="author">Подписаться: 3 способа!</p>',
        '<p class="author-history">History</p>',
        '<li class="username">Login</li>',
        '<span class="media-license-author">zvg</span>',
    ],
)
def test_others_that_a_page_names_are_no_authors(authors, other):
    assert authors(f"<article><h1>Мост открыт</h1><p>Текст.</p></article>{other}") == ()


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("<p>Text Link</p>", ()),
        ("<h2>Written Communication</h2>", ()),
        ("<p>More from CFR</p>", ()),
        ("<p>Text: Link</p>", ("Link",)),
        ("<p><b>Autor</b> <i>Link</i></p>", ("Link",)),
        ("<p>by Link</p>", ("Link",)),
        ("<p>Text Jane Doe</p>", ("Jane Doe",)),
    ],
)
def test_one_word_is_a_name_only_behind_what_can_introduce_nothing_else(authors, line, people):
    assert authors(f"<article><h1>Мост открыт</h1>{line}<p>Мост.</p></article>") == people


def test_a_card_that_tells_of_something_else_names_no_author(authors):
    card = (
        '<meta name="twitter:label1" content="Filed under">'
        '<meta name="twitter:data1" content="Bridges, City Life">'
    )

    assert authors(card) == ()


@pytest.mark.parametrize(
    "credit", ["Фото: Kazinform / А. Ким", "Сурет: А. Ким", "Photo by A. Kim", "Surat: A. Karimov"]
)
def test_who_took_the_picture_did_not_write_the_article(authors, credit):
    page = f'<p class="picture-author">{credit}</p><p class="article-author">Айгүл Сейітова</p>'

    assert authors(page) == ("Айгүл Сейітова",)


def test_a_name_that_means_picture_is_a_name(authors):
    assert authors('<p class="article-author">Surat Ikramov</p>') == ("Surat Ikramov",)


def test_a_page_of_nothing_but_bylines_is_not_read_over_and_over(authors, monkeypatch):
    read = []
    monkeypatch.setattr(
        byline_lines, "normalise", lambda text: read.append(text) or normalise(text)
    )

    authors("<div>" + "Автор: а <i>б</i> " * 5_000 + "</div>")

    # each line would otherwise ask for all the texts around it: twenty-five million
    assert len(read) < 100_000


@pytest.mark.parametrize(
    ("last", "authors"),
    [
        ("Nodira Rahimova", ("Nodira Rahimova",)),
        ("А. Мамин", ("А. Мамин",)),
        ("Г‘айрат Тўраев", ("Г‘айрат Тўраев",)),
        ("Город ждал этого дня.", ()),
        ("Пресс-служба Акимата", ()),
    ],
)
def test_a_name_at_the_end_of_a_text_is_its_author(last, authors):
    kept, found = without_signature([Block("Мост открыли утром."), Block(last)], ())

    assert found == authors
    assert len(kept) == 2 - len(authors)


def test_a_name_at_the_end_stays_when_somebody_else_signed():
    blocks = [Block("Победил:"), Block("Айбек Исаков")]

    assert without_signature(blocks, ("Мария Волкова",)) == (blocks, ("Мария Волкова",))


HEAD = "<h1>Мост открыт</h1>"


def test_commenters_are_no_authors_though_the_page_marks_them_so(authors) -> None:
    author = '<b itemprop="author">{}</b>'
    page = (
        f'<body class="comments-open"><article itemscope itemtype="https://schema.org/Article">'
        f"{HEAD}{author.format('Jane Doe')}<p>…</p>"
        f'<ol id="comments"><li>{author.format("Li Po")}</li></ol></article></body>'
    )

    assert authors(page, title="Мост открыт") == ("Jane Doe",)


@pytest.mark.parametrize(
    ("behind", "found"),
    [
        ("<p>By using these tools every day</p>", ()),
        ("<p>By subscribing to this newsletter</p>", ()),
        ("<p>von anna müller</p>", ("ANNA MÜLLER",)),
        ("<p>by planning meals ahead</p>", ()),
        ("<p>By JANE DOE</p>", ("JANE DOE",)),
        ("<p>By Jane Doe</p>", ("Jane Doe",)),
    ],
)
def test_a_sentence_that_begins_like_a_byline_names_nobody(
    authors, behind: str, found: tuple[str, ...]
) -> None:
    page = f"<body>{HEAD}{behind}</body>"

    assert tuple(map(str.upper, authors(page, title="Мост открыт"))) == tuple(map(str.upper, found))


@pytest.mark.parametrize(
    "byline",
    [
        '<div class="gnt_ar_by">Jane Doe and Li Po</div>',
        '<div class="td-editor-date"><span class="td-post-author-name">Jane Doe</span> '
        '<span class="td-post-author-name">Li Po</span></div>',
        '<div class="byline"><a rel="author">Jane Doe</a>, <a rel="author">Li Po</a> '
        '<a rel="author">Related Topics</a> <a rel="author">Save</a></div>',
        '<div class="author item-author"><p>Artikel von</p> <p>Jane Doe</p><p>Li Po</p></div>',
    ],
)
def test_themes_that_many_sites_share_are_known(authors, byline: str) -> None:
    found = authors(f"<body>{HEAD}{byline}</body>", title="Мост открыт")

    assert found == ("Jane Doe", "Li Po")


@pytest.mark.parametrize("label", ["Photography by", "Artikel von", "Save", "Author's profile"])
def test_what_stands_where_a_name_should_is_nobody(authors, label: str) -> None:
    byline = f'<a class="author">{label}</a>'

    assert authors(f"<body>{HEAD}{byline}</body>", title="Мост открыт") == ()


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("Дайындаған: Айнұр Серікқызы", ["Айнұр Серікқызы"]),
        ("Мақаланы дайындаған А. Әбдіғали", ["А. Әбдіғали"]),
        ("Тілші: Қанат Тілеуұлы", ["Қанат Тілеуұлы"]),
        ("Айнұр Серікқызы дайындады.", ["Айнұр Серікқызы"]),
        ("Материал подготовила Анна Ковальчук", ["Анна Ковальчук"]),
        ("Беседовал А. К. Серикулы, собкор", ["А. К. Серикулы"]),
        ("Muxbir: Nodira Rahimova", ["Nodira Rahimova"]),
        ("Nodira Rahimova tayyorladi", ["Nodira Rahimova"]),
        ("Мақола муаллифи: Нодира Раҳимова", ["Нодира Раҳимова"]),
        ("Нодира Раҳимова суҳбатлашди", ["Нодира Раҳимова"]),
        ("Макаланы даярдаган: Айжан Токтогул кызы", ["Айжан Токтогул кызы"]),
        ("Азамат Эсен уулу даярдады", ["Азамат Эсен уулу"]),
        ("Таҳияи Фирӯз Раҳимзода", ["Фирӯз Раҳимзода"]),
        ("Муаллифи мақола: Фирӯз Раҳимзода", ["Фирӯз Раҳимзода"]),
        ("Хабарнигор: Фирӯз Раҳимзода", ["Фирӯз Раҳимзода"]),
        ("Reporting by Aliya Sadykova", ["Aliya Sadykova"]),
        ("Тілшіміз толығырақ тарқатады.", []),
        ("Автор книги живёт в Алматы", []),
        ("Журналист Анна Ковальчук поехала в Тараз", []),
        ("Кабарчы окуяны көрүп турган", []),
        ("Суҳбатни раис очди", []),
        ("Айнұр Серікқызы", []),
    ],
)
def test_a_line_that_is_nothing_but_a_byline_tells_who_signs(line, people):
    assert people == signers(line)


def test_dates_and_bylines_at_both_ends_are_no_paragraphs_and_name_the_author():
    text = Block("Мост через реку открыли в понедельник, движение идёт в обе стороны.")
    blocks = [Block("5 ақпан 2024, 18:20"), Block("Дайындаған: Айнұр Серікқызы"), text, text]
    blocks += [Block("Айнұр Серікқызы дайындады")]

    assert without_signature(blocks, ()) == ([text, text], ("Айнұр Серікқызы",))
    assert without_signature(blocks, ("А. Мамин",)) == ([text, text], ("А. Мамин",))
