"""The pages that people read: made on the server, in four languages, working without scripts."""
