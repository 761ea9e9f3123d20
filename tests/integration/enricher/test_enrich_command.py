"""`steppewire enrich`: texts in, languages and entities out, in order, whatever some texts are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
TEXT = (
    "Президент Қасым-Жомарт Тоқаев Астанада Шавкат Мирзиёевпен кездесті.\n\n\n"
    "Тауар айналымы $4,1 млрд болды. Кездесуді Тоқаевтың баспасөз қызметі хабарлады.\n"
)
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("STEPPEWIRE_")}
COMMAND = [sys.executable, "-m", "steppewire.cli", "enrich"]


def enrich(
    *words: str | Path, given: bytes = b"", status: int = 0
) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(
        [*COMMAND, *map(str, words)], env=ENVIRONMENT, input=given, capture_output=True, timeout=300
    )
    assert done.returncode == status, done.stderr.decode()
    return done


def records(*words: str | Path, given: bytes = b"", status: int = 0) -> list[dict[str, Any]]:
    done = enrich("--jsonl", *words, given=given, status=status)
    return [json.loads(line) for line in done.stdout.splitlines()]


def lines(*objects: Any) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in objects)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text(TEXT, "utf-8")
    return path


def test_offsets_count_in_the_text_as_it_was_given(file: Path) -> None:
    (read,) = records(file)

    assert read["language"] == "kk-Cyrl"
    assert [TEXT[e["start"] : e["end"]] for e in read["entities"]] == [
        e["text"] for e in read["entities"]
    ]
    assert [TEXT[p["start"] : p["end"]] for p in read["paragraphs"]] == TEXT.strip().split("\n\n\n")


def test_a_person_has_one_id_and_a_base_form_wherever_named(file: Path) -> None:
    (read,) = records(file)
    people = [e for e in read["entities"] if e["type"] == "PERSON"]

    assert [p["normal"] for p in people] == [
        "Қасым-Жомарт Тоқаев", "Шавкат Мирзиёев", "Қасым-Жомарт Тоқаев"
    ]  # fmt: skip
    assert people[0]["id"] == people[2]["id"] != people[1]["id"]


def test_money_is_a_number_with_its_currency(file: Path) -> None:
    (read,) = records(file)
    (sum_,) = [e for e in read["entities"] if e["type"] == "MONEY"]

    assert (sum_["amount"], sum_["currency"]) == (4_100_000_000, "USD")


def test_a_published_time_turns_a_day_without_a_year_into_a_date() -> None:
    asked = {"text": "Встреча прошла 16 ноября.", "published": "2018-11-17T10:00:00+06:00"}

    (read,) = records("-", given=lines(asked))

    assert [e["date"] for e in read["entities"] if e["type"] == "DATE"] == ["2018-11-16"]


def test_names_of_the_title_are_told_apart_from_those_of_the_text() -> None:
    asked = {"title": "Токаев прилетел в Ташкент", "text": "Его встретил Шавкат Мирзиёев."}

    (read,) = records("-", given=lines(asked))

    assert "Ташкент" in [e["text"] for e in read["title_entities"]]
    assert [e["text"] for e in read["entities"]] == ["Шавкат Мирзиёев"]


def test_lines_are_answered_in_order_and_a_bad_one_in_its_place() -> None:
    good = [{"text": f"Город Алматы, письмо номер {n}.", "id": n} for n in range(300)]
    given = lines(*good[:150]) + b'{"text": \n[1]\n{"title": "x"}\n' + lines(*good[150:])

    read = records("-", given=given, status=1)

    assert [r["id"] for r in read if "id" in r] == list(range(300))
    assert [r.get("refused") for r in read[149:154]] == [
        None, "bad-json", "bad-json", "no-text", None
    ]  # fmt: skip


def test_a_partner_that_waits_for_each_answer_gets_it() -> None:
    partner = subprocess.Popen(
        [*COMMAND, "--jsonl", "--jobs", "1", "-"],
        env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert partner.stdin
    assert partner.stdout
    with partner:
        for number in range(3):
            partner.stdin.write(lines({"text": "Тошкентда ёмғир ёғди.", "id": number}))
            partner.stdin.flush()
            assert json.loads(partner.stdout.readline())["id"] == number
        partner.stdin.close()
    assert partner.returncode == 0


def test_only_the_language_is_told_when_only_that_is_asked() -> None:
    (read,) = records("--only", "language", "-", given=lines({"text": "Бүгін қар жауды."}))

    assert read["language"] == "kk-Cyrl"
    assert read["languages"] == {"kk-Cyrl": 1.0}
    assert "entities" not in read


def test_lines_whose_language_alone_is_told_are_answered_in_order_too() -> None:
    short = [{"text": f"Город Алматы, письмо номер {n}.", "id": n} for n in range(60)]
    long = {"text": "Тошкентда ёмғир ёғди. " * 5_000, "id": 60}
    given = lines(*short[:20]) + b"[1]\n\n" + lines(*short[20:], long)

    read = records("--only", "language", "-", given=given, status=1)

    assert [r["id"] for r in read if "id" in r] == list(range(61))
    assert [r.get("refused") for r in read[19:22]] == [None, "bad-json", None]
    assert {r["language"] for r in read[22:-1]} == {"ru-Cyrl"}
    assert read[-1]["language"] == "uz-Cyrl"


def test_what_parse_prints_can_be_enriched(tmp_path: Path) -> None:
    page = ROOT / "tests/contract/sources/golden/zakon.kz/page.html"
    parse = [sys.executable, "-m", "steppewire.cli", "parse", "--jsonl", page]
    parsed = subprocess.run(parse, capture_output=True, env=ENVIRONMENT, check=True).stdout
    path = tmp_path / "articles.jsonl"
    path.write_bytes(parsed * 2)

    one, two = records(path)

    assert one == two
    assert one["file"] == str(page)
    assert one["language"] == "ru-Cyrl"
    assert one["entities"]


def test_what_a_text_is_about_is_told_to_people_and_machines(file: Path) -> None:
    (read,) = records(file)

    assert read["keywords"][0] == "Қасым-Жомарт Тоқаев"
    assert ", ".join(read["keywords"]) in enrich(file).stdout.decode()


def test_people_see_the_names_with_their_types(file: Path) -> None:
    shown = enrich(file).stdout.decode()

    assert "kk-Cyrl" in shown
    assert "PERSON" in shown
    assert "Қасым-Жомарт Тоқаев ×2" in shown
    assert "4,100,000,000 USD" in shown


@pytest.mark.parametrize(
    "words",
    [["missing.txt"], [str(ROOT)]],
    ids=["missing", "a folder"],
)
def test_what_cannot_be_read_is_told_with_the_remedy(words: list[str]) -> None:
    (read,) = records(*words, status=1)

    assert read["refused"] in ("missing", "folder")
    assert "a text file" in read["detail"]


def test_nothing_to_read_is_told_with_the_remedy() -> None:
    done = subprocess.run(COMMAND, env=ENVIRONMENT, capture_output=True)

    assert done.returncode != 0
    assert b"steppewire enrich --help" in done.stderr


HOSTILE = {
    "empty": "",
    "one letter": "ә",
    "emoji": "🇰🇿" * 2000,
    "a line of a megabyte": "Тоқаев Астанада " * 65_000,
    "a word of a megabyte": "ә" * 500_000,
    "homoglyphs": "Тoкaeв прилeтeл в Aлмaты",
    "right to left": "\u202eقازاقستان رەسپۋبليكاسى\u202c",
    "half a letter": "\ud800 Алматы \udfff",
    "controls": "\0\x01\x1b[31mАлматы\x7f\u2028",
}


def test_hostile_texts_are_answered_like_any_other() -> None:
    given = lines(*({"text": text, "id": name} for name, text in HOSTILE.items()))

    read = records("-", given=given)

    assert [r["id"] for r in read] == list(HOSTILE)
    for r in read:
        text = HOSTILE[r["id"]]
        assert [text[e["start"] : e["end"]] for e in r["entities"]] == [
            e["text"] for e in r["entities"]
        ]


def test_five_megabytes_are_answered(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("Президент Қасым-Жомарт Тоқаев Астанада сөйледі.\n" * 60_000, "utf-8")

    (read,) = records(path)

    assert path.stat().st_size > 5_000_000
    assert read["language"] == "kk-Cyrl"
    assert read["entities"]
