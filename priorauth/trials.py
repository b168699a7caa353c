"""Trial arithmetic: time at an adequate dose, class, episode, window, overlap.

Not for a payer's rules: how many trials, of which length, is for `criteria`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from priorauth.dates import DAYS_IN_WEEK, Interval, longest_days, years_before
from priorauth.history import Dose, DrugTreatment, Outcome, Purpose, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from priorauth.case import Case
    from priorauth.dates import PartialDate
    from priorauth.history import Evidence
    from priorauth.reference import Mark
    from priorauth.reference.drugs import Drug, Product

GAP_DAYS = 7  # days without the drug that do not end a run, unless a policy says otherwise
LONG_AGO = date(1900, 1, 1)

DoseRule = Literal["least_effective", "maximum_tolerated", "any"]


@dataclass(frozen=True, order=True)
class Weeks:
    """A length of time known between two bounds, in days; printed in weeks."""

    least_days: int
    greatest_days: int

    @property
    def least(self) -> Decimal:
        """Return the least length in weeks, rounded down to a tenth."""
        return _weeks(self.least_days)

    @property
    def greatest(self) -> Decimal:
        """Return the greatest length in weeks, rounded down to a tenth."""
        return _weeks(self.greatest_days)

    @property
    def exact(self) -> bool:
        """Return whether the length is known."""
        return self.least_days == self.greatest_days

    def __str__(self) -> str:
        """Return `14.7 weeks` or `11.1 to 14.7 weeks`."""
        if self.exact:
            return f"{self.least} weeks"
        return f"{self.least} to {self.greatest} weeks"


def _weeks(days: int) -> Decimal:
    tenths = (Decimal(days) / DAYS_IN_WEEK).quantize(Decimal("0.1"), ROUND_FLOOR)
    return tenths.quantize(Decimal(1)) if tenths == tenths.to_integral_value() else tenths


@dataclass(frozen=True)
class Frame:
    """A window in time: the days surely inside it, and the days possibly inside it."""

    sure: Interval | None
    possible: Interval

    @classmethod
    def of(
        cls,
        day: date,
        onset: PartialDate | None = None,
        years: int | None = None,
        *,
        episode: bool = False,
    ) -> Frame:
        """Return the window that ends on `day`: this episode, the past years, or all time."""
        earliest = years_before(day, years) if years else LONG_AGO
        possible = Interval(max(earliest, onset.first) if episode and onset else earliest, day)
        if episode and onset is None:
            return cls(None, possible)
        start = max(earliest, onset.last) if episode and onset else earliest
        return cls(Interval(start, day) if start <= day else None, possible)


@dataclass(frozen=True)
class Amount:
    """A dose with its unit."""

    value: Decimal
    unit: str

    def __str__(self) -> str:
        """Return `150 mg/day`."""
        return f"{self.value.normalize():f} {self.unit}"


@dataclass(frozen=True)
class Trial:
    """One drug as it was taken without a break, whatever its brand or form, weighed by the label.

    A drug that was stopped and taken again later is two trials of one agent.
    """

    drug: Drug
    treatments: tuple[DrugTreatment, ...]
    day: date
    gap_days: int
    augments: Drug | None
    beside: tuple[str, ...] = ()

    @property
    def agent(self) -> str:
        """Return the ingredient's generic name."""
        return self.drug.agent

    @property
    def name(self) -> str:
        """Return the names as the record writes them, each once."""
        return ", ".join(dict.fromkeys(treatment.drug for treatment in self.treatments))

    @property
    def last(self) -> DrugTreatment:
        """Return the treatment that came last: its outcome is the trial's."""
        return self.treatments[-1]

    @property
    def outcome(self) -> Outcome | None:
        """Return how the trial went, as far as the record says."""
        return self.last.outcome

    @property
    def improvement(self) -> Decimal | None:
        """Return the improvement in percent, as far as the record says."""
        return self.last.improvement

    @property
    def ongoing(self) -> bool:
        """Return whether the drug is still taken."""
        return self.last.ongoing

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Return where the record stands, each page once."""
        return tuple(dict.fromkeys(e for t in self.treatments for e in t.evidence))

    @property
    def sources(self) -> tuple[Source, ...]:
        """Return what kinds of record it is known from."""
        return tuple(dict.fromkeys(t.source for t in self.treatments if t.source))

    @property
    def adherence_percent(self) -> int | None:
        """Return the lowest recorded adherence."""
        return min(
            (t.adherence_percent for t in self.treatments if t.adherence_percent is not None),
            default=None,
        )

    @property
    def for_depression(self) -> bool:
        """Return whether it was taken for depression, by the record and by the product's label."""
        return all(
            t.purpose is Purpose.DEPRESSION
            and any(form.purpose.value == Purpose.DEPRESSION.value for form in t.product.forms)
            for t in self.treatments
        )

    @property
    def highest(self) -> Amount | None:
        """Return the highest dose taken; None when no dose was taken."""
        doses = [dose for treatment in self.treatments for dose in treatment.doses]
        if not doses:
            return None
        top = max(doses, key=lambda dose: dose.amount)
        unit = self.last.product.unit.value
        return Amount(top.amount, unit if top.unit == "mg/day" else top.unit)

    @property
    def mark(self) -> Mark:
        """Return how well the dose figures that this trial is judged by are known."""
        forms = [form for treatment in self.treatments for form in treatment.product.forms]
        return max((form.mark for form in forms), key=list(type(forms[0].mark)).index)

    @cached_property
    def taken(self) -> Interval | None:
        """Return the first and last day on which the drug can have been taken."""
        spans = [
            interval for t in self.treatments for interval in _possible(t, self.day, _any_dose)
        ]
        if not spans:
            return None
        return Interval(min(s.first for s in spans), max(s.last for s in spans))

    @cached_property
    def surely_taken(self) -> Interval | None:
        """Return the first and last day on which the drug was surely taken."""
        spans = [interval for t in self.treatments for interval in _certain(t, self.day, _any_dose)]
        if not spans:
            return None
        return Interval(min(s.first for s in spans), max(s.last for s in spans))

    def time(self, rule: DoseRule = "least_effective", frame: Frame | None = None) -> Weeks:
        """Return the longest run at a dose that the rule accepts, inside the frame.

        Days inside a gap do not count; a gap of at most `gap_days` does not end the run.
        """
        sure, possible = _RULES[rule]
        certain = [i for t in self.treatments for i in _certain(t, self.day, sure)]
        perhaps = [i for t in self.treatments for i in _possible(t, self.day, possible)]
        if frame:
            certain = _clip(certain, frame.sure)
            perhaps = _clip(perhaps, frame.possible)
        least = longest_days(certain, self.gap_days)
        return Weeks(least, max(least, longest_days(perhaps, self.gap_days)))

    def why_not_adequate(self) -> str | None:
        """Return why it is no antidepressant trial by the label alone; None when it may be."""
        if self.augments:
            return f"added to {self.augments.agent}: counted as augmentation"
        if self.drug.counts_as_antidepressant == "no":
            return f"{self.agent} is not an antidepressant by its US label"
        if not self.for_depression:
            return "not taken for depression"
        if self.outcome is Outcome.CONTRAINDICATED:
            return None
        if not self.time().greatest_days:
            return self._too_low()
        return None

    def _too_low(self) -> str:
        form = self.last.product.forms[0]
        least = self.last.product.least_range
        floor = (
            f"{least[0].normalize():f} {self.last.product.unit}" if least else "any labeled dose"
        )
        slept = form.sleep_dose_to and self.highest and self.highest.value <= form.sleep_dose_to
        why = "a dose usual for sleep, " if slept else ""
        return f"{why}never at or above {floor}, the least effective labeled dose"


