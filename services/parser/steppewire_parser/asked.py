"""What `steppewire parse` must have before it can read: pages at an address, and standard input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from steppewire.commands import inputs
from steppewire.commands.inputs import Fault, Input
from steppewire.errors import SettingError, Verdict
from steppewire.plugins import offered

MOST_BYTES = 64 << 20
"""Longest file that is looked into; of a page, the parser reads far less."""
KINDS = "HTML files, addresses of pages, or - for standard input"


class Asked:
    """Inputs with what must be had first: pages at an address, and standard input."""

    def __init__(self, given: Iterable[Input], stack: ExitStack) -> None:
        self._given, self._stack = iter(given), stack
        self._ask: Callable[[str], Any] | None = None
        self.over = False

    def take(self, most: int) -> Sequence[Input]:
        """Return the next inputs; one that took its time goes on alone."""
        taken: list[Input] = []
        while len(taken) < most:
            one = next(self._given, None)
            if one is None:
                self.over = True
                break
            taken.append(self._had(one))
            if taken[-1] is not one:
                break
        return taken

    def fileno(self) -> int:
        """Not asked for: an input is at hand, or there is none any more."""
        raise AssertionError("everything is at hand")

    def _had(self, one: Input) -> Input:
        if one.name == inputs.STDIN:
            return replace(one, data=inputs.from_stdin(MOST_BYTES))
        if one.fault is None and inputs.is_address(one.name):
            return self._answer(one)
        return one

    def _answer(self, one: Input) -> Input:
        try:
            answer = self._asking()(one.name)
        except Verdict as verdict:
            return replace(one, fault=Fault(verdict.reason, verdict.detail or one.name))
        return replace(one, url=answer.url, data=answer.body, content_type=answer.content_type)

    def _asking(self) -> Callable[[str], Any]:
        if self._ask is None:
            context = offered("page")
            if context is None:
                raise SettingError(
                    "asking for pages needs the fetcher: pip install steppewire-fetcher; "
                    "or save the page and give its file, with --url for its address"
                )
            self._ask = self._stack.enter_context(context())
        return self._ask
