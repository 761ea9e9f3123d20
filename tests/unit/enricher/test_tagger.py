"""The tagger: decoding, and agreement with what training sees."""

from __future__ import annotations

import itertools
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire.events import EntityType
from steppewire_enricher.entities import MODELS
from steppewire_enricher.features import crc, sentence_features, word_features, word_keys
from steppewire_enricher.gazetteer import gazetteer
from steppewire_enricher.linear import WORDS_KEPT as LINEAR_WORDS_KEPT
from steppewire_enricher.linear_features import sentence_features as linear_features
from steppewire_enricher.spans import Span, spans, viterbi
from steppewire_enricher.tagger import WORDS_KEPT, Layer, Network, Tagger, tagger
from steppewire_enricher.train.corpora import labels_of

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


def test_labels_of_names_read_back_as_the_names():
    names = [Span(0, 2, "PERSON"), Span(2, 3, "PERSON"), Span(4, 7, "ORGANISATION")]

    assert names == spans(labels_of(8, names))


def test_spans_are_read_off_labels():
    labels = ["B-PERSON", "I-PERSON", "B-PERSON", "O", "I-GPE", "I-PERSON"]

    assert [
        Span(0, 2, "PERSON"),
        Span(2, 3, "PERSON"),
        Span(4, 5, "GPE"),
        Span(5, 6, "PERSON"),
    ] == spans(labels)


def _network(labels: int, layers: int = 2, width: int = 4, channels: int = 5) -> Network:
    dice = np.random.RandomState(3)

    def some(*shape: int) -> np.ndarray:
        return dice.randn(*shape).astype(np.float32)

    inputs = [width, *[channels] * layers]
    made = [
        Layer(some(inputs[i], 3 * channels), some(channels), some(channels), some(channels), i + 1)
        for i in range(layers)
    ]
    rows = dice.randint(-100, 100, (3, width)).astype(np.int8)
    rows[0] = 0
    first = np.hstack([made[0].turn, some(width, labels)])
    return Network(rows, np.full(width, 0.01, np.float32), first, tuple(made),
                   some(channels, labels), some(labels), some(labels, labels))  # fmt: skip


def _plainly(network: Network, embedded: np.ndarray) -> np.ndarray:
    """Compute the same sentence word by word, with nothing kept and nothing shared."""
    h = embedded
    for i, layer in enumerate(network.layers):
        rim = np.zeros((layer.reach, h.shape[1]), dtype=h.dtype)
        padded = np.vstack([rim, h, rim])
        beside = np.hstack([padded[: len(h)], h, padded[2 * layer.reach :]])
        turn = np.vstack(np.split(layer.turn, 3, axis=1))
        z = np.maximum(beside @ turn + layer.bias, 0) * layer.scale + layer.shift
        h = z + h if i and z.shape == h.shape else z
    direct = network.first[:, 3 * network.channels :]
    return h @ network.out + embedded @ direct + network.base


def test_what_words_share_adds_up_to_the_whole_network():
    network, labels = _network(3), ("O", "B-PERSON", "I-PERSON")
    keys = np.array(sorted(crc(f) for f in ("w:олжас", "sh:Xx")), dtype=np.uint32)
    tags = Tagger(labels, keys, [network], "ru", "0")
    sentences = [["Олжас", "дома", "Олжас"], ["Иван"], ["Олжас", "Иван"]]

    scores = tags.scores(sentences, [[], [], []], "ru")

    row_of = {int(key): i for i, key in enumerate(keys, 1)}
    for words, got in zip(sentences, scores, strict=True):
        features = sentence_features(words, [], "ru", "ru")
        ids = [[row_of[crc(f)] for f in row if crc(f) in row_of] for row in features]
        embedded = np.stack([network.rows[i].astype(np.float32).sum(0) * 0.01 for i in ids])
        assert np.allclose(got, _plainly(network, embedded), atol=0.05)


WORDS = st.one_of(st.text(max_size=50), st.text("аәқғүМиІёO‘'-1"), st.text("аб", min_size=38))


@given(st.lists(WORDS, min_size=1, max_size=5))
@pytest.mark.parametrize(("language", "view"), [("kk", "kk"), ("ru", "ru"), ("en", "en")])
def test_the_keys_of_words_are_those_of_their_features(language, view, words):
    affixes, others = word_keys(words, language, view)

    for word, some, more in zip(words, affixes.tolist(), others, strict=True):
        keys = [*filter(None, some), *more]
        assert sorted(map(crc, word_features(word, language, view))) == sorted(keys)


def test_a_sentence_scores_the_same_whatever_stands_beside_it():
    tags = tagger("kk")
    sentence = ["Олжас", "Бектенов", "Астанада", "болды", "."]

    (alone,) = tags.scores([sentence], [[]], "kk")
    among = tags.scores([["Бүгін", "."], sentence, ["Алматы"]], [[], [], []], "kk")

    assert np.allclose(alone, among[1], atol=0.02)


def test_more_words_than_are_kept_are_read_all_the_same():
    words = [f"сөз{n}" for n in range(WORDS_KEPT + 100)]
    sentences = [words[i : i + 100] for i in range(0, len(words), 100)]

    read = tagger("kk").scores(sentences, [[] for _ in sentences], "kk")

    assert len(read) == len(sentences)
    assert len(tagger("kk").scores([["Астана"]], [[]], "kk")) == 1


def test_the_linear_tagger_adds_up_what_training_sees():
    tags, names = tagger("turkic"), gazetteer("uz")
    words = ["Prezident", "Shavkat", "Mirziyoyev", "“", "Toshkentda", "”", "bo‘ldi", "."]
    known = names.match(words)

    (scores,) = tags.scores([words], [known], "uz")

    weight_of = dict(zip(tags.keys.tolist(), tags.weights.astype(np.float32), strict=True))
    for got, features in zip(scores, linear_features(words, known, "uz"), strict=True):
        told = [weight_of[crc(f)] for f in features if crc(f) in weight_of]
        assert np.allclose(got, np.sum(told, axis=0), atol=1e-3)


def test_the_linear_tagger_reads_more_words_than_it_keeps():
    words = [f"so{n}z" for n in range(LINEAR_WORDS_KEPT + 100)]
    sentences = [words[i : i + 100] for i in range(0, len(words), 100)]

    read = tagger("turkic").scores(sentences, [[] for _ in sentences], "uz")

    assert len(read) == len(sentences)
    assert len(tagger("turkic").scores([["Toshkent"]], [[]], "uz")) == 1


@pytest.mark.parametrize("model", sorted(set(MODELS.values())))
def test_every_model_knows_types_that_are_ours(model):
    kinds = {label[2:] for label in tagger(model).labels if label != "O"}

    assert {"PERSON", "ORGANISATION", "GPE"} <= kinds <= set(get_args(EntityType))


def test_the_kazakh_model_knows_all_types():
    kinds = {label[2:] for label in tagger("kk").labels if label != "O"}

    assert kinds == set(get_args(EntityType))
