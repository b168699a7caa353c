"""One question to a person: where the answer goes, how it is said, and why it is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from priorauth.silent import Silent

if TYPE_CHECKING:
    from priorauth.asking.page import Written
    from priorauth.datafile import Trail


class How(Enum):
    """How an answer is said."""

    TEXT = auto()
    ANY = auto()  # a value of a field that has no words of its own here
    CHOICE = auto()  # one of the choices
    NAMED = auto()  # one of the choices, or something else in own words
    DATE = auto()
    END = auto()  # a date, or that it goes on
    NUMBER = auto()
    UNITS = auto()  # a number, of the whole request or of one session
    DRUG = auto()  # a name that begins an entry
    DOSES = auto()
    ADDED = auto()  # a drug and the one that it was added to
    IMPROVEMENT = auto()
    STOPPED = auto()
    SCORE = auto()
    EVIDENCE = auto()
    REASONS = auto()  # one or more, of the payer's decision
    ENTRY = auto()  # a text that begins an entry
    SETTLED = auto()  # whether a question in the comments of the file is settled
    ENDED = auto()  # whether a dose ended when another one began


CARD = "the member's card"
DECISION = "the payer's decision"
APPROVAL = "the payer's approval"
FORM = "the signed form"
_READ = frozenset({CARD, DECISION, APPROVAL, FORM})  # what is looked at, and not asked

Choice = tuple[str, str]  # as the file has it, and in words


@dataclass(frozen=True, repr=False)
class Question(Silent):
    """What is asked, and where the answer goes."""

    trail: Trail
    text: str
    why: str
    how: How = How.TEXT
    form: str = ""  # an example of an answer
    ask: str = ""  # who knows it
    choices: tuple[Choice, ...] = ()
    needed: bool = False  # whether there is no case without it
    none: str = ""  # what a `no` to it means, where a `no` is an answer
    extra: dict[str, Written] = field(default_factory=dict)  # what the answer writes beside itself
    among: tuple[str, ...] = ()  # the scales of which a score can be one
    subject: str = ""  # what is not asked again once it was declined, where that is not the place
    lists: bool = False  # whether another answer may follow each: one more that was tried
    over: bool = False  # whether the answer takes the place of a value that settles nothing
    finding: str = ""  # the criterion that it serves
    open_because: str = ""  # why it is still asked, and what would do, where something was said

    @property
    def whom(self) -> str:
        """Return whom to ask, or where to look, as a sentence; empty when staff know it."""
        if not self.ask:
            return ""
        return f"{'See' if self.ask in _READ else 'Ask'} {self.ask}."

    @property
    def topic(self) -> str:
        """Return what a person declines by not answering."""
        return self.subject or ".".join(map(str, self.trail))

    @property
    def key(self) -> str:
        """Return what tells this question from all others."""
        return f"{self.subject}@{'.'.join(map(str, self.trail))}"
