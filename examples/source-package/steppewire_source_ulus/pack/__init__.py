"""A pack is a package with TOML files beside it."""
