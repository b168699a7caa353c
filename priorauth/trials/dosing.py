"""Which days of a treatment were at which dose: those that surely were, those that can have been.

Not for joining treatments: what is one trial is for the package itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from priorauth.dates import DAYS_IN_WEEK, Interval, runs
from priorauth.history import Dose, DrugTreatment

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal

    from priorauth.reference.drugs import Product

DoseRule = Literal["least_effective", "maximum_tolerated", "beyond_sleep", "any"]
Accepts: TypeAlias = Callable[[Dose, DrugTreatment], bool]


def each_day(dose: Dose) -> Decimal:
    """Return the amount of one day, so that a weekly dose compares with a daily one."""
    return dose.amount / DAYS_IN_WEEK if dose.unit == "mg/week" else dose.amount


def any_dose(dose: Dose, treatment: DrugTreatment) -> bool:
    """Accept every dose."""
    del dose, treatment
    return True


def just(amount: tuple[Decimal, str]) -> Accepts:
    """Return a rule that accepts one amount in one unit."""
    return lambda dose, _: (dose.amount, dose.unit) == amount


def _beyond_sleep(dose: Dose, treatment: DrugTreatment) -> bool:
    forms = treatment.product.forms
    return all(form.sleep_dose_to is None or dose.amount > form.sleep_dose_to for form in forms)


def _surely_effective(dose: Dose, treatment: DrugTreatment) -> bool:
    least = _comparable(dose, treatment.product) and treatment.product.least_range
    named = all(form.least is not None for form in treatment.product.forms)
    return bool(least and named and dose.amount >= least[1])


def _possibly_effective(dose: Dose, treatment: DrugTreatment) -> bool:
    least = treatment.product.least_range
    open_end = any(form.least is None for form in treatment.product.forms)
    return open_end or least is None or dose.amount >= least[0]


def _comparable(dose: Dose, product: Product) -> bool:
    return dose.unit == product.unit or (dose.unit == "mg/day" and product.unit == "mg/24 h")


def _at_top(dose: Dose, treatment: DrugTreatment) -> bool:
    return dose.amount == max(other.amount for other in treatment.doses)


def _surely_maximal(dose: Dose, treatment: DrugTreatment) -> bool:
    greatest = treatment.product.greatest_range
    labeled = all(form.greatest is not None for form in treatment.product.forms)
    at_label = bool(greatest and labeled and dose.amount >= greatest[1])
    tolerated = treatment.maximum_tolerated is True and _at_top(dose, treatment)
    return at_label or (tolerated and _surely_effective(dose, treatment))


def _possibly_maximal(dose: Dose, treatment: DrugTreatment) -> bool:
    greatest = treatment.product.greatest_range
    at_label = bool(greatest and dose.amount >= greatest[0])
    open_question = treatment.maximum_tolerated is not False and _at_top(dose, treatment)
    return at_label or (open_question and _possibly_effective(dose, treatment))


# What each rule accepts for sure, and what it may accept.
RULES: dict[DoseRule, tuple[Accepts, Accepts]] = {
    "least_effective": (_surely_effective, _possibly_effective),
    "maximum_tolerated": (_surely_maximal, _possibly_maximal),
    "beyond_sleep": (_beyond_sleep, _beyond_sleep),
    "any": (any_dose, any_dose),
}


def certain(treatment: DrugTreatment, day: date, accepts: Accepts) -> list[Interval]:
    """Return the days that were surely at an accepted dose."""
    still = going_on(treatment)
    found = [
        Interval(dose.start.last, min(dose.end.first if dose.end else dose.start.last, day))
        for dose in treatment.doses
        if dose not in still and accepts(dose, treatment)
    ]
    if still and all(accepts(dose, treatment) for dose in still):
        found.append(Interval(min(max(dose.start.last for dose in still), day), day))
    return [days for days in found if days.first <= days.last]


def possible(treatment: DrugTreatment, day: date, accepts: Accepts) -> list[Interval]:
    """Return the days that can have been at an accepted dose."""
    return [
        Interval(dose.start.first, max(dose.start.first, greatest_end(dose, treatment, day)))
        for dose in treatment.doses
        if accepts(dose, treatment)
    ]


def going_on(treatment: DrugTreatment) -> list[Dose]:
    """Return the doses of which one surely goes on; none where an ended one may be the last."""
    latest = _latest(treatment)
    return [] if any(dose.end for dose in latest) else latest


def can_go_on(treatment: DrugTreatment) -> list[Dose]:
    """Return the doses that can be the one that goes on."""
    return [dose for dose in _latest(treatment) if not dose.end]


def _latest(treatment: DrugTreatment) -> list[Dose]:
    """Return the doses of a treatment that goes on that can have been the last to begin."""
    if not treatment.ongoing:
        return []
    newest = max((dose.start.first for dose in treatment.doses), default=None)
    return [dose for dose in treatment.doses if newest and dose.start.last >= newest]


def soonest_end(treatment: DrugTreatment, day: date) -> dict[Dose, date]:
    """Return the earliest day that can be the last one of each dose."""
    still = going_on(treatment)
    return {
        dose: min(max(dose.end.first, dose.start.first), day)
        if dose.end
        else day
        if still == [dose]
        else dose.start.first
        for dose in treatment.doses
    }


def greatest_end(dose: Dose, treatment: DrugTreatment, day: date) -> date:
    """Return the last day that the dose can have been taken; an open end runs to the next dose."""
    if dose.end:
        return min(dose.end.last, day)
    later = [other.start.last for other in treatment.doses if other.start.first > dose.start.last]
    return min([*later, day])


def disputed(
    own: DrugTreatment, other: DrugTreatment, day: date, rule: DoseRule
) -> tuple[list[Interval], list[Interval]]:
    """Return the days at which another record denies an accepted dose, and allows one by its sum.

    The day of a change may belong to both.
    """
    sure, perhaps = RULES[rule]
    denied, allowed = [], []
    for dose in own.doses:
        for different in other.doses:
            if each_day(dose) == each_day(different):
                continue
            both = _span(dose, own, other, day).overlap(_span(different, other, own, day))
            if both is None or both.days == 1:
                continue
            if sure(dose, own) and not sure(different, other):
                denied.append(both)
            if perhaps(*_sum(dose, different, own)):
                allowed.append(both)
    return denied, allowed


def _span(dose: Dose, treatment: DrugTreatment, other: DrugTreatment, day: date) -> Interval:
    """Return the days of a dose; an open end runs to the next dose, in either record."""
    if not dose.end and not treatment.ongoing:
        treatment = treatment.model_copy(update={"doses": (*treatment.doses, *other.doses)})
    return Interval(dose.start.first, max(dose.start.first, greatest_end(dose, treatment, day)))


def _sum(dose: Dose, other: Dose, treatment: DrugTreatment) -> tuple[Dose, DrugTreatment]:
    """Return what was taken where two records tell of two parts of one dose."""
    field = {"mg/week": "mg_per_week", "mcg/day": "mcg_per_day"}.get(dose.unit, "mg_per_day")
    more = each_day(other) * (DAYS_IN_WEEK if dose.unit == "mg/week" else 1)
    both = dose.model_copy(update={field: dose.amount + more})
    return both, treatment.model_copy(update={"doses": (both,)})


def reaching(day: date, intervals: Iterable[Interval]) -> int:
    """Return the days of the unbroken run that lasts until `day`."""
    last = [run[-1] for run in runs(intervals, 0)][-1:]
    return last[0].days if last and last[0].last == day else 0


def shared(some: Iterable[Interval], others: Iterable[Interval]) -> list[Interval]:
    """Return the days that are in both."""
    kept = list(others)
    return [both for one in some for other in kept if (both := one.overlap(other))]


def without(some: Iterable[Interval], others: Iterable[Interval]) -> list[Interval]:
    """Return the days that are in none of the others."""
    left = list(some)
    for other in others:
        left = [part for one in left for part in _around(one, other)]
    return left


def _around(one: Interval, other: Interval) -> list[Interval]:
    """Return what is left of an interval before and after another one."""
    if not one.overlap(other):
        return [one]
    before = Interval(one.first, other.first - timedelta(days=1))
    after = Interval(other.last + timedelta(days=1), one.last)
    return [part for part in (before, after) if part.first <= part.last]


def clip(intervals: Iterable[Interval], window: Interval | None) -> list[Interval]:
    """Return the parts of the intervals that lie inside the window."""
    if window is None:
        return []
    return [clipped for i in intervals if (clipped := i.overlap(window))]
