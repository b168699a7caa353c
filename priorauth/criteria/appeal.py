"""The payer's reasons beside the findings: what answers each of them, and what nothing answers.

Not for arguing: a reason is answered by a finding or by the clinician's own words, or is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from priorauth.criteria.finding import Answer
from priorauth.silent import silent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.authorization import Reason
    from priorauth.case import Case, CaseException
    from priorauth.criteria.finding import Finding

STANCE = "stance"  # the id under which the payer's stance as a whole is answered


@silent
class AnsweredReason(NamedTuple):
    """One reason of the payer with what answers it."""

    number: int  # counted from 1, as the case lists them
    reason: Reason
    finding: Finding | None = None  # on the criterion that the reason names
    exceptions: tuple[CaseException, ...] = ()  # asked for where that criterion is not met
    of_stance: bool = False  # whether it is about the payer's stance as a whole

    @property
    def is_answered(self) -> bool:
        """Return whether something answers it: a settled finding, an exception or a reply."""
        settled = self.finding is not None and self.finding.answer is Answer.MET
        return settled or bool(self.exceptions or self.reason.reply)


def reasons(
    case: Case, finding: Finding | None, exceptions: tuple[CaseException, ...]
) -> tuple[AnsweredReason, ...]:
    """Return the reasons of the decision that is appealed; none for other requests.

    `exceptions` are those that answer something that is not met.
    """
    found = {one.id: one for one in finding.walk()} if finding else {}
    return tuple(
        AnsweredReason(
            number,
            reason,
            found.get(reason.criterion or ""),
            tuple(e for e in exceptions if e.criterion in _names(reason.criterion, found)),
            of_stance=reason.criterion == STANCE,
        )
        for number, reason in enumerate(case.appealed.reasons if case.appealed else (), 1)
    )


def _names(criterion: str | None, found: dict[str, Finding]) -> set[str]:
    """Return the ids that an exception to a criterion may name: its own, or one of its parts."""
    if criterion is None:
        return set()
    inner = found[criterion].leaves() if criterion in found else ()
    return {criterion, *(one.id for one in inner)}


def open_reasons(answered: tuple[AnsweredReason, ...]) -> Iterator[tuple[str, str]]:
    """Yield a question for each reason that nothing answers.

    A criterion that is unknown or not met has a question of its own.
    """
    for one in answered:
        if one.is_answered or one.finding or one.of_stance:
            continue
        unknown = "names a criterion that the policy on file does not have"
        what = unknown if one.reason.criterion else "is answered by no criterion of the policy"
        text = f"Reason {one.number} of the payer's decision {what}: what do you say to it?"
        fix = "Write `reply: {text: …, by: …, on: …}` under that reason."
        yield f"{text} {fix}", "the prescriber"
