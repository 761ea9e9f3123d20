"""A client of a Redis Cluster that rides out what a cluster does: nodes die, slots move.

redis-py's own client finds the nodes and keeps the connections. What is ours, and why: it asked a
moving slot's new node for permission on one connection and sent the command on another; it asked
a dead node again without a pause, and soon gave up; it ran pipelines without patience.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from redis.asyncio.client import Pipeline
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.connection import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import AbstractBackoff, NoBackoff
from redis.commands.core import AsyncScript
from redis.exceptions import (
    AskError,
    ClusterDownError,
    ClusterError,
    MovedError,
    NoScriptError,
    RedisClusterException,
    RedisError,
    SlotNotCoveredError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from steppewire.delivery.transport import wide

BROKEN: tuple[type[RedisError], ...] = (RedisConnectionError, RedisTimeoutError)
"""The connection broke: whether the command was done is not known."""
_UNSETTLED: tuple[type[RedisError], ...] = (
    *BROKEN,
    ClusterError,
    ClusterDownError,
    MovedError,
    AskError,
    TryAgainError,
)
"""What a cluster answers while a node is away or a slot is moving: it passes."""


@dataclass
class _Sent:
    """A command on its way, and its answer."""

    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    result: Any = None


class Cluster(RedisCluster):
    """Sends each command where its keys are, and again while they are on the move."""

    def __init__(
        self,
        nodes: Iterable[tuple[str, int]],
        *,
        pauses: AbstractBackoff,
        reconnects: int,
        **options: Any,
    ) -> None:
        super().__init__(
            startup_nodes=[ClusterNode(*node) for node in nodes],
            # Where one node's slots are not served, the others' still are.
            require_full_coverage=False,
            # Our keys lie in as many slots as there are partitions: each is corrected by itself,
            # and no connection is closed under a running command for it.
            reinitialize_steps=0,
            retry=Retry(NoBackoff(), 0),  # the patience is ours, and it pauses
            **options,
        )
        self._patience = Retry(pauses, reconnects, _UNSETTLED)
        self._drawing = asyncio.Lock()
        # what each node that is found will make its connections of, and those that we start with
        kind: Any = wide(self.connection_kwargs["connection_class"])
        self.connection_kwargs["connection_class"] = kind
        for node in self.nodes_manager.startup_nodes.values():
            node.connection_class = kind

    async def initialize(self, *_: Any, **__: Any) -> Cluster:
        """Draw the map of the cluster. Raises ConnectionError when no node can tell it.

        In place of redis-py's own (8.1), which closes every connection, in use or not, when the
        node that it wants to learn the commands from is the one that is away.
        """
        if self._initialize:
            async with self._drawing:
                if self._initialize:
                    await self._draw()
        return self

    async def _draw(self) -> None:
        try:
            await self.nodes_manager.initialize()
            if not self.commands_parser.commands:
                await self._learn_commands()
        except RedisClusterException as error:  # which is no RedisError
            raise RedisConnectionError(str(error)) from error
        self._initialize = False

    async def _learn_commands(self) -> None:
        """Learn from any node where the keys of a command stand."""
        failure: RedisError = RedisConnectionError("the cluster has no primary")
        for node in self.get_primaries():
            try:
                return await self.commands_parser.initialize(node)
            except BROKEN as error:
                failure = error
        raise failure

    async def _determine_slot(self, command: str, *args: Any) -> int:
        """Return the slot of a command; redis-py would ask a node for each read of a stream."""
        if command in ("XREAD", "XREADGROUP"):
            named = args[args.index(b"STREAMS") + 1 :]
            return self.keyslot(named[0])
        return await super()._determine_slot(command, *args)

    async def execute_command(self, *args: Any, **kwargs: Any) -> Any:
        """Send a command, again and again while its node is away or its slot is moving.

        Raises ConnectionError when that lasts too long.
        """
        return await self.patiently(lambda: super(Cluster, self).execute_command(*args, **kwargs))

    async def patiently(self, send: Any) -> Any:
        """Await `send()` until the cluster has settled. Raises ConnectionError."""

        async def attempt() -> Any:
            try:
                # before redis-py looks: without a map it would send to any node
                await self.initialize()
                return await send()
            except SlotNotCoveredError as error:  # which is no RedisError
                self._initialize = True
                raise ClusterDownError(str(error)) from error

        try:
            return await self._patience.call_with_retry(attempt, _pass)
        except _UNSETTLED as error:
            if isinstance(error, BROKEN):
                raise
            raise RedisConnectionError(f"the cluster has not settled: {error}") from error

    async def _execute_command(self, target_node: ClusterNode, *args: Any, **kwargs: Any) -> Any:
        """Send a command to a node, once. In place of redis-py's own (8.1)."""
        try:
            return await _answer(target_node.execute_command(*args, **kwargs))
        except AskError as error:
            if isinstance(error, MovedError):
                await self.learn(target_node, error)
                raise
            return await self._ask(error, args, kwargs)
        except _UNSETTLED as error:
            await self.learn(target_node, error)
            raise

    async def _ask(self, where: AskError, args: Any, kwargs: Any) -> Any:
        """Send a command to the node that its slot is moving to: both parts on one connection."""
        node = self.get_node(where.host, where.port) or ClusterNode(
            where.host, where.port, **self.connection_kwargs
        )
        command = _Sent(args, kwargs)
        await _answer(node.execute_pipeline(cast("Any", [_Sent(("ASKING",), {}), command])))
        if isinstance(command.result, Exception):
            raise command.result
        return command.result

    async def learn(self, node: ClusterNode, error: RedisError) -> None:
        """Correct the map by what a node answered, or draw it again before the next command."""
        if isinstance(error, MovedError):
            await self.nodes_manager.move_slot(error)
        elif isinstance(error, BROKEN):
            await node.disconnect_free_connections()
            self.nodes_manager.move_node_to_end_of_cached_nodes(node.name)
            self._initialize = True
        elif isinstance(error, ClusterDownError):
            self._initialize = True

    async def node_for(self, args: Sequence[Any]) -> ClusterNode:
        """Return the node that a command's keys are on. Raises SlotNotCoveredError."""
        return self.nodes_manager.get_node_from_slot(await self._determine_slot(*args))

    def pipeline(self, transaction: Any = True, shard_hint: Any = None) -> Any:
        """Collect commands and send them together; those of a transaction have one slot."""
        return _Pipeline(self, transaction=bool(transaction))

    def register_script(self, script: Any) -> Any:
        """Return a script that loads itself where it is missing."""
        return _Script(self, script)


