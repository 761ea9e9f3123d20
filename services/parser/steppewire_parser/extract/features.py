"""What is known of each block of a page, as numbers: no word of any language among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steppewire_parser.extract import marks
from steppewire_parser.extract.chars import KINDS, Chars, chars_of
from steppewire_parser.extract.hints import Hints
from steppewire_parser.extract.walk import HEADINGS, TAG_CODES, TAGS, Flat, tag_code

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Array = NDArray[Any]

# A block with this many characters outside links, and a full stop, is likely a paragraph.
PARAGRAPH_CHARS = 60
# How many blocks before and after it a block is asked about.
_WINDOWS = (3, 8, 20)
# How many containers outward a block is asked about.
LEVELS = 4
_ARTICLE, _H1, _P, _LI = (tag_code(name) for name in ("article", "h1", "p", "li"))
# Paragraphs that begin with the same label: "Read more: …", "Pictured: …" in any language.
ALIKE_CHARS = 8
# Paragraphs, list items and headings belong to what holds them.
_SMALL = np.array([t in HEADINGS or t in ("p", "li", "blockquote", "pre") for t in TAGS])
_HEADING = np.array([t in HEADINGS for t in TAGS])
_ONE_HOT = np.eye(len(TAGS), dtype=np.float32)
# Marks that stand on hardly any page teach nothing.
_RARE = ("dl", "blockquote", "pre", "address", "label", "button")
_BITS = np.array(
    [bit for bit in range(marks.BITS) if 1 << bit not in {marks.PLACE[name] for name in _RARE}]
)


@dataclass(frozen=True)
class Page:
    """The arrays that several groups of features need."""

    flat: Flat
    rows: int
    index: Ints
    # of containers
    parent: Ints
    first: Ints
    last: Ints
    depth: Ints
    shape: Ints
    bits: Ints
    codes: Ints
    """A small number for the tag of each container."""
    # of blocks
    holder: Ints
    tag: Ints
    """The code of the container."""
    inner: Ints
    places: Ints
    """What a block, or anything around it, is marked as."""
    home: Ints
    """The container of each block; of a paragraph, the one around it."""
    size: Floats
    solid: Floats
    """Characters without spaces."""
    linked: Floats
    free: Floats
    """Those of them outside links."""
    chars: Chars
    heading: NDArray[np.bool_]
    prose: NDArray[np.bool_]
    value: Floats
    """Free characters of prose, 0 for other blocks."""
    value_sum: NDArray[np.float64]
    so_far: Floats
    """Free characters before each block."""
    total: float
    """The sum of all values, never 0."""


def page_of(flat: Flat) -> Page:
    """Return the arrays of a page."""
    chars = chars_of(flat.text)
    solid = np.maximum(chars.size - chars.counts["space"], 1)
    linked = np.minimum(np.array(flat.linked, np.float32), solid)
    free = solid - linked
    holder, parent = _ints(flat.holder), _ints(flat.parent)
    tags = map(TAG_CODES.get, flat.tag, repeat(0))
    codes = np.fromiter(tags, np.int64, len(flat.tag))
    tag, inner = codes[holder], _ints(flat.inner)
    heading = _HEADING[tag]
    prose = (free >= PARAGRAPH_CHARS) & (linked < 0.4 * solid) & ~heading
    prose &= chars.counts["stop"] > 0
    value = np.where(prose, free, np.float32(0))
    return Page(
        flat, len(holder), np.arange(len(holder)), parent, _ints(flat.first),
        _ints(flat.last), _ints(flat.depth), _ints(flat.shape), _ints(flat.bits),
        codes, holder, tag, inner, _ints(flat.within)[holder] | inner,
        np.where(_SMALL[tag], parent[holder], holder), chars.size, solid, linked, free, chars,
        heading, prose, value, prefix(value), np.cumsum(free) - free, max(float(value.sum()), 1.0),
    )  # fmt: skip


def _ints(values: Sequence[int]) -> Ints:
    return np.fromiter(values, np.int64, len(values))


def features(page: Page, hints: Hints) -> Floats:
    """Return one row of numbers for each block."""
    heart = _heart(page)
    title = _title(page, hints, heart)
    groups = (
        _text(page), _tags(page), _places(page), _position(page), _containers(page),
        _around_heart(page, heart), title, _shapes(page),
        _stories(page, heart), _said(page, hints), _neighbours(page), _windows(page),
    )  # fmt: skip
    return np.concatenate(groups, dtype=np.float32).T


def columns(page: Page, *values: Array | Sequence[int] | float) -> Floats:
    """Return features as rows, each of one number a block: a number alone is that of all blocks.

    All groups are kept so until the end, because that is how memory is written fastest.
    """
    table = np.empty((len(values), page.rows), np.float32)
    for i, value in enumerate(values):
        table[i] = value
    return table


def _text(page: Page) -> Array:
    kinds, flat = page.chars.counts, page.flat
    words = kinds["space"] + 1 + kinds["wide"] / 2
    logs = columns(page, page.size, words, flat.links, flat.pictures, kinds["comma"], kinds["stop"])
    size, many_words, links, pictures, commas, stops = np.log1p(logs, out=logs)
    return columns(
        page,
        size,
        many_words,
        np.minimum(page.solid / words, 20),
        page.linked / page.solid,
        links,
        np.minimum(np.array(flat.stressed, np.float32) / page.solid, 1),
        np.minimum(flat.part, 20),
        pictures,
        *(kinds[kind] / page.solid for kind in ("upper", "digit", "symbol", "quote", "wide")),
        commas,
        stops,
        kinds["comma"] / words,
        kinds["stop"] / words,
        *(page.chars.ends == KINDS.index(kind) for kind in ("stop", "quote", "colon")),
        *(page.chars.begins == KINDS.index(kind) for kind in ("upper", "digit", "lower")),
    )


def _tags(page: Page) -> Array:
    around = page.codes[page.parent[page.holder]]
    return np.concatenate((_ONE_HOT[:, page.tag], _ONE_HOT[:, around]))


def _places(page: Page) -> Array:
    """Return the marks of a block's surroundings, near ones apart."""
    near = page.bits[page.holder] | page.bits[page.parent[page.holder]] | page.inner
    bits = np.stack((page.places, near)).astype("<i8", copy=False).view(np.uint8)
    single = np.unpackbits(bits.reshape(2, page.rows, 8), axis=2, bitorder="little")
    return single.transpose(0, 2, 1)[:, _BITS].reshape(-1, page.rows)


