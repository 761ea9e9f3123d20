"""The command `steppewire`: each part is loaded when it is asked for, and none breaks another."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from steppewire import cli
from steppewire.commands.lent import LENT
from steppewire.errors import SettingError

OF_SERVICES = (
    "redis", "hiredis", "faststream", "starlette", "uvicorn", "prometheus_client", "pebble",
    "pydantic_settings", "structlog", "sqlalchemy", "aiohttp",
)  # fmt: skip
HEAVY = (*OF_SERVICES, "rich", "numpy", "steppewire.events")
SEEN = "finally: print([name for name in {names} if name in sys.modules], file=sys.stderr)"


def run(*words: str, **options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "steppewire.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=options or None)


def loaded(names: Sequence[str], *words: str) -> str:
    """Run a command in a process of its own; return which of these modules it has at the end."""
    code = (
        f"import sys; sys.argv = ['steppewire', *{words}]\n"
        "from steppewire.cli import main\n"
        f"try: main()\n{SEEN.format(names=names)}"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    return done.stderr.splitlines()[-1]


def test_a_command_loads_nothing_that_it_does_not_need() -> None:
    assert loaded(HEAVY, "version") == "[]"


def test_the_list_of_commands_is_written_without_loading_them() -> None:
    ours = ("steppewire.commands", "steppewire.events", "steppewire_parser.commands")

    assert loaded((*OF_SERVICES, "numpy", *ours), "--help") == "[]"


def test_the_list_says_of_each_command_what_the_command_says_of_itself() -> None:
    listed = {point.name: cli._listed(point).get_short_help_str(200) for point in cli.points()}

    assert listed == {p.name: cli.loaded(p).get_short_help_str(200) for p in cli.points()}


def test_reading_a_page_loads_nothing_of_the_services_that_run(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    text = "<p>" + "A calm day in Almaty, and nothing else to tell. " * 9 + "</p>"
    page.write_text(f"<title>A day</title><article><h1>A calm day</h1>{text * 5}</article>")
    unwanted = (*OF_SERVICES, "rich", "bs4", "soupsieve", "tld", "steppewire_parser.evidence")

    assert loaded(unwanted, "parse", "--jsonl", str(page)) == "[]"


def test_the_help_names_our_commands_and_those_that_other_distributions_bring() -> None:
    told = run("--help").stdout

    for name in ("run", "top", "source", "dead", "replay", "recover", "partitions", "demo"):
        assert f" {name} " in told
    assert " new " in run("source", "--help").stdout


def test_the_version_is_told_as_other_commands_tell_it() -> None:
    assert run("--version").stdout == run("version").stdout != ""


def test_a_slip_in_a_name_gets_the_right_one() -> None:
    slip = run("sourc")

    assert "Did you mean 'source'?" in slip.stderr
    assert slip.returncode == 2


@pytest.mark.parametrize("command", [["recover"], ["replay"], ["dead", "retry"]])
def test_help_breaks_its_lines_where_the_terminal_ends(command: list[str]) -> None:
    wide = run(*command, "--help", COLUMNS="400", TERMINAL_WIDTH="400").stdout
    prose = wide.partition("╭")[0].strip().splitlines()

    assert all(line.rstrip().endswith((".", ".)", "]")) for line in prose if line.strip())


def test_no_help_has_brackets_which_the_terminal_would_take_for_a_style() -> None:
    """`[default: …]` was left out so; `show_default` writes it."""
    said = {
        f"{' '.join(path)} {name}: {text}"
        for path, command in each_command(cli.loaded(p) for p in cli.points())
        for name, text in [
            ("", command.help or ""),
            *((str(one.name), getattr(one, "help", None) or "") for one in command.params),
        ]
    }

    assert len(said) > 100
    assert [text for text in sorted(said) if "[" in text] == []
    assert "[default: (one is made)]" in run("webhooks", "add", "--help", COLUMNS="200").stdout


def each_command(
    commands: Iterable[Any], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield all commands, and those of groups, with the words that call them."""
    for command in commands:
        path = (*above, command.name)
        yield path, command
        yield from each_command(getattr(command, "commands", {}).values(), path)


@pytest.mark.parametrize("name", LENT)
def test_a_command_that_is_not_installed_says_what_it_needs(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = tuple(point for point in cli.points() if point.module.startswith("steppewire."))
    monkeypatch.setattr(cli, "points", lambda: ours)
    cli.loaded.cache_clear()
    try:
        result = CliRunner().invoke(cli.app, [*name.split("."), "--jsonl", "a.html"])
    finally:
        cli.loaded.cache_clear()

    assert isinstance(result.exception, SettingError)
    assert f"`steppewire {name.replace('.', ' ')}` needs the " in str(result.exception)
    assert "pip install 'steppewire-" in str(result.exception)


def test_every_command_of_ours_that_may_be_missing_is_one_that_a_service_brings() -> None:
    brought = {point.name for point in cli.points() if point.name not in cli.OURS}

    assert set(LENT) == brought - {"demo"}


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A folder with a distribution whose commands cannot be imported."""
    info = tmp_path / "broken-1.0.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: broken\nVersion: 1.0.0\n")
    points = "extra = broken_module:extra\nsource.extra = broken_module:extra\n"
    (info / "entry_points.txt").write_text(f"[steppewire.commands]\n{points}")
    (tmp_path / "broken_module.py").write_text("raise RuntimeError('no driver')")
    return tmp_path


def test_a_command_that_cannot_be_loaded_says_so_and_disables_no_other(broken: Path) -> None:
    environment = {"PYTHONPATH": str(broken)}

    assert run("version", **environment).returncode == 0
    assert run("--help", **environment).returncode == 0
    for words in (["extra"], ["source", "extra"]):
        done = run(*words, **environment)
        assert done.returncode == 70
        assert done.stderr.count("\n") == 1
        assert "RuntimeError: no driver; repair or uninstall" in done.stderr


def test_run_says_at_once_that_a_broker_does_not_answer(tmp_path: Path) -> None:
    broker = "redis://:secret@127.0.0.1:1/0"
    told = run("run", "--redis-url", broker, "--data", str(tmp_path / "var"))

    assert told.returncode == 69
    assert "no Redis-compatible server at redis://127.0.0.1:1/0" in told.stderr
    assert not (tmp_path / "var").exists()
