"""A case file is read through one door, and all that is wrong with it is told in one go."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from pydantic import ValidationError

from priorauth import datafile, intake, samples
from priorauth.dates import PartialDate
from priorauth.history import DeviceTreatment, DrugTreatment, KetamineTreatment, Psychotherapy
from priorauth.problems import Severity

if TYPE_CHECKING:
    from pathlib import Path

    from priorauth.case import Case

DAY = date(2026, 11, 22)
CASE = """\
patient:
  name: {given: Dana, family: Whitfield}
  birth_date: 1984-03-09
coverage:
  payer: cigna
  member_id: U1234567801
prescriber:
  name: {given: Alex, family: Moreno}
  credentials: MD
  npi: "1234567893"
practice:
  name: Prairie Lantern Psychiatry
  address: {street: 8800 Juniper Bend, city: Overland Park, state: KS, zip: "66212"}
  phone: 913-555-0142
  fax: 913-555-0143
request:
  service: esketamine
  codes:
    - {code: J0013, units: 84}
  plan: 84 mg twice weekly for 4 weeks
  start: 2026-12-01
diagnoses:
  - code: F33.2
    evidence: {exhibit: notes, page: 1}
treatments:
  - drug: sertraline
    doses:
      - {mg_per_day: 50, from: 2025-02, to: 2025-02}
      - {mg_per_day: 150, from: 2025-03-01, to: 2025-05-30}
    outcome: no_response
    change: {scale: MADRS, before: 37, after: 35}
  - drug: aripiprazole
    augments: sertraline
    doses: [{mg_per_day: 5, from: 2025-04-01, to: 2025-05-30}]
    outcome: no_response
  - psychotherapy: CBT
    from: 2024-11
    to: 2025-03
    outcome: partial_response
  - tms: theta burst
    sessions: 30
scores:
  - {scale: PHQ-9, total: 22, on: 2026-11-10, evidence: [{exhibit: notes, page: 2}]}
attestations:
  rems_site_certified: {answer: yes, by: Alex Moreno, on: 2026-11-12}
exhibits:
  - {id: notes, title: Progress notes, kind: chart_notes, file: notes.txt}
"""
LEFT_OUT = "Write it, or remove the line: what is not known is left out."


def understood(text: str) -> intake.Intake:
    """Return the case in a text, as it is to be understood on the day of these tests."""
    return intake.understand(datafile.parse(text, "case.yaml"), DAY)


def changed(*changes: tuple[str, str]) -> str:
    """Return the case with words in it replaced, each of which stands there once."""
    text = CASE
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def said(text: str) -> list[str]:
    """Return what is wrong with a case, as staff read it, without the name of the file."""
    return [str(problem).removeprefix("case.yaml:") for problem in understood(text).problems]


def case_of(text: str) -> Case:
    """Return the case in a text; nothing may be wrong with it."""
    found = understood(text)
    assert [str(problem) for problem in found.problems] == []
    assert found.case is not None
    return found.case


# --- what is read ---------------------------------------------------------------------------------


def test_a_right_case_is_read() -> None:
    """Every part of it arrives, typed and in its order."""
    case = case_of(CASE)
    assert case.patient.name.full == "Dana Whitfield"
    assert case.patient.birth_date == date(1984, 3, 9)
    assert case.prescriber.npi == "1234567893"
    assert case.request.codes[0].units == Decimal(84)
    assert case.request.start == date(2026, 12, 1)
    assert not case.request.urgent
    assert [type(treatment) for treatment in case.treatments] == [
        DrugTreatment,
        DrugTreatment,
        Psychotherapy,
        DeviceTreatment,
    ]
    assert case.scores[0].on == PartialDate(2026, 11, 10)
    assert case.attestations["rems_site_certified"].answer
    assert case.diagnoses[0].evidence[0].page == 1
    assert case.exhibit_letter("notes") == "A"


@pytest.mark.parametrize("name", samples.names())
def test_the_samples_are_right(name: str) -> None:
    """They are what staff start from."""
    found = intake.read(samples.find(name).path, DAY)
    assert found.problems == ()
    assert found.case is not None
    assert found.folder == samples.find(name).folder


def test_json_gives_the_same_case() -> None:
    """A case in JSON, indented or not, is the case in YAML."""
    values = datafile.parse(CASE, "case.yaml").value
    for indent in (None, 2, "\t"):
        assert case_of(CASE) == case_of(json.dumps(values, indent=indent))


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_ends_do_not_matter(ending: str) -> None:
    """A file from any system is the same case, with the same lines."""
    assert case_of(CASE) == case_of("\ufeff" + CASE.replace("\n", ending))
    wrong = changed(("F33.2", "F33")).replace("\n", ending)
    assert said(changed(("F33.2", "F33"))) == said(wrong)


def test_spaces_of_a_word_processor_do_not_matter() -> None:
    """No-break spaces indent and separate as spaces do."""
    assert case_of(CASE) == case_of(CASE.replace(" ", "\u00a0"))


@pytest.mark.parametrize(
    ("written", "expected"),
    [("2025-02-17", (2025, 2, 17)), ("2025-02", (2025, 2)), ("2025", (2025,))],
)
def test_a_date_is_as_exact_as_the_chart(written: str, expected: tuple[int, ...]) -> None:
    """A year, a month or a day is kept as it is known."""
    text = changed(("from: 2025-02, to: 2025-02}", f"from: {written}, to: 2025-03}}"))
    treatment = case_of(text).treatments[0]
    assert isinstance(treatment, DrugTreatment)
    assert PartialDate(*expected) == treatment.doses[0].start


@pytest.mark.parametrize(
    "name",
    [
        "{given: Zoë, family: Núñez-O'Hara}",
        "{given: 子, family: 𠮷田}",
        "{given: NO, family: 'Null'}",
    ],
)
def test_any_name_can_be_written(name: str) -> None:
    """Names of any script, and names that other programs take for something else."""
    case = case_of(changed(("{given: Dana, family: Whitfield}", name)))
    assert case.patient.name.family in {"Núñez-O'Hara", "𠮷田", "Null"}


def test_a_short_name_can_stand_on_one_line() -> None:
    """The last word is the family name."""
    case = case_of(changed(("{given: Dana, family: Whitfield}", "Dana Maria Whitfield")))
    assert (case.patient.name.given, case.patient.name.family) == ("Dana Maria", "Whitfield")


def test_what_is_kept_as_text() -> None:
    """Zeros in front, and words that look like numbers, stay as they are on the card."""
    text = changed(
        ("member_id: U1234567801", "member_id: 00100\n  group_number: 1e3\n  plan_name: NO")
    )
    coverage = case_of(text).coverage
    assert (coverage.member_id, coverage.group_number, coverage.plan_name) == ("00100", "1e3", "NO")


def test_ketamine_and_ect_are_told_by_their_first_key() -> None:
    """`ect: bitemporal` is the kind and the protocol, `ketamine: IV` the kind and the route."""
    case = case_of(
        changed(("  - tms: theta burst\n", "  - ketamine: IV\n    mg_per_session: 40\n"))
    )
    given = case.treatments[3]
    assert isinstance(given, KetamineTreatment)
    assert (given.kind, given.route, given.mg_per_session) == ("ketamine", "IV", Decimal(40))
    case = case_of(changed(("tms: theta burst", "ect: bitemporal")))
    shocks = case.treatments[3]
    assert isinstance(shocks, DeviceTreatment)
    assert (shocks.kind, shocks.protocol, shocks.sessions) == ("ect", "bitemporal", 30)


def test_a_case_cannot_be_changed() -> None:
    """After the door all values are frozen, at any depth."""
    case = case_of(CASE)
    for record, name in [
        (case, "patient"),
        (case.patient.name, "given"),
        (case.scores[0], "total"),
    ]:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(record, name, None)


# --- what is wrong with the file ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", " error: the file is empty. Start from `priorauth new` or `priorauth sample`."),
        (
            b"# Dana Whitfield\n",
            " error: the file is empty. Start from `priorauth new` or `priorauth sample`.",
        ),
        (
            b"- Dana\n- Whitfield\n",
            "1: error: the file is not a case. Start from `priorauth new` or `priorauth sample`.",
        ),
        (
            b"Dana Whitfield",
            "1: error: the file is not a case. Start from `priorauth new` or `priorauth sample`.",
        ),
        (
            "patient:\n  name: Zoë Whitfield".encode("latin-1"),
            '2: error: the file is not UTF-8 text. Save it again with the encoding "UTF-8".',
        ),
        (
            b"patient: {name: [Dana, Whitfield\n",
            (
                "1: error: the file is not readable as YAML here. Close the bracket `[` that is "
                "opened here, with a comma between two entries."
            ),
        ),
        (
            b"a: &a [x, x]\nb: &b [*a, *a]\n",
            (
                "1: error: anchors and aliases (`&` and `*`) are not used here. Write the text out,"
                " or put it inside quotation marks."
            ),
        ),
    ],
)
def test_a_file_that_is_no_case(tmp_path: Path, raw: bytes, expected: str) -> None:
    """One problem, and no case."""
    path = tmp_path / "case.yaml"
    path.write_bytes(raw)
    found = intake.read(path, DAY)
    assert found.case is None
    assert [f"{path}:{expected}"] == [str(problem) for problem in found.problems]


def test_ten_megabytes_of_nested_aliases(tmp_path: Path) -> None:
    """They are refused before a line of them is read."""
    path = tmp_path / "case.yaml"
    path.write_bytes(b"a: &a [x, x]\n" + b"b: &b [*a, *a]\n" * 700_000)
    assert [str(problem) for problem in intake.read(path, DAY).problems] == [
        (
            f"{path}: error: the file is larger than 2 MB. A case or payer file is a few pages of"
            " text: check that this is the right file."
        )
    ]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The file's name is the one thing of the record that is shown."""
    path = tmp_path / "case.yaml"
    expected = f"{path}: error: there is no such file. Check the name and the folder."
    assert [expected] == [str(problem) for problem in intake.read(path, DAY).problems]


