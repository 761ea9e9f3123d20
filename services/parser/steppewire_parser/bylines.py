"""Reads names out of bylines: what is left of "Автор: А. Мамин, корреспондент" is "А. Мамин"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from steppewire.dates import month
from steppewire_parser import phrases
from steppewire_parser.byline_words import (
    AGENCIES,
    BEFORE_DATES,
    COLLECTIVES,
    FIRST_WORDS,
    FOLLOWING,
    INTRODUCTIONS,
    JOB,
    NEVER_LAST,
    NEVER_NAMES,
    NEVER_SIGN,
    NOBODIES,
    PARTICLES,
    ROLES,
    SEPARATORS,
    SIGNED_BEHIND,
)  # fmt: skip
from steppewire_parser.text import letters, normalise, squash

MAX_NAME_CHARS = 60
MAX_BYLINE_CHARS = 400
FEW_WORDS = 5


def _any(patterns: Sequence[str]) -> str:
    return "|".join(patterns)


INTRODUCED = re.compile(
    rf"^[^\w«\"]*(?:{_any(INTRODUCTIONS)})(?:\s*[:|]\s*|\s+[-–—]\s+|\s+|$)", re.IGNORECASE
)
_FIRST_WORD = re.compile(r"\W*(\w+)")
# After a comma or in brackets a role is a role; without one only behind a whole name.
_ROLE_APART = re.compile(rf"\s*[,|(–—-]\s*(?:\S+ )?(?:{_any(ROLES)})\b.*$|\s기자$", re.IGNORECASE)
_ROLE_BEHIND = re.compile(rf"(?<=\w)\s+(?:{_any(ROLES)})\b.*$", re.IGNORECASE)
_ROLE_ONLY = re.compile(rf"^(?:{_any(ROLES)})\b|\b{JOB}s?$", re.IGNORECASE)
_BETWEEN = re.compile(_any(SEPARATORS), re.IGNORECASE)
# The name of an organisation may have an "and" in it.
_BETWEEN_ORGANISATIONS = re.compile(r"\s*[;|•·]\s*|,\s+")
_BRACKETS = re.compile(r"\s*[(\[].*?(?:[)\]]|$)")
_HANDLE = re.compile(r"(?<=\w)\s+@\w+")
_OF_WHOM = re.compile(
    r"\s(?:for|für|для|pour|para)\s+(?:the\s)?[^\W\d_a-zа-яёßäöü].*$|\s(?:in|at) the\s.*$"
)
_BEHIND = re.compile(rf"\s+(?:{_any(FOLLOWING)})\b.*$", re.IGNORECASE)
_TIME = re.compile(r"\s*[|•·,–—-]*\s*(?<!\w)\d.*$")
_AFTER_DATE = re.compile(r"\s*[|•·⋅–—]\s*|\s-\s|\s(?=(?:by|von|par|por)\s)")
_DIGIT = re.compile(r"\d")
_DEGREE = re.compile(
    r"^(?:M\.?D\.?|Ph\.?\s?D\.?|MSc?|BSc?|CFP®?|Esq\.?|Jr\.?|Sr\.?|RDN?|[A-Z][A-Z-]{1,6}[*®]?)$"
)
_NO_NAME = re.compile(
    r"https?:|www\.|[@©:<>{}=#]|^\W*\d+\W*$|\.(?:kz|uz|kg|com|ru|org|net|io)\b", re.IGNORECASE
)
_INITIAL_ENDS = re.compile(r"(?:^|[\s.])\w\.$|(?:Jr|Sr|Dr|St)\.$")
_NOT_SHAPED = re.compile(r"[\d!?:/\"“”…]")
_COLLECTIVE = re.compile(rf"\b(?:{_any(COLLECTIVES)})\b", re.IGNORECASE)
_SIGNED = re.compile(rf"[\s,–—-]+(?:{_any(SIGNED_BEHIND)})\W*$", re.IGNORECASE)
# A byline is nothing but names, a job, and what joins them.
NAMES_SHARE = 0.6
MAX_SIGNATURE_CHARS = 90
# A longer line between line breaks is no label.
MAX_LINE_CHARS = 120


def begins_byline(text: str) -> bool:
    """Tell whether a text begins like a byline; fast, because many are asked."""
    first = _FIRST_WORD.match(text)
    known = first is not None and first[1].lower() in FIRST_WORDS
    return known and INTRODUCED.match(text.strip()) is not None


def people_in(byline: str, site_names: set[str]) -> list[str]:
    """Return the people in one byline; neither agencies nor what the site is called."""
    names = names_in(byline)
    return [n for n in names if is_name(n) and is_person(n) and squash(n) not in site_names]


def names_in(byline: str, *, on_page: bool = False) -> list[str]:
    """Return the names in one byline, of people and of others, as they should be spelled.

    On the page, lines may tell the time, the job and how to follow the author, too.
    """
    found: list[str] = []
    for line in byline[:MAX_BYLINE_CHARS].split("\n"):
        named = _introduced(_without_time(normalise(line)) if on_page else normalise(line))
        named = _SIGNED.sub("", named)
        between = _BETWEEN_ORGANISATIONS if _COLLECTIVE.search(named) else _BETWEEN
        for part in between.split(named):
            is_degree = bool(found) and _DEGREE.match(part) and squash(part) not in AGENCIES
            name = "" if is_degree else _name(part.strip(), on_page, found)
            if not name and on_page and found and _ROLE_ONLY.search(part.strip()):
                break  # "Jane Doe, Writer, Hardware": what follows a job is of the job
            found.extend([cased(name)] if name else ())
    return found


def _introduced(text: str) -> str:
    """Return a byline without what introduces the name, however often it does."""
    for _ in range(3):
        bare = INTRODUCED.sub("", text, count=1)
        if bare == text:
            break
        text = bare
    return text


def _without_time(line: str) -> str:
    match = _TIME.search(line)
    if match is None:
        return line
    words = line[: match.start()].split()
    while words and (
        month(words[-1].strip(".,")) or words[-1].lower().strip(".,:") in BEFORE_DATES
    ):
        words.pop()
    return " ".join(words) if words else _behind_date(line[match.start() :])


def _behind_date(line: str) -> str:
    """Return what a line says when it begins with a date: "12.05.2026 - Анна Ли"."""
    border = _AFTER_DATE.search(line)
    rest = line[border.end() :] if border else ""
    return "" if _DIGIT.search(rest) else rest


def _name(part: str, on_page: bool, before: Sequence[str]) -> str:
    name = _HANDLE.sub("", _introduced(part))
    if not name or _NO_NAME.search(name) or (before and _is_aside(name, before[0], on_page)):
        return ""
    if on_page or not _COLLECTIVE.search(name):
        name = _without_aside(name)
    if on_page:
        name = _BEHIND.sub("", f" {name}").strip()
    return _tidy(_without_role(name, on_page))


def _is_aside(name: str, first: str, on_page: bool) -> bool:
    """Tell whether a line behind a name is the person's job, or the company in capitals."""
    shouts = on_page and name.isupper() and not first.isupper() and letters(name) > 3
    return shouts or bool(_ROLE_ONLY.search(name))


