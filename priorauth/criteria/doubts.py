"""What keeps the library's answer in doubt: a broken file, no version in force, other rules.

Not for the criteria themselves: these doubts are about which criteria apply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.payer import DiagnosisIs, Stance, leaves
from priorauth.problems import Place, Problem, Severity, errors, listed, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.case import Case
    from priorauth.library import Governing, Library, LibraryPayer
    from priorauth.payer import Policy, Version

ADMINISTRATOR = "the administrator of the library"


def library_problems(library: Library, found: LibraryPayer | None) -> tuple[Problem, ...]:
    """Return what is wrong with the payer's files; with all payer files when it was not found."""
    if found:
        return found.problems
    return tuple(problem for one in library.unnamed() for problem in one.problems)


def left_open(case: Case) -> Iterator[tuple[str, str]]:
    """Yield each question in the comments of the case's file that holds the letter back."""
    for one in case.left_open:
        if one.holds:
            where = f"It is marked QUESTION on line {one.first} of the case file"
            yield f"{one.words} {where}: settle it with the record, then remove it there.", ""


def doubts(
    case: Case, library: Library, found: LibraryPayer | None, governing: Governing | None, day: date
) -> Iterator[tuple[str, str]]:
    """Yield each doubt as a question with whom to ask."""
    for problem in errors(library_problems(library, found)):
        yield f"A file of the library cannot be used: {problem}", ADMINISTRATOR
    if governing is None:
        if library.lapsed(case, day):
            text = f"This payer's policy is on file, but no version of it is in force on {day}."
            yield f"{text} Ask for the rules of that day.", "the payer"
        return
    version = governing.version
    if version.stance is Stance.COVERED and version.criteria_for(case.weighed_as) is None:
        kind = case.weighed_as.value
        yield f"What the payer asks for a request of the kind {kind} is not on file.", "the payer"
    if other := _other_indication(case, version):
        text = f"The policy on file is for {version.indication}, the request for {other}."
        yield f"{text} Ask for its rules, or correct `indication:`.", "the payer"
    if _other_illness(case, version):
        text = f"The policy on file is for {version.indication}, the first diagnosis is another."
        yield f"{text} Which diagnosis is the request for? It comes first.", "the prescriber"


def _other_illness(case: Case, version: Version) -> bool:
    """Return whether the first diagnosis is surely not what the version is for.

    A version that names the diagnosis codes by a criterion is left to it.
    """
    part = version.criteria_for(case.weighed_as)
    if part is None or any(isinstance(leaf, DiagnosisIs) for leaf in leaves(part)):
        return False
    named = (version.indication or "").casefold()
    meant = [
        one for one in case.request.known_service.approvals if one.indication.casefold() == named
    ]
    first = case.diagnoses[:1]
    return bool(meant) and any(not any(a.covers(d.code) for a in meant) for d in first)


def _other_indication(case: Case, version: Version) -> str:
    """Return what the request is for when the version surely is for something else."""
    approvals = case.request.known_service.approvals
    asked = next((a.indication for a in approvals if a.id == case.request.indication), "")
    known = {a.indication.casefold() for a in approvals}
    named = (version.indication or "").casefold()
    return asked if asked and named in known and asked.casefold() != named else ""


def not_governed(
    case: Case, library: Library, found: LibraryPayer | None, governing: Governing | None
) -> Iterator[Problem]:
    """Yield a warning where no policy governs, and a word of the case may be why."""
    if found is None:
        near = listed(library.nearest(case.coverage.payer))
        yield _warning(
            "coverage.payer",
            "this payer is not on file: the letter claims no criteria",
            f"Did you mean {near}?" if near else "Check the spelling against `priorauth payers`.",
        )
    elif governing is None:
        for policy in library.for_other_plans(case):
            yield from _another_plan(case, policy)


def _another_plan(case: Case, policy: Policy) -> Iterator[Problem]:
    """Yield a warning for each word on the plan that keeps a policy of the payer away."""
    said = (
        ("line_of_business", case.coverage.line_of_business, policy.lines_of_business),
        ("benefit", case.coverage.benefit, policy.benefits),
    )
    for key, written, named in said:
        if named and written not in (None, *named):
            kinds = listed(kind.value.replace("_", " ") for kind in named)
            yield _warning(
                f"coverage.{key}",
                f"the payer's policy on file for this service, {policy.title}, is for another "
                f"{key.replace('_', ' ')} ({kinds}): the letter claims no criteria",
                "Compare the word here with the member's card; if it is right, ask the payer for "
                "the policy of this plan.",
            )


def unheard(
    case: Case, found: LibraryPayer | None, ids: set[str], asked: set[str]
) -> Iterator[Problem]:
    """Yield a warning for what the case says and nothing hears.

    `ids` are the criteria that an exception may name, `asked` the attestations of the policy.
    """
    if found is None:
        return
    named = [(f"exceptions.{n}", one.criterion) for n, one in enumerate(case.exceptions)]
    reasons = case.appealed.reasons if case.appealed else ()
    named += [(f"answer.reasons.{n}", one.criterion or "") for n, one in enumerate(reasons)]
    for place, criterion in named:
        if ids and criterion and criterion not in ids:
            names = listed(nearest(criterion, ids) or sorted(ids))
            yield _warning(
                f"{place}.criterion",
                "the policy has no criterion of this name, so this is not used",
                f"Write {names}.",
            )
    for name in case.attestations:
        near = nearest(name, asked - set(case.attestations), most=1)
        if asked and name not in asked and near:
            yield _warning(
                f"attestations.{name}",
                "the policy asks no question of this name",
                f"Did you mean `{near[0]}`?",
            )


def changed_since(
    case: Case, library: Library, decided: Governing | None, day: date
) -> Iterator[Problem]:
    """Yield a warning when another version is in force than on the day of the decision."""
    now = library.governing(case, day)
    if now and now.version.id != (decided.version.id if decided else ""):
        yield _warning(
            "answer.on",
            "since this decision another version of the policy has come into force: "
            f"{now.version.id}",
            "The letter answers by the version of the decision; a new request may do better.",
        )


def _warning(field: str, what: str, fix: str) -> Problem:
    return Problem(Severity.WARNING, Place("", 0, field), what, fix)
