"""Treatments: doses beside the label, outcomes beside figures, augmentation beside its drug."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from priorauth.dates import Interval, Span
from priorauth.fields import problem
from priorauth.history import Change, Dose, Outcome, Percent, number
from priorauth.intake.places import at, entries, product, right
from priorauth.problems import Problem, Severity
from priorauth.reference import drugs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.datafile import Datafile, Trail

_UNIT_IN_CASE = {drugs.DoseUnit.MG_IN_24_HOURS: "mg/day"}  # a patch's dose, as charts write it


def doses(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield each dose in a unit that is not its drug's, or above the label's maximum."""
    del day
    for treatment in entries(data, ("treatments",)):
        found = product(data, (*treatment, "drug"))
        for trail in entries(data, (*treatment, "doses")):
            dose = right(data, trail, Dose)
            if found and dose:
                yield from _dose_problems(data, trail, dose, found)


def _dose_problems(
    data: Datafile, trail: Trail, dose: Dose, product: drugs.Product
) -> Iterator[Problem]:
    greatest = product.greatest_range
    if dose.unit != _UNIT_IN_CASE.get(product.unit, product.unit):
        yield problem(
            data,
            trail,
            f"this drug is dosed in {product.unit}",
            "Write the amount in that unit, or check the drug's form; "
            "ketamine and esketamine sessions have entries of their own.",
        )
    elif greatest and dose.amount > greatest[1]:
        yield problem(
            data,
            trail,
            f"the dose is above the label's maximum of {number(greatest[1])} {product.counted}",
            "Compare it with the record; if it is right, the letter prints it as it is.",
            Severity.WARNING,
        )


def overlapping(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield each dose that is on the same days as an earlier one of its treatment.

    An error where the doses differ, since the arithmetic takes the days of each for sure.
    """
    del day
    for first, trail, severity in on_the_same_days(data):
        line = f" (line {data.line(first)})" if data.line(first) else ""
        what = f"this dose and an earlier one{line} are on the same days"
        yield problem(data, trail, what, _ONE_A_DAY, severity)


def on_the_same_days(data: Datafile) -> Iterator[tuple[Trail, Trail, Severity]]:
    """Yield the places of two doses of one treatment that share days, and how much it matters."""
    for treatment in entries(data, ("treatments",)):
        doses = [
            (trail, dose)
            for trail in entries(data, (*treatment, "doses"))
            if (dose := right(data, trail, Dose))
        ]
        for (first, earlier), (trail, later) in combinations(doses, 2):
            if severity := _both_taken(earlier, later):
                yield first, trail, severity


_ONE_A_DAY = (
    "End the one before the other begins; if both were taken each day, write one entry with "
    "their sum."
)


def _both_taken(one: Dose, other: Dose) -> Severity | None:
    """Return how much it matters that two doses are on the same days; None if they need not be.

    The day of a change may belong to both.
    """
    if one.end is None and other.end is None:
        same = one.start == other.start and one.start.is_day
        return Severity.WARNING if same else None
    first, second = _surely(one), _surely(other)
    shared = first.overlap(second) if first and second else None
    if shared is None or shared.days == 1:
        return None
    alike = (one.amount, one.unit) == (other.amount, other.unit)
    return Severity.WARNING if alike else Severity.ERROR


def _surely(dose: Dose) -> Interval | None:
    return Span(dose.start, dose.end).least if dose.end else None


def ended(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield each treatment that goes on, and yet has an end."""
    del day
    for entry in entries(data, ("treatments",)):
        trail = (*entry, "ongoing")
        if not right(data, trail, bool):
            continue
        if at(data, (*entry, "to")):
            what = "still going on, and yet it has an end"
            yield problem(data, trail, what, "Remove `to:`, or remove `ongoing: yes`.")
        found = [right(data, place, Dose) for place in entries(data, (*entry, "doses"))]
        if found and all(found) and all(dose.end for dose in _last(found)):
            what = "still taken, and yet the last dose has an end"
            fix = "Remove the `to:` of the last dose, or remove `ongoing: yes`."
            yield problem(data, trail, what, fix)


def _last(doses: list[Dose]) -> list[Dose]:
    """Return the doses that can have been the last to begin."""
    newest = max(dose.start.first for dose in doses)
    return [dose for dose in doses if dose.start.last >= newest]


_BOUNDS = {
    Outcome.NO_RESPONSE: (-1000, 25),
    Outcome.PARTIAL_RESPONSE: (25, 50),
    Outcome.RESPONSE: (50, 1000),
    Outcome.REMISSION: (50, 1000),
}


def too_early(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield each treatment that has ended, and of which it is said to be too early to judge it."""
    del day
    for entry in entries(data, ("treatments",)):
        trail = (*entry, "outcome")
        early = right(data, trail, Outcome) is Outcome.TOO_EARLY
        if early and not right(data, (*entry, "ongoing"), bool):
            what = "too early to judge is said of what is still given"
            fix = "Write how it went, or `ongoing: yes`."
            yield problem(data, trail, what, fix, Severity.WARNING)


def outcomes(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield each outcome that its improvement in percent contradicts."""
    del day
    for entry in entries(data, ("treatments",)):
        outcome = right(data, (*entry, "outcome"), Outcome)
        improvement = right(data, (*entry, "improvement_percent"), Percent)
        change = right(data, (*entry, "change"), Change)
        if improvement is None and change:
            improvement = change.improvement_percent
        if outcome not in _BOUNDS or improvement is None:
            continue
        low, high = _BOUNDS[outcome]
        if not low <= improvement <= high:
            yield problem(
                data,
                (*entry, "outcome"),
                "the outcome and the improvement in percent do not agree",
                "No response is up to 25, partial response 25 to 50, response 50 or more: "
                "compare both with the record.",
                Severity.WARNING,
            )


def augmented(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield each augmentation of a drug that is not among the treatments."""
    del day
    every = list(entries(data, ("treatments",)))
    named = [entry for entry in every if at(data, (*entry, "drug"))]
    products = [product(data, (*entry, "drug")) for entry in named]
    if None in products:
        return  # a name that is not known can be that of the drug that is missed
    taken = {found.drug.agent for found in products if found}
    for entry in every:
        trail = (*entry, "augments")
        first = product(data, trail)
        if first and first.drug.agent not in taken:
            yield problem(
                data,
                trail,
                "the drug that this one was added to is not among the treatments",
                "Add that drug with its doses and dates.",
                Severity.WARNING,
            )
