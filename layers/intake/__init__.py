"""Visitors' files: every one is read by a worker process that may be killed, and comes back as a verdict.

The rooms, in the order in which a file passes them: ``supervise`` (the safe side: starts, bounds and kills a worker,
trusts nothing that it says), ``worker`` (the other side), ``limits`` (what a worker gives up before it looks at the
file), ``sniff`` (what the file is, by its content), ``archive`` (zip), the readers ``geojson``, ``ogr``, ``dbf``,
``markup`` (by ``walk``), ``delimited``, ``sheets``, ``columnar``, which make ``found`` layers; ``letters`` (encodings),
``tabular`` (positions in cells), ``headings`` (names of columns), ``places`` (reference systems), ``antimeridian`` and
``clean`` (shapes), ``verdict`` (the answer). ``fence`` keeps workers from files, ``slots`` counts them, ``stage`` says
how far one is. Only ``supervise``, ``stage`` and ``verdict`` are for other rooms.
"""
