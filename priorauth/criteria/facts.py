"""The case as the kinds of criterion see it: on one day, with its trials worked out once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from priorauth import trials
from priorauth.criteria.finding import Answer
from priorauth.history import HELPED
from priorauth.silent import Silent
from priorauth.trials import Frame, Trial

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from priorauth.case import Case
    from priorauth.history import Course, Outcome, Score
    from priorauth.payer import Window

Found = TypeVar("Found")


def went(found: Course | Trial, wanted: tuple[Outcome, ...]) -> Answer:
    """Return whether the outcome is one of those wanted; any will do where none is named.

    Where the figures say the other than the word, both must give the same answer.
    """
    by_word = _one_of({found.outcome}, wanted) if found.outcome else Answer.UNKNOWN
    if not wanted or found.outcome is None or not found.contradicted:
        return by_word if wanted else Answer.MET
    return by_word if by_word is _one_of(by_figures(found.outcome), wanted) else Answer.UNKNOWN


def by_figures(outcome: Outcome) -> set[Outcome]:
    """Return the outcomes that the figures leave possible where they contradict the word."""
    return {each for each, helped in HELPED.items() if helped is not HELPED[outcome]}


def _one_of(possible: set[Outcome], wanted: tuple[Outcome, ...]) -> Answer:
    if possible <= set(wanted):
        return Answer.MET
    return Answer.UNKNOWN if possible & set(wanted) else Answer.NOT_MET


# What to ask where the word and the figures of a treatment differ.
CONTRADICTED = (
    "The word and the figures differ (a response is an improvement of half or more): ask which "
    "is right, and correct `outcome:` or the figures."
)


@dataclass(frozen=True, repr=False)
class Facts(Silent):
    """One case on one day."""

    case: Case
    day: date
    _trials: dict[int, tuple[Trial, ...]] = field(default_factory=dict)
    _known: dict[int, tuple[object, Any]] = field(default_factory=dict)

    def trials(self, gap_days: int = trials.GAP_DAYS) -> tuple[Trial, ...]:
        """Return the drug trials, with gaps of at most `gap_days` inside a run."""
        if gap_days not in self._trials:
            self._trials[gap_days] = trials.weigh(self.case, self.day, gap_days)
        return self._trials[gap_days]

    def once(self, rule: object, work: Callable[[], Found]) -> Found:
        """Return what comes of a rule here, worked out once for all that ask about that rule.

        What is kept is known by the rule alone: `work` of one rule must always come to the same.
        Only `drug_trials` calls this, for the ways of each trial of a rule; another work on the
        same rule needs a place of its own.
        """
        if id(rule) not in self._known:  # a rule has lists, and no hash; kept here, it keeps its id
            self._known[id(rule)] = rule, work()
        found: Found = self._known[id(rule)][1]
        return found

    def frame(self, window: Window) -> Frame:
        """Return the policy's window as days."""
        return Frame.of(
            self.day, self.case.episode.onset, window.years, episode=window.current_episode
        )

    def scores(self, scale: str) -> list[Score]:
        """Return the scores on one scale."""
        return [score for score in self.case.scores if score.scale == scale]


def latest(scores: list[Score]) -> list[Score]:
    """Return the scores that can be the latest: more than one where the dates do not tell."""
    newest = max((score.on.first for score in scores), default=None)
    return [score for score in scores if newest and score.on.last >= newest]
