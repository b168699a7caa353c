"""What an import found, added to a case file that a person has written in.

Lines are put in between, and values into places that are empty: no other character of the file
changes. Not for deciding: where the file and the record differ, the file stays as it is.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from priorauth import datafile
from priorauth.importers.draft import FILES, draft, history, people
from priorauth.importers.draft.words import Numbers, question
from priorauth.problems import PriorAuthError, Problem, Severity, UnreadableError
from priorauth.reference import drugs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from priorauth.datafile import Datafile
    from priorauth.importers import Imported
    from priorauth.importers.draft.history import Entry
    from priorauth.importers.facts import Course, CoverageFact, DoseFact, Facts
    from priorauth.importers.records import Origin
    from priorauth.reference.services import Service

_FILE = re.compile(r"#   \[(\d+)\] (.+)")
_EMPTY = (datafile.NO_VALUE, datafile.NULL)
_FILLED = (("patient", "name"), ("patient", "birth_date"), ("coverage", "member_id"))
_SECTIONS = ("diagnoses", "treatments", "scores", "exhibits")


class OtherPatientError(PriorAuthError):
    """The case file is about somebody else."""

    def __init__(self, path: str) -> None:
        """Name the file and the way out."""
        super().__init__(
            f"{path} is about another patient than these records, by name or birth date: nothing "
            "was changed. Name another file with -o, or compare both."
        )


class OtherRequestError(PriorAuthError):
    """The case file asks for something else."""

    def __init__(self, path: str, what: str) -> None:
        """Name the file and the way out."""
        super().__init__(
            f"{path} names another {what} than this command: nothing was changed. "
            "Name another file with -o, or correct the command."
        )


@dataclass(frozen=True)
class Merged:
    """The case file with what is new in it, and where it differs from the record."""

    text: str
    facts: Facts  # what was added
    problems: tuple[Problem, ...]


def merge(text: str, name: str, imported: Imported, service: Service, day: date) -> Merged:
    """Return the case file `text`, named `name`, with what the records add to it.

    Raises UnreadableError where the file cannot be read, OtherPatientError and
    OtherRequestError where it is another case.
    """
    data = datafile.parse(text, name)
    broken = [fault for fault in data.faults if fault.what not in _EMPTY]
    if broken or not isinstance(data.value, dict):
        raise UnreadableError(replace(data, faults=tuple(broken) or data.faults).problems)
    _refuse_others(data.value, name, imported, service)
    numbers = _numbers(text)
    for file in imported.records.files:
        numbers.of(file)
    new = _new(imported, data.value, text, numbers)
    if _names_new_files(imported, text):
        new = replace(new, doubts=imported.facts.doubts)
    made = draft(replace(imported, facts=new), service, "", day, numbers)
    page = _Page(text, data)
    if _names_new_files(imported, text):
        page.doubts(imported.facts, numbers)
    page.files(made.files[1:])
    page.fill(imported.facts, numbers)
    page.doses(imported.facts, numbers)
    for section in _SECTIONS:
        page.entries(section, made.lists[section])
    merged = page.text()
    _hold(data, merged, name)
    return Merged(merged, new, tuple(_differences(data, imported)))


def difference(before: str, after: str, name: str) -> str:
    """Return what a merge changes, line by line."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), name, f"{name}, merged", lineterm="", n=2
    )
    return "\n".join(lines)


def _refuse_others(value: Any, name: str, imported: Imported, service: Service) -> None:  # noqa: ANN401 - a case file's values
    known = _at(value, "patient", "name")
    person = imported.facts.patient
    if person and isinstance(known, dict):
        pairs = ((known.get("family"), person.family), (known.get("given"), person.given))
        born = (_at(value, "patient", "birth_date"), str(person.birth_date or ""))
        for own, theirs in (*pairs, born):
            if own and theirs and str(own).casefold() != theirs.casefold():
                raise OtherPatientError(name)
    asked = _at(value, "request", "service")
    if asked and asked != service.id:
        raise OtherRequestError(name, "service")
    payer = _at(value, "coverage", "payer")
    if payer and imported.payer and not imported.payer.is_named(str(payer)):
        raise OtherRequestError(name, "payer")


def _at(value: Any, *keys: str) -> Any:  # noqa: ANN401 - a case file's values
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _numbers(text: str) -> Numbers:
    return Numbers({found[2]: int(found[1]) for found in _FILE.finditer(text)})


def _names_new_files(imported: Imported, text: str) -> bool:
    """Return whether records of other files come in: those of the old ones were looked at."""
    known = _numbers(text).known
    return any(" ".join(file.split()) not in known for file in imported.records.files)


def _differences(data: Datafile, imported: Imported) -> Iterator[Problem]:
    """Yield where the plan of the record is not that of the file, without either value."""
    plan = imported.facts.coverage
    own = _at(data.value, "coverage", "member_id")
    if plan.certain and plan.record and own:
        told = plan.record.member_id or plan.record.subscriber_id
        if told and told != own:
            what = "the record has another member number than the case file"
            place = data.place(("coverage", "member_id"))
            yield Problem(Severity.WARNING, place, what, "Compare both with the member's card.")


