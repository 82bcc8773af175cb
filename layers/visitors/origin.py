"""From where a file is sent, so that one machine which makes up many tokens does not take the room of all."""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import os
import secrets
from pathlib import Path

KEY, KEY_BYTES = "key", 32
IPV6_BITS = 64  # of an address that name its subnet; a subscriber may choose the others (RFC 4291, 2.5.4)


def origin_of(host: str, folder: Path) -> str:
    """A digest of a client's network address under a key that lies in the folder alone, so that it tells no address.

    Nothing for the machine itself, behind whose proxy everybody would be one, and for what is no address.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_loopback:
        return ""
    told = address.packed if address.version == 4 else address.packed[: IPV6_BITS // 8]
    return hashlib.blake2b(told, key=_key(folder), digest_size=16).hexdigest()


def _key(folder: Path) -> bytes:
    """The key, made by whichever process asks first."""
    kept = folder / KEY
    if not kept.exists():
        part = folder / f".{KEY}.{secrets.token_hex(4)}"
        part.touch(0o600)
        part.write_bytes(secrets.token_bytes(KEY_BYTES))
        with contextlib.suppress(FileExistsError):  # another process was first
            os.link(part, kept)
        part.unlink()
    return kept.read_bytes()
