"""The tree of errors, and the ways in which a message can end.

::

    SteppewireError
    ├── SettingError          a setting is missing or wrong                (exit 78, EX_CONFIG)
    ├── NotFound              a command names what does not exist          (exit 64, EX_USAGE)
    ├── BrokerUnreachable     no Redis-compatible server answers           (exit 69, EX_UNAVAILABLE)
    ├── ArchiveUnreachable    the database does not answer                 (exit 69)
    ├── SchemaMismatch        the database has another schema than needed  (exit 78)
    ├── PluginError           a source or hook cannot be loaded            (that plugin is left out)
    ├── WireError             an entry is not one of our events            (dead letter)
    │   └── UnknownVersion    its schema version is newer than this code   (dead letter)
    ├── BlobMissing           no bytes at this address of the blob store   (tried again)
    └── Verdict               a stage ends a message without an event
        ├── Skip              nothing to do here, and that is fine (counted)
        ├── Retry             later                                (delayed, then dead letter)
        └── Reject            never                                (dead letter)

Anything else that a stage raises is tried again as patiently as its kind deserves, see below; then
it is a dead letter.
"""

from __future__ import annotations


class SteppewireError(Exception):
    """Root of every error that steppewire raises on purpose; its text names cause and remedy."""

    exit_code = 70


class SettingError(SteppewireError):
    """A setting is missing or wrong."""

    exit_code = 78


class NotFound(SteppewireError):
    """A command names a stage, a source, an id or the like that does not exist."""

    exit_code = 64


class BrokerUnreachable(SteppewireError):
    """No Redis-compatible server answers at the configured address."""

    exit_code = 69


class ArchiveUnreachable(SteppewireError):
    """The database is away, full or too busy; a service that runs already tries again later."""

    exit_code = 69


class SchemaMismatch(SteppewireError):
    """The database has no schema, or another than this code reads and writes."""

    exit_code = 78


class PluginError(SteppewireError):
    """A plugin cannot be loaded; the others are not affected."""


class WireError(SteppewireError):
    """A stream entry is not one of our events."""


class UnknownVersion(WireError):
    """An event's schema version is newer than this code understands."""


class BlobMissing(SteppewireError):
    """The blob store has no bytes at this address."""


class Verdict(SteppewireError):
    """How a stage ends a message without an event. `reason` is a short slug that is counted."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class Skip(Verdict):
    """Nothing to do here, and that is fine: a page that is gone, a link that is no article."""


class Reject(Verdict):
    """This message can never succeed; it goes to the dead letters at once."""


class Retry(Verdict):
    """Not now. Without `after` (seconds) the delay grows with each attempt.

    `counted=False` is for waiting that is nobody's failure, such as a host's turn in its pace:
    it uses up no attempt.
    """

    def __init__(
        self, reason: str, detail: str = "", *, after: float | None = None, counted: bool = True
    ) -> None:
        super().__init__(reason, detail)
        self.after = after
        self.counted = counted
