"""From a chart to a case file to a letter: what is written, what is asked, what is left."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from conftest import CHARTS, DAY

from priorauth import importers, intake
from priorauth.importers import draft
from priorauth.importers.tables import rows
from priorauth.library import Library
from priorauth.reference import services

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Done

    from priorauth.importers.facts import Facts

    Run = Callable[..., Done]

PERSON = {
    "resourceType": "Patient",
    "id": "p",
    "name": [{"family": "Calloway", "given": ["Ines"]}],
    "birthDate": "1979-04-02",
    "telecom": [{"system": "phone", "value": "12"}],
    "address": [{"line": ["14 Alder Court"], "city": "Toronto", "postalCode": "M5V"}],
}
OWN = {"subject": {"reference": "Patient/p"}}
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SERTRALINE = {"coding": [{"system": RXNORM, "code": "312941"}]}


def bundle(tmp_path: Path, *resources: dict[str, Any]) -> Path:
    """Return a bundle of the patient and what is given, each resource the patient's."""
    every = [PERSON, *({"id": f"r{n}", **OWN, **one} for n, one in enumerate(resources))]
    path = tmp_path / "chart"
    path.write_text(
        json.dumps({"resourceType": "Bundle", "entry": [{"resource": one} for one in every]})
    )
    return path


def facts(tmp_path: Path, *resources: dict[str, Any]) -> Facts:
    """Return what the resources come to for Cigna."""
    wanted = importers.Wanted("cigna")
    return importers.gather([bundle(tmp_path, *resources)], Library.open(), DAY, wanted).facts


def written(tmp_path: Path, *resources: dict[str, Any]) -> str:
    """Return the case file that the resources make."""
    wanted = importers.Wanted("cigna")
    found = importers.gather([bundle(tmp_path, *resources)], Library.open(), DAY, wanted)
    service = services.find("esketamine")
    assert service is not None
    return draft.text(draft.draft(found, service, "cigna", DAY))


def statement(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a resource
    """Return a statement that sertraline is taken, with more fields."""
    return {
        "resourceType": "MedicationStatement",
        "status": "active",
        "medicationCodeableConcept": SERTRALINE,
        "effectivePeriod": {"start": "2026-05"},
        **more,
    }


# --- drugs in FHIR --------------------------------------------------------------------------------


def test_a_statement_of_the_patient_is_the_patients_report(tmp_path: Path) -> None:
    """Who said it decides the source; that it is still taken is asked, with where it stands."""
    found = facts(tmp_path, statement(informationSource={"reference": "Patient/p"}))
    (course,) = found.courses
    assert course.source is not None
    assert course.source.value == "patient_report"
    text = written(tmp_path, statement())
    assert (
        "    # QUESTION: [1] MedicationStatement/r0 says that it is taken: is it still?\n"
        "    # ongoing: yes\n" in text
    )
    assert "    source: chart\n" in text


@pytest.mark.parametrize(
    "more", [{"status": "not-taken"}, {"status": "intended"}, {"taken": "n"}, {"status": "unknown"}]
)
def test_what_was_not_taken_is_no_treatment(more: dict[str, str], tmp_path: Path) -> None:
    """In the words of R4 and of STU3."""
    assert facts(tmp_path, statement(**more)).courses == ()


@pytest.mark.parametrize(
    ("more", "doses"),
    [
        ({"status": "draft"}, []),
        ({"status": "active", "intent": "proposal"}, []),
        ({"status": "cancelled"}, []),
        ({"status": "stopped", "intent": "order"}, ["None"]),
    ],
)
def test_an_order_that_was_never_in_force_is_left(
    more: dict[str, str], doses: list[str], tmp_path: Path
) -> None:
    """A draft, a proposal and a withdrawn order were never followed."""
    order = {
        "resourceType": "MedicationRequest",
        "authoredOn": "2026-01-05",
        "medicationCodeableConcept": SERTRALINE,
        **more,
    }
    found = facts(tmp_path, order).courses
    assert [str(dose.amount) for course in found for dose in course.doses] == doses


def test_a_drug_that_is_a_resource_of_its_own_is_found(tmp_path: Path) -> None:
    """In the same export, or contained in the order."""
    other = {"resourceType": "Medication", "id": "m", "code": SERTRALINE}
    apart = statement(medicationReference={"reference": "Medication/m"})
    inside = statement(
        medicationReference={"reference": "#own"},
        contained=[{"resourceType": "Medication", "id": "own", "code": SERTRALINE}],
    )
    for one in (apart, inside):
        one.pop("medicationCodeableConcept")
        assert [course.drug for course in facts(tmp_path, other, one).courses] == ["sertraline"]


def test_an_added_drug_is_asked_what_it_was_added_to(tmp_path: Path) -> None:
    """Aripiprazole is no antidepressant; the record does not say beside which one it was given."""
    coded = {
        "coding": [{"system": RXNORM, "code": "89013"}],
        "text": "aripiprazole 5 MG Oral Tablet",
    }
    text = written(tmp_path, statement(medicationCodeableConcept=coded))
    assert (
        "    # QUESTION: Was it added to an antidepressant? To which one?\n    # augments:\n"
        in text
    )


def test_sessions_of_ketamine_are_no_daily_dose(tmp_path: Path) -> None:
    """They have an entry of their own in a case, which a person writes."""
    given = statement(medicationCodeableConcept={"text": "Spravato 84 mg"})
    text = written(tmp_path, given)
    assert "given in sessions: write it as `ketamine:` or `esketamine:`" in text


# --- other resources ------------------------------------------------------------------------------


def test_procedures_are_sessions_and_their_kind_is_asked(tmp_path: Path) -> None:
    """CPT says that ECT was given, how often and when; not where the electrodes were."""

    def ect(day: str, status: str = "completed") -> dict[str, Any]:
        coded = {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "90870"}]}
        return {
            "resourceType": "Procedure",
            "status": status,
            "code": coded,
            "performedDateTime": day,
        }

    found = facts(tmp_path, ect("2025-03-03"), ect("2025-03-05"), ect("2025-03-07", "not-done"))
    assert [(s.kind, s.count, str(s.first), str(s.last)) for s in found.sessions] == [
        ("ect", 2, "2025-03-03", "2025-03-05")
    ]
    text = written(tmp_path, ect("2025-03-03"))
    assert (
        "  # QUESTION: Which placement? Write it after `ect:`.\n  - ect:\n    sessions: 1\n" in text
    )


