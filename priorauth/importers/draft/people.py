"""Patient, coverage, prescriber and practice as sections of a case file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.case import Address, NamePart
from priorauth.codes import MemberId, Npi, Phone
from priorauth.importers.draft.words import Numbers, comment, fits, mapping, question, scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from priorauth.importers.facts import CoverageFact, Facts
    from priorauth.importers.records import (
        AddressRecord,
        CoverageRecord,
        OrganizationRecord,
        PatientRecord,
        PractitionerRecord,
    )

_COVERAGE = """\
  line_of_business:           # commercial, exchange, self_funded, medicare_advantage, medicare
                              # or medicaid: the records do not say it
  benefit:                    # medical, pharmacy or behavioral: ask where the request goes
"""
_MEMBER_ID = '  member_id: ""               # as on the card, in quotation marks'
_SEND_TO = "  # send_to: {fax: 800-555-0100}    # where the request goes, from the payer's portal"
_PRESCRIBER = """\
prescriber:
  name: {given: , family: }
  credentials:                # MD, DO, NP
  specialty:                  # such as psychiatry
  npi: ""                     # ten digits, in quotation marks
  # peer_to_peer: weekdays 12 to 1 pm"""
_PRACTICE = """\
practice:
  name:
  # npi: ""
  address: {street: , city: , state: , zip: ""}
  phone:
  fax:                        # the answer comes here: payers cancel a request without it"""


def patient(found: PatientRecord | None, numbers: Numbers) -> Iterator[str]:
    """Yield the section on the patient; what the record lacks is a place to be filled in."""
    yield "patient:"
    if found is None:
        yield "  name: {given: , family: }"
        yield "  birth_date:                 # year-month-day: 1984-03-09"
        yield "  # sex: female               # female, male, other or unknown"
        return
    yield from comment(f"from {numbers.ref(found.origin)}", "  ")
    yield f"  name: {_name(found)}"
    if found.birth_date and found.birth_date.is_day:
        yield f"  birth_date: {found.birth_date}"
    else:
        yield "  birth_date:                 # year-month-day: 1984-03-09"
    yield (
        f"  sex: {found.sex}" if found.sex else "  # sex: female    # female, male, other, unknown"
    )
    yield from _address(found.address)
    yield from _optional("phone", found.phone, Phone)


def _name(found: PatientRecord) -> str:
    parts = {"given": found.given, "middle": found.middle, "family": found.family}
    parts["suffix"] = found.suffix
    kept = {key: value for key, value in parts.items() if value or key in ("given", "family")}
    return mapping({k: v if fits(NamePart, v) else "" for k, v in kept.items()})


def _address(found: AddressRecord | None) -> Iterator[str]:
    if found is None:
        return
    values = _address_values(found)
    line = f"address: {mapping(values)}"
    if fits(Address, values):
        yield f"  {line}"
    else:
        yield from question("This address has no form that a US letter takes: mend it.", "  ")
        yield f"  # {line}"


def _address_values(found: AddressRecord) -> dict[str, str]:
    values = {"street": found.street, "street_2": found.street_2, "city": found.city}
    values |= {"state": found.state, "zip": found.zip}
    return {key: value for key, value in values.items() if value}


def _optional(key: str, value: str, kind: object) -> Iterator[str]:
    if not value:
        return
    if fits(kind, value):
        yield f"  {key}: {scalar(value)}"
    else:
        yield from question(f"This {key} does not have the form that is needed: mend it.", "  ")
        yield f"  # {key}: {scalar(value)}"


def coverage(found: CoverageFact, payer: str, numbers: Numbers) -> Iterator[str]:
    """Yield the section on the plan: filled in where the record surely means this payer."""
    yield "coverage:"
    yield f"  payer: {scalar(payer)}"
    yield from _COVERAGE.rstrip("\n").split("\n")
    plan = found.record
    if plan is None or not found.certain:
        yield _MEMBER_ID  # before the question: a number written there does not settle it
        yield from plan_in_question(found, numbers)
        yield from ('  # group_number: ""',) if plan is None else ()
    else:
        yield from comment(f"from {numbers.ref(plan.origin)}: {found.payer_name}", "  ")
        member = plan.member_id or plan.subscriber_id
        yield f"  member_id: {scalar(member)}" if fits(MemberId, member) else _MEMBER_ID
        yield from _other_number(plan, numbers)
        yield from (f"  {line}" for line in _plan(plan))
    yield from _subscriber(found)
    yield _SEND_TO