# --- what is wrong with one value -----------------------------------------------------------------

WRONG: list[tuple[Any, ...]] = [
    # the form
    (
        ("  payer: cigna\n", "  payer: cigna\n  payer: aetna\n"),
        "6: error: coverage.payer: this key stands twice (first on line 5). Keep one of the two.",
    ),
    (
        ("  credentials: MD\n", ""),
        (
            "7: error: prescriber.credentials: is missing. Write MD, DO or NP, as the prescriber"
            " signs."
        ),
    ),
    (
        ("  credentials: MD\n", "  credentials:\n"),
        (
            "9: error: prescriber.credentials: there is no value. Write MD, DO or NP, as the"
            " prescriber signs."
        ),
    ),
    (
        ("family: Whitfield", "family: Null"),
        (
            "2: error: patient.name.family: a plain null is no value. Write it, or remove the line."
            " A name that is spelled so goes in quotation marks."
        ),
    ),
    (
        ("  start: 2026-12-01\n", "  start:\n"),
        (
            "21: error: request.start: there is no value. Write it, or remove the line: what is not"
            " known is left out."
        ),
    ),
    (
        ("birth_date", "birthdate"),
        "1: error: patient.birth_date: is missing. Write it as year-month-day: 1984-03-09.",
        "3: error: patient: a key here is not known. Did you mean `birth_date`?",
    ),
    (
        ("  credentials: MD\n", "  credentials: MD\n  qqq: MD\n"),
        (
            "10: error: prescriber: a key here is not known. The keys here are: name, credentials,"
            " specialty, consultation, npi, phone, peer_to_peer."
        ),
    ),
    (
        ("scores:", "skores:"),
        "42: error: a key here is not known. Did you mean `scores`?",
    ),
    # the type
    (
        ("name: {given: Dana, family: Whitfield}", "name: Whitfield"),
        "2: error: patient.name: must be a group of keys. Write `{given: …, family: …}`.",
    ),
    (
        ("{given: Dana, family: Whitfield}", "[Dana, Whitfield]"),
        "2: error: patient.name: must be a group of keys. Write `{given: …, family: …}`.",
    ),
    (
        ("credentials: MD", "credentials: [MD, PhD]"),
        (
            "9: error: prescriber.credentials: must be plain text. Write it as text after the"
            " colon; a long text follows `|` on indented lines."
        ),
    ),
    (
        ("plan: 84 mg twice weekly for 4 weeks", "plan: {mg: 84}"),
        (
            "20: error: request.plan: must be plain text. Write it as text after the colon; a long"
            " text follows `|` on indented lines."
        ),
    ),
    (
        ("credentials: MD", "credentials: |\n    MD\n    PhD"),
        (
            "9: error: prescriber.credentials: must be plain text on one line. Type it again on one"
            " line: it holds a line break or a character that is not seen."
        ),
    ),
    (
        ("plan: 84 mg", 'plan: "84 \\a mg"  #'),
        (
            "20: error: request.plan: holds a character that cannot be printed. Type the text"
            " again: it was copied with a character in it that is not seen."
        ),
    ),
    (
        ("credentials: MD", "credentials: M\u202eD"),
        (
            "9: error: prescriber.credentials: must be plain text on one line. Type it again on one"
            " line: it holds a line break or a character that is not seen."
        ),
    ),
    (
        ("family: Whitfield", f"family: {'W' * 61}"),
        (
            "2: error: patient.name.family: the text is too long. Shorten it to at most 60"
            " characters."
        ),
    ),
    (
        ("credentials: MD", f"credentials: {'M' * 201}"),
        (
            "9: error: prescriber.credentials: the text is too long. Shorten it to at most 200"
            " characters."
        ),
    ),
    (
        ("evidence: {exhibit: notes, page: 1}", "evidence: notes"),
        (
            "24: error: diagnoses.0.evidence: must be a list. Write `{exhibit: notes, page: 3}`:"
            " the exhibit's id and the page in it."
        ),
    ),
    (
        ("page: 1}", "page: one}"),
        (
            "24: error: diagnoses.0.evidence.page: must be a whole number. Write the page of the"
            " exhibit as a number, counted from 1."
        ),
    ),
    (
        ("page: 2}", "page: 0}"),
        (
            "43: error: scores.0.evidence.0.page: must be at least 1. Write the page of the exhibit"
            " as a number, counted from 1."
        ),
    ),
    (
        ("    doses: [{mg_per_day: 5, from: 2025-04-01, to: 2025-05-30}]", "    doses: 5"),
        (
            "34: error: treatments.1.doses: must be a list. Write `- {mg_per_day: …, from: …, to:"
            " …}` for each dose, on lines below."
        ),
    ),
    (
        ("answer: yes", "answer: surely"),
        (
            "45: error: attestations.*.answer: must be yes or no. Write yes or no; leave the line"
            " out when it is not known."
        ),
    ),
    (
        ("rems_site_certified:", "REMS site:"),
        (
            "45: error: attestations.*: this name does not have the right form. Write it in small"
            " letters, digits and _, such as rems_site_certified."
        ),
    ),
    (
        ("kind: chart_notes", "kind: chart"),
        (
            "47: error: exhibits.0.kind: is none of the words that can stand here. Write one of:"
            " chart_notes, evaluation, scales, pharmacy_record, psychotherapy_summary,"
            " psychotherapy_notes, rems, denial, label, consent or other."
        ),
    ),
    (
        ("outcome: partial_response", "outcome: better"),
        (
            "39: error: treatments.2.outcome: is none of the words that can stand here. Write one"
            " of: no_response, partial_response, response, remission, intolerance,"
            " contraindicated or too_early_to_judge."
        ),
    ),
    # codes and numbers
    (
        ("1234567893", "1234567890"),
        (
            "10: error: prescriber.npi: the NPI's check digit is wrong. Compare it with the NPI"
            " registry: one digit is wrong or two are swapped."
        ),
    ),
    (
        ("1234567893", "234567893"),
        (
            "10: error: prescriber.npi: must be ten digits, the first of them 1 or 2. Write the NPI"
            ' in quotation marks: "1234567893".'
        ),
    ),
    (
        ("F33.2", "F33"),
        (
            "23: error: diagnoses.0.code: this ICD-10-CM code is a category, which is not billable."
            " Write the code with all its digits, such as F33.2 instead of F33."
        ),
    ),
    (
        ("F33.2", "severe depression"),
        "23: error: diagnoses.0.code: is not an ICD-10-CM code. Write a code such as F33.2.",
    ),
    (
        ("F33.2", "F33.41"),
        (
            "23: warning: diagnoses.0.code: this diagnosis says remission while treatment is asked"
            " for. Ask the prescriber whether it is still the right code."
        ),
    ),
    (
        ("J0013", "S0013"),
        "19: error: request.codes.0.code: this code ended on 2025-12-31. Write J0013.",
    ),
    (
        ("start: 2026-12-01", "start: 2025-12-01"),
        (
            "19: error: request.codes.0.code: this code begins on 2026-01-01. For esketamine write"
            " S0013, G2082 or G2083."
        ),
        (
            "21: warning: request.start: the start is more than a month past. Compare it with the"
            " order; for sessions already given ask the payer about a retrospective request."
        ),
    ),
    (
        ("J0013", "J0222"),
        (
            "19: error: request.codes.0.code: J0222 is not a code for esketamine, though a billing"
            " blog prints it as one; it is patisiran, 0.1 mg. For esketamine write J0013, G2082 or"
            " G2083."
        ),
    ),
    (
        ("J0013", "99214"),
        (
            "19: warning: request.codes.0.code: this code is not on file for esketamine. Check it"
            " with the payer. For esketamine write J0013, G2082 or G2083."
        ),
    ),
    (
        ("service: esketamine", "service: iv_ketamine"),
        (
            "19: error: request.codes.0.code: this code is not on file for IV ketamine; it is one"
            " of esketamine: esketamine nasal spray, each mg. For IV ketamine write J3490, 96365 or"
            " 96366."
        ),
    ),
    (
        ("J0013", "J3490"),
        (
            "19: warning: request.codes.0.code: this code is not on file for esketamine; it is one"
            " of IV ketamine: drug without a code of its own (here ketamine). Check it with the"
            " payer. For esketamine write J0013, G2082 or G2083."
        ),
    ),
    (
        ("start: 2026-12-01", "start: 2026-06-01"),
        (
            "21: warning: request.start: the start is more than a month past. Compare it with the"
            " order; for sessions already given ask the payer about a retrospective request."
        ),
    ),
    (
        ("birth_date: 1984-03-09", "birth_date: 2010-03-09"),
        (
            "3: warning: patient.birth_date: the approved use of esketamine is for adults, and the"
            " patient is of another age. Compare it with the member's card. As it stands, the"
            " letter does not say that the use is approved."
        ),
    ),
    (
        ("  - code: F33.2\n", "  - code: I67.1\n  - code: F33.2\n"),
        (
            "23: warning: diagnoses.0.code: the first diagnosis is not one that the approved use"
            " covers: esketamine is for treatment-resistant depression or major depressive disorder"
            " with acute suicidal ideation or behavior. Ask the prescriber whether another"
            " diagnosis comes first. As it stands, the letter does not say that the use is"
            " approved."
        ),
        (
            "23: warning: diagnoses.0.code: the label names this illness as a contraindication. Ask"
            " the prescriber before anything is sent. Spravato is contraindicated in aneurysmal"
            " vascular disease, arteriovenous malformation, a history of intracerebral hemorrhage,"
            " and hypersensitivity to esketamine, ketamine or the excipients."
        ),
    ),
    (
        ("exhibits:", "rationale: {why_now: Worse since Yesterday.}\nexhibits:"),
        (
            "46: warning: rationale.why_now: says `yesterday`, which is another day by the time the"
            " letter is read. Write the date."
        ),
    ),
    (
        ("J0013, units: 84", "J0013"),
        (
            "19: warning: request.codes.0: how many units are asked for is not recorded. Write"
            " `units:`; 1 unit is 1 mg. Without them the letter asks for none."
        ),
    ),
    (
        ("J0013, units: 84", "J0013, units: 8"),
        (
            "19: warning: request.codes.0.units: these units are fewer than one session takes. 1"
            " unit is 1 mg; one session takes 56 or 84 of them. Correct them."
        ),
    ),
    (
        ("  start: 2026-12-01", "  sessions: 12\n  start: 2026-12-01"),
        (
            "19: warning: request.codes.0.units: these units are those of one session, and several"
            " are asked for. Write `per: session` beside them, or the units of the whole request."
        ),
    ),
    (
        ("J0013", "J13"),
        (
            "19: error: request.codes.0.code: is not a HCPCS or CPT code. Write five characters,"
            " such as J0013 or 96365."
        ),
    ),
    (
        ("    - {code: J0013, units: 84}\n", "    []\n"),
        (
            "18: error: request.codes: needs at least one entry. Write `codes: [{code: J0013,"
            " units: 84}]` with the codes of the request."
        ),
    ),
    (
        ("service: esketamine", "service: spravato"),
        (
            "17: error: request.service: this service is not known here. Did you mean esketamine,"
            " iv_ketamine, tms or ect?"
        ),
    ),
    (
        ("phone: 913-555-0142", "phone: 555-0142"),
        "14: error: practice.phone: is not a US telephone number. Write ten digits: 913-555-0142.",
    ),
    (
        ("state: KS", "state: Kansas"),
        (
            "13: error: practice.address.state: does not have the form that is needed here. Write"
            " the two capital letters, such as KS."
        ),
    ),
    (
        ("units: 84", "units: 84 mg"),
        (
            "19: error: request.codes.0.units: must be a number. Write how many units of the code"
            " are asked for, such as 84."
        ),
    ),
    (
        ("total: 22", f"total: {'9' * 5000}"),
        "43: error: scores.0.total: is too large a number. Write the total alone, such as 22.",
    ),
    (
        ("total: 22", "total: 28"),
        (
            "43: error: scores.0.total: the score is outside the scale, which runs from 0 to 27."
            " Compare it with the scored form, and check which scale it is."
        ),
    ),
    (
        ("before: 37", "before: 61"),
        (
            "31: error: treatments.0.change.before: the score is outside the scale, which runs from"
            " 0 to 60. Compare it with the scored form, and check which scale it is."
        ),
    ),
    (
        ("before: 37", "before: 0"),
        (
            "31: error: treatments.0.change.before: the score before treatment is zero. Leave"
            " `change` out: no percentage can be made of it."
        ),
    ),
    (
        ("scale: PHQ-9", "scale: MADRSS"),
        "43: error: scores.0.scale: this scale is not known here. Did you mean MADRS or HDRS?",
    ),
    (
        ("scale: PHQ-9", "scale: Apgar"),
        (
            "43: error: scores.0.scale: this scale is not known here. Check the spelling. Only"
            " rating scales for depression are listed here: leave others out."
        ),
    ),
    # drugs and doses
    (
        ("drug: sertraline", "drug: sertralin"),
        (
            "26: error: treatments.0.drug: this drug is not known here. Did you mean sertraline,"
            " Ritalin or Ritalin LA?"
        ),
    ),
    (
        ("drug: sertraline", "drug: insulin glargine"),
        (
            "26: error: treatments.0.drug: this drug is not known here. Check the spelling, or"
            " write the generic name. Only drugs for depression and drugs added to them are listed"
            " here: leave others out."
        ),
    ),
    (
        ("mg_per_day: 150", "mg_per_day: 250"),
        (
            "29: warning: treatments.0.doses.1: the dose is above the label's maximum of 200"
            " mg/day. Compare it with the record; if it is right, the letter prints it as it is."
        ),
    ),
    (
        ("mg_per_day: 150", "mcg_per_day: 150"),
        (
            "29: error: treatments.0.doses.1: this drug is dosed in mg/day. Write the amount in"
            " that unit, or check the drug's form; ketamine and esketamine sessions have entries of"
            " their own."
        ),
    ),
    (
        ("mg_per_day: 150, from", "mg_per_day: 150, mg_per_week: 1050, from"),
        (
            "29: error: treatments.0.doses.1.mg_per_week: needs just one of mg_per_day, mcg_per_day"
            " and mg_per_week. Write one amount, and one entry for each change of dose."
        ),
    ),
    (
        ("{mg_per_day: 150, from", "{from"),
        (
            "29: error: treatments.0.doses.1: needs just one of mg_per_day, mcg_per_day and"
            " mg_per_week. Write one amount, and one entry for each change of dose."
        ),
    ),
    (
        ("    doses: [{mg_per_day: 5, from: 2025-04-01, to: 2025-05-30}]\n", ""),
        (
            "32: error: treatments.1: needs its doses over time, or the outcome contraindicated."
            " Write `doses:` with `{mg_per_day: …, from: …, to: …}` for each dose."
        ),
    ),
    (
        ("augments: sertraline", "augments: fluoxetine"),
        (
            "33: warning: treatments.1.augments: the drug that this one was added to is not among"
            " the treatments. Add that drug with its doses and dates."
        ),
    ),
    (
        ("psychotherapy: CBT", "therapy: CBT"),
        (
            "36: error: treatments.2: needs just one of drug, psychotherapy, tms, ect, ketamine and"
            " esketamine. Start the entry with one of them, such as `- drug: sertraline`."
        ),
    ),
    (
        ("psychotherapy: CBT", "psychotherapy: CBT\n    drug: sertraline"),
        (
            "36: error: treatments.2: needs just one of drug, psychotherapy, tms, ect, ketamine and"
            " esketamine. Start the entry with one of them, such as `- drug: sertraline`."
        ),
    ),
    (
        ("sessions: 30", "sesions: 30"),
        "41: error: treatments.3: a key here is not known. Did you mean `sessions`?",
    ),
    (
        ("sessions: 30", "qqq: 30"),
        (
            "41: error: treatments.3: a key here is not known. The keys here are: tms, ect,"
            " outcome, improvement_percent, change, stopped_because, adverse_effects, prescriber,"
            " ongoing, source, evidence, from, to, sessions."
        ),
    ),
    (
        ("sessions: 30", "protocol: theta burst"),
        (
            "40: error: treatments.3.tms: `protocol` and `kind` are not keys here. Remove them: the"
            " first key says it, as in `tms: theta burst`."
        ),
    ),
    (
        ("outcome: partial_response", "outcome: partial_response\n    improvement_percent: 80"),
        (
            "39: warning: treatments.2.outcome: the outcome and the improvement in percent do not"
            " agree. No response is up to 25, partial response 25 to 50, response 50 or more:"
            " compare both with the record."
        ),
    ),
    (
        ("after: 35", "after: 7"),
        (
            "30: warning: treatments.0.outcome: the outcome and the improvement in percent do not"
            " agree. No response is up to 25, partial response 25 to 50, response 50 or more:"
            " compare both with the record."
        ),
    ),
    # dates
    (
        ("from: 2025-03-01", "from: 03/01/2025"),
        (
            "29: error: treatments.0.doses.1.from: must be a day, a month or a year of the"
            " calendar, from 1900 on. Write a day as 2025-02-17, a month as 2025-02, a year as"
            " 2025."
        ),
    ),
    (
        ("from: 2025-03-01", "from: 2025-02-29"),
        (
            "29: error: treatments.0.doses.1.from: must be a day, a month or a year of the"
            " calendar, from 1900 on. Write a day as 2025-02-17, a month as 2025-02, a year as"
            " 2025."
        ),
    ),
    (
        ("birth_date: 1984-03-09", "birth_date: 1984-03"),
        (
            "3: error: patient.birth_date: must be a day of the calendar, from 1900 on. Write it as"
            " year-month-day: 1984-03-09."
        ),
    ),
    (
        ("on: 2026-11-10", "on: 2026-11-23"),
        "43: error: scores.0.on: the date is in the future. Compare it with the record.",
    ),
    (
        ("to: 2025-03\n", "to: 2027\n"),
        (
            "38: error: treatments.2.to: the date is in the future. Compare it with the record. A"
            " treatment that goes on has `ongoing: yes` and no end."
        ),
    ),
    (
        ("start: 2026-12-01", "start: 2062-12-01"),
        (
            "21: warning: request.start: the start is more than a year ahead. Compare it with the"
            " order."
        ),
    ),
    (
        ("from: 2025-03-01, to: 2025-05-30", "from: 2025-05-30, to: 2025-03-01"),
        (
            "29: error: treatments.0.doses.1.to: the end is before the start. Compare both dates"
            " with the record: the two may be swapped."
        ),
    ),
    (
        ("from: 2024-11\n    to: 2025-03", "from: 2025-03\n    to: 2024"),
        (
            "38: error: treatments.2.to: the end is before the start. Compare both dates with the"
            " record: the two may be swapped."
        ),
    ),
    (
        ("from: 2024-11\n", "from: 1924-11\n"),
        (
            "37: error: treatments.2.from: the date is before the patient's birth. Compare it and"
            " `patient.birth_date` with the record."
        ),
    ),
    (
        ("birth_date: 1984-03-09", "birth_date: 2025-03-09"),
        (
            "3: error: patient.birth_date: 4 dates of this case are before the birth date. Compare"
            " it with the member's card."
        ),
        (
            "3: warning: patient.birth_date: the approved use of esketamine is for adults, and the"
            " patient is of another age. Compare it with the member's card. As it stands, the"
            " letter does not say that the use is approved."
        ),
    ),
    (
        ("birth_date: 1984-03-09", "birth_date: 2084-03-09"),
        "3: error: patient.birth_date: the date is in the future. Compare it with the record.",
    ),
    (
        ("birth_date: 1984-03-09", "birth_date: 1905-11-21"),
        (
            "3: error: patient.birth_date: the patient would be more than 120 years old. Compare it"
            " with the member's card."
        ),
    ),
    # the request
    (
        ("service: esketamine", "service: esketamine\n  urgent: yes"),
        (
            "18: error: request.urgent: an urgent request needs the prescriber's reason. Write"
            " `urgent_because: {text: …, by: …, on: …}` with the prescriber's own words: how delay"
            " endangers life, health or function. Or write `urgent: no`."
        ),
    ),
    (
        ("service: esketamine", "service: esketamine\n  urgent: yes\n  urgent_because: soon"),
        (
            "19: error: request.urgent_because: must be a group of keys. Write `{text: …, by: …,"
            " on: …}` with the prescriber's own words."
        ),
    ),
    (
        (
            "service: esketamine",
            "service: esketamine\n  urgent: yes\n  urgent_because: {text: soon, on: 2026-11-12}",
        ),
        (
            "19: error: request.urgent_because.by: is missing. Write the name of the person who"
            " says so."
        ),
    ),
    # exhibits
    (
        ("exhibit: notes, page: 1", "exhibit: note, page: 1"),
        (
            "24: error: diagnoses.0.evidence.exhibit: the evidence names no exhibit of this case."
            " Write the id of an entry under `exhibits:` (line 46), or add the document there."
        ),
    ),
    (
        (
            "file: notes.txt}\n",
            "file: notes.txt}\n  - {id: notes, title: X, kind: other, file: x}\n",
        ),
        (
            "48: error: exhibits.1.id: two exhibits have one id (the other is on line 47). Give"
            " each exhibit an id of its own."
        ),
    ),
    (
        ("  - tms: theta burst\n", "  - ketamine: 40 mg IV\n    mg_per_session: 100001\n"),
        (
            "41: error: treatments.3.mg_per_session: must be at most 100000. Write the number"
            " alone, such as 56."
        ),
    ),
]


