"""Real servers and small helpers for tests, ours and plugin authors'."""
