"""The treatment history of a letter: every treatment in its group, as the record has it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from priorauth.criteria import Answer
from priorauth.criteria.drug_trials import capital, dates_taken, floor_of
from priorauth.criteria.how_long import time_beside_words
from priorauth.dates import from_to, shown
from priorauth.history import (
    Course,
    DeviceTreatment,
    KetamineTreatment,
    Psychotherapy,
    gained,
    number,
)
from priorauth.letter.contract import TreatmentGroup, TreatmentRow
from priorauth.letter.timeline import name_of
from priorauth.payer import FailedTrials
from priorauth.problems import listed
from priorauth.reference.drugs import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from priorauth.case import Case
    from priorauth.criteria import TrialVerdict, Verdict
    from priorauth.history import Dose, DrugTreatment
    from priorauth.letter.cites import Citer
    from priorauth.trials import Trial

_SOURCES = {
    "chart": "chart",
    "claims": "paid claims",
    "pharmacy": "pharmacy record",
    "patient_report": "patient's report",
    "samples": "samples",
}

DRUG_GROUPS = ("counted", "current", "augmentation", "not_counted")


def treatment_groups(verdict: Verdict, cite: Citer) -> tuple[TreatmentGroup, ...]:
    """Return every treatment of the case in its group; groups without one are left out."""
    case = verdict.case
    counted = [found for found in verdict.trials if found.counts]
    added = [found for found in verdict.trials if found.trial.augments]
    rest = [found for found in verdict.trials if not found.counts and not found.trial.augments]
    current = [found for found in rest if is_current(found)]
    rest = [found for found in rest if found not in current]
    asked = any(isinstance(rule, FailedTrials) for rule in verdict.rules)
    counting = "counted for this policy" if asked else "at a labeled antidepressant dose"
    groups = (
        ("counted", f"Antidepressant trials {counting}", [_trial_row(f, cite) for f in counted]),
        ("current", "Current antidepressant", [_trial_row(f, cite) for f in current]),
        ("augmentation", "Augmentation", [_trial_row(f, cite) for f in added]),
        ("psychotherapy", "Psychotherapy", _other_rows(case, Psychotherapy, cite)),
        ("device", "Device treatment", _other_rows(case, DeviceTreatment, cite)),
        (
            "ketamine",
            "Ketamine or esketamine given before",
            _other_rows(case, KetamineTreatment, cite),
        ),
        ("not_counted", "Other drug treatment, not relied on", [_trial_row(f, cite) for f in rest]),
    )
    return tuple(TreatmentGroup(id_, title, tuple(rows)) for id_, title, rows in groups if rows)


def _trial_row(found: TrialVerdict, cite: Citer) -> TreatmentRow:
    trial = found.trial
    told = trial.beside and (found.counts or trial.augments)
    others = [name for name in trial.beside if not trial.augments or name != trial.augments.agent]
    beside = f"taken beside: {listed(others, 'and')}" if told and others else ""
    added = f"added to {trial.augments.agent}" if trial.augments else ""
    # What is unknown is a question to staff, never a sentence in a letter.
    why = "" if trial.augments or found.answer is not Answer.NOT_MET else found.because
    outcome = _each(trial, _outcome)
    tolerated = (
        "highest dose tolerated" if any(t.maximum_tolerated for t in trial.treatments) else ""
    )
    adherence = (
        f"adherence {trial.adherence_percent} percent"
        if trial.adherence_percent is not None
        else ""
    )
    return TreatmentRow(
        name=capital(trial.name),
        drug_class=trial.drug.drug_class,
        doses=_doses(trial),
        dates=dates_taken(trial),
        highest=str(trial.highest or ""),
        time=_how_long(found),
        outcome=outcome,
        stopped=_each(trial, _stopped),
        source=_source(t.source.value for t in trial.treatments if t.source),
        cites=cite(trial.evidence),
        note="; ".join(
            filter(None, (why if why != outcome else "", added, beside, tolerated, adherence))
        ),
    )


def _each(trial: Trial, words: Callable[[Course], str]) -> str:
    """Return what the records of a trial say: one text, or where they differ each with its dates.

    A record that another one goes on need not say how it went; the last one must.
    """
    told = [(t, words(t)) for t in trial.treatments if t in trial.closing or _says_outcome(t)]
    texts = {text for _, text in told}
    if len(texts) == 1:
        return texts.pop()
    dated = ((_taken(t), text) for t, text in told if text)
    return "; ".join(f"{dates}: {text}" if dates else text for dates, text in dated)


def _says_outcome(course: Course) -> bool:
    return course.outcome is not None or course.improvement is not None


def _taken(treatment: DrugTreatment) -> str:
    """Return the dates of one record of a drug; nothing where it was never taken."""
    if not treatment.doses:
        return ""
    start = min(
        (dose.start for dose in treatment.doses), key=lambda start: (start.first, start.last)
    )
    ends = [dose.end for dose in treatment.doses if dose.end]
    last = max(treatment.doses, key=lambda dose: dose.start.last).end
    end = last and max(ends, key=lambda end: (end.last, end.first))
    return from_to(start, end, ongoing=treatment.ongoing)


def _how_long(found: TrialVerdict) -> str:
    """Return the time at a labeled dose, or the time taken where no such dose is labeled."""
    trial = found.trial
    doses = [form.least for t in trial.treatments for form in t.product.forms]
    labeled = trial.drug.counts_as_antidepressant != "no" and None not in doses
    if not trial.taken:
        return ""
    if trial.augments:
        return time_beside_words(trial)
    if not labeled:
        return str(trial.time("any"))
    return f"{trial.time()} {floor_of(trial)}"


def is_current(found: TrialVerdict) -> bool:
    """Return whether the trial is an antidepressant for depression that is still taken."""
    trial = found.trial
    return trial.ongoing and trial.for_depression and trial.drug.role is Role.ANTIDEPRESSANT


def _doses(trial: Trial) -> tuple[str, ...]:
    """Return each dose with its dates; where one follows the other, its first day says it all."""
    every = sorted((d for t in trial.treatments for d in t.doses), key=lambda d: d.start.first)
    doses = _joined(every)
    return tuple(
        f"{_when(dose, doses[place + 1 :], trial)}: {number(dose.amount)} {dose.unit}"
        for place, dose in enumerate(doses)
    )


def _joined(doses: list[Dose]) -> list[Dose]:
    """Return the doses, those as one that follow each other unchanged: a refill is no change."""
    found: list[Dose] = []
    for dose in doses:
        last = found[-1] if found else None
        same = last and (last.amount, last.unit) == (dose.amount, dose.unit)
        if last and same and _runs_on(last, [dose]):
            found[-1] = last.model_copy(update={"end": dose.end})
        else:
            found.append(dose)
    return found


def _when(dose: Dose, later: list[Dose], trial: Trial) -> str:
    if _runs_on(dose, later):
        return shown(dose.start)
    ongoing = trial.ongoing and not later
    return from_to(dose.start, dose.end, ongoing=ongoing)


def _runs_on(dose: Dose, later: list[Dose]) -> bool:
    """Return whether the next dose begins the day after, or this dose is the last."""
    if not later:
        return True
    end, start = dose.end, later[0].start
    return bool(end and end.is_day and start.is_day and start.first == end.last + timedelta(days=1))


def _outcome(course: Course) -> str:
    unknown = "" if course.ongoing else "outcome not recorded"
    words = course.outcome.words if course.outcome else unknown
    details = []
    if course.change:
        details.append(course.change.told)
    if course.improvement_percent is not None:
        details.append(gained(course.improvement_percent))
    details += course.adverse_effects
    return f"{words} ({'; '.join(details)})".strip() if details else words


def _stopped(course: Course) -> str:
    if course.stopped_because:
        return course.stopped_because
    return "continues" if course.ongoing else ""


def _source(kinds: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(_SOURCES[kind] for kind in kinds))


def _other_rows(
    case: Case,
    kind: type[Psychotherapy | DeviceTreatment | KetamineTreatment],
    cite: Citer,
) -> list[TreatmentRow]:
    found = [treatment for treatment in case.treatments if isinstance(treatment, kind)]
    return [_other_row(treatment, cite) for treatment in sorted(found, key=_when_given)]


def _when_given(
    treatment: Psychotherapy | DeviceTreatment | KetamineTreatment,
) -> tuple[bool, date, date]:
    """Return what the treatments are ordered by: those without a date come last."""
    start, end = treatment.start or treatment.end, treatment.end or treatment.start
    if start is None or end is None:
        return True, date.max, date.max
    return False, start.first, end.last


def _other_row(
    treatment: Psychotherapy | DeviceTreatment | KetamineTreatment, cite: Citer
) -> TreatmentRow:
    sessions = f"{treatment.sessions} sessions" if treatment.sessions is not None else ""
    amount = getattr(treatment, "mg_per_session", None)
    return TreatmentRow(
        name=name_of(treatment),
        drug_class="",
        doses=(f"{number(amount)} mg a session",) if amount else (),
        dates=from_to(treatment.start, treatment.end, ongoing=treatment.ongoing),
        highest="",
        time=sessions,
        outcome=_outcome(treatment),
        stopped=_stopped(treatment),
        source=_source([treatment.source.value] if treatment.source else []),
        cites=cite(treatment.evidence),
        note=getattr(treatment, "provider", None) or "",
    )