@pytest.mark.parametrize("wrong", WRONG, ids=[wrong[1].partition(". ")[0] for wrong in WRONG])
def test_what_is_wrong_is_said(wrong: tuple[Any, ...]) -> None:
    """Where it stands, what is wrong, and what to write; a warning alone still gives the case."""
    change, *expected = wrong
    found = understood(changed(change))
    assert expected == said(changed(change))
    assert (found.case is not None) == all("warning:" in line for line in expected)


@pytest.mark.parametrize(
    "number",
    [
        "1e999999",
        "1e-999999",
        "NaN",
        "Infinity",
        "-inf",
        "0x1F",
        "1_000",
        "'1,000'",
        "one",
        "[1]",
        "{a: 1}",
    ],
)
def test_what_is_no_number_is_said(number: str) -> None:
    """Neither what computers take for a number, nor what people do."""
    dose = (
        "29: error: treatments.0.doses.1.mg_per_day: must be a number."
        " Write the number alone, such as 150."
    )
    assert [dose] == said(changed(("mg_per_day: 150", f"mg_per_day: {number}")))
    percent = (
        "42: error: treatments.3.improvement_percent: must be a number."
        " Write a number from -100 to 100, without the percent sign."
    )
    change = ("sessions: 30", f"sessions: 30\n    improvement_percent: {number}")
    assert [percent] == said(changed(change))


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("9" * 400, "must be at most 100000"),
        ("0", "must be more than 0"),
        ("-5", "must be more than 0"),
    ],
)
def test_a_number_out_of_its_range_is_said(number: str, expected: str) -> None:
    """Digits without an end do no harm."""
    found = understood(changed(("mg_per_day: 150", f"mg_per_day: {number}")))
    assert [expected] == [problem.what for problem in found.problems]


