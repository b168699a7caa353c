"""The whole weighing of a case: which policy governs, what was found, which letter can be made."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from priorauth.criteria.appeal import STANCE, AnsweredReason, open_reasons, reasons
from priorauth.criteria.deadlines import Deadlines, deadlines_of
from priorauth.criteria.finding import Answer, Finding
from priorauth.payer import Stance, leaves
from priorauth.problems import listed
from priorauth.reference import Mark
from priorauth.silent import silent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.case import Case, CaseException, Coverage
    from priorauth.criteria.drug_trials import TrialVerdict
    from priorauth.library import Governing, LibraryPayer
    from priorauth.payer import AnyCriterion, Version
    from priorauth.problems import Problem

# What the case itself shows: no page of an exhibit is needed.
_SELF_EVIDENT = frozenset({"age", "prescriber", "quantity"})


class LetterKind(StrEnum):
    """What the letter asks for."""

    REQUEST = "request"
    EXCEPTION = "exception"
    RECORD = "record"
    GENERAL = "general"


@silent
class Question(NamedTuple):
    """Something that keeps the letter a draft: what to get, and from whom."""

    criterion: str
    text: str
    ask: str = ""


@silent
class OtherVersion(NamedTuple):
    """A version of the policy that may be the one in force, with the finding by it."""

    version: Version
    finding: Finding | None


@silent
class Verdict(NamedTuple):
    """One case weighed against the policy that governs it on one day."""

    case: Case
    day: date
    payer: LibraryPayer | None
    governing: Governing | None
    finding: Finding | None
    trials: tuple[TrialVerdict, ...]
    others: tuple[OtherVersion, ...] = ()  # that dates known in part leave possible
    doubts: tuple[tuple[str, str], ...] = ()  # about which rules apply, with whom to ask
    problems: tuple[Problem, ...] = ()  # of the library, and of what the case says in vain

    @property
    def refused(self) -> bool:
        """Return whether the payer pays only by an exception."""
        return self.stance is not None and self.stance.refuses

    @property
    def unproved(self) -> tuple[Finding, ...]:
        """Return the criteria that are met by the record, and for which it cites no page."""
        leaves = self.finding.leaves() if self.finding else ()
        return tuple(
            leaf
            for leaf in leaves
            if leaf.answer is Answer.MET
            and leaf.judgement.facts
            and not leaf.evidence
            and leaf.kind not in _SELF_EVIDENT
        )

    @property
    def stance(self) -> Stance | None:
        """Return what the payer's version says of the service; None when no policy is on file."""
        return self.governing.version.stance if self.governing else None

    @property
    def rule_day(self) -> date:
        """Return the day whose rules count: of an appeal that of the decision."""
        return self.case.appealed.on if self.case.appealed else self.day

    @property
    def deadlines(self) -> Deadlines:
        """Return by when who must have acted, as far as the plan is known."""
        return deadlines_of(self.case, self.day, self.governing.version if self.governing else None)

    @property
    def disputed(self) -> tuple[Version, ...]:
        """Return the versions that may be in force instead, and give another answer."""
        own = _outcome(self.stance, self.finding)
        return tuple(
            other.version
            for other in self.others
            if _outcome(other.version.stance, other.finding) != own
        )

    @property
    def rules(self) -> tuple[AnyCriterion, ...]:
        """Return the criteria that the case was weighed against."""
        version = self.governing.version if self.governing else None
        part = version.criteria_for(self.case.weighed_as) if version else None
        return leaves(part) if part else ()

    @property
    def overall(self) -> Answer:
        """Return whether the payer's criteria are met; unknown when none are on file.

        Unknown too where it depends on which version is in force.
        """
        if self.disputed:
            return Answer.UNKNOWN
        if self.refused:
            return Answer.NOT_MET
        return self.finding.answer if self.finding else Answer.UNKNOWN

    @property
    def kind(self) -> LetterKind:
        """Return which letter the stance and the findings call for."""
        if self.stance is Stance.NO_AUTHORIZATION_NEEDED:
            return LetterKind.RECORD
        if self.refused:
            return LetterKind.EXCEPTION
        if self.finding is None:
            return LetterKind.GENERAL
        not_met = self.finding.answer is Answer.NOT_MET
        return LetterKind.EXCEPTION if not_met else LetterKind.REQUEST

    @property
    def exceptions(self) -> tuple[CaseException, ...]:
        """Return the recorded exceptions that answer something that is not met."""
        needs = [need for need in self.needs if need[0].answer is Answer.NOT_MET]
        wanted = {name for _, names in needs for name in names}
        if self.refused:
            wanted.add(STANCE)
        return tuple(e for e in self.case.exceptions if e.criterion in wanted)

    @property
    def reasons(self) -> tuple[AnsweredReason, ...]:
        """Return the reasons of the decision that is appealed, each with what answers it."""
        return reasons(self.case, self.finding, self.exceptions)

    @property
    def needs(self) -> tuple[tuple[Finding, tuple[str, ...]], ...]:
        """Return each finding that stands in the way, with the ids that an exception may name."""
        return tuple(_needs(self.finding))

    @property
    def questions(self) -> tuple[Question, ...]:
        """Return all that must be answered before the letter is more than a draft."""
        return tuple(self._questions())

    def _questions(self) -> Iterator[Question]:
        given = {e.criterion for e in self.case.exceptions}
        if not self.case.diagnoses:
            yield Question("", "Which diagnosis is the request for?", "the prescriber")
        for text, ask in (*self.doubts, *open_reasons(self.reasons)):
            yield Question("", text, ask)
        if self.governing and self.disputed:
            yield _which(self.governing.version, self.disputed, self.rule_day)
        yield from _unsaid(self.case.coverage, self.governing)
        if self.refused and STANCE not in given:
            yield Question(
                STANCE,
                "The payer does not cover this: an exception needs the prescriber's reasons. "
                f"Write them under `exceptions:` with `criterion: {STANCE}`.",
                "the prescriber",
            )
        for finding, ids in self.needs:
            if finding.answer is Answer.UNKNOWN:
                yield _asked(finding)
            elif not given.intersection(ids):
                yield Question(
                    finding.id,
                    f"Not met. {finding.would_change or finding.requirement} Or ask for an "
                    "exception: the prescriber's reasons under `exceptions:` with "
                    f"`criterion: {finding.id}`.",
                    finding.judgement.ask or "the prescriber",
                )

    @property
    def ready(self) -> bool:
        """Return whether a letter can be sent."""
        return not self.questions

    @property
    def rests_on(self) -> dict[Mark, tuple[str, ...]]:
        """Return what the decision rests on, by how surely each of it is known."""
        if self.governing is None:
            return {}
        found = [(self.governing.version.source.mark, "the policy's source")]
        for leaf in self.finding.leaves() if self.finding else ():
            found += [(leaf.mark, leaf.id)] if leaf.mark else []
            found += [(m, f"the dose figures of {leaf.id}") for m in [leaf.judgement.mark] if m]
        return {
            mark: names
            for mark in Mark
            if (names := tuple(dict.fromkeys(name for its, name in found if its is mark)))
        }

    @property
    def marks(self) -> dict[Mark, tuple[str, ...]]:
        """Return what the decision rests on that was not read in a primary text, by its mark."""
        return {mark: names for mark, names in self.rests_on.items() if mark is not Mark.V}


