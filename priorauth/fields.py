"""A file's values read into models; what does not fit, told with line, field and what to write.

Not for what several values together show: `intake` and `library` look at that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args, get_origin

from priorauth.codes import Record
from priorauth.problems import Place, Problem, Severity, listed, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from priorauth.datafile import Datafile, Key, Trail

MISSING = "is missing"
_A_LINE = 200  # characters; a longer text is one that an exhibit can hold the rest of
_SAYINGS = {
    "missing": MISSING,
    "model_type": "must be a group of keys",
    "model_attributes_type": "must be a group of keys",
    "dict_type": "must be a group of keys",
    "tuple_type": "must be a list",
    "string_type": "must be plain text",
    "bool_parsing": "must be yes or no",
    "bool_type": "must be yes or no",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_parsing_size": "is too large a number",
    "decimal_parsing": "must be a number",
    "decimal_type": "must be a number",
    "string_too_short": "there is no value",
    "string_too_long": "the text is too long",
    "too_short": "needs at least one entry",
    "too_long": "has too many entries",
}
_FIXES = {
    "at_least": "Ask for fewer, or add parts under `of:`.",
    "classes": "Write at most as many `classes:` as `least:`.",
    "question": "Write both `attestation:` and `question:`, or neither.",
    "exclusion": "Write `diagnoses:`, or `attestation:` with its `question:`.",
    "one_use": "Write one of them: `put:` with a path, or `leave:` with the reason.",
    "when_alone": "Write `tick:` with the path that is compared, or remove `when:`.",
    "choices_alone": "Write `choose:` with the path that is compared, or remove `choices:`.",
    "no_criteria": "Write `criteria:`, or another `stance:`.",
    "same_id": "Give each criterion and group an id of its own.",
    "model_type": "Write its keys on the lines below it, indented.",
    "model_attributes_type": "Write its keys on the lines below it, indented.",
    "dict_type": "Write its keys on the lines below it, indented.",
    "tuple_type": "Write the entries in square brackets, or each after `- ` on its own line.",
    "string_type": "Write it as text after the colon; a long text follows `|` on indented lines.",
    "one_line": "Type it again on one line: it holds a line break or a character that is not seen.",
    "unseen": "Type the text again: it was copied with a character in it that is not seen.",
    "page_ranges": "Write them on one line: 3-5, or 2,4-6; leave `pages:` out for all pages.",
    "slug_key": "Write it in small letters, digits and _, such as rems_site_certified.",
    "bool_parsing": "Write yes or no; leave the line out when it is not known.",
    "string_too_long": "Keep it to what a reviewer needs; enclose the rest as an exhibit.",
    "partial_date": "Write a day as 2025-02-17, a month as 2025-02, a year as 2025.",
    "day": "Write it as year-month-day: 1984-03-09.",
    "npi_form": 'Write the NPI in quotation marks: "1234567893".',
    "npi_check_digit": "Compare it with the NPI registry: one digit is wrong or two are swapped.",
    "icd10cm_form": "Write a code such as F33.2.",
    "icd10cm_category": "Write the code with all its digits, such as F33.2 instead of F33.",
    "procedure_code": "Write five characters, such as J0013 or 96365.",
    "ndc": "Write ten digits with dashes or eleven digits, such as 50458-028-03.",
    "phone": "Write ten digits: 913-555-0142.",
    "one_amount": "Write one amount, and one entry for each change of dose.",
    "end_before_start": "Compare both dates with the record: the two may be swapped.",
    "no_doses": "Write `doses:` with `{mg_per_day: …, from: …, to: …}` for each dose.",
    "treatment_kind": "Start the entry with one of them, such as `- drug: sertraline`.",
    "unfolded": "Remove them: the first key says it, as in `tms: theta burst`.",
    "documents": "Write `[fax_cover, form, letter, exhibits]` in the order that the payer wants.",
    "no_total": "Describe it in `rationale:`, and cite the exhibit.",
    "no_baseline": "Leave `change` out: no percentage can be made of it.",
    "phrase_template": "Write a placeholder in single braces, such as {service}.",
    "phrase_html": "Write the words alone; for bold or a link, replace a block in a template.",
    "phrase_braces": "Write a placeholder as its name alone, such as {service}; no other braces.",
    "phrase_lacks": "Write each of them where its value is to stand.",
    "phrase_claim": "Leave it out: the letter says it by itself where the record holds it.",
    "phrase_figure": "Leave it out; figures come from the case and from the policy.",
    "phrase_long": "Shorten it to 80 characters.",
    "off_scale": "Compare it with the scored form, and check which scale it is.",
}
# What to write where a name was not recognized and none is near.
_NAME_FIXES = {
    "unknown_drug": "Check the spelling, or write the generic name. Only drugs for depression and "
    "drugs added to them are listed here: leave others out.",
    "unknown_scale": "Check the spelling. Only rating scales for depression are listed here: "
    "leave others out.",
    "phrase_name": "This phrase takes none: write the words without braces.",
}
# What to write where a group or a list is needed, by the last key.
_GROUP_FIXES = {
    "evidence": "Write `{exhibit: notes, page: 3}`: the exhibit's id and the page in it.",
    "window": "Write `{current_episode: yes}` or `{years: 5}`, or both in one.",
    "scales": "Write `{PHQ-9: 15}`: each scale with its cut-off.",
    "intolerance": "Write `{counts: yes}`, no or not_stated.",
    "contraindication": "Write `{counts: yes}`, no or not_stated.",
    "initial": "Write `{months: 6}`.",
    "expect": "Write `{age: met}`: ids of criteria with the finding to expect.",
    "change": "Write `{scale: MADRS, before: 37, after: 35}`.",
    "name": "Write `{given: …, family: …}`.",
    "doses": "Write `- {mg_per_day: …, from: …, to: …}` for each dose, on lines below.",
    "codes": "Write `[{code: J0013, units: 84}]`.",
    "urgent_because": "Write `{text: …, by: …, on: …}` with the prescriber's own words.",
    "reply": "Write `{text: …, by: …, on: …}` with the prescriber's own words.",
    "consents": "Write `part_2:` or `psychotherapy_notes:` with `{by: …, on: …, scope: …}`.",
    "attestations": "Write `name: {answer: yes, by: …, on: …}` for each one, on lines below.",
}
# What to write in a field, by its last keys.
_FIELD_FIXES = {
    "given": "Write the given name; a patient's as on the member's card.",
    "family": "Write the family name; a patient's as on the member's card.",
    "patient.name": "Write `{given: …, family: …}`.",
    "prescriber.name": "Write `{given: …, family: …}`.",
    "subscriber.name": "Write `{given: …, family: …}`.",
    "examples.name": "Write in a sentence what the example shows.",
    "name": "Write the name as the payer writes it itself.",
    "practice.name": "Write the clinic's name as on its letterhead.",
    "practice": "Write `practice:` with its name, address, phone and fax.",
    "patient": "Write `patient:` with its name and birth_date.",
    "coverage": "Write `coverage:` with its payer and member_id.",
    "prescriber": "Write `prescriber:` with its name, credentials and npi.",
    "request": "Write `request:` with its service, codes and plan.",
    "birth_date": "Write it as year-month-day: 1984-03-09.",
    "payer": "Write a name that `priorauth payers` lists, or the payer's own name.",
    "relationship": "Write what the subscriber is to the patient, such as spouse.",
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
    "drug": "Write the drug's generic name, such as sertraline.",
    "mg_per_day": "Write the number alone, such as 150.",
    "mcg_per_day": "Write the number alone, such as 25.",
    "mg_per_week": "Write the number alone, such as 168.",
    "answer.on": "Write the date of the payer's decision, such as 2026-10-26.",
    "decision": "Write denied, approved_in_part or ended.",
    "reasons": "Write `- text:` with each reason in the payer's words.",
    "text": "Write it word for word.",
    "reply": "Write `{text: …, by: …, on: …}` with the prescriber's own words.",
    "received": "Write the day on which the decision was received, such as 2026-10-29.",
    "appeal_by": "Write the last day to appeal that the decision names, such as 2027-04-27.",
    "started": "Write the day of the first session, such as 2026-08-18.",
    "last_on": "Write the day of the latest session, such as 2026-11-20.",
    "sessions_given": "Write how many sessions were given so far, such as 15.",
    "authorization_ends": "Write the last day of the approval, such as 2026-12-14.",
    "course": "Write `course:` with started, sessions_given and authorization_ends.",
    "mg_per_session": "Write the number alone, such as 56.",
    "sessions": "Write the number alone, such as 30.",
    "from": "Write a day as 2025-02-17, a month as 2025-02, a year as 2025.",
    "on": "Write a day as 2025-02-17, a month as 2025-02, a year as 2025.",
    "by": "Write the name of the person who says so.",
    "answer": "Write yes or no.",
    "scale": "Write a scale such as PHQ-9 or MADRS.",
    "total": "Write the total alone, such as 22.",
    "before": "Write the total alone, such as 22.",
    "after": "Write the total alone, such as 22.",
    "page": "Write the page of the exhibit as a number, counted from 1.",
    "pages": "Write pages such as 3-5.",
    "id": "Write a short name in small letters, such as notes.",
    "exhibits.title": "Write what the document is, such as Psychiatric progress notes.",
    "title": "Write the title that the payer's document has.",
    "requirement": "Write in one sentence what the payer asks: the letter prints it.",
    "services": "Write `services: [esketamine]` with what the policy is about.",
    "versions": "Write `versions:`, below it `- id:` and the other keys of a version.",
    "effective_from": "Write a day as 2025-02-17, a month as 2025-02, a year as 2025.",
    "stance": "Write covered, experimental, not_covered, no_authorization_needed or silent.",
    "addresses.source": "Write where this was read, such as the provider manual, page 12.",
    "source": "Write `source:`, below it its title, url, read_on, read and mark.",
    "read_on": "Write the day on which it was read, such as 2026-11-23.",
    "read": "Write own_document, or secondary for any other page.",
    "mark": "Write V, V2, V2-low or M.",
    "least": "Write the number alone, such as 2.",
    "classes": "Write the number alone, such as 2.",
    "weeks": "Write the number alone, such as 6.",
    "years": "Write the number alone, such as 5.",
    "months": "Write the number alone, such as 6.",
    "within_days": "Write the number alone, such as 28.",
    "base": "Write a name that `priorauth samples` lists.",
    "expect": "Write `{age: met}`: ids of criteria with the finding to expect.",
    "file": "Write the name of the file beside this case file.",
    "exhibits.part_2": "Write yes or no.",
    "consents.part_2": "Write `{by: …, on: …, scope: …}` from the form that the patient signed.",
    "consents.psychotherapy_notes": "Write `{by: …, on: …}` from the form that the patient signed.",
    "sent": "Write `- {on: 2026-11-02}` for each request that went out, with its day.",
    "sent.on": "Write the day on which the request was sent, such as 2026-11-02.",
    "consents.on": "Write the day of the signature, such as 2026-10-12.",
    "scope": "Write which records go to whom and for what, as the form says it.",
    "expires": "Write the last day on which the form holds, such as 2027-10-11.",
    "exhibit": "Write the id of an entry under `exhibits:`.",
    "reason": "Write the prescriber's own words.",
    "tax_id": "Write nine digits, such as 48-1234567.",
    "improvement_percent": "Write a number from -100 to 100, without the percent sign.",
    "adherence_percent": "Write a whole number from 0 to 100, without the percent sign.",
}


def told(data: Datafile, trail: Trail, error: ValidationError, root: type[Record]) -> list[Problem]:
    """Return what pydantic found wrong at `trail`, in words for staff."""
    details = error.errors(include_input=False, include_url=False)
    return [
        _problem_of(data, _trail_in(data.value, trail, detail), detail, root)
        for detail in details
        if not _follows(details, detail)
    ]


def _follows(details: list[ErrorDetails], detail: ErrorDetails) -> bool:
    """Return whether a list is only too short because the entries that it has are wrong."""
    loc = detail["loc"]
    inside = (other["loc"][: len(loc)] == loc for other in details if len(other["loc"]) > len(loc))
    return detail["type"] == "too_short" and any(inside)


def _problem_of(data: Datafile, where: Trail, detail: ErrorDetails, root: type[Record]) -> Problem:
    kind = detail["type"]
    if kind == "extra_forbidden":
        return unknown_key(data, where, root)
    if detail["loc"][-1:] == ("[key]",):
        return problem(data, where, "this name does not have the right form", _FIXES["slug_key"])
    context = detail.get("ctx", {})
    if kind == "criterion_kind":
        return _unknown_kind(data, where, root)
    what = _SAYINGS.get(kind)
    fix = _form_fix(kind, where) or fix_for(data, where)
    if kind in ("literal_error", "enum"):
        what = "is none of the words that can stand here"
        fix = f"Write one of: {_words(context.get('expected', ''))}."
    elif kind.startswith(("greater_than", "less_than")):
        what, fix = _range_of(kind, context), fix_for(data, where)
    elif kind == "string_too_long" and context["max_length"] <= _A_LINE:
        fix = f"Shorten it to at most {context['max_length']} characters."
    elif "near" in context:
        fix = _did_you_mean(kind, context["near"])
    return problem(data, where, what or _own_words(detail), fix)


def _unknown_kind(data: Datafile, where: Trail, root: type[Record]) -> Problem:
    """Return the problem of a criterion whose kind is missing or not known."""
    models, value = _models_at(data.value, where, root)
    named = (one.model_fields["kind"] for one in models if "kind" in one.model_fields)
    kinds = list(dict.fromkeys(word for one in named for word in get_args(one.annotation)))
    if isinstance(value, list):
        fix = "Write `all:`, or `any:`, on a line above the list, and set the list deeper."
        return problem(data, where, "must be a group, not a list", fix)
    written = value.get("kind") if isinstance(value, dict) else None
    near = nearest(written, kinds) if isinstance(written, str) else ()
    fix = f"Did you mean {listed(near)}?" if near else f"Write `kind:` with {listed(kinds)}."
    place = (*where, "kind") if written else where
    return problem(data, place, "has no kind that is known here", fix)


def _form_fix(kind: str, where: Trail) -> str | None:
    """Return what to write where the form is wrong, in the words of the field if it has some."""
    named = _GROUP_FIXES.get(str(where[-1])) if where else None
    grouped = kind in ("model_type", "model_attributes_type", "dict_type", "tuple_type")
    return named if named and grouped else _FIXES.get(kind)


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


def _did_you_mean(kind: str, near: Iterable[str]) -> str:
    names = listed(near)
    if not names:
        return _NAME_FIXES.get(kind, "Check the spelling.")
    return f"Did you mean {names}?"


def fix_for(data: Datafile, where: Trail) -> str:
    """Return what to write in a field that is missing or wrong."""
    keys = [key for key in where if isinstance(key, str)]
    for name in (".".join(keys[-2:]), *keys[-1:]):
        if name in _FIELD_FIXES:
            return _FIELD_FIXES[name]
    last = data.shown((*keys,)[-1:])
    named = f"`{last}:`" if last.strip("*") else "it"
    return f"Write {named} as the samples have it."


def _trail_in(raw: Any, trail: Trail, detail: ErrorDetails) -> Trail:  # noqa: ANN401
    """Return the place of an error in the file: without what only the models know."""
    for key in trail:
        raw = raw[key]
    return (*trail, *_in_file(raw, detail["loc"], missing=detail["type"] == "missing"))


def _in_file(value: Any, loc: tuple[Key, ...], *, missing: bool) -> Trail:  # noqa: ANN401
    """Return as many of the keys as lead into the value; the names of kinds among them do not."""
    if not loc:
        return ()
    key, rest = loc[0], loc[1:]
    without = _in_file(value, rest, missing=missing)
    if isinstance(value, dict) and missing and not rest:
        return (key,)
    in_list = isinstance(value, list) and isinstance(key, int) and key < len(value)
    if not in_list and not (isinstance(value, dict) and key in value):
        return without
    if rest and not isinstance(value[key], dict | list):
        return without  # the name of a kind that is also a key, such as `drug`
    return max(without, (key, *_in_file(value[key], rest, missing=missing)), key=len)


def unknown_key(data: Datafile, where: Trail, root: type[Record]) -> Problem:
    """Return the problem of a key nobody knows; it is never shown, only the known one nearby."""
    *above, key = where
    known = _keys_at(data.value, (*above,), root)
    near = nearest(str(key), known, most=1)
    fix = f"The keys here are: {', '.join(known)}." if known else "Check where it belongs."
    if near:
        fix = f"Did you mean `{near[0]}`?"
    place = Place(data.name, data.line(where), data.shown((*above,)))
    return Problem(Severity.ERROR, place, "a key here is not known", fix)


def _models_at(raw: Any, where: Trail, root: type[Record]) -> tuple[list[type[Record]], Any]:  # noqa: ANN401
    """Return the models of what can stand at `where`, and what stands there."""
    kinds: list[Any] = [root]
    for key in where:
        kinds = [inner for kind in kinds for inner in _inside(kind, key)]
        raw = raw[key]
    return [model for kind in kinds for model in _models_in(kind)], raw


def _keys_at(raw: Any, where: Trail, root: type[Record]) -> tuple[str, ...]:  # noqa: ANN401
    """Return the keys that can stand at `where`, by following the fields of the file's model."""
    models, raw = _models_at(raw, where, root)
    return max(models, key=lambda model: _likeness(model, raw)).written_keys() if models else ()


