"""The enricher: an article's language and script, the names in it, and its fingerprints."""

import os

# The matrices of one article are small: threads would spend more time waiting for each other than
# computing, and workers share the cores already. numpy reads this once, when it is first loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
