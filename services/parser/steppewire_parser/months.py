"""Month names and relative days as news sites write them, folded so that look-alikes agree.

From CLDR (babel 2.18), and from the pages described in docs/reference/sources.md.
"""

from __future__ import annotations

import re
import unicodedata

_STEMS: dict[int, str] = {
    # Cyrillic: ru kk uz ky tg (genitives and case endings follow the stem); then Latin: uz, kk in
    # its three alphabets since 2017, en; then Kazakh in Arabic script.
    1: "январ қаңтар yanvar qantar qangtar kantar january قاڭتار",
    2: "феврал ақпан fevral aqpan akpan february اقپان",
    3: "март наурыз mart nauryz nayryz naurız march ناۋرىز",
    4: "апрел сәуір aprel sauir sayir sauır april ساۋىر",
    5: "мая май мае мамыр may mamyr mamır مامىر",
    6: "июн маусым iyun mausym maysym mausım june ماۋسىم",
    7: "июл шілде iyul shilde şilde july شىلدە",
    8: "август тамыз avgust tamyz tamız august تامىز",
    9: "сентябр қыркүйек sentabr sentyabr qyrkuiek qyrkuyek qırküyek kyrkuiek september قىركۇيەك",
    10: "октябр қазан oktabr oktyabr qazan kazan october قازان",
    11: "ноябр қараша noyabr qarasha qaraşa karasha november قاراشا",
    12: "декабр желтоқсан dekabr jeltoqsan zheltoksan december جەلتوقسان",
}
_SHORT: dict[int, str] = {
    1: "янв қаң yan jan qan",
    2: "фев февр ақп fev feb aqp",
    3: "мар нау mar nau",
    4: "апр сәу apr sau",
    5: "мам mam",
    6: "июн мау iyn jun mau",
    7: "июл шіл iyl jul shil",
    8: "авг там avg aug tam",
    9: "сен сент қыр sen sent sep sept qyr",
    10: "окт қаз okt oct qaz",
    11: "ноя нояб қар noy nov qar",
    12: "дек жел dek dec jel",
}
# "караша" with Russian letters, "шiлде" with a Latin i: both are typed on real pages.
_LOOKALIKES = str.maketrans("қңғәөүұіһёiıaoepcxy", "кнгаоууихеииаоерсху")
_MARKS = re.compile("[\u0300-\u0308\u030a-\u036f]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
# What may follow a stem: cases and possessives, folded ("ноябрынан", "қарашасындағы", "martdan").
# Anything else is another word: "маяк", "мартеновский", "mayor", "marching".
_ENDING = re.compile(
    r"(?:[аяеуюьыи]|[еао]м|ь?(?:с?[ыи])?(?:н?[дт][аеы][а-я]{0,3}|га[а-я]{0,3}|н[ыиа][а-я]{1,2})?"
    r"|(?:s?[iy]n?)?(?:[dt]a(?:n|gi|gy)?|ga(?:cha)?|ning|nyn)?|[\u0600-\u06ff]{1,5})?"
)

_TODAY = "сегодня бүгін bugun бугун bugin búgin today имрӯз бүгүн بۇگىن"
_YESTERDAY = "вчера кеше kecha кеча keshe yesterday дирӯз кечээ كەشە"
_BEFORE_YESTERDAY = "позавчера алдыңғыкүні"
_AGO: dict[str, int] = {
    "секунд second seconds sec soniya сония": 1,
    "мин минут минуту минуты minute minutes min mins daqiqa дақиқа дакика": 60,
    "час часа часов hour hours soat соат сағат sagat": 3600,
    "день дня дней day days kun кун күн kún": 86_400,
}


def fold(word: str) -> str:
    """Return a word in lower case with look-alike letters made one."""
    low = word.lower()
    if _CYRILLIC.search(low):
        # й must stay apart from и: it is one letter in NFC, so only loose marks go.
        return low.translate(_LOOKALIKES)
    plain = unicodedata.normalize("NFKD", low.replace("ı", "i"))
    return _MARKS.sub("", plain).replace("\u0621", "")  # the Kazakh hamza softens a whole word


def _table(source: dict[int, str]) -> dict[str, int]:
    return {fold(word): number for number, words in source.items() for word in words.split()}


_BY_STEM = _table(_STEMS)
_BY_SHORT = _table(_SHORT)
_LONGEST = max(map(len, _BY_STEM))
_DAYS_BACK = {
    fold(word): back
    for back, words in enumerate((_TODAY, _YESTERDAY, _BEFORE_YESTERDAY))
    for word in words.split()
}
_UNITS = {fold(word): size for words, size in _AGO.items() for word in words.split()}


def month(word: str) -> int | None:
    """Return the number of the month that a word names in some case or abbreviation."""
    folded = fold(word)
    if folded in _BY_SHORT:
        return _BY_SHORT[folded]
    for length in range(min(len(folded), _LONGEST), 2, -1):
        number = _BY_STEM.get(folded[:length])
        if number and _ENDING.fullmatch(folded, length):
            return number
    return None


def days_back(word: str) -> int | None:
    """Return 0 for "today", 1 for "yesterday", 2 for the day before, in any of our languages."""
    return _DAYS_BACK.get(fold(word))


def unit_seconds(word: str) -> int | None:
    """Return the length of a unit of time in seconds: "часа" is 3600."""
    return _UNITS.get(fold(word))
