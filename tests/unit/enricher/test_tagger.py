"""The tagger: decoding, and agreement with what training sees."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire_enricher.entities import MODELS
from steppewire_enricher.features import sentence_features
from steppewire_enricher.tagger import Span, spans, tagger, viterbi

FLOATS = st.floats(-5, 5, width=32)


@given(
    st.lists(st.lists(st.tuples(FLOATS, FLOATS, FLOATS), min_size=1, max_size=4), max_size=3),
    st.data(),
)
def test_the_best_path_is_the_best_of_all_paths(rows, data):
    steps = np.array(
        data.draw(st.lists(st.lists(FLOATS, min_size=3, max_size=3), min_size=3, max_size=3))
    )
    scores = [np.array(sentence, dtype=np.float32) for sentence in rows]

    def total(sentence, path):
        moves = sum(steps[a, b] for a, b in itertools.pairwise(path))
        return sum(sentence[i, label] for i, label in enumerate(path)) + moves

    for sentence, path in zip(scores, viterbi(scores, steps.astype(np.float32)), strict=True):
        best = max(total(sentence, p) for p in itertools.product(range(3), repeat=len(sentence)))
        assert total(sentence, path) == pytest.approx(best, abs=1e-3)


def test_spans_are_read_off_labels():
    labels = ["B-PERSON", "I-PERSON", "B-PERSON", "O", "I-GPE", "I-PERSON"]

    assert [
        Span(0, 2, "PERSON"),
        Span(2, 3, "PERSON"),
        Span(4, 5, "GPE"),
        Span(5, 6, "PERSON"),
    ] == spans(labels)


@pytest.mark.parametrize(
    ("model", "language"), [("kk", "kk"), ("ru", "ru"), ("en", "en"), ("turkic", "uz")]
)
def test_the_parts_of_a_score_add_up_to_what_training_saw(model, language):
    words = ["«", "Олжас", "Бектенов", "»", "Astana", "."]
    tags = tagger(model)

    whole = sentence_features(words, [], language, tags.view)

    assert np.allclose(tags.score(whole), tags.emissions(words, [], language), atol=1e-2)


@pytest.mark.parametrize("model", sorted(set(MODELS.values())))
def test_every_model_loads_and_knows_the_three_kinds(model):
    kinds = {label[2:] for label in tagger(model).labels if label != "O"}

    assert {"PERSON", "ORGANISATION", "GPE"} == kinds