def plan_in_question(found: CoverageFact, numbers: Numbers) -> Iterator[str]:
    """Yield the question whether a plan of the records is the one that is asked, and its values.

    The question is shown wherever the letter is held back: the values stand below it.
    """
    yield from question(found.question, "  ", holds=True) if found.question else ()
    if found.record:
        yield from _as_comment(found.record, found.payer_name, numbers)
    elif found.payer_name:
        yield from comment(f"The plans are of {found.payer_name}.", "  ")


def _as_comment(plan: CoverageRecord, payer_name: str, numbers: Numbers) -> Iterator[str]:
    """Yield what the record says of a plan that may be another one."""
    member = plan.member_id or plan.subscriber_id
    yield from comment(f"from {numbers.ref(plan.origin)}: {payer_name}", "  ")
    yield from (f"  # member_id: {scalar(member)}",) if member else ()
    yield from _other_number(plan, numbers)
    yield from (f"  # {line}" for line in _plan(plan))


def _other_number(plan: CoverageRecord, numbers: Numbers) -> Iterator[str]:
    if plan.member_id and plan.subscriber_id and plan.member_id != plan.subscriber_id:
        words = "The record has a subscriber id too: which number is on the card?"
        yield from question(words, "  ", holds=True)
        yield from comment(
            f"from {numbers.ref(plan.origin)}: subscriber id {plan.subscriber_id}", "  "
        )


def _plan(plan: CoverageRecord) -> Iterator[str]:
    if plan.plan_name:
        yield f"plan_name: {scalar(plan.plan_name)}"
    if plan.group_number:
        yield f"group_number: {scalar(plan.group_number)}"


def _subscriber(found: CoverageFact) -> Iterator[str]:
    related = found.record.relationship if found.record else ""
    example = "# subscriber: {name: {given: , family: }, relationship: spouse}"
    if related and "self" not in related.casefold().split():
        yield from question("The plan is somebody else's: whose?", "  ")
        yield f"  {example}"
    else:
        yield f"  {example}   # when it is not the patient"


WHO_ASKS = "Who asks for this treatment? The records name these clinicians; copy the right one."
WHICH_CLINIC = "Which clinic sends the request? The records name these; copy what is right."


def prescriber(facts: Facts, numbers: Numbers) -> Iterator[str]:
    """Yield the section to fill in, with the clinicians whom the records name beside it."""
    yield from _PRESCRIBER.split("\n")
    if facts.clinicians:
        yield from question(WHO_ASKS, "  ")
        yield from _candidates(map(_clinician, facts.clinicians), facts.clinicians, numbers)


def practice(facts: Facts, numbers: Numbers) -> Iterator[str]:
    """Yield the section to fill in, with the organizations that the records name beside it."""
    yield from _PRACTICE.split("\n")
    if facts.clinics:
        yield from question(WHICH_CLINIC, "  ")
        yield from _candidates(map(_clinic, facts.clinics), facts.clinics, numbers)


_MOST_CANDIDATES = 10


def _candidates(
    every: Iterable[list[str]],
    found: Iterable[PractitionerRecord | OrganizationRecord],
    numbers: Numbers,
) -> Iterator[str]:
    """Yield the lines of each candidate as comments, ready to be copied."""
    for lines, one in list(zip(every, found, strict=True))[:_MOST_CANDIDATES]:
        wrong = one.npi and not fits(Npi, one.npi)
        note = "; its NPI is not a right one" if wrong else ""
        yield f"  # from {numbers.ref(one.origin)}{note}"
        yield from (f"  #   {line}" for line in lines)


def _clinician(one: PractitionerRecord) -> list[str]:
    lines = [f"name: {mapping({'given': one.given, 'family': one.family})}"]
    return [*lines, f"npi: {scalar(one.npi)}"] if one.npi else lines


def _clinic(one: OrganizationRecord) -> list[str]:
    values = {"name": one.name, "npi": one.npi}
    lines = [f"{key}: {scalar(value)}" for key, value in values.items() if value]
    if one.address:
        lines.append(f"address: {mapping(_address_values(one.address))}")
    numbers = {"phone": one.phone, "fax": one.fax}
    return lines + [f"{key}: {scalar(value)}" for key, value in numbers.items() if value]
