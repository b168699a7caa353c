"""The sample cases are whole: they read without a problem, and every page cited states its fact."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from pypdf import PdfReader

from priorauth import intake, samples
from priorauth.case import Kind
from priorauth.dates import PartialDate, shown
from priorauth.history import DeviceTreatment, DrugTreatment, Outcome, Psychotherapy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from priorauth.case import Case
    from priorauth.history import Course, Evidence, Evidences

pytestmark = pytest.mark.no_cover  # other tests run the same lines

DAY = date(2026, 11, 22)
NAMES = (
    "bcbsma-iv-ketamine",
    "esketamine",
    "esketamine-appeal",
    "esketamine-renewal",
    "iv-ketamine",
    "open-questions",
    "qualchoice-esketamine",
)
COMPLETE = tuple(name for name in NAMES if name != "open-questions")
PICTURES = (".png", ".jpg")
READ_SURELY = (".pdf", ".txt")  # text recognition may misread a digit of a picture
REMS = {"rems_site_certified", "patient_enrolled_rems"}
GENERAL_STATEMENTS = {
    "severe_mdd_confirmed",
    "no_psychosis",
    "no_untreated_substance_use",
    "pdmp_checked",
    "monitoring_two_hours",
}

OF_RENEWALS = {"pdmp_checked", "monitoring_two_hours"}
OUTCOMES = {
    Outcome.NO_RESPONSE: r"no response|did it help\? no\b",
    Outcome.INTOLERANCE: r"intolerance",
    Outcome.TOO_EARLY: r"too early to judge",
}
STATED = {
    "severe_mdd_confirmed": r"confirmed.*severe major depressive disorder"
    r"|severe major depressive disorder.*confirmed",
    "no_psychosis": r"no psycho(tic|sis)",
    "no_untreated_substance_use": r"no (untreated )?substance use disorder",
    "pdmp_checked": r"pdmp.*checked|checked the pdmp",
    "monitoring_two_hours": r"monitor.*at least two hours|at least two hours of monitoring",
    "rems_site_certified": r"certified in the (spravato )?rems[\W_]+yes",
    "structured_interview": r"structured clinical interview",
    "first_course_or_response": r"never had esketamine",
    "patient_enrolled_rems": r"enrolled in the (spravato )?rems[\W_]+yes",
}

each_sample = pytest.mark.parametrize("name", NAMES)


@cache
def case_of(name: str) -> Case:
    """Return a sample's case as it is read on the day of all samples."""
    found = intake.read(samples.find(name).path, DAY).case
    assert found is not None
    return found


def file_of(name: str, exhibit: str) -> Path:
    """Return the file of an exhibit."""
    file = next(e.file for e in case_of(name).exhibits if e.id == exhibit)
    return samples.find(name).folder / file


@cache
def document(file: Path) -> PdfReader:
    """Return a PDF, opened once."""
    return PdfReader(file)


@cache
def pages(file: Path) -> tuple[str, ...]:
    """Return the text of each page, its white space made single blanks."""
    if file.suffix == ".pdf":
        found = [page.extract_text() for page in document(file).pages]
    elif file.suffix == ".txt":
        found = [file.read_text("utf-8")]
    elif shutil.which("tesseract"):
        command = ["tesseract", str(file), "stdout", "--psm", "6", "--dpi", "100"]
        env = {**os.environ, "OMP_THREAD_LIMIT": "1"}  # several threads read a page no sooner
        found = [
            subprocess.run(command, capture_output=True, check=True, text=True, env=env).stdout
        ]
    else:
        pytest.skip("no tesseract here to read the picture with")
    return tuple(" ".join(text.split()) for text in found)


def cited(name: str, evidence: Evidences) -> list[str]:
    """Return the text of every page that is cited, at least one."""
    found = [pages(file_of(name, e.exhibit))[e.page - 1] for e in evidence]
    assert found, "no page is cited"
    return found


