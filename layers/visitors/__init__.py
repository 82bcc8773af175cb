"""Visitors' own layers: kept in temporary files for one visitor, gone on request or after a day."""