def test_without_exhibits_there_is_no_evidence() -> None:
    """Evidence without any exhibit asks for the document or to be left out."""
    text = CASE[: CASE.index("exhibits:")]
    fix = "List the document under `exhibits:`, or leave out the evidence."
    what = "the evidence names no exhibit of this case"
    assert said(text) == [
        f"24: error: diagnoses.0.evidence.exhibit: {what}. {fix}",
        f"43: error: scores.0.evidence.0.exhibit: {what}. {fix}",
    ]


def test_a_file_of_an_exhibit_must_be_there(tmp_path: Path) -> None:
    """It is looked for beside the case file; a folder is no file, and no name does harm."""
    path = tmp_path / "case.yaml"
    (tmp_path / "folder").mkdir()
    (tmp_path / "notes.txt").write_text("notes")
    names = ["notes.txt", "nothing.pdf", "folder", "é" * 150, "notes.txt/notes.txt", "/"]
    lines = [
        f"  - {{id: e{n}, title: X, kind: other, file: {name}}}\n" for n, name in enumerate(names)
    ]
    path.write_text(CASE + "".join(lines), "utf-8")
    assert [str(problem) for problem in intake.read(path, DAY).problems] == [
        f"{path}:{line}: error: exhibits.{line - 47}.file: the exhibit's file is not there. Put the"
        " file beside the case file, or remove the exhibit: only what is there is enclosed."
        for line in (49, 50, 51, 52, 53)
    ]
    path.write_text(CASE, "utf-8")
    assert intake.read(path, DAY).problems == ()