Outcome = tuple[Stance | None, Answer | None, frozenset[tuple[str, Answer]]]


def _outcome(stance: Stance | None, finding: Finding | None) -> Outcome:
    """Return what a version leads to: its stance, its answer, and what stands in the way."""
    deciding = finding.deciding() if finding else ()
    return (
        stance,
        finding.answer if finding else None,
        frozenset((one.id, one.answer) for one in deciding),
    )


def _which(version: Version, others: tuple[Version, ...], day: date) -> Question:
    names = listed([version.id, *(other.id for other in others)], "and")
    return Question(
        "",
        f"The versions {names} of this policy can each be the one in force on {day}, and they do "
        f"not give the same answer. Which one is it? The findings shown are by {version.id}; with "
        "the exact `effective_from:` in the policy's file this question is settled.",
        "the payer",
    )


def _unsaid(coverage: Coverage, governing: Governing | None) -> Iterator[Question]:
    """Yield what the case must say so that the policy surely is the one for this plan."""
    policy = governing.file.policy if governing else None
    limits = {
        "line_of_business": (coverage.line_of_business, policy and policy.lines_of_business),
        "benefit": (coverage.benefit, policy and policy.benefits),
    }
    for key, (known, named) in limits.items():
        if named and known is None:
            kinds = listed(kind.value.replace("_", " ") for kind in named)
            words = key.replace("_", " ")
            yield Question(
                "",
                f"The policy is for {kinds} only: which {words} is it? "
                f"Write `{key}:` under `coverage:`.",
                "the plan",
            )


def _asked(finding: Finding) -> Question:
    """Return what to get so that an unknown is settled; of a choice, all that would do."""
    if not finding.parts:
        return Question(finding.id, finding.would_change, finding.judgement.ask)
    wanted = " Or: ".join(
        f"{leaf.would_change} Ask {leaf.judgement.ask}." for leaf in _open(finding)
    )
    return Question(finding.id, f"{finding.requirement}. What would do: {wanted}")


def _open(finding: Finding) -> Iterator[Finding]:
    """Yield the single criteria that can still turn an unknown finding."""
    if finding.answer is Answer.UNKNOWN:
        if not finding.parts:
            yield finding
        for part in finding.parts:
            yield from _open(part)


def _needs(finding: Finding | None) -> Iterator[tuple[Finding, tuple[str, ...]]]:
    """Yield each finding that stands in the way, with the ids that an exception may name.

    Inside a group that is unknown only its unknown parts are asked for. A choice is one need,
    whether it is open or not met: it has one question, and takes one exception.
    """
    if finding is None or finding.answer is Answer.MET:
        return
    if not finding.parts:
        yield finding, (finding.id,)
    elif finding.kind != "all":
        yield finding, (finding.id, *(leaf.id for leaf in finding.leaves()))
    else:
        same = finding.answer is Answer.UNKNOWN
        for part in finding.parts:
            if not same or part.answer is Answer.UNKNOWN:
                yield from _needs(part)
