"""The page in a real browser: what a person would see, press and read."""
