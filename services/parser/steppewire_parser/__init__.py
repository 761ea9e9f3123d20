"""The parser: page bytes in, a clean article out."""
