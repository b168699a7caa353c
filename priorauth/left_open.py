"""Questions that stand in a case file as comments: which there are, and which hold a letter back.

An import writes `# QUESTION: …` wherever the records do not say enough. Most are hints: without
an answer something is left out of the letter, or `check` asks for it. Those that put the whole
letter in question are marked `# QUESTION (holds the letter): …` and say so at their end too;
either is enough. They hold it back until a person has taken them out:

    identity of the patient   whose records these are, and whether the patient lives
    payer and member number   which plan is asked, and by which number it knows the patient
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
HELD = "QUESTION (holds the letter):"
STAYS = "The letter stays a draft until this is settled"
HOLDS = f"{STAYS}; then remove these lines."

# An editor that sets a comment anew breaks its lines between any two words, and can join it with
# the comments around it.
_GAP = r"[\s#]+"
_MARK = re.compile(
    rf"\bQUESTION(?::|[\s#]*\([\s#]*(?P<holds>holds)\b(?:{_GAP}the{_GAP}letter)?[\s#]*\)?:?)"
)
_SENTENCE = re.compile(
    rf"{_GAP.join(STAYS.split())}(?:;{_GAP}then{_GAP}remove{_GAP}these{_GAP}lines)?\.?",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"\s*#")
_EDGE = re.compile(r"(?:^|\n)[\s#]*")  # how the lines of a comment begin
_NO_WORD = " \t#"


@dataclass(frozen=True, repr=False)
class LeftOpen(Silent):
    """One question that stands in a case file, on the lines `first` to `last`."""

    first: int
    last: int
    words: str
    holds: bool  # whether it holds the letter back
    below: str = ""  # the line behind it, which it is about
    beside: tuple[str, ...] = ()  # other comments on its lines, each as a line of its own


def holding(words: str) -> str:
    """Return the words of a question that holds a letter back, which say so."""
    return f"{words} {HOLDS}"


def left_open(text: str) -> tuple[LeftOpen, ...]:
    """Return every question that the text of a case file carries, in the order of its lines."""
    return tuple(_found(text.split("\n"))) if "QUESTION" in text else ()


def _found(lines: list[str]) -> Iterator[LeftOpen]:
    number = 0
    while number < len(lines):
        first = number
        while number < len(lines) and _COMMENT.match(lines[number]):
            number += 1
        if number > first:
            below = lines[number].strip() if number < len(lines) else ""
            yield from _in_comment("\n".join(lines[first:number]), first + 1, below)
        else:
            number += 1


def _in_comment(block: str, first: int, below: str) -> Iterator[LeftOpen]:
    """Yield the questions in lines of a comment: `first` is their number, `below` what follows."""
    marks = list(_MARK.finditer(block))
    for number, mark in enumerate(marks, 1):
        start = block.rfind("\n", 0, mark.start()) + 1
        lead = block[start : mark.start()]
        stop = marks[number].start() if number < len(marks) else len(block)
        sentence = _SENTENCE.search(block, mark.end(), stop)
        holds = bool(sentence or mark["holds"])
        if lead.strip(_NO_WORD) and not holds:
            continue  # in the midst of other words it is a word
        ends = sentence.start() if sentence else _end(block, mark.end(), stop, lead)
        last = sentence.end() if sentence else ends
        rest, _, more = block[last:].partition("\n")
        indent = lead[: len(lead) - len(lead.lstrip())]
        beside = [lead.rstrip()] if lead.strip(_NO_WORD) else []
        if rest.strip():
            beside.append(f"{indent}# {rest.strip()}")
            more = beside[-1]
        yield LeftOpen(
            first + block.count("\n", 0, mark.start()),
            first + block.count("\n", 0, last),
            " ".join(_EDGE.sub(" ", block[mark.end() : ends]).split()),
            holds,
            more.partition("\n")[0].strip() or below,
            tuple(beside),
        )


def _end(block: str, start: int, stop: int, lead: str) -> int:
    """Return where a question ends that does not say so: the lines that are deeper are its own."""
    deeper = f"{lead} " if lead.endswith((" ", "\t")) else f"{lead}  "
    end = block.find("\n", start, stop)
    while end >= 0 and block.startswith(deeper, end + 1):
        behind = end + 1 + len(deeper)
        if block[behind : behind + 1] in ("", "\n"):
            break
        end = block.find("\n", behind, stop)
    return end if end >= 0 else min(stop, len(block))
