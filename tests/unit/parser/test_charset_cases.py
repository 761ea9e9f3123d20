"""The table of encodings: how pages of our languages are written, declared, and still read."""

from __future__ import annotations

import codecs

import pytest

from steppewire_parser.charset import decode
from steppewire_parser.evidence import best_reading, words_of

KK = "Қазақстан Республикасының Президенті Тәуелсіздік сарайында үлкен жиын өткізді."
RU = "Президент прибыл в Ташкент с государственным визитом, сообщает пресс-служба."
UZ = "Ўзбекистон Президенти Қорақалпоғистонга ташриф буюрди, деб хабар берди матбуот хизмати."
UK = "Президент прибув до Києва, де відбулася зустріч з їхніми європейськими партнерами."
TG = "Президенти Тоҷикистон ба шаҳри Хуҷанд ташриф овард ва бо сокинон мулоқот кард."
FR = "Le président a été reçu à Astana où il s’est exprimé sur l’économie régionale."
TR = "Cumhurbaşkanı Astana’da yeni okulun açılışına katıldı, değerlendirme yaptı."
PL = "Prezydent przyjechał dziś do Astany, gdzie podpisał umowę o współpracy."
ZH = "国家主席访问哈萨克斯坦并会见总统，双方签署了合作协议。"
JA = "カザフスタンの大統領は新しい学校の開校式に出席しました。"
KO = "카자흐스탄 대통령이 새 학교 개교식에 참석했다고 밝혔다."


def page(text: str, *, meta: str = "") -> str:
    declared = f'<meta charset="{meta}">' if meta else ""
    return f"<html><head>{declared}<title>1</title></head><body><p>{text}</p></body></html>"


DECLARED = [
    (RU, "windows-1251", "windows-1251"),
    (RU, "win-1251", "windows-1251"),
    (RU, "x-cp1251", "windows-1251"),
    (RU, "koi8-r", "koi8-r"),
    (UK, "koi8-u", "koi8-u"),
    (RU, "iso-8859-5", "iso8859-5"),
    (RU, "ibm866", "ibm866"),
    (KK, "kz-1048", "kz-1048"),
    (KK, "STRK1048-2002", "kz-1048"),
    (KK, "ptcp154", "ptcp154"),
    (UZ, "ptcp154", "ptcp154"),
    (TG, "koi8-t", "koi8-t"),
    (TR, "windows-1254", "windows-1254"),
    (TR, "iso-8859-9", "windows-1254"),
    (PL, "iso-8859-2", "iso8859-2"),
    (FR, "iso-8859-1", "windows-1252"),
    (ZH, "gb2312", "gb18030"),
    (ZH, "gbk", "gb18030"),
    (JA, "shift_jis", "shift_jis"),
    (JA, "euc-jp", "euc-jp"),
    (JA, "iso-2022-jp", "iso-2022-jp"),
    (KO, "euc-kr", "euc-kr"),
]
# The name that Python writes in, where the label is not one of its own.
WRITTEN = {
    "win-1251": "cp1251", "x-cp1251": "cp1251", "iso-8859-1": "cp1252", "kz-1048": "kz1048",
    "iso-8859-9": "cp1254",
}  # fmt: skip


@pytest.mark.parametrize(("text", "label", "public"), DECLARED)
@pytest.mark.parametrize("where", ["meta", "header"])
def test_a_declared_encoding_is_used(text, label, public, where):
    html = page(text, meta=label if where == "meta" else "")
    header = f"text/html; charset={label}" if where == "header" else ""

    decoded = decode(html.encode(WRITTEN.get(label, label)), header)

    assert (decoded.text, decoded.charset, decoded.facts) == (html, public, ())


UNDECLARED = [
    (RU, "cp1251", "windows-1251"),
    (RU, "koi8-r", "koi8-u"),
    (UK, "cp1251", "windows-1251"),
    (UK, "koi8-u", "koi8-u"),
    (RU, "iso8859-5", "iso8859-5"),
    (RU, "cp866", "ibm866"),
    (KK, "kz1048", "kz-1048"),
    (KK, "ptcp154", "ptcp154"),
    (UZ, "ptcp154", "ptcp154"),
    (TG, "koi8-t", "koi8-t"),
    (TR, "cp1254", "windows-1254"),
    (PL, "cp1250", "windows-1250"),
    (FR, "cp1252", "windows-1252"),
    (ZH, "gb18030", "gb18030"),
    (JA, "cp932", "shift_jis"),
    (JA, "euc_jp", "euc-jp"),
    (KO, "cp949", "euc-kr"),
]


@pytest.mark.parametrize(("text", "encoding", "public"), UNDECLARED)
def test_an_undeclared_encoding_is_told_from_its_letters(text, encoding, public):
    html = page(text)

    decoded = decode(html.encode(encoding))

    assert (decoded.text, decoded.charset) == (html, public)
    assert decoded.facts == ("charset-guessed",)


LIES = ["iso-8859-1", "windows-1252", "utf-8", "gbk", "shift_jis", "euc-kr", "windows-1254"]
TRUTHS = [(RU, "cp1251"), (RU, "koi8-r"), (RU, "cp866"), (KK, "kz1048"), (UZ, "ptcp154")]


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize(("text", "truth"), TRUTHS)
def test_letters_overrule_a_label_that_lies(text, truth, lie):
    html = page(text, meta=lie)

    decoded = decode(html.encode(truth), f"text/html; charset={lie}")

    assert decoded.text == html
    assert decoded.facts == ("charset-mismatch",)


