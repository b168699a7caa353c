"""A document made with invented data: what a payer's templates give, before a real case does.

Not for real cases alone: `pipeline` makes theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from priorauth import datafile, intake, samples
from priorauth.criteria import weigh_case
from priorauth.exhibits import page_count
from priorauth.letter import Numbering, compose
from priorauth.letter.cites import Part
from priorauth.letter.contract import Addendum, AddendumItem, Notice, Row
from priorauth.letter.sheet import sheets
from priorauth.problems import PriorAuthError, UnreadableError
from priorauth.reference import notices

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from priorauth.case import Case
    from priorauth.criteria import Verdict
    from priorauth.letter import Letter
    from priorauth.library import Library

# The documents that are made of a letter's content, and the style of those inside a packet.
DOCUMENTS = {
    "letter": "",
    "cover": "packet.css",
    "addendum": "",
    "notice": "packet.css",
    "peer_to_peer": "peer_to_peer.css",
}
_MANY = 500
_USUAL, _OPEN = "esketamine", "open-questions"


@dataclass(frozen=True)
class Shown:
    """A case to show a document with, and the folder that its exhibits lie in."""

    case: Case = field(repr=False)
    folder: Path = field(repr=False)


def sample(name: str, payer_id: str, day: date) -> Shown:
    """Return a sample case as one of a payer's, its own payer when `payer_id` is empty.

    Raises UnknownSampleError or UnreadableError.
    """
    data = samples.read(name)
    if payer_id and isinstance(data.value, dict) and isinstance(data.value["coverage"], dict):
        data.value["coverage"]["payer"] = payer_id
    return _shown(data, samples.find(name).folder, day)


def case_in(path: Path, day: date) -> Shown:
    """Return the case of a file as it stands; raises UnreadableError."""
    return _shown(datafile.read(path), path.parent, day)


def _shown(data: datafile.Datafile, folder: Path, day: date) -> Shown:
    read = intake.understand(data, day)
    if read.case is None:
        raise UnreadableError(read.problems)
    return Shown(read.case, folder)


def sample_for(library: Library, payer_id: str) -> str:
    """Return the sample that shows a payer best: its own, or one of a service that it speaks of."""
    covered = {name for file in library.payer(payer_id).policies for name in file.policy.services}

    def fits(name: str) -> tuple[bool, bool, bool]:
        case: Any = samples.read(name).value
        return (
            case["coverage"]["payer"] == payer_id,
            case["request"]["service"] in covered,
            name == _USUAL,
        )

    return max((name for name in samples.names() if name != _OPEN), key=fits)


def letter(shown: Shown, library: Library, day: date, document: str) -> Letter:
    """Return the content of a document of a case; inside a packet with its exhibits' pages."""
    return WeighedShown(shown, weigh_case(shown.case, library, day)).content(document)


@dataclass(frozen=True)
class WeighedShown:
    """A case to show documents with, as weighed; what several documents hold is made once."""

    shown: Shown
    verdict: Verdict = field(repr=False)

    def content(self, document: str, *, tight: bool = False) -> Letter:
        """Return the content of a document; `tight` gives the shortest sheet."""
        if not DOCUMENTS[document]:
            return self._alone
        return self._inside[-1 if tight else 0]

    @cached_property
    def _alone(self) -> Letter:
        """Return what a document outside of a packet holds."""
        return self._made(None)

    @cached_property
    def _inside(self) -> tuple[Letter, ...]:
        """Return what a document in a packet holds, with shorter and shorter sheets."""
        numbering = _numbering(self.shown)
        return tuple(sheets(self.verdict, self._made(numbering), numbering))

    def _made(self, numbering: Numbering | None) -> Letter:
        made = compose(self.verdict, numbering=numbering)
        return replace(made, addendum=_addendum(made), notice=made.notice or _notice(made))


def _addendum(made: Letter) -> Addendum:
    """Return an addendum as it could be: the clinician's words, as if out of a form's box."""
    words = tuple(text for section in made.rationale for text in section.paragraphs)
    return Addendum(
        "Sample form", "S1", (AddendumItem(1, "Clinical summary", "summary", 1, words),)
    )


def _notice(made: Letter) -> Notice:
    """Return a notice as it could be: as if the first enclosure were such a record."""
    prescribed = notices.notice("part_2")
    signed = (Row("Signed by", made.patient), Row("Signed on", made.day))
    records = made.enclosures[:1]
    return Notice(records, prescribed.rule, prescribed.paragraphs, signed, ("As signed.",), ())


def _numbering(shown: Shown) -> Numbering:
    parts = [Part("Fax cover", 1, 1, "cover"), Part("Letter", 2, 7, "letter")]
    for exhibit in shown.case.exhibits:
        first, letter = parts[-1].last + 1, shown.case.exhibit_letter(exhibit.id)
        own = tuple(range(1, _length(shown.folder / exhibit.file) + 1))
        last = first + len(own) - 1
        parts.append(Part(exhibit.title, first, last, "exhibit", exhibit.id, letter, own))
    return Numbering(tuple(parts))


def _length(path: Path) -> int:
    """Return how many pages an exhibit has; of one that cannot be read, more than are cited."""
    try:
        return page_count(path)
    except PriorAuthError:
        return _MANY