@pytest.mark.parametrize(
    "more",
    [
        {"verificationStatus": {"coding": [{"code": "refuted"}]}},
        {"verificationStatus": {"coding": [{"code": "provisional"}]}},
        {"clinicalStatus": "resolved"},
        {"abatementDateTime": "2020-01-01"},
    ],
)
def test_a_condition_that_the_patient_does_not_have_is_left(
    more: dict[str, Any], tmp_path: Path
) -> None:
    """Refuted, not confirmed, or over: in the words of R4 and of STU3."""
    code = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "F33.2"}]}
    assert facts(tmp_path, {"resourceType": "Condition", "code": code, **more}).diagnoses == ()


def test_a_category_and_two_codes_are_asked(tmp_path: Path) -> None:
    """F33 is not billable; F33.1 and F33.2 together are no diagnosis."""

    def coded(*codes: str) -> dict[str, Any]:
        system = "http://hl7.org/fhir/sid/icd-10-cm"
        name = {"coding": [{"system": system, "code": code} for code in codes], "text": codes[-1]}
        return {"resourceType": "Condition", "code": name}

    assert [(d.question, d.how) for d in facts(tmp_path, coded("F33")).diagnoses] == [
        ("The record gives a category, which is not billable: which code in it?", "one in F33")
    ]
    assert [(d.question, d.how) for d in facts(tmp_path, coded("F33.1", "F33.2")).diagnoses] == [
        ("The record gives several ICD-10-CM codes: which one?", "one of F33.1 and F33.2")
    ]


def test_a_score_without_a_day_takes_that_of_its_visit(tmp_path: Path) -> None:
    """Some exports date the visit alone."""
    visit = {"resourceType": "Encounter", "id": "v", "period": {"start": "2026-11-10"}}
    total = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "44261-6"}]},
        "valueInteger": 20,
    }
    dated = facts(tmp_path, visit, {**total, "encounter": {"reference": "Encounter/v"}}).scores
    assert [(s.total, str(s.on)) for s in dated] == [(20, "2026-11-10")]
    assert [s.question for s in facts(tmp_path, total).scores] == ["On which day was it?"]
    for status, day in (("preliminary", "2026-11-10"), ("final", "2027-01-01")):
        assert not facts(tmp_path, {**total, "status": status, "effectiveDateTime": day}).scores


def test_a_document_without_content_is_left_and_a_web_page_is_asked(tmp_path: Path) -> None:
    """Only what can be enclosed as it is becomes an exhibit that a packet takes."""

    def note(**attached: str) -> dict[str, Any]:
        return {"resourceType": "DocumentReference", "content": [{"attachment": attached}]}

    text = written(
        tmp_path,
        note(contentType="text/html", data="PHA+aGk8L3A+"),
        note(contentType="application/pdf", url="Binary/gone"),
        note(contentType="text/plain", data="not base64!"),
    )
    assert "  # QUESTION: Print this file as PDF and name that one here.\n" in text
    assert (
        "  # - {id: note_1, title: Document of the chart, kind: other, file: note-1.html}" in text
    )
    assert text.count(": its content is not in these files\n") == 2


