"""Drug records → courses: one drug in one form over a time, from one kind of record.

A gap of 105 days without supply ends a course. That is when NCQA's measure Antidepressant
Medication Management takes the next fill for a new treatment: it leaves out "patients who were
actively on an antidepressant medication in the 105 days prior to the Index Prescription Start Date"
(CMS128, ecqi.healthit.gov; so too CBE 0105, p4qm.org; both read 2026-11-28). Shorter gaps and
overlaps stay as they are. Not for joining forms of one agent: `trials` does that.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from priorauth.importers import doses, names
from priorauth.importers.facts import Course, DoseFact, Unsure
from priorauth.importers.purposes import purpose_of
from priorauth.importers.records import DrugKind, DrugRecord, noun
from priorauth.problems import listed
from priorauth.reference.drugs import DoseUnit, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from priorauth.importers.names import Named
    from priorauth.importers.records import Records

NEW_COURSE = 105  # days without supply, see above
_MOST_DAYS = 3660  # of supply in one fill
_MOST_TIMES = 12  # in one question
_MOST_TOLD = 12  # records of a drug that is not certain
_Told = tuple[DrugRecord, "Named", DoseFact]


def of(
    found: Iterable[DrugRecord], records: Records, day: date
) -> tuple[tuple[Course, ...], tuple[Unsure, ...], tuple[str, ...]]:
    """Return the courses, the drugs whose names are not certain, and the names of other drugs."""
    told: list[_Told] = []
    unsure: dict[tuple[str, tuple[str, ...], str], list[DrugRecord]] = {}
    others: set[str] = set()
    every = [record for record in found if not _reversed(record, records)]
    filled = {record.order for record in every if record.kind is DrugKind.FILL}
    for record in every:
        if not record.drug.name and not record.drug.codings:
            continue  # it is counted already: its drug stands in a record that is not there
        named = names.understand(record.drug)
        if named.product is None:
            if named.why:
                written = record.drug.name or listed(named.codes, "and")
                key = written, named.near, named.why
                unsure.setdefault(key, []).append(record)
            else:
                others.add(record.drug.name)
                records.leave(noun(record), "another drug: see the end of the treatments")
        elif _usable(record, named, records, day):
            told.append((record, named, doses.of(record, named, day)))
    orders, told = _orders_of(filled, told)
    for record, _, _ in orders.values():
        records.leave(noun(record), "an order whose fills were taken")
    told = _once([_with_order(one, orders) for one in told])
    grouped = [_course(group, orders) for group in _grouped(told)]
    asked = [_unsure(key, group) for key, group in sorted(unsure.items())]
    return tuple(_in_order(_compared(grouped))), tuple(asked), tuple(sorted(others))


def _orders_of(filled: set[str], told: list[_Told]) -> tuple[dict[str, _Told], list[_Told]]:
    """Return the orders whose fills are there, by the place that fills name, and all the rest."""
    orders: dict[str, _Told] = {}
    rest = []
    for one in told:
        record = one[0]
        known = {record.origin.ref, record.origin.key} & filled
        if record.kind is DrugKind.ORDER and known:
            orders |= dict.fromkeys(known, one)
        else:
            rest.append(one)
    return orders, rest


def _with_order(one: _Told, orders: Mapping[str, _Told]) -> _Told:
    """Return a fill with what its order says: what it was for, and why it was stopped."""
    record, named, dose = one
    if record.order not in orders:
        return one
    order = orders[record.order][0]
    told = replace(record, reasons=order.reasons, stopped_because=order.stopped_because)
    return told, named, dose


def _reversed(record: DrugRecord, records: Records) -> bool:
    """Return whether the claim of a fill was reversed: such a drug was not taken home."""
    key = record.drug, str(record.start or "")
    if record.kind is not DrugKind.FILL or not records.reversals[key]:
        return False
    records.reversals[key] -= 1
    records.leave(noun(record), "its claim was reversed", record.origin)
    return True


def _usable(record: DrugRecord, named: Named, records: Records, day: date) -> bool:
    """Return whether a record can be a dose over a time; else count why not."""
    what = noun(record)
    if named.product and named.product.unit is DoseUnit.MG_A_SESSION:
        records.leave(
            what, "given in sessions: write it as `ketamine:` or `esketamine:`", record.origin
        )
    elif record.start is None:
        records.leave(what, "no date that can be used", record.origin)
    elif record.start.first > day:
        records.leave(what, "dated after the day of the import", record.origin)
    elif any(value is not None and value <= 0 for value in (record.quantity, record.days)):
        records.leave(what, "a quantity or days' supply that is not above zero", record.origin)
    elif record.days is not None and not 1 <= record.days <= _MOST_DAYS:
        records.leave(what, "a days' supply that no fill has", record.origin)
    elif record.end and record.end.last < record.start.first:
        records.leave(what, "it ends before it begins", record.origin)
    else:
        return True
    return False


def _once(told: list[_Told]) -> list[_Told]:
    """Return fills that stand in several records once, with every record named."""
    known: dict[tuple[object, ...], _Told] = {}
    for record, named, dose in told:
        key = (named.name, record.kind, record.source, dose.start, dose.end, dose.amount, dose.how)
        if key in known:
            first_record, first_named, first = known[key]
            both = DoseFact(
                first.amount, first.unit, first.start, first.end,
                (*first.origins, *dose.origins), first.how, first.question,
            )  # fmt: skip
            known[key] = first_record, first_named, both
        else:
            known[key] = record, named, dose
    return list(known.values())


def _grouped(told: list[_Told]) -> Iterator[list[_Told]]:
    """Yield what belongs to one course, in order of time."""
    by_drug: dict[tuple[str, str], list[_Told]] = {}
    for one in sorted(told, key=lambda one: (one[2].start.first, one[0].origin.ref)):
        record, named = one[:2]
        by_drug.setdefault((named.name, record.source or ""), []).append(one)
    for same in by_drug.values():
        group: list[_Told] = []
        until = date.min
        for one in same:
            if group and (one[2].start.first - until).days > NEW_COURSE:
                yield group
                group, until = [], date.min
            group.append(one)
            until = max(until, _last_day(one[2]))
        yield group


def _last_day(dose: DoseFact) -> date:
    return dose.end.last if dose.end else dose.start.last


def _course(group: list[_Told], orders: Mapping[str, _Told]) -> Course:
    record, named = group[0][:2]
    product = named.product
    if product is None:
        raise ValueError  # only certain names are grouped
    told = [one for one, _, _ in group]
    purposes = {purpose_of(one.reasons) for one in told} - {""}
    return Course(
        drug=named.name,
        agent=product.drug.agent,
        doses=tuple(found for _, _, found in group),
        source=record.source,
        purpose=next(iter(purposes)) if len(purposes) == 1 else "",
        added=product.drug.role is not Role.ANTIDEPRESSANT,
        outcome=_only(one.outcome for one in told),
        stopped_because=_only(one.stopped_because for one in told),
        augments=_only(one.augments for one in told),
        still_taken=tuple(one.origin for one in told if one.still_taken),
        questions=tuple(_questions(group, orders)),
    )


def _questions(group: list[_Told], orders: Mapping[str, _Told]) -> Iterator[str]:
    """Yield what an order before the first fill, or a gap between two, leaves open."""
    first = group[0][2].start
    for ref in dict.fromkeys(record.order for record, _, _ in group if record.order in orders):
        record, _, dose = orders[ref]
        if dose.start.last < first.first:
            yield (
                f"It was ordered from {dose.start} on ({record.origin.ref}), and the first fill "
                f"here is of {first}: was it taken before? If it was, add a line for that time."
            )
    if any(record.kind is DrugKind.FILL for record, _, _ in group):
        yield from _gaps([dose for _, _, dose in group])
        yield from _overlaps(group[0][1].name, [dose for _, _, dose in group])


def _gaps(found: list[DoseFact]) -> Iterator[str]:
    """Yield one question about all times between two fills that no fill covers."""
    gaps: list[str] = []
    until = _last_day(found[0])
    for earlier, later in pairwise(found):
        until = max(until, _last_day(earlier))
        if earlier.end and (later.start.first - until).days > 1:
            gaps.append(_time(until + timedelta(days=1), later.start.first - timedelta(days=1)))
    if gaps:
        yield (
            f"No fill covers {_some(gaps)}: was it taken then? If it was, write a later "
            "day after `to:` in the line before."
        )


SAME_DAYS = "cover the same days"


def _overlaps(name: str, found: list[DoseFact]) -> Iterator[str]:
    """Yield one question about all fills of a drug that cover days of an earlier one."""
    twice: list[str] = []
    longest = found[0]  # of the earlier ones that which lasts longest
    for earlier, later in pairwise(found):
        longest = max(longest, earlier, key=_last_day)
        first, last = later.start.first, min(_last_day(longest), _last_day(later))
        if first <= last:
            days = _days(first, last)
            twice.append(f"that of {_span(longest)} and that of {_span(later)} ({days})")
    if twice:
        yield (
            f"Two fills of {name} {SAME_DAYS}: {_some(twice)}. Was the later one an early "
            "refill, or were both taken each day? For a refill, end the earlier line the day "
            "before the later one begins; for both, write one line with the sum."
        )


def _span(dose: DoseFact) -> str:
    return f"{dose.start} to {dose.end or dose.start}"


def _time(first: date, last: date) -> str:
    return f"{first} to {last} ({_days(first, last)})"


def _days(first: date, last: date) -> str:
    days = (last - first).days + 1
    return f"{days} {'day' if days == 1 else 'days'}"


def _some(times: list[str]) -> str:
    """Return times as a list in words; past a few, how many more there are."""
    more = len(times) - _MOST_TIMES
    return listed([*times[:_MOST_TIMES], f"{more} more"] if more > 1 else times, "and")


def _only(values: Iterable[str]) -> str:
    """Return the one thing that is said, or nothing where records differ."""
    found = dict.fromkeys(value for value in values if value)
    return next(iter(found)) if len(found) == 1 else ""


def _compared(found: list[Course]) -> list[Course]:
    """Return the courses, each with a question where another kind of record tells the same time."""
    return [_beside(one, found) for one in found]


def _beside(one: Course, found: list[Course]) -> Course:
    others = [
        other
        for other in found
        if other is not one and other.agent == one.agent and _overlap(one, other)
    ]
    told = [
        f"{_in_words(other)} ({other.drug}, {_whole(other)})"
        for other in others
        if other.source is not one.source
    ]
    forms = [
        f"{other.drug} ({_whole(other)})"
        for other in others
        if other.source is one.source and other.drug != one.drug
    ]
    questions = [*one.questions]
    if told:
        questions.append(
            f"{one.drug} stands here from {listed(told, 'and')} too: if both are one course, keep "
            "one."
        )
    if forms:
        questions.append(
            f"{listed(forms, 'and')} overlaps with {one.drug} ({_whole(one)}): was it changed for "
            "the other, or were both taken? When it was changed, end the earlier line the day "
            "before the later one begins."
        )
    return replace(one, questions=tuple(questions))


def _in_words(course: Course) -> str:
    return course.source.value.replace("_", " ") if course.source else "another record"


def _whole(course: Course) -> str:
    """Return from when to when a course is told of."""
    last = max(course.doses, key=_last_day)
    return f"{course.doses[0].start} to {last.end or last.start}"


def _overlap(one: Course, other: Course) -> bool:
    return min(d.start.first for d in one.doses) <= max(map(_last_day, other.doses)) and min(
        d.start.first for d in other.doses
    ) <= max(map(_last_day, one.doses))


def _in_order(found: list[Course]) -> list[Course]:
    return sorted(found, key=lambda course: (course.doses[0].start.first, course.drug))


def _unsure(key: tuple[str, tuple[str, ...], str], group: list[DrugRecord]) -> Unsure:
    told = dict.fromkeys(map(doses.told, group))
    shown = [*list(told)[:_MOST_TOLD], *(["and more"] if len(told) > _MOST_TOLD else [])]
    return Unsure(*key, tuple(one.origin for one in group), tuple(shown))
