"""A file's values read into models; what does not fit, told with line, field and what to write.

Not for what several values together show: `intake` and `library` look at that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from priorauth.codes import Record
from priorauth.problems import Place, Problem, Severity, listed, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from priorauth.datafile import Datafile, Key, Trail

MISSING = "is missing"
_SAYINGS = {
    "missing": MISSING,
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
# What to write in a field, by its last keys.
_FIELD_FIXES = {
    "given": "Write the given name as on the member's card.",
    "family": "Write the family name as on the member's card.",
    "name": "Write `{given: …, family: …}`.",
    "practice.name": "Write the clinic's name as on its letterhead.",
    "practice": "Write `practice:` with its name, address, phone and fax.",
    "patient": "Write `patient:` with its name and birth_date.",
    "coverage": "Write `coverage:` with its payer and member_id.",
    "prescriber": "Write `prescriber:` with its name, credentials and npi.",
    "request": "Write `request:` with its service, codes and plan.",
    "birth_date": "Write it as year-month-day: 1984-03-09.",
    "payer": "Write a name that `priorauth payers` lists, or the payer's own name.",
    "member_id": "Write it as on the member's card, in quotation marks.",
    "credentials": "Write MD, DO or NP, as the prescriber signs.",
    "npi": 'Write the ten digits in quotation marks: "1234567893".',
    "street": "Write the street and number.",
    "city": "Write the city.",
    "state": "Write the two capital letters, such as KS.",
    "zip": 'Write five digits in quotation marks: "66212".',
    "phone": "Write ten digits: 913-555-0142.",
    "fax": "Write ten digits: 913-555-0142. Payers cancel a request without a return fax.",
    "service": "Write esketamine, iv_ketamine, tms or ect.",
    "codes": "Write `codes: [{code: J0013, units: 84}]` with the codes of the request.",
    "plan": "Write dose, how often and for how long, as the prescriber ordered it.",
    "diagnoses.code": "Write a code such as F33.2.",
    "code": "Write a code such as J0013.",
    "units": "Write how many units of the code are asked for, such as 84.",
    "mg_per_day": "Write the number alone, such as 150.",
    "from": "Write a day as 2025-02-17, a month as 2025-02, a year as 2025.",
    "on": "Write a day as 2025-02-17, a month as 2025-02, a year as 2025.",
    "by": "Write the name of the person who says so.",
    "answer": "Write yes or no.",
    "scale": "Write a scale such as PHQ-9 or MADRS.",
    "total": "Write the total alone, such as 22.",
    "page": "Write the page of the exhibit, counted from 1.",
    "pages": "Write pages such as 3-5.",
    "id": "Write a short name in small letters, such as notes.",
    "title": "Write what the document is, such as Psychiatric progress notes.",
    "file": "Write the name of the file beside this case file.",
    "exhibit": "Write the id of an entry under `exhibits:`.",
    "reason": "Write the prescriber's own words.",
    "tax_id": "Write nine digits, such as 48-1234567.",
    "improvement_percent": "Write a number from -100 to 100, without the percent sign.",
    "adherence_percent": "Write a whole number from 0 to 100, without the percent sign.",
}


def told(data: Datafile, trail: Trail, error: ValidationError, root: type[Record]) -> list[Problem]:
    """Return what pydantic found wrong at `trail`, in words for staff."""
    details = error.errors(include_input=False, include_url=False)
    return [_problem_of(data, trail, detail, root) for detail in details]


def _problem_of(data: Datafile, trail: Trail, detail: ErrorDetails, root: type[Record]) -> Problem:
    kind = detail["type"]
    where = _trail_in(data.value, trail, detail["loc"], missing=kind == "missing")
    if kind == "extra_forbidden":
        return unknown_key(data, where, _model_at(where, root))
    context = detail.get("ctx", {})
    known_ranges = ("greater_than", "less_than")
    what = _SAYINGS.get(kind)
    fix = _FIXES.get(kind) or fix_for(where)
    if kind in ("literal_error", "enum"):
        what = "is none of the words that can stand here"
        fix = f"Write one of: {_words(context.get('expected', ''))}."
    elif kind.startswith(known_ranges):
        what, fix = _range_of(kind, context), fix_for(where)
    elif "near" in context:
        fix = _did_you_mean(context["near"])
    return problem(data, where, what or _own_words(detail), fix)


def _own_words(detail: ErrorDetails) -> str:
    """Return the message of one of our own errors; of pydantic's only that the form is wrong."""
    ours = detail["type"] in _FIXES or "near" in detail.get("ctx", {})
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


def fix_for(where: Trail) -> str:
    """Return what to write in a field that is missing or wrong."""
    keys = [str(key) for key in where if isinstance(key, str)]
    for name in (".".join(keys[-2:]), keys[-1] if keys else ""):
        if name in _FIELD_FIXES:
            return _FIELD_FIXES[name]
    return f"Write `{keys[-1] if keys else ''}:` as in a sample case: `priorauth samples`."


def _trail_in(raw: Any, trail: Trail, loc: tuple[Key, ...], *, missing: bool) -> Trail:  # noqa: ANN401
    """Return the place of an error in the file: without what only the models know."""
    value: Any = raw
    for key in trail:
        value = value[key]
    found = list(trail)
    for place, key in enumerate(loc):
        more = place < len(loc) - 1
        if isinstance(value, dict) and key in value and isinstance(key, str):
            if more and not isinstance(value[key], dict | list):
                continue  # the name of a kind that is also a key, such as `drug`
            found.append(key)
            value = value[key]
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            found.append(key)
            value = value[key]
        elif missing and not more:
            found.append(key)
    return tuple(found)


def unknown_key(data: Datafile, where: Trail, model: type[Record] | None) -> Problem:
    """Return the problem of a key nobody knows; the key itself is shown only as a near miss."""
    known = _keys_of(model)
    near = nearest(str(where[-1]), known, most=1)
    fix = f"Did you mean `{near[0]}`?" if near else f"The keys here are: {', '.join(known)}."
    place = data.place(where)
    shown = Place(place.file, place.line, ".".join(map(str, where[:-1])))
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


def problem(
    data: Datafile, where: Trail, what: str, fix: str, severity: Severity = Severity.ERROR
) -> Problem:
    """Return a problem at a place of the file."""
    return Problem(severity, data.place(where), what, fix)
