"""The source pack: every TOML file beside this one is a source.

To add one: docs/how-to/add-a-source.md.
"""
