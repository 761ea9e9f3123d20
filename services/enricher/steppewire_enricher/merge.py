"""Who is who within one article: mentions of the same person, place or body become one entity."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlsplit

from steppewire.corrections import Corrections, corrections
from steppewire.events import Article, Entity, EntityType, Mention
from steppewire_enricher.entities import NAMES
from steppewire_enricher.folding import REMEMBERED, fold, fold_uz, sound
from steppewire_enricher.gazetteer import Entry
from steppewire_enricher.identity.ids import id_of, in_field
from steppewire_enricher.identity.keys import key_of, patronymic_of, person_words, title_of
from steppewire_enricher.identity.roles import BESIDE, field_of
from steppewire_enricher.knowledge import base
from steppewire_enricher.mentions import FIELDS, Named
from steppewire_enricher.normal_forms import normal_form
from steppewire_enricher.places import STATES
from steppewire_enricher.scripts import uz_to_cyrillic, uz_to_latin
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
    father: str = ""
    """Key of the patronymic, where only that tells namesakes apart."""

    @property
    def names(self) -> Counter[str]:
        return Counter(mention.normal for mention in self.mentions)


def merge(
    found: Sequence[Named], article_language: str, url: str = "", article: Article | None = None
) -> tuple[Entity, ...]:
    """Join mentions to entities, in the order of their first mention.

    1. give every mention its base form, knowing which words the article uses;
    2. group by id where known, else by type and folded base form;
    3. let short names join the full name they belong to;
    4. name each group, and say of which state a ministry is;
    5. give each the id that it has in every article, or that a hand has given it.
    """
    based = _with_states(with_normal_forms(found))
    groups = _grouped(based)
    groups = _short_joined(groups)
    order = {id(mention): i for i, mention in enumerate(based)}
    groups.sort(key=lambda g: (-len(g.mentions), order[id(g.mentions[0])]))
    kept = sorted(groups[:MAX_ENTITIES], key=lambda g: order[id(g.mentions[0])])
    state = state_of(kept, url, article_language)
    source = Source(article, article_language, state, corrections())
    return tuple(_entity(group, source) for group in kept)


@dataclass(frozen=True)
class Source:
    """The article, as far as it tells who is meant."""

    article: Article | None
    language: str
    state: str | None
    corrections: Corrections

    def around(self, mention: Named) -> tuple[str, str]:
        """Return the text before and behind a mention.

        Before it stands, too, what the tagger took into the name: `Боксшы Ерасыл Жұмағұлов`.
        """
        text = self._field(mention.field)
        start = mention.start + len(title_of(mention.surface))
        return text[max(0, start - BESIDE) : start], text[mention.end : mention.end + BESIDE]

    def _field(self, name: str) -> str:
        return self._fields.get(name, "")

    @cached_property
    def _fields(self) -> dict[str, str]:
        if self.article is None:
            return {}
        article = self.article
        return {"title": article.title, "lead": article.lead or "", "text": article.text}

    @cached_property
    def words(self) -> str:
        """Return the whole text, folded: what corrections ask for."""
        return "\n".join(self._fields.values()).casefold()


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
    surfaces = {mention.surface for mention in found if mention.type in NAMES}
    words = {token.text for surface in surfaces for token in tokenise(surface)}
    seen = frozenset(key(word) for word in words for key in (fold, fold_uz))
    normal: dict[tuple[str, str, str, str], str] = {}
    out: list[Named] = []
    for mention in found:
        if not mention.normal:
            # who is named is named again: Russian names are slow
            key = (mention.surface, mention.type, mention.language, mention.listed)
            if key not in normal:
                normal[key] = _normal(mention, seen)
            mention = mention._replace(normal=normal[key])  # noqa: PLW2901
        out.append(mention)
    return out


def _with_states(mentions: Sequence[Named]) -> list[Named]:
    """Let a body that is named without its state be of the one it is named with elsewhere."""
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for mention in mentions:
        if mention.entry is not None and mention.state:
            told[mention.entry.id][mention.state] += 1
    return [
        mention._replace(state=max(told[mention.entry.id], key=told[mention.entry.id].__getitem__))
        if mention.entry is not None and not mention.state and mention.entry.id in told
        else mention
        for mention in mentions
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
        return ("id", f"{mention.entry.id} {mention.state}")
    if mention.type in VALUES:
        return (mention.type, mention.normal)
    if mention.type == "PERSON" and len(person_words(mention.normal)) > 1:
        return ("person", key_of(mention.normal, "PERSON"))
    kind = "name" if mention.type in NAMES else mention.type
    return (kind, _heard(mention.normal))


@lru_cache(maxsize=REMEMBERED)
def _heard(name: str) -> str:
    return " ".join(sound(token.text) for token in tokenise(name))


def _grouped(mentions: Iterable[Named]) -> list[_Group]:
    groups: dict[tuple[str, str], _Group] = {}
    for mention in mentions:
        key = _key(mention)
        group = groups.get(key)
        if group is None:
            group = groups[key] = _Group(mention.type)
        group.mentions.append(mention)
    out = [part for group in groups.values() for part in _by_father(group)]
    for group in out:
        if len(group.mentions) > 1:
            group.type = Counter(m.type for m in group.mentions).most_common(1)[0][0]
        group.entry = next((m.entry for m in group.mentions if m.entry), None)
    return out


def _by_father(group: _Group) -> list[_Group]:
    """Keep namesakes apart whom one article gives different patronymics."""
    if group.type != "PERSON" or len(group.mentions) < 2 or group.mentions[0].entry is not None:
        return [group]
    fathers = {father for m in group.mentions if (father := patronymic_of(m.normal))}
    if len(fathers) < 2:
        return [group]
    parts = {father: _Group("PERSON", father=father) for father in sorted(fathers)}
    last = next(iter(parts.values()))
    for mention in group.mentions:
        last = parts.get(patronymic_of(mention.normal), last)
        last.mentions.append(mention)
    return [part for part in parts.values() if part.mentions]


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


@lru_cache(maxsize=REMEMBERED)
def _words(name: str) -> tuple[str, ...]:
    return tuple(token.text for token in tokenise(name) if token.text[:1].isalpha())


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


def _entity(group: _Group, source: Source) -> Entity:
    name = _name(group, source.language)
    id_ = _id(group, name, source)
    return Entity(
        type=group.type,
        name=name,
        id=id_,
        names=_names(group, name, id_, source),
        kind=next((m.kind for m in group.mentions if m.kind), None),
        **_value(group),
        salience=salience(group.mentions),
        mentions=tuple(
            Mention(field=m.field, start=m.start, end=m.end, surface=m.surface)
            for m in group.mentions
        ),
    )


def _id(group: _Group, name: str, source: Source) -> str | None:
    """Return the id: of the list, or made of the name, and what a hand has corrected."""
    state = group.mentions[0].state or source.state
    id_ = group.entry.id_in(state) if group.entry else _made_id(group, name, source)
    return (
        source.corrections.id(id_, source.words if source.corrections.apart else "")
        if id_
        else None
    )


def _made_id(group: _Group, name: str, source: Source) -> str | None:
    made = id_of(name, group.type)
    if made is None or group.type != "PERSON":
        return made
    if group.father:
        return f"{made}.{group.father}"
    return in_field(made, field_of(source.around(m) for m in group.mentions))


def _names(group: _Group, name: str, id_: str | None, source: Source) -> dict[str, str]:
    """Return the names by language: as they are known, else as the article writes them."""
    if id_ is None:
        return {}
    known = base().names(id_)
    if not known and group.entry is not None:
        known = base().names(group.entry.id)
    own = {} if known else _own_names(group, name, source.language)
    return {**own, **known, **source.corrections.names.get(id_, {})}


def _own_names(group: _Group, name: str, language: str) -> dict[str, str]:
    """Return the names that the article itself uses; Uzbek in both its alphabets."""
    by_language: dict[str, str] = {}
    for mention in group.mentions:
        fuller = by_language.get(mention.language, "")
        if len(mention.normal) > len(fuller):
            by_language[mention.language] = mention.normal
    by_language[language.partition("-")[0]] = name
    uzbek = by_language.pop("uz", "")
    if uzbek:
        by_language |= {
            "uz-Latn": uz_to_latin(uzbek),
            "uz-Cyrl": uz_to_cyrillic(uz_to_latin(uzbek)),
        }
    return {code: said for code, said in by_language.items() if code != "und"}


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
    fields = {m.field for m in mentions}
    titled = "title" in fields
    first = 0 if "lead" in fields else None
    if first is None:
        first = min([m.start for m in mentions if m.field != "title"], default=None)
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
    if len(whole) == 1:
        return whole[0].normal
    counts = Counter(m.normal for m in whole)
    return max(counts, key=lambda name: (not name.isupper(), _fullness(group, name), counts[name]))


def _fullness(group: _Group, name: str) -> int:
    """Count words for people only: a longer name of a place is not a fuller one."""
    return len(_words(name)) if group.type == "PERSON" else 0
