"""Cleans bylines down to the names of people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from selectolax.lexbor import LexborNode

from steppewire_parser.blocks import Block
from steppewire_parser.document import Document
from steppewire_parser.nodes import ancestors, around, attribute, text_of
from steppewire_parser.text import letters, normalise, squash

MAX_AUTHORS = 12
MAX_NAME_CHARS = 60
MAX_NAME_WORDS = 5
MAX_BYLINE_CHARS = 100

_AUTHOR_PAGE = re.compile(r"/authors?/", re.IGNORECASE)
_BYLINE_CLASS = re.compile(r"(?:^|[-_])(?:byline|author)(?:[-_]?(?:name|s))?$", re.IGNORECASE)
_PREFIXES = """
by|written by|posted by|text by|words by|reporting by|authors?|von|par|por
автор(?:ы)?(?: текста| статьи| материала)?|текст|подготовил[аи]?|журналист|корреспондент
авторы|мақала авторы|дайындаған|мәтін
muallif|mualliflar|tayyorladi|tayyorlagan|муаллиф|тайёрлаган
"""
_ROLES = """
(?:собственный |специальный |спец)?корреспондент(?:ы)?|журналист|обозреватель|собкор
(?:главный |шеф-)?редактор
(?:меншікті )?тілші(?:сі)?|журналисі|(?:бас )?редакторы
muxbir(?:i)?|muharrir(?:i)?
(?:(?:senior|staff|chief|special|guest|political|sports?|business|news|deputy|associate|managing|
contributing|executive) )*(?:reporter|correspondent|editor(?:-in-chief)?|journalist|columnist|
writer|contributor|producer|analyst|staff|photographer)
"""
_SEPARATORS = r"""
[;|•·/\n]|,\s(?!jr|sr|phd|md|iii?\b)|\s(?:and|und|et|&|и|және|ва|va)\s
"""
# Who signs when nobody does.
_NOBODY = """
admin administrator editor editors redaktor redaksiya redaksiyasi staff newsroom user guest author
webmaster root none null unknown anonymous редакция редактор админ администратор пресс-служба автор
reuters afp ap tribune тасс интерфакс казинформ kazinform қазақпарат uza oza oʻza ўза
ховар khovar кабар kabar акипресс akipress
"""
_COLLECTIVES = r"""
news|press|agency|team|desk|newsroom|editorial|online|media|channel|times|post|staff|wire
редакци\w+|агентств\w+|пресс|служб\w+|медиа|агенттіг\w+|баспасөз|қызмет\w*|redaksiya\w*
redaktion|rédaction|redacción|redazione
"""


def _any(lines: str) -> str:
    """Join alternatives that are written on several lines."""
    return "|".join(line.strip("|") for line in lines.strip().splitlines())


_PREFIX = re.compile(rf"^\W*(?:{_any(_PREFIXES)})\s*[:\-–—]?\s+", re.IGNORECASE)
_ROLE = re.compile(rf"\b(?:{_any(_ROLES)})\b.*$", re.IGNORECASE)
_SPLIT = re.compile(rf"\s*(?:{_SEPARATORS.strip()})\s*", re.IGNORECASE)
# "(Reuters)", "@handle", "for the Mail on Sunday" after a name.
_ASIDE = re.compile(r"\s*[(\[].*?[)\]]|\s@\w+|\s(?:for|in) the\s.*$", re.IGNORECASE)
_COMMENT = re.compile(r"comment|reply|коммент", re.IGNORECASE)
# total.kz credits its pictures in `post__image_author`. Surat alone is a name: Surat Ikramov.
_PICTURE = re.compile(
    r"^\W*(?:(?:фото|сурет|foto|photo|image|picture|иллюстрация|коллаж|кадр|видео|video)\b|surat:)",
    re.IGNORECASE,
)
# "Nodira Rahimova", "А. Б. Мамин": two or three capitalised words and no full stop.
_SIGNATURE = re.compile(
    r"^(?:[^\W\d_a-zа-яё]{1,2}\.\s?|[^\W\d_a-zа-яё][\w’‘ʻʼ'-]+\s){1,2}[^\W\d_a-zа-яё][\w’‘ʻʼ'-]+$"
)
_NO_NAME = re.compile(r"https?:|www\.|@|\d|©|[<>{}]|\.(?:kz|uz|kg|com|ru|org|net)\b", re.IGNORECASE)
_NOT_PEOPLE = frozenset(map(squash, _NOBODY.split()))
_NOT_PERSON = re.compile(rf"\b(?:{_any(_COLLECTIVES)})\b", re.IGNORECASE)


def choose_authors(
    ruled: Sequence[str],
    declared: Iterable[Sequence[str]],
    page: Document,
    site_names: Sequence[str],
) -> tuple[str, ...]:
    """Return the people who wrote the article; empty when only the agency or the site is named."""
    names = {squash(name) for name in site_names} - {""}
    for source in (ruled, *declared, _links(page), _bylines(page)):
        people = tuple(dict.fromkeys(p for text in source for p in people_in(text, names)))
        if people:
            return people[:MAX_AUTHORS]
    return ()


def without_signature(
    blocks: Sequence[Block], authors: tuple[str, ...]
) -> tuple[list[Block], tuple[str, ...]]:
    """Take the author's name off the end of the body, where some sites print it (kun.uz)."""
    last = blocks[-1] if len(blocks) > 1 else None
    if last is None or last.kind != "text" or not _SIGNATURE.match(last.text):
        return list(blocks), authors
    if not people_in(last.text, set()) or (authors and last.text not in authors):
        return list(blocks), authors
    return list(blocks[:-1]), authors or (last.text,)


