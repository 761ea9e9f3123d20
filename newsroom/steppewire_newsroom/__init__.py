"""A local newsroom: Central Asian news sites, written by us, with known truth.

`serve()` runs it inside a test, `truth()` tells what every article really says.
"""

from __future__ import annotations

from steppewire_newsroom.desk import Desk, hosts, reroute
from steppewire_newsroom.serving import serve
from steppewire_newsroom.truth import bad_pages, source_problems, truth

__all__ = ["Desk", "bad_pages", "hosts", "reroute", "serve", "source_problems", "truth"]