def _position(page: Page) -> Array:
    rows = page.rows
    amounts = np.array([rows, page.value.sum(), page.prose.sum(), (page.codes == _ARTICLE).sum()])
    return columns(
        page,
        page.index / max(rows, 1),
        page.so_far / max(float(page.free.sum()), 1.0),
        page.depth[page.holder],
        page.value / page.total,
        *np.log1p(amounts),
    )


def _containers(page: Page) -> Array:
    """Describe the containers around each block, from the inside outward."""
    levels = outward(page, LEVELS)
    low, high = page.first[levels], page.last[levels]
    count = np.maximum(high - low, 1)
    free, linked, prose, short = (
        within(prefix(values), low, high)
        for values in (page.free, page.linked, page.prose, page.free < 25)
    )
    value = within(page.value_sum, low, high)
    return np.concatenate(
        (
            log(count), log(free), linked / np.maximum(free + linked, 1), prose / count,
            value / page.total, short / count, log(page.index - low), log(high - 1 - page.index),
        )
    )  # fmt: skip


@dataclass(frozen=True)
class _Heart:
    """The heaviest group of paragraphs: prose that stands directly in one container."""

    container: int
    low: int
    high: int
    direct: Array
    """The prose that stands directly in each container."""


def _heart(page: Page) -> _Heart:
    direct = np.bincount(page.home, page.value, len(page.parent))
    heart = int(direct.argmax())
    rows = np.flatnonzero((page.home == heart) & page.prose)
    if rows.size:
        return _Heart(heart, int(rows[0]), int(rows[-1]), direct)
    low = min(int(page.first[heart]), page.rows - 1)
    return _Heart(heart, low, max(int(page.last[heart]) - 1, low), direct)


