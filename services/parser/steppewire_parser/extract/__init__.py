"""Finds the main text of a page that no site rule describes, by structure and never by language."""
