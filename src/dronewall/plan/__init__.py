"""Verb: terrain and sensors to where a wall sees, what it misses, and where to stand.

`conditions` is what is asked, `watching` how likely each sensor sees what stands where (from the models in `sensors`),
`coverage` the maps of it, `run` with `rasters`, `pictures` and `report` the files; `candidates`, `lines`, `siting` and
`sites` choose where to stand; `holes` finds the least-watched ways in. Nothing here has physics of its own.
"""
