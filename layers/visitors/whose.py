"""Whose layers the catalogue shows beside the atlas's own: those of the visitor who is being answered.

A visitor is known by a token that only their browser and we have; it travels in a cookie or a header, never in an
address. Answering one means setting it for the thread or the task at work (a context variable), so that
``layers.spec.catalogue`` has their entries and nobody else's.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
from collections.abc import Iterator

from layers.spec import VISITORS_OWN, LayerSpec
from layers.visitors import memory, store
from layers.visitors.entry import specs_of, weight_of

COOKIE, HEADER = "atlas_visitor", "x-atlas-visitor"
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
TOKEN_BYTES = 32


def new_token() -> str:
    """A token that nobody can guess: 256 random bits as 43 characters."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def folder_name(token: str) -> str:
    """The name of a visitor's folder: a digest, so that a listing of the disk gives no token away."""
    return hashlib.blake2b(token.encode(), digest_size=16).hexdigest()


def visit(token: str) -> None:
    """From here on this thread or task answers that visitor; what is no token is nobody."""
    VISITORS_OWN.set(_own(token))


@contextlib.contextmanager
def visiting(token: str) -> Iterator[None]:
    """Answer that visitor within the block."""
    before = VISITORS_OWN.set(_own(token))
    try:
        yield
    finally:
        VISITORS_OWN.reset(before)


def _own(token: str) -> tuple[LayerSpec, ...]:
    if not TOKEN.fullmatch(token):
        return ()
    found: list[LayerSpec] = []
    weights = {}
    for folder in store.ready(folder_name(token)):
        with contextlib.suppress(OSError, ValueError, KeyError):  # being removed at this moment
            found += specs_of(folder)
            weights[folder] = weight_of(folder)
    memory.note(weights)
    return tuple(found)
