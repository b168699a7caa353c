"""The case as the kinds of criterion see it: on one day, with its trials worked out once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from priorauth import trials
from priorauth.criteria.finding import Answer
from priorauth.silent import Silent
from priorauth.trials import Frame, Trial

if TYPE_CHECKING:
    from datetime import date

    from priorauth.case import Case
    from priorauth.history import Outcome, Score
    from priorauth.payer import Window


def went(outcome: Outcome | None, wanted: tuple[Outcome, ...]) -> Answer:
    """Return whether an outcome is one of those wanted; any will do where none is named."""
    if not wanted or outcome in wanted:
        return Answer.MET
    return Answer.UNKNOWN if outcome is None else Answer.NOT_MET


@dataclass(frozen=True, repr=False)
class Facts(Silent):
    """One case on one day."""

    case: Case
    day: date
    _trials: dict[int, tuple[Trial, ...]] = field(default_factory=dict)

    def trials(self, gap_days: int = trials.GAP_DAYS) -> tuple[Trial, ...]:
        """Return the drug trials, with gaps of at most `gap_days` inside a run."""
        if gap_days not in self._trials:
            self._trials[gap_days] = trials.weigh(self.case, self.day, gap_days)
        return self._trials[gap_days]

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