class _Pipeline(Pipeline):
    """Commands sent together, each to its node."""

    def __init__(self, cluster: Cluster, *, transaction: bool) -> None:
        # a pool that nothing is taken from: the nodes have their own
        super().__init__(ConnectionPool(), cluster.response_callbacks, transaction, None)
        self._cluster = cluster

    async def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Send all commands; return their answers in order. Raises the first error of them."""
        commands: list[Any] = list(self.command_stack)
        self.command_stack = []
        send = self._transact if self.is_transaction else self._send
        answers: list[Any] = await send(commands) if commands else []
        for answer in answers if raise_on_error else ():
            if isinstance(answer, Exception):
                raise answer
        return answers

    async def _send(self, commands: Sequence[Any]) -> list[Any]:
        """Send what goes to one node at once; and once more, by itself, what did not arrive."""
        sent = [_Sent(args, options) for args, options in commands]
        places: dict[ClusterNode, list[_Sent]] = {}
        for command in sent:
            node = await self._cluster.patiently(lambda c=command: self._cluster.node_for(c.args))
            places.setdefault(node, []).append(command)
        await asyncio.gather(*(self._deliver(node, some) for node, some in places.items()))
        return [command.result for command in sent]

    async def _deliver(self, node: ClusterNode, commands: list[_Sent]) -> None:
        try:
            await _answer(node.execute_pipeline(cast("Any", commands)))
        except BROKEN as error:
            await self._cluster.learn(node, error)
            for command in commands:
                command.result = error
        for command in commands:
            if isinstance(command.result, _UNSETTLED):
                await self._again(command)

    async def _again(self, command: _Sent) -> None:
        try:
            command.result = await self._cluster.execute_command(*command.args, **command.kwargs)
        except RedisError as error:
            command.result = error

    async def _transact(self, commands: Sequence[Any]) -> list[Any]:
        answers: list[Any] = await self._cluster.patiently(lambda: self._attempt(commands))
        return answers

    async def _attempt(self, commands: Sequence[Any]) -> list[Any]:
        node = await self._cluster.node_for(commands[0][0])
        sent = [_Sent(args, {}) for args in (("MULTI",), *(args for args, _ in commands))]
        done = _Sent(("EXEC",), {})
        try:
            await _answer(node.execute_pipeline(cast("Any", [*sent, done])))
        except BROKEN as error:
            await self._cluster.learn(node, error)
            raise
        for command in (*sent, done):
            if isinstance(command.result, RedisError):
                await self._cluster.learn(node, command.result)
                raise command.result
        return [self._read(*one) for one in zip(commands, done.result, strict=True)]

    def _read(self, command: Any, answer: Any) -> Any:
        args, options = command
        read = self.response_callbacks.get(args[0])
        if read is None or isinstance(answer, Exception):
            return answer
        # "keys" is for redis-py's cache; it takes it out of the options, too
        return read(answer, **{name: value for name, value in options.items() if name != "keys"})


class _Script:
    """A Lua script that is sent whole to a node that does not know it.

    redis-py would load it on all nodes, which fails while one of them is away.
    """

    def __init__(self, cluster: Cluster, source: str) -> None:
        self.cluster, self.source = cluster, source
        self.sha = AsyncScript(cluster, source).sha

    async def __call__(self, keys: Sequence[str], args: Iterable[Any] = ()) -> Any:
        """Run it where its keys are."""
        given = (len(keys), *keys, *args)
        try:
            return await self.cluster.execute_command("EVALSHA", self.sha, *given)
        except NoScriptError:
            return await self.cluster.execute_command("EVAL", self.source, *given)


async def _answer(sending: Awaitable[Any]) -> Any:
    """Await a command's answer.

    redis-py (8.1) may close a connection while another task is about to write to it, which then
    finds no writer: a broken connection like any other.
    """
    try:
        return await sending
    except AttributeError as error:
        raise RedisConnectionError(f"closed before it was used: {error}") from error


async def _pass(_: Exception) -> None:
    """Do nothing about a failure: the next attempt follows."""
