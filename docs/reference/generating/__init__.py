"""What `docs/reference/generate.py` writes: one module a page."""
