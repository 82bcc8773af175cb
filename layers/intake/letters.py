"""In which encoding text is, and how that is known: by a mark, by decoding throughout, or by its letters."""

from __future__ import annotations

import codecs
import re
from itertools import pairwise
from typing import NamedTuple

from layers.errors import UploadError

NAMES = {"windows-1251": "cp1251", "ibm866": "cp866", "KOI8-R": "koi8-r", "KZ-1048": "kz1048"}
OTHERS = {"UTF-8": "utf-8-sig", "UTF-16": "utf-16", "windows-1252": "cp1252", "ISO-8859-1": "latin-1"}
MARKS = ((codecs.BOM_UTF8, "UTF-8", "utf-8-sig"), (b"\xff\xfe", "UTF-16", "utf-16"), (b"\xfe\xff", "UTF-16", "utf-16"))
SAMPLE_BYTES = 1 << 20
MARGIN = 0.25  # of the score, by which the best must lead
FEWEST_LETTERS = 4
SHOWN_BYTES = 24  # of the words that show what a text reads like
# The lower case letters of Russian, from the most to the least frequent, and those that only Kazakh has.
FREQUENT = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
KAZAKH = "әғқңөұүһі"
# The pairs of letters that are the most frequent in this atlas's own sentences, Russian and Kazakh.
FREQUENT_PAIRS = (
    "ст но то ра на ро ка ни не ор ен ан ло ер ар ко по ис ов пр ес та те ал он од де ок ла го ли ре ть ск да ин "
    "ме ат ос га сл ед ны ди ль ус ет ле ри ит ве об кт ва во зо ас ел ом нн за ия ие до ик ай ны ой ый ая ки "
    "де ст қа ра те ла нд ек ын ін гі ды ау ад аз ба ті са сы лы із ма ді ге бе ке ға кө ық ір ры жа ші ақ ағ ғы "
    "өз өн ең сі лі ты ше ыл өс үш ңі ңы ің ың"
)
PAIRS = frozenset(FREQUENT_PAIRS.split())
WORD = re.compile(r"[^\W\d_]+")


class Known(NamedTuple):
    """An encoding by its name, the name of its codec, and the basis; ``rivals`` where it could be another one."""

    name: str
    codec: str
    basis: str
    rivals: tuple[str, ...] = ()


def named(encoding: str) -> Known:
    """An encoding that the visitor chose; UploadError where it is none that is known here."""
    listed = {**NAMES, **OTHERS}
    asked = _plain(encoding)
    for name, codec in listed.items():
        if asked in (_plain(name), _plain(codec)):
            return Known(name, codec, "chosen by the visitor")
    raise UploadError(f"{encoding[:40]!r} is no encoding that is read here: choose one of {', '.join(listed)}.")


def detect(data: bytes) -> Known:
    """The encoding of a text by its bytes alone."""
    for mark, name, codec in MARKS:
        if data.startswith(mark):
            return Known(name, codec, "a byte order mark at its beginning")
    head = data[:SAMPLE_BYTES]
    if head.count(b"\0") > len(head) / 5:
        return Known("UTF-16", "utf-16-le" if head[1:2] == b"\0" else "utf-16-be", "every second byte is zero")
    if data.isascii():
        return Known("UTF-8", "utf-8", "nothing but ASCII characters")
    if _decodes(data, "utf-8"):
        return Known("UTF-8", "utf-8", "it decodes as UTF-8 throughout")
    return _by_letters(data)


def decode(data: bytes, known: Known) -> str:
    """The text; UploadError where the bytes are not in this encoding."""
    try:
        return data.decode(known.codec)
    except UnicodeDecodeError as error:
        place = f"byte {error.start + 1}"
        raise UploadError(
            f"The text is not in {known.name} throughout ({place}): save it as UTF-8 or choose another encoding."
        ) from error


def _by_letters(data: bytes) -> Known:
    lines = b"\n".join(line for line in data.splitlines() if not line.isascii())[:SAMPLE_BYTES]
    scores = {name: _score(lines.decode(codec)) for name, codec in NAMES.items() if _decodes(data, codec)}
    if not scores:
        return Known("ISO-8859-1", "latin-1", "no other encoding decodes it", tuple(NAMES))
    ranked = sorted(scores, key=lambda name: -scores[name])
    best, *rest = ranked
    shown = lines.decode(NAMES[best])
    same = [name for name in rest if lines.decode(NAMES[name]) == shown]
    rivals = [name for name in rest if name not in same and scores[best] - scores[name] < MARGIN]
    letters = sum(len(word) for word in WORD.findall(shown) if not word.isascii())
    others = ", ".join(name for name in ranked if name != best and name not in same)
    if rivals or letters < FEWEST_LETTERS or scores[best] < 0:
        told = f"its bytes decode as {best} and as {others or 'others'}, and its letters do not tell which"
        told += _shown(lines)
        return Known(
            best, NAMES[best], told, tuple(rivals) or tuple(name for name in ranked if name != best) or (best,)
        )
    return Known(
        best, NAMES[best], f"its letters read as words in {best}; it would decode as {others or 'no other'} too"
    )


def _shown(lines: bytes) -> str:
    """How the first words that are not ASCII read in each encoding, alike ones together."""
    cells = (cell for cell in re.split(rb"[\s;,|\"]+", lines) if not cell.isascii())
    words = b" ".join(cells)[:SHOWN_BYTES]
    read: dict[str, list[str]] = {}
    for name, codec in NAMES.items():
        if words and _decodes(words, codec):
            read.setdefault(words.decode(codec), []).append(name)
    return "".join(f"; {' = '.join(names)}: {text!r}" for text, names in read.items())


def _score(text: str) -> float:
    """How much a text reads like Russian or Kazakh: the mean over its letters beyond ASCII, at most about 1.

    To it comes the share of frequent pairs, which tells two encodings apart where letters alone hardly do.
    """
    total, count, common, pairs = 0.0, 0, 0, 0
    for letter in text:
        if letter.isascii():
            continue
        count += 1
        total += _weight(letter.lower())
    for word in WORD.findall(text):
        # small before capital letters: what a wrong encoding makes of words
        total -= sum(2.0 for one, two in pairwise(word) if one.islower() and two.isupper())
        total -= 1.0 if len(word) > 1 and word[0] in "ьъыЬЪЫ" else 0.0
        if not word.isascii():
            pairs += len(word) - 1
            common += sum(one + two in PAIRS for one, two in pairwise(word.lower()))
    return total / max(1, count) + common / max(1, pairs)


def _weight(letter: str) -> float:
    if letter in FREQUENT:
        return 1.0 - FREQUENT.index(letter) / len(FREQUENT)
    if letter in KAZAKH:
        return 0.5
    return 0.3 if letter in "№«»—–°’”“…\xa0" else -2.0


def _decodes(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _plain(name: str) -> str:
    return (
        name.casefold()
        .replace("-", "")
        .replace("_", "")
        .replace("windows", "cp")
        .replace("ibm", "cp")
        .removesuffix("sig")
    )
