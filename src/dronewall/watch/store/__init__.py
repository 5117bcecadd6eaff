"""Where tracks went, to be asked by area and time: a file beside the event log, and PostgreSQL with PostGIS for many.

    desk -> pieces (`pieces`) -> DATA/paths.sqlite (`local`) --+
                                 DATA/events.sqlite (the log) -+--> `carrier` --> PostgreSQL (`postgres`)

The files come first and need nothing. Where a store is named (`watch --store postgresql://...`), one thread carries
what they hold there, in order, and remembers how far in the same transaction. So the desk never waits for a server,
nothing that was written down is lost while it is away, and nothing arrives twice. The event log is carried with its
numbers and hashes: what stands in the store is the same chain, verified in the same way.

`asking` is what can be asked, the same of both; `migrations/` are the tables of PostgreSQL, numbered, never changed.
"""
