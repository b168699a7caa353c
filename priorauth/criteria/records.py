"""What a policy asks of the record of a trial: its source, adherence, label; and its dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.criteria.finding import Answer, Judgement
from priorauth.dates import from_to
from priorauth.problems import listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from priorauth.history import Dose, DrugTreatment
    from priorauth.payer import FailedTrials
    from priorauth.trials import Trial


def _whole(answers: Iterable[Answer]) -> Answer:
    """Return the answer on a trial from those on its treatments: some may fail it, not all."""
    found = set(answers)
    if found == {Answer.NOT_MET}:
        return Answer.NOT_MET
    return Answer.UNKNOWN if Answer.UNKNOWN in found else Answer.MET


def taken_as_told(trial: Trial, rule: FailedTrials) -> Judgement:
    """Return whether the drug was taken as told, for the part that is to count."""
    least = rule.adherence_percent
    if least is None:
        return Judgement(Answer.MET)
    found = [t.adherence_percent for t in trial.treatments if t.adherence_percent is not None]
    answer = _whole(adherence(treatment, rule) for treatment in trial.treatments)
    if answer is Answer.UNKNOWN:
        return Judgement(
            answer,
            reason="adherence is not recorded",
            would_change="Write `adherence_percent:` from the chart or the fills.",
        )
    if answer is Answer.NOT_MET:
        return Judgement(answer, reason=f"adherence {max(found)} percent, {least} needed")
    return Judgement(answer, reason=f"adherence {min(n for n in found if n >= least)} percent")


def adherence(treatment: DrugTreatment, rule: FailedTrials) -> Answer:
    """Return whether the drug of one record was taken as told."""
    least, found = rule.adherence_percent, treatment.adherence_percent
    if least is None:
        return Answer.MET
    if found is None:
        return Answer.UNKNOWN
    return Answer.MET if found >= least else Answer.NOT_MET


def record(trial: Trial, rule: FailedTrials) -> Judgement:
    """Return whether the policy accepts where the trial is known from, for any part of it."""
    answer = _whole(source(treatment, rule) for treatment in trial.treatments)
    if answer is Answer.MET:
        return Judgement(answer)
    if answer is Answer.UNKNOWN:
        return Judgement(
            answer,
            reason="the source of the record is not given",
            would_change="Write `source:` (chart, claims, pharmacy, patient_report or samples).",
        )
    names = listed(source.words for source in trial.sources)
    return Judgement(answer, reason=f"known from {names} only, which the policy refuses")


def source(treatment: DrugTreatment, rule: FailedTrials) -> Answer:
    """Return whether the policy accepts where one record is from."""
    if not rule.sources_refused:
        return Answer.MET
    if treatment.source is None:
        return Answer.UNKNOWN
    return Answer.NOT_MET if treatment.source in rule.sources_refused else Answer.MET


def label(trial: Trial, rule: FailedTrials) -> Judgement:
    """Return whether the policy counts the drug, by what its US label is for."""
    if trial.drug.counts_as_antidepressant == "yes" or rule.off_label == "yes":
        return Judgement(Answer.MET)
    if rule.off_label == "no":
        return Judgement(Answer.NOT_MET, reason="its US label is not for depression")
    return Judgement(
        Answer.UNKNOWN,
        reason="its US label is not for depression; whether the policy counts it is not on file",
        would_change="Ask the payer whether it counts this drug.",
    )


def dates_taken(trial: Trial) -> str:
    """Return the dates of a trial as the record gives them: `02/03/2025 to 05/30/2025`."""
    doses: list[Dose] = [dose for treatment in trial.treatments for dose in treatment.doses]
    if not doses:
        return ""
    start = min(doses, key=lambda dose: (dose.start.first, dose.start.last)).start
    if trial.ongoing:
        return from_to(start, None, ongoing=True)
    latest = max(dose.start.first for dose in doses)
    ends = [dose.end for dose in doses if dose.end]
    if any(dose.end is None and dose.start.last >= latest for dose in doses) or not ends:
        return from_to(start, None, ongoing=False)
    return from_to(start, max(ends, key=lambda end: (end.last, end.first)), ongoing=False)
