"""The sheet for the prescriber's call with the payer's reviewer: one page, never sent.

It says what the letter says, shorter. What has no room is counted and left to the letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from priorauth.criteria import Answer
from priorauth.criteria.appeal import STANCE
from priorauth.criteria.drug_trials import capital
from priorauth.dates import shown
from priorauth.letter import findings
from priorauth.letter.cites import Citer
from priorauth.letter.contract import FindingLine, Objection, Row, Sheet, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.criteria import Finding, Verdict
    from priorauth.criteria.appeal import AnsweredReason
    from priorauth.letter.cites import Numbering
    from priorauth.letter.contract import CriterionRow, Letter, TreatmentRow

_ALL = 1_000_000


@dataclass(frozen=True)
class _Room:
    """How much a sheet says: the most facts of a finding, and whether it is set small."""

    facts: int
    tight: bool = False

    @property
    def tried(self) -> int:
        """Return how many treatments are listed, a line each."""
        return self.facts * 5


# From the fullest sheet to the shortest.
_ROOMS = (
    _Room(_ALL),
    _Room(_ALL, tight=True),
    *(_Room(most, tight=True) for most in (4, 2, 1, 0)),
)


def sheets(verdict: Verdict, letter: Letter, numbering: Numbering) -> Iterator[Letter]:
    """Yield the letter's content with its sheet, the fullest sheet first, ever shorter ones after.

    The numbering is that of the packet, whose pages the sheet cites.
    """
    maker = _Maker(verdict, letter, numbering)
    for room in _ROOMS:
        yield replace(letter, sheet=maker.sheet(room))


def left_out(letter: Letter) -> int:
    """Return how many facts a letter's sheet leaves to the letter."""
    found = letter.sheet
    if found is None:
        return 0
    facts = sum(one.left_out for one in found.findings)
    return facts + sum(one.left_out for one in found.objections) + found.history_left_out


class _Maker:
    """Makes sheets of one letter, with more or less room."""

    def __init__(self, verdict: Verdict, letter: Letter, numbering: Numbering) -> None:
        self._verdict = verdict
        self._letter = letter
        self._numbering = numbering
        self._cite = Citer(verdict.case, numbering)
        self._numbers = {row.id: row.number for row in letter.criteria}
        self._objected = {name for _, names in verdict.needs for name in names}

    def sheet(self, room: _Room) -> Sheet:
        tried = () if self._letter.criteria else tuple(_history(self._letter))
        return Sheet(
            tight=room.tight,
            letter_pages=self._numbering.letter_pages,
            policy=tuple(_policy(self._verdict)),
            call=tuple(_call(self._verdict, self._letter)),
            reasons=tuple(self._reason(one) for one in self._verdict.reasons),
            objections=tuple(self._objections(room)),
            findings=tuple(_line(row, room) for row in self._letter.criteria if self._is_met(row)),
            history=tried[: room.tried],
            history_left_out=len(tried[room.tried :]),
            clocks=tuple(_clocks(self._verdict)),
        )

    def _reason(self, one: AnsweredReason) -> Statement:
        """Return a reason of the payer with what answers it; its facts stand at the criterion."""
        cites = list(one.reason.evidence)
        answers = []
        if one.finding:
            number = self._numbers.get(one.finding.id, "")
            answers.append(f"criterion {number}, {one.finding.answer.shown}")
        if one.exceptions:
            answers.append("an exception is asked for")
            cites += [e for asked in one.exceptions for e in asked.evidence]
        if one.reason.reply:
            answers.append(f"the reply of {one.reason.reply.by}")
            cites += one.reason.reply.evidence
        text = " ".join(one.reason.text.split()).rstrip(".")
        return Statement(f"{text}. Answer: {'; '.join(answers) or 'none yet'}", self._cite(cites))

    def _objections(self, room: _Room) -> Iterator[Objection]:
        if self._verdict.refused:
            stance = findings.stance(self._verdict)
            yield Objection("", stance, "", (), 0, "", self._asked((STANCE,)))
        for finding, names in self._verdict.needs:
            facts = tuple(self._facts(finding))
            yield Objection(
                number=self._numbers.get(finding.id, ""),
                requirement=finding.requirement,
                finding=finding.answer.shown,
                facts=facts[: room.facts],
                left_out=len(facts[room.facts :]),
                would_change=_for_a_call(_would_change(finding)),
                asked=self._asked(names),
            )

    def _facts(self, finding: Finding) -> Iterator[Statement]:
        """Yield what the record holds of what stands in the way, and why that is not enough."""
        for leaf in finding.deciding():
            yield from (Statement(f.text, self._cite(f.evidence)) for f in leaf.judgement.facts)
            if leaf.judgement.reason:
                yield Statement(capital(leaf.judgement.reason), ())

    def _is_met(self, row: CriterionRow) -> bool:
        """Return whether a criterion is no objection: each stands on the page once."""
        return row.id not in self._objected or row.finding == Answer.MET.shown

    def _asked(self, names: tuple[str, ...]) -> tuple[Statement, ...]:
        """Return who asks for an exception to one of these criteria."""
        return tuple(
            Statement(f"{one.by}, {shown(one.on)}", self._cite(one.evidence))
            for one in self._verdict.exceptions
            if one.criterion in names
        )