def all_evidence(value: object) -> Iterator[Evidence]:
    """Yield every piece of evidence in a case."""
    fields = getattr(type(value), "model_fields", {})
    for key in fields:
        inner = getattr(value, key)
        if key == "evidence":
            yield from inner
        elif isinstance(inner, tuple | dict):
            for item in inner.values() if isinstance(inner, dict) else inner:
                yield from all_evidence(item)
        else:
            yield from all_evidence(inner)


def dates_as_written(when: PartialDate) -> str:
    """Return a pattern for a date as exhibits write it: `03/09/2025`, `March 2025`, `2025`."""
    if when.month and not when.is_day:
        return f"{shown(when)}|{when.first:%B} {when.year}"
    return shown(when)


def says(text: str, pattern: str | None) -> bool:
    """Return whether the text holds what the pattern says, in small or capital letters."""
    return pattern is not None and re.search(pattern, text, re.IGNORECASE) is not None


def test_these_are_the_samples() -> None:
    """No sample is lost, and a new one gets its tests by a place in this list."""
    assert samples.names() == NAMES


@each_sample
def test_reads_without_a_problem(name: str) -> None:
    """Not even a warning is left."""
    found = intake.read(samples.find(name).path, DAY)
    assert [str(problem) for problem in found.problems] == []
    assert found.case is not None


@each_sample
def test_first_line_says_what_it_shows(name: str) -> None:
    """The first comment is one sentence, which the list of samples prints."""
    about = samples.find(name).about
    assert 40 < len(about) < 120
    assert about.endswith(".")


@each_sample
def test_every_cited_page_is_there(name: str) -> None:
    """Each exhibit has the pages that are cited."""
    evidence = list(all_evidence(case_of(name)))
    assert evidence
    for found in evidence:
        file = file_of(name, found.exhibit)
        count = len(document(file).pages) if file.suffix == ".pdf" else 1
        assert found.page <= count, found


@each_sample
def test_every_exhibit_is_cited_and_every_file_is_an_exhibit(name: str) -> None:
    """Nothing is enclosed for nothing, and no stray file is copied with a sample."""
    exhibits = case_of(name).exhibits
    assert {e.exhibit for e in all_evidence(case_of(name))} == {e.id for e in exhibits}
    files = {path.name for path in samples.find(name).folder.iterdir()}
    assert files == {"case.yaml", *(e.file for e in exhibits)}


@each_sample
def test_cited_pages_state_the_drugs(name: str) -> None:
    """Drug, doses, dates, outcome, level and adherence stand on the pages cited."""
    for drug in case_of(name).treatments:
        if not isinstance(drug, DrugTreatment):
            continue
        texts = cited(name, drug.evidence)
        assert all(says(text, rf"\b{drug.drug}\b") for text in texts), drug.drug
        together = " ".join(texts)
        for dose in drug.doses:
            wanted = [rf"\b{dose.amount} mg\b", dates_as_written(dose.start)]
            wanted += [dates_as_written(dose.end)] if dose.end else []
            assert all(says(together, pattern) for pattern in wanted), (drug.drug, wanted)
        if drug.augmented:
            assert says(together, drug.augmented.drug.agent)
        if drug.serum_level:
            assert says(together, re.escape(drug.serum_level))
        if drug.adherence_percent:
            assert says(together, f"{drug.adherence_percent} percent")
        _states_outcome(drug, together)


@each_sample
def test_cited_pages_state_the_other_treatments(name: str) -> None:
    """Kind, dates, sessions and outcome stand on the pages cited."""
    for course in case_of(name).treatments:
        if not isinstance(course, Psychotherapy | DeviceTreatment):
            continue
        what = course.psychotherapy if isinstance(course, Psychotherapy) else course.kind
        texts = cited(name, course.evidence)
        assert all(says(text, rf"\b{what}\b") for text in texts), what
        together = " ".join(texts)
        for wanted in (course.start, course.end):
            assert wanted is None or says(together, dates_as_written(wanted)), what
        if course.sessions:
            assert says(together, rf"\b{course.sessions}\b")
        _states_outcome(course, together)


def _states_outcome(course: Course, text: str) -> None:
    if course.outcome:
        assert says(text, OUTCOMES[course.outcome]), course.outcome
    if course.change:
        assert says(text, re.escape(course.change.scale))
        assert says(text, rf"\b{course.change.before}\b")
        assert says(text, rf"\b{course.change.after}\b")


