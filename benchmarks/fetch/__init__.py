"""Pages fetched per CPU-second beside other fetchers, and how punctual discovery is."""
