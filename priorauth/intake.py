"""Read a case: the one door. Every problem at once, with its line; after the door all is right.

Not for weighing: whether what the case holds is enough is for `criteria`.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from priorauth import datafile
from priorauth.case import Case, Day
from priorauth.codes import Line, ProcedureCode
from priorauth.dates import PartialDate, age_on
from priorauth.fields import MISSING, fix_for, problem, told, unknown_key, words_of
from priorauth.history import Change, Dose, Outcome, Percent
from priorauth.problems import Problem, Severity, errors, listed
from priorauth.reference import drugs, icd10cm, services

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from pydantic.fields import FieldInfo

    from priorauth.datafile import Datafile, Trail, Value
    from priorauth.reference.services import Service, ServiceCode

    WrittenDates = tuple[tuple[Trail, PartialDate], ...]

_UNIT_IN_CASE = {drugs.DoseUnit.MG_IN_24_HOURS: "mg/day"}  # a patch's dose, as charts write it
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
OLDEST = 120  # years of age past which a birth date is a slip of the pen
FARTHEST = 366  # days ahead past which the start of treatment is one
MOST_BEFORE_BIRTH = 2  # dates before the birth date past which that is the one to look at


@dataclass(frozen=True)
class Intake:
    """A case file as read: the case when nothing is wrong with it, and every problem."""

    case: Case | None = field(repr=False)
    problems: tuple[Problem, ...]
    folder: Path | None = None


@dataclass(frozen=True)
class _Piece:
    """One value that passed its own check, and where it stands."""

    trail: Trail
    value: Any = field(repr=False)


def read(path: Path, day: date) -> Intake:
    """Return the case in the file at `path`, as it is to be understood on `day`."""
    return understand(datafile.read(path), day, path.parent)


def understand(data: Datafile, day: date, folder: Path | None = None) -> Intake:
    """Return the case that a file holds; its exhibits are looked for in `folder`, if given."""
    data = replace(data, words=_case_words())
    if data.value is None:
        return Intake(None, data.problems, folder)
    pieces, problems = _pieces(data)
    if isinstance(data.value, dict):
        problems += [found for check in _CHECKS for found in check(data, day)]
        problems += _missing_files(data, folder) if folder else []
    found = _sorted(_told_once([*data.problems, *problems]))
    case = None if errors(found) else _assembled(pieces)
    return Intake(case, found, folder)


@cache
def _case_words() -> frozenset[str]:
    return words_of(Case)


def _told_once(problems: list[Problem]) -> list[Problem]:
    """Return the problems without a second one for a field that is there but empty."""
    missing = {p.place: p.fix for p in problems if p.what == MISSING}
    empty = {p.place for p in problems if p.what in (datafile.NO_VALUE, datafile.NULL)}
    return [
        replace(p, fix=missing[p.place])
        if p.what == datafile.NO_VALUE and p.place in missing
        else p
        for p in problems
        if not (p.what == MISSING and p.place in empty)
    ]


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    order = list(Severity)
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda p: (order.index(p.severity), p.place.line)))


# --- the form of each value -------------------------------------------------------------------


def _pieces(data: Datafile) -> tuple[list[_Piece], list[Problem]]:
    """Return each value of the case that is right by itself, and what is wrong with the others."""
    raw = data.value
    if not isinstance(raw, dict):
        what, fix = "the file is not a case", "Start from `priorauth new` or `priorauth sample`."
        return [], [Problem(Severity.ERROR, data.place(()), what, fix)]
    pieces: list[_Piece] = []
    problems = [unknown_key(data, (key,), Case) for key in raw if key not in Case.model_fields]
    for name, info in Case.model_fields.items():
        if name not in raw:
            if info.is_required():
                problems.append(problem(data, (name,), MISSING, fix_for(data, (name,))))
            continue
        if _too_many(raw[name], info):
            fix = "Check that this is the right file: keep what a reviewer needs."
            problems.append(problem(data, (name,), "has too many entries", fix))
            continue
        for trail, value, kind in _values_of(name, raw[name], info.rebuild_annotation()):
            try:
                pieces.append(_Piece(trail, _adapter(kind).validate_python(value)))
            except ValidationError as error:
                problems += told(data, trail, error, Case)
    return pieces, problems


def _too_many(value: Value, info: FieldInfo) -> bool:
    """Return whether a list has more entries than its field takes."""
    most = next((m.max_length for m in info.metadata if hasattr(m, "max_length")), None)
    return isinstance(value, list) and most is not None and len(value) > most


def _values_of(name: str, value: Any, kind: Any) -> Iterator[tuple[Trail, Any, Any]]:  # noqa: ANN401
    """Yield a section whole, or the entries of a list one by one, each with its type."""
    inner = get_args(kind)[0] if get_origin(kind) is not tuple and get_args(kind) else kind
    if get_origin(inner) is tuple and isinstance(value, list):
        for place, item in enumerate(value):
            yield (name, place), item, get_args(inner)[0]
    else:
        yield (name,), value, kind


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - any annotation of a case
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def _assembled(pieces: list[_Piece]) -> Case:
    values: dict[str, Any] = {}
    for piece in pieces:
        name = str(piece.trail[0])
        if len(piece.trail) == 1:
            values[name] = piece.value
        else:
            values[name] = (*values.get(name, ()), piece.value)
    # Every piece has passed its own check: building the schema of the whole would only cost time.
    return Case.model_construct(**values)


# --- what only several values together show -------------------------------------------------------


# These look at the file, not at the pieces: what is wrong in one line hides nothing in another.


def _at(data: Datafile, trail: Trail) -> Any:  # noqa: ANN401 - any part of a file
    """Return the value at a place of the file, or None when nothing is there."""
    value: Any = data.value
    for key in trail:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _right(data: Datafile, trail: Trail, kind: Any) -> Any:  # noqa: ANN401 - a value of that kind
    """Return the value at a place of the file when it is right by itself, else None."""
    raw = _at(data, trail)
    with suppress(ValidationError):
        return None if raw is None else _adapter(kind).validate_python(raw)
    return None


def _entries(data: Datafile, trail: Trail) -> Iterator[Trail]:
    """Yield the place of each entry of a list."""
    found = _at(data, trail)
    for place in range(len(found) if isinstance(found, list) else 0):
        yield (*trail, place)


def _product(data: Datafile, trail: Trail) -> drugs.Product | None:
    """Return the drug that is named at a place of the file, when it is known."""
    name = _at(data, trail)
    return drugs.find(name) if isinstance(name, str) else None


_DATE_KEYS = frozenset({"birth_date", "from", "to", "on", "since", "onset"})
_SUBSCRIBER_BIRTH = ("coverage", "subscriber", "birth_date")


def _texts(value: Any, trail: Trail = ()) -> Iterator[tuple[Trail, str]]:  # noqa: ANN401
    """Yield every text of a file with its place."""
    if isinstance(value, str):
        yield trail, value
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in pairs if isinstance(value, dict | list) else ():
        yield from _texts(item, (*trail, key))


def _written_dates(data: Datafile) -> Iterator[tuple[Trail, PartialDate]]:
    for trail, text in _texts(data.value):
        if trail[-1] in _DATE_KEYS:
            with suppress(ValueError):
                yield trail, PartialDate.parse(text)


def _dates(data: Datafile, day: date) -> Iterator[Problem]:
    written = tuple(_written_dates(data))
    yield from _future(data, day, written)
    yield from _birth(data, day, written)


def _future(data: Datafile, day: date, written: WrittenDates) -> Iterator[Problem]:
    for trail, when in written:
        if when.first > day:
            fix = "Compare it with the record."
            if trail[0] == "treatments":
                fix += " A treatment that goes on has `ongoing: yes` and no end."
            yield problem(data, trail, "the date is in the future", fix)
    start = _right(data, ("request", "start"), Day)
    if start and (start - day).days > FARTHEST:
        yield problem(
            data,
            ("request", "start"),
            "the start is more than a year ahead",
            "Compare it with the order.",
            Severity.WARNING,
        )


def _birth(data: Datafile, day: date, written: WrittenDates) -> Iterator[Problem]:
    where = ("patient", "birth_date")
    birth = _right(data, where, Day)
    if birth is None or birth > day:
        return
    if age_on(day, birth) > OLDEST:
        what = f"the patient would be more than {OLDEST} years old"
        yield problem(data, where, what, "Compare it with the member's card.")
    early = [trail for trail, when in written if when.last < birth and trail != _SUBSCRIBER_BIRTH]
    if len(early) > MOST_BEFORE_BIRTH:
        what = f"{len(early)} dates of this case are before the birth date"
        yield problem(data, where, what, "Compare it with the member's card.")
        return
    for trail in early:
        yield problem(
            data,
            trail,
            "the date is before the patient's birth",
            "Compare it and `patient.birth_date` with the record.",
        )


def _exhibits(data: Datafile, day: date) -> Iterator[Problem]:
    del day
    first: dict[str, Trail] = {}
    for entry in _entries(data, ("exhibits",)):
        trail = (*entry, "id")
        name = _at(data, trail)
        if not isinstance(name, str):
            continue
        if name in first:
            line = data.line(first[name])
            yield problem(
                data,
                trail,
                f"two exhibits have one id{f' (the other is on line {line})' if line else ''}",
                "Give each exhibit an id of its own.",
            )
        first.setdefault(name, trail)
    for trail, name in _texts(data.value):
        if trail[-1] == "exhibit" and name not in first:
            yield problem(
                data, trail, "the evidence names no exhibit of this case", _exhibit_fix(data)
            )


def _exhibit_fix(data: Datafile) -> str:
    trail = ("exhibits",)
    if not _at(data, trail):
        return "List the document under `exhibits:`, or leave out the evidence."
    line = f" (line {data.line(trail)})" if data.line(trail) else ""
    return f"Write the id of an entry under `exhibits:`{line}, or add the document there."


def _missing_files(data: Datafile, folder: Path) -> Iterator[Problem]:
    for entry in _entries(data, ("exhibits",)):
        trail = (*entry, "file")
        name = _right(data, trail, Line)
        if name and not _is_file(folder / name):
            yield problem(
                data,
                trail,
                "the exhibit's file is not there",
                "Put the file beside the case file, or remove the exhibit: "
                "only what is there is enclosed.",
            )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no file can have
        return False


def _codes(data: Datafile, day: date) -> Iterator[Problem]:
    name = _at(data, ("request", "service"))
    service = services.find(name) if isinstance(name, str) else None
    on = _right(data, ("request", "start"), Day) or day
    for entry in _entries(data, ("request", "codes")):
        trail = (*entry, "code")
        code = _right(data, trail, ProcedureCode)
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
        yield problem(
            data,
            trail,
            f"this code is not on file for {service.short_name}",
            f"Check it with the payer. {_write_code(service, on)}",
            Severity.WARNING,
        )
    elif not known.valid_on(on):
        fix = f"Write {known.replaced_by}." if known.replaced_by else _write_code(service, on)
        yield problem(data, trail, _lapsed(known, on), fix)


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


def _diagnoses(data: Datafile, day: date) -> Iterator[Problem]:
    del day
    for entry in _entries(data, ("diagnoses",)):
        trail = (*entry, "code")
        code = _at(data, trail)
        if isinstance(code, str) and icd10cm.in_remission(code):
            yield problem(
                data,
                trail,
                "this diagnosis says remission while treatment is asked for",
                "Ask the prescriber whether it is still the right code.",
                Severity.WARNING,
            )


def _doses(data: Datafile, day: date) -> Iterator[Problem]:
    del day
    for treatment in _entries(data, ("treatments",)):
        product = _product(data, (*treatment, "drug"))
        for trail in _entries(data, (*treatment, "doses")):
            dose = _right(data, trail, Dose)
            if product and dose:
                yield from _dose_problems(data, trail, dose, product)


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
            f"the dose is above the label's maximum of {greatest[1].normalize():f} {product.unit}",
            "Compare it with the record; if it is right, the letter prints it as it is.",
            Severity.WARNING,
        )


_BOUNDS = {
    Outcome.NO_RESPONSE: (-1000, 25),
    Outcome.PARTIAL_RESPONSE: (25, 50),
    Outcome.RESPONSE: (50, 1000),
    Outcome.REMISSION: (50, 1000),
}


def _outcomes(data: Datafile, day: date) -> Iterator[Problem]:
    del day
    for entry in _entries(data, ("treatments",)):
        outcome = _right(data, (*entry, "outcome"), Outcome)
        improvement = _right(data, (*entry, "improvement_percent"), Percent)
        change = _right(data, (*entry, "change"), Change)
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


def _urgency(data: Datafile, day: date) -> Iterator[Problem]:
    del day
    urgent = _right(data, ("request", "urgent"), bool)
    if urgent and not _at(data, ("request", "urgent_because")):
        yield problem(
            data,
            ("request", "urgent"),
            "an urgent request needs the prescriber's reason",
            "Write `urgent_because:` in the prescriber's own words: how delay endangers "
            "life, health or function. Or write `urgent: no`.",
        )


def _augmented(data: Datafile, day: date) -> Iterator[Problem]:
    del day
    entries = list(_entries(data, ("treatments",)))
    named = [entry for entry in entries if _at(data, (*entry, "drug"))]
    products = [_product(data, (*entry, "drug")) for entry in named]
    if None in products:
        return  # a name that is not known can be that of the drug that is missed
    taken = {product.drug.agent for product in products if product}
    for entry in entries:
        trail = (*entry, "augments")
        augmented = _product(data, trail)
        if augmented and augmented.drug.agent not in taken:
            yield problem(
                data,
                trail,
                "the drug that this one was added to is not among the treatments",
                "Add that drug with its doses and dates.",
                Severity.WARNING,
            )


_CHECKS: tuple[Callable[[datafile.Datafile, date], Iterator[Problem]], ...] = (
    _dates,
    _exhibits,
    _codes,
    _diagnoses,
    _doses,
    _outcomes,
    _urgency,
    _augmented,
)
