"""Build the knowledge base: `make build-knowledge`.

From CLDR by way of Babel (Unicode licence) come countries, continents and the cities of time
zones; from `lists/*.toml`, written for this project, everything else. The same sources give the
same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel import Locale

from steppewire_enricher.gazetteer import Entry, slug, written
from steppewire_enricher.lists import read_list
from steppewire_enricher.scripts import uz_to_cyrillic

FILE = Path(__file__).parents[1] / "models" / "knowledge.json"
LOCALES = {"kk": "kk", "ru": "ru", "uz-Latn": "uz", "uz-Cyrl": "uz_Cyrl", "en": "en"}
_NOT_COUNTRIES = frozenset(("EU", "EZ", "UN", "QO", "XA", "XB", "XK", "ZZ"))
_CONTINENTS = frozenset(("002", "003", "005", "009", "019", "142", "143", "150"))
_AREAS = ("Asia/", "Europe/", "Africa/", "Australia/", "America/", "Pacific/", "Atlantic/")
Row = dict[str, Any]
Names = dict[str, list[str]]


def rows() -> list[Row]:
    """Return all entries, in order of ids; what is listed comes first in each row's names."""
    out: dict[str, Row] = {}
    for entry in written():
        for row in _rows_of(entry):
            out[row["id"]] = row
    for row in (*_countries(), *_cities()):
        known = out.setdefault(row["id"], row)
        for writing, names in row["names"].items():
            have = known["names"].setdefault(writing, [])
            have += [name for name in names if name not in have]
    wikidata = read_list("wikidata")["ids"]
    for id_, item in wikidata.items():
        if id_ not in out:
            raise ValueError(f"lists/wikidata.toml: nothing has the id {id_}: drop the line")
        out[id_]["wikidata"] = item
    return [out[id_] for id_ in sorted(out)]


def _rows_of(entry: Entry) -> Iterator[Row]:
    """Return an entry as rows: a body that several states have has one for each that is named."""
    names = {code: [n.partition(" ~")[0] for n in row] for code, row in entry.names.items()}
    if "uz" in names:
        names["uz-Latn"] = names.pop("uz")
        names["uz-Cyrl"] = [uz_to_cyrillic(name) for name in names["uz-Latn"]]
    ordered = {w: names[w] for w in LOCALES if w in names}
    ids = {entry.id}
    if entry.states is not None:
        ids |= {entry.id_in(state) for state in ("kz", "uz", "kg", "tj", "tm", "ru")}
    for id_ in sorted(ids):
        row: Row = {
            "id": id_,
            "type": entry.type,
            "names": {w: list(n) for w, n in ordered.items()},
        }
        yield row | ({"kind": entry.kind} if entry.kind else {})


def _countries() -> Iterator[Row]:
    english = Locale.parse("en").territories
    for code, name in english.items():
        country = code.isalpha() and len(code) == 2 and code not in _NOT_COUNTRIES
        if not country and code not in _CONTINENTS:
            continue
        names = {
            writing: [said]
            for writing, locale in LOCALES.items()
            if (said := Locale.parse(locale).territories.get(code)) and "(" not in said
        }
        row: Row = {"id": f"place/{slug(name)}", "names": names}
        yield row | ({"type": "GPE", "kind": "country"} if country else {"type": "LOCATION"})


def _cities() -> Iterator[Row]:
    zones = Locale.parse("ru").time_zones
    for zone in sorted(zones):
        if not zone.startswith(_AREAS) or "city" not in zones[zone] or zone.count("/") > 1:
            continue
        plain = zone.rsplit("/", 1)[1].replace("_", " ")
        names: Names = {}
        for writing, locale in LOCALES.items():
            city = Locale.parse(locale).time_zones.get(zone, {}).get("city")
            city = city or (plain if writing == "en" else None)
            if city and "(" not in city:
                names[writing] = [city]
        if "uz-Latn" in names:
            names.setdefault("uz-Cyrl", [uz_to_cyrillic(names["uz-Latn"][0])])
        yield {"id": f"place/{slug(plain)}", "type": "GPE", "kind": "settlement", "names": names}


def main() -> None:
    """Write the file, one entry a line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows())
    FILE.write_text(f'{{"version":"1","entries":[\n{lines}\n]}}\n', "utf-8")
    print(f"{FILE.name}: {len(rows())} entries, {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
