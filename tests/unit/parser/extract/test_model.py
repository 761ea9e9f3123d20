"""How networks are asked together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from steppewire_parser.extract import model as learned
from steppewire_parser.extract.choose import SURELY_NOT, chosen
from steppewire_parser.extract.features import features, page_of
from steppewire_parser.extract.hints import read_hints
from steppewire_parser.extract.model import Stage, model
from steppewire_parser.extract.walk import walked
from steppewire_parser.nodes import tree_of

PAGES = sorted((Path(__file__).parents[3] / "contract/sources/golden").glob("*/page*.html"))


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


def test_what_the_second_look_is_spared_it_would_not_have_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spared = 0
    for path in PAGES:
        root = tree_of(path.read_bytes()).root
        assert root is not None
        flat, seen = walked(root)
        page, table = page_of(flat), features(page_of(flat), read_hints(seen.named))
        with monkeypatch.context() as patch:
            patch.setattr(learned, "SURELY_NONE", 0)
            asked = model().score(page, table.copy())

        score = model().score(page, table)

        left_out = score < learned.SURELY_NONE
        spared += int(left_out.sum())
        assert asked[left_out].max(initial=0) < SURELY_NOT / 5, path
        assert (chosen(page, score) == chosen(page, asked)).all(), path

    assert spared > len(PAGES)
