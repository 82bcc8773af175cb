"""Benchmarks of the running atlas, apart from the tests: ``python -m tests.bench``."""
