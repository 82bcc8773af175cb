"""Zip archives inflated by counting, under names of our own: what an archive calls its members never is a path."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from layers.errors import UploadError
from layers.intake import stage

MB = 1_000_000
MOST_MEMBERS = 1_000
MOST_BYTES = 1_000 * MB  # of all members together
MOST_MEMBER_BYTES = 800 * MB
MOST_RATIO = 200  # of text hardly any archive is above 50
RATIO_FROM_BYTES = 10 * MB  # less than this cannot exhaust anything
CHUNK_BYTES = 1 << 18
NESTED = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")
FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


def members(path: Path) -> list[zipfile.ZipInfo]:
    """The files in an archive, folders and what systems add by themselves left away; UploadError says what is wrong.

    Nothing is inflated yet: ``inflate`` and ``verify`` count what really comes out.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            listed = archive.infolist()
    except FAULTS as error:
        raise UploadError("The archive is damaged or not a zip: pack the files anew as zip.") from error
    if len(listed) > MOST_MEMBERS:
        raise UploadError(f"The archive has more than {MOST_MEMBERS} members: pack only the files of one layer.")
    kept = [member for member in listed if not member.is_dir() and not _added(member.filename)]
    for member in kept:
        _check(member)
    twice = [name for name, times in Counter(name_of(member) for member in kept).items() if times > 1]
    if twice:
        raise UploadError(
            f"The archive has {shown(twice[0])} twice (capital and small letters are the same): keep one of them."
        )
    if sum(member.file_size for member in kept) > MOST_BYTES:
        raise UploadError(_too_large())
    if not kept:
        raise UploadError("The archive is empty: pack the files of a layer into it.")
    return kept


def name_of(member: zipfile.ZipInfo) -> str:
    """The name of a member for comparison: small letters, one kind of slash."""
    return member.filename.replace("\\", "/").casefold()


def inflate(path: Path, wanted: dict[str, Path]) -> None:
    """Write members (by the name that the archive gives them) to paths of ours; UploadError where one is bad."""
    spent = 0
    with zipfile.ZipFile(path) as archive:
        for name, out in wanted.items():
            with out.open("xb") as file:
                for chunk in _chunks(archive, archive.getinfo(name)):
                    spent += len(chunk)
                    if spent > MOST_BYTES:
                        raise UploadError(_too_large())
                    file.write(chunk)


def verify(path: Path, nested: bool = False) -> list[str]:
    """Inflate every member to nowhere, counting; the names. UploadError where one is bad, or an archive itself."""
    stage.tell("unpacking")
    spent, names = 0, []
    kept = members(path)
    with zipfile.ZipFile(path) as archive:
        for member in kept:
            first = True
            for chunk in _chunks(archive, member):
                if first and not nested and chunk.startswith(NESTED):
                    raise UploadError(
                        f"{shown(member.filename)} in the archive is an archive itself: "
                        "pack the files themselves, not archives."
                    )
                first = False
                spent += len(chunk)
                if spent > MOST_BYTES:
                    raise UploadError(_too_large())
            names.append(member.filename)
    stage.tell("reading")
    return names


def parts(path: Path, folder: str) -> Iterator[bytes]:
    """Pieces of all members below a folder of the archive, one at a time."""
    with zipfile.ZipFile(path) as archive:
        for member in members(path):
            if name_of(member).startswith(folder):
                yield from _chunks(archive, member)


def shown(name: str) -> str:
    """A visitor's name in a sentence: short, printable."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in name)
    return repr(plain if len(plain) <= 80 else f"{plain[:80]}...")


def _check(member: zipfile.ZipInfo) -> None:
    """Faults that can be seen without inflating."""
    name = member.filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or ":" in name[:3] or "\0" in member.orig_filename:
        raise UploadError(f"{shown(member.filename)} in the archive leads out of it: pack the files without paths.")
    mode = member.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise UploadError(f"{shown(member.filename)} in the archive is a link, not a file: pack the file itself.")
    if member.flag_bits & 0x1:
        raise UploadError("The archive is encrypted: pack it without a password.")
    if member.file_size > MOST_MEMBER_BYTES:
        raise UploadError(_too_large())
    if member.file_size > RATIO_FROM_BYTES and member.file_size > MOST_RATIO * max(1, member.compress_size):
        raise UploadError(_bomb(member))


def _chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a member, counted against what it may have; its checksum is checked at the end."""
    done = 0
    try:
        with archive.open(member) as file:
            while chunk := _read(file):
                done += len(chunk)
                if done > MOST_MEMBER_BYTES:
                    raise UploadError(_too_large())
                if done > RATIO_FROM_BYTES and done > MOST_RATIO * max(1, member.compress_size):
                    raise UploadError(_bomb(member))
                yield chunk
    except FAULTS as error:
        if isinstance(error, OSError) and error.errno is not None:  # of our own disk, not of the archive
            raise
        raise UploadError(
            f"{shown(member.filename)} in the archive is damaged (its checksum or its data are wrong): pack it anew."
        ) from error


def _read(file: IO[bytes]) -> bytes:
    return file.read(CHUNK_BYTES)


def _added(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return "__MACOSX" in parts or (bool(parts) and parts[-1] in (".DS_Store", "Thumbs.db", "desktop.ini"))


def _too_large() -> str:
    return (
        f"The archive inflates to more than {MOST_BYTES // MB} MB, or one member to more than "
        f"{MOST_MEMBER_BYTES // MB} MB: use `python -m layers convert` on the files."
    )


def _bomb(member: zipfile.ZipInfo) -> str:
    return f"{shown(member.filename)} in the archive inflates more than {MOST_RATIO} times: pack the real files anew."
