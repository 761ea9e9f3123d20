"""What the words after a command stand for, and what is said when they stand for nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from steppewire.commands.inputs import (
    Input,
    Lines,
    Unread,
    inputs_of,
    is_address,
    json_line,
    listed,
    read,
)
from steppewire.errors import NotFound


def fault(one: Input, most: int = 100) -> tuple[str, str]:
    with pytest.raises(Unread) as unread:
        read(one, most=most, kinds="HTML files")
    return unread.value.fault


def test_words_are_files_with_the_address_that_was_given() -> None:
    assert inputs_of(["a.html", "-"], url="https://a.kz/1") == [
        Input("a.html", "https://a.kz/1"),
        Input("-", "https://a.kz/1"),
    ]


def test_a_list_holds_paths_or_json_with_the_address_of_each(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_text(
        'a.html\n\n{"file": "b.html", "url": "https://b.kz/2"}\n{"url": "https://c.kz"}'
    )

    expected = [
        Input("a.html"),
        Input("b.html", "https://b.kz/2"),
        Input("https://c.kz", "https://c.kz"),
    ]
    assert list(listed(path)) == expected
    assert list(inputs_of(["x", f"@{path}", "y"])) == [Input("x"), *expected, Input("y")]
    assert list(inputs_of(["x"], [path])) == [Input("x"), *expected]


@pytest.mark.parametrize("line", ['{"file": 5}', "{broken", '{"url": ["a"]}', "{}", "{[]}"])
def test_a_bad_line_of_a_list_is_told_with_its_place(tmp_path: Path, line: str) -> None:
    path = tmp_path / "list"
    path.write_text(f"a.html\n{line}\n")

    _, bad = listed(path)
    reason, detail = fault(bad)

    assert reason == "bad-line"
    assert f"{path}:2" in detail


def test_a_list_that_is_not_there_ends_the_command_before_it_begins() -> None:
    with pytest.raises(NotFound, match="no list at nowhere"):
        inputs_of(["@nowhere"])


def test_names_of_addresses_are_told_from_paths() -> None:
    assert is_address("https://a.kz/1")
    assert is_address("ftp://a.kz")
    assert not is_address("a.html")
    assert not is_address("/tmp/a://b")


def test_each_thing_that_is_no_file_is_told_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "long").write_bytes(b"x" * 101)
    locked = Input(str(tmp_path / "long/below"))

    assert fault(Input("nowhere.html")) == (
        "missing",
        "there is no file nowhere.html: give HTML files",
    )
    assert fault(Input(str(tmp_path)))[0] == "folder"
    assert fault(locked)[0] == "unreadable"
    assert fault(Input("a\0b"))[0] == "unreadable"
    assert fault(Input(str(tmp_path / "long")))[0] == "too-long"
    assert fault(Input("-", data=b"x" * 101))[0] == "too-long"


def test_what_is_at_hand_is_read_without_a_file() -> None:
    assert read(Input("-", data=b"text"), most=10, kinds="files") == b"text"


def test_lines_are_given_out_as_they_come_and_whole() -> None:
    ours, theirs = os.pipe()
    lines = Lines(ours, longest=1000)

    assert lines.take(5) == []
    os.write(theirs, b"one\ntwo\nthr")
    assert lines.take(5) == [b"one", b"two"]
    os.write(theirs, b"ee\n\nlast")
    assert lines.take(1) == [b"three"]
    assert lines.take(5) == [b""]
    assert not lines.over
    os.close(theirs)
    assert lines.take(5) == [b"last"]
    assert lines.over


def test_a_line_without_end_is_cut_and_does_not_fill_the_memory() -> None:
    ours, theirs = os.pipe()
    lines = Lines(ours, longest=10)
    for _ in range(100):
        os.write(theirs, b"x" * 100)
        assert lines.take(1) == []
    os.write(theirs, b"\nnext\n")

    assert lines.take(2) == [b"x" * 10, b"next"]


def test_a_record_is_one_line_that_reads_back_even_with_a_name_that_is_no_utf8() -> None:
    record = {"file": os.fsdecode(b"caf\xe9.html"), "title": "Қазақ\u2028тілі\n"}
    line = json_line(record)

    assert line.count(b"\n") == 1
    assert "Қазақ".encode() in line
    assert json.loads(line) == record
