"""Bad input: each is told in one sentence, where, what and what to do; nothing is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Done

    Run = Callable[..., Done]

ASK = ("--service", "esketamine", "--payer", "cigna", "--on", "2026-11-22")
PERSON = {
    "resourceType": "Patient",
    "id": "p1",
    "name": [{"family": "Calloway", "given": ["Ines"]}],
    "birthDate": "1979-04-02",
}
OTHER = {**PERSON, "id": "p2", "name": [{"family": "Brand", "given": ["Olaf"]}]}
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SERTRALINE = {
    "coding": [{"system": RXNORM, "code": "312941"}],
    "text": "sertraline 50 MG Oral Tablet",
}
BOMB = """<!DOCTYPE bomb [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<ClinicalDocument xmlns="urn:hl7-org:v3">&c;</ClinicalDocument>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>
<ClinicalDocument xmlns="urn:hl7-org:v3"><title>&f;</title></ClinicalDocument>"""


def fill(**changes: object) -> dict[str, Any]:
    """Return a fill of sertraline for 30 days, with changes; a field that is None is left out."""
    whole = {
        "resourceType": "MedicationDispense",
        "id": "f1",
        "status": "completed",
        "medicationCodeableConcept": SERTRALINE,
        "subject": {"reference": "Patient/p1"},
        "whenHandedOver": "2026-01-05",
        "quantity": {"value": 60, "unit": "tablet"},
        "daysSupply": {"value": 30, "unit": "days"},
        **changes,
    }
    return {key: value for key, value in whole.items() if value is not None}


def bundle(*resources: dict[str, Any]) -> str:
    """Return a bundle of resources."""
    entries = [{"resource": one} for one in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


REFUSED = [
    ("empty", b"", "chart: error: the file is empty. Make the export again."),
    (
        "not json",
        b'{"resourceType": "Bundle",\n"entry": [}',
        (
            "chart:2: error: the file is not readable as JSON. "
            "The export is damaged or cut short: make it again."
        ),
    ),
    (
        "cut short",
        bundle(PERSON)[:-9].encode(),
        (
            "chart:1: error: the file is not readable as JSON. "
            "The export is damaged or cut short: make it again."
        ),
    ),
    (
        "json of something else",
        b'{"name": "x"}',
        (
            "chart: error: this JSON holds no FHIR resources. "
            "Name a FHIR bundle, a resource, or a file of a bulk export."
        ),
    ),
    (
        "not utf-8",
        b'{"resourceType": "Patient", "name": [{"family": "P\xe9rez"}]}',
        'chart:1: error: the file is not UTF-8 text. Save it again with the encoding "UTF-8".',
    ),
    (
        "utf-16",
        bundle(PERSON).encode("utf-16"),
        (
            'chart: error: the file is UTF-16 text. Save it again with the encoding "UTF-8"; '
            'Excel calls it "CSV UTF-8".'
        ),
    ),
    (
        "utf-16 without its mark",
        bundle(PERSON).encode("utf-16-le"),
        (
            'chart: error: the file is UTF-16 text. Save it again with the encoding "UTF-8"; '
            'Excel calls it "CSV UTF-8".'
        ),
    ),
    (
        "a number without end",
        bundle({**PERSON, "multipleBirthInteger": 1}).replace(": 1}", f": {'1' * 5000}}}").encode(),
        (
            "chart: error: the file is not readable as JSON. "
            "The export is damaged or cut short: make it again."
        ),
    ),
    (
        "a statement of DSTU2",
        bundle({"resourceType": "MedicationStatement", "patient": {"reference": "a"}}).encode(),
        "chart: error: this is FHIR DSTU2, which is not read. Export it again as FHIR R4.",
    ),
    (
        "DSTU2",
        bundle({**PERSON, "name": [{"family": ["Calloway"]}]}).encode(),
        "chart: error: this is FHIR DSTU2, which is not read. Export it again as FHIR R4.",
    ),
    (
        "DSTU2 order",
        bundle({"resourceType": "MedicationOrder", "id": "1"}).encode(),
        "chart: error: this is FHIR DSTU2, which is not read. Export it again as FHIR R4.",
    ),
    (
        "R5",
        bundle(
            {"resourceType": "MedicationRequest", "medication": {"concept": SERTRALINE}}
        ).encode(),
        "chart: error: this is FHIR R5, which is not read yet. Export it again as FHIR R4.",
    ),
    (
        "FHIR as XML",
        b'<Bundle xmlns="http://hl7.org/fhir"/>',
        "chart: error: this is FHIR as XML, which is not read. Export it as JSON.",
    ),
    (
        "not xml",
        b"<ClinicalDocument>\n<title>x</ClinicalDocument>",
        (
            "chart:2: error: the file is not readable as XML. "
            "The export is damaged or cut short: make it again."
        ),
    ),
    (
        "xml in an encoding that it does not name",
        b"<ClinicalDocument xmlns='urn:hl7-org:v3'>\n<title>n\xe9</title></ClinicalDocument>",
        'chart:2: error: the file is not UTF-8 text. Save it again with the encoding "UTF-8".',
    ),
    (
        "xml in an encoding that there is not",
        b"<?xml version='1.0' encoding='klingon'?><ClinicalDocument xmlns='urn:hl7-org:v3'/>",
        (
            "chart: error: the file names an encoding that is not read. "
            'Save it again with the encoding "UTF-8".'
        ),
    ),
    (
        "rich text",
        b"{\\rtf1 Dear colleague}",
        (
            "chart: error: this is none of the formats that are read. "
            "Name FHIR (JSON), C-CDA (XML), CSV or XLSX files, or a folder of them."
        ),
    ),
    (
        "a quotation mark without its partner",
        b'drug,filled\n"sertraline 50 mg,2026-01-05\nsertraline 50 mg,2026-02-04\n',
        (
            "chart:2: error: this row is not readable as CSV. Look for a quotation mark without "
            "its partner, or save the table again as CSV."
        ),
    ),
    (
        "another xml",
        b"<html xmlns='http://www.w3.org/1999/xhtml'/>",
        (
            "chart: error: this XML is no clinical document. "
            "Name a C-CDA document, or a section of one."
        ),
    ),
    (
        "entity bomb",
        BOMB.encode(),
        (
            "chart: error: the file declares a document type, "
            "which a clinical document never needs. "
            "Do not open it: ask the sender for a C-CDA."
        ),
    ),
    (
        "external entity",
        OUTSIDE.encode(),
        (
            "chart: error: the file declares a document type, "
            "which a clinical document never needs. "
            "Do not open it: ask the sender for a C-CDA."
        ),
    ),
    (
        "a PDF",
        b"%PDF-1.7",
        (
            "chart: error: this is none of the formats that are read. "
            "Name FHIR (JSON), C-CDA (XML), CSV or XLSX files, or a folder of them."
        ),
    ),
    (
        "no header",
        b"sertraline,2026-01-05,60,30\nsertraline,2026-02-04,60,30\n",
        (
            "chart:1: error: the first row holds no column names that are known here. "
            "Write a first row such as drug, fill date, quantity, days supply; or drug, start, "
            "end, dose; or scale, total, date; or name the columns with --columns."
        ),
    ),
    (
        "a broken workbook",
        b"PK\x03\x04 cut short",
        (
            "chart: error: the file is no workbook that can be read. "
            "Open it in Excel and save it again, or save the table as CSV; an export that is "
            "packed as ZIP has to be unpacked first."
        ),
    ),
]


@pytest.mark.parametrize(
    ("content", "told"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_a_file_that_cannot_be_read_is_told(
    content: bytes, told: str, run: Run, tmp_path: Path
) -> None:
    """The exact sentence, exit code 2, and no case file."""
    (tmp_path / "chart").write_bytes(content)
    done = run("import", "chart", *ASK)
    assert (done.code, done.out, done.err) == (2, "", f"{told}\n")
    assert not (tmp_path / "case.yaml").exists()


def test_a_file_that_is_not_there_is_told(run: Run) -> None:
    """By its name."""
    done = run("import", "chart.json", *ASK)
    assert done.code == 2
    assert done.err == "chart.json: error: there is no such file. Check the name and the folder.\n"


def test_a_byte_order_mark_changes_nothing(run: Run, tmp_path: Path) -> None:
    """Windows programs write one before UTF-8."""
    (tmp_path / "chart").write_bytes(b"\xef\xbb\xbf" + bundle(PERSON, fill()).encode())
    done = run("import", "chart", *ASK)
    assert (done.code, "  treatments  1, with 1 dose\n" in done.out) == (0, True)


LINES = [
    (f"{json.dumps(PERSON)}\n{json.dumps(fill())}\n", ""),
    (f"{json.dumps(PERSON)}\n\n{bundle(fill())}\n", ""),
    (f"{bundle(PERSON)}\n{json.dumps(fill())}\n", ""),
    (json.dumps([PERSON, fill()]), ""),
    (
        f"{json.dumps(PERSON)}\n{json.dumps(fill())[:-9]}\n",
        (
            "chart:2: error: the file is not readable as JSON. "
            "The export is damaged or cut short: make it again.\n"
        ),
    ),
    (
        f'{json.dumps(PERSON)}\n{{"name": "x"}}\n',
        (
            "chart:2: error: this JSON holds no FHIR resources. "
            "Name a FHIR bundle, a resource, or a file of a bulk export.\n"
        ),
    ),
    (
        "[" * 100_000,
        (
            "chart: error: its brackets are nested more than 500 deep, which no record needs. "
            "The file is damaged: ask the sender for the export again.\n"
        ),
    ),
    (
        f"[{json.dumps(PERSON)}, {json.dumps(fill(note='[3, 5) ' * 600))}]",
        "",
    ),
]


@pytest.mark.parametrize(("content", "told"), LINES)
def test_lines_and_lists_of_resources_are_read_whole(
    content: str, told: str, run: Run, tmp_path: Path
) -> None:
    """A bundle among the lines, or a resource after a bundle, is lost no more than the others."""
    (tmp_path / "chart").write_text(content)
    done = run("import", "chart", *ASK)
    assert done.err == told
    assert bool(told) != ("  treatments  1, with 1 dose\n" in done.out)


def test_two_patients_are_refused_and_one_can_be_chosen(run: Run, tmp_path: Path) -> None:
    """A case is about one patient: none is chosen silently, and the other's fill is left."""
    theirs = fill(id="f2", subject={"reference": "Patient/p2"})
    (tmp_path / "chart").write_text(bundle(PERSON, OTHER, fill(), theirs))
    done = run("import", "chart", *ASK)
    assert (done.code, done.err) == (
        2,
        (
            "chart: 2 patients. A case is about one: add --patient with the `id` of the Patient "
            "resource, or with the patient's number as the record has it.\n"
        ),
    )
    done = run("import", "chart", *ASK, "--patient", "p3")
    assert (done.code, done.err) == (
        2,
        (
            "No patient of these files has the id given with --patient; they hold 2 patients. "
            "Write the `id` of the Patient resource, or the patient's number in the record.\n"
        ),
    )
    done = run("import", "chart", *ASK, "--patient", "p2")
    assert done.code == 0
    assert "1  fill: of another patient, or of one that no file describes\n" in done.out
    assert "family: Brand" in (tmp_path / "case.yaml").read_text()


AMOUNT = "a quantity or days' supply that is not above zero"
LEFT = [
    ({"whenHandedOver": "0001-01-01"}, "no date that can be used"),
    ({"whenHandedOver": None}, "no date that can be used"),
    ({"whenHandedOver": "2027-01-05"}, "dated after the day of the import"),
    ({"quantity": {"value": -60}}, AMOUNT),
    (
        {"daysSupply": {"value": 0, "unit": "d"}},
        "a quantity or days' supply that is not above zero",
    ),
    ({"daysSupply": {"value": 1e8, "unit": "d"}}, "a days' supply that no fill has"),
    ({"medicationCodeableConcept": "sertraline"}, "it names no drug"),
    ({"status": "entered-in-error"}, "its status says: entered-in-error"),
    (
        {"subject": {"reference": "Patient/nobody"}},
        "of another patient, or of one that no file describes",
    ),
    (
        {"medicationCodeableConcept": None, "medicationReference": {"reference": "Medication/9"}},
        "its drug stands in a record that is not there",
    ),
]


@pytest.mark.parametrize(("changes", "why"), LEFT)
def test_a_fill_that_cannot_be_used_is_left_and_told(
    changes: dict[str, Any], why: str, run: Run, tmp_path: Path
) -> None:
    """On the screen with the reason, in the case file with its place."""
    (tmp_path / "chart").write_text(bundle(PERSON, fill(**changes)))
    done = run("import", "chart", *ASK)
    assert done.code == 0
    assert why in done.out
    assert "  treatments  0\n" in done.out
    text = (tmp_path / "case.yaml").read_text()
    assert (
        f"#   [1] MedicationDispense/f1: {why}"[:60] in text
        or "# [1] MedicationDispense/f1" in text
    )


DOCUMENT = (
    "<ClinicalDocument xmlns='urn:hl7-org:v3'><recordTarget><patientRole><id extension='7'/>"
    "<patient><name><given>In\u00e9s</given><family>Calloway</family></name></patient>"
    "</patientRole></recordTarget></ClinicalDocument>"
)


@pytest.mark.parametrize(
    "content",
    [
        f'<?xml version="1.0" encoding="ISO-8859-1"?>{DOCUMENT}'.encode("latin-1"),
        f'<?xml version="1.0" encoding="UTF-16"?>{DOCUMENT}'.encode("utf-16"),
        b"\xef\xbb\xbf" + DOCUMENT.encode(),
    ],
)
def test_xml_is_read_in_the_encoding_that_it_names(
    content: bytes, run: Run, tmp_path: Path
) -> None:
    """Every letter of the name comes through."""
    (tmp_path / "chart").write_bytes(content)
    assert run("import", "chart", *ASK).code == 0
    assert "In\u00e9s" in (tmp_path / "case.yaml").read_text("utf-8")


def test_what_has_no_type_and_no_rows_is_counted(run: Run, tmp_path: Path) -> None:
    """Nothing is lost silently: an entry without a resource, a table of a header alone."""
    whole = json.loads(bundle(PERSON))
    whole["entry"] += [None, {"fullUrl": "urn:uuid:1"}, {"resource": {"id": "x"}}]
    (tmp_path / "chart").write_text(json.dumps(whole))
    (tmp_path / "fills.csv").write_text("drug,fill date\n")
    done = run("import", "chart", "fills.csv", *ASK)
    assert "       3  entry: it holds no resource with a type\n" in done.out
    assert "       1  table: it holds no row below its header\n" in done.out


def test_a_record_that_stands_twice_is_taken_once(run: Run, tmp_path: Path) -> None:
    """The same is counted; another content under one id is told with its place."""
    (tmp_path / "chart").write_text(bundle(PERSON, fill(), fill()))
    assert "1  fill: stands twice: taken once\n" in run("import", "chart", *ASK).out
    (tmp_path / "case.yaml").unlink()
    (tmp_path / "chart").write_text(bundle(PERSON, fill(), fill(quantity={"value": 30})))
    done = run("import", "chart", *ASK)
    assert "1  fill: stands twice with different content: the first was taken\n" in done.out


def test_a_patient_who_has_died_is_said_first(run: Run, tmp_path: Path) -> None:
    """On the screen and at the head of the case file."""
    (tmp_path / "chart").write_text(bundle({**PERSON, "deceasedDateTime": "2026-03-01"}))
    done = run("import", "chart", *ASK)
    assert (
        "Look first: The record says that the patient has died: is this the right record?\n"
        in done.out
    )
    text = (tmp_path / "case.yaml").read_text()
    assert "# QUESTION (holds the letter): The record says that the patient has died" in text


PAS = [
    (
        "nonconformant_pas_bundle_v110.json",
        (
            "the FHIR bundle is empty. "
            "Export the patient's record again, and check that it holds resources."
        ),
    ),
    (
        "missing_referenced_resource_request_bundle.json",
        (
            "the request in this bundle names a Practitioner that is not in it. "
            "Ask the sender for the whole bundle."
        ),
    ),
]


@pytest.mark.parametrize(("name", "told"), PAS)
def test_bundles_that_are_bad_on_purpose_fail_loudly(
    name: str, told: str, inputs: Path, run: Run
) -> None:
    """Two fixtures of a public test kit."""
    done = run("import", inputs / "pas" / name, *ASK)
    assert (done.code, done.err) == (2, f"{inputs / 'pas' / name}: error: {told}\n")


def test_a_file_of_a_folder_that_is_no_chart_is_left_and_told(run: Run, tmp_path: Path) -> None:
    """A letter of the sender, a picture: the records beside them are read all the same."""
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "README.md").write_text("Export of the chart, made on request.\n")
    (folder / "scan.pdf").write_bytes(b"%PDF-1.7")
    (folder / "chart").write_text(bundle(PERSON, fill()))
    done = run("import", "export", *ASK)
    assert done.code == 0
    assert "       2  file: it holds no records\n" in done.out
    text = (tmp_path / "case.yaml").read_text()
    assert "# [1] file: it holds no records" in text.replace("#   ", "# ")
    (folder / "chart").write_text(bundle(PERSON)[:-3])
    assert run("import", "export", *ASK, "-o", "other.yaml").code == 2