@pytest.mark.parametrize(
    ("text", "truth", "lie"),
    [
        (KK, "kz1048", "windows-1251"),
        (KK, "ptcp154", "windows-1251"),
        (UZ, "ptcp154", "windows-1251"),
        (RU, "koi8-r", "windows-1251"),
        (RU, "cp1251", "koi8-r"),
        (KK, "utf-8", "windows-1251"),
        (UZ, "utf-8", "iso-8859-1"),
        (TR, "cp1254", "windows-1251"),
        (ZH, "gb18030", "windows-1251"),
    ],
)
def test_a_neighbouring_label_is_overruled_as_well(text, truth, lie):
    decoded = decode(page(text, meta=lie).encode(truth))

    assert text in decoded.text
    assert decoded.facts == ("charset-mismatch",)


@pytest.mark.parametrize("text", [KK, RU, UZ])
@pytest.mark.parametrize("wide", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("marked", [True, False])
def test_wide_text_shows_itself_with_and_without_a_mark(text, wide, marked):
    html = "\r\n" + page(text, meta="utf-16")
    bom = "\ufeff" if marked else ""

    decoded = decode((bom + html).encode(wide), "text/html; charset=windows-1251")

    assert (decoded.text, decoded.charset) == (html, wide)


def test_the_order_is_mark_then_meta_then_header():
    html = page(RU, meta="windows-1251")

    assert decode(codecs.BOM_UTF8 + html.encode(), "charset=koi8-r").charset == "utf-8"
    assert decode(html.encode("cp1251"), "charset=koi8-r").charset == "windows-1251"
    assert decode(page(RU).encode("koi8-r"), "charset=koi8-r").charset == "koi8-r"


def test_a_mark_of_utf8_before_another_encoding_is_a_lie_too():
    decoded = decode(codecs.BOM_UTF8 + page(RU).encode("cp1251"))

    assert RU in decoded.text


def test_a_meta_tag_behind_long_scripts_still_counts():
    html = f"<script>{'x' * 20_000}</script>" + page("Ок. Да", meta="koi8-r")

    assert "Ок. Да" in decode(html.encode("koi8-r")).text


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        (FR, "cp1252"),
        ("Presidentti saapui tänään Astanaan ja kävi keskusteluja yhteistyöstä.", "cp1252"),
        ("El presidente llegó a Astaná; mañana viajará a Taskent, según informó.", "cp1252"),
        (
            "Presidenti mbërriti në Astana dhe foli për bashkëpunimin, tha çdo gjë.",
            "cp1252",
        ),
        ("Præsidenten besøgte Astana på fredag, og han får en gave, siger han nærmere.", "cp1252"),
        ("Prezident přijel do Astany, kde podepsal smlouvu o spolupráci v průmyslu.", "cp1250"),
        ("Preşedintele a sosit la Astana şi a semnat un acord în această după-amiază.", "cp1250"),
        ("Президентът пристигна в Астана и подписа споразумение за сътрудничество.", "cp1251"),
        ("Председник је стигао у Астану и потписао уговор о сарадњи људи.", "cp1251"),
        (
            "Претседателот пристигна во Астана и ќе потпише договор, рече тој.",
            "cp1251",
        ),
        ("Прэзідэнт прыбыў у Астану, дзе падпісаў пагадненне аб супрацоўніцтве.", "cp1251"),
        (
            "Ерэнхий сайд Астана хотод ирж уулзалт хийв, гэж мэдээлэв.",
            "cp1251",
        ),
        (UK, "cp1251"),
        (TR, "cp1254"),
        ("وصل الرئيس إلى أستانا اليوم في زيارة رسمية تستغرق يومين", "cp1256"),
    ],
)
def test_an_honest_label_is_never_overruled(text, truth):
    decoded = decode(page(text * 4).encode(truth), f"text/html; charset={truth}")

    assert decoded.facts == ()
    assert text in decoded.text


def test_a_run_of_ascii_letters_is_read_once():
    run = page("a" * 300_000).encode() + f"<p>{RU}</p>".encode("cp1251")

    # read from each of its letters, it would take minutes
    assert words_of(run) == words_of(RU.encode("cp1251"))
    assert RU in decode(run).text


def test_noise_is_not_taken_for_many_pasted_comments():
    noise = page(KK * 2_000).encode() + b"\xcc\xee\xf1\xf2x" * 20_000

    decoded = decode(noise)

    assert KK in decoded.text
    assert decoded.facts == ("charset-damaged",)


def test_comments_pasted_in_another_encoding_are_read_beside_the_page():
    whole = page(KK * 4).encode() + f"<p>{RU}</p>".encode("cp1251")

    decoded = decode(whole)

    assert KK in decoded.text
    assert RU in decoded.text
    assert decoded.facts == ("charset-mixed",)


def test_a_page_cut_in_the_middle_of_a_letter_is_still_utf8():
    decoded = decode(page(KK).encode().split(b"</p>")[0] + b"\xd2")

    assert decoded.charset == "utf-8"
    assert decoded.facts == ("charset-damaged",)


def test_utf7_never_makes_tags_of_harmless_text():
    decoded = decode(b"<p>+ADw-script+AD4-</p>", "text/html; charset=utf-7")

    assert "<script" not in decoded.text


@pytest.mark.parametrize(
    ("text", "encoding", "language"),
    [(RU, "cp1251", "ru"), (KK, "kz1048", "kk"), (TG, "koi8-t", "tg")],
)
def test_evidence_names_the_language_that_it_saw(text, encoding, language):
    assert best_reading(words_of(text.encode(encoding))).language == language
