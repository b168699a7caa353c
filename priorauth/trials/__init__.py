"""Trial arithmetic: time at an adequate dose, class, episode, window, overlap.

Not for a payer's rules: how many trials, of which length, is for `criteria`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple

from priorauth.dates import Interval, runs
from priorauth.history import DrugTreatment, Purpose, number
from priorauth.silent import Silent, silent
from priorauth.trials import dosing
from priorauth.trials.lengths import LONG_AGO, Frame, KnownDays, Weeks, together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date
    from decimal import Decimal

    from priorauth.case import Case
    from priorauth.history import Dose, Evidence, Outcome, Source
    from priorauth.reference import Mark
    from priorauth.reference.drugs import Drug
    from priorauth.trials.dosing import Accepts, DoseRule

__all__ = ["GAP_DAYS", "Amount", "Frame", "Trial", "Weeks", "weigh"]

GAP_DAYS = 7  # days without the drug that do not end a run, unless a policy says otherwise


@silent
class Amount(NamedTuple):
    """A dose with its unit."""

    value: Decimal
    unit: str

    def __str__(self) -> str:
        """Return `150 mg/day`."""
        return f"{number(self.value)} {self.unit}"


@dataclass(frozen=True, repr=False)
class Trial(Silent):
    """One drug as it was taken without a break, whatever its brand or form, weighed by the label.

    A drug that was stopped and taken again later is two trials of one agent.
    """

    drug: Drug
    treatments: tuple[DrugTreatment, ...]
    day: date
    gap_days: int
    augments: Drug | None
    beside: tuple[str, ...] = ()
    bases: tuple[Trial, ...] = ()  # the trials of the drug that it was added to

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
        """Return the treatment that came last."""
        return self.treatments[-1]

    @cached_property
    def closing(self) -> tuple[DrugTreatment, ...]:
        """Return the treatments that no other one surely goes on; several where dates do not tell.

        How they went is how the trial went.
        """
        return tuple(
            one
            for one in self.treatments
            if not any(
                _surely_goes_on(one, other, self.day, self.gap_days) for other in self.treatments
            )
        )

    @property
    def outcome(self) -> Outcome | None:
        """Return how the trial went; None where the record does not say, or does not say one."""
        found = {treatment.outcome for treatment in self.closing}
        return found.pop() if len(found) == 1 else None

    @property
    def improvement(self) -> Decimal | None:
        """Return the improvement in percent; None where the record does not say one figure."""
        found = {treatment.improvement for treatment in self.closing}
        return found.pop() if len(found) == 1 else None

    @property
    def contradicted(self) -> bool:
        """Return whether the figures say the other than the word of how the trial went."""
        return any(treatment.contradicted for treatment in self.closing)

    @property
    def ongoing(self) -> bool:
        """Return whether the drug is still taken."""
        return any(treatment.ongoing for treatment in self.closing)

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
        return all(_for_depression(treatment) for treatment in self.treatments)

    @property
    def highest(self) -> Amount | None:
        """Return the highest dose taken; None when no dose was taken."""
        doses = [(dose, t) for t in self.treatments for dose in t.doses]
        if not doses:
            return None
        top, treatment = max(doses, key=lambda found: dosing.each_day(found[0]))
        unit = treatment.product.unit.value if top.unit == "mg/day" else top.unit
        return Amount(top.amount, unit)

    @property
    def mark(self) -> Mark:
        """Return how well the dose figures that this trial is judged by are known."""
        forms = [form for treatment in self.treatments for form in treatment.product.forms]
        return max((form.mark for form in forms), key=list(type(forms[0].mark)).index)

    @cached_property
    def taken(self) -> Interval | None:
        """Return the first and last day on which the drug can have been taken."""
        spans = self._days(dosing.possible, dosing.any_dose)
        if not spans:
            return None
        return Interval(min(s.first for s in spans), max(s.last for s in spans))

    @cached_property
    def sure_days(self) -> tuple[Interval, ...]:
        """Return the days on which the drug was surely taken."""
        found = self._days(dosing.certain, dosing.any_dose)
        return tuple(interval for run in runs(found, 0) for interval in run)

    @property
    def surely_taken(self) -> Interval | None:
        """Return the first and last day on which the drug was surely taken."""
        sure = self.sure_days
        return Interval(sure[0].first, sure[-1].last) if sure else None

    def time(self, rule: DoseRule = "least_effective", frame: Frame | None = None) -> Weeks:
        """Return the longest run at a dose that the rule accepts, inside the frame.

        Days inside a gap do not count; a gap of at most `gap_days` does not end the run. A dose
        that was taken was taken for a day at least, even where no one day is sure.
        """
        return self.known_days(rule).longest(self.gap_days, frame)

    def time_undisputed(self, rule: DoseRule, frame: Frame | None = None) -> Weeks:
        """Return the longest run, where its records may give different doses for the same days.

        Which of them is right is not known, nor whether both were taken.
        """
        found = self.known_days(rule)
        for own, other in permutations(self.treatments, 2):
            found = found.in_doubt(*dosing.disputed(own, other, self.day, rule))
        return found.longest(self.gap_days, frame)

    def time_beside(self, rule: DoseRule = "beyond_sleep", frame: Frame | None = None) -> Weeks:
        """Return the longest run beside the drug that it was added to, inside the frame.

        Where that drug is not recorded, it may have been taken all the time, or never.
        """
        if not self.bases:
            return Weeks(0, self.time(rule, frame).greatest_days)
        return self.known_days(rule).beside(self._base_days).longest(self.gap_days, frame)

    def time_alone(self, rule: DoseRule = "least_effective", frame: Frame | None = None) -> Weeks:
        """Return the longest run without the drug that it was added to, inside the frame."""
        if not self.bases:
            return Weeks(0, self.time(rule, frame).greatest_days)
        return self.known_days(rule).apart_from(self._base_days).longest(self.gap_days, frame)

    @property
    def broken(self) -> bool:
        """Return whether it was stopped, and taken again only after more than the gap."""
        return len(runs(self._days(dosing.possible, dosing.any_dose), self.gap_days)) > 1

    @property
    def _base_days(self) -> KnownDays:
        """Return the days at which that drug was taken, and not as a sleeping pill."""
        return together(trial.known_days("beyond_sleep") for trial in self.bases)

    def known_days(self, rule: DoseRule) -> KnownDays:
        """Return the days at a dose that the rule accepts."""
        if rule not in self._known:
            sure, possible = dosing.RULES[rule]
            self._known[rule] = KnownDays(
                self._days(dosing.certain, sure),
                self._days(dosing.possible, possible),
                self._days(dosing.possible, sure),
            )
        return self._known[rule]

    @cached_property
    def _known(self) -> dict[DoseRule, KnownDays]:
        """Return the days that were asked for: every criterion asks for the same ones again."""
        return {}

    def time_now(self, rule: DoseRule = "any") -> Weeks:
        """Return the run without a break, at doses that the rule accepts, that lasts until now."""
        return self._until_now(*dosing.RULES[rule])

    @property
    def doses_now(self) -> tuple[Dose, ...]:
        """Return the doses that can be the one taken now; several where dates do not tell."""
        return tuple(dose for t in self.closing for dose in dosing.can_go_on(t))

    def time_unchanged(self) -> Weeks:
        """Return how long the dose that is taken now has been taken without a break or a change."""
        amounts = {(dose.amount, dose.unit) for dose in self.doses_now}
        found = [self._until_now(rule, rule) for rule in map(dosing.just, amounts)]
        least = found[0].least_days if len(found) == 1 else 0
        return Weeks(least, max((weeks.greatest_days for weeks in found), default=0))

    def _until_now(self, sure: Accepts, possible: Accepts) -> Weeks:
        least = dosing.reaching(self.day, self._days(dosing.certain, sure))
        return Weeks(
            least, max(least, dosing.reaching(self.day, self._days(dosing.possible, possible)))
        )

    def _days(
        self, find: Callable[[DrugTreatment, date, Accepts], list[Interval]], accepts: Accepts
    ) -> list[Interval]:
        return [interval for t in self.treatments for interval in find(t, self.day, accepts)]

    def why_no_trial(self) -> str | None:
        """Return why it is no antidepressant trial, whatever a policy asks; None when it may be."""
        if self.augments:
            return f"added to {self.augments.agent}: counted as augmentation"
        if self.drug.counts_as_antidepressant == "no":
            return f"{self.agent} is not an antidepressant by its US label"
        if not self.for_depression:
            return "not taken for depression"
        if self.only_for_sleep:
            return ", ".join(filter(None, ("a dose usual for sleep", self.why_too_low())))
        return None

    @property
    def only_for_sleep(self) -> bool:
        """Return whether every dose is one that is usual for sleep, not for depression."""
        return self.highest is not None and not self.time("beyond_sleep").greatest_days

    def why_too_low(self) -> str | None:
        """Return that no dose was an effective one by the label; None when one may have been."""
        least = self.last.product.least_range
        if least is None or self.time().greatest_days:
            return None
        floor = f"{number(least[0])} {self.last.product.counted}"
        return f"never at or above {floor}, the least effective labeled dose"


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
    trials.sort(key=_place)
    return tuple(_beside(trial, trials) for trial in trials)


def _bases(trial: Trial, trials: Iterable[Trial]) -> tuple[Trial, ...]:
    """Return the trials of the drug that this one was added to."""
    first = trial.augments
    return tuple(
        other
        for other in trials
        if first and other.agent == first.agent and other.for_depression and other.taken
    )


def _by_agent(
    treatments: Iterable[DrugTreatment],
) -> dict[tuple[str, str, bool], list[DrugTreatment]]:
    """Return the treatments by agent, by what it was added to, by whether it was for depression."""
    groups: dict[tuple[str, str, bool], list[DrugTreatment]] = {}
    for treatment in treatments:
        added_to = treatment.augmented.drug.agent if treatment.augmented else ""
        key = treatment.product.drug.agent, added_to, _for_depression(treatment)
        groups.setdefault(key, []).append(treatment)
    return groups


def _for_depression(treatment: DrugTreatment) -> bool:
    """Return whether it was taken for depression, by the record and by the product's label."""
    wanted = Purpose.DEPRESSION
    return treatment.purpose is wanted and any(
        form.purpose.value == wanted.value for form in treatment.product.forms
    )