def test_an_answer_that_quotes_its_request_is_read(inputs: Path, run: Run) -> None:
    """A rejection names a plan that the request had: that is no damage."""
    done = run("import", inputs / "pas" / "Bundle-RejectionResponseBundleExample.json", *ASK)
    assert done.code == 0


def test_an_answer_of_a_payer_is_no_chart(inputs: Path, run: Run) -> None:
    """It is counted as left; the patient in it is taken."""
    done = run("import", inputs / "pas" / "valid_pa_response_bundle_denial.json", *ASK)
    assert done.code == 0
    assert "1  ClaimResponse: a payer's answer, which is no chart\n" in done.out


def test_an_order_by_its_package_is_its_drug(inputs: Path, run: Run, tmp_path: Path) -> None:
    """The order of Prozac says just the package: 20 mg each. How much a day is a question."""
    done = run("import", inputs / "pas" / "MedicationRequest-MedicationRequestExample.json", *ASK)
    assert done.code == 0
    text = (tmp_path / "case.yaml").read_text()
    assert "  - drug: fluoxetine\n" in text
    assert "# QUESTION: The record gives the strength, 20 mg, and not how much a day was" in text
    assert "      - {mg_per_day: , from: 2005-06-02}  # from [1] MedicationRequest/" in text


def test_a_code_without_a_name_is_asked(run: Run, tmp_path: Path) -> None:
    """Which drug it is, is no guess: the code stands below the question."""
    coded = {"coding": [{"system": "http://hl7.org/fhir/sid/ndc", "code": "50000-111-22"}]}
    (tmp_path / "chart").write_text(bundle(PERSON, fill(medicationCodeableConcept=coded)))
    assert run("import", "chart", *ASK).code == 0
    text = (tmp_path / "case.yaml").read_text()
    held = " ".join(text.replace("#", " ").split())
    assert (
        "QUESTION (holds the letter): Which drug is the one below? The record gives a code "
        "without a name. The letter stays a draft"
    ) in held
    assert "  # from [1] MedicationDispense/" in text
    assert ": NDC 50000-111-22; " in text


def test_a_record_without_a_payer_on_file_asks_for_one(run: Run, tmp_path: Path) -> None:
    """Without --payer the record must name one that is certain."""
    (tmp_path / "chart").write_text(bundle(PERSON))
    done = run("import", "chart", "--service", "esketamine")
    assert done.code == 2
    assert done.err.startswith(
        "The records name no plan of a payer that is on file, so that it is not certain whom to "
        "ask: add --payer. On file: "
    )


def test_an_exhibit_that_cannot_be_written_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    """The case and its documents are written together or not at all."""
    chart = Path(__file__).parent / "charts" / "bundle.json"
    (tmp_path / "case.yaml").mkdir()
    done = run("import", chart, *ASK)
    assert done.code == 2
    assert not list(tmp_path.glob("note-*"))
