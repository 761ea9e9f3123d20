"""Scores blocks: two small networks, the second of which sees what the first thinks of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from steppewire_parser.extract.context import context
from steppewire_parser.extract.features import Floats, Page
from steppewire_parser.memory import give_back

# A feature further out than this many standard deviations tells nothing more.
CLIP = 4.0
# What the first look gives less, the second is not asked about: so are half of all blocks. On 1,593
# pages it would have given none of them more than .03, and a tenth of SURELY_NOT is what counts.
SURELY_NONE = 0.0005
# So many rows are copied at a time: those of 8,000 blocks have 10 MB.
AT_ONCE = 1_000
STAGES = ("first", "second", "likeness")
Layer = tuple[Floats, Floats]


@dataclass(frozen=True)
class Stage:
    """Networks over the same features; their votes are averaged."""

    mean: Floats
    scale: Floats
    nets: tuple[tuple[Layer, ...], ...]

    def normal(self, table: Floats, start: int = 0, *, spent: bool = False) -> Floats:
        """Return features as multiples of their deviation; those from column `start` on.

        With `spent` in the place of the table: one of 8,000 blocks has 10 MB.
        """
        rows = np.subtract(table, self.mean[start:], out=table if spent else None)
        rows *= self.scale[start:]
        return np.clip(rows, -CLIP, CLIP, out=rows)

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """All networks as one, which takes a third of the calls: its vote is the mean of theirs."""
        first, *inner, last = zip(*self.nets, strict=True)
        weights = np.concatenate([w / len(self.nets) for w, _ in last], dtype=np.float32)
        offset: Floats = np.mean([offset for _, offset in last], axis=0, dtype=np.float32)
        apart = [(_diagonal([w for w, _ in layer]), _joined(layer)) for layer in inner]
        return ((np.hstack([w for w, _ in first]), _joined(first)), *apart, (weights, offset))

    def votes(self, rows: Floats) -> Floats:
        """Return the probability of each row of normal features."""
        (weights, _), *_ = self.layers
        return self.votes_on(rows @ weights)

    def votes_on(self, sums: Floats) -> Floats:
        """Return the probability of each row, by its sums in the first layer; they are used up."""
        (_, offset), *rest = self.layers
        for weights, following in rest:
            sums += offset
            sums = np.maximum(sums, 0, out=sums) @ weights
            offset = following
        return np.asarray(1 / (1 + np.exp(-(sums + offset)[:, 0])), np.float32)

    def score(self, table: Floats) -> Floats:
        """Return the probability of each row."""
        return self.votes(self.normal(table))


@dataclass(frozen=True)
class Model:
    """All that was learned."""

    first: Stage
    second: Stage
    likeness: Stage
    """Judges pages, not blocks."""

    def score(self, page: Page, table: Floats) -> Floats:
        """Return how likely each block belongs to the article; the table is used up."""
        rows = self.first.normal(table, spent=True)
        score = self.first.votes(rows)
        open_ = (score >= SURELY_NONE).nonzero()[0]
        seen = context(page, score).take(open_, axis=0)
        more = self.second.normal(seen, start=table.shape[1], spent=True)
        weights, _ = self.second.layers[0]
        sums = more @ weights[table.shape[1] :]
        for start in range(0, len(open_), AT_ONCE):
            some = slice(start, start + AT_ONCE)
            sums[some] += rows.take(open_[some], axis=0) @ weights[: table.shape[1]]
        score[open_] = self.second.votes_on(sums)
        return score


def _joined(layer: Sequence[Layer]) -> Floats:
    return np.concatenate([offset for _, offset in layer])


def _diagonal(blocks: Sequence[Floats]) -> Floats:
    """Return a matrix of blocks that know nothing of each other."""
    height, width = blocks[0].shape
    out = np.zeros((len(blocks) * height, len(blocks) * width), np.float32)
    for i, block in enumerate(blocks):
        out[i * height : (i + 1) * height, i * width : (i + 1) * width] = block
    return out


def load_model(data: bytes) -> Model:
    """Return the model that a file holds."""
    with np.load(BytesIO(data), allow_pickle=False) as stored:
        arrays = {name: stored[name].astype(np.float32) for name in stored.files}
    return Model(*(_stage(arrays, name) for name in STAGES))


def _stage(arrays: dict[str, NDArray[np.float32]], name: str) -> Stage:
    nets: list[tuple[Layer, ...]] = []
    while f"{name}.{len(nets)}.0.weights" in arrays:
        net: list[Layer] = []
        while (key := f"{name}.{len(nets)}.{len(net)}") + ".weights" in arrays:
            net.append((arrays[f"{key}.weights"], arrays[f"{key}.offset"]))
        nets.append(tuple(net))
    return Stage(arrays[f"{name}.mean"], arrays[f"{name}.scale"], tuple(nets))


def stored(model: Model) -> bytes:
    """Return the file that holds a model: half precision is plenty for weights."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for name in STAGES:
        stage: Stage = getattr(model, name)
        arrays |= {f"{name}.mean": stage.mean, f"{name}.scale": stage.scale}
        for i, net in enumerate(stage.nets):
            for k, (weights, offset) in enumerate(net):
                arrays[f"{name}.{i}.{k}.weights"] = weights.astype(np.float16)
                arrays[f"{name}.{i}.{k}.offset"] = offset.astype(np.float16)
    file = BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # numpy's stub wants a flag too
    return file.getvalue()


@cache
def model() -> Model:
    """Return the shipped model, loaded once per process.

    A page is work for one core, and pages are read side by side: BLAS on several threads takes five
    to thirty times the CPU for matrices as small as these.
    """
    threadpool_limits(1, user_api="blas")
    give_back()
    return load_model((files("steppewire_parser") / "models" / "extractor.npz").read_bytes())
