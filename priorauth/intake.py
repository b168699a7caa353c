"""Read a case: the one door. Every problem at once, with its line; after the door all is right.

Not for weighing: whether what the case holds is enough is for `criteria`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from priorauth import datafile
from priorauth.case import Case, Exhibit
from priorauth.codes import Record
from priorauth.dates import PartialDate, age_on
from priorauth.history import (
    TREATMENT_KEYS,
    Course,
    Dose,
    DrugTreatment,
    Evidence,
    Outcome,
)
from priorauth.problems import Problem, Severity, errors, listed, nearest
from priorauth.reference import drugs, icd10cm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pydantic_core import ErrorDetails

    from priorauth.datafile import Datafile, Key, Trail

_UNIT_IN_CASE = {drugs.DoseUnit.MG_IN_24_HOURS: "mg/day"}  # a patch's dose, as charts write it
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
    found = _sorted([*data.problems, *problems])
    case = None if errors(found) else _assembled(pieces)
    return Intake(case, found, folder)


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
    problems = [_unknown_key(data, (key,), Case) for key in raw if key not in Case.model_fields]
    for name, info in Case.model_fields.items():
        if name not in raw:
            if info.is_required():
                problems.append(_problem(data, (name,), "is missing", _fix_for((name,))))
            continue
        for trail, value, kind in _values_of(name, raw[name], info.rebuild_annotation()):
            try:
                pieces.append(_Piece(trail, _adapter(kind).validate_python(value)))
            except ValidationError as error:
                problems += told(data, trail, error)
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
            values.setdefault(name, []).append(piece.value)
    return Case(**values)


# --- what pydantic found, in words for staff ----------------------------------------------------

_SAYINGS = {
    "missing": "is missing",
    "model_type": "must be a group of keys",
    "model_attributes_type": "must be a group of keys",
    "dict_type": "must be a group of keys",
    "tuple_type": "must be a list",
    "string_type": "must be text on one line",
    "bool_parsing": "must be yes or no",
    "bool_type": "must be yes or no",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "decimal_parsing": "must be a number",
    "decimal_type": "must be a number",
    "string_too_short": "there is no value",
    "string_too_long": "the text is too long",
    "too_short": "needs at least one entry",
    "too_long": "has too many entries",
}
_FIXES = {
    "model_type": "Write its keys on the lines below it, indented.",
    "model_attributes_type": "Write its keys on the lines below it, indented.",
    "dict_type": "Write its keys on the lines below it, indented.",
    "tuple_type": "Begin each entry with `- ` on a line of its own.",
    "string_type": "Write plain text; a long text follows `|` on indented lines.",
    "bool_parsing": "Write yes or no; leave the line out when it is not known.",
    "string_too_long": "Keep it to what a reviewer needs; enclose the rest as an exhibit.",
    "partial_date": "Write a day as 2025-02-17, a month as 2025-02, a year as 2025.",
    "day": "Write it as year-month-day: 1984-03-09.",
    "npi_form": 'Write the ten digits in quotation marks: "1234567893".',
    "npi_check_digit": "Compare it with the NPI registry: one digit is wrong or two are swapped.",
    "icd10cm_form": "Write a code such as F33.2.",
    "icd10cm_unknown": "Look it up in the chart: write the code with its dot, such as F33.2.",
    "icd10cm_category": "Write the whole code, with the digits that say the severity.",
    "procedure_code": "Write five characters, such as J0013 or 96365.",
    "ndc": "Write ten digits with dashes or eleven digits, such as 50458-028-03.",
    "phone": "Write ten digits: 913-555-0142.",
    "one_amount": "Write one amount, and one entry for each change of dose.",
    "end_before_start": "Compare both dates with the record: the two may be swapped.",
    "no_doses": "Write `doses:` with `{mg_per_day: …, from: …, to: …}` for each dose.",
    "treatment_kind": "Start the entry with one of them, such as `- drug: sertraline`.",
    "no_total": "Describe it in `rationale:`, and cite the exhibit.",
    "no_baseline": "Leave `change` out: no percentage can be made of it.",
    "off_scale": "Compare it with the scored form, and check which scale it is.",
}
_FIELD_FIXES = {
    "zip": 'Write five digits in quotation marks: "66212".',
    "state": "Write the two capital letters, such as KS.",
    "member_id": "Write it as on the member's card, in quotation marks.",
    "fax": "Write ten digits: 913-555-0142. Payers cancel a request without a return fax.",
    "name": "Write `{given: …, family: …}`.",
    "page": "Write the page of the exhibit, counted from 1.",
    "pages": "Write pages such as 3-5.",
    "units": "Write how many units of the code are asked for, such as 84.",
    "id": "Write a short name in small letters, such as notes.",
    "exhibit": "Write the id of an entry under `exhibits:`.",
    "tax_id": "Write nine digits, such as 48-1234567.",
    "improvement_percent": "Write a number from -100 to 100, without the percent sign.",
    "adherence_percent": "Write a whole number from 0 to 100, without the percent sign.",
}


def told(
    data: Datafile, trail: Trail, error: ValidationError, root: type[Record] = Case
) -> list[Problem]:
    """Return what pydantic found wrong at `trail`, in words for staff; `root` is the file's model."""
    details = error.errors(include_input=False, include_url=False)
    return [_problem_of(data, trail, detail, root) for detail in details]


