"""Exit 0 when $HEALTH_URL answers 200; else say what it said and exit 1.

Docker runs this every few seconds in every container: the standard library only, and little of it.
"""

import http.client
import os
import sys

_, _, address = os.environ["HEALTH_URL"].partition("://")
host, _, path = address.partition("/")
try:
    connection = http.client.HTTPConnection(host, timeout=4)
    connection.request("GET", f"/{path}")
    answer = connection.getresponse()
    said = answer.read(500).decode("utf-8", "replace")
except OSError as error:
    sys.exit(f"{host} does not answer: {error}")
sys.stdout.write(f"{answer.status} {said}\n")
sys.exit(answer.status != 200)
