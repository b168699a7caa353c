"""What a case comes to by each library, and what differs between the two.

Not for the letters that are made of it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from priorauth.criteria import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.compare.subjects import Subject
    from priorauth.criteria import Verdict

OVERALL = "overall"


@dataclass(frozen=True)
class Difference:
    """One thing that a case comes to, before and after; empty where there is no such thing."""

    what: str  # `version`, `stance`, `overall`, `open questions` and so on, or a criterion's id
    old: str
    new: str
    is_criterion: bool = False


@dataclass(frozen=True)
class Outcome:
    """A case with what differs; no difference when it comes to the same by both."""

    subject: Subject
    differences: tuple[Difference, ...]


def outcome(subject: Subject, old: Verdict, new: Verdict) -> Outcome:
    """Return what differs between two weighings of one case."""
    before, after = _whole(old), _whole(new)
    found = [Difference(key, before[key], after[key]) for key in before]
    found += _criteria(_answers(old), _answers(new))
    return Outcome(subject, tuple(one for one in found if one.old != one.new))


def _criteria(old: dict[str, str], new: dict[str, str]) -> Iterator[Difference]:
    """Yield each criterion; as a whole where one side has none, for then there is no policy."""
    if bool(old) != bool(new):
        yield Difference("criteria", _tally(old), _tally(new))
        return
    for name in dict.fromkeys((*old, *new)):
        yield Difference(name, old.get(name, ""), new.get(name, ""), is_criterion=True)


def _tally(answers: dict[str, str]) -> str:
    found = Counter(answers.values())
    return ", ".join(f"{found[one.shown]} {one.shown}" for one in Answer if found[one.shown])


def _whole(verdict: Verdict) -> dict[str, str]:
    governing = verdict.governing
    questions = len(verdict.questions)
    return {
        "policy": governing.title if governing else "",
        "version": governing.version.id if governing else "",
        "stance": verdict.stance.value.replace("_", " ") if verdict.stance else "",
        OVERALL: verdict.overall.shown,
        "letter": verdict.kind.value,
        "open questions": str(questions) if questions else "none",
    }


def _answers(verdict: Verdict) -> dict[str, str]:
    if verdict.finding is None:
        return {}
    inside = (one for one in verdict.finding.walk() if one is not verdict.finding)
    return {one.id: one.answer.shown for one in inside}
