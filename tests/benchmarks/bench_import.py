"""Speed and memory of an import; run by hand: `python tests/benchmarks/bench_import.py`.

Makes bundles of 10,000 and 100,000 invented resources, and imports each in a process of its own.
Not a test: a machine that is busy with other work must not fail the suite.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from priorauth import importers
from priorauth.importers import draft
from priorauth.library import Library
from priorauth.reference import services

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = date(2026, 11, 22)
SIZES = (10_000, 100_000)
TIMES = 3  # the quickest counts: other work on the machine only ever makes an import slower
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
DRUGS = ("sertraline 50 MG Oral Tablet", "lisinopril 10 MG Oral Tablet", "Sertralin 50 mg")
FIRST = date(2000, 1, 1)


def made(count: int) -> Iterator[dict[str, Any]]:
    """Yield a patient, then vital signs, and a fill for every tenth of them."""
    yield {
        "resourceType": "Patient",
        "id": "p",
        "name": [{"family": "Calloway", "given": ["Ines"]}],
        "birthDate": "1979-04-02",
    }
    for number in range(1, count):
        common = {"id": str(number), "status": "final", "subject": {"reference": "Patient/p"}}
        day = str(FIRST + timedelta(days=number % 9000))
        if number % 10:
            yield {"resourceType": "Observation", **common, **vital_sign(day)}
        else:
            name = DRUGS[number % len(DRUGS)]
            yield {
                "resourceType": "MedicationDispense",
                **common,
                "status": "completed",
                "medicationCodeableConcept": {
                    "coding": [{"system": RXNORM, "code": str(number), "display": name}],
                    "text": name,
                },
                "whenHandedOver": day,
                "quantity": {"value": 60, "unit": "tablet"},
                "daysSupply": {"value": 30, "unit": "days"},
            }


def vital_sign(day: str) -> dict[str, Any]:
    """Return the fields of a heart rate as charts export it, narrative and all."""
    coding = [{"system": "http://loinc.org", "code": "8867-4", "display": "Heart rate"}]
    quantity = {"value": 71.5, "unit": "beats/min", "system": "http://unitsofmeasure.org"}
    return {
        "text": {"status": "generated", "div": f"<div>{day}: heart rate = 71.5 beats/min</div>"},
        "category": [{"coding": [{"code": "vital-signs"}], "text": "Vital signs"}],
        "code": {"coding": coding, "text": "Heart rate"},
        "effectiveDateTime": day,
        "valueQuantity": {**quantity, "code": "/min"},
        "performer": [{"reference": "Practitioner/d"}],
        "meta": {"tag": [{"system": "https://ehr.example/tags", "code": "export"}]},
    }


def write(count: int, path: Path) -> None:
    """Write a bundle, one resource at a time."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{"resourceType": "Bundle", "type": "collection", "entry": [')
        for number, one in enumerate(made(count)):
            entry = {"fullUrl": f"https://ehr.example/{number}", "resource": one}
            file.write(("," if number else "") + "\n" + json.dumps(entry, indent=1))
        file.write("]}")


def measure(path: Path) -> None:
    """Import one bundle in this process and print seconds, seconds of work, and bytes."""
    library, service = Library.open(), services.find("esketamine")
    if service is None:
        raise LookupError
    small = path.with_name("small")
    write(50, small)
    importers.gather([small], library, DAY, importers.Wanted("cigna"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, worked = time.perf_counter(), time.process_time()
    found = importers.gather([path], library, DAY, importers.Wanted("cigna"))
    draft.text(draft.draft(found, service, "cigna", DAY))
    seconds, worked = time.perf_counter() - start, time.process_time() - worked
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    sys.stdout.write(f"{seconds} {worked} {grown}\n")


def measured(path: Path) -> tuple[float, float, float]:
    """Return what a process of its own prints about the import of one bundle."""
    done = subprocess.run(
        [sys.executable, __file__, str(path)], capture_output=True, check=True, text=True
    )
    seconds, worked, grown = map(float, done.stdout.split())
    return seconds, worked, grown


def main() -> None:
    """Print the page."""
    figures: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for count in SIZES:
            path = Path(folder) / str(count)
            write(count, path)
            seconds, worked, grown = min(measured(path) for _ in range(TIMES))
            size = path.stat().st_size
            figures.append(worked)
            sys.stdout.write(
                f"{count:7,} resources, {size / 1e6:5.1f} MB: {seconds:5.2f} s "
                f"({worked:.2f} s of work), "
                f"{grown / 1e6:5.1f} MB = {grown / size:.2f} of its size\n"
            )
    sys.stdout.write(f"ten times the resources take {figures[1] / figures[0]:.1f} times the work\n")
    sys.stdout.write(
        "goals: 10,000 in at most 2 s and 5 times its size; 100,000 in ten times that\n"
    )


if __name__ == "__main__":
    measure(Path(sys.argv[1])) if sys.argv[1:] else main()
