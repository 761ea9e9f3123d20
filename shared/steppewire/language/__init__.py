"""How our languages are written: what parser, enricher and archive must see in the same way."""
