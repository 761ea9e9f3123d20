"""The store: finished records go into the database, each once, each version kept."""