NOTHING = "bm90aGluZw=="
HELD = [
    ({"type": {"text": "Psychotherapy note"}}, "This may be psychotherapy notes"),
    ({"description": "Individual therapy notes"}, "This may be psychotherapy notes"),
    ({"data": "UHJvY2VzcyBub3RlIG9mIHRoZSBzZXNzaW9u"}, "This may be psychotherapy notes"),
    ({"securityLabel": [{"coding": [{"code": "PSYTHPN"}]}]}, "as restricted (PSYTHPN)"),
    ({"meta": {"security": [{"code": "R"}]}}, "as restricted (R)"),
    ({"type": {"text": "Psychiatry progress note"}}, ""),
    ({"securityLabel": [{"coding": [{"code": "N"}]}]}, ""),
    ({"description": "Physical therapy evaluation"}, ""),
]


@pytest.mark.parametrize(("more", "told"), HELD)
def test_what_not_everybody_may_see_is_enclosed_by_nobody_but_a_person(
    more: dict[str, Any], told: str, tmp_path: Path
) -> None:
    """Psychotherapy notes by title or by content, and documents with a label of restriction."""
    attached = {"contentType": "text/plain", "data": more.pop("data", NOTHING)}
    text = written(
        tmp_path,
        {"resourceType": "DocumentReference", "content": [{"attachment": attached}], **more},
    )
    (line,) = [one for one in text.split("\n") if "{id: note_1," in one]
    assert line.startswith("  # - {" if told else "  - {")
    assert told in " ".join(re.sub(r"\n *#  ?", " ", text).split())
    assert ("\nexhibits:\n" in text) != bool(told)


def test_values_that_a_letter_cannot_take_are_asked(tmp_path: Path) -> None:
    """A telephone number of two digits and an address abroad stand as comments."""
    text = written(tmp_path)
    assert "  # QUESTION: This phone does not have the form that is needed: mend it.\n" in text
    assert '  # phone: "12"\n' in text
    assert "  # QUESTION: This address has no form that a US letter takes: mend it.\n" in text


def plan(name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a resource
    """Return a plan of the patient with a payer."""
    return {
        "resourceType": "Coverage",
        "status": "active",
        "beneficiary": {"reference": "Patient/p"},
        "payor": [{"display": name}],
        "subscriberId": "U1",
        **more,
    }


def test_the_episode_is_asked_and_its_severity_never_taken_for_granted(tmp_path: Path) -> None:
    """The places are empty: a line that is only uncommented says nothing yet."""
    text = written(tmp_path)
    assert "# QUESTION: When did this episode begin, how severe is it" in text
    assert "# episode: {onset: , severity: , psychotic_features: }\n" in text


def test_a_patient_who_has_died_and_a_table_without_one_are_both_said(tmp_path: Path) -> None:
    """Neither doubt hides the other."""
    path = bundle(tmp_path)
    path.write_text(path.read_text().replace('"id": "p"', '"id": "p", "deceasedBoolean": true'))
    section = tmp_path / "section.xml"
    section.write_text("<section xmlns='urn:hl7-org:v3'><title>Payers</title></section>")
    wanted = importers.Wanted("cigna")
    found = importers.gather([path, section], Library.open(), DAY, wanted).facts
    assert [doubt[:34] for doubt in found.doubts] == [
        "The record says that the patient h",
        "section.xml: no patient is named t",
    ]


def test_plans_are_certain_or_asked(tmp_path: Path) -> None:
    """The one of this payer is taken; one that has ended is left; two others are a question."""
    found = facts(tmp_path, plan("Cigna Healthcare"), plan("Acme")).coverage
    assert (found.certain, found.payer_name) == (True, "Cigna Healthcare")
    ended = facts(tmp_path, plan("Cigna Healthcare", period={"end": "2025-12-31"})).coverage
    assert ended.record is None
    two = facts(tmp_path, plan("Acme"), plan("Other")).coverage
    assert two.question == "The records hold 2 plans: which one is asked?"
    assert two.payer_name == "Acme and Other"
    text = written(tmp_path, plan("Acme"), plan("Other"))
    assert "  # The plans are of Acme and Other.\n" in text


def test_claims_that_name_the_patient_by_the_number_of_the_plan_are_the_patients(
    tmp_path: Path,
) -> None:
    """The subscriber's number does not do: it is the whole family's."""
    number = {"type": {"coding": [{"code": "MB"}]}, "value": "W55501"}
    card = {**plan("Cigna", subscriberId="W555"), "identifier": [number]}
    table = tmp_path / "claims.csv"
    table.write_text(
        "member id,drug,fill date,qty,days supply\n"
        "W55501,sertraline 50 mg,2026-01-05,30,30\nW555,sertraline 50 mg,2026-02-05,30,30\n"
    )
    wanted = importers.Wanted("cigna")
    found = importers.gather([bundle(tmp_path, card), table], Library.open(), DAY, wanted)
    assert [str(d.start) for c in found.facts.courses for d in c.doses] == ["2026-01-05"]
    why = "of another patient, or of one that no file describes"
    assert [(one.why, place.ref) for one, place in found.records.singled_out] == [(why, "row 3")]


def test_a_plan_of_somebody_else_asks_for_the_subscriber(tmp_path: Path) -> None:
    """A spouse's plan needs the spouse's name."""
    spouse = plan("Cigna Healthcare", relationship={"coding": [{"code": "spouse"}]})
    text = written(tmp_path, spouse)
    assert "  # QUESTION: The plan is somebody else's: whose?\n" in text


def test_nothing_of_the_plan_or_the_prescriber_is_taken_for_granted(tmp_path: Path) -> None:
    """Kind of plan, benefit and specialty are empty places, which `check` names."""
    path = tmp_path / "case.yaml"
    path.write_text(written(tmp_path), "utf-8")
    empty = {p.place.field for p in intake.read(path, DAY).problems}
    assert empty >= {
        "coverage.line_of_business",
        "coverage.benefit",
        "coverage.member_id",
        "prescriber.specialty",
        "prescriber.npi",
        "practice.fax",
        "request.plan",
    }


# --- dates of tables ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-01-05", "2026-01-05"),
        ("1/5/2026", "2026-01-05"),
        ("01-05-2026", "2026-01-05"),
        ("Jan 5, 2026", "2026-01-05"),
        ("5-Jan-2026", "2026-01-05"),
        ("January 5, 2026", "2026-01-05"),
        ("1/2026", "2026-01"),
        ("2026", "2026"),
        ("13/04/2026", "None"),
        ("1/5/26", "None"),
        ("spring", "None"),
        ("", "None"),
    ],
)
def test_a_date_of_a_table_has_the_month_first(text: str, day: str) -> None:
    """As US programs write it; what can be read in two ways or none is no date."""
    assert str(rows.when(text)) == day


