"""How well articles are found: a test set in four languages, and its figures."""
