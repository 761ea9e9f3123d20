"""The word lists that the language tables are trained on, as their packages hold them."""

from __future__ import annotations

import struct
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

from steppewire_enricher.train.langid_texts import HELI, HELI_TOKENS, frequencies, package_rows

KAZAKH = next(number for number, cls in HELI.items() if cls == "kk-Cyrl")
BASHKIR = next(number for number, cls in HELI.items() if cls == "ba-Cyrl")
NOT_READ = next(number for number in range(256) if number not in HELI)


def word_bin(words: dict[str, list[tuple[int, float]]]) -> bytes:
    """Write words with pairs of language and -log10 of frequency as heliport does."""
    coded = [word.encode() for word in words]
    pairs = list(chain.from_iterable(words.values()))
    floats = [struct.pack("<f", value) for _, value in pairs]
    long = [len(word) for word in coded if len(word) >= 255]
    return b"".join([
        b"\xff\x02", struct.pack("<I", len(coded)), b"\0",
        bytes(min(255, len(word)) for word in coded),
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
