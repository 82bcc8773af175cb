"""Joins of the atlas beside those of its peers: same machine, same run, same data."""
