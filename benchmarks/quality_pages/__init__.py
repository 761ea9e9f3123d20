"""How well pages are read, beside other tools: `make quality-pages DATA=folder`."""
