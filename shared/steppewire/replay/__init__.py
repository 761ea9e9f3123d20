"""Reading the past again with today's code.

`offers` finds the code, `changes` decides what is different, `spool` keeps it, `run` does it.
"""
