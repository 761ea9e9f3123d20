"""How each source is doing: what is normal for it, and when that is so no longer.

Read in this order: `rhythm` (when it publishes), `drift` (what its articles have), `chart` (both
for one source, and the alarms), `words` (the same for people), `watch` (the watcher in Redis),
`reading` (for whoever shows it). The first four are plain functions of values.
"""
