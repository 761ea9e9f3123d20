"""Trains the network of a name model: a small convolutional CRF over the features of words.

What a word is is a sum of embeddings of its features, next to a vector that was trained on much
raw text where one is given; convolutions look at the neighbours; a CRF joins the labels. Needs
JAX (the extra `train`); what ships is read by `tagger.py` with numpy alone.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from steppewire_enricher.spans import IMPOSSIBLE

Params = dict[str, Any]
BUCKETS = (8, 16, 24, 40, 80, 160)
"""Sentences are padded to one of these lengths, so that few shapes are compiled."""
TINY = 1e-30
"""Added before a logarithm is taken: nothing that is possible is so unlikely."""


@dataclass(frozen=True)
class Example:
    """A sentence: each word's features and label, and its row in the table of vectors."""

    features: tuple[tuple[str, ...], ...]
    labels: tuple[str, ...]
    vectors: tuple[int, ...] = ()


@dataclass(frozen=True)
class Settings:
    """How a network is built and trained."""

    width: int = 96
    """Numbers in an embedding."""
    layers: tuple[int, ...] = (128, 128)
    """Channels of each convolution, over three words each."""
    reaches: tuple[int, ...] = (1, 1, 1)
    """How many words away the neighbours of each convolution stand."""
    epochs: int = 12
    rate: float = 3e-3
    batch: int = 32
    """Sentences of 16 words in a step; more or fewer when shorter or longer."""
    drop: float = 0.5
    """Of the channels, after each convolution; half as many of the embedding."""
    drop_features: float = 0.25
    rarest: int = 2
    """Features seen less often are not learnt: unknown words must not be a surprise."""
    seed: int = 1


@dataclass
class Network:
    """A network being trained: its vocabulary, labels and weights."""

    labels: list[str]
    vocabulary: dict[str, int]
    """Feature -> row; row 0 is empty."""
    settings: Settings
    vectors: Any = None
    """Frozen word vectors, row 0 empty."""
    params: Params = field(default_factory=dict)


def labels_of(examples: Iterable[Example]) -> list[str]:
    """Return all labels, `O` first; each B- has its I-."""
    types = sorted({label[2:] for e in examples for label in e.labels if label != "O"})
    return ["O", *(f"{prefix}-{type_}" for type_ in types for prefix in "BI")]


def vocabulary_of(examples: Iterable[Example], rarest: int) -> dict[str, int]:
    """Return feature -> row for all features that are frequent enough."""
    counts = Counter(f for e in examples for word in e.features for f in set(word))
    return {f: i for i, f in enumerate(sorted(f for f, n in counts.items() if n >= rarest), 1)}


def forbidden(labels: Sequence[str]) -> np.ndarray[Any, Any]:
    """Return the scores of steps that cannot be: no name begins in its middle."""
    out = np.zeros((len(labels), len(labels)), dtype=np.float32)
    for i, before in enumerate(labels):
        for j, after in enumerate(labels):
            if after.startswith("I-") and before[2:] != after[2:]:
                out[i, j] = IMPOSSIBLE
    return out


def fresh(network: Network) -> Params:
    """Return random weights."""
    dice = np.random.RandomState(network.settings.seed)
    width, n = network.settings.width, len(network.labels)
    params: Params = {"rows": dice.randn(len(network.vocabulary) + 1, width) * 0.1}
    params["rows"][0] = 0
    inputs = width if network.vectors is None else width + network.vectors.shape[1]
    for i, channels in enumerate(network.settings.layers):
        params[f"turn{i}"] = dice.randn(3 * inputs, channels) * np.sqrt(2 / (3 * inputs))
        params[f"bias{i}"] = np.zeros(channels)
        params[f"scale{i}"], params[f"shift{i}"] = np.ones(channels), np.zeros(channels)
        inputs = channels
    params["out"] = dice.randn(inputs, n) * 0.05
    params["direct"] = dice.randn(width, n) * 0.05
    params["base"], params["steps"] = np.zeros(n), np.zeros((n, n))
    return {name: jnp.asarray(value, dtype=jnp.float32) for name, value in params.items()}


