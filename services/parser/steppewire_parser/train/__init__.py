"""Makes the models that the parser ships; the running service never imports this."""
