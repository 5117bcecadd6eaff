"""Verb: terrain and sensors to where a wall sees, what it misses, and where to stand.

`conditions` is what is asked, `standing` the wall on its map, `watching` how likely each sensor sees what stands where
(from the models in `sensors`), `looking` over which ground, `coverage` the maps of it. `tiles` cuts them, `pieces` are
what workers do, `maps` puts tiles together, `run` with `parts`, `rasters`, `pictures`, `about` and `report` makes the
folder. `candidates`, `lines`, `siting` and `sites` choose where to stand; `holes` finds the least-watched ways in.
Nothing here has physics of its own.
"""