def _around_heart(page: Page, heart: _Heart) -> Array:
    """Say where blocks stand seen from the heart, and how much their own groups weigh."""
    heaviest = float(heart.direct[heart.container])
    weights = columns(
        page,
        heaviest / page.total,
        heart.direct[page.home] / max(heaviest, 1.0),
        within(page.value_sum, page.first[page.home], page.last[page.home]) / page.total,
    )
    return np.concatenate((_around(page, heart.container, heart.low, heart.high), weights))


def _around(page: Page, container: int, low: int, high: int) -> Array:
    """Say where blocks stand seen from a container and the rows in it that matter."""
    chain = [container]
    while chain[-1]:
        chain.append(int(page.parent[chain[-1]]))
    up = np.zeros(page.rows, np.float32)
    for steps, outer in reversed(list(enumerate(chain))):
        up[page.first[outer] : page.last[outer]] = steps
    depth = page.depth[page.holder]
    so_far = page.so_far
    logs = columns(
        page, low - page.index, page.index - high, so_far[low] - so_far, so_far - so_far[high]
    )
    return columns(
        page,
        up,
        up / max(int(page.depth[container]), 1),
        depth - (page.depth[container] - up),
        *np.log1p(np.maximum(logs, 0, out=logs), out=logs),
        depth - depth[low],
    )


def _title(page: Page, hints: Hints, heart: _Heart) -> Array:
    """Say where blocks stand seen from the heading that is the title."""
    inside, covered = overlap(page, hints.title or hints.heading)
    is_h1 = page.tag == _H1
    likely = inside * covered + 0.3 * page.heading + 0.2 * is_h1
    likely = np.where(((inside > 0.6) & (covered > 0.4)) | is_h1, likely, 0)
    # of equal ones the last above the text, so that a breadcrumb does not win
    above = np.where(page.index <= heart.low + 1, likely, 0)
    top = page.rows - 1 - int(above[::-1].argmax()) if above.max() > 0 else 0
    after = np.where(page.index > heart.low + 1, likely, 0)
    extra = columns(
        page, inside, covered, page.index == top, above.max(),
        np.log1p(max(heart.low - top, 0)), np.cumsum(after > 0.5), np.cumsum(is_h1),
    )  # fmt: skip
    return np.concatenate((_around(page, int(page.home[top]), top, top), extra))


def _shapes(page: Page) -> Array:
    """Describe all blocks of the page that stand in places of the same shape."""
    shape = page.shape
    found: list[Array] = []
    for ids in (shape[page.holder], shape[page.home]):
        many, value, linked, solid = (
            np.bincount(ids, weights)[ids]
            for weights in (None, page.value, page.linked, page.solid)
        )
        found += (log(many), value / page.total, linked / solid, log(solid / many))
    key = page.parent * (int(shape.max()) + 1) + shape
    alike = np.unique(key, return_inverse=True, return_counts=True)
    counts = alike[2][alike[1]]
    found.extend(log(counts)[outward(page, 3)])
    return columns(page, *found)


def _said(page: Page, hints: Hints) -> Array:
    """Compare blocks with what the head of the page says, and with each other."""
    texts = page.flat.text
    told = np.zeros(page.rows, np.float32)
    if hints.body:
        dense = "".join(hints.body.split())
        told[:] = ["".join(text[:80].split())[:50] in dense for text in texts]
    covered = float((told * page.solid).sum()) / max(len(hints.body), 1)
    first = _firsts(texts)
    begins = _firsts([text[:ALIKE_CHARS] for text in texts])
    return columns(
        page,
        *overlap(page, hints.description),
        told,
        np.log1p(len(hints.body)),
        min(covered, 1.5),
        np.minimum(np.bincount(first)[first], 5),
        first < page.index,
        np.minimum(np.bincount(begins)[begins], 6),
    )


def _firsts(texts: Sequence[str]) -> Ints:
    """Return for each text the place where it, or an equal one, stands first."""
    known: dict[str, int] = {}
    rows = range(len(texts))
    return np.fromiter(map(known.setdefault, texts, rows), np.int64, len(rows))


