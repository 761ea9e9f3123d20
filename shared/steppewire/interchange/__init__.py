"""Articles in files of others' formats: JSON Lines, Parquet and WARC, out and in again."""
