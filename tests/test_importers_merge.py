"""An import over a case that is there: what is new comes in, what a person wrote stays."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import CHARTS, DAY, NAMES
from hypothesis import given
from hypothesis import strategies as st

from priorauth import datafile, importers, samples
from priorauth.importers import draft, merge
from priorauth.library import Library
from priorauth.reference import services

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Done

    from priorauth.importers import Imported

    Run = Callable[..., Done]

ASK = ("--service", "esketamine", "--payer", "cigna", "--on", "2026-11-22")
ESKETAMINE = services.find("esketamine")
assert ESKETAMINE is not None


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """Return a copy of the bundle that a test may change."""
    return Path(shutil.copy(CHARTS / "bundle.json", tmp_path / "bundle.json"))


def add(chart: Path, resource: dict[str, Any]) -> None:
    """Add a resource to the bundle."""
    bundle = json.loads(chart.read_text("utf-8"))
    bundle["entry"].append({"resource": resource})
    chart.write_text(json.dumps(bundle), "utf-8")


def refill(chart: Path) -> None:
    """Add a third fill of venlafaxine to the bundle."""
    bundle = json.loads(chart.read_text("utf-8"))
    last = next(e["resource"] for e in bundle["entry"] if e["resource"]["id"] == "f2")
    add(chart, {**last, "id": "f3", "whenHandedOver": "2026-07-10"})


def added(before: str, after: str) -> list[str]:
    """Return the lines that are new; fails when a line that was there is gone or moved."""
    rest = iter(after.split("\n"))
    new: list[str] = []
    for line in before.split("\n"):
        for other in rest:
            if other == line:
                break
            new.append(other)
        else:
            pytest.fail(f"this line is gone: {line}")
    return [*new, *rest]


def test_nothing_new_changes_nothing(run: Run, chart: Path, tmp_path: Path) -> None:
    """The second import of the same records says so."""
    run("import", chart.name, *ASK)
    before = (tmp_path / "case.yaml").read_text("utf-8")
    done = run("import", chart.name, *ASK)
    assert (done.code, done.err) == (0, "")
    assert done.out == "case.yaml  Everything in these records is in it already.\n"
    assert (tmp_path / "case.yaml").read_text("utf-8") == before
    assert len(list(tmp_path.glob("note-*"))) == 1


def test_the_difference_is_shown_before_it_is_written(
    run: Run, chart: Path, tmp_path: Path
) -> None:
    """Exit code 1 and an unchanged file; with --yes just the new dose, in its course."""
    run("import", chart.name, *ASK)
    case = tmp_path / "case.yaml"
    own = case.read_text("utf-8").replace(
        "    # outcome:\n", "    outcome: no_response    # Ruth, by telephone\n"
    )
    case.write_text(own, "utf-8")
    refill(chart)
    done = run("import", chart.name, *ASK)
    assert done.code == 1
    assert done.err == "case.yaml was not changed. Add --yes to write this.\n"
    line = (
        "      - {mg_per_day: 150, from: 2026-07-10, to: 2026-10-07}"
        "  # from [1] MedicationDispense/f3: 180 of 75 mg in 90 days"
    )
    assert f"+{line}\n" in done.out
    assert case.read_text("utf-8") == own
    assert run("import", chart.name, *ASK, "--yes").code == 0
    assert added(own, case.read_text("utf-8")) == [line]
    assert case.stat().st_mode & 0o777 == 0o600


def test_empty_places_are_filled_and_filled_ones_stay(
    run: Run, chart: Path, tmp_path: Path
) -> None:
    """A form of `new` gets name, birth date and member number; the clinic's entries stay."""
    run("new", "esketamine", "cigna")
    case = tmp_path / "case.yaml"
    case.write_text(case.read_text("utf-8").replace("  phone:\n", "  phone: 785-555-0144\n"))
    assert run("import", chart.name, *ASK, "--yes").code == 0
    text = case.read_text("utf-8")
    assert "  name: {given: Ines, middle: R., family: Calloway}\n" in text
    assert "  birth_date: 1979-04-02                 # year-month-day: 1984-03-09\n" in text
    assert "  member_id: U4471920301               # as on the card" in text
    assert "  phone: 785-555-0144\n" in text
    value = datafile.parse(text, "case.yaml").value
    assert isinstance(value, dict)
    assert [len(value[key]) for key in ("treatments", "scores", "exhibits")] == [2, 2, 1]


def test_a_new_document_gets_a_name_of_its_own(run: Run, chart: Path, tmp_path: Path) -> None:
    """No file that is there is written over."""
    run("import", chart.name, *ASK)
    note = {
        "resourceType": "DocumentReference",
        "id": "n2",
        "status": "current",
        "subject": {"reference": "Patient/p1"},
        "content": [{"attachment": {"contentType": "text/plain", "data": "c2Vjb25k"}}],
    }
    add(chart, note)
    assert run("import", chart.name, *ASK, "--yes").code == 0
    assert (tmp_path / "note-1.txt").read_bytes().startswith(b"Visit of")
    assert (tmp_path / "note-2.txt").read_bytes() == b"second"
    assert "file: note-2.txt}" in (tmp_path / "case.yaml").read_text("utf-8")