@each_sample
def test_cited_pages_state_the_scores(name: str) -> None:
    """Date, scale and total stand together on the page cited."""
    for score in case_of(name).scores:
        row = rf"{shown(score.on)} {score.scale} {score.total}\b"
        sentence = rf"{shown(score.on)}.*{score.scale} total {score.total}\b"
        for text in cited(name, score.evidence):
            assert says(text, row) or says(text, sentence), row


@each_sample
def test_cited_pages_state_the_attestations(name: str) -> None:
    """What is attested, by whom and on which day stands on the page cited."""
    for key, word in case_of(name).attestations.items():
        for text in cited(name, word.evidence):
            assert says(text, STATED[key]), key
            assert says(text, rf"{re.escape(word.by)}, {shown(word.on)}"), key
            assert word.statement, key
            assert word.statement in text, word.statement


@each_sample
def test_cited_pages_state_diagnosis_and_episode(name: str) -> None:
    """Code, onset and the wish for an exception stand on the pages cited."""
    case = case_of(name)
    for diagnosis in case.diagnoses:
        for text in cited(name, diagnosis.evidence):
            assert says(text, re.escape(diagnosis.code))
    onset = case.episode.onset
    assert onset is not None
    for text in cited(name, case.episode.evidence):
        assert says(text, dates_as_written(onset))
    for reason in case.exceptions:
        for text in cited(name, reason.evidence):
            assert says(text, "exception")
            assert reason.reason in text


@each_sample
def test_cited_pages_state_the_decision_that_is_appealed(name: str) -> None:
    """Its day, its reference and every reason, and the reply word for word in the chart."""
    answer = case_of(name).answer
    if answer is None:
        return
    decided = " ".join(cited(name, answer.evidence))
    for wanted in (shown(answer.on), answer.reference or "?", answer.decision):
        assert says(decided, re.escape(wanted)), wanted
    for reason in answer.reasons:
        assert all(reason.text in text for text in cited(name, reason.evidence)), reason.text
        if reason.reply:
            for text in cited(name, reason.reply.evidence):
                assert reason.reply.text in text
                assert f"{reason.reply.by}, {shown(reason.reply.on)}" in text


@each_sample
def test_cited_pages_state_the_course_under_way(name: str) -> None:
    """Its start, its sessions, its dose and the authorization stand on the pages cited."""
    course = case_of(name).course
    if course.started is None:
        return
    together = " ".join(cited(name, course.evidence))
    assert course.last_on is not None
    assert course.authorization_ends is not None
    for when in (course.started, course.last_on, PartialDate.of(course.authorization_ends)):
        assert says(together, dates_as_written(when)), when
    assert says(together, rf"sessions given to {shown(course.last_on)}: {course.sessions_given}\b")
    assert says(together, rf"\b{course.mg_per_session} mg a session")
    assert says(together, re.escape(course.authorization_number or "?"))


@each_sample
def test_drugs_still_taken_cite_the_newest_note(name: str) -> None:
    """The page of the last visit says that the drug is continued, and at which dose."""
    for drug in case_of(name).treatments:
        if not isinstance(drug, DrugTreatment) or not drug.ongoing:
            continue
        notes = pages(file_of(name, "notes"))
        current = f"Continue {drug.drug} {drug.doses[-1].amount} mg"
        last = max(number for number, text in enumerate(notes, 1) if says(text, current))
        assert last >= len(notes) - 1, "the last note may be of two pages"
        assert last in {e.page for e in drug.evidence if e.exhibit == "notes"}, drug.drug


@each_sample
def test_every_number_of_the_clinicians_words_stands_in_an_exhibit(name: str) -> None:
    """No score, date, dose, distance or count is said that no page says."""
    case = case_of(name)
    texts = [*case.rationale.model_dump(exclude_none=True).values()]
    texts += [reason.reason for reason in case.exceptions]
    reasons = case.answer.reasons if case.answer else ()
    texts += [reason.reply.text for reason in reasons if reason.reply]
    charted = " ".join(t for e in case.exhibits for t in pages(file_of(name, e.id)))
    for number in re.findall(r"\d+(?:[/.]\d+)*", " ".join(texts)):
        assert says(charted, rf"(?<![\d/]){re.escape(number)}(?![\d/])"), number


