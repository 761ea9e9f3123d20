"""Fits small networks in plain numpy: Adam, dropout, a weight for each row."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from steppewire_parser.extract.features import Floats
from steppewire_parser.extract.model import CLIP, Layer, Stage

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Settings:
    """How networks are fitted."""

    hidden: tuple[int, ...] = (48, 24)
    epochs: int = 12
    batch: int = 1024
    rate: float = 2e-3
    decay: float = 1e-3
    dropout: float = 0.2
    votes: int = 3


@dataclass(frozen=True)
class Rows:
    """What is learned from: features, labels, weights."""

    table: Floats
    label: Flags
    weight: Floats


def fit_stage(rows: Rows, settings: Settings, seed: int) -> Stage:
    """Fit some networks on the same rows; they differ in their beginnings only."""
    mean = rows.table.mean(axis=0)
    scale = (1 / np.maximum(rows.table.std(axis=0), 0.02)).astype(np.float32)
    table = np.clip((rows.table - mean) * scale, -CLIP, CLIP).astype(np.float32)
    ready = Rows(table, rows.label, (rows.weight / rows.weight.mean()).astype(np.float32))
    nets = tuple(_fit(ready, settings, seed + vote) for vote in range(settings.votes))
    return Stage(mean, scale, nets)


def _fit(rows: Rows, settings: Settings, seed: int) -> tuple[Layer, ...]:
    random = np.random.default_rng(seed)
    net = _beginning((rows.table.shape[1], *settings.hidden, 1), random)
    adam = _Adam(net, settings)
    batches = len(rows.table) // settings.batch
    for _ in range(settings.epochs):
        for chosen in np.array_split(random.permutation(len(rows.table)), max(1, batches)):
            dropped = random.random((len(chosen), rows.table.shape[1]), np.float32)
            keep = (dropped >= settings.dropout) / np.float32(1 - settings.dropout)
            inputs = rows.table[chosen] * keep.astype(np.float32)
            adam.step(
                _gradient(net, inputs, rows.label[chosen], rows.weight[chosen]),
                _pace(adam.steps, settings.epochs * batches),
            )
    return tuple((weights, offset) for weights, offset in zip(net[::2], net[1::2], strict=True))


def _beginning(sizes: tuple[int, ...], random: np.random.Generator) -> list[Floats]:
    net: list[Floats] = []
    for wide, narrow in pairwise(sizes):
        weights = random.standard_normal((wide, narrow)) * np.sqrt(2 / wide)
        net += (weights.astype(np.float32), np.zeros(narrow, np.float32))
    return net


def _gradient(net: list[Floats], inputs: Floats, label: Flags, weight: Floats) -> list[Floats]:
    layers = [inputs]
    for weights, offset in zip(net[:-2:2], net[1:-2:2], strict=True):
        layers.append(np.maximum(layers[-1] @ weights + offset, 0))
    votes = (layers[-1] @ net[-2] + net[-1])[:, 0]
    error = ((1 / (1 + np.exp(-votes)) - label) * weight / len(label))[:, None].astype(np.float32)
    backward: list[Floats] = []
    for depth in range(len(layers) - 1, -1, -1):
        backward += (error.sum(axis=0), layers[depth].T @ error)
        if depth:
            error = (error @ net[2 * depth].T) * (layers[depth] > 0)
    return backward[::-1]


def _pace(step: int, steps: int) -> float:
    """Return how much of the full rate to use: slow at first, then falling to almost nothing."""
    warm = min(1.0, (step + 1) / 200)
    return float(warm * (0.5 * (1 + np.cos(np.pi * step / max(1, steps))) + 0.01))


class _Adam:
    """Steps that suit each weight."""

    def __init__(self, net: list[Floats], settings: Settings) -> None:
        self.steps = 0
        self._net, self._settings = net, settings
        self._mean = [np.zeros_like(one) for one in net]
        self._square = [np.zeros_like(one) for one in net]

    def step(self, gradient: list[Floats], pace: float) -> None:
        self.steps += 1
        rate = self._settings.rate * pace
        for i, (weights, slope) in enumerate(zip(self._net, gradient, strict=True)):
            self._mean[i] += 0.1 * (slope - self._mean[i])
            self._square[i] += 0.001 * (slope * slope - self._square[i])
            unbiased = self._mean[i] / (1 - 0.9**self.steps)
            spread = np.sqrt(self._square[i] / (1 - 0.999**self.steps)) + 1e-8
            decay = self._settings.decay * weights if weights.ndim > 1 else 0
            self._net[i][...] = weights - rate * (unbiased / spread + decay)
