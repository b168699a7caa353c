"""Questions on what was tried: the gaps of the entries that the policy looks at, then another one.

Not for judging a treatment: `criteria` says which ones count, and which are open.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from priorauth.asking.catalogue import DATE_FORM, OUTCOMES, PRESCRIBER, SOURCES
from priorauth.asking.evidence import evidence_of
from priorauth.asking.question import How, Question
from priorauth.criteria import Answer, how_long
from priorauth.dates import PartialDate
from priorauth.history import Dose, number
from priorauth.intake.places import right
from priorauth.intake.treatments import on_the_same_days
from priorauth.problems import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.asking.interview import Interview
    from priorauth.criteria import Finding
    from priorauth.datafile import Trail
    from priorauth.payer import (
        Augmentation,
        ConcurrentAntidepressant,
        FailedTrials,
        PriorDevice,
        PsychotherapyTried,
    )

_PHARMACY = "the pharmacy, or the chart"
_WEEKS = "the payer counts the weeks at an adequate dose"
_DOSES = "50 from 2025-02-03 to 2025-02-16; 150 from 2025-02-17 to 2025-05-30"
_YES_NO = (("yes", "yes"), ("no", "no"))


def why_of(finding: Finding) -> str:
    """Return the reason for a question: the requirement that it serves."""
    return f"the policy asks: {finding.requirement}"


def unfinished(interview: Interview) -> Iterator[Question]:
    """Yield the question on the doses of each drug that has none: there is no entry without."""
    for place, entry in enumerate(interview.entries("treatments")):
        drug = entry.get("drug")
        if drug and not entry.get("doses") and entry.get("outcome") != "contraindicated":
            yield Question(
                ("treatments", place, "doses"),
                f"Which doses of {drug} were taken, in mg a day, from when to when?",
                f"{_WEEKS}; without doses and dates the entry cannot be used",
                How.DOSES,
                f"each dose with its days, such as: {_DOSES}. No `to` while it is still taken; "
                "`contraindicated` where a contraindication kept it from being given",
                _PHARMACY,
                needed=True,
            )


def overlapping(interview: Interview) -> Iterator[Question]:
    """Yield which of two doses of one drug on the same days was taken: an earlier fill, or both."""
    data = interview.data
    for one, other, _ in on_the_same_days(data):
        found = sorted(
            ((dose, at) for at in (one, other) if (dose := right(data, at, Dose))),
            key=lambda pair: pair[0].start.first,
        )
        (earlier, at), (later, _) = found
        if not (later.start.is_day and earlier.start.last < later.start.first):
            continue  # which of them came first is not known
        last = (later.start.first - timedelta(days=1)).isoformat()
        drug = str(interview.at(*at[:2], "drug"))
        yield Question(
            (*at, "to"),
            f"Two doses of {drug} share days: {_dosed(earlier)}, and {_dosed(later)}. Was the "
            "later one an early refill, or were both taken each day?",
            "the payer counts the weeks at a dose, and which one was taken decides it",
            How.ENDED,
            choices=(
                ("refill", f"the later one followed: the earlier one ended on {last}"),
                ("both", "both were taken each day"),
            ),
            ask=_PHARMACY,
            extra={"to": last},
            over=True,
            subject=".".join(map(str, (*at, "beside", *other))),
        )


def _dosed(dose: Dose) -> str:
    until = f" to {dose.end}" if dose.end else " on"
    return f"{number(dose.amount)} {dose.unit} from {dose.start}{until}"


def trials(interview: Interview, rule: FailedTrials, finding: Finding) -> Iterator[Question]:
    """Yield the gaps of the drugs that count or may count, then the question for another one."""
    why = why_of(finding)
    for place in _that_matter(interview):
        if finding.answer is not Answer.MET:
            yield from _exact_doses(interview, place, rule, finding)
        yield from _drug(interview, place, why, rule)
    if finding.answer is not Answer.MET:
        yield another_drug(interview, why, finding.id)


_ONSET = (how_long.ONSET, how_long.ONSET_AND_DATES, how_long.DATES_AND_ONSET)
_DATES = (how_long.FIRST_AND_LAST, how_long.EACH_DOSE, how_long.DATES_AND_ONSET)


def rests_on_onset(finding: Finding) -> bool:
    """Return whether a more exact onset of the episode may settle a finding."""
    return any(words in finding.judgement.would_change for words in _ONSET)


def more_exact(
    interview: Interview, at: Trail, text: str, why: str, ask: str
) -> Iterator[Question]:
    """Yield the question for the day, where the file has a month or a year alone.

    What is known better, if not to the day, is asked about once more.
    """
    found = right(interview.data, at, PartialDate)
    if found and not found.is_day:
        known = "year" if found.month is None else "month"
        yield Question(
            at,
            f"{text} The file has the {known} alone: {found}.",
            why,
            How.DATE,
            "the day (2025-02-17)" + (", or the month (2025-02)" if known == "year" else ""),
            ask,
            over=True,
            subject=".".join(map(str, (*at, known))),
        )


def _exact_doses(
    interview: Interview, place: int, rule: FailedTrials, finding: Finding
) -> Iterator[Question]:
    """Yield the days of each dose of a trial whose length rests on them."""
    if rule.window.current_episode and not interview.at("episode", "onset"):
        return  # whether the trial counts at all, the onset tells
    every = interview.verdict.trials if interview.verdict else ()
    told = [
        one.would_change
        for one in every
        if place in map(interview.place_of, one.trial.treatments) and one.answer is Answer.UNKNOWN
    ]
    both = how_long.ONSET_AND_DATES in finding.judgement.would_change
    if not both and not any(words in one for one in told for words in _DATES):
        return
    drug = interview.named(place)
    why = f"{why_of(finding)}; without the days it is not sure how long it was taken"
    for number_, _ in enumerate(interview.at("treatments", place, "doses") or ()):
        at = ("treatments", place, "doses", number_)
        for key, word in (("from", "first"), ("to", "last")):
            text = f"On which day was this dose of {drug} taken {word}?"
            yield from more_exact(interview, (*at, key), text, why, _PHARMACY)


def without_rules(interview: Interview) -> Iterator[Question]:
    """Yield the gaps of what was tried where no policy says what counts; the first, if none is."""
    why = "the letter documents what was tried before"
    for place in _that_matter(interview):
        yield from _drug(interview, place, why)
    if not interview.entries("treatments"):
        yield another_drug(interview, why, "history")


def another_drug(interview: Interview, why: str, subject: str) -> Question:
    """Return the question for one more drug that was tried."""
    place = len(interview.entries("treatments"))
    known = any("drug" in entry for entry in interview.entries("treatments"))
    return Question(
        ("treatments", place),
        "Which other antidepressant was tried?" if known else "Which antidepressant was tried?",
        why,
        How.DRUG,
        "one name, such as sertraline; `no` when there is no other",
        PRESCRIBER,
        none="no other was tried",
        subject=f"{subject}.drug",
        lists=True,
    )


def _that_matter(interview: Interview) -> list[int]:
    """Return the entries whose trial counts or may count, in the order of the file."""
    found = interview.verdict.trials if interview.verdict else ()
    kept = (t for one in found if one.answer is not Answer.NOT_MET for t in one.trial.treatments)
    return sorted(place for one in kept if (place := interview.place_of(one)) is not None)


def _drug(
    interview: Interview, place: int, why: str, rule: FailedTrials | None = None
) -> Iterator[Question]:
    """Yield what the entry of a drug does not say: until when, how it went, why it ended, where."""
    entry, at = interview.entries("treatments")[place], ("treatments", place)
    drug, goes_on = interview.named(place), entry.get("ongoing") == "yes"
    yield from _end(entry, at, drug, why)
    if "outcome" not in entry:
        yield _outcome(at, drug, why, ongoing=goes_on)
    if rule:
        yield from _by_rule(entry, at, drug, rule)
    if "stopped_because" not in entry and not goes_on and entry.get("doses"):
        yield Question(
            (*at, "stopped_because"),
            f"Why was {drug} stopped?",
            "reviewers look for the reason, and a stop for side effects is another thing than "
            "no benefit",
            How.STOPPED,
            "the reason, such as: no benefit after fifteen weeks; `still taken` when it goes on",
            PRESCRIBER,
        )
    yield from _known_from(interview, entry, at, drug)


def _end(entry: dict[str, Any], at: Trail, drug: str, why: str) -> Iterator[Question]:
    """Yield whether a drug whose last dose has no end is still taken, or when it ended."""
    doses = entry.get("doses") or []
    last = doses[-1] if isinstance(doses, list) and doses else {}
    if not isinstance(last, dict) or "to" in last or not last:
        return
    if "ongoing" not in entry:
        form = "yes, or no"
        ongoing = (*at, "ongoing")
        yield Question(
            ongoing, f"Is {drug} still taken?", why, How.CHOICE, form, PRESCRIBER, _YES_NO
        )
    elif entry["ongoing"] == "no":
        end = (*at, "doses", len(doses) - 1, "to")
        text = f"When was {drug} taken last?"
        yield Question(end, text, _WEEKS, How.DATE, DATE_FORM, _PHARMACY)


def _outcome(at: Trail, what: str, why: str, *, ongoing: bool = False) -> Question:
    return Question(
        (*at, "outcome"),
        f"How did {what} go?",
        why,
        How.CHOICE,
        "one of these, as the chart has it",
        PRESCRIBER,
        OUTCOMES if ongoing else tuple(o for o in OUTCOMES if o[0] != "too_early_to_judge"),
    )


def _by_rule(entry: dict[str, Any], at: Trail, drug: str, rule: FailedTrials) -> Iterator[Question]:
    """Yield what this policy alone asks of a trial."""
    limit = rule.most_improvement_percent
    measured = {"improvement_percent", "change"} & set(entry)
    if limit is not None and entry.get("outcome") == "partial_response" and not measured:
        yield Question(
            (*at, "improvement_percent"),
            f"By how much did {drug} improve the depression?",
            f"the policy takes a trial with at most {limit} percent improvement",
            How.IMPROVEMENT,
            "percent, such as 25; or the scores before and after, such as PHQ-9 24 18",
            PRESCRIBER,
        )
    least = rule.adherence_percent
    if least is not None and "adherence_percent" not in entry and entry.get("doses"):
        yield Question(
            (*at, "adherence_percent"),
            f"How much of {drug} was taken as ordered, in percent?",
            f"the policy takes a trial with at least {least} percent",
            How.NUMBER,
            "a whole number, such as 90",
            _PHARMACY,
        )
    if rule.dose == "maximum_tolerated" and "maximum_tolerated" not in entry and entry.get("doses"):
        yield Question(
            (*at, "maximum_tolerated"),
            f"Was the highest dose of {drug} the most that was tolerated?",
            "the policy asks for the greatest labeled or tolerated dose",
            How.CHOICE,
            "yes, or no",
            PRESCRIBER,
            _YES_NO,
        )


def _known_from(
    interview: Interview, entry: dict[str, Any], at: Trail, what: str
) -> Iterator[Question]:
    if "source" not in entry:
        yield Question(
            (*at, "source"),
            f"Where is {what} known from?",
            "reviewers compare it with paid claims; samples seldom count",
            How.CHOICE,
            "one of these",
            choices=SOURCES,
        )
    yield from evidence_of(interview, at, f"the trial of {what}")


# --- other treatments -----------------------------------------------------------------------------


def augmentations(interview: Interview, rule: Augmentation, finding: Finding) -> Iterator[Question]:
    """Yield the gaps of the drugs that were added to another, then the question for one more."""
    why = why_of(finding)
    entries = interview.entries("treatments")
    for place, entry in enumerate(entries):
        if "augments" in entry:
            yield from _drug(interview, place, why)
    other = "other " if any("augments" in entry for entry in entries) else ""
    names = listed([*rule.agents, *rule.classes])
    named = f" (the policy names {names})" if names else ""
    yield Question(
        ("treatments", len(entries)),
        f"Which {other}drug was added to an antidepressant, and to which one{named}?",
        why,
        How.ADDED,
        "both drugs, such as: aripiprazole to sertraline; `no` when there is no other",
        PRESCRIBER,
        none="no other was added",
        subject=f"{finding.id}.added",
        lists=True,
    )


def taken_now(
    interview: Interview, rule: ConcurrentAntidepressant, finding: Finding
) -> Iterator[Question]:
    """Yield the gaps of the drugs that are still taken, then which one else is."""
    why = why_of(finding)
    entries = interview.entries("treatments")
    for place, entry in enumerate(entries):
        doses = [one for one in entry.get("doses") or () if isinstance(one, dict)]
        if entry.get("ongoing") == "yes" and rule.not_failed and "outcome" not in entry:
            yield _outcome(("treatments", place), str(entry.get("drug")), why, ongoing=True)
        elif "ongoing" not in entry and doses and "to" not in doses[-1]:
            yield from _end(entry, ("treatments", place), str(entry.get("drug")), why)
    yield Question(
        ("treatments", len(entries)),
        "Which oral antidepressant is taken now, that is not listed yet?",
        why,
        How.DRUG,
        "one name, such as duloxetine; `no` when none is",
        PRESCRIBER,
        none="none is taken now",
        extra={"ongoing": "yes"},
        subject=f"{finding.id}.now",
        lists=True,
    )


def therapies(
    interview: Interview, rule: PsychotherapyTried, finding: Finding
) -> Iterator[Question]:
    """Yield the gaps of each psychotherapy, then the question for one."""
    why = why_of(finding)
    entries = interview.entries("treatments")
    for place, entry in enumerate(entries):
        if entry.get("psychotherapy"):
            sessions = rule.sessions is not None
            yield from _course(interview, place, str(entry["psychotherapy"]), why, sessions)
    other = "other " if any(entry.get("psychotherapy") for entry in entries) else ""
    types = tuple((name, name) for name in rule.types)
    yield Question(
        ("treatments", len(entries)),
        f"Which {other}psychotherapy was tried?",
        why,
        How.ENTRY,
        "its kind, such as CBT; `no` when there was none",
        "the therapist",
        types,
        none="none was tried",
        extra={"psychotherapy": ""},
        subject=f"{finding.id}.therapy",
        lists=True,
    )


def devices(interview: Interview, rule: PriorDevice, finding: Finding) -> Iterator[Question]:
    """Yield the gaps of each course of TMS or ECT, then the question for one."""
    why = why_of(finding)
    entries = interview.entries("treatments")
    for place, entry in enumerate(entries):
        device = next((name for name in rule.devices if entry.get(name)), None)
        if device:
            sessions = rule.sessions is not None
            yield from _course(interview, place, device.upper(), why, sessions)
            if rule.least_percent is not None and not (
                {"improvement_percent", "change"} & set(entry)
            ):
                yield Question(
                    ("treatments", place, "improvement_percent"),
                    f"By how much did {device.upper()} improve the depression?",
                    why,
                    How.IMPROVEMENT,
                    "percent, such as 55; or the scores before and after, such as PHQ-9 22 9",
                    PRESCRIBER,
                )
    for name in rule.devices:
        example = "theta burst" if name == "tms" else "bilateral"
        again = "another time" if any(entry.get(name) for entry in entries) else "before"
        yield Question(
            ("treatments", len(entries)),
            f"Was {name.upper()} given {again}? With which protocol?",
            why,
            How.ENTRY,
            f"its name, such as {example}; `no` when it was not given",
            PRESCRIBER,
            none="it was not given",
            extra={name: ""},
            subject=f"{finding.id}.{name}",
            lists=True,
        )


def _course(
    interview: Interview,
    place: int,
    what: str,
    why: str,
    sessions: bool,  # noqa: FBT001
) -> Iterator[Question]:
    """Yield what a course of sessions does not say."""
    entry, at = interview.entries("treatments")[place], ("treatments", place)
    if "from" not in entry:
        text = f"When did {what} begin?"
        yield Question((*at, "from"), text, why, How.DATE, DATE_FORM, PRESCRIBER)
    if not ({"to", "ongoing"} & set(entry)):
        form = f"{DATE_FORM}; `still` when it goes on"
        yield Question((*at, "to"), f"When did {what} end?", why, How.END, form, PRESCRIBER)
    if sessions and "sessions" not in entry:
        text = f"How many sessions of {what} were there?"
        form = "the number alone, such as 14"
        yield Question((*at, "sessions"), text, why, How.NUMBER, form, PRESCRIBER)
    if "outcome" not in entry:
        yield _outcome(at, what, why, ongoing=entry.get("ongoing") == "yes")
    yield from evidence_of(interview, at, f"the course of {what}")
