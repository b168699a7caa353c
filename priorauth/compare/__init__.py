"""Two libraries side by side: what changed in their files, findings and letters.

For an administrator to look at before publishing. Not for whether a library is right: `check`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from priorauth.compare import documents, files, outcomes
from priorauth.compare.documents import Pair
from priorauth.compare.outcomes import Outcome
from priorauth.compare.side import Side, is_library
from priorauth.compare.subjects import Subject, gather
from priorauth.criteria import weigh_case
from priorauth.preview import DOCUMENTS, WeighedShown
from priorauth.problems import Problem, errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from priorauth.compare.documents import Group
    from priorauth.compare.files import FileChange
    from priorauth.compare.laying import Change
    from priorauth.criteria import Verdict
    from priorauth.letter import Letter
    from priorauth.preview import Shown

__all__ = ["Comparison", "Outcome", "Side", "Subject", "compare", "is_library"]


@dataclass(frozen=True)
class Comparison:
    """What is not the same in two libraries."""

    files: tuple[FileChange, ...]
    outcomes: tuple[Outcome, ...]  # of every case that was weighed by both
    pairs: tuple[Pair, ...]  # every document that was made by both
    changes: tuple[Change, ...] = field(repr=False)  # of those that were laid out
    problems: tuple[Problem, ...]
    added: tuple[str, ...] = ()  # payers that only the new library has
    removed: tuple[str, ...] = ()  # payers that only the old one has

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
    before, after = set(old.library.payer_ids), set(new.library.payer_ids)
    subjects: list[Subject] = []
    for payer in sorted(before | after) if templates else payers:
        gathered = gather(old, new, payer, day, weighed=payer in payers)
        subjects += gathered.subjects
        problems += gathered.problems
    found = [
        _compared(old, new, one, again=one.payer in payers, made=one.payer in before & after)
        for one in subjects
    ]
    pairs = [pair for _, some in found for pair in some]
    problems += [made.problem for pair in pairs for made in (pair.old, pair.new) if made.problem]
    looks = documents.restyled(one.path for one in changed)
    changes, more = _laid_out(old, new, documents.grouped(pairs, looks=looks))
    problems += more
    return Comparison(
        changed,
        tuple(outcome for outcome, _ in found if outcome),
        tuple(pairs),
        tuple(changes),
        tuple(dict.fromkeys(problems)),
        tuple(sorted(after - before)),
        tuple(sorted(before - after)),
    )


def _laid_out(
    old: Side, new: Side, groups: tuple[Group, ...]
) -> tuple[list[Change], list[Problem]]:
    """Return how the documents that stand for the groups changed, and what kept some from it."""
    if not groups:
        return [], []
    from priorauth.compare.laying import Layout  # noqa: PLC0415 - slow to load, and seldom needed

    layout = Layout(old, new)
    return [layout.change(group) for group in groups], layout.problems


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
    """Return what a case comes to where payer data differ, and its documents if they are made.

    They are not for a payer that is new or gone: what would they be compared with?
    """
    shown = subject.shown
    after = weigh_case(shown.case, new.library, subject.day)
    before = weigh_case(shown.case, old.library, subject.day) if again else after
    outcome = outcomes.outcome(subject, before, after) if again else None
    if not (made and subject.makes_letters):
        return outcome, ()
    other = _contents(shown, after)
    one = _contents(shown, before) if again else other
    return outcome, tuple(
        Pair(
            subject,
            document,
            documents.made(subject, one[document], old, document),
            documents.made(subject, other[document], new, document),
        )
        for document in DOCUMENTS
    )


def _contents(shown: Shown, verdict: Verdict) -> dict[str, Letter]:
    """Return the content of each document: one for those in a packet, one for all others."""
    weighed = WeighedShown(shown, verdict)
    alone, inside = weighed.content("letter"), weighed.content("cover")
    return {document: inside if style else alone for document, style in DOCUMENTS.items()}