@pytest.mark.parametrize(
    ("name", "entry", "most"),
    [("scores", "{scale: PHQ-9, total: 22, on: 2026}", 500), ("diagnoses", "{code: F33.2}", 50)],
)
def test_a_list_has_an_end(name: str, entry: str, most: int) -> None:
    """A list that is far too long is told once, not entry by entry."""
    text = CASE.replace(f"{name}:\n", f"{name}:\n" + f"  - {entry}\n" * (most - 1))
    assert understood(text).case is not None
    text = text.replace(f"{name}:\n", f"{name}:\n  - wrong\n")
    line = text[: text.index(f"{name}:\n")].count("\n") + 1
    assert said(text) == [
        (
            f"{line}: error: {name}: has too many entries."
            " Check that this is the right file: keep what a reviewer needs."
        )
    ]


# --- a code that the set lacks --------------------------------------------------------------------

NO_CODE = "diagnoses.0.code: there is no such code in ICD-10-CM 2026, update of 2026-04-01."
FIX = "Look it up in the chart: write the code with its dot, such as F33.2."
OR_TITLE = " If it is newer than that set, write `title:` beside it, from the code set of the day."
NEWER = (
    "diagnoses.0.code: this code is not in the set here, ICD-10-CM 2026, update of 2026-04-01, and "
    "may be newer. Check code and title in the code set of the day: they are used as written."
)
LAST_DAY = date(2026, 9, 30)
TITLED = "F33.7\n    title: Some newer depression"


