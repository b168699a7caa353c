"""One row of a table → one record."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeAlias

from priorauth.dates import PartialDate
from priorauth.history import Outcome, Source
from priorauth.importers import instructions, numbers
from priorauth.importers.records import (
    Coding,
    Concept,
    Dosage,
    DrugKind,
    DrugRecord,
    Origin,
    ScoreRecord,
    System,
)
from priorauth.reference import scales

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from priorauth.importers.records import Records

Cells: TypeAlias = "Mapping[str, str]"

_PAID = frozenset(("", "paid", "p", "completed", "dispensed", "final", "approved", "sold"))
_REVERSED = frozenset(("reversed", "reversal", "void", "voided", "b2", "r"))
_US_DAY = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
_US_MONTH = re.compile(r"(\d{1,2})[/-](\d{4})")
_WORDY = ("%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d-%b-%Y", "%d %B %Y")


def fill(cells: Cells, origin: Origin, records: Records) -> None:
    """Add a fill; a claim that was not paid is left, and one that was reversed is taken back."""
    status = cells.get("status", "").casefold()
    amount = number(cells.get("quantity", ""))
    filled = when(cells.get("filled", ""))
    if status in _REVERSED or (amount is not None and amount < 0):
        records.reversals[_drug(cells), str(filled or "")] += 1
        records.leave("fill", "the reversal of a claim")
        return
    if status not in _PAID:
        records.leave("fill", "its status is not one of a drug that was handed out", origin)
        return
    record = DrugRecord(
        origin,
        patient=cells.get("patient", ""),
        kind=DrugKind.FILL,
        drug=_drug(cells),
        start=filled,
        quantity=amount,
        days=number(cells.get("days", "")),
        dosage=_dosage(cells.get("sig", "")),
        reasons=_reasons(cells),
        source=_source(cells) or (Source.CLAIMS if "claim" in cells else Source.PHARMACY),
    )
    records.add(record)


def treatment(cells: Cells, origin: Origin, records: Records) -> None:
    """Add a row of a treatment history."""
    end = cells.get("end", "")
    ongoing = end.casefold() in ("present", "current", "ongoing", "now")
    record = DrugRecord(
        origin,
        patient=cells.get("patient", ""),
        kind=DrugKind.STATEMENT,
        drug=_drug(cells),
        start=when(cells.get("start", "")),
        end=when(end),
        dosage=_dosage(cells.get("dose", "") or cells.get("sig", "")),
        daily=number(re.sub(r"\s*mg(/day)?$", "", cells.get("daily", "").casefold())),
        reasons=_reasons(cells),
        source=_source(cells),
        still_taken=ongoing,
        outcome=_outcome(cells.get("outcome", "")),
        stopped_because=_why_stopped(cells),
        augments=cells.get("augments", ""),
    )
    records.add(record)


def score(cells: Cells, origin: Origin, records: Records) -> None:
    """Add a score; one on a scale that is not known here is left."""
    if scales.find(cells.get("scale", "")) is None:
        records.leave("score", "on no rating scale that is known here", origin)
        return
    record = ScoreRecord(
        origin,
        patient=cells.get("patient", ""),
        concept=Concept(text=cells["scale"]),
        on=when(cells.get("on", "")),
        value=number(cells.get("total", "")),
        rater=cells.get("rater", ""),
    )
    records.add(record)


def when(text: str) -> PartialDate | None:
    """Return a date as US tables write it, the month first; None where it cannot be one."""
    text = text.strip().removesuffix(" 00:00:00")
    day = _US_DAY.fullmatch(text)
    month = _US_MONTH.fullmatch(text)
    if day:
        text = f"{day[3]}-{int(day[1]):02}-{int(day[2]):02}"
    elif month:
        text = f"{month[2]}-{int(month[1]):02}"
    else:
        text = _from_words(text) or text
    try:
        return PartialDate.parse(text)
    except ValueError:
        return None


def _from_words(text: str) -> str:
    for form in _WORDY:
        try:
            found: date = datetime.strptime(text, form)  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
        return f"{found:%Y-%m-%d}"
    return ""


def number(text: str) -> Decimal | None:
    """Return a number as tables write it: `1,200`, `30.0`; None where it is none."""
    return numbers.of(text.replace(",", ""))


def _drug(cells: Cells) -> Concept:
    name = cells.get("drug", "")
    strength = cells.get("strength", "")
    if strength and strength.casefold() not in name.casefold():
        unit = "" if re.search(r"[a-zA-Z%]", strength) else " mg"
        name = f"{name} {strength}{unit}"
    codes = ((System.NDC, cells.get("ndc")), (System.RXNORM, cells.get("rxnorm")))
    return Concept(tuple(Coding(system, code) for system, code in codes if code), name)


def _dosage(text: str) -> Dosage | None:
    return (instructions.understand(text) or Dosage(text=text)) if text else None


def _reasons(cells: Cells) -> tuple[Concept, ...]:
    words = cells.get("purpose", "")
    return (Concept((Coding(System.ICD10CM, words),), words),) if words else ()


def _source(cells: Cells) -> Source | None:
    word = cells.get("source", "").casefold().replace(" ", "_").removesuffix("_record")
    return Source(word) if word in list(Source) else None


def _outcome(text: str) -> str:
    word = re.sub(r"[\s-]+", "_", text.strip().casefold())
    return word if word in list(Outcome) else ""


def _why_stopped(cells: Cells) -> str:
    """Return why it was stopped in the table's words, with an outcome that is no term of ours."""
    outcome = cells.get("outcome", "")
    told = "" if _outcome(outcome) else outcome
    return "; ".join(filter(None, (cells.get("reason", ""), told)))
