"""Case endings of Kazakh and Uzbek nouns: which shorter forms a word may come from.

Vowel harmony and the sound before an ending decide which shape of it can follow, so that Алматы
(no Kazakh accusative follows a vowel as -ты) and Астана keep their ends. Balakaev, *Qazirgi
qazaq tili* (cases, possessive declension); Bodrogligeti, *An Academic Reference Grammar of Modern
Literary Uzbek* (cases).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from steppewire_enricher.folding import FEW
from steppewire_enricher.scripts import uz_to_cyrillic

_BACK = "аоұыуя"
_FRONT = "әөүіеэ"
_NEUTRAL = "иуёюя"
_VOICELESS = "пкқтсшщчцхһфбвгд"  # б в г д of loans harden at a word's end
_NASAL = "мнң"
_VOICED = "лрйзжуи"
_SHORTEST = 2
_LOAN = re.compile(r"([еоё]в|[еоё]ва|[иы]н|ий|енко|берг|сон|ер)$")

Allowed = Callable[[str, str], bool]
"""(stem, ending) -> may this ending follow this stem?"""


@lru_cache(maxsize=FEW)
def kk_stems(word: str) -> tuple[str, ...]:
    """Return what a Kazakh word (any case) may be without its case ending, likeliest first."""
    lower = word.lower()
    found: dict[str, None] = {}
    for ending, allowed in _KK_BY_LAST.get(lower[-1:], ()):
        if lower.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            stem = word[: -len(ending)].rstrip("'’-")
            if stem and allowed(stem.lower(), ending):
                found[stem] = None
    return tuple(found)


def _harmony(stem: str, ending: str) -> bool:
    """The ending's vowel goes with the stem's last one.

    After loans and -ев/-ов both are written, and a long ending is proof enough without it.
    """
    if len(ending) > 2:
        return True
    vowel = next((c for c in reversed(stem) if c in _BACK + _FRONT + _NEUTRAL), "")
    if not vowel or vowel in _NEUTRAL or _LOAN.search(stem):
        return True
    front = any(c in "еіәөү" for c in ending)
    return (vowel in _FRONT) == front


def _after(kinds: str) -> str:
    letters = ""
    if "v" in kinds:
        letters += _BACK + _FRONT + _NEUTRAL
    if "n" in kinds:
        letters += _NASAL
    if "s" in kinds:
        letters += _VOICED
    if "t" in kinds:
        letters += _VOICELESS
    return letters


def _rule(kinds: str, *, harmony: bool = True) -> Allowed:
    letters = _after(kinds)

    def allowed(stem: str, ending: str) -> bool:
        return stem[-1:] in letters and (not harmony or _harmony(stem, ending))

    return allowed


def _possessed(stem: str, ending: str) -> bool:
    """Pronominal cases follow a possessive: облысы-н-да, қаласы-на."""
    return stem[-1:] in "ыі" and _harmony(stem, ending)


_KK = tuple(
    (ending, allowed)
    for endings, allowed in (
        (("ндағы", "ндегі"), _possessed),
        (("дағы", "дегі"), _rule("vns")),
        (("тағы", "тегі"), _rule("t")),
        (("ның", "нің"), _rule("vn")),
        (("дың", "дің"), _rule("s")),
        (("тың", "тің"), _rule("t")),
        (("менен", "бенен", "пенен"), _rule("vnst", harmony=False)),
        (("мен",), _rule("vns", harmony=False)),
        (("бен",), _rule("ns", harmony=False)),
        (("пен",), _rule("t", harmony=False)),
        (("нан", "нен"), _possessed),
        (("нан", "нен"), _rule("n")),
        (("дан", "ден"), _rule("vs")),
        (("тан", "тен"), _rule("t")),
        (("нда", "нде"), _possessed),
        (("да", "де"), _rule("vns")),
        (("та", "те"), _rule("t")),
        (("ға", "ге"), _rule("vns")),
        (("қа", "ке"), _rule("t")),
        (("на", "не"), _possessed),
        (("ны", "ні"), _rule("v")),
        (("ды", "ді"), _rule("ns")),
        (("ты", "ті"), _rule("t")),
        (("н",), _possessed),
    )
    for ending in endings
)

_KK_BY_LAST = {
    last: tuple(rule for rule in _KK if rule[0].endswith(last))
    for last in dict.fromkeys(ending[-1] for ending, _ in _KK)
}

_UZ_LATN = (
    ("sidagi", "si"), ("idagi", "i"), ("dagilar", ""), ("dagi", ""),
    ("sining", "si"), ("ining", "i"), ("ning", ""),
    ("sidan", "si"), ("idan", "i"), ("dan", ""), ("sida", "si"), ("ida", "i"), ("da", ""),
    ("siga", "si"), ("iga", "i"), ("ga", ""), ("kka", "k"), ("qqa", "q"), ("qa", "q"),
    ("sini", "si"), ("ini", "i"), ("ni", ""), ("dek", ""), ("gacha", ""),
)  # fmt: skip
_UZ = tuple(
    (write(ending), write(kept)) for write in (str, uz_to_cyrillic) for ending, kept in _UZ_LATN
)
_UZ_BY_LAST = {
    last: tuple(rule for rule in _UZ if rule[0].endswith(last))
    for last in dict.fromkeys(ending[-1] for ending, _ in _UZ)
}


@lru_cache(maxsize=FEW)
def uz_stems(word: str) -> tuple[str, ...]:
    """Return what an Uzbek word (any case, either script) may be without its case ending."""
    lower = word.lower()
    found = dict.fromkeys(
        (word[: -len(ending)] + word[-len(ending) :][: len(kept)]).rstrip("-")
        for ending, kept in _UZ_BY_LAST.get(lower[-1:], ())
        if lower.endswith(ending) and len(word) - len(ending) >= _SHORTEST
    )
    return tuple(found)
