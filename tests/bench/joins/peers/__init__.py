"""One worker per engine, each run by the Python of its own environment."""
