"""How well names are known again across languages, beside anyascii with Jaro-Winkler."""
