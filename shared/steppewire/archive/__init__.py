"""The database of articles: one promise, kept by SQLite and PostgreSQL alike."""
