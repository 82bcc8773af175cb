"""Pure geometry of the atlas: reference systems, geodesic distances, joins and licence blocks.

Arrays or frames in, results out. Nothing here reads a file, knows a layer, draws or speaks a language.
"""
