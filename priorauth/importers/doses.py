"""A fill, an order or a statement → one dose over a time, or the question that it leaves open.

The amount is strength times quantity by days' supply, else the written instruction, else unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from priorauth.dates import DAYS_IN_WEEK, PartialDate
from priorauth.importers import instructions
from priorauth.importers.facts import DoseFact
from priorauth.importers.records import DrugKind, DrugRecord
from priorauth.reference.drugs import DoseUnit

if TYPE_CHECKING:
    from datetime import date

    from priorauth.importers.names import Named, Strength
    from priorauth.importers.records import Dosage

_PIECES = frozenset(
    ("", "1", "each", "ea", "tab", "tabs", "tablet", "tablets", "cap", "caps", "capsule",
     "capsules", "pill", "pills", "patch", "patches", "unit", "units", "un", "tbl", "count", "ct")
)  # fmt: skip
_HALF = Decimal("0.5")  # tablets are halved, not cut finer
_MCG_IN_MG = 1000


@dataclass(frozen=True)
class _Amount:
    mg_a_day: Decimal | None
    how: str
    question: str = ""


def of(record: DrugRecord, named: Named, day: date) -> DoseFact:
    """Return the dose that a record with a date tells; `named` is its drug, which is certain."""
    if named.product is None or record.start is None:
        raise ValueError  # the caller has sorted these out
    amount = _amount(record, named.strength)
    end, about_end = _end(record, day)
    unit = named.product.unit
    questions = (amount.question, about_end)
    return DoseFact(
        _in_unit(amount.mg_a_day, unit),
        unit,
        record.start,
        end,
        (record.origin,),
        amount.how,
        " ".join(filter(None, questions)),
    )


def told(record: DrugRecord) -> str:
    """Return when a record says that a drug was taken, and how much, in its own words."""
    until = f" to {record.end}" if record.end else ""
    parts = [f"{record.start}{until}" if record.start else "no date"]
    if record.quantity:
        days = f" in {_plain(record.days)} days" if record.days else ""
        parts.append(f"{_plain(record.quantity)} {record.unit}".rstrip() + days)
    if record.daily:
        parts.append(f"{_plain(record.daily)} mg a day")
    if record.dosage and record.dosage.text:
        parts.append(record.dosage.text)
    return ", ".join(parts)


def _end(record: DrugRecord, day: date) -> tuple[PartialDate | None, str]:
    """Return the last day: that of a fill by its days' supply, else the one that is written."""
    if record.kind is not DrugKind.FILL:
        if record.end and record.end.first > day:
            return None, ""
        return record.end, "" if record.end or record.still_taken else "Until when was it taken?"
    if record.days is None or not record.start or not record.start.is_day:
        return None, "For how many days was this fill? Write the last day after `to:`."
    last = record.start.first + timedelta(days=int(record.days) - 1)
    if last > day:
        return None, f"This fill reaches until {last}: is it still taken? Then add `ongoing: yes`."
    return PartialDate.of(last), ""


def _amount(record: DrugRecord, strength: Strength | None) -> _Amount:
    supplied = _by_supply(record, strength)
    told = _by_instruction(record, strength)
    if record.daily is not None:
        return _Amount(record.daily, f"{_plain(record.daily)} mg a day")
    if supplied.mg_a_day is None:
        question = "" if told.mg_a_day is not None else _what_is_missing(record, strength, supplied)
        return _Amount(told.mg_a_day, told.how or supplied.how, question)
    if told.mg_a_day is not None and told.mg_a_day != supplied.mg_a_day:
        question = f"The instruction comes to {_plain(told.mg_a_day)} mg a day: which is right?"
        return _Amount(supplied.mg_a_day, supplied.how, question)
    return supplied


def _by_supply(record: DrugRecord, strength: Strength | None) -> _Amount:
    """Return strength times quantity by days' supply; nothing where pieces would be cut fine."""
    if record.kind is not DrugKind.FILL or not record.quantity or not record.days:
        return _Amount(None, "")
    how = f"{_plain(record.quantity)} in {_plain(record.days)} days"
    if strength is None or not _same_measure(record.unit, strength):
        return _Amount(None, how)
    how = f"{_plain(record.quantity)} of {_shown(strength)} in {_plain(record.days)} days"
    each_day = record.quantity / record.days
    weekly = each_day * DAYS_IN_WEEK
    if not strength.per and each_day % _HALF and weekly % 1:
        return _Amount(None, how)
    return _Amount(strength.mg * each_day, how)


def _by_instruction(record: DrugRecord, strength: Strength | None) -> _Amount:
    dosage = record.dosage
    if dosage is None or dosage.as_needed:
        return _Amount(None, "")
    if dosage.amount is None or dosage.times is None:
        dosage = instructions.understand(dosage.text)
    if dosage is None or dosage.amount is None or dosage.times is None:
        return _Amount(None, "")
    each = _mg_each_time(dosage, strength)
    if each is None:
        return _Amount(None, "")
    return _Amount(each * dosage.times, f"{_plain(each)} mg, {_plain(dosage.times)} a day")


def _mg_each_time(dosage: Dosage, strength: Strength | None) -> Decimal | None:
    if dosage.amount is None:
        return None
    unit = _tidy(dosage.unit)
    if unit in ("mg", "mcg"):
        return dosage.amount / (1 if unit == "mg" else _MCG_IN_MG)
    if strength is None or not _same_measure(unit, strength):
        return None
    return dosage.amount * strength.mg


def _same_measure(unit: str, strength: Strength) -> bool:
    return _tidy(unit) == "ml" if strength.per else _tidy(unit) in _PIECES


def _tidy(unit: str) -> str:
    return unit.casefold().strip("{}[] ")


def _what_is_missing(record: DrugRecord, strength: Strength | None, supplied: _Amount) -> str:
    """Return the question that a record without a certain amount leaves open."""
    if record.dosage and record.dosage.as_needed:
        return "It was taken as needed: how much a day, if it was regular?"
    if record.kind is DrugKind.FILL and supplied.how and strength:
        return f"{supplied.how} is no even dose: how much a day was it?"
    if strength is None:
        return "The record gives no strength: how much a day was it?"
    given = f"The record gives the strength, {_shown(strength)}, and not how much a day was taken"
    return f"{given}: how much was it?"


def _in_unit(mg_a_day: Decimal | None, unit: DoseUnit) -> Decimal | None:
    """Return an amount in what the drug is dosed in, without trailing zeros."""
    if mg_a_day is None:
        return None
    if unit is DoseUnit.MCG_A_DAY:
        mg_a_day *= _MCG_IN_MG
    elif unit is DoseUnit.MG_A_WEEK:
        mg_a_day = (mg_a_day * DAYS_IN_WEEK).quantize(Decimal("0.001"))
    return Decimal(_plain(mg_a_day))


def _shown(strength: Strength) -> str:
    return f"{_plain(strength.mg)} mg{f' a {strength.per}' if strength.per else ''}"


def _plain(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.001')).normalize():f}"
