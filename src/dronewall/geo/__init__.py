"""Where things are: frames, the geoid, terrain, sightlines, the border.

One file each. Angles are radians and lengths metres; degrees appear only where a file is read. To add a source of
terrain: a class with `height_hae_m`, `canopy_m` and `describe` (see `terrain.Terrain`), and a line in `load_terrain`.
"""
