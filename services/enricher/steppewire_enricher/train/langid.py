"""Train the language tables: `python -m steppewire_enricher.train.langid DATA TEXTS [--out FILE]`.

DATA holds `langid/train.jsonl.gz`; rows whose source is a Bible translation are left out: their
licence does not allow to ship what is made of them. TEXTS is what `make langid-texts` fetched.
`langid/dev.jsonl.gz` is split by a hash of its texts: on one half the settings are fitted (two
numbers of sharpness, and a bias for each class), the other is only measured.
"""

from __future__ import annotations

import argparse
import gzip
import json
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import numpy as np

from steppewire_enricher.langid import Table
from steppewire_enricher.langid_rows import packed, pairs
from steppewire_enricher.train.langid_settings import fitted, is_for_settings
from steppewire_enricher.train.langid_tables import CLASSES, build, gathered, shippable
from steppewire_enricher.train.langid_texts import package_grams, package_rows, read_rows


def save(table: Table, path: Path) -> None:
    """Write a table, each column by itself; the same table gives the same bytes."""
    fine, fine_ends = packed(pairs(table.fine, table.classes))
    width = len(table.classes) + len(table.others)
    coarse, coarse_ends = packed(table.coarse[:-1, column] for column in range(width))
    arrays = {
        "classes": np.array(table.classes),
        "others": np.array(table.others),
        "fine": fine,
        "fine_ends": fine_ends,
        "fine_scale": np.array(table.fine_scale),
        "coarse": coarse,
        "coarse_ends": coarse_ends,
        "coarse_scale": np.array(table.coarse_scale),
        "sharpness": np.array(table.sharpness),
        "bias": table.bias,
        "usual": table.usual,
        "version": np.array(table.version),
    }
    with ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            raw = BytesIO()
            np.save(raw, array)
            # a date of its own would make every training another file
            archive.writestr(ZipInfo(f"{name}.npy"), raw.getvalue())


def development(path: Path) -> list[dict[str, str]]:
    """Read the development texts that settings are fitted on."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row for row in rows if is_for_settings(row["text"])]


def main() -> None:
    """Train, fit, save and say what was made."""
    parser = argparse.ArgumentParser(description="Train the language tables.")
    parser.add_argument("data", type=Path, help="folder that holds langid/train.jsonl.gz")
    parser.add_argument("texts", type=Path, help="folder that `make langid-texts` filled")
    here = Path(__file__).parents[1] / "models" / "langid.npz"
    parser.add_argument("--out", type=Path, default=here)
    options = parser.parse_args()
    for needed in (options.data / "langid" / "train.jsonl.gz", options.texts / "apt"):
        if not needed.exists():
            parser.error(f"{needed} is not there; `make langid-texts` fetches TEXTS")
    rows = [*read_rows(options.data / "langid" / "train.jsonl.gz"), *package_rows(options.texts)]
    table = build(gathered(shippable(rows)), package_grams(options.texts))
    table = fitted(table, development(options.data / "langid" / "dev.jsonl.gz"))
    save(table, options.out)
    print(f"{options.out.name}: {options.out.stat().st_size / 1e6:.2f} MB, {len(CLASSES)} classes")
    print(f"sharpness {table.sharpness}; measure with make quality-langid")


if __name__ == "__main__":
    main()