def people_in(byline: str, site_names: set[str]) -> list[str]:
    """Return the names in one byline: "Автор: А. Мамин, корреспондент" is "А. Мамин"."""
    return [
        name
        for part in _SPLIT.split(_PREFIX.sub("", normalise(byline)))
        if _is_person(name := _named(part), site_names)
    ]


def _named(part: str) -> str:
    named = _PREFIX.sub("", f"{part} ".lstrip())
    plain = _ROLE.sub("", _ASIDE.sub("", named))
    return normalise(plain).strip(" ,;:-–—|*•")


def _is_person(name: str, site_names: set[str]) -> bool:
    key = squash(name)
    return (
        letters(name) > 1
        and len(name) <= MAX_NAME_CHARS
        and len(name.split()) <= MAX_NAME_WORDS
        and name[0].upper() == name[0]
        and key not in _NOT_PEOPLE
        and key not in site_names
        and not _NO_NAME.search(name)
        and not _NOT_PERSON.search(name)
    )


def _links(page: Document) -> list[str]:
    """Links to authors' pages: rel=author, or an address with /author/ or /authors/ in it."""
    links = page.named("a")
    marked = [tag for tag in links if "author" in attribute(tag, "rel").lower().split()]
    pages = (tag for tag in links if _AUTHOR_PAGE.search(attribute(tag, "href")))
    found = marked or [tag for tag in pages if around(tag, ("article",))][:3]
    return [text_of(tag) for tag in found[:MAX_AUTHORS]]


def _bylines(page: Document) -> Iterator[str]:
    """The first element whose class says byline or author, outside comments."""
    marked = (t for t in page.tags if any(map(_BYLINE_CLASS.search, attribute(t, "class").split())))
    for tag in islice(marked, 3):
        text = normalise(text_of(tag))
        if len(text) <= MAX_BYLINE_CHARS and not _PICTURE.match(text) and not _in_comments(tag):
            yield text
            return


def _in_comments(tag: LexborNode) -> bool:
    around = (f"{attribute(p, 'class')} {attribute(p, 'id')}" for p in (tag, *ancestors(tag)))
    return any(map(_COMMENT.search, around))
