"""Where names stand on a printed map: beside their symbol, where they cover neither each other nor the edge."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

Box = tuple[float, float, float, float]

# Widths of letters of the typeface (Source Sans 3 SemiBold) in parts of their size, measured with FreeType.
LETTER = 0.54
WIDTHS = {
    letter: width
    for width, letters in (
        (0.2, " "),
        (0.29, "fijlI.,-()'·іІ"),
        (0.41, "rstzг"),
        (0.69, "wHMNOQUжыДИЙМНОПФЦЪӘҢӨ"),
        (0.8, "mWфшщюЫ"),
        (0.9, "ЖШЩЮ"),
    )
    for letter in letters
}
UNCLOSED = re.compile(r"(?<=\S)\s*\([^)]*$")
CUT = "\u2026"
MOST = 0.6  # of the page's width: a longer name is cut at a word
GAP = 5.0  # points between the middle of a symbol and its name


@dataclass(frozen=True)
class Label:
    """A name for a symbol at x, y in points, ``size`` points high; ``first`` ones are placed before the others."""

    text: str
    x: float
    y: float
    size: float
    first: bool = False

    @property
    def width(self) -> float:
        """Estimated width in points."""
        return self.size * sum(WIDTHS.get(letter, LETTER) for letter in self.text)


class Board:
    """A page of ``width`` by ``height`` points on which some boxes (left, top, right, bottom) are taken."""

    def __init__(self, width: float, height: float, taken: Sequence[Box] = ()) -> None:
        """Nothing is placed yet."""
        self.width, self.height = width, height
        self.taken = list(taken)

    def placed(self, labels: Sequence[Label]) -> Iterator[tuple[Label, float, float]]:
        """Each label that finds room, with the start of its baseline; first ones first, else in the given order.

        A name longer than most of the page is cut at a word, with an ellipsis.
        A first label stands somewhere in any case, where it covers least if there is no room.
        """
        labels = [_cut(one, MOST * self.width) for one in labels]
        spots = [(one.x - 3, one.y - 3, one.x + 3, one.y + 3) for one in labels]
        for label in sorted(labels, key=lambda one: not one.first):
            own = (label.x - 3, label.y - 3, label.x + 3, label.y + 3)
            others = [*self.taken, *(spot for spot in spots if spot != own)]
            free = [box for box in _boxes(label) if self._holds(box) and not any(_meet(box, one) for one in others)]
            if free or label.first:
                box = free[0] if free else min(_boxes(label), key=lambda one: self._covered(one, others))
                self.taken.append(box)
                yield label, box[0], box[3] - label.size * 0.24

    def _covered(self, box: Box, others: Sequence[Box]) -> float:
        """How much of others a name there would cover, and how much of it would be cut, in square points."""
        own = (box[2] - box[0]) * (box[3] - box[1])
        return sum(_shared(box, one) for one in others) + own - _shared(box, (0, 0, self.width, self.height))

    def _holds(self, box: Box) -> bool:
        return box[0] >= 1 and box[1] >= 1 and box[2] <= self.width - 1 and box[3] <= self.height - 1


def _cut(label: Label, most: float) -> Label:
    """The label with as many of its words as ``most`` points hold, the first in any case."""
    words, cut = label.text.split(), label
    while cut.width > most and len(words) > 1:
        words.pop()
        kept = UNCLOSED.sub("", " ".join(words))
        cut = replace(label, text=kept.rstrip(" (,;:\u2013-\u00b7") + CUT)
    return cut


def _boxes(label: Label) -> Iterator[Box]:
    """Places for a name: right, left, above, below of its symbol, then the corners."""
    w, h, x, y = label.width, label.size * 1.15, label.x, label.y
    for left, top in (
        (x + GAP, y - h / 2),
        (x - GAP - w, y - h / 2),
        (x - w / 2, y - GAP - h),
        (x - w / 2, y + GAP),
        (x + GAP, y - h),
        (x + GAP, y),
        (x - GAP - w, y - h),
        (x - GAP - w, y),
    ):
        yield left, top, left + w, top + h


def _shared(one: Box, other: Box) -> float:
    width, height = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    return max(width, 0.0) * max(height, 0.0)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
