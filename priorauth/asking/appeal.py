"""Questions on an appeal: what answers each reason of the payer's decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.asking.catalogue import PRACTICE, PRESCRIBER
from priorauth.asking.question import How, Question
from priorauth.asking.required import criteria_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.asking.interview import Interview


def questions(interview: Interview) -> Iterator[Question]:
    """Yield for each reason the criterion that it is about; else what the prescriber replies."""
    verdict = interview.verdict
    for one in verdict.reasons if verdict else ():
        if one.finding or one.of_stance or one.reason.reply:
            continue
        place = one.number - 1
        if one.reason.criterion is None:
            yield Question(
                ("answer", "reasons", place, "criterion"),
                f'What is this reason about: "{" ".join(one.reason.text.split())}"?',
                "the letter answers each reason by the criterion that it is about",
                How.CHOICE,
                ask=PRACTICE,
                choices=criteria_of(interview),
                none="it is about none of these",
            )
        yield Question(
            ("answer", "reasons", place, "reply", "text"),
            f'What does the prescriber say to this reason: "{" ".join(one.reason.text.split())}"?',
            "no criterion answers it, and a reason without an answer keeps the letter a draft",
            form="in the prescriber's own words",
            ask=PRESCRIBER,
        )
