"""A comparison in words: in short as a table, then file by file, case by case, letter by letter.

Not for printing: the command line does that.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from priorauth.compare.files import How
from priorauth.problems import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.compare import Comparison
    from priorauth.compare.files import FileChange
    from priorauth.compare.laying import Change
    from priorauth.compare.outcomes import Difference, Outcome
    from priorauth.compare.passages import Text
    from priorauth.compare.subjects import Subject

HEADS = ("payer", "policy", "files", "fields", "findings differ", "documents differ")
_EVERYONE = "everyone"
_FORMS = "forms"
_OTHERS = "all others"
_FEW, _MOST_ALIKE = 3, 5


@dataclass(frozen=True)
class Entry:
    """A changed document as the list of them shows it."""

    number: int
    title: str
    words: str


def rows(found: Comparison) -> list[tuple[str, ...]]:
    """Return the table that says in short what changed where.

    Policies whose own files are the same, and their cases' findings, share one row.
    """
    files = Counter(map(_home, found.files))
    fields = Counter(_home(one) for one in found.files for _ in one.fields)
    weighed = Counter(map(_policy, (one.subject for one in found.outcomes)))
    moved = Counter(_policy(one.subject) for one in found.outcomes if one.differences)
    made = Counter(_policy(pair.subject) for pair in found.pairs)
    pairs = [pair for change in found.seen for pair in change.group.pairs]
    other = Counter(_policy(pair.subject) for pair in pairs)
    homes = sorted({*files, *moved, *(home for home in other if weighed[home])})
    told = [
        (
            *home,
            str(files[home] or ""),
            str(fields[home] or ""),
            _of(moved[home], weighed[home]),
            _of(other[home], made[home]),
        )
        for home in homes
    ]
    rest = sum(count for home, count in other.items() if home not in homes)
    every = sum(count for home, count in made.items() if home not in homes)
    return [*told, *([(_OTHERS, "", "", "", "", _of(rest, every))] if rest else [])]


def _policy(subject: Subject) -> tuple[str, str]:
    return subject.payer, subject.policy


def _home(change: FileChange) -> tuple[str, str]:
    """Return the payer and the policy that a file belongs to."""
    name = change.path.rsplit("/", 1)[-1]
    if change.path.startswith("templates/"):
        return change.payer or _EVERYONE, change.path
    if "/forms/" in change.path:
        return change.payer, _FORMS
    return change.payer, "" if name == "payer.yaml" else name.split(".")[0]


def _of(some: int, every: int) -> str:
    return f"{some} of {every}" if every else ""


def entry(number: int, change: Change) -> Entry:
    """Return a changed document with what changed in it, in one line."""
    return Entry(number, f"{change.pair.title}{_more(change)}", what(change))


def _more(change: Change) -> str:
    count = len(change.group.pairs) - 1
    return f" and {count} more that changed in the same way" if count else ""


def what(change: Change) -> str:
    """Return what changed in a document, in one line."""
    if not change.is_whole:
        return f"cannot be made by the {'new' if change.old.count else 'old'} library"
    pages = ""
    if change.old.count != change.new.count:
        before, after = (_pages(side.count) for side in (change.old, change.new))
        pages = f"; it was {before} long and is {after}"
    if not change.passages:
        where = listed((str(number) for number, _ in change.looks), "and")
        return f"the same words, another look on page {where}{pages}"
    count = len(change.passages)
    return f"{count} {'passage' if count == 1 else 'passages'}{pages}"


def _pages(count: int) -> str:
    return f"{count} page{'' if count == 1 else 's'}"


def alike(change: Change) -> str:
    """Return the documents that changed in the same way as the one shown.

    A few by name, many by payer and policy.
    """
    others = change.group.pairs[1:]
    if len(others) <= _FEW:
        return "; ".join(pair.title for pair in others)
    homes = Counter(" ".join(filter(None, _policy(pair.subject))) for pair in others)
    named = [f"{home} ({count})" if count > 1 else home for home, count in homes.items()]
    rest = sum([*homes.values()][_MOST_ALIKE:])
    more = [f"{rest} more of other policies"] if rest else []
    return listed([*named[:_MOST_ALIKE], *more], "and")


def together(found: Comparison) -> Iterator[tuple[tuple[Outcome, ...], tuple[Difference, ...]]]:
    """Yield the cases of one policy that differ in the same way, with what differs."""
    groups: dict[tuple[str, str, tuple[Difference, ...]], list[Outcome]] = {}
    for one in found.outcomes:
        if one.differences:
            key = one.subject.payer, one.subject.policy, one.differences
            groups.setdefault(key, []).append(one)
    for (_, _, differences), outcomes in groups.items():
        yield tuple(outcomes), differences


def shown(difference: Difference) -> str:
    """Return what differs as `old -> new`; a criterion on one side alone as added or removed."""
    if difference.is_criterion and not difference.old:
        return f"added: {difference.new}"
    if difference.is_criterion and not difference.new:
        return f"removed; it was {difference.old}"
    return f"{difference.old or 'none'} -> {difference.new or 'none'}"


def as_data(found: Comparison) -> dict[str, Any]:
    """Return everything as plain data."""
    return {
        "differs": found.differs,
        "payers": {"added": [*found.added], "removed": [*found.removed]},
        "files": [_file_data(one) for one in found.files],
        "weighed": len(found.outcomes),
        "findings": [_outcome_data(one) for one in found.outcomes if one.differences],
        "made": len(found.pairs),
        "documents": [_change_data(one) for one in found.seen],
    }


def _file_data(change: FileChange) -> dict[str, Any]:
    return {
        "path": change.path,
        "how": change.how.value,
        "only_form": change.is_only_form,
        "fields": [{"field": one.field, "old": one.old, "new": one.new} for one in change.fields],
    }


def _outcome_data(one: Outcome) -> dict[str, Any]:
    return {
        "payer": one.subject.payer,
        "policy": one.subject.policy,
        "case": one.subject.name,
        "on": one.subject.day.isoformat(),
        "differences": [
            {"what": each.what, "old": each.old or None, "new": each.new or None}
            for each in one.differences
        ],
    }


def _change_data(change: Change) -> dict[str, Any]:
    return {
        "document": change.pair.document,
        "shown": change.pair.title,
        "alike": [pair.title for pair in change.group.pairs[1:]],
        "pages": {"old": change.old.count, "new": change.new.count},
        "passages": [
            {"heading": one.heading, "old": _text_data(one.old), "new": _text_data(one.new)}
            for one in change.passages
        ],
        "other_look_on_pages": [number for number, _ in change.looks],
    }


def _text_data(text: Text) -> dict[str, Any]:
    return {
        "page": text.page,
        "before": text.before,
        "changed": text.changed,
        "after": text.after,
    }


def file_word(change: FileChange) -> str:
    """Return what became of a file."""
    return "comments" if change.is_only_form else How(change.how).value