def _surely_goes_on(earlier: DrugTreatment, later: DrugTreatment, day: date, gap_days: int) -> bool:
    """Return whether `later` surely follows `earlier` within the gap, and outlasts it."""
    if earlier is later or not (earlier.doses and later.doses):
        return False
    latest_start = max(dosing.soonest_end(earlier, day).values()) + timedelta(days=gap_days + 1)
    ended = max(dosing.greatest_end(dose, earlier, day) for dose in earlier.doses)
    return any(
        dose.start.last <= latest_start and end > ended
        for dose, end in dosing.soonest_end(later, day).items()
    )


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
    spans = dosing.possible(treatment, day, dosing.any_dose)
    return (
        max(s.last for s in spans),
        min(s.first for s in spans),
        treatment.model_dump_json(),
    )


def _trial(group: list[DrugTreatment], day: date, gap_days: int) -> Trial:
    first = group[0]
    added_to = first.augmented.drug if first.augmented else None
    return Trial(first.product.drug, tuple(group), day, gap_days, added_to)


def _place(trial: Trial) -> tuple[object, ...]:
    """Return what trials are ordered by: the first day, then all that settles ties."""
    first = trial.taken.first if trial.taken else LONG_AGO
    added_to = trial.augments.agent if trial.augments else ""
    records = "".join(treatment.model_dump_json() for treatment in trial.treatments)
    return first, trial.agent, added_to, not trial.for_depression, records


def _beside(trial: Trial, trials: list[Trial]) -> Trial:
    """Return the trial with the drugs that were surely taken at the same time, and its bases."""
    names = [t.agent for t in trials if t.agent != trial.agent and _overlap(t, trial)]
    return replace(trial, beside=tuple(dict.fromkeys(names)), bases=_bases(trial, trials))


def _overlap(one: Trial, other: Trial) -> bool:
    first, second = one.surely_taken, other.surely_taken
    if not (first and second and first.overlap(second)):
        return False
    return any(part.overlap(more) for part in one.sure_days for more in other.sure_days)
