"""A commented case file from facts: what the records hold, where it stands there, what is open.

The sections are those of `skeleton`. Not for writing files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from priorauth.importers.draft import history, people
from priorauth.importers.draft.words import Numbers, comment, question
from priorauth.skeleton import case as skeleton

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from priorauth.importers import Imported
    from priorauth.importers.draft.history import Entry
    from priorauth.reference.services import Service

FILES = "# Imported from, with the number by which comments name each file:"
_TREATMENTS = """\
# Every treatment that was tried, the ones that helped too. Dates may be a year (2025), a month
# (2025-02) or a day (2025-02-17). What is not known is left out."""
_ENCLOSED = (
    "A packet encloses every page that is listed here: read each document, and remove what the "
    "payer does not need to see."
)
EPISODE = (
    "When did this episode begin, how severe is it (mild, moderate or severe), and are there "
    "psychotic features (yes or no)? Write what the chart says, and remove the `# `."
)
_LEFT = "# Records that were left, and why:"
_MOST_LEFT = 60


@dataclass(frozen=True)
class Draft:
    """A case file in its sections: those that are mappings, and those that are lists of entries."""

    head: tuple[str, ...]
    people: tuple[str, ...]
    request: tuple[str, ...]
    lists: dict[str, tuple[Entry, ...]]
    policy: tuple[str, ...]
    files: tuple[str, ...]
    left: tuple[str, ...]


def draft(
    imported: Imported, service: Service, written: str, day: date, numbers: Numbers | None = None
) -> Draft:
    """Return the sections of a case file; `written` names a payer that is not on file."""
    numbers = numbers or Numbers()
    facts = imported.facts
    files = [f"#   [{numbers.of(file)}] {_tidy(file)}" for file in imported.records.files]
    version = skeleton.in_force(service, imported.payer, day)
    asked = skeleton.asked_by(version)
    payer = imported.payer.id if imported.payer else written
    doubts = [line for words in facts.doubts for line in question(words, holds=True)]
    return Draft(
        head=tuple(skeleton.heading(service, imported.payer, version)),
        people=(
            *doubts,
            *people.patient(facts.patient, numbers),
            *people.coverage(facts.coverage, payer, numbers),
            *people.prescriber(facts, numbers),
            *people.practice(facts, numbers),
        ),
        request=tuple(skeleton.request(service, day).rstrip().split("\n")),
        lists={
            "diagnoses": tuple(history.diagnoses(facts.diagnoses, numbers)),
            "treatments": tuple(history.treatments(facts, numbers)),
            "scores": tuple(history.scores(facts.scores, numbers)),
            "exhibits": tuple(history.exhibits(facts.notes, numbers)),
        },
        policy=(
            *(skeleton.scores(asked) if not facts.scores else ()),
            *skeleton.attestations(asked),
            *skeleton.exceptions(version),
        ),
        files=(FILES, *files),
        left=tuple(_left(imported, numbers)),
    )


def text(found: Draft) -> str:
    """Return the draft as the text of a new case file."""
    parts = [
        *found.head,
        "#",
        *found.files,
        "# QUESTION marks what a person must decide and then remove; some keep the letter a draft.",
        "",
        *found.people,
        "",
        *found.request,
        "",
        *_diagnoses(found.lists["diagnoses"]),
        *question(EPISODE),
        "# episode: {onset: , severity: , psychotic_features: }",
        "",
        *_TREATMENTS.split("\n"),
        *_listed("treatments", found.lists["treatments"], apart=True),
        "",
        *_scores(found.lists["scores"]),
        *found.policy,
        *_exhibits(found.lists["exhibits"]),
        "",
        skeleton.RATIONALE.rstrip(),
        "",
        *found.left,
    ]
    return "\n".join(parts).rstrip() + "\n"


def _listed(section: str, entries: Iterable[Entry], *, apart: bool = False) -> Iterator[str]:
    """Yield a section with its entries; one whose entries are all comments is one too."""
    every = list(entries)
    live = any(not line.lstrip().startswith("#") for entry in every for line in entry.lines)
    yield f"{section}:" if live else f"# {section}:"
    for number, entry in enumerate(every):
        if apart and number:
            yield ""
        yield from entry.lines


def _diagnoses(entries: tuple[Entry, ...]) -> Iterator[str]:
    live = any(line.startswith("  - {code") for entry in entries for line in entry.lines)
    if live:
        yield from _listed("diagnoses", entries)
        return
    words = "Which diagnosis is the request for? The records give no certain code."
    yield from question(words, holds=True)
    yield "diagnoses:"
    yield "  - {code: }                 # such as F33.2"
    for entry in entries:
        yield from entry.lines


def _scores(entries: tuple[Entry, ...]) -> Iterator[str]:
    if entries:
        yield from _listed("scores", entries)
        yield ""


def _exhibits(entries: tuple[Entry, ...]) -> Iterator[str]:
    yield "# The documents that are sent along, beside this file."
    if not entries:
        yield from skeleton.EXHIBITS.rstrip().split("\n")[1:]
        return
    yield from question(_ENCLOSED)
    yield from _listed("exhibits", entries)


def _left(imported: Imported, numbers: Numbers) -> Iterator[str]:
    """Yield the records that a person may want to look at, with the reason of each."""
    found = imported.records.singled_out
    if not found:
        return
    yield _LEFT
    for left, origin in found[:_MOST_LEFT]:
        yield from comment(f"  {numbers.ref(origin)}: {left.why}")
    if len(found) > _MOST_LEFT:
        yield f"# and {len(found) - _MOST_LEFT} more"


def _tidy(file: str) -> str:
    return " ".join(file.split())
