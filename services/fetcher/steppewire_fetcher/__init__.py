"""The fetcher: discovers the pages of news sites and fetches them, politely."""

__version__ = "0.1.0"