# --- what is new ----------------------------------------------------------------------------------


def _new(imported: Imported, value: Any, text: str, numbers: Numbers) -> Facts:  # noqa: ANN401 - a case file's values
    """Return the facts that the file does not have: by the record that it names, or by value."""
    facts = imported.facts
    here = _Known(text, value, numbers)
    courses = (here.new_course(course) for course in facts.courses)
    return replace(
        facts,
        doubts=(),
        courses=tuple(course for course in courses if course),
        unsure=tuple(one for one in facts.unsure if not here.names(one.origins)),
        sessions=tuple(one for one in facts.sessions if not here.names(one.origins)),
        scores=tuple(
            one
            for one in facts.scores
            if not here.names(one.origins)
            and (one.scale, str(one.total), str(one.on or "")) not in here.scores
        ),
        diagnoses=tuple(
            one
            for one in facts.diagnoses
            if not here.names(one.origins) and (not one.code or one.code not in here.codes)
        ),
        notes=tuple(one for one in facts.notes if not here.names((one.origin,))),
        other_drugs=(),
    )


class _Known:
    """What a case file holds already."""

    def __init__(self, text: str, value: Any, numbers: Numbers) -> None:  # noqa: ANN401 - a case file's values
        self.text = text
        self.numbers = numbers
        self.scores = {
            (str(one.get("scale")), str(one.get("total")), str(one.get("on")))
            for one in _entries(value, "scores")
        }
        self.codes = {str(one.get("code")) for one in _entries(value, "diagnoses")}
        self.doses = set(_doses_of(value))

    def names(self, origins: Iterable[Origin]) -> bool:
        """Return whether the file names one of the records."""
        return any(_named(self.numbers.ref(origin), self.text) for origin in origins)

    def has(self, course: Course, dose: DoseFact) -> bool:
        """Return whether the file has a dose."""
        amount = "" if dose.amount is None else f"{dose.amount:f}"
        same = (course.agent, amount, str(dose.start), str(dose.end or ""))
        return self.names(dose.origins) or same in self.doses

    def new_course(self, course: Course) -> Course | None:
        """Return a course of which the file has nothing; one that it has in part is no new one."""
        if any(self.names(dose.origins) for dose in course.doses):
            return None
        left = tuple(dose for dose in course.doses if not self.has(course, dose))
        return replace(course, doses=left) if left else None


def _named(ref: str, text: str) -> bool:
    return re.search(re.escape(ref) + r"(?![\w-])", text) is not None


def _entries(value: Any, section: str) -> list[Any]:  # noqa: ANN401 - a case file's values
    found = value.get(section)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _doses_of(value: Any) -> Iterator[tuple[str, str, str, str]]:  # noqa: ANN401 - the same
    for one in _entries(value, "treatments"):
        product = drugs.find(str(one.get("drug", "")))
        for dose in _entries(one, "doses") if product else ():
            amount = next((str(v) for k, v in dose.items() if k not in ("from", "to")), "")
            agent = product.drug.agent if product else ""
            yield agent, amount, str(dose.get("from", "")), str(dose.get("to", ""))


# --- the page -------------------------------------------------------------------------------------


