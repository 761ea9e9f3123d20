"""Copies and near copies."""

from __future__ import annotations

from steppewire_enricher.fingerprint import distance, folded_words, simhash, text_hash

WORDS = [f"сөз{i % 97} нәрсе{i % 89}" for i in range(300)]
TEXT = " ".join(WORDS)


def test_a_copy_with_another_title_case_and_signs_has_the_same_hash(parsed):
    one = folded_words(parsed("Тақырып", "Бүгін Астанада жиын өтті.", "Екінші.").article)
    other = folded_words(parsed("Басқа", "БҮГІН  Астанада — жиын өтті!\n\nЕкінші").article)

    assert text_hash(one) == text_hash(other)


def test_a_lead_on_one_site_is_the_first_paragraph_on_another(parsed):
    one = folded_words(parsed("", "Екінші абзац.", lead="Бірінші абзац.").article)
    other = folded_words(parsed("", "Бірінші абзац.", "Екінші абзац.").article)

    assert text_hash(one) == text_hash(other)


def test_other_words_have_another_hash():
    assert text_hash(["бір"]) != text_hash(["екі"])


def test_an_article_without_text_is_told_by_its_title(parsed):
    assert folded_words(parsed("Тақырып").article) == ["тақырып"]


def test_a_small_edit_moves_few_bits():
    edited = TEXT.replace("сөз5 ", "басқа ", 1)

    assert distance(simhash(TEXT.split()), simhash(edited.split())) <= 6


def test_another_text_is_far_away():
    other = " ".join(f"мүлде{i} бөлек{i}" for i in range(300))

    assert distance(simhash(TEXT.split()), simhash(other.split())) > 16


def test_nothing_has_a_fingerprint_too():
    assert simhash([]) == "0" * 16
    assert len(simhash(["бір"])) == 16
