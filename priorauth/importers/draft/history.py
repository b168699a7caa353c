"""Diagnoses, treatments, scores and exhibits as entries of a case file.

Each entry is a block of lines of its own, so that an import over an existing case can add it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from priorauth.importers.draft.words import Numbers, comment, mapping, question, scalar
from priorauth.reference.drugs import DoseUnit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from priorauth.importers.facts import (
        Course,
        DiagnosisFact,
        DoseFact,
        Facts,
        NoteFact,
        ScoreFact,
        SessionsFact,
        Unsure,
    )
    from priorauth.importers.records import Origin

_UNITS = {
    DoseUnit.MG_A_DAY: "mg_per_day",
    DoseUnit.MG_IN_24_HOURS: "mg_per_day",
    DoseUnit.MCG_A_DAY: "mcg_per_day",
    DoseUnit.MG_A_WEEK: "mg_per_week",
}
_SPACE = "  "
_IN = "    "
_MOST_TEXT = 190
_PURPOSES = "depression, sleep, smoking, pain, anxiety or other"
_OUTCOMES = "no_response, partial_response, response, remission, intolerance, contraindicated"


@dataclass(frozen=True)
class Entry:
    """One entry of a list in a case file: its lines, its records, and what it would repeat."""

    lines: tuple[str, ...]
    origins: tuple[Origin, ...]
    same_as: tuple[tuple[str, str], ...] = ()  # keys and values of an entry that says the same


def treatments(facts: Facts, numbers: Numbers) -> Iterator[Entry]:
    """Yield every course, the sessions, and the drugs whose names a person has to decide."""
    for course in facts.courses:
        yield _course(course, numbers)
    for given in facts.sessions:
        yield _sessions(given, numbers)
    for one in facts.unsure:
        yield _unsure(one, numbers)
    others = tuple(_other_drugs(facts.other_drugs))
    if others:
        yield Entry(others, ())


def _course(course: Course, numbers: Numbers) -> Entry:
    lines = [f"{_SPACE}- drug: {course.drug}"]
    if course.purpose:
        lines.append(f"{_IN}purpose: {course.purpose}")
    else:
        lines += question(f"What was it given for? Write {_PURPOSES}.", _IN)
        lines.append(f"{_IN}purpose:")
    lines += _augments(course)
    lines.append(f"{_IN}doses:")
    for dose in course.doses:
        lines += dose_lines(dose, numbers)
    for words in course.questions:
        lines += question(words, _IN)
    lines += _ongoing(course, numbers)
    lines += _how_it_went(course)
    if course.source:
        lines.append(f"{_IN}source: {course.source.value}")
    else:
        lines += question("Where is this known from?", _IN)
        lines.append(f"{_IN}# source: chart   # claims, pharmacy, patient_report, samples")
    origins = tuple(origin for dose in course.doses for origin in dose.origins)
    return Entry(tuple(lines), origins)


def _augments(course: Course) -> Iterator[str]:
    if course.augments:
        yield f"{_IN}augments: {course.augments}"
    elif course.added:
        yield from question("Was it added to an antidepressant? To which one?", _IN)
        yield f"{_IN}# augments:"


def dose_lines(dose: DoseFact, numbers: Numbers) -> Iterator[str]:
    """Yield the line of a dose, and before it what is open about it."""
    if dose.question:
        yield from question(dose.question, f"{_IN}  ")
    values = {_UNITS[dose.unit]: "" if dose.amount is None else f"{dose.amount:f}"}
    values["from"] = str(dose.start)
    if dose.end:
        values["to"] = str(dose.end)
    parts = ", ".join(f"{key}: {value}" for key, value in values.items())
    how = f": {dose.how}" if dose.how else ""
    yield f"{_IN}  - {{{parts}}}  # from {numbers.refs(dose.origins)}{how}"


def _ongoing(course: Course, numbers: Numbers) -> Iterator[str]:
    if course.still_taken:
        where = numbers.refs(course.still_taken)
        yield from question(f"{where} says that it is taken: is it still?", _IN)
        yield f"{_IN}# ongoing: yes"


WHY_STOPPED = "Why was it stopped, or is it still taken (`ongoing: yes`)?"


def _how_it_went(course: Course) -> Iterator[str]:
    if course.outcome:
        yield f"{_IN}outcome: {course.outcome}"
    else:
        yield from question(f"How did it go? One of: {_OUTCOMES}.", _IN)
        yield f"{_IN}# outcome:"
    if course.stopped_because:
        yield f"{_IN}stopped_because: {scalar(course.stopped_because)}"
    elif not course.still_taken:
        yield from question(WHY_STOPPED, _IN)
        yield f"{_IN}# stopped_because:"


_KINDS = {
    "tms": "Which protocol? Write it after `tms:`.",
    "ect": "Which placement? Write it after `ect:`.",
    "psychotherapy": "Which kind? Write it after `psychotherapy:`, such as CBT.",
}


def _sessions(given: SessionsFact, numbers: Numbers) -> Entry:
    lines = [
        *comment(f"from {numbers.refs(given.origins)}", _SPACE),
        *question(_KINDS[given.kind], _SPACE),
        f"{_SPACE}- {given.kind}:",
        f"{_IN}sessions: {given.count}",
        f"{_IN}from: {given.first}",
        f"{_IN}to: {given.last}",
        *question(f"How did it go? One of: {_OUTCOMES}.", _IN),
        f"{_IN}# outcome:",
        f"{_IN}source: chart",
    ]
    return Entry(tuple(lines), given.origins)


def _unsure(one: Unsure, numbers: Numbers) -> Entry:
    why = f"{one.why[:1].upper()}{one.why[1:]}."
    asked = (
        f"Is the drug below {' or '.join(one.near)}?"
        if one.near
        else "Which drug is the one below?"
    )
    name = one.near[0] if len(one.near) == 1 else ""
    lines = [
        *question(f"{asked} {why}", _SPACE, holds=True),
        # Beside the question: it goes when it is settled, and the records are not to come again.
        *comment(
            f"from {numbers.refs(one.origins)}: {'; '.join((one.written, *one.told))}.", _SPACE
        ),
        *comment("If it is a treatment of depression, or was added to one, write:", _SPACE),
        f"{_SPACE}# - drug: {name}".rstrip(),
        f"{_SPACE}#   doses: [{{mg_per_day: , from: , to: }}]",
    ]
    return Entry(tuple(lines), one.origins)


def _other_drugs(names: Iterable[str]) -> Iterator[str]:
    """Yield the names of drugs that are no treatment of depression as far as is known here."""
    found = [name for name in names if name]
    if found:
        words = "Not taken over: drugs that are neither for depression nor added to such a drug"
        yield from comment(f"{words}: {'; '.join(found)}.", _SPACE)


def scores(found: Iterable[ScoreFact], numbers: Numbers) -> Iterator[Entry]:
    """Yield every score; one that is not certain as a comment with its question."""
    for fact in found:
        values = {"scale": fact.scale, "total": "" if fact.total is None else str(fact.total)}
        values["on"] = str(fact.on or "")
        shown = {**values, "rater": scalar(fact.rater)} if fact.rater else values
        line = f"- {{{', '.join(f'{key}: {value}' for key, value in shown.items())}}}"
        lines = question(fact.question, _SPACE) if fact.question else []
        sure = fact.total is not None and fact.on is not None
        how = f": {fact.how}" if fact.how else ""
        lines.append(
            f"{_SPACE}{'' if sure else '# '}{line}  # from {numbers.refs(fact.origins)}{how}"
        )
        yield Entry(tuple(lines), fact.origins, tuple(values.items()))


def diagnoses(found: Iterable[DiagnosisFact], numbers: Numbers) -> Iterator[Entry]:
    """Yield the mental diagnoses, then the others as comments: a letter needs few of them."""
    told = False
    for fact in found:
        if not fact.mental and not told:
            words = (
                "Other conditions of the record: where the request needs one, write its ICD-10-CM "
                "code and remove the `# ` in front."
            )
            yield Entry(tuple(comment(words, _SPACE)), ())
            told = True
        yield _diagnosis(fact, numbers)


def _diagnosis(fact: DiagnosisFact, numbers: Numbers) -> Entry:
    values = {"code": fact.code}
    if fact.since:
        values["since"] = str(fact.since)
    entry = f"- {{{', '.join(f'{key}: {value}' for key, value in values.items())}}}"
    title = f": {fact.name}" if fact.name else ""
    how = f" ({fact.how})" if fact.how else ""
    where = f"# from {numbers.refs(fact.origins)}{title}{how}"
    if fact.mental and fact.code:
        return Entry((f"{_SPACE}{entry}  {where}",), fact.origins, (("code", fact.code),))
    asked = []
    if fact.mental and fact.question:
        asked = question(fact.question, _SPACE, holds=True)
    line = f"{_SPACE}# {entry}  {where}"
    return Entry((*asked, line), fact.origins, (("code", fact.code),) if fact.code else ())


def exhibits(found: Iterable[NoteFact], numbers: Numbers) -> Iterator[Entry]:
    """Yield every document; one that cannot be enclosed as it is as a comment."""
    for note in found:
        title = note.title[:_MOST_TEXT]
        kind = "chart_notes" if "note" in title.casefold() else "other"
        values = {"id": note.id, "title": title, "kind": kind, "file": note.file}
        line = f"- {mapping(values)}"
        day = f" of {note.on}" if note.on else ""
        lines = question(note.held, _SPACE) if note.held else []
        if not note.can_enclose:
            lines += question("Print this file as PDF and name that one here.", _SPACE)
        if not note.listed:
            line = f"# {line}"
        lines.append(f"{_SPACE}{line}  # from {numbers.ref(note.origin)}{day}")
        yield Entry(tuple(lines), (note.origin,))
