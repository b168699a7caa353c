"""What a policy file says against what is known: its sources, versions, codes, names, examples.

Not for the form of the file: `library` reads it strictly.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from priorauth import datafile, samples
from priorauth import payer as rules
from priorauth.check.examples import ExampleResult, run_example
from priorauth.dates import years_before
from priorauth.problems import Problem, Severity, UnreadableError, listed, nearest
from priorauth.reference import drugs, icd10cm, services

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.datafile import Datafile, Trail
    from priorauth.library import Library, PolicyFile
    from priorauth.payer import AnyCriterion, Examples, Part, Policy, Version

ANSWERS = ("met", "not_met", "unknown")


def check_policy(file: PolicyFile, day: date) -> Iterator[Problem]:
    """Yield what is doubtful in a policy that reads well."""
    data = datafile.read(file.path)
    yield from _versions(data, file.policy, day)
    for number, version in enumerate(file.policy.versions):
        trail: Trail = ("versions", number)
        yield from _source(data, trail, version, day)
        if version.stance is rules.Stance.SILENT and version.criteria:
            what = "criteria stand here, and the stance still says that the payer is silent"
            yield _told(data, (*trail, "stance"), what, "Write covered, once the document says so.")
        for where, criterion in criteria_of(version, trail):
            yield from _names(data, where, criterion)
            if isinstance(criterion, rules.Quantity):
                yield from _codes(data, where, criterion, file.policy, version)


def _told(
    data: Datafile, trail: Trail, what: str, fix: str, severity: Severity = Severity.WARNING
) -> Problem:
    return Problem(severity, data.place(trail), what, fix)


def _versions(data: Datafile, policy: Policy, day: date) -> Iterator[Problem]:
    ordered = sorted(enumerate(policy.versions), key=lambda one: one[1].effective_from.first)
    for (_, earlier), (place, later) in pairwise(ordered):
        end = earlier.effective_to
        if end and end.last + timedelta(days=1) < later.effective_from.first:
            what = f"no version is in force between {earlier.id} and {later.id}"
            trail: Trail = ("versions", place, "effective_from")
            if earlier.gap_after:
                fix = f"{earlier.gap_after} Add the version once a source names its days."
                yield _told(data, trail, what, fix, Severity.HINT)
            else:
                fix = "Add the version that was, correct the days, or say why in `gap_after:`."
                yield _told(data, trail, what, fix)
    if not any(version.covers(day) for version in policy.versions):
        what = f"no version is in force on {day}"
        yield _told(data, ("versions",), what, "Add the version that the payer publishes now.")


def _source(data: Datafile, trail: Trail, version: Version, day: date) -> Iterator[Problem]:
    source, where = version.source, (*trail, "source")
    if source.url is None:
        what = "the source has no address where it can be looked up"
        yield _told(data, where, what, "Write `url:`, or in `note:` how it was got.")
    if source.read_on > day:
        fix = "Write the day on which it was read."
        what = "the source was read on a day that is still to come"
        yield _told(data, (*where, "read_on"), what, fix, Severity.ERROR)
    elif source.read_on < years_before(day, 1):
        what = "the source was read more than a year ago"
        fix = "Read it again; if nothing changed, write the new day."
        yield _told(data, (*where, "read_on"), what, fix)
    if version.not_read:
        what = "something of this policy was not read, and is not weighed"
        fix = "Read it when you can, and move it from `not_read:` to the criteria."
        yield _told(data, (*trail, "not_read"), what, fix, Severity.HINT)


def criteria_of(version: Version, trail: Trail) -> Iterator[tuple[Trail, AnyCriterion]]:
    """Yield each criterion of a version, those of its renewal too, with its place in the file."""
    if version.criteria:
        yield from _located(version.criteria, (*trail, "criteria"))
    if version.renewal and version.renewal.criteria:
        yield from _located(version.renewal.criteria, (*trail, "renewal", "criteria"))


def _located(part: Part, trail: Trail) -> Iterator[tuple[Trail, AnyCriterion]]:
    if not isinstance(part, rules.All | rules.AnyOf | rules.AtLeast):
        yield trail, part
        return
    key = {rules.All: "all", rules.AnyOf: "any", rules.AtLeast: "of"}[type(part)]
    for place, inner in enumerate(part.parts):
        yield from _located(inner, (*trail, key, place))


def _names(data: Datafile, trail: Trail, criterion: AnyCriterion) -> Iterator[Problem]:
    """Yield names that nothing can match: codes, drugs and classes that are not known here."""
    for key in ("one_of", "none_of", "diagnoses"):
        for place, code in enumerate(getattr(criterion, key, ())):
            if icd10cm.find(code) is None:
                what = f"no code of {icd10cm.EDITION} begins like this"
                fix = "Write a code or a category, such as F33 or F33.2."
                yield _told(data, (*trail, key, place), what, fix)
    if isinstance(criterion, rules.Augmentation):
        yield from _drugs(data, trail, criterion)


def _drugs(data: Datafile, trail: Trail, criterion: rules.Augmentation) -> Iterator[Problem]:
    for place, name in enumerate(criterion.agents):
        if drugs.find(name) is None:
            near = drugs.nearest_names(name)
            fix = f"Did you mean {listed(near)}?" if near else "Write the ingredient's name."
            yield _told(data, (*trail, "agents", place), "this drug is not known here", fix)
    known = sorted({part for drug in drugs.drugs() for part in drug.class_parts})
    for place, name in enumerate(criterion.classes):
        if name not in known:
            near = nearest(name, known) or tuple(known)
            what, fix = "no drug here has this class", f"Did you mean {listed(near)}?"
            yield _told(data, (*trail, "classes", place), what, fix)


def _codes(
    data: Datafile, trail: Trail, criterion: rules.Quantity, policy: Policy, version: Version
) -> Iterator[Problem]:
    for code in criterion.most_units:
        known = [found for name in policy.services if (found := _code(name, code))]
        where = (*trail, "most_units", code)
        if not known:
            what = "this code is not on file for the policy's service"
            yield _told(data, where, what, "Check it in the policy; requests would not carry it.")
        elif not any(_in_time(found, version) for found in known):
            what = "this code is not valid while the version is in force"
            yield _told(data, where, what, "Write the code that replaced it.")


def _code(service: str, code: str) -> services.ServiceCode | None:
    found = services.find(service)
    return found.code(code) if found else None


def _in_time(code: services.ServiceCode, version: Version) -> bool:
    """Return whether a code is valid on some day of the version."""
    end = version.effective_to
    starts_late = end is not None and code.valid_from is not None and code.valid_from > end.last
    ends_early = code.valid_to is not None and code.valid_to < version.effective_from.first
    return not (starts_late or ends_early)


def check_examples(library: Library, file: PolicyFile) -> Iterator[Problem]:
    """Yield each worked example that fails, and each answer of a criterion that none shows."""
    path = library.files(file.payer_id, f"{file.id}.examples.yaml")
    if not path:
        data = datafile.read(file.path)
        what = "the policy has no worked examples: nobody has seen it decide a case"
        yield _told(data, (), what, f"Write {file.id}.examples.yaml beside it.")
        return
    data = datafile.read(path[0])
    try:
        examples = library.examples(file)
    except UnreadableError as error:
        yield from error.problems
        return
    results: list[ExampleResult] = []
    if examples:
        yield from _held(data, examples, file, results)
    seen: dict[tuple[str, str], set[str]] = defaultdict(set)
    for result in results:
        for name, answer in result.expected.items():
            seen[result.found["version"], name].add(answer)
    yield from _unshown(data, file, seen)


def _held(
    data: Datafile, examples: Examples, file: PolicyFile, results: list[ExampleResult]
) -> Iterator[Problem]:
    """Yield what is wrong with the examples one by one, and add what comes out to the results."""
    try:
        samples.find(examples.base)
    except samples.UnknownSampleError as error:
        what, _, fix = str(error).partition(". ")
        yield _told(data, ("base",), what[:1].lower() + what[1:], fix, Severity.ERROR)
        return
    for place, example in enumerate(examples.examples):
        try:
            result = run_example(examples, example, file)
        except UnreadableError as error:
            yield from (_made(data, place, problem) for problem in error.problems)
            continue
        results.append(result)
        yield from _differing(data, place, result)


def _differing(data: Datafile, place: int, result: ExampleResult) -> Iterator[Problem]:
    for name, expected in result.expected.items():
        found = result.found.get(name, "nothing: no criterion or version has this id")
        if found != expected:
            what = f"the example expects {expected}, and what comes out is {found}"
            fix = "Correct the policy or the example, whichever is wrong."
            trail = ("examples", place, "expect", name)
            yield _told(data, trail, what, fix, Severity.ERROR)


def _made(data: Datafile, place: int, problem: Problem) -> Problem:
    """Return what is wrong with the case that an example makes, told where the example stands."""
    field = f"{problem.place.field}: " if problem.place.field else ""
    what = f"in the case that this example makes: {field}{problem.what}"
    return _told(data, ("examples", place), what, problem.fix, problem.severity)


def _unshown(
    data: Datafile, file: PolicyFile, seen: dict[tuple[str, str], set[str]]
) -> Iterator[Problem]:
    for number, version in enumerate(file.policy.versions):
        for _, criterion in criteria_of(version, ("versions", number)):
            missing = [
                answer.replace("_", " ")
                for answer in ANSWERS
                if answer not in seen[version.id, criterion.id] | never(criterion)
            ]
            if missing:
                what = f"no example of version {version.id} shows {criterion.id} {listed(missing)}"
                fix = "Add one, so that a later change is noticed."
                yield _told(data, ("examples",), what, fix, Severity.HINT)


def never(criterion: AnyCriterion) -> set[str]:
    """Return the answers that no case can be given on a criterion, as its kind is measured.

    A birth date is always known, and what is not required is always met. Where a colleague may
    have been consulted, another specialty is a question; so is no antidepressant on record, and no
    psychotherapy where a try is all that is asked.
    """
    match criterion:
        case rules.Age():
            return {"unknown"}
        case rules.PrescriberIs(or_consultation=True):
            return {"not_met"}
        case rules.ConcurrentAntidepressant(rule="not_required"):
            return {"not_met", "unknown"}
        case rules.ConcurrentAntidepressant(stable_weeks=None, not_failed=False):
            return {"not_met"}
        case rules.PsychotherapyTried(sessions=None, weeks=None, outcomes=(), window=window):
            return {"not_met"} if window == rules.Window() else set()
    return set()
