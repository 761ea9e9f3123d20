"""A service at work: FastStream reads and keeps the life cycle, our delivery layer does the rest.

A service's author writes a function and one line of wiring (`service.cpu(PARSE, parse)`), and never
acknowledges anything. Read `process.py` (a process from start to end), `service.py` (what a service
does meanwhile), `greeting.py` (what is wrong with a broker) and `reader.py`, the only file that
knows FastStream.
"""

from steppewire.broker.process import run, spare_the_collector
from steppewire.broker.reader import Reader
from steppewire.broker.service import Service

__all__ = ["Reader", "Service", "run", "spare_the_collector"]