def weigh(case: Case, day: date, gap_days: int = GAP_DAYS) -> tuple[Trial, ...]:
    """Return the drug trials of a case in order of time.

    Treatments with one ingredient that follow each other within the gap are one trial; the
    order in which the case lists them does not matter.
    """
    treatments = [t for t in case.treatments if isinstance(t, DrugTreatment)]
    trials = [
        _trial(group, day, gap_days)
        for same in _by_agent(treatments).values()
        for group in _joined(same, day, gap_days)
    ]
    trials.sort(key=_first_day)
    return tuple(_beside(trial, trials) for trial in trials)


def _by_agent(treatments: Iterable[DrugTreatment]) -> dict[tuple[str, str], list[DrugTreatment]]:
    groups: dict[tuple[str, str], list[DrugTreatment]] = {}
    for treatment in treatments:
        added_to = treatment.augmented.drug.agent if treatment.augmented else ""
        groups.setdefault((treatment.product.drug.agent, added_to), []).append(treatment)
    return groups


def _joined(same: list[DrugTreatment], day: date, gap_days: int) -> list[list[DrugTreatment]]:
    """Return the treatments of one agent grouped where they follow each other within the gap."""
    groups: list[list[DrugTreatment]] = [[t] for t in same if not t.doses]
    end: date | None = None
    for treatment in sorted((t for t in same if t.doses), key=lambda t: _order(t, day)[1]):
        last, first, _ = _order(treatment, day)
        if end and first <= end + timedelta(days=gap_days + 1):
            groups[-1].append(treatment)
            end = max(end, last)
        else:
            groups.append([treatment])
            end = last
    return [
        sorted(group, key=lambda t: _order(t, day)) if len(group) > 1 else group for group in groups
    ]


