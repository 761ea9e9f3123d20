"""How labels are made of a truth, and that learning is repeatable."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from steppewire_parser.extract.model import load_model, stored
from steppewire_parser.train import extractor
from steppewire_parser.train.nets import Rows, Settings, fit_stage
from steppewire_parser.train.truth import Alignment, kept_and_left, precision_recall

STORY = (
    "Новый мост открыли в понедельник утром",
    "Строительство заняло ровно четыре года",
    "Жители довольны и благодарят строителей",
)


def test_blocks_that_are_in_the_truth_are_chosen() -> None:
    blocks = ("Главная", *STORY, "Читайте другие новости на нашем сайте сегодня")

    assert Alignment(blocks, " ".join(STORY)).labels().tolist() == [False, *[True] * 3, False]


def test_a_heading_is_chosen_where_it_fits_and_not_in_the_menu() -> None:
    blocks = ("Итоги", STORY[0], STORY[1], "Итоги", STORY[2])
    truth = " ".join(blocks[1:])

    assert Alignment(blocks, truth).labels().tolist() == [False, True, True, True, True]


def test_a_teaser_that_repeats_a_paragraph_is_chosen_once() -> None:
    found = Alignment((*STORY, STORY[0]), " ".join(STORY))

    assert found.labels().sum() == 3
    assert found.f1 == 1


def test_precision_and_recall_count_runs_of_four_words() -> None:
    assert precision_recall("а б в г д", "а б в г") == (0.5, 1.0)
    assert precision_recall("", "а б в г") == (0.0, 0.0)


def test_strings_are_found_whatever_their_spaces() -> None:
    assert kept_and_left("а  б\nв г", ("а б", "б в", "д"), ("в  г", "е")) == (2 / 3, 1 / 2)
    assert kept_and_left("а б", (), ()) == (None, None)


def rows(count: int = 2_000) -> Rows:
    table = np.random.default_rng(3).standard_normal((count, 4)).astype(np.float32)
    label = (table[:, 0] > 0) ^ (table[:, 1] > 0)
    return Rows(table, label, np.ones(count, np.float32))


def test_a_network_learns_what_no_single_feature_tells() -> None:
    known = rows()
    stage = fit_stage(known, Settings(hidden=(16,), epochs=30, batch=64, dropout=0), seed=1)

    assert ((stage.score(known.table) > 0.5) == known.label).mean() > 0.9


def test_the_same_seed_gives_the_same_weights() -> None:
    settings = Settings(hidden=(4,), epochs=2, batch=64)
    once, again, other = (fit_stage(rows(), settings, seed) for seed in (1, 1, 2))

    assert np.array_equal(once.nets[0][0][0], again.nets[0][0][0])
    assert not np.array_equal(once.nets[0][0][0], other.nets[0][0][0])


def paged(folder: Path, name: str, html: str, told: dict[str, str | list[str]]) -> None:
    """Write twelve pages of as many hosts, each with a number of its own, and what is true."""
    (folder / name / "pages").mkdir(parents=True)
    truth = {}
    for i in range(12):
        file = f"pages/{i}.html"
        (folder / name / file).write_text(html.format(i), "utf-8")
        mine = {key: one.format(i) if isinstance(one, str) else one for key, one in told.items()}
        truth[str(i)] = {"file": file, "url": f"https://site{i}.example/n", **mine}
    (folder / name / "truth.json").write_text(json.dumps(truth), "utf-8")


def test_the_command_trains_a_model_from_folders_of_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = [f"Сегодня {word} говорили о деле номер {{0}}." for word in ("тут", "там", "вновь")]
    html = "<ul><li><a href=/>Меню</a></ul><div>" + "".join(f"<p>{t}</p>" for t in text) + "</div>"
    for name in (*extractor.SETS, extractor.OTHERS):
        paged(tmp_path, name, html, {"body": " ".join(text)})
    strings = {"with": ["говорили о", "нет"], "without": ["Меню"]}
    paged(tmp_path, "trafilatura-eval", html, strings)
    made = [tmp_path / "a.npz", tmp_path / "b.npz"]
    for out in made:
        monkeypatch.setattr(sys, "argv", ["train", str(tmp_path), "--out", str(out), "--measure"])
        extractor.main()

    assert made[0].read_bytes() == made[1].read_bytes()
    assert stored(load_model(made[0].read_bytes())) == made[0].read_bytes()
    told = capsys.readouterr().out
    assert "fundus-parser" in told
    assert "wanted strings kept 0.5000  unwanted left out 1.0000" in told


def test_a_folder_without_the_sets_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["train", str(tmp_path)])

    with pytest.raises(SystemExit) as ended:
        extractor.main()

    assert ended.value.code == 2
    assert "has no fundus-parser/truth.json: unpack the page sets there" in capsys.readouterr().err
