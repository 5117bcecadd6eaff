"""Who does a long work's pieces: this process, processes of this machine, or the machines of a Ray cluster.

What the pieces are is the business of those who ask (`rehearse` plays nights, `plan` looks over tiles): they hand in a
`Job`, and get back what it makes of each item, in any order. `pool` is one machine's part, `cluster` is Ray's.
"""