def _order(treatment: DrugTreatment, day: date) -> tuple[date, date, str]:
    """Return last day, first day, and a text that settles ties whatever the order in the case."""
    spans = _possible(treatment, day, _any_dose)
    return (
        max(s.last for s in spans),
        min(s.first for s in spans),
        treatment.model_dump_json(),
    )


def _trial(group: list[DrugTreatment], day: date, gap_days: int) -> Trial:
    first = group[0]
    added_to = first.augmented.drug if first.augmented else None
    return Trial(first.product.drug, tuple(group), day, gap_days, added_to)


def _first_day(trial: Trial) -> tuple[date, str, str]:
    return (trial.taken.first if trial.taken else LONG_AGO, trial.agent, trial.name)


def _beside(trial: Trial, trials: Iterable[Trial]) -> Trial:
    """Return the trial with the names of the drugs taken at the same time."""
    others = [
        other.agent
        for other in trials
        if other is not trial
        and other.agent != trial.agent
        and other.taken
        and trial.taken
        and trial.taken.overlap(other.taken)
    ]
    names = tuple(dict.fromkeys(others))
    return Trial(trial.drug, trial.treatments, trial.day, trial.gap_days, trial.augments, names)


# --- which days are at which dose ---------------------------------------------------------------


def _any_dose(dose: Dose, treatment: DrugTreatment) -> bool:
    del dose, treatment
    return True


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


_RULES: dict[
    str, tuple[Callable[[Dose, DrugTreatment], bool], Callable[[Dose, DrugTreatment], bool]]
] = {
    "least_effective": (_surely_effective, _possibly_effective),
    "maximum_tolerated": (_surely_maximal, _possibly_maximal),
    "any": (_any_dose, _any_dose),
}


def _certain(
    treatment: DrugTreatment, day: date, accepts: Callable[[Dose, DrugTreatment], bool]
) -> list[Interval]:
    """Return the days that were surely at an accepted dose."""
    return [
        Interval(dose.start.last, end)
        for dose in treatment.doses
        if accepts(dose, treatment)
        for end in [_least_end(dose, treatment, day)]
        if dose.start.last <= end
    ]


def _possible(
    treatment: DrugTreatment, day: date, accepts: Callable[[Dose, DrugTreatment], bool]
) -> list[Interval]:
    """Return the days that can have been at an accepted dose."""
    return [
        Interval(dose.start.first, max(dose.start.first, _greatest_end(dose, treatment, day)))
        for dose in treatment.doses
        if accepts(dose, treatment)
    ]


def _is_open(dose: Dose, treatment: DrugTreatment) -> bool:
    """Return whether the dose is the one that goes on."""
    last = max(treatment.doses, key=lambda other: (other.start.first, other.start.last))
    return treatment.ongoing and dose.start == last.start


def _least_end(dose: Dose, treatment: DrugTreatment, day: date) -> date:
    if dose.end:
        return min(dose.end.first, day)
    return day if _is_open(dose, treatment) else dose.start.last


def _greatest_end(dose: Dose, treatment: DrugTreatment, day: date) -> date:
    """Return the last day that the dose can have been taken; an open end runs to the next dose."""
    if dose.end:
        return min(dose.end.last, day)
    later = [other.start.last for other in treatment.doses if other.start.first > dose.start.first]
    return min([*later, day])


def _clip(intervals: Iterable[Interval], window: Interval | None) -> list[Interval]:
    if window is None:
        return []
    return [clipped for i in intervals if (clipped := i.overlap(window))]
