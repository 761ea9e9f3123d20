"""One article, one address; two articles, two addresses."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire.identity import article_id, canonicalise, link_id, version_id

CANONICAL = "https://zakon.kz/obshestvo/6412345-almaty.html"
SPELLINGS = {
    "as it is": CANONICAL,
    "http": "http://zakon.kz/obshestvo/6412345-almaty.html",
    "www": "https://www.zakon.kz/obshestvo/6412345-almaty.html",
    "mobile": "https://m.zakon.kz/obshestvo/6412345-almaty.html",
    "both": "https://www.m.zakon.kz/obshestvo/6412345-almaty.html",
    "amp host": "https://amp.zakon.kz/obshestvo/6412345-almaty.html",
    "amp before": "https://zakon.kz/amp/obshestvo/6412345-almaty.html",
    "amp behind": "https://zakon.kz/obshestvo/6412345-almaty.html/amp/",
    "amp twice": "https://zakon.kz/amp/obshestvo/6412345-almaty.html//amp/amp",
    "amp parameter": "https://zakon.kz/obshestvo/6412345-almaty.html?amp=1",
    "capitals": "HTTPS://Zakon.KZ/obshestvo/6412345-almaty.html",
    "final dot": "https://zakon.kz./obshestvo/6412345-almaty.html",
    "port": "https://zakon.kz:443/obshestvo/6412345-almaty.html",
    "old port": "http://zakon.kz:80/obshestvo/6412345-almaty.html",
    "password": "https://reader:secret@zakon.kz/obshestvo/6412345-almaty.html",
    "fragment": "https://zakon.kz/obshestvo/6412345-almaty.html#comments",
    "empty query": "https://zakon.kz/obshestvo/6412345-almaty.html?",
    "utm": "https://zakon.kz/obshestvo/6412345-almaty.html?utm_source=tg&UTM_Medium=x",
    "clicks": "https://zakon.kz/obshestvo/6412345-almaty.html?fbclid=1&yclid=2&gclid=3&from=rss",
    "escaped tracking": "https://zakon.kz/obshestvo/6412345-almaty.html?utm%5Fsource=tg",
    "slash": "https://zakon.kz/obshestvo/6412345-almaty.html/",
    "escaped letters": "https://zakon.kz/%6Fbshestvo/6412345%2Dalmaty.html",
    "spaces around": "  https://zakon.kz/obshestvo/6412345-almaty.html\n",
}


@pytest.mark.parametrize("url", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_every_spelling_leads_to_the_same_article(url: str) -> None:
    assert canonicalise(url) == CANONICAL
    assert article_id(url) == article_id(CANONICAL)
    assert link_id(url) == link_id(CANONICAL)


DIFFERENT = {
    "trailing dash": ("https://inbusiness.kz/ru/news/a-", "https://inbusiness.kz/ru/news/a"),
    "language host": ("https://kaz.zakon.kz/1", "https://zakon.kz/1"),
    "language path": ("https://el.kz/ru/a_1/", "https://el.kz/a_1/"),
    "query id": ("https://nova24.uz/?p=1", "https://nova24.uz/?p=2"),
    "case of the path": ("https://a.kz/Aa", "https://a.kz/aa"),
    "escaped slash": ("https://a.kz/b%2Fc", "https://a.kz/b/c"),
    "escaped question": ("https://a.kz/b%3Fc", "https://a.kz/b?c"),
    "escaped ampersand": ("https://a.kz/?a=b%26c=d", "https://a.kz/?a=b&c=d"),
    "windows-1251": ("https://a.kz/%CA%E0", "https://a.kz/%CA%E1"),
    "windows-1251 query": ("https://a.kz/?q=%CA%E0", "https://a.kz/?q=%CA%E1"),
    "word amp inside": ("https://a.kz/amp-lamps", "https://a.kz/-lamps"),
    "another port": ("https://a.kz:8443/b", "https://a.kz/b"),
    "escaped per cent": ("https://a.kz/100%2541", "https://a.kz/100A"),
}


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_different_articles_stay_different(one: str, other: str) -> None:
    assert canonicalise(one) != canonicalise(other)


def test_a_two_letter_site_keeps_its_name() -> None:
    assert canonicalise("https://m.kz/a") == "https://m.kz/a"
    assert canonicalise("https://www.gov.kz/a") == "https://gov.kz/a"


def test_a_cyrillic_host_and_its_ascii_form_are_one() -> None:
    assert canonicalise("https://Қаз.қаз/жаңалық") == canonicalise(
        "https://xn--80ao21a.xn--80ao21a/%d0%b6%D0%B0%D2%A3%D0%B0%D0%BB%D1%8B%D2%9B"
    )


def test_an_ipv6_host_keeps_its_brackets() -> None:
    assert canonicalise("http://[::1]:8080/a") == "https://[::1]:8080/a"


def test_the_order_of_parameters_does_not_count() -> None:
    assert canonicalise("https://a.kz/?b=2&a=1&utm_id=9") == "https://a.kz?a=1&b=2"


def test_a_space_in_a_parameter_has_one_spelling() -> None:
    spellings = ("https://a.kz/?q=a%20b", "https://a.kz/?q=a+b", "https://a.kz/?q=a b")

    assert {canonicalise(url) for url in spellings} == {"https://a.kz?q=a+b"}


NO_ADDRESS = [
    "",
    "zakon.kz/1",
    "/relative",
    "//zakon.kz/1",
    "ftp://zakon.kz/1",
    "mailto:a@zakon.kz",
    "javascript:alert(1)",
    "https://",
    "https:///path",
    "https://:80/",
    "https://[::1/",
    "https://zakon.kz:99999999/",
    "https://zakon.kz:port/",
    "https://a..kz/",
    "https://" + "a" * 64 + ".kz/",
    "https://\ud800.kz/",
    "https://zakon.kz/\ud800",
]


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_what_is_no_address_is_a_value_error(url: str) -> None:
    with pytest.raises(ValueError, match=r"not an absolute http\(s\) address"):
        canonicalise(url)


pieces = [*"aA/%-._~?&=+#;:@ ә", "amp", "/amp", "%2F", "%25", "%41", "%ca", "utm_x", "%"]
paths = st.lists(st.sampled_from(pieces)).map("".join)


@given(paths)
def test_the_canonical_spelling_of_an_address_is_its_own(path: str) -> None:
    once = canonicalise(f"https://www.zakon.kz/{path}")

    assert canonicalise(once) == once


@pytest.mark.parametrize("stop", ["\u3002", "\uff0e", "\uff61", "\u3002."])
def test_a_full_stop_of_another_script_at_the_end_of_a_host_is_none_of_it(stop: str) -> None:
    assert canonicalise(f"https://zakon.kz{stop}/a") == "https://zakon.kz/a"
    with pytest.raises(ValueError, match="not an absolute"):
        canonicalise(f"https://{stop}/")


@given(st.text())
def test_any_text_has_one_canonical_spelling_or_is_no_address(text: str) -> None:
    for url in (text, f"https://{text}", f"https://zakon.kz/{text}"):
        try:
            once = canonicalise(url)
        except ValueError:
            continue
        assert canonicalise(once) == once


@given(st.text())
def test_escaping_a_path_does_not_make_another_article(text: str) -> None:
    slug = text.replace("/", "").replace("?", "").replace("#", "").replace("%", "")
    slug = f"x{''.join(slug.split())}x"  # urlsplit drops line ends, as browsers do

    assert link_id(f"https://zakon.kz/{slug}") == link_id(f"https://zakon.kz/{quote(slug)}")


def test_links_and_articles_never_share_an_id() -> None:
    assert link_id(CANONICAL) != article_id(CANONICAL)
    assert len(link_id(CANONICAL)) == len(article_id(CANONICAL)) == 32


def test_a_version_is_what_a_reader_sees() -> None:
    version = version_id("Тақырып", "Лид", ["Бір.", "Екі."])

    assert version == version_id(" Тақырып\u00a0", "Лид ", ["Бір.\n", "  Екі."])
    assert version == version_id("Тақырып", "Лид", ("Бір.", "Екі."))


@pytest.mark.parametrize(
    "other",
    [
        ("Тақырып!", "Лид", ["Бір.", "Екі."]),
        ("Тақырып", None, ["Бір.", "Екі."]),
        ("Тақырып", "Лид", ["Бір. Екі."]),
        ("Тақырып", "Лид", ["Екі.", "Бір."]),
        ("Тақырып", "", ["Лид", "Бір.", "Екі."]),
    ],
)
def test_what_a_reader_sees_otherwise_is_another_version(
    other: tuple[str, str | None, list[str]],
) -> None:
    assert version_id(*other) != version_id("Тақырып", "Лид", ["Бір.", "Екі."])


def test_composed_and_decomposed_letters_are_one_version() -> None:
    assert version_id("й", None, []) == version_id("и\u0306", None, [])