def problems_on(day: date, code: str) -> list[str]:
    """Return what is wrong with a diagnosis on a day."""
    text = changed(("F33.2", code))
    found = intake.understand(datafile.parse(text, "case.yaml"), day).problems
    return [str(p).removeprefix("case.yaml:") for p in found if p.place.field.startswith("diag")]


@pytest.mark.parametrize("code", ["F33.7", TITLED])
def test_a_code_that_the_set_lacks_is_an_error_while_the_set_is_new(code: str) -> None:
    """To the last day of its code year no newer code can be, whatever title it is given."""
    assert problems_on(LAST_DAY, code) == [f"23: error: {NO_CODE} {FIX}"]


def test_a_code_that_the_set_lacks_may_be_newer_afterwards() -> None:
    """Its title tells it from a slip of the pen; form and category are held to as before."""
    day = LAST_DAY + timedelta(days=1)
    assert problems_on(day, "F33.7") == [f"23: error: {NO_CODE} {FIX}{OR_TITLE}"]
    assert problems_on(day, TITLED) == [f"23: warning: {NEWER}"]
    assert problems_on(day, "F33.2") == []
    [category], [word] = problems_on(day, "F33"), problems_on(day, "depressed")
    assert category.startswith("23: error: diagnoses.0.code: this ICD-10-CM code is a category")
    assert word.startswith("23: error: diagnoses.0.code: is not an ICD-10-CM code")


def test_the_title_of_a_code_is_that_of_the_code_set() -> None:
    """A title of one's own beside a known code is not printed, and that is said."""
    assert problems_on(LAST_DAY, "F33.2\n    title: Sadness") == [
        (
            "24: warning: diagnoses.0.title: this code has a title in the code set: that one is "
            "printed. Remove `title:`."
        )
    ]


# --- what the request is for ----------------------------------------------------------------------

NOT_COVERED = (
    "diagnoses.0.code: the first diagnosis is not one that the approved use covers: esketamine is "
    "for {}. Ask the prescriber whether another diagnosis comes first. As it stands, the letter "
    "does not say that the use is approved."
)
TRD = "treatment-resistant depression"
SUICIDAL = "major depressive disorder with acute suicidal ideation or behavior"


def asked_for(indication: str, code: str = "F33.2") -> list[str]:
    """Return what is wrong with a request for this approved use with this diagnosis."""
    named = (
        f"service: esketamine\n  indication: {indication}" if indication else "service: esketamine"
    )
    return said(changed(("service: esketamine", named), ("F33.2", code)))


def test_an_approved_use_is_one_of_the_service() -> None:
    """Its id is checked against those of the service; the ids are named."""
    assert asked_for("trd") == asked_for("mdd_si") == []
    assert asked_for("spravato") == [
        (
            "18: error: request.indication: esketamine has no approved use of this id. "
            "Write trd, trd_alone or mdd_si."
        )
    ]


def test_a_service_without_an_approved_use_takes_none() -> None:
    """IV ketamine is off-label, whatever the case says."""
    changes = (
        ("service: esketamine", "service: iv_ketamine\n  indication: trd"),
        ("J0013, units: 84", "J3490"),
    )
    assert said(changed(*changes)) == [
        (
            "18: error: request.indication: IV ketamine has no approved use of this id. "
            "Leave the line out: its use is off-label."
        )
    ]