# --- what a sentence scores ----------------------------------------------------------------


def _drop(key: Any, value: Any, share: float, shape: Any = None) -> Any:
    keep = jax.random.bernoulli(key, 1 - share, value.shape if shape is None else shape)
    return value * keep / (1 - share)


def _kept(key: Any, settings: Settings, ids: Any) -> Any:
    """Leave out features whole: a word must be known by any few of them."""
    return jax.random.bernoulli(key, 1 - settings.drop_features, ids.shape)[..., None]


def _beside(h: Any, reach: int) -> Any:
    """Return each word's channels between those of its neighbours."""
    zero = jnp.zeros_like(h[:, :reach])
    before = jnp.concatenate([zero, h[:, :-reach]], 1)
    after = jnp.concatenate([h[:, reach:], zero], 1)
    return jnp.concatenate([before, h, after], -1)


def emissions(
    params: Params, settings: Settings, table: Any, ids: Any, vectors: Any, mask: Any, key: Any
) -> Any:
    """Return the score of every label at every word; `key` is None when nothing is learnt."""
    keys = jax.random.split(key, 3 + len(settings.layers)) if key is not None else None
    rows = params["rows"][ids] * (ids > 0)[..., None]
    if keys is not None:
        rows = (
            rows * jax.random.bernoulli(keys[0], 1 - settings.drop_features, ids.shape)[..., None]
        )
    e = rows.sum(2)
    if keys is not None:
        e = _drop(keys[1], e, settings.drop / 2)
    e = e * mask[..., None]
    h = e
    if table is not None:
        v = table[vectors]
        if keys is not None:
            v = (
                v
                * jax.random.bernoulli(keys[2], 1 - settings.drop_features, vectors.shape)[
                    ..., None
                ]
            )
        h = jnp.concatenate([h, v], -1)
    for i in range(len(settings.layers)):
        z = jax.nn.relu(_beside(h, settings.reaches[i]) @ params[f"turn{i}"] + params[f"bias{i}"])
        z = z * params[f"scale{i}"] + params[f"shift{i}"]
        if keys is not None:
            z = _drop(keys[3 + i], z, settings.drop)
        z = z * mask[..., None]
        h = z + h if i and h.shape[-1] == z.shape[-1] else z
    return h @ params["out"] + e @ params["direct"] + params["base"]


def loss(params: Params, scores: Any, steps: Any, first: Any, y: Any, mask: Any) -> Any:
    """Return the mean negative log-likelihood of a word's label under the CRF."""
    steps = params["steps"] + steps
    gold = (jnp.take_along_axis(scores, y[..., None], -1)[..., 0] * mask).sum()
    gold = gold + (steps[y[:, :-1], y[:, 1:]] * mask[:, 1:]).sum()

    ways = jnp.exp(steps)

    def step(alpha: Any, now: Any) -> tuple[Any, None]:
        score, there = now
        most = alpha.max(1, keepdims=True)
        moved = jnp.log(jnp.exp(alpha - most) @ ways + TINY) + most + score
        return jnp.where(there[:, None] > 0, moved, alpha), None

    start = scores[:, 0] + first
    alpha, _ = jax.lax.scan(step, start, (scores[:, 1:].transpose(1, 0, 2), mask[:, 1:].T))
    total = (jax.nn.logsumexp(alpha, -1) * mask[:, 0]).sum()
    return (total - gold) / mask.sum()


# --- learning ------------------------------------------------------------------------------


Batch = tuple[np.ndarray[Any, Any], ...]


def _encoded(network: Network, example: Example, most: int) -> Batch:
    ids = np.zeros((len(example.labels), most), dtype=np.int32)
    for row, features in zip(ids, example.features, strict=True):
        known = [network.vocabulary[f] for f in features if f in network.vocabulary][:most]
        row[: len(known)] = known
    index = {label: i for i, label in enumerate(network.labels)}
    y = np.array([index.get(label, 0) for label in example.labels], dtype=np.int32)
    vectors = np.array(example.vectors or [0] * len(y), dtype=np.int32)
    return ids, vectors, y


