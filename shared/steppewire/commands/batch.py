"""Many inputs through one function on all cores: answers in order, and none at another's cost.

    for item, answer in answers(prepare, inputs, time_limit=2.0):
        ...  # answer: what the function returned for `item`, or Failed with a reason

`prepare` is called once and returns the function, so that it may import and load what the function
needs; child processes are forked from there and share it. Each gets a chunk at a time. An input
that takes too long, or kills its process, costs that process and is told as `Failed`; the rest of
its chunk goes to the next one.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import select
import signal
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

In = TypeVar("In")
Out = TypeVar("Out")
Taken = TypeVar("Taken", covariant=True)

CHUNK = 16
"""Most inputs that a process is given at a time: handing over costs 0.1 ms, whatever the number."""
AHEAD = 4
"""Chunks for each process that may be under way or wait for a slower one before them."""
PATIENCE = 15
"""An input may stand still for so many times the seconds that it may compute."""

# One core for each process: their libraries must not start threads for all cores again.
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class Failed(NamedTuple):
    """Why there is no answer."""

    reason: str
    """`time-limit`, `crashed` (its process died), or `failed` (the function raised)."""
    detail: str


class Supply(Protocol[Taken]):
    """Where inputs come from, if not from something to iterate over."""

    @property
    def over(self) -> bool:
        """Tell whether no more will come."""

    def take(self, most: int) -> Sequence[Taken]:
        """Return inputs that are at hand; none, rather than wait for them."""

    def fileno(self) -> int:
        """Return what to wait on when nothing was at hand."""


def cores() -> int:
    """Return how many processes can compute at the same time here."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def answers(
    prepare: Callable[[], Callable[[In], Out]],
    inputs: Iterable[In] | Supply[In],
    *,
    time_limit: float,
    jobs: int | None = None,
    chunk: int = CHUNK,
    share: bool = True,
) -> Iterator[tuple[In, Out | Failed]]:
    """Yield each input with its answer, in the order of the inputs.

    `time_limit` is seconds of computing for one input (its own, not the system's). Inputs are taken
    as they are needed, a few chunks ahead. With `share=False` each process prepares by itself: for
    libraries that do not survive a fork. What a process prints goes to standard error.
    """
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")
    number = jobs or cores()
    if isinstance(inputs, Sized):
        chunk = max(1, min(chunk, -(-len(inputs) // (2 * number))))
    crew = _Crew(prepare, number, time_limit, share=share)
    supply = inputs if hasattr(inputs, "take") else _AtHand(inputs)
    try:
        yield from _Line(supply, crew, chunk).served()
    finally:
        crew.dismiss()


def tell_unread(read: int, refused: Counter[str]) -> None:
    """Tell on standard error how many inputs were refused, and why, if there was more than one."""
    number = refused.total()
    if read + number > 1:
        why = ", ".join(f"{reason} {count}" for reason, count in refused.most_common())
        print(f"{number} of {read + number} were not read: {why}", file=sys.stderr)


class _AtHand(Generic[In]):
    """Inputs that can be had without waiting."""

    def __init__(self, inputs: Iterable[In]) -> None:
        self._inputs, self.over = iter(inputs), False

    def take(self, most: int) -> Sequence[In]:
        taken = list(islice(self._inputs, most))
        self.over = not taken
        return taken

    def fileno(self) -> int:
        raise AssertionError("everything is at hand")


@dataclass
class _Place(Generic[In]):
    """One input's place in the line."""

    item: In
    answered: bool = False
    answer: Any = None


@dataclass
class _Line(Generic[In]):
    """Inputs from when they are taken until they are answered and all before them are, too."""

    supply: Any
    crew: _Crew[In]
    chunk: int
    places: deque[_Place[In]] = field(default_factory=deque)
    again: deque[list[_Place[In]]] = field(default_factory=deque)
    """What a process left undone when it died."""

    def served(self) -> Iterator[tuple[In, Any]]:
        """Yield what is answered at the head of the line, until nobody is in it."""
        while True:
            while self.places and self.places[0].answered:
                place = self.places.popleft()
                yield place.item, place.answer
            wanting = self._feed()
            if not self.places and self.supply.over:
                return
            self._collect(self.crew.wait(self.supply if wanting else None))

    def _feed(self) -> bool:
        """Give every idle process something to do; tell whether one waits for more to come."""
        while (self.again or not self.supply.over) and self.crew.has_room():
            places = self.again.popleft() if self.again else self._taken()
            if not places:
                return not self.supply.over and len(self.places) < self._most
            self.again += self.crew.give(places)
        return False

    @property
    def _most(self) -> int:
        return AHEAD * self.chunk * self.crew.jobs

    def _taken(self) -> list[_Place[In]]:
        room = min(self.chunk, self._most - len(self.places))
        taken = [_Place(item) for item in self.supply.take(room)] if room > 0 else []
        self.places += taken
        return taken

    def _collect(self, desks: Iterable[_Desk[In]]) -> None:
        for desk in desks:
            if left := desk.receive():
                self.again.append(left)


class _Crew(Generic[In]):
    """The processes: as many as there is work for, replaced when they die."""

    def __init__(
        self,
        prepare: Callable[[], Callable[[In], Any]],
        jobs: int,
        time_limit: float,
        *,
        share: bool,
    ) -> None:
        self.jobs, self._limit, self._share = jobs, time_limit, share
        self._prepare = prepare
        self._desks: list[_Desk[In]] = []

    def has_room(self) -> bool:
        """Tell whether a process is idle, or one more may be started."""
        self._desks = [desk for desk in self._desks if desk.alive]
        return len(self._desks) < self.jobs or any(not desk.asked for desk in self._desks)

    def give(self, places: list[_Place[In]]) -> list[list[_Place[In]]]:
        """Hand inputs to an idle process; return those that it did not live to take."""
        desk = next((desk for desk in self._desks if not desk.asked), None) or self._hire()
        left = desk.ask(places)
        return [left] if left else []

    def wait(self, supply: Supply[In] | None) -> list[_Desk[In]]:
        """Return the processes that have something to tell; [] when the supply has."""
        busy: dict[Any, _Desk[In]] = {desk.wire: desk for desk in self._desks if desk.asked}
        if supply is not None and not busy:
            select.select([supply], [], [])
            return []
        more: list[Any] = [] if supply is None else [supply]
        return [busy[one] for one in wait([*busy, *more]) if one in busy]

    def _hire(self) -> _Desk[In]:
        forked = sys.platform == "linux" and threading.active_count() == 1
        if forked and self._share:
            prepared = self._prepare()
            self._prepare = _Prepared(prepared)
        desk = _Desk.open(self._prepare, self._limit, self._desks, forked=forked)
        self._desks.append(desk)
        return desk

    def dismiss(self) -> None:
        """End all processes."""
        for desk in self._desks:
            desk.close()


class _Prepared(Generic[In, Out]):
    """A function that needs no further preparation."""

    def __init__(self, function: Callable[[In], Out]) -> None:
        self.function = function

    def __call__(self) -> Callable[[In], Out]:
        return self.function


@dataclass(eq=False)
class _Desk(Generic[In]):
    """Our end of the wire to one process."""

    process: multiprocessing.process.BaseProcess
    wire: Connection[Any, Any]
    limit: float
    asked: deque[_Place[In]] = field(default_factory=deque)
    alive: bool = True

    @classmethod
    def open(
        cls,
        prepare: Callable[[], Callable[[In], Any]],
        limit: float,
        others: Sequence[_Desk[In]],
        *,
        forked: bool,
    ) -> _Desk[In]:
        """Start a process. Forked when nothing but our own thread runs here: quicker, and lean."""
        context: Any = multiprocessing.get_context("fork" if forked else "spawn")
        ours, theirs = context.Pipe()
        # a fork holds what we hold: it must not keep its fellows' wires open when we are gone
        inherited = [ours, *(desk.wire for desk in others)] if forked else []
        process = context.Process(
            target=_serve, args=(theirs, prepare, limit, inherited), daemon=True
        )
        process.start()
        theirs.close()
        return cls(process, ours, limit)

    def ask(self, places: list[_Place[In]]) -> list[_Place[In]]:
        """Hand over inputs. A process takes them before it answers, so that nobody waits twice."""
        self.asked.extend(places)
        try:
            self.wire.send([place.item for place in places])
        except OSError:  # it died while it had nothing to do
            return self._mourn()
        return []

    def receive(self) -> list[_Place[In]]:
        """Take one answer; when the process has died instead, return what it left undone."""
        try:
            answer = self.wire.recv()
        except (EOFError, OSError):
            return self._mourn()
        self._answer(answer)
        return []

    def _answer(self, answer: Any) -> None:
        place = self.asked.popleft()
        place.answer, place.answered = answer, True

    def _mourn(self) -> list[_Place[In]]:
        self.close()
        self._answer(_why_dead(self.process.exitcode or 0, self.limit))
        left = list(self.asked)
        self.asked.clear()
        return left

    def close(self) -> None:
        """End the process."""
        self.alive = False
        self.wire.close()
        self.process.join(0 if self.asked else 1)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()


def _why_dead(status: int, limit: float) -> Failed:
    if -status in (signal.SIGVTALRM, signal.SIGALRM):
        return Failed("time-limit", f"took longer than {limit:g} s and was given up")
    if -status == signal.SIGKILL:
        return Failed("crashed", "its process was killed; is there enough memory?")
    named = signal.Signals(-status).name if status < 0 else f"status {status}"
    return Failed("crashed", f"its process died ({named}); please report the input")


def _serve(
    wire: Connection[Any, Any],
    prepare: Callable[[], Callable[[In], Any]],
    limit: float,
    inherited: Sequence[Connection[Any, Any]],
) -> None:
    """Answer chunk after chunk, in a process of its own, until nobody asks."""
    for other in inherited:
        other.close()
    os.dup2(2, 1)  # standard output is the answers', not for what a library may print
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever asks
    for ends in (signal.SIGVTALRM, signal.SIGALRM):
        signal.signal(ends, signal.SIG_DFL)  # the kernel ends us, even inside a C library
    work = prepare()
    gc.freeze()  # what is loaded stays: nothing to collect, and a fork's pages stay shared
    with suppress(EOFError, OSError):  # the other end is gone
        while True:
            for item in wire.recv():
                wire.send(_answered(work, item, limit))


def _answered(work: Callable[[In], Any], item: In, limit: float) -> Any:
    signal.setitimer(signal.ITIMER_VIRTUAL, limit)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE * limit)
    try:
        return work(item)
    except Exception as error:  # whatever it is, it is this input's trouble alone
        return Failed("failed", f"{type(error).__name__}: {error}")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