def _problem_of(
    data: Datafile, trail: Trail, detail: ErrorDetails, root: type[Record]
) -> Problem:
    where = _trail_in(data.value, trail, detail["loc"])
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _unknown_key(data, where, _model_at(where, root))
    context = detail.get("ctx", {})
    known_ranges = ("greater_than", "less_than")
    what = _SAYINGS.get(kind)
    fix = _FIXES.get(kind) or _fix_for(where)
    if kind in ("literal_error", "enum"):
        what = "is none of the words that can stand here"
        fix = f"Write one of: {_words(context.get('expected', ''))}."
    elif kind.startswith(known_ranges):
        what, fix = _range_of(kind, context), _fix_for(where)
    elif "near" in context:
        fix = _did_you_mean(context["near"])
    return _problem(data, where, what or _own_words(detail), fix)


def _own_words(detail: ErrorDetails) -> str:
    """Return the message of one of our own errors; of pydantic's only that the form is wrong."""
    ours = detail["type"] in _FIXES
    return detail["msg"] if ours else "does not have the form that is needed here"


def _words(expected: str) -> str:
    return listed(expected.replace("'", "").replace(" or ", ", ").split(", "))


def _range_of(kind: str, context: dict[str, Any]) -> str:
    limit = next(iter(context.values()), "")
    words = {
        "greater_than": "must be more than",
        "greater_than_equal": "must be at least",
        "less_than": "must be less than",
        "less_than_equal": "must be at most",
    }
    return f"{words[kind]} {limit}"


def _did_you_mean(near: Iterable[str]) -> str:
    names = listed(near)
    if not names:
        return "Check the spelling; use the generic name."
    return f"Did you mean {names}? Use that name."


def _fix_for(where: Trail) -> str:
    name = str(where[-1]) if where else ""
    return _FIELD_FIXES.get(name, f"Write `{name}:` as in `priorauth sample` or `priorauth new`.")


def _trail_in(raw: Any, trail: Trail, loc: tuple[Key, ...]) -> Trail:  # noqa: ANN401
    """Return the place of an error in the file: without what only the models know."""
    value: Any = raw
    for key in trail:
        value = value[key]
    found = list(trail)
    for place, key in enumerate(loc):
        if isinstance(value, dict) and key in value and isinstance(key, str):
            found.append(key)
            value = value[key]
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            found.append(key)
            value = value[key]
        elif place == len(loc) - 1 and isinstance(key, str) and key not in TREATMENT_KEYS:
            found.append(key)
    return tuple(found)


def _unknown_key(data: Datafile, where: Trail, model: type[Record] | None) -> Problem:
    """Return the problem of a key nobody knows; the key itself is shown only as a near miss."""
    known = _keys_of(model)
    near = nearest(str(where[-1]), known, most=1)
    fix = f"Did you mean `{near[0]}`?" if near else f"The keys here are: {', '.join(known)}."
    place = data.place(where)
    shown = type(place)(place.file, place.line, ".".join(map(str, where[:-1])))
    return Problem(Severity.ERROR, shown, "a key here is not known", fix)


def _keys_of(model: type[Record] | None) -> list[str]:
    if model is None:
        return []
    fields = model.model_fields.items()
    return [info.alias or name for name, info in fields if name != "kind" or not info.exclude]


def _model_at(where: Trail, root: type[Record]) -> type[Record] | None:
    """Return the model whose keys stand at `where`, by following the fields of the file's model."""
    kinds: list[Any] = [root]
    for key in where[:-1]:
        models = [m for kind in kinds for m in _models_in(kind)]
        if isinstance(key, int):
            continue
        infos = [
            info
            for model in models
            for name, info in model.model_fields.items()
            if (info.alias or name) == key
        ]
        kinds = [info.annotation for info in infos] or kinds
    models = [m for kind in kinds for m in _models_in(kind)]
    return models[0] if models else None


def _models_in(kind: Any) -> list[type[Record]]:  # noqa: ANN401 - any annotation of a case
    if isinstance(kind, type) and issubclass(kind, Record):
        return [kind]
    return [model for part in get_args(kind) for model in _models_in(part)]


