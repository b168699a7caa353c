"""Size: a file is read as a stream, and twice the records take twice the steps."""

from __future__ import annotations

import json
import sys
import tracemalloc
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from conftest import DAY

from priorauth import importers
from priorauth.importers import draft
from priorauth.library import Library
from priorauth.reference import services

if TYPE_CHECKING:
    from pathlib import Path

PERSON = {"resourceType": "Patient", "id": "p", "birthDate": "1979-04-02"}
OWN = {"subject": {"reference": "Patient/p"}}
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SERTRALINE = {"coding": [{"system": RXNORM, "code": "312941"}]}
FIRST = date(2000, 1, 1)


def written(path: Path, found: list[dict[str, Any]]) -> int:
    """Write a bundle of the patient and the resources; return its size in bytes."""
    entries = [{"resource": {"id": str(n), **OWN, **one}} for n, one in enumerate(found)]
    entries.append({"resource": PERSON})
    return path.write_text(json.dumps({"resourceType": "Bundle", "entry": entries}))


def imported(path: Path) -> str:
    """Return the case file that the bundle makes."""
    service = services.find("esketamine")
    assert service is not None
    found = importers.gather([path], Library.open(), DAY, importers.Wanted("cigna"))
    return draft.text(draft.draft(found, service, "cigna", DAY))


def fills(count: int) -> list[dict[str, Any]]:
    """Return orders with a fill each, some weeks apart."""
    drug = {"medicationCodeableConcept": SERTRALINE, "authoredOn": str(FIRST)}
    orders = [
        {"resourceType": "MedicationRequest", "id": f"o{n}", "status": "completed", **drug}
        for n in range(count)
    ]
    return orders + [
        {
            "resourceType": "MedicationDispense",
            "status": "completed",
            "whenHandedOver": str(FIRST + timedelta(days=9 * n)),
            "quantity": {"value": 60},
            "daysSupply": {"value": 30, "unit": "d"},
            "authorizingPrescription": [{"reference": f"MedicationRequest/o{n}"}],
            **drug,
        }
        for n in range(count)
    ]


def steps(path: Path) -> int:
    """Return how many functions an import calls: what a clock says depends on the machine."""
    count = 0

    def called(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(called)
    try:
        imported(path)
    finally:
        sys.setprofile(None)
    return count


def test_twice_the_records_take_twice_the_steps(tmp_path: Path) -> None:
    """Orders and fills too, which are looked up in each other."""
    few, many = tmp_path / "few", tmp_path / "many"
    written(few, fills(150))
    written(many, fills(300))
    imported(few)  # tables are read once
    assert steps(many) < 2.1 * steps(few)


def test_a_bundle_is_read_as_a_stream(tmp_path: Path) -> None:
    """Its size does not matter: what no case needs is not kept."""
    narrative = {"div": f"<div>{'heart rate 71 ' * 150}</div>"}
    code = {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]}
    vital = {"resourceType": "Observation", "status": "final", "text": narrative, "code": code}
    size = written(tmp_path / "chart", [vital] * 2000)
    imported(tmp_path / "chart")
    tracemalloc.start()
    try:
        imported(tmp_path / "chart")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < size / 2
