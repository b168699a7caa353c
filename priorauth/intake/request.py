"""The request: codes that the service has on its day, what it is for, a reason for urgency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.case import Diagnosis
from priorauth.codes import Icd10cm, Number, ProcedureCode
from priorauth.dates import Day, age_on
from priorauth.fields import problem
from priorauth.intake.places import at, entries, right
from priorauth.problems import Problem, Severity, listed
from priorauth.reference import services
from priorauth.reference.icd10cm import among

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.datafile import Datafile, Trail
    from priorauth.reference.services import Approval, Service, ServiceCode


def codes(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield each code that the service asked for does not have on the day it starts."""
    service = _service(data)
    on = right(data, ("request", "start"), Day) or day
    for entry in entries(data, ("request", "codes")):
        trail = (*entry, "code")
        code = right(data, trail, ProcedureCode)
        if service and code:
            yield from _code_problems(data, trail, code, service, on)


def _code_problems(
    data: Datafile, trail: Trail, code: str, service: Service, on: date
) -> Iterator[Problem]:
    known = service.code(code)
    if other := service.not_code(code):
        really = f"; it is {other.really}" if other.really else ""
        yield problem(data, trail, f"{other.what}{really}", _write_code(service, on))
    elif known is None:
        yield _of_another(data, trail, code, service, on)
    elif not known.valid_on(on):
        fix = f"Write {known.replaced_by}." if known.replaced_by else _write_code(service, on)
        yield problem(data, trail, _lapsed(known, on), fix)


def quantities(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield each drug code without its units, or with those of one session where several are."""
    del day
    service = _service(data)
    several = (right(data, ("request", "sessions"), int) or 1) > 1
    for entry in entries(data, ("request", "codes")):
        code = right(data, (*entry, "code"), ProcedureCode)
        known = service.code(code) if service and code else None
        if known is None or not known.usual_units:
            continue
        where = (*entry, "units")
        units = right(data, where, Number)
        if at(data, where) is None and where not in data.lines:  # an empty place is told as such
            what = "how many units are asked for is not recorded"
            fix = f"Write `units:`; 1 unit is {known.unit}. Without them the letter asks for none."
            yield problem(data, entry, what, fix, Severity.WARNING)
        elif several and units in known.usual_units and not at(data, (*entry, "per")):
            what = "these units are those of one session, and several are asked for"
            fix = "Write `per: session` beside them, or the units of the whole request."
            yield problem(data, where, what, fix, Severity.WARNING)
        elif units is not None and units < min(known.usual_units):
            what = "these units are fewer than one session takes"
            usual = listed([str(number) for number in known.usual_units])
            fix = f"1 unit is {known.unit}; one session takes {usual} of them. Correct them."
            yield problem(data, where, what, fix, Severity.WARNING)


def _of_another(data: Datafile, trail: Trail, code: str, service: Service, on: date) -> Problem:
    """Return what is wrong with a code that the service does not have.

    An error where it is the code of another drug; a payer may take a visit's code for either.
    """
    others = [
        (other, found) for other in services.services() if (found := other.code(code)) is not None
    ]
    a_drug = any(found.unit.endswith(" mg") for _, found in others)
    what = f"this code is not on file for {service.short_name}"
    if others:
        names = listed([other.short_name for other, _ in others], "and")
        what += f"; it is one of {names}: {others[0][1].description}"
    ask = "" if a_drug else "Check it with the payer. "
    severity = Severity.ERROR if a_drug else Severity.WARNING
    return problem(data, trail, what, f"{ask}{_write_code(service, on)}", severity)


def _lapsed(code: ServiceCode, on: date) -> str:
    if code.valid_to and code.valid_to < on:
        return f"this code ended on {code.valid_to}"
    return f"this code begins on {code.valid_from}"


def _write_code(service: Service, on: date) -> str:
    valid = [code.code for code in service.codes_on(on) if code.system in ("HCPCS", "CPT")]
    return (
        f"For {service.short_name} write {listed(valid)}."
        if valid
        else "Ask the payer which code to use."
    )


def indication(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield what is wrong with the approved use: none of that id, or not for this patient."""
    where = ("request", "indication")
    service, written = _service(data), at(data, where)
    if service is None:
        return
    asked = next((one for one in service.approvals if one.id == written), None)
    if isinstance(written, str) and asked is None:
        known = [one.id for one in service.approvals]
        what = f"{service.short_name} has no approved use of this id"
        fix = f"Write {listed(known)}." if known else "Leave the line out: its use is off-label."
        yield problem(data, where, what, fix)
        return
    named = (asked,) if asked else service.approvals
    yield from _not_of_that_age(data, day, service, named)
    first = right(data, ("diagnoses", 0), Diagnosis)
    if first and named and not any(one.covers(first.code) for one in named):
        uses = listed(dict.fromkeys(one.indication for one in named))
        yield problem(
            data,
            ("diagnoses", 0, "code"),
            f"the first diagnosis is not one that the approved use covers: {service.short_name} "
            f"is for {uses}",
            "Ask the prescriber whether another diagnosis comes first. As it stands, the letter "
            "does not say that the use is approved.",
            Severity.WARNING,
        )


def _not_of_that_age(
    data: Datafile, day: date, service: Service, named: tuple[Approval, ...]
) -> Iterator[Problem]:
    """Yield a warning when the approved use is for people of another age."""
    birth = right(data, ("patient", "birth_date"), Day)
    if birth is None or birth > day or not named:
        return
    if not any(one.is_for_age(age_on(day, birth)) for one in named):
        people = listed(dict.fromkeys(one.population for one in named))
        yield problem(
            data,
            ("patient", "birth_date"),
            f"the approved use of {service.short_name} is for {people}, and the patient is of "
            "another age",
            "Compare it with the member's card. As it stands, the letter does not say that the "
            "use is approved.",
            Severity.WARNING,
        )


def contraindicated(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield each diagnosis that the label of the service names as a contraindication."""
    del day
    service = _service(data)
    named = [f for f in service.facts if f.topic == "contraindications"] if service else []
    for entry in entries(data, ("diagnoses",)):
        trail = (*entry, "code")
        code = right(data, trail, Icd10cm)
        for fact in named:
            if code and among(code, fact.diagnoses):
                what = "the label names this illness as a contraindication"
                fix = f"Ask the prescriber before anything is sent. {fact.text}"
                yield problem(data, trail, what, fix, Severity.WARNING)


def _service(data: Datafile) -> Service | None:
    name = at(data, ("request", "service"))
    return services.find(name) if isinstance(name, str) else None


def urgency(data: Datafile, day: date) -> Iterator[Problem]:
    """Yield a problem when the request is urgent and no reason stands beside it."""
    del day
    urgent = right(data, ("request", "urgent"), bool)
    if urgent and not at(data, ("request", "urgent_because")):
        yield problem(
            data,
            ("request", "urgent"),
            "an urgent request needs the prescriber's reason",
            "Write `urgent_because: {text: …, by: …, on: …}` with the prescriber's own words: how "
            "delay endangers life, health or function. Or write `urgent: no`.",
        )
