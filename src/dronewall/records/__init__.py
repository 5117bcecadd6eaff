"""What flows between the parts, one file each. A record is frozen; many of one kind are a struct of arrays.

To add one: a file named after the thing, a frozen dataclass (or, where people write it, a pydantic `FileModel`) whose
field names carry their units. SI and radians in memory; degrees only in files, formats and outputs.
"""
