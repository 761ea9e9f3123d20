"""How well names, sums, dates and numbers are found: `make quality-ner DATA=folder`."""