def _without_aside(name: str) -> str:
    plain = _BRACKETS.sub("", name)
    shorter = _OF_WHOM.sub("", plain)
    return shorter if len(shorter.split()) > 1 else plain


def _without_role(name: str, on_page: bool) -> str:
    apart = _ROLE_APART.search(name)
    if apart and name[: apart.start()].strip():
        return name[: apart.start()]
    behind = _ROLE_BEHIND.search(name) if on_page else None
    if behind and len(name[: behind.start()].split()) > 1:
        return name[: behind.start()]
    is_role = on_page and _ROLE_ONLY.search(name) and not name.startswith("The ")
    return "" if is_role else name


def _tidy(name: str) -> str:
    bare = normalise(name).strip(' ,;:-–—|*•→»«_"')
    return bare if _INITIAL_ENDS.search(bare) else bare.rstrip(".")


def cased(name: str) -> str:
    """Return a name that is written in one case with capitals at the beginning of its words."""
    words = name.split()
    long = min((letters(word) for word in words), default=0)
    if len(words) > 1 and name.islower() and all(map(str.isalpha, words)) and long > 1:
        return " ".join(map(str.capitalize, words))
    if 1 < len(words) < FEW_WORDS and name.isupper() and long > 3:
        return " ".join("-".join(map(str.capitalize, word.split("-"))) for word in words)
    return name


def is_name(name: str) -> bool:
    """Tell whether a text can be the name of somebody."""
    fits = letters(name) > 1 and len(name) <= MAX_NAME_CHARS
    return fits and not _NO_NAME.search(name) and squash(name) not in NOBODIES


def is_shaped(name: str) -> bool:
    """Tell whether a text looks like a person's name where nothing else says that it is one."""
    words = name.split()
    if not 1 <= len(words) <= FEW_WORDS or _NOT_SHAPED.search(name):
        return False
    if words[0].lower() == "the" and _COLLECTIVE.search(words[-1]):
        words = words[1:]  # "The Example Team" signs
    edges = {words[0].lower(), words[-1].lower()} if words else NEVER_NAMES
    if not words or edges & (NEVER_NAMES | BEFORE_DATES) or words[-1].lower() in NEVER_LAST:
        return False
    return all(map(_is_name_word, words))


def may_sign(name: str) -> bool:
    """Tell whether a text in an element for the author's name can be one, whatever its shape."""
    words = name.lower().split()
    return not {words[0], words[-1]} & NEVER_SIGN and words[-1] not in NEVER_LAST


def _is_name_word(word: str) -> bool:
    return not word[:1].islower() or word.lower() in PARTICLES or word[1:2].isupper()


def is_person(name: str) -> bool:
    """Tell whether a name is neither an agency's nor that of a group of people."""
    return not _COLLECTIVE.search(name) and not is_agency(name)


def is_agency(name: str) -> bool:
    """Tell whether a name is that of a news agency."""
    return squash(name) in AGENCIES


def is_line(text: str) -> bool:
    """Tell whether a line stands for itself: a label, a credit, a byline.

    What follows it behind a line break is another paragraph.
    """
    return phrases.is_furniture(text) or bool(signers(text))


def signers(text: str) -> list[str]:
    """Return who signs in a line that is nothing but a byline; nobody where it is not."""
    if len(text) > MAX_SIGNATURE_CHARS:
        return []
    named = _introduced(text) if begins_byline(text) else _SIGNED.sub("", text)
    if named == text:
        return []
    names = [name for name in names_in(named) if is_name(name) and is_shaped(name)]
    # as it is written: `cased` gives capitals to "Тілшіміз толығырақ тарқатады", too
    written = (name in text or name.upper() in text for name in names)
    whole = all(written) and all(" " in name or "." in name for name in names)
    enough = sum(map(letters, names)) >= NAMES_SHARE * letters(named)
    return names if names and whole and enough and all(map(is_person, names)) else []
