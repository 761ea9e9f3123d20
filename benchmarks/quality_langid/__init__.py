"""How well languages are told, beside other tools in the same run."""