@each_sample
def test_words_are_those_of_a_us_letter(name: str) -> None:
    """No phrase is left that a US reviewer stumbles over."""
    text = samples.find(name).path.read_text("utf-8")
    assert not re.search(r"goes on|at least half off|\bfor the case that", text)


@pytest.mark.parametrize("name", COMPLETE)
def test_complete_samples_leave_little_open(name: str) -> None:
    """A sample called complete holds the statements and words that a letter prints."""
    case = case_of(name)
    renewed = case.request.kind is Kind.RENEWAL
    rems = REMS if case.request.service == "esketamine" and not renewed else set()
    asked = OF_RENEWALS if renewed else GENERAL_STATEMENTS | rems
    assert asked <= set(case.attestations)
    assert all(word.answer for word in case.attestations.values())
    texts = case.rationale.model_dump(exclude_none=True)
    why = "risk_of_stopping" if renewed else "why_now"
    assert {"present_state", "why_this_treatment", why, "safety", "goals"} <= set(texts)
    assert case.prescriber.peer_to_peer


@each_sample
def test_nothing_is_dated_after_the_day(name: str) -> None:
    """No page knows the future, but for the day until which treatment is authorized."""
    ends = case_of(name).course.authorization_ends
    for exhibit in case_of(name).exhibits:
        for text in pages(file_of(name, exhibit.id)):
            for found in re.findall(r"\b\d\d/\d\d/\d{4}\b", text):
                when = datetime.strptime(found, "%m/%d/%Y").date()  # noqa: DTZ007
                assert when <= DAY or when == ends, found


@each_sample
def test_every_page_names_the_patient(name: str) -> None:
    """A page that falls out of a packet can be put back."""
    patient = case_of(name).patient
    for exhibit in case_of(name).exhibits:
        for text in pages(file_of(name, exhibit.id)):
            assert patient.name.full in text
            assert f"{patient.birth_date:%m/%d/%Y}" in text


@each_sample
def test_telephone_numbers_are_invented(name: str) -> None:
    """Every number is one that is reserved for fiction."""
    texts = [samples.find(name).path.read_text("utf-8")]
    files = [file_of(name, e.id) for e in case_of(name).exhibits]
    texts += [t for file in files if file.suffix in READ_SURELY for t in pages(file)]
    numbers = [n for text in texts for n in re.findall(r"\b\d{3}-\d{3}-\d{4}\b", text)]
    assert numbers
    assert all(re.fullmatch(r"\d{3}-555-01\d\d", number) for number in numbers)


@each_sample
def test_exhibits_are_small_letter_pages(name: str) -> None:
    """Exhibits are small files of US Letter size."""
    for exhibit in case_of(name).exhibits:
        file = file_of(name, exhibit.id)
        if file.suffix in PICTURES:
            assert file.stat().st_size < 120_000
            with Image.open(file) as sheet:
                assert sheet.size == (850, 1100)
        else:
            assert file.stat().st_size < 60_000
        if file.suffix == ".pdf":
            boxes = {tuple(map(float, page.mediabox)) for page in document(file).pages}
            assert boxes == {(0, 0, 612, 792)}


@each_sample
def test_no_file_holds_a_path(name: str) -> None:
    """No exhibit tells where it was made."""
    for file in samples.find(name).folder.iterdir():
        path = rb"file://|/(home|Users|root|tmp|work|usr|var)/"
        assert not re.search(path, file.read_bytes()), file.name
        if file.suffix == ".pdf":
            described = str(document(file).metadata) + "".join(pages(file))
            assert not re.search(path, described.encode()), file.name


def test_exhibits_are_of_every_form_that_packets_take() -> None:
    """Among the exhibits are PDF, text and pictures."""
    forms = {file_of(name, e.id).suffix for name in NAMES for e in case_of(name).exhibits}
    assert forms == {".pdf", ".txt", ".png", ".jpg"}