def _policy(verdict: Verdict) -> Iterator[Row]:
    if verdict.governing is None:
        yield Row("Policy", "none of this payer is on file for this service: ask for its criteria")
        return
    version, source = verdict.governing.version, verdict.governing.version.source
    since = shown(version.effective_from)
    yield Row("Policy", f"{findings.policy(verdict)}; version {version.id}, in force from {since}")
    who = "the payer's own document" if source.read == "own_document" else "a secondary page"
    yield Row("Read in", f"{who}, on {shown(source.read_on)}, mark {source.mark}")


def _call(verdict: Verdict, letter: Letter) -> Iterator[Row]:
    """Yield whom to call; what is not recorded is left out."""
    answer = verdict.case.appealed
    if letter.payer.phone:
        to = ", ".join(filter(None, (letter.payer.name, letter.payer.department)))
        yield Row("Call", f"{letter.payer.phone} ({to})")
    if answer and answer.reference:
        yield Row("Reference", f"{answer.reference}, decision of {shown(answer.on)}")
    yield Row("Prescriber", f"{letter.signer.label}, {letter.signer.value}: {letter.peer_to_peer}")


def _line(row: CriterionRow, room: _Room) -> FindingLine:
    kept, rest = row.facts[: room.facts], row.facts[room.facts :]
    keeps_reason = bool(room.facts or not row.facts)
    return FindingLine(
        number=row.number,
        requirement=row.requirement,
        finding=row.finding,
        facts=kept,
        left_out=len(rest) + (1 if row.reason and not keeps_reason else 0),
        cites=tuple(dict.fromkeys(cite for fact in rest for cite in fact.cites)),
        reason=row.reason if keeps_reason else "",
    )


def _history(letter: Letter) -> Iterator[Statement]:
    for group in letter.treatments:
        yield from (Statement(_tried(row), row.cites) for row in group.rows)


def _tried(row: TreatmentRow) -> str:
    kind = f" ({row.drug_class})" if row.drug_class else ""
    return ", ".join(filter(None, (f"{row.name}{kind}", row.highest, row.dates, row.time))) + (
        f": {row.outcome}" if row.outcome else ""
    )


def _clocks(verdict: Verdict) -> Iterator[Row]:
    for one in verdict.deadlines.found:
        yield Row(one.name.capitalize(), f"{one.told} ({one.rule}, mark {one.mark})")


def _would_change(finding: Finding) -> str:
    """Return what would change a finding; of a choice, each part that can do it."""
    parts = [one.would_change for one in finding.deciding() if one.would_change]
    return " Or: ".join(dict.fromkeys(parts))


def _for_a_call(text: str) -> str:
    """Return words for staff without what to write into the case file, where others remain."""
    sentences = re.split(r"(?<=[.?!]) ", text)
    spoken = [one for one in sentences if not (one.startswith("Write") and "`" in one)]
    return re.sub(r"`([^`]*?):?`", r"\1", " ".join(spoken or sentences))