def batches(encoded: Sequence[Batch], size: int, dice: random.Random | None) -> Iterator[Batch]:
    """Yield padded batches of sentences of about the same length, shuffled by `dice`."""
    order = list(range(len(encoded)))
    if dice:
        dice.shuffle(order)
    groups: dict[int, list[int]] = {}
    ready: list[tuple[int, list[int]]] = []
    for i in order:
        length = next(b for b in BUCKETS if len(encoded[i][2]) <= b)
        group = groups.setdefault(length, [])
        group.append(i)
        if len(group) == max(4, size * 16 // length):
            ready.append((length, groups.pop(length)))
    ready.extend(groups.items())
    if dice:
        dice.shuffle(ready)
    for length, group in ready:
        yield _padded([encoded[i] for i in group], length, max(4, size * 16 // length))


def _padded(rows: Sequence[Batch], length: int, count: int) -> Batch:
    ids = np.zeros((count, length, rows[0][0].shape[1]), dtype=np.int32)
    vectors, y = (np.zeros((count, length), dtype=np.int32) for _ in range(2))
    mask = np.zeros((count, length), dtype=np.float32)
    for i, row in enumerate(rows):
        n = len(row[2])
        ids[i, :n], vectors[i, :n], y[i, :n] = row
        mask[i, :n] = 1
    return ids, vectors, y, mask


def train(network: Network, examples: Sequence[Example], *, verbose: bool = False) -> Network:
    """Learn from the examples (Adam, a rate that falls to zero); weights given are the start."""
    settings = network.settings
    params = network.params or fresh(network)
    most = max(len(f) for e in examples for f in e.features)
    encoded = [_encoded(network, e, most) for e in examples]
    steps = jnp.asarray(forbidden(network.labels))
    first = jnp.asarray([IMPOSSIBLE if x.startswith("I-") else 0.0 for x in network.labels])
    table = None if network.vectors is None else jnp.asarray(network.vectors)

    def objective(params: Params, batch: Batch, key: Any) -> Any:
        ids, vectors, y, mask = batch
        scores = emissions(params, settings, table, ids, vectors, mask, key)
        return loss(params, scores, steps, first, y, mask)

    def update(state: Any, t: Any, batch: Batch, key: Any, rate: Any) -> Any:
        params, mean, square = state
        value, slope = jax.value_and_grad(objective)(params, batch, key)
        size = jnp.sqrt(sum((g * g).sum() for g in slope.values()))
        slope = {k: g * jnp.minimum(1.0, 1.0 / size) for k, g in slope.items()}
        mean = {k: 0.9 * mean[k] + 0.1 * slope[k] for k in params}
        square = {k: 0.99 * square[k] + 0.01 * slope[k] ** 2 for k in params}
        moved = {
            k: params[k]
            - rate * (mean[k] / (1 - 0.9**t)) / (jnp.sqrt(square[k] / (1 - 0.99**t)) + 1e-8)
            for k in params
        }
        return (moved, mean, square), value

    step = jax.jit(update)
    zero = {k: jnp.zeros_like(v) for k, v in params.items()}
    state = (params, zero, zero)
    dice, key = random.Random(settings.seed), jax.random.PRNGKey(settings.seed)  # noqa: S311
    total = settings.epochs * sum(1 for _ in batches(encoded, settings.batch, None))
    t = 0
    for epoch in range(settings.epochs):
        values = []
        for batch in batches(encoded, settings.batch, dice):
            t, (key, now) = t + 1, jax.random.split(key)
            rate = settings.rate * min(1.0, t / 200) * max(0.0, 1 - t / (total + 1))
            state, value = step(state, float(t), batch, now, rate)
            values.append(float(value))
        if verbose:
            print(f"  epoch {epoch + 1}: loss {np.mean(values):.4f}", flush=True)
    network.params = {k: np.asarray(v) for k, v in state[0].items()}
    return network
