"""The word lists that the language tables are trained on, as their packages hold them."""

from __future__ import annotations

import struct
from collections import Counter
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from steppewire_enricher.ngrams import grams, words_of
from steppewire_enricher.train.langid_tables import CLASSES, counted, counted_grams, in_rows
from steppewire_enricher.train.langid_texts import (
    HELI,
    HELI_TOKENS,
    frequencies,
    package_grams,
    package_rows,
)

KAZAKH = next(number for number, cls in HELI.items() if cls == "kk-Cyrl")
BASHKIR = next(number for number, cls in HELI.items() if cls == "ba-Cyrl")
NOT_READ = next(number for number in range(256) if number not in HELI)


def word_bin(words: dict[str, list[tuple[int, float]]], *, two_a_byte: bool = False) -> bytes:
    """Write words with pairs of language and -log10 of frequency as heliport does.

    Lengths below 16 may be two to a byte, as those of n-grams are.
    """
    coded = [word.encode() for word in words]
    pairs = list(chain.from_iterable(words.values()))
    floats = [struct.pack("<f", value) for _, value in pairs]
    long = [len(word) for word in coded if len(word) >= 255]
    lengths = [min(255, len(word)) for word in coded]
    halves = [*lengths, 0]
    both = bytes(low | high << 4 for low, high in zip(halves[::2], halves[1::2], strict=False))
    return b"".join([
        b"\xff\x02", struct.pack("<I", len(coded)),
        b"\2" + both if two_a_byte else b"\0" + bytes(lengths),
        b"\4" + struct.pack(f"<{len(long)}H", *long) if long else b"",
        *coded, b"\0", bytes(map(len, words.values())), bytes(number for number, _ in pairs),
        *(value[:3] for value in floats), *(value[3:] for value in floats), b"\0",
    ])  # fmt: skip


def test_words_are_read_with_their_frequency_in_each_language():
    data = word_bin({"": [(NOT_READ, 1.0)], "бір": [(BASHKIR, 3.0), (KAZAKH, 2.0)]})

    found = frequencies(data)

    assert set(found) == {KAZAKH, BASHKIR}
    assert found[KAZAKH] == [("бір", pytest.approx(1e-2))]
    assert found[BASHKIR] == [("бір", pytest.approx(1e-3))]


@pytest.mark.parametrize("length", [254, 255, 256, 700])
def test_a_long_word_moves_none_of_the_others(length):
    data = word_bin({"a" * length: [(KAZAKH, 4.0)], "және": [(KAZAKH, 1.5)]})

    assert [word for word, _ in frequencies(data)[KAZAKH]] == ["a" * length, "және"]


def test_another_layout_is_told():
    with pytest.raises(ValueError, match="heliport"):
        frequencies(word_bin({"және": [(KAZAKH, 1.5)]}) + b"\0")


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    files = {
        "apt/usr/share/hunspell/kk_KZ.dic": "3\nауыл/ABC\nАқтау/A\n12-ші\n",
        "apt/usr/share/hunspell/uz_UZ.dic": "1\nқишлоқ\n",
        "npm/dictionary-tk/package/index.dic": "1\noba/10\tpo:noun\n",
        "pip/tajiknlp/tajiknlp/data/tajik_pos.jsonl": '{"tajik": "деҳа"}\n{"tajik": "-фаш"}\n',
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    lists = tmp_path / "pip/heliport/heliport-1.0.1.data/platlib/heliport/word.bin"
    lists.parent.mkdir(parents=True)
    words = {"және": [(KAZAKH, 1.0)], "әрі": [(KAZAKH, 2.0)], "2024": [(KAZAKH, 1.0)]}
    lists.write_bytes(word_bin(words))
    return tmp_path


def test_dictionaries_give_their_small_words_without_flags(packages):
    found = {(r.text, r.cls) for r in package_rows(packages) if r.src != "words-heli"}

    assert found == {
        ("ауыл", "kk-Cyrl"), ("қишлоқ", "uz-Cyrl"), ("oba", "tk-Latn"), ("деҳа", "tg-Cyrl"),
    }  # fmt: skip


def test_a_word_is_written_as_often_as_it_is_frequent(packages):
    kazakh = [r for r in package_rows(packages) if (r.src, r.cls) == ("words-heli", "kk-Cyrl")]
    times = Counter(row.text for row in kazakh)

    assert set(times) == {"және", "әрі"}
    assert times["және"] == pytest.approx(10 * times["әрі"], rel=0.01)
    assert times.total() == pytest.approx(HELI_TOKENS, rel=0.01)


@pytest.mark.parametrize("count", [3, 4])
def test_grams_are_read_whose_lengths_are_two_to_a_byte(count):
    found = [" ба", "ған", "ың ", "the"][:count]
    data = word_bin({gram: [(KAZAKH, 1.0)] for gram in found}, two_a_byte=True)

    assert [gram for gram, _ in frequencies(data)[KAZAKH]] == sorted(found)


def test_grams_of_each_order_are_read_by_class(packages):
    folder = packages / "pip/heliport/heliport-1.0.1.data/platlib/heliport"
    for name, gram in (("trigram", "ған"), ("quadgram", "ған "), ("quingram", " бола")):
        data = word_bin({gram: [(KAZAKH, 2.0)], "x": [(NOT_READ, 1.0)]}, two_a_byte=True)
        (folder / f"{name}.bin").write_bytes(data)

    found = package_grams(packages)

    assert set(found) == {"kk-Cyrl"}
    assert {order: gram for order, ((gram, _),) in found["kk-Cyrl"].items()} == {
        3: "ған", 4: "ған ", 5: " бола",
    }  # fmt: skip


def test_counted_grams_lie_where_texts_have_them():
    often = {3: [(" бо", 0.5), ("бол", 0.25), ("ды ", 0.25)], 5: [(" болд", 1.0)]}

    counts = counted_grams(often, "kk-Cyrl")
    rows = grams(words_of(["болды"]))

    assert counts[rows[2, 0]] == 0.5
    assert counts[rows[2, 1]] == counts[rows[2, 4]] == 0.25
    assert counts[rows[4, 0]] == 1
    assert counts.sum() == 2


@pytest.mark.parametrize("gram", ["12ж", "а б", " а б ", "😀😀😀"])
def test_grams_that_no_word_has_are_left_out(gram):
    assert not counted_grams({len(gram): [(gram, 1.0)]}, "kk-Cyrl").any()


def test_a_class_counts_all_its_words_in_the_rows_of_its_script():
    fine, coarse = counted(["бес iPhone"], "kk-Cyrl")
    other, _ = counted(["бес iPhone"], "other-bg")
    alone, _ = counted(["бес"], "kk-Cyrl")

    assert fine.sum() > alone.sum() > 0
    assert coarse.sum() > 0
    assert not other.any()
    assert not (alone > fine).any()


def test_cells_are_put_into_rows_one_beside_the_next():
    cells = np.arange(16, dtype=np.uint8)[None, :]

    assert [int(in_rows(cells)[0]) >> 4 * place & 15 for place in range(16)] == list(range(16))


def test_classes_that_are_packed_together_are_of_one_script():
    scripts = [name.rpartition("-")[2] for name in CLASSES]

    assert scripts == sorted(scripts, key=scripts.index)
    assert all(first == second for first, second in zip(scripts[::2], scripts[1::2], strict=True))
