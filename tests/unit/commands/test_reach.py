"""How a command finds a running newswire, and what it says where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from steppewire.commands.reach import broker_address
from steppewire.errors import BrokerUnreachable


def runs_in(folder: Path) -> None:
    (folder / "valkey").mkdir(parents=True)
    (folder / "valkey" / "address").write_text("unix:///run/valkey.sock")


def test_the_broker_is_that_of_the_folder(tmp_path: Path) -> None:
    runs_in(tmp_path)

    assert broker_address("redis://other:6379", tmp_path) == "unix:///run/valkey.sock"


def test_a_newswire_beside_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    runs_in(tmp_path / "demo")

    with pytest.raises(BrokerUnreachable, match=f"one runs in {tmp_path}/demo, give --data"):
        broker_address(None, tmp_path)


def test_where_none_runs_the_folder_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(BrokerUnreachable, match="give --data its folder"):
        broker_address(None, tmp_path)