class _Page:
    """The lines of a case file, with what is to be put in between."""

    def __init__(self, text: str, data: Datafile) -> None:
        self.lines = text.split("\n")
        self.data = data
        self.added: dict[int, list[str]] = {}  # after how many lines

    def text(self) -> str:
        """Return the page with what was put in."""
        parts = [*self.added.get(0, ())]
        for number, line in enumerate(self.lines, 1):
            parts.append(line)
            parts += self.added.get(number, ())
        return "\n".join(parts)

    def put(self, after: int, lines: Iterable[str]) -> None:
        """Put lines in after a line of the page."""
        self.added.setdefault(after, []).extend(lines)

    def files(self, lines: Iterable[str]) -> None:
        """Name the files that are not named yet."""
        new = [line for line in lines if line not in self.lines]
        places = [n for n, line in enumerate(self.lines, 1) if _FILE.fullmatch(line)]
        if not new:
            return
        if places:
            self.put(places[-1], new)
        else:
            head = next((n for n, line in enumerate(self.lines) if line[:1] != "#"), 0)
            self.put(head, [FILES, *new])

    def doubts(self, facts: Facts, numbers: Numbers) -> None:
        """Put in what is not certain of the patient and the plan of other records."""
        known = {one.words for one in self.data.left_open}
        head = self.data.lines.get(("patient",), 1) - 1
        for words in facts.doubts:
            self.put(head, question(words, holds=True) if words not in known else ())
        plan = facts.coverage
        start = self.data.lines.get(("coverage",))
        if start and plan.question and not self._asks(plan):
            end = max(n for trail, n in self.data.lines.items() if trail[:1] == ("coverage",))
            self.put(end, people.plan_in_question(plan, numbers))

    def _asks(self, plan: CoverageFact) -> bool:
        """Return whether the file asks about a plan of this payer already."""
        end = f": {plan.payer_name}".rstrip() if plan.record else f"of {plan.payer_name}."
        every = (one for one in self.data.left_open if one.words == plan.question)
        return any(one.below.endswith(end) for one in every)

    def fill(self, facts: Facts, numbers: Numbers) -> None:
        """Write name, birth date and member number where the file has an empty place for them."""
        told = [*people.patient(facts.patient, numbers)]
        if facts.coverage.certain:
            told += people.coverage(facts.coverage, "", numbers)
        for section, key in _FILLED:
            line = next((one for one in told if one.startswith(f"  {key}: ")), "")
            value = line.partition(": ")[2].strip()
            place = self.data.lines.get((section, key))
            if value.startswith(("#", '""')) or "given: ," in value:
                continue  # the import has nothing for this place
            if place and value and self._is_empty((section, key)):
                self.lines[place - 1] = _filled(self.lines[place - 1], key, value)

    def _is_empty(self, trail: tuple[str, ...]) -> bool:
        """Return whether everything at a place is empty."""
        found = _at(self.data.value, *trail)
        return found is None or found == {}

    def doses(self, facts: Facts, numbers: Numbers) -> None:
        """Put new doses of a course behind the last of its doses that the file has."""
        known = _Known("\n".join(self.lines), self.data.value, numbers)
        for course in facts.courses:
            new = [dose for dose in course.doses if not known.has(course, dose)]
            place = self._last_dose(course, numbers)
            if new and place:
                self.put(
                    place, [line for dose in new for line in history.dose_lines(dose, numbers)]
                )

    def _last_dose(self, course: Course, numbers: Numbers) -> int | None:
        refs = [numbers.ref(origin) for dose in course.doses for origin in dose.origins]
        found = [
            number
            for number, line in enumerate(self.lines, 1)
            if line.startswith("      - {") and any(_named(ref, line) for ref in refs)
        ]
        return max(found, default=None)

    def entries(self, section: str, entries: Iterable[Entry]) -> None:
        """Put entries at the end of their section; begin the section where there is none."""
        every = [entry for entry in entries if entry.origins]
        apart = [""] if section == "treatments" else []
        if not apart:  # as a whole: the question of one entry can have the words of another's
            every = [entry for entry in every if not set(entry.lines) <= set(self.lines)]
        lines = [line for entry in every for line in (*apart, *entry.lines)]
        if not lines:
            return
        start = self.data.lines.get((section,))
        if start is None:
            self._begin(section, lines)
        elif self.lines[start - 1].split("#")[0].strip() != f"{section}:":
            words = "The import found more: write it into the list above."
            shown = [f"# {line}" for line in lines if line]
            self.put(start, [*question(words), *shown])
        else:
            self.put(self._end(section, start), lines)

    def _begin(self, section: str, lines: list[str]) -> None:
        example = f"# {section}:"
        place = next((n for n, line in enumerate(self.lines) if line == example), None)
        if place is None:
            place = len(self.lines)
            while place and not self.lines[place - 1].strip():
                place -= 1
        live = any(not line.lstrip().startswith("#") for line in lines)
        head = [f"{section}:" if live else f"# {section}:"]
        self.put(place, [*head, *(line for line in lines if line), ""])

    def _end(self, section: str, start: int) -> int:
        """Return the last line of a section: its values, and the indented lines behind them."""
        last = max(line for trail, line in self.data.lines.items() if trail[:1] == (section,))
        last = max(last, start)
        while last < len(self.lines) and self.lines[last].startswith(" "):
            last += 1
        return last


def _filled(line: str, key: str, value: str) -> str:
    """Return a line with a value in its empty place; what stands behind it stays."""
    found = re.fullmatch(rf'(\s*{key}:)(?:\s*(?:""|\{{[^}}]*\}}))?(\s*#.*)?\s*', line)
    return f"{found[1]} {value}{found[2] or ''}" if found else line


# --- nothing is lost ------------------------------------------------------------------------------


class UnmergeableError(PriorAuthError):
    """The file is written in a way that lines cannot be put into."""

    def __init__(self, name: str) -> None:
        """Name the file and the way out."""
        super().__init__(
            f"{name} is written in a way that nothing can be added to line by line: nothing was "
            "changed. Import into another file with -o, and copy what is new from there."
        )


def _hold(before: Datafile, merged: str, name: str) -> None:
    """Raise UnmergeableError unless the merged file holds all that was there, in its order."""
    after = datafile.parse(merged, name)
    broken = [fault for fault in after.faults if fault.what not in _EMPTY]
    if broken or not _holds(after.value, before.value):
        raise UnmergeableError(name)


def _holds(after: Any, before: Any) -> bool:  # noqa: ANN401 - values of a case file
    if isinstance(before, dict):
        return isinstance(after, dict) and all(
            key in after and _holds(after[key], value) for key, value in before.items()
        )
    if isinstance(before, list):
        rest: Iterator[Any] = iter(after if isinstance(after, list) else ())
        return all(any(_holds(one, value) for one in rest) for value in before)
    return bool(after == before)