def _problem(
    data: Datafile, where: Trail, what: str, fix: str, severity: Severity = Severity.ERROR
) -> Problem:
    return Problem(severity, data.place(where), what, fix)


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


def _dates(data: Datafile, pieces: list[_Piece], day: date) -> Iterator[Problem]:
    patient = _one(pieces, "patient")
    birth = patient.birth_date if patient else None
    for trail, value in _everything(pieces):
        if trail == ("request", "start") or not isinstance(value, date | PartialDate):
            continue
        first = value if isinstance(value, date) else value.first
        last = value if isinstance(value, date) else value.last
        if first > day:
            yield _problem(
                data,
                trail,
                "the date is in the future",
                "Compare it with the record. A treatment that goes on has `ongoing: yes` and no end.",
            )
        elif birth and last < birth:
            yield _problem(
                data,
                trail,
                "the date is before the patient's birth",
                "Compare it and `patient.birth_date` with the record.",
            )
    if birth and birth <= day and age_on(day, birth) > OLDEST:
        yield _problem(
            data,
            ("patient", "birth_date"),
            f"the patient would be more than {OLDEST} years old",
            "Compare it with the member's card.",
        )


def _exhibits(data: Datafile, pieces: list[_Piece], day: date) -> Iterator[Problem]:
    del day
    exhibits = [piece for piece in pieces if isinstance(piece.value, Exhibit)]
    seen: set[str] = set()
    for piece in exhibits:
        if piece.value.id in seen:
            yield _problem(
                data,
                (*piece.trail, "id"),
                "two exhibits have one id",
                "Give each exhibit an id of its own.",
            )
        seen.add(piece.value.id)
    for trail, value in _everything(pieces):
        if isinstance(value, Evidence) and value.exhibit not in seen:
            ids = listed(sorted(seen)) if seen else "none yet"
            yield _problem(
                data,
                (*trail, "exhibit"),
                "the evidence names no exhibit of this case",
                f"Write the id of an entry under `exhibits:` (there is {ids}).",
            )


def _missing_files(data: Datafile, pieces: list[_Piece], folder: Path) -> Iterator[Problem]:
    for piece in pieces:
        if isinstance(piece.value, Exhibit) and not (folder / piece.value.file).is_file():
            yield _problem(
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
            yield _problem(data, trail, other.what, _write_code(service, on))
        elif known is None:
            yield _problem(
                data,
                trail,
                f"this code is not on file for {service.short_name}",
                f"Check it with the payer. {_write_code(service, on)}",
                Severity.WARNING,
            )
        elif not known.valid_on(on):
            yield _problem(data, trail, _lapsed(known), _write_code(service, on))


def _lapsed(code: Any) -> str:  # noqa: ANN401 - services.ServiceCode
    if code.valid_to:
        return f"{code.code} ended on {code.valid_to}"
    return f"{code.code} begins on {code.valid_from}"


def _write_code(service: Any, on: date) -> str:  # noqa: ANN401 - services.Service
    valid = [code.code for code in service.codes_on(on) if code.system in ("HCPCS", "CPT")]
    return f"For {service.short_name} write {listed(valid)}." if valid else "Ask the payer which code to use."


def _diagnoses(data: Datafile, pieces: list[_Piece], day: date) -> Iterator[Problem]:
    del day
    for trail, value in _everything(pieces):
        if trail[0] == "diagnoses" and trail[-1] == "code" and icd10cm.in_remission(value):
            yield _problem(
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
        yield _problem(
            data,
            trail,
            f"this drug is dosed in {product.unit}",
            "Write the amount in that unit, or check the drug's form; "
            "ketamine and esketamine sessions have entries of their own.",
        )
    elif greatest and dose.amount > greatest[1]:
        yield _problem(
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
        if not isinstance(value, Course) or value.improvement is None or value.outcome not in bounds:
            continue
        low, high = bounds[value.outcome]
        if not low <= value.improvement <= high:
            yield _problem(
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
        yield _problem(
            data,
            ("request", "urgent"),
            "an urgent request needs the prescriber's reason",
            "Write `urgent_because:` in the prescriber's own words: how delay endangers "
            "life, health or function. Or write `urgent: no`.",
        )


def _augmented(data: Datafile, pieces: list[_Piece], day: date) -> Iterator[Problem]:
    del day
    taken = {
        value.product.drug.agent for _, value in _everything(pieces) if isinstance(value, DrugTreatment)
    }
    for trail, value in _everything(pieces):
        if isinstance(value, DrugTreatment) and value.augmented and value.augmented.drug.agent not in taken:
            yield _problem(
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