def _stories(page: Page, heart: _Heart) -> Array:
    """Say which article element blocks stand in, seen from the one with the most prose."""
    story = np.zeros(page.rows, np.int64)
    ours = 0
    for container in np.flatnonzero(page.codes == _ARTICLE).tolist():
        low, high = page.first[container], page.last[container]
        story[low:high] = container
        # the innermost comes last
        ours = container if low <= heart.low < high else ours
    value = within(page.value_sum, page.first[story], page.last[story]) / page.total
    begins = np.concatenate(([False], story[1:] != story[:-1]))
    return columns(
        page, story > 0, story == ours, story > ours, np.where(story > 0, value, 0),
        log(np.cumsum(begins)), log(np.maximum(page.first[ours] - page.index, 0)),
        log(np.maximum(page.index - page.last[ours], 0)),
    )  # fmt: skip


def _neighbours(page: Page) -> Array:
    shape = page.shape[page.holder]
    caption = (
        page.places & (marks.PLACE["figure"] | marks.PLACE["figcaption"] | marks.CAPTIONED)
    ) > 0
    core = columns(
        page, caption, log(page.flat.pictures), page.linked / page.solid, log(page.free),
        page.prose, page.heading, page.tag == _P, page.tag == _LI,
    )  # fmt: skip
    found: list[Array] = []
    for step in (-2, -1, 1, 2):
        same = columns(page, shifted(shape, step) == shape, shifted(page.home, step) == page.home)
        found += (shifted(core, step), same)
    last_heading = np.maximum.accumulate(np.where(page.heading, page.index, -1))
    here = page.home[last_heading] == page.home
    found.append(columns(page, log(page.index - last_heading), here))
    return np.concatenate(found)


def _windows(page: Page) -> Array:
    sums = np.stack((page.value_sum, prefix(page.linked), prefix(page.free)))
    found = np.empty((3, 2 * len(_WINDOWS), page.rows), np.float32)
    index, rows = page.index, page.rows
    for i, width in enumerate(_WINDOWS):
        found[:, 2 * i] = sums[:, index] - sums[:, np.maximum(index - width, 0)]
        after = np.minimum(index + 1 + width, rows)
        found[:, 2 * i + 1] = sums[:, after] - sums[:, index + 1]
    return np.log1p(found, out=found).reshape(-1, rows)


def log(values: object) -> Floats:
    """Return the logarithm of one more."""
    return np.log1p(np.asarray(values, np.float32))


def prefix(values: Array) -> NDArray[np.float64]:
    """Return sums of all values before each place, so that any range is a difference."""
    sums = np.zeros(len(values) + 1)
    np.cumsum(values, out=sums[1:])
    return sums


def within(sums: NDArray[np.float64], low: Ints, high: Ints) -> NDArray[np.float64]:
    """Return the sum of a range."""
    return sums[high] - sums[low]


def outward(page: Page, steps: int) -> Ints:
    """Return for each block its container, the one around that, and so on."""
    levels = [page.holder]
    while len(levels) < steps:
        levels.append(page.parent[levels[-1]])
    return np.stack(levels)


def shifted(values: Array, step: int) -> Array:
    """Return the values of the block that stands `step` further; -1 where there is none."""
    out = np.full_like(values, -1)
    if abs(step) < values.shape[-1]:
        if step > 0:
            out[..., :-step] = values[..., step:]
        else:
            out[..., -step:] = values[..., :step]
    return out


def overlap(page: Page, known: str) -> tuple[Floats, Floats]:
    """Return what share of a block's words the known text has, and the other way round."""
    inside, covered = np.zeros(page.rows, np.float32), np.zeros(page.rows, np.float32)
    wanted = set(known.casefold().split())
    if not wanted:
        return inside, covered
    near = (page.size >= len(known) // 2) & (page.size <= 3 * len(known) // 2 + 20)
    for row in np.flatnonzero(near).tolist():
        words = page.flat.text[row].casefold().split()
        if not wanted.isdisjoint(words):
            own = set(words)
            common = len(own & wanted)
            inside[row], covered[row] = common / len(own), common / len(wanted)
    return inside, covered