def _likeness(model: type[Record], raw: Any) -> tuple[bool, int]:  # noqa: ANN401
    """Return how well a model fits the keys that are there, and the kind if they name one."""
    kind = model.model_fields.get("kind")
    same_kind = kind is not None and raw.get("kind") in get_args(kind.annotation)
    return same_kind, sum(key in raw for key in model.written_keys())


def _inside(kind: Any, key: Key) -> list[Any]:  # noqa: ANN401 - any annotation of a file's model
    """Return what can stand under a key of a model, a mapping or a list."""
    if isinstance(kind, type) and issubclass(kind, Record):
        kind.model_rebuild()  # the fields of a model that names itself are strings until then
        fields = kind.model_fields.items()
        return [info.annotation for name, info in fields if key in (name, info.alias)]
    inner = get_args(kind)
    if get_origin(kind) is dict:
        return list(inner[1:])
    if get_origin(kind) is tuple and isinstance(key, int):
        return list(inner[:1])
    return [found for part in inner for found in _inside(part, key)]


def _models_in(kind: Any) -> list[type[Record]]:  # noqa: ANN401 - any annotation of a file's model
    if isinstance(kind, type) and issubclass(kind, Record):
        return [kind]
    return [model for part in get_args(kind) for model in _models_in(part)]


def words_of(kind: Any) -> frozenset[str]:  # noqa: ANN401 - any annotation of a file's model
    """Return every key that a file of this model can have, at any depth."""
    words: set[str] = set()
    for model in _models_in(kind):
        words.update(model.written_keys())
        for info in model.model_fields.values():
            words |= words_of(info.annotation)
    return frozenset(words)


def problem(
    data: Datafile, where: Trail, what: str, fix: str, severity: Severity = Severity.ERROR
) -> Problem:
    """Return a problem at a place of the file."""
    return Problem(severity, data.place(where), what, fix)
