"""Writing a source for a site of which only the address is known; a human judges the draft.

`scout` asks the site; `shapes`, `tongues`, `markup` and `proposal` decide, as functions of values;
`files` writes; `show` tells.
"""