@pytest.mark.parametrize(
    ("indication", "code", "uses"),
    [
        ("trd", "F41.1", TRD),
        ("trd", "F31.4", TRD),
        ("mdd_si", "F34.1", SUICIDAL),
        ("", "F41.1", f"{TRD} or {SUICIDAL}"),
    ],
)
def test_a_diagnosis_beyond_the_approved_use_is_told(indication: str, code: str, uses: str) -> None:
    """Staff may have the wrong code first; what is certain is that no approval may be claimed."""
    [found] = asked_for(indication, code)
    line = 24 if indication else 23
    assert f"{line}: warning: {NOT_COVERED.format(uses)}" == found


@pytest.mark.parametrize("code", ["F32.0", "F32.3", "F32.A", "F33.1", "F33.9"])
def test_a_diagnosis_of_the_approved_use_is_no_problem(code: str) -> None:
    """Major depression of any severity, single or recurrent."""
    assert asked_for("trd", code) == []


# --- what contradicts itself ----------------------------------------------------------------------

AGREE = "episode.psychotic_features: the episode and a diagnosis code do not agree on psychotic"
DENIES = (
    "attestations.*: this answer denies a psychosis that the episode or a diagnosis code speaks of"
)
WHICH = "Ask the prescriber which is right, and correct the other"
EPISODE = ("treatments:\n", "episode: {psychotic_features: SAID}\ntreatments:\n")
FREE = ("rems_site_certified", "no_psychosis")
BOTH_RIGHT = f"{WHICH}; if both are, write `despite:` here, in the prescriber's words."


def said_of_psychosis(code: str, episode: str, *more: tuple[str, str]) -> list[str]:
    """Return what is wrong with a case that says this of psychosis."""
    old, new = EPISODE
    return said(changed(("F33.2", code), (old, new.replace("SAID", episode)), *more))


def test_a_code_and_the_episode_must_agree_on_psychotic_features() -> None:
    """A letter that says both is not believed; staff are told which two places disagree."""
    expected = [f"25: warning: {AGREE} features. {WHICH}."]
    assert said_of_psychosis("F33.2", "yes") == expected
    assert said_of_psychosis("F33.1", "yes") == expected
    assert said_of_psychosis("F33.3", "no") == expected
    for code, episode in [("F33.2", "no"), ("F33.3", "yes"), ("F33.9", "yes"), ("F33.9", "no")]:
        assert said_of_psychosis(code, episode) == []


def test_two_codes_must_agree_on_psychotic_features() -> None:
    """One of them is a slip or of another time."""
    text = changed(("  - code: F33.2\n", "  - code: F33.3\n  - code: F33.2\n"))
    assert said(text) == [
        (
            "22: warning: diagnoses: one code says that there are psychotic features, another that "
            "there are none. Ask the prescriber which is right, and remove the other."
        )
    ]


def test_an_answer_that_denies_a_psychosis_is_held_against_the_record() -> None:
    """By the code or the episode, unless the person says why the answer stands."""
    denied = f"46: warning: {DENIES}. {BOTH_RIGHT}"
    assert said_of_psychosis("F33.3", "yes", FREE) == [denied]
    assert said_of_psychosis("F33.9", "yes", FREE) == [denied]
    assert denied in said_of_psychosis("F29", "no", FREE)
    assert said_of_psychosis("F33.2", "no", FREE) == []
    assert said_of_psychosis("F33.3", "yes", FREE, ("answer: yes", "answer: no")) == []
    reason = ("answer: yes,", "answer: yes, despite: in 2019 only,")
    assert said_of_psychosis("F33.3", "yes", FREE, reason) == []


STILL = "treatments.0.ongoing: still taken, and yet the last dose has an end"
STILL_FIX = "Remove the `to:` of the last dose, or remove `ongoing: yes`."
DOSES = """\
      - {mg_per_day: 50, from: 2025-02, to: 2025-02}
      - {mg_per_day: 150, from: 2025-03-01, to: 2025-05-30}
    outcome: no_response
"""


def with_doses(*doses: str, more: str = "") -> str:
    """Return the case with other doses of its first drug."""
    lines = "".join(f"      - {{{line}}}\n" for line in doses)
    return changed((DOSES, f"{lines}    outcome: no_response\n{more}"))


ONGOING = "    ongoing: yes\n"
FIRST = "mg_per_day: 50, from: 2025-02-03, to: 2025-02-16"


def test_what_is_still_taken_has_no_end() -> None:
    """The letter would say "to present", and the arithmetic that it ended."""
    expected = [f"31: error: {STILL}. {STILL_FIX}"]
    assert (
        said(with_doses(FIRST, "mg_per_day: 150, from: 2025-03-01, to: 2026-11-22", more=ONGOING))
        == expected
    )
    assert said(with_doses(FIRST, "mg_per_day: 150, from: 2025-03-01", more=ONGOING)) == []
    # Dates in part can leave open which dose is the last.
    assert (
        said(
            with_doses(
                "mg_per_day: 50, from: 2025, to: 2025", "mg_per_day: 150, from: 2025", more=ONGOING
            )
        )
        == []
    )


def test_a_course_that_goes_on_has_no_end() -> None:
    """Psychotherapy, device and ketamine courses too."""
    text = changed(
        ("    to: 2025-03\n    outcome: partial_response\n", "    to: 2025-03\n    ongoing: yes\n")
    )
    assert said(text) == [
        (
            "39: error: treatments.2.ongoing: still going on, and yet it has an end. "
            "Remove `to:`, or remove `ongoing: yes`."
        )
    ]


def test_the_maximum_of_a_combination_is_that_of_the_named_ingredient() -> None:
    """50 mg of Symbyax is the fluoxetine in it: the label counts the olanzapine."""
    lines = said(changed(("drug: sertraline", "drug: Symbyax")))
    assert "above the label's maximum of 18 mg/day of olanzapine." in lines[0]


BOTH = "treatments.0.doses.1: this dose and an earlier one (line 28) are on the same days"
ONE_A_DAY = (
    "End the one before the other begins; if both were taken each day, write one entry with "
    "their sum."
)