OTHER_PATIENT = (
    "case.yaml is about another patient than these records, by name or birth date: "
    "nothing was changed. Name another file with -o, or compare both.\n"
)
OTHER_REQUEST = (
    "case.yaml names another {} than this command: nothing was changed. "
    "Name another file with -o, or correct the command.\n"
)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("family: Calloway", "family: Brand"), OTHER_PATIENT),
        (("1979-04-02", "1979-04-03"), OTHER_PATIENT),
        (("service: esketamine", "service: tms"), OTHER_REQUEST.format("service")),
        (("payer: cigna", "payer: aetna"), OTHER_REQUEST.format("payer")),
    ],
)
def test_another_case_is_refused(
    change: tuple[str, str], told: str, run: Run, chart: Path, tmp_path: Path
) -> None:
    """Two patients are never mixed."""
    run("import", chart.name, *ASK)
    case = tmp_path / "case.yaml"
    case.write_text(case.read_text("utf-8").replace(*change), "utf-8")
    done = run("import", chart.name, *ASK, "--yes")
    assert (done.code, done.err) == (2, told)


def test_another_member_number_is_told_and_the_own_one_stays(
    run: Run, chart: Path, tmp_path: Path
) -> None:
    """Without either number on the screen."""
    run("import", chart.name, *ASK)
    case = tmp_path / "case.yaml"
    case.write_text(case.read_text("utf-8").replace("U4471920301", "U4471920302"), "utf-8")
    done = run("import", chart.name, *ASK)
    assert done.err == (
        "case.yaml:35: warning: coverage.member_id: the record has another member number than "
        "the case file. Compare both with the member's card.\n"
    )
    assert "U44719" not in done.out


def test_a_file_that_is_no_case_is_refused(run: Run, chart: Path, tmp_path: Path) -> None:
    """It is told as `check` tells it, and stays."""
    (tmp_path / "case.yaml").write_text("a: [1\n", "utf-8")
    done = run("import", chart.name, *ASK, "--yes")
    assert done.code == 2
    assert "case.yaml:1: error: the file is not readable as YAML here." in done.err
    assert (tmp_path / "case.yaml").read_text("utf-8") == "a: [1\n"


def test_a_list_on_one_line_gets_what_is_new_as_a_comment(
    run: Run, chart: Path, tmp_path: Path
) -> None:
    """A person's own way of writing is not rewritten."""
    run("import", chart.name, *ASK)
    case = tmp_path / "case.yaml"
    text = case.read_text("utf-8")
    start = text.index("scores:\n")
    end = text.index("\n\n", start)
    own = text[:start] + "scores: [{scale: PHQ-9, total: 9, on: 2024-01-02}]" + text[end:]
    case.write_text(own, "utf-8")
    assert run("import", chart.name, *ASK, "--yes").code == 0
    assert added(own, case.read_text("utf-8")) == [
        "# QUESTION: The import found more: write it into the list above.",
        "#   - {scale: PHQ-9, total: 21, on: 2026-03-11}  # from [1] Observation/s1",
        "#   - {scale: MADRS, total: 34, on: 2026-11-10}  # from [1] Observation/s2",
    ]


def imported() -> Imported:
    """Return the facts of the bundle, with no patient, so that every case may take them."""
    found = importers.gather(
        [CHARTS / "bundle.json", CHARTS / "history.csv"],
        Library.open(),
        DAY,
        importers.Wanted("cigna"),
    )
    return replace(found, payer=None, facts=replace(found.facts, patient=None))


FOUND = imported()


@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_a_sample_stays(name: str) -> None:
    """Cases of other hands, with comments and long texts, keep each line in its order."""
    raw = samples.find(name).path.read_text("utf-8")
    service = services.find(str(datafile.parse(raw, name).value["request"]["service"]))  # type: ignore[index,call-overload]
    assert service is not None
    merged = merge.merge(raw, name, FOUND, service, DAY)
    assert any("MedicationDispense/f1" in line for line in added(raw, merged.text))
    again = merge.merge(merged.text, name, FOUND, service, DAY)
    assert again.text == merged.text


@given(
    st.lists(
        st.sampled_from(
            [
                "# a comment of mine",
                "scores:\n  - {scale: PHQ-9, total: 20, on: 2026-01-01}  # mine",
                (
                    "treatments:\n  - drug: sertraline\n    doses:\n"
                    "      - {mg_per_day: 25, from: 2020}\n    # and why\n"
                ),
                "treatments:\n- drug: sertraline\n  doses: [{mg_per_day: 25, from: 2020}]",
                "diagnoses: [{code: F33.1}]",
                "exhibits:\n  - {id: notes, title: N, kind: other, file: n.pdf}",
                "patient: {name: {given: , family: }}",
                "patient:\n  name: {given: , family: }\n  birth_date:   # ask\n",
                "rationale:\n  safety: |\n    a text\n    # no comment\n\n    more",
                "",
            ]
        ),
        unique_by=lambda part: part.split(":")[0],
    )
)
def test_whatever_a_person_wrote_is_kept(parts: list[str]) -> None:
    """For files of many forms: each value and each line stays, or the merge is refused whole."""
    text = "\n".join([*parts, "request: {service: esketamine}", ""])
    assert ESKETAMINE is not None
    try:
        merged = merge.merge(text, "case.yaml", FOUND, ESKETAMINE, DAY)
    except merge.UnmergeableError:
        return
    added(text, merged.text)
    assert datafile.parse(merged.text, "case.yaml").value is not None


def test_a_draft_says_the_same_on_the_same_day() -> None:
    """Same records, library and day: same bytes."""
    assert ESKETAMINE is not None
    made = [draft.text(draft.draft(FOUND, ESKETAMINE, "cigna", DAY)) for _ in range(2)]
    assert made[0] == made[1]
