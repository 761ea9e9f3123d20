"""Who is who within one article: mentions of the same person, place or body become one entity."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from steppewire.events import Entity, EntityType, Mention
from steppewire_enricher.entities import FIELDS, NAMES, Named
from steppewire_enricher.folding import fold, fold_uz, sound
from steppewire_enricher.gazetteer import Entry
from steppewire_enricher.normal_forms import normal_form
from steppewire_enricher.scripts import uz_to_cyrillic
from steppewire_enricher.tokens import tokenise

VALUES: tuple[EntityType, ...] = (
    "DATE", "TIME", "MONEY", "PERCENTAGE", "QUANTITY", "CARDINAL", "ORDINAL", "CONTACT", "ADAGE",
)  # fmt: skip
"""Types that have no base form but what stands there, or is worth."""
MAX_ENTITIES = 1_000
"""More names than this is a list, not an article: the most mentioned stay."""


@dataclass
class _Group:
    """Mentions of one thing."""

    type: EntityType
    mentions: list[Named] = field(default_factory=list)
    entry: Entry | None = None

    @property
    def names(self) -> Counter[str]:
        return Counter(mention.normal for mention in self.mentions)


def merge(found: Sequence[Named], article_language: str, url: str = "") -> tuple[Entity, ...]:
    """Join mentions to entities, in the order of their first mention.

    1. give every mention its base form, knowing which words the article uses;
    2. group by id where known, else by type and folded base form;
    3. let short names join the full name they belong to;
    4. name each group, and say of which state a ministry is.
    """
    based = with_normal_forms(found)
    groups = _grouped(based)
    groups = _short_joined(groups)
    order = {id(mention): i for i, mention in enumerate(based)}
    groups.sort(key=lambda g: (-len(g.mentions), order[id(g.mentions[0])]))
    kept = sorted(groups[:MAX_ENTITIES], key=lambda g: order[id(g.mentions[0])])
    state = state_of(kept, url, article_language)
    return tuple(_entity(group, article_language, state) for group in kept)


STATES = {
    "place/kazakhstan": "kz", "place/uzbekistan": "uz", "place/kyrgyzstan": "kg",
    "place/tajikistan": "tj", "place/turkmenistan": "tm", "place/russia": "ru",
    "place/united-states": "us", "place/china": "cn", "place/belarus": "by",
    "place/azerbaijan": "az", "place/ukraine": "ua", "place/turkiye": "tr",
}  # fmt: skip
_NEIGHBOURS = ("kz", "uz", "kg", "tj", "tm")
_AT_HOME = {"kk": "kz", "uz": "uz"}


def state_of(groups: Iterable[_Group], url: str, language: str) -> str | None:
    """Tell the state whose ministries an article means when it does not say.

    Home (the state of the site's domain, else of the language), unless the article names other
    states and not that one: then the one it names most.
    """
    named = {
        STATES[group.entry.id]: len(group.mentions)
        for group in groups
        if group.entry is not None and group.entry.id in STATES
    }
    domain = (urlsplit(url).hostname or "").rpartition(".")[2]
    home = domain if domain in STATES.values() else _AT_HOME.get(language.split("-")[0])
    if not named or home in named:
        return home
    neighbours = {state: n for state, n in named.items() if state in _NEIGHBOURS} or named
    return max(neighbours, key=lambda state: neighbours[state])


def with_normal_forms(found: Sequence[Named]) -> list[Named]:
    """Return the mentions with base forms; a word that stands bare elsewhere proves a stem."""
    seen = frozenset(
        key(token.text)
        for mention in found
        if mention.type in NAMES
        for token in tokenise(mention.surface)
        for key in (fold, fold_uz)
    )
    return [
        mention if mention.normal else replace(mention, normal=_normal(mention, seen))
        for mention in found
    ]


def _normal(mention: Named, seen: frozenset[str]) -> str:
    """Return the listed spelling in the mention's alphabet, or what the rules of case make."""
    if mention.listed:
        cyrillic = mention.language == "uz" and not mention.surface.isascii()
        if cyrillic and any("а" <= letter.lower() <= "ҳ" for letter in mention.surface):
            return uz_to_cyrillic(mention.listed)
        return mention.listed
    if mention.type in VALUES:
        return " ".join(mention.surface.split())
    return normal_form(mention.surface, mention.type, mention.language, seen)


def _key(mention: Named) -> tuple[str, str]:
    """Return what a mention is grouped by: its id, or how its base form sounds."""
    if mention.entry is not None and mention.whole:
        return ("id", mention.entry.id)
    if mention.type in VALUES:
        return (mention.type, mention.normal)
    kind = "name" if mention.type in NAMES else mention.type
    return (kind, " ".join(sound(token.text) for token in tokenise(mention.normal)))


def _grouped(mentions: Iterable[Named]) -> list[_Group]:
    groups: dict[tuple[str, str], _Group] = {}
    for mention in mentions:
        group = groups.setdefault(_key(mention), _Group(mention.type))
        group.mentions.append(mention)
    out = list(groups.values())
    for group in out:
        group.type = Counter(m.type for m in group.mentions).most_common(1)[0][0]
        group.entry = next((m.entry for m in group.mentions if m.entry), None)
    return out


def _short_joined(groups: list[_Group]) -> list[_Group]:
    """Let `Тоқаев` and `Қ. Тоқаев` join `Қасым-Жомарт Тоқаев`, if the article has only one such."""
    full: dict[str, list[_Group]] = defaultdict(list)
    for group in groups:
        if group.type == "PERSON" and not _is_short(group):
            for last in {_last(mention.normal) for mention in group.mentions}:
                full[last].append(group)
    kept: list[_Group] = []
    for group in groups:
        owners = full.get(_last(group.mentions[0].normal), []) if _is_short(group) else []
        fitting = [owner for owner in owners if _initials_fit(group, owner)]
        if group.type == "PERSON" and len(fitting) == 1:
            fitting[0].mentions.extend(group.mentions)
        else:
            kept.append(group)
    for group in kept:
        group.mentions.sort(key=_position)
    return kept


def _position(mention: Named) -> tuple[int, int]:
    return FIELDS.index(mention.field), mention.start


def _words(name: str) -> list[str]:
    return [token.text for token in tokenise(name) if token.text[:1].isalpha()]


def _is_short(group: _Group) -> bool:
    """Say whether a name is a last name alone, or one with initials."""
    if group.entry is not None and any(m.whole and m.entry for m in group.mentions):
        return False
    words = _words(group.mentions[0].normal)
    return sum(not word.endswith(".") for word in words) <= 1


def _last(name: str) -> str:
    words = _words(name)
    return sound(words[-1]) if words else ""


def _initials_fit(short: _Group, full: _Group) -> bool:
    initials = [w[0] for w in _words(short.mentions[0].normal)[:-1]]
    firsts = {w[0] for mention in full.mentions for w in _words(mention.normal)[:-1]}
    return not initials or fold(initials[0]) in {fold(first) for first in firsts}


def _entity(group: _Group, article_language: str, state: str | None) -> Entity:
    return Entity(
        type=group.type,
        name=_name(group, article_language),
        id=group.entry.id_in(state) if group.entry else None,
        kind=next((m.kind for m in group.mentions if m.kind), None),
        **_value(group),
        salience=salience(group.mentions),
        mentions=tuple(
            Mention(field=m.field, start=m.start, end=m.end, surface=m.surface)
            for m in group.mentions
        ),
    )


def _value(group: _Group) -> dict[str, Any]:
    """Return what a date or a sum is worth."""
    normal = group.mentions[0].normal
    if group.type == "DATE" and _ISO.fullmatch(normal):
        return {"date": normal}
    if group.type == "MONEY" and _SUM.fullmatch(normal):
        amount, currency = normal.split(" ")
        return {"amount": float(amount), "currency": currency}
    return {}


_SUM = re.compile(r"\d+(\.\d+)? [A-Z]{3}")
_ISO = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_TITLE, _START, _COUNT = 0.5, 0.3, 0.2
_EARLY = 1_000
"""Characters from the start after which a first mention counts half."""


def salience(mentions: Sequence[Named]) -> float:
    """Return how much an article is about it: is it in the title, how early, how often.

    Headline, first place and count are among the features of Dunietz and Gillick (2014); the
    weights are ours.
    """
    titled = any(m.field == "title" for m in mentions)
    first = min((m.start for m in mentions if m.field != "title"), default=None)
    if any(m.field == "lead" for m in mentions):
        first = 0
    early = 0.0 if first is None else _EARLY / (_EARLY + first)
    count = 1 - 1 / len(mentions) if mentions else 0.0
    return round(_TITLE * titled + _START * early + _COUNT * count, 3)


def _name(group: _Group, article_language: str) -> str:
    """Return the fullest base form that the article uses, in its own language where it has one.

    Whole names before last names, words before abbreviations, frequent before rare.
    """
    base = article_language.split("-")[0]
    own = [m for m in group.mentions if m.language == base] or group.mentions
    whole = [m for m in own if m.entry and m.whole] or own
    counts = Counter(m.normal for m in whole)
    return max(counts, key=lambda name: (not name.isupper(), _fullness(group, name), counts[name]))


def _fullness(group: _Group, name: str) -> int:
    """Count words for people only: a longer name of a place is not a fuller one."""
    return len(_words(name)) if group.type == "PERSON" else 0
