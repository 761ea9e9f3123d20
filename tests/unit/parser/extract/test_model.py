"""How networks are asked together."""

from __future__ import annotations

import numpy as np
import pytest

from steppewire_parser.extract.model import Stage, model


@pytest.mark.parametrize("name", ["first", "second", "likeness"])
def test_networks_asked_together_vote_as_each_on_its_own(name: str) -> None:
    stage: Stage = getattr(model(), name)
    rows = np.random.default_rng(7).normal(size=(50, len(stage.mean))).astype(np.float32)

    alone = np.zeros(len(rows), np.float64)
    for net in stage.nets:
        *inner, (last, bias) = net
        here = rows
        for weights, offset in inner:
            here = np.maximum(here @ weights + offset, 0)
        alone += (here @ last + bias)[:, 0] / len(stage.nets)

    assert stage.votes(rows) == pytest.approx(1 / (1 + np.exp(-alone)), abs=1e-4)
