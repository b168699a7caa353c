"""Two libraries side by side: what changed in their files, findings and letters.

For an administrator to look at before publishing. Not for whether a library is right: `check`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from priorauth.compare import documents, files, outcomes
from priorauth.compare.documents import Pair
from priorauth.compare.laying import Change, Layout
from priorauth.compare.outcomes import Outcome
from priorauth.compare.side import Side, is_library
from priorauth.compare.subjects import Subject, gather
from priorauth.criteria import weigh_case
from priorauth.preview import content
from priorauth.problems import Problem, errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from priorauth.compare.files import FileChange

__all__ = ["Change", "Comparison", "Outcome", "Side", "Subject", "compare", "is_library"]


@dataclass(frozen=True)
class Comparison:
    """What is not the same in two libraries."""

    files: tuple[FileChange, ...]
    outcomes: tuple[Outcome, ...]  # of every case that was weighed by both
    pairs: tuple[Pair, ...]  # every document that was made by both
    changes: tuple[Change, ...] = field(repr=False)  # of those that were laid out
    problems: tuple[Problem, ...]

    @property
    def differs(self) -> bool:
        """Return whether anything differs but the comments and the form of data files."""
        return bool(
            any(not one.is_only_form for one in self.files)
            or any(one.differences for one in self.outcomes)
            or self.seen
        )

    @property
    def seen(self) -> tuple[Change, ...]:
        """Return the documents whose change a reader can see."""
        return tuple(one for one in self.changes if one.is_seen)

    @property
    def is_whole(self) -> bool:
        """Return whether everything could be compared."""
        return not errors(self.problems)


def compare(old: Side, new: Side, day: date) -> Comparison:
    """Return what differs: each case that a change can show in is put through both libraries.

    `day` is the day of the samples; worked examples bring their own.
    """
    changed = files.changed(old, new)
    payers, templates = _touched(changed)
    problems = [side.told(p) for side in (old, new) for p in _problems(side, payers)]
    everyone = sorted({*old.library.payer_ids, *new.library.payer_ids})
    subjects: list[Subject] = []
    for payer in everyone if templates else payers:
        gathered = gather(old, new, payer, day, weighed=payer in payers)
        subjects += gathered.subjects
        problems += gathered.problems
    found = [
        _compared(old, new, one, again=one.payer in payers, made=templates) for one in subjects
    ]
    pairs = [pair for _, some in found for pair in some]
    layout = Layout(old, new)
    looks = documents.restyled(one.path for one in changed)
    changes = [layout.change(group) for group in documents.grouped(pairs, looks=looks)]
    problems += [made.problem for pair in pairs for made in (pair.old, pair.new) if made.problem]
    problems += layout.problems
    return Comparison(
        changed,
        tuple(outcome for outcome, _ in found if outcome),
        tuple(pairs),
        tuple(changes),
        tuple(dict.fromkeys(problems)),
    )


def _touched(changed: Iterable[FileChange]) -> tuple[list[str], bool]:
    """Return the payers whose data changed, and whether a template did."""
    found = [one for one in changed if not one.is_only_form]
    payers = {one.payer for one in found if one.path.startswith("payers/")}
    return sorted(payers - {""}), any(one.path.startswith("templates/") for one in found)


def _problems(side: Side, payers: Iterable[str]) -> Iterator[Problem]:
    for payer in payers:
        yield from side.library.payer(payer).problems


def _compared(
    old: Side, new: Side, subject: Subject, *, again: bool, made: bool
) -> tuple[Outcome | None, tuple[Pair, ...]]:
    """Return what a case comes to, and its documents; `again` where payer data differ."""
    shown = subject.shown
    after = weigh_case(shown.case, new.library, subject.day)
    before = weigh_case(shown.case, old.library, subject.day) if again else after
    outcome = outcomes.outcome(subject, before, after) if again else None
    pairs: list[Pair] = []
    for document in documents.kinds(subject) if made or again else ():
        other = content(shown, after, document)
        one = content(shown, before, document) if again else other
        sides = ((one, old), (other, new))
        pairs.append(
            Pair(subject, document, *(documents.made(subject, *side, document) for side in sides))
        )
    return outcome, tuple(pairs)
