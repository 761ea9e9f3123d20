"""Floors of quality: what was reached once must not be lost. `floors.toml` holds them."""