@pytest.mark.parametrize(
    ("first", "second", "severity"),
    [
        # Which of the two was taken decides what the trial is worth.
        (FIRST, "mg_per_day: 150, from: 2025-02-10, to: 2025-05-30", "error"),
        (
            "mg_per_day: 50, from: 2025-02-03, to: 2025-05-30",
            "mg_per_day: 150, from: 2025-03, to: 2025-04",
            "error",
        ),
        # Fills that overlap, or both taken: the days count once, the dose may be twice this.
        (FIRST, "mg_per_day: 50, from: 2025-02-10, to: 2025-05-30", "warning"),
        ("mg_per_day: 50, from: 2025-02-03", "mg_per_day: 150, from: 2025-02-03", "warning"),
        # The day of the change belongs to both; and what dates in part leave open is not told.
        (FIRST, "mg_per_day: 150, from: 2025-02-16, to: 2025-05-30", ""),
        (FIRST, "mg_per_day: 150, from: 2025-02-17, to: 2025-05-30", ""),
        (FIRST, "mg_per_day: 150, from: 2025-02, to: 2025-05-30", ""),
        (
            "mg_per_day: 50, from: 2025-02-03",
            "mg_per_day: 150, from: 2025-02-17, to: 2025-05-30",
            "",
        ),
    ],
)
def test_two_doses_of_one_drug_are_not_on_the_same_days(
    first: str, second: str, severity: str
) -> None:
    """An error where the arithmetic would take the greater for sure, else a warning."""
    expected = [f"29: {severity}: {BOTH}. {ONE_A_DAY}"] if severity else []
    assert said(with_doses(first, second)) == expected


def test_too_early_to_judge_is_said_of_what_is_still_given() -> None:
    """Of what has ended the record says how it went."""
    early = ("outcome: no_response\n    change", "outcome: too_early_to_judge\n    change")
    assert said(changed(early)) == [
        (
            "30: warning: treatments.0.outcome: too early to judge is said of what is still given."
            " Write how it went, or `ongoing: yes`."
        )
    ]
    text = changed(early, (", to: 2025-05-30}\n    outcome", "}\n    ongoing: yes\n    outcome"))
    assert said(text) == []


# --- all at once ----------------------------------------------------------------------------------


def test_every_problem_is_told_at_once() -> None:
    """The errors first, then the warnings, each by line; no problem hides another."""
    text = changed(
        ("birth_date: 1984-03-09", "birth_date: 1984-13-09"),
        ("  credentials: MD\n", ""),
        ("1234567893", "1234567890"),
        ("J0013, units: 84", "S0013, units: many"),
        ("  plan: 84 mg twice weekly for 4 weeks\n", ""),
        ("F33.2", "F33.41"),
        ("exhibit: notes, page: 1", "exhibit: note, page: one"),
        ("drug: sertraline", "drug: sertralin"),
        ("from: 2025-02, to: 2025-02", "from: 2025-02, to: 2024"),
        ("mg_per_day: 150", "mg_per_day: many"),
        ("after: 35", "after: 350"),
        ("mg_per_day: 5,", "mg_per_day: 500,"),
        ("outcome: no_response\n  - psycho", "outcome: better\n  - psycho"),
        ("tms: theta burst", "tms: theta burst\n    qqq: qqq"),
        ("total: 22, on: 2026-11-10", "total: 220, on: 2027"),
        ("answer: yes, by: Alex Moreno", "answer: yes, bye: Alex Moreno"),
    )
    places = [
        (problem.severity.value, problem.place.line, problem.place.field)
        for problem in understood(text).problems
    ]
    assert places == [
        ("error", 3, "patient.birth_date"),
        ("error", 7, "prescriber.credentials"),
        ("error", 9, "prescriber.npi"),
        ("error", 15, "request.plan"),
        ("error", 18, "request.codes.0.units"),
        ("error", 18, "request.codes.0.code"),
        ("error", 22, "diagnoses.0.evidence.page"),
        ("error", 22, "diagnoses.0.evidence.exhibit"),
        ("error", 24, "treatments.0.drug"),
        ("error", 26, "treatments.0.doses.0.to"),
        ("error", 27, "treatments.0.doses.1.mg_per_day"),
        ("error", 29, "treatments.0.change.after"),
        ("error", 33, "treatments.1.outcome"),
        ("error", 39, "treatments.3"),
        ("error", 42, "scores.0.total"),
        ("error", 42, "scores.0.on"),
        ("error", 44, "attestations.*.by"),
        ("error", 44, "attestations.*"),
        ("warning", 21, "diagnoses.0.code"),
        ("warning", 32, "treatments.1.doses.0"),
    ]


def test_the_order_of_problems_is_that_of_the_file() -> None:
    """Errors by line, then warnings by line."""
    text = changed(("F33.2", "F33.41"), ("1234567893", "1"), ("total: 22", "total: 99"))
    found = understood(text).problems
    order = [(list(Severity).index(problem.severity), problem.place.line) for problem in found]
    assert order == [(0, 10), (0, 43), (1, 23)]


def test_an_empty_case_asks_for_its_parts() -> None:
    """What must be there is named, with what to write."""
    assert said("{}") == [
        "1: error: patient: is missing. Write `patient:` with its name and birth_date.",
        "1: error: coverage: is missing. Write `coverage:` with its payer and member_id.",
        "1: error: prescriber: is missing. Write `prescriber:` with its name, credentials and npi.",
        "1: error: practice: is missing. Write `practice:` with its name, address, phone and fax.",
        "1: error: request: is missing. Write `request:` with its service, codes and plan.",
    ]


def test_a_case_that_was_not_filled_in_is_asked_for_once() -> None:
    """A key without a value is one problem, not also a missing key."""
    found = said("patient:\n  name: {given: , family: }\n  birth_date:\n")
    assert [line for line in found if "patient" in line] == [
        (
            "2: error: patient.name.given: there is no value."
            " Write the given name; a patient's as on the member's card."
        ),
        (
            "2: error: patient.name.family: there is no value."
            " Write the family name; a patient's as on the member's card."
        ),
        "3: error: patient.birth_date: there is no value. Write it as year-month-day: 1984-03-09.",
    ]
    assert len(found) == 7


@pytest.mark.parametrize("key", list(yaml.safe_load(CASE)))
@pytest.mark.parametrize(
    "value", ["text", "[]", "[text]", "{}", "{text: text}", "[[text]]", "[{}]"]
)
def test_a_part_of_another_form_never_stops_the_reading(key: str, value: str) -> None:
    """Whatever stands in a part, the other parts are still read and checked."""
    lines = CASE.splitlines(keepends=True)
    first = lines.index(f"{key}:\n")
    rest = [n for n, line in enumerate(lines) if n > first and not line.startswith(" ")]
    text = "".join([*lines[:first], f"{key}: {value}\n", *lines[min(rest, default=len(lines)) :]])
    found = understood(text.replace("1234567893", "1234567890"))
    assert key == "prescriber" or "the NPI's check digit is wrong" in {
        p.what for p in found.problems
    }
    for problem in found.problems:
        assert problem.place.line
        assert problem.what
        assert problem.fix