# --- to the letter --------------------------------------------------------------------------------

ANSWERS = {
    r"(prescriber:\n  name: )\{given: , family: \}": r"\1{given: Ruth, family: Okafor}",
    r"  credentials: .*": "  credentials: MD",
    r"  specialty: .*": "  specialty: psychiatry",
    r"(specialty: psychiatry\n)  npi: .*": r'\1  npi: "1234567893"',
    r"  line_of_business: .*\n.*": "  line_of_business: commercial",
    r"  benefit: .*": "  benefit: medical",
    r"practice:\n  name:": "practice:\n  name: Prairie Wind Psychiatry",
    r"address: \{street: , city: , state: , zip: \"\"\}": (
        'address: {street: 300 Quincy Street, city: Topeka, state: KS, zip: "66603"}'
    ),
    r"\n  phone:\n": "\n  phone: 785-555-0144\n",
    r"\n  fax: .*": "\n  fax: 785-555-0145",
    r"units: \}": "units: 84}",
    r"  plan: .*": "  plan: 84 mg twice weekly for 4 weeks, then weekly for 4 weeks",
    r"# episode: .*": "episode: {onset: 2024-01-10, severity: severe, psychotic_features: no}",
    r"    # outcome:": "    outcome: no_response",
    r"    outcome: partial_response": "    outcome: no_response",
    r"    # stopped_because:": "    stopped_because: no benefit",
    r"    # source: chart .*": "    source: chart",
    r"# attestations:": "attestations:",
    r"#   (\w+): \{answer: yes, by: , on: .*": (
        r"  \1: {answer: yes, by: Ruth Okafor, on: 2026-11-12}"
    ),
}


def test_an_answered_import_becomes_a_letter(run: Run, tmp_path: Path) -> None:
    """Chart and history in, the questions answered as a clerk would: ready, and printed so."""
    ask = ("--service", "esketamine", "--payer", "cigna", "--on", DAY)
    charts = (CHARTS / "bundle.json", CHARTS / "history.csv")
    assert run("import", *charts, *ask).code == 0
    assert run("check", "case.yaml", "--on", DAY).code == 2
    case = tmp_path / "case.yaml"
    text = case.read_text("utf-8")
    for place, answer in ANSWERS.items():
        text, count = re.subn(place, answer, text)
        assert count, place
    case.write_text(text, "utf-8")
    checked = run("check", "case.yaml", "--on", DAY)
    assert checked.code == 0, checked.out + checked.err
    assert run("letter", "case.yaml", "--html", "--on", DAY).code == 0
    letter = (tmp_path / "letter.html").read_text("utf-8")
    assert "QUESTION" not in letter
    for said in ("Ines R. Calloway", "U4471920301", "100 mg/day", "No benefit after nine weeks"):
        assert said in letter
