"""A case file in the middle of being asked about: what it holds, and what was said to be unknown.

Not for the questions themselves: this is what they are made from.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from priorauth import datafile, intake
from priorauth.authorization import CourseUnderWay
from priorauth.case import (
    Attestation,
    Case,
    Coverage,
    Episode,
    Patient,
    Practice,
    Prescriber,
    Request,
)
from priorauth.criteria import weigh_case
from priorauth.intake import values
from priorauth.intake.places import at
from priorauth.reference import services
from priorauth.silent import Silent

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from priorauth.codes import Record
    from priorauth.criteria import Verdict
    from priorauth.datafile import Datafile, Trail
    from priorauth.intake import Intake
    from priorauth.library import Library


@dataclass(frozen=True, repr=False)
class Interview(Silent):
    """A case file as text, the library and the day it is weighed by, and what was asked so far."""

    text: str
    name: str
    library: Library
    day: date
    folder: Path | None = None
    documents: tuple[str, ...] = ()  # the files beside the case that could be exhibits
    asked: frozenset[str] = field(default=frozenset())

    @cached_property
    def data(self) -> Datafile:
        """Return the file as read."""
        return datafile.parse(self.text, self.name)

    @cached_property
    def read(self) -> Intake:
        """Return the file as the one door has it."""
        return intake.understand(self.data, self.day, self.folder)

    @cached_property
    def verdict(self) -> Verdict | None:
        """Return what the case comes to so far; None until service and payer are known.

        Where something is still missing without which there is no case, a stand-in holds its
        place. No stand-in is ever shown or written: no question is made from what it leads to.
        """
        service, payer = self.at("request", "service"), self.at("coverage", "payer")
        if not payer or not isinstance(service, str) or services.find(service) is None:
            return None
        return weigh_case(self.read.case or self._provisional(), self.library, self.day)

    def at(self, *trail: str | int) -> Any:  # noqa: ANN401 - any part of a file
        """Return what stands at a place of the file, or None."""
        return at(self.data, trail)

    def entries(self, section: str) -> list[dict[str, Any]]:
        """Return the entries of a list of the file."""
        found = self.at(section)
        return [one if isinstance(one, dict) else {} for one in found or ()] if found else []

    def named(self, place: int) -> str:
        """Return the drug of a treatment; with its beginning, where it was taken more than once."""
        every = self.entries("treatments")
        drug, start = (
            str(every[place].get("drug")),
            self.at("treatments", place, "doses", 0, "from"),
        )
        alike = sum(entry.get("drug") == drug for entry in every)
        return f"{drug} (from {start} on)" if alike > 1 and start else drug

    def with_text(self, text: str) -> Interview:
        """Return the interview with another text of the file."""
        return replace(self, text=text)

    def as_read(self, data: Datafile) -> Interview:
        """Return the interview, its text read already: reading it again takes a while."""
        vars(self)["data"] = data
        return self

    def place_of(self, treatment: object) -> int | None:
        """Return which entry of the file a treatment of the weighed case is."""
        found = self.verdict.case.treatments if self.verdict else ()
        number = next((n for n, one in enumerate(found) if one is treatment), None)
        if number is None or self.read.case:
            return number
        return self._right_treatments[number]

    @cached_property
    def _pieces(self) -> list[values.Piece]:
        return values.pieces_of(self.data)[0]

    @cached_property
    def _right_treatments(self) -> list[int]:
        pieces = self._pieces
        return [int(p.trail[1]) for p in pieces if p.trail[0] == "treatments" and len(p.trail) > 1]

    def _provisional(self) -> Case:
        """Return the case as far as it is right, with stand-ins for what it cannot be without."""
        loose = {*_MODELS, "attestations"}
        whole = [piece for piece in self._pieces if piece.trail[0] not in loose]
        made = [values.Piece((name,), self._section(name, kind)) for name, kind in _MODELS.items()]
        return values.assembled([*whole, *made, values.Piece(("attestations",), self._words())])

    def _section(self, name: str, kind: type[Record]) -> Any:  # noqa: ANN401 - a section of a case
        """Return a section with each of its values that is right, on the stand-ins."""
        kept: dict[str, Any] = dict(_STAND_INS.get(name, {}))
        found = self.at(name)
        for key, value in found.items() if isinstance(found, dict) else ():
            if _fits(kind, {**kept, key: value}):
                kept[key] = value
        return values.adapter(kind).validate_python(kept)

    def _words(self) -> dict[str, Attestation]:
        found = self.at("attestations")
        reader = values.adapter(Attestation)
        pairs = found.items() if isinstance(found, dict) else ()
        return {
            name: reader.validate_python(word) for name, word in pairs if _fits(Attestation, word)
        }


_MODELS: dict[str, type[Record]] = {
    "patient": Patient,
    "coverage": Coverage,
    "prescriber": Prescriber,
    "practice": Practice,
    "request": Request,
    "episode": Episode,
    "course": CourseUnderWay,
}
_NAME = {"given": "-", "family": "-"}
_STAND_INS: dict[str, dict[str, Any]] = {
    "patient": {"name": _NAME, "birth_date": "1980-01-01"},
    "coverage": {"payer": "-", "member_id": "00"},
    "prescriber": {"name": _NAME, "credentials": "-", "npi": "1234567893"},
    "practice": {
        "name": "-",
        "address": {"street": "-", "city": "-", "state": "KS", "zip": "00000"},
        "phone": "913-555-0100",
        "fax": "913-555-0100",
    },
    "request": {"service": "esketamine", "codes": [{"code": "J0013"}], "plan": "-"},
}


def _fits(kind: type[Record], value: object) -> bool:
    try:
        values.adapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


def is_open(interview: Interview, trail: Trail) -> bool:
    """Return whether nothing stands at a place of the file."""
    return interview.at(*trail) in (None, "")
