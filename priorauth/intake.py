"""Read a case: the one door. Every problem at once, with its line; after the door all is right.

Not for weighing: whether what the case holds is enough is for `criteria`.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from priorauth import datafile
from priorauth.case import Case, Exhibit
from priorauth.codes import Record
from priorauth.dates import PartialDate, age_on
from priorauth.fields import MISSING, fix_for, problem, told, unknown_key
from priorauth.history import (
    Course,
    Dose,
    DrugTreatment,
    Outcome,
)
from priorauth.problems import Problem, Severity, errors, listed
from priorauth.reference import drugs, icd10cm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from priorauth.datafile import Datafile, Trail

_UNIT_IN_CASE = {drugs.DoseUnit.MG_IN_24_HOURS: "mg/day"}  # a patch's dose, as charts write it
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
OLDEST = 120  # years of age past which a birth date is a slip of the pen


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
    if data.value is None:
        return Intake(None, data.problems, folder)
    pieces, problems = _pieces(data)
    problems += [found for check in _CHECKS for found in check(data, pieces, day)]
    if folder is not None:
        problems += _missing_files(data, pieces, folder)
    found = _sorted(_told_once([*data.problems, *problems]))
    case = None if errors(found) else _assembled(pieces)
    return Intake(case, found, folder)


def _told_once(problems: list[Problem]) -> list[Problem]:
    """Return the problems without a second one for a field that is there but empty."""
    missing = {p.place: p.fix for p in problems if p.what == MISSING}
    empty = {p.place for p in problems if p.what == datafile.NO_VALUE}
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
                problems.append(problem(data, (name,), MISSING, fix_for((name,))))
            continue
        for trail, value, kind in _values_of(name, raw[name], info.rebuild_annotation()):
            try:
                pieces.append(_Piece(trail, _adapter(kind).validate_python(value)))
            except ValidationError as error:
                problems += told(data, trail, error, Case)
    return pieces, problems


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


def _one(pieces: list[_Piece], name: str) -> Any:  # noqa: ANN401 - any section of a case
    return next((piece.value for piece in pieces if piece.trail == (name,)), None)


def _inside(value: Any, trail: Trail) -> Iterator[tuple[Trail, Any]]:  # noqa: ANN401
    """Yield every value inside a model with its place in the file."""
    if isinstance(value, Record):
        for name, info in type(value).model_fields.items():
            yield from _inside(getattr(value, name), (*trail, info.alias or name))
    elif isinstance(value, tuple | list):
        for place, item in enumerate(value):
            yield from _inside(item, (*trail, place))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _inside(item, (*trail, key))
    if not isinstance(value, tuple | list | dict):
        yield trail, value


def _everything(pieces: list[_Piece]) -> Iterator[tuple[Trail, Any]]:
    for piece in pieces:
        yield from _inside(piece.value, piece.trail)


_DATE_KEYS = frozenset({"birth_date", "from", "to", "on", "since", "onset"})


def _texts(value: Any, trail: Trail = ()) -> Iterator[tuple[Trail, str]]:  # noqa: ANN401
    """Yield every text of a file as read: also of values that are wrong in another way."""
    if isinstance(value, str):
        yield trail, value
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in pairs if isinstance(value, dict | list) else ():
        yield from _texts(item, (*trail, key))


def _written_dates(data: Datafile) -> Iterator[tuple[Trail, PartialDate]]:
    for trail, text in _texts(data.value):
        if trail and trail[-1] in _DATE_KEYS:
            with suppress(ValueError):
                yield trail, PartialDate.parse(text)


def _dates(data: Datafile, pieces: list[_Piece], day: date) -> Iterator[Problem]:
    patient = _one(pieces, "patient")
    birth = patient.birth_date if patient else None
    for trail, when in _written_dates(data):
        if when.first > day:
            yield problem(
                data,
                trail,
                "the date is in the future",
                "Compare it with the record. A treatment that goes on has `ongoing: yes`, no end.",
            )
        elif birth and when.last < birth and trail != ("coverage", "subscriber", "birth_date"):
            yield problem(
                data,
                trail,
                "the date is before the patient's birth",
                "Compare it and `patient.birth_date` with the record.",
            )
    if birth and birth <= day and age_on(day, birth) > OLDEST:
        yield problem(
            data,
            ("patient", "birth_date"),
            f"the patient would be more than {OLDEST} years old",
            "Compare it with the member's card.",
        )


def _exhibits(data: Datafile, pieces: list[_Piece], day: date) -> Iterator[Problem]:
    del day, pieces
    seen: set[str] = set()
    texts = list(_texts(data.value))
    for trail, name in texts:
        if _is_exhibit_id(trail):
            if name in seen:
                yield problem(
                    data, trail, "two exhibits have one id", "Give each exhibit an id of its own."
                )
            seen.add(name)
    ids = [exhibit_id for exhibit_id in sorted(seen) if _SLUG.fullmatch(exhibit_id)]
    for trail, name in texts:
        if trail[-1] == "exhibit" and name not in seen:
            yield problem(
                data,
                trail,
                "the evidence names no exhibit of this case",
                f"Write the id of an entry under `exhibits:` (there is {listed(ids) or 'none'}).",
            )


def _is_exhibit_id(trail: Trail) -> bool:
    return trail[:1] == ("exhibits",) and trail[2:] == ("id",)


def _missing_files(data: Datafile, pieces: list[_Piece], folder: Path) -> Iterator[Problem]:
    for piece in pieces:
        if isinstance(piece.value, Exhibit) and not (folder / piece.value.file).is_file():
            yield problem(
                data,
                (*piece.trail, "file"),
                "the exhibit's file is not there",
                "Put the file beside the case file, or remove the exhibit: "
                "only what is there is enclosed.",
            )


def _codes(data: Datafile, pieces: list[_Piece], day: date) -> Iterator[Problem]:
    request = _one(pieces, "request")
    if request is None:
        return
    service = request.known_service
    on = request.start or day
    for place, asked in enumerate(request.codes):
        trail = ("request", "codes", place, "code")
        known = service.code(asked.code)
        if other := service.not_code(asked.code):
            yield problem(data, trail, other.what, _write_code(service, on))
        elif known is None:
            yield problem(
                data,
                trail,
                f"this code is not on file for {service.short_name}",
                f"Check it with the payer. {_write_code(service, on)}",
                Severity.WARNING,
            )
        elif not known.valid_on(on):
            yield problem(data, trail, _lapsed(known), _write_code(service, on))


def _lapsed(code: Any) -> str:  # noqa: ANN401 - services.ServiceCode
    if code.valid_to:
        return f"{code.code} ended on {code.valid_to}"
    return f"{code.code} begins on {code.valid_from}"


def _write_code(service: Any, on: date) -> str:  # noqa: ANN401 - services.Service
    valid = [code.code for code in service.codes_on(on) if code.system in ("HCPCS", "CPT")]
    return (
        f"For {service.short_name} write {listed(valid)}."
        if valid
        else "Ask the payer which code to use."
    )


def _diagnoses(data: Datafile, pieces: list[_Piece], day: date) -> Iterator[Problem]:
    del day
    for trail, value in _everything(pieces):
        if trail[0] == "diagnoses" and trail[-1] == "code" and icd10cm.in_remission(value):
            yield problem(
                data,
                trail,
                "this diagnosis says remission while treatment is asked for",
                "Ask the prescriber whether it is still the right code.",
                Severity.WARNING,
            )


def _doses(data: Datafile, pieces: list[_Piece], day: date) -> Iterator[Problem]:
    del day
    for trail, value in _everything(pieces):
        if isinstance(value, DrugTreatment):
            for place, dose in enumerate(value.doses):
                yield from _dose_problems(data, (*trail, "doses", place), dose, value.product)


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


def _outcomes(data: Datafile, pieces: list[_Piece], day: date) -> Iterator[Problem]:
    del day
    bounds = {
        Outcome.NO_RESPONSE: (-1000, 25),
        Outcome.PARTIAL_RESPONSE: (25, 50),
        Outcome.RESPONSE: (50, 1000),
        Outcome.REMISSION: (50, 1000),
    }
    for trail, value in _everything(pieces):
        if (
            not isinstance(value, Course)
            or value.improvement is None
            or value.outcome not in bounds
        ):
            continue
        low, high = bounds[value.outcome]
        if not low <= value.improvement <= high:
            yield problem(
                data,
                (*trail, "outcome"),
                "the outcome and the improvement in percent do not agree",
                "No response is up to 25, partial response 25 to 50, response 50 or more: "
                "compare both with the record.",
                Severity.WARNING,
            )


def _urgency(data: Datafile, pieces: list[_Piece], day: date) -> Iterator[Problem]:
    del day
    request = _one(pieces, "request")
    if request and request.urgent and not request.urgent_because:
        yield problem(
            data,
            ("request", "urgent"),
            "an urgent request needs the prescriber's reason",
            "Write `urgent_because:` in the prescriber's own words: how delay endangers "
            "life, health or function. Or write `urgent: no`.",
        )


def _augmented(data: Datafile, pieces: list[_Piece], day: date) -> Iterator[Problem]:
    del day
    taken = {
        value.product.drug.agent
        for _, value in _everything(pieces)
        if isinstance(value, DrugTreatment)
    }
    for trail, value in _everything(pieces):
        if (
            isinstance(value, DrugTreatment)
            and value.augmented
            and value.augmented.drug.agent not in taken
        ):
            yield problem(
                data,
                (*trail, "augments"),
                "the drug that this one was added to is not among the treatments",
                "Add that drug with its doses and dates.",
                Severity.WARNING,
            )


_CHECKS: tuple[Callable[[datafile.Datafile, list[_Piece], date], Iterator[Problem]], ...] = (
    _dates,
    _exhibits,
    _codes,
    _diagnoses,
    _doses,
    _outcomes,
    _urgency,
    _augmented,
)
