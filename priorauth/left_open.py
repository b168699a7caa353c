"""Questions that stand in a case file as comments: which there are, and which hold a letter back.

An import writes `# QUESTION: …` wherever the records do not say enough. Most are hints: without
an answer something is left out of the letter, or `check` asks for it. Those that put the whole
letter in question say so in their own words, and hold it back until a person has taken them out:

    identity of the patient   whose records these are, and whether the patient lives
    payer and member number   which plan is asked, and by which number it knows the patient
    service                   what is asked for
    diagnosis                 one that the record names without a code that is certain
    identity of a drug        a name, or a code, that can be that of another drug

Not for what a case lacks by itself: `intake` and `criteria` say that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from priorauth.silent import Silent

if TYPE_CHECKING:
    from collections.abc import Iterator

QUESTION = "QUESTION:"
HOLDS = "The letter stays a draft until this is settled; then remove these lines."
_KEY = "the letter stays a draft until this is settled"  # by which it is known, however it is set
_MARK = re.compile(rf"([ #]*# ?){QUESTION}\s*(.*)")


@dataclass(frozen=True, repr=False)
class LeftOpen(Silent):
    """One question that stands in a case file, on the lines `first` to `last`."""

    first: int
    last: int
    words: str
    holds: bool  # whether it holds the letter back
    below: str = ""  # the line behind it, which it is about


def holding(words: str) -> str:
    """Return the words of a question that holds a letter back, which say so."""
    return f"{words} {HOLDS}"


def left_open(text: str) -> tuple[LeftOpen, ...]:
    """Return every question that the text of a case file carries, in the order of its lines."""
    return tuple(_found(text.split("\n"))) if QUESTION in text else ()


def _found(lines: list[str]) -> Iterator[LeftOpen]:
    for number, line in enumerate(lines):
        mark = _MARK.match(line)
        if mark is None:
            continue
        lead, parts = f"{mark[1].rstrip()}  ", [mark[2]]
        last = number + 1
        while last < len(lines) and lines[last].startswith(lead) and lines[last][len(lead) :]:
            parts.append(lines[last][len(lead) :])
            last += 1
        said = " ".join(" ".join(parts).split())
        place = said.casefold().find(_KEY)
        words = said[:place].rstrip() if place >= 0 else said
        below = lines[last].strip() if last < len(lines) else ""
        yield LeftOpen(number + 1, last, words, place >= 0, below)
