"""What a weighing says: met, not met or unknown, the facts it stands on, what would change it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from priorauth.silent import silent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from priorauth.history import Evidence
    from priorauth.reference import Mark


class Answer(StrEnum):
    """One of three answers; unknown is never guessed into one of the others."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"

    @property
    def shown(self) -> str:
        """Return the answer in words: `not met`."""
        return self.value.replace("_", " ")


def all_of(answers: Iterable[Answer]) -> Answer:
    """Return met when every part is met (Kleene's strong conjunction)."""
    found = set(answers)
    if Answer.NOT_MET in found:
        return Answer.NOT_MET
    return Answer.UNKNOWN if Answer.UNKNOWN in found else Answer.MET


def at_least(least: int, answers: Iterable[Answer]) -> Answer:
    """Return met when at least so many parts are met, not met when that is out of reach."""
    found = list(answers)
    met, unknown = found.count(Answer.MET), found.count(Answer.UNKNOWN)
    if met >= least:
        return Answer.MET
    return Answer.UNKNOWN if met + unknown >= least else Answer.NOT_MET


@silent
class Fact(NamedTuple):
    """One statement that the record holds, in words for the letter, and where it stands."""

    text: str
    evidence: tuple[Evidence, ...] = ()


@silent
class Judgement(NamedTuple):
    """What measuring one criterion gives, before it is joined to the policy's words."""

    answer: Answer
    facts: tuple[Fact, ...] = ()
    reason: str = ""
    would_change: str = ""
    ask: str = ""  # who can answer: the prescriber, the payer, the pharmacy
    mark: Mark | None = None  # of the reference facts that it rests on

    @property
    def because(self) -> str:
        """Return the facts and the reason in one line."""
        return "; ".join([*(fact.text for fact in self.facts), *filter(None, [self.reason])])


@silent
class Finding(NamedTuple):
    """One criterion of a policy, or a group of them, as weighed against one case."""

    id: str
    kind: str
    requirement: str
    judgement: Judgement
    cite: str = ""
    mark: Mark | None = None  # of the policy's own text
    parts: tuple[Finding, ...] = ()

    @property
    def answer(self) -> Answer:
        """Return met, not met or unknown."""
        return self.judgement.answer

    @property
    def because(self) -> str:
        """Return why, in one line that holds facts of the case."""
        return self.judgement.because

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Return each place in the exhibits that the finding stands on, once."""
        return tuple(dict.fromkeys(e for fact in self.judgement.facts for e in fact.evidence))

    @property
    def would_change(self) -> str:
        """Return what to get, from whom; empty when the criterion is met."""
        return "" if self.answer is Answer.MET else self.judgement.would_change

    def walk(self) -> Iterator[Finding]:
        """Yield this finding and all inside it, groups too, in the policy's order."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def leaves(self) -> Iterator[Finding]:
        """Yield the findings on single criteria, in the policy's order."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()

    def deciding(self) -> Iterator[Finding]:
        """Yield the single criteria that keep this finding from being met."""
        if self.answer is Answer.MET:
            return
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.deciding()
