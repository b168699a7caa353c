"""No message, log line, text form or traceback shows a value of a case, whatever goes wrong."""

from __future__ import annotations

import copy
import dataclasses
import json
import logging
import traceback
from datetime import date
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from priorauth import datafile, intake
from priorauth.case import Case
from priorauth.codes import Record
from priorauth.criteria import Facts, weigh_case
from priorauth.criteria.drug_trials import trial_fact
from priorauth.datafile import Datafile
from priorauth.dates import Span
from priorauth.fields import words_of
from priorauth.library import Library
from priorauth.payer import Window
from priorauth.problems import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from priorauth.datafile import Trail

    Where = Callable[[], Iterator[tuple[Trail, ...]]]

pytestmark = pytest.mark.no_cover  # other tests run the same lines

DAY = date(2026, 11, 22)
# Every part and every key that a case can have.
WHOLE = """\
patient:
  name: {given: Dana, middle: Kim, family: Whitfield, suffix: Jr.}
  birth_date: 1984-03-09
  sex: female
  address: {street: 7316 Hackberry, street_2: B, city: Overland Park, state: KS, zip: "66212"}
  phone: 913-555-0187
coverage:
  payer: cigna
  plan_name: Open Access Plus
  line_of_business: commercial
  benefit: medical
  member_id: U1234567801
  group_number: "0033445"
  subscriber: {name: Kim Whitfield, birth_date: 1955-01-02, relationship: parent, member_id: U12}
  send_to:
    name: State external review
    department: Pharmacy
    address: {street: PO Box 1, city: Hartford, state: CT, zip: "06101"}
    fax: 800-555-0100
    phone: 800-555-0101
prescriber:
  name: {given: Alex, family: Moreno}
  credentials: MD
  specialty: psychiatry
  consultation: none
  npi: "1234567893"
  phone: 913-555-0142
  peer_to_peer: weekdays at noon
practice:
  name: Prairie Lantern Psychiatry
  npi: "1102345679"
  tax_id: 48-1234567
  address: {street: 8800 Juniper Bend, city: Overland Park, state: KS, zip: "66212"}
  phone: 913-555-0142
  fax: 913-555-0143
request:
  service: esketamine
  kind: appeal
  urgent: yes
  urgent_because: {text: she is not safe, by: Alex Moreno, on: 2026-11-20, evidence: []}
  codes: [{code: J0013, units: 84, per: session, ndc: 50458-0028-03}]
  indication: trd
  plan: 84 mg twice weekly for 4 weeks
  start: 2026-12-01
  mg_per_week: 168
  sessions: 12
  place_of_service: office
diagnoses: [{code: F33.2, since: 2025-01, evidence: {exhibit: notes, page: 1}}]
episode: {onset: 2025-01, severity: severe, psychotic_features: no, evidence: []}
treatments:
  - drug: sertraline
    purpose: depression
    doses: [{mg_per_day: 50, from: 2025-02, to: 2025-02}, {mg_per_day: 150, from: 2025-03-01}]
    adherence_percent: 97
    maximum_tolerated: yes
    serum_level: 30 ng/mL
    outcome: no_response
    improvement_percent: 5
    change: {scale: MADRS, before: 37, after: 35, before_on: 2025-02-01, after_on: 2025-05-30}
    stopped_because: no benefit
    adverse_effects: [nausea]
    prescriber: Alex Moreno
    ongoing: yes
    source: chart
    evidence: [{exhibit: notes, page: 1}]
  - {drug: aripiprazole, augments: sertraline, doses: [{mg_per_day: 5, from: 2025-04}]}
  - {drug: fluoxetine weekly, doses: [{mg_per_week: 90, from: 2024, to: 2024}]}
  - {drug: liothyronine, doses: [{mcg_per_day: 25, from: 2024, to: 2024}]}
  - {psychotherapy: CBT, provider: Priya Nair, from: 2024-11, to: 2025-03, sessions: 14}
  - {tms: theta burst, from: 2024-11, to: 2025-03, sessions: 30}
  - {ect: bitemporal, outcome: intolerance}
  - {ketamine: IV, mg_per_session: 40}
  - {esketamine: intranasal, mg_per_session: 56}
course:
  started: 2026-08
  last_on: 2026-11-20
  sessions_given: 15
  mg_per_session: 84
  authorization_number: CF-2291
  authorization_ends: 2026-12-14
  evidence: []
answer:
  decision: ended
  on: 2026-10-26
  received: 2026-10-29
  reference: DN-7740
  asked: renewal
  level: second
  appeal_by: 2027-04-27
  evidence: []
  reasons:
    - text: not enough
      criterion: response
      reply: {text: enough, by: Alex Moreno, on: 2026-11-12, evidence: []}
      evidence: [{exhibit: notes, page: 1}]
scores:
  - {scale: PHQ-9, total: 22, on: 2026-08-01, rater: self, baseline: yes, evidence: []}
  - {scale: PHQ-9, total: 12, on: 2026-11-10}
attestations:
  rems_site_certified:
    {answer: yes, by: Alex Moreno, on: 2026-11-12, statement: one, despite: two, evidence: []}
exhibits: [{id: notes, title: Notes, kind: denial, part_2: yes, file: notes.txt, pages: 1-2}]
sent: [{on: 2026-10-01, kind: renewal, reference: R1, differs: dose}]
consents:
  part_2: {by: Kim Whitfield, on: 2026-10-12, scope: all, expires: 2027-10-11, evidence: []}
  psychotherapy_notes: {by: Kim Whitfield, on: 2026-10-12}
rationale:
  present_state: one
  why_this_treatment: two
  why_now: three
  alternatives: four
  risk_of_delay: five
  risk_of_stopping: nine
  goals: six
  safety: seven
  monitoring: eight
exceptions: [{criterion: stance, reason: none, by: Alex Moreno, on: 2026-11, evidence: []}]
"""
SENTINEL = "Zyxqv Wörd"
# What can pass for an id, a number or a date; and what cannot be printed.
DISGUISES = ("zyxqv_word", "9080706050", "2091-09-19", "zyxqv\0word\n")
WORDS = words_of(Case)


RAW = datafile.parse(WHOLE, "case.yaml").value
AS_JSON = json.dumps(RAW)  # read again a tenth of the time that a deep copy takes


def raw_case() -> Any:  # noqa: ANN401 - a case file's values
    """Return a copy of the values of the whole case."""
    return json.loads(AS_JSON)


def places(value: Any, trail: Trail = ()) -> Iterator[Trail]:  # noqa: ANN401
    """Yield the place of every value in a case file."""
    yield trail
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs if isinstance(value, dict | list) else ():
        yield from places(inner, (*trail, key))


def together() -> Iterator[tuple[Trail, ...]]:
    """Yield every place of the case, with others that are read apart from it.

    For what is right nowhere: each entry and each section is then told by itself.
    """
    apart: dict[Trail, list[Trail]] = {}
    for trail in places(RAW):
        if len(trail) > 1:
            apart.setdefault(trail[: 1 + isinstance(trail[1], int)], []).append(trail)
        else:
            yield (trail,)
    for found in zip_longest(*apart.values()):
        yield tuple(trail for trail in found if trail is not None)


def holder_of(raw: Any, trail: Trail) -> Any:  # noqa: ANN401
    """Return the mapping or list that holds the value at a place."""
    for key in trail[:-1]:
        raw = raw[key]
    return raw


def with_value(value: object, *trails: Trail) -> Any:  # noqa: ANN401
    """Return the case with another value at some places."""
    raw = raw_case()
    for trail in trails:
        if not trail:
            return value
        holder_of(raw, trail)[trail[-1]] = value
    return raw


def with_key(key: str, *trails: Trail) -> Any:  # noqa: ANN401
    """Return the case with another key at some places, in the order of before."""
    raw = raw_case()
    for trail in trails:
        holder = holder_of(raw, trail)
        renamed = {key if name == trail[-1] else name: value for name, value in holder.items()}
        holder.clear()
        holder.update(renamed)
    return raw


def records_in(value: object) -> Iterator[Record]:
    """Yield every record in a case."""
    if isinstance(value, Record):
        yield value
        for name in type(value).model_fields:
            yield from records_in(getattr(value, name))
    elif isinstance(value, tuple | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from records_in(inner)


def outcome(raw: Any, folder: Path | None = None) -> str:  # noqa: ANN401
    """Return all that reading a case shows; it must not raise."""
    data = Datafile("case.yaml", raw)
    try:
        found = intake.understand(data, DAY, folder)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what this test looks for
        pytest.fail("".join(traceback.format_exception(error)))
    assert found.case is not None or found.problems
    assert all(problem.what and problem.fix for problem in found.problems)
    forms = [data, found, *found.problems, *records_in(found.case)]
    return "\n".join(f"{form} {form!r}" for form in forms)


def test_the_case_of_these_tests_is_whole() -> None:
    """It is right, and no key is missing in it: each is tried in every way below."""
    data = datafile.parse(WHOLE, "case.yaml")
    assert [str(problem) for problem in intake.understand(data, DAY).problems] == []
    used = {key for trail in places(data.value) for key in trail if isinstance(key, str)}
    assert used - {"rems_site_certified"} == WORDS


def each() -> Iterator[tuple[Trail, ...]]:
    """Yield every place of the case by itself: what is right there can be quoted by any check."""
    return ((trail,) for trail in places(RAW))


@pytest.mark.parametrize(
    ("value", "where"),
    [
        (SENTINEL, each),
        ([SENTINEL, {SENTINEL: SENTINEL}], together),
        ({SENTINEL: [SENTINEL]}, together),
        *((disguise, each) for disguise in DISGUISES[:3]),
        (DISGUISES[3], together),
    ],
    ids=["text", "list", "group", "id", "number", "date", "unprintable"],
)
def test_no_value_is_shown(
    value: Any,  # noqa: ANN401
    where: Where,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A sentinel in the place of every value, list and group of a case is never seen again."""
    caplog.set_level(logging.DEBUG)
    sentinel = value if isinstance(value, str) else SENTINEL
    tried = set()
    for trails in where():
        assert sentinel not in outcome(with_value(value, *trails), tmp_path), trails
        tried |= {*trails}
    assert sentinel not in caplog.text
    assert tried == {*places(RAW)}


@pytest.mark.parametrize(("sentinel", "where"), [(SENTINEL, together), (DISGUISES[0], each)])
def test_no_key_is_shown(sentinel: str, where: Where, caplog: pytest.LogCaptureFixture) -> None:
    """A sentinel in the place of every key of a case is never seen again."""
    caplog.set_level(logging.DEBUG)
    tried = set()
    for trails in where():
        keys = [trail for trail in trails if trail and isinstance(trail[-1], str)]
        if keys:
            assert sentinel not in outcome(with_key(sentinel, *keys)), keys
        tried |= {*keys}
    assert sentinel not in caplog.text
    assert tried == {trail for trail in places(RAW) if trail and isinstance(trail[-1], str)}


def test_no_near_miss_is_shown() -> None:
    """A key with a slip leads to the key that was meant; the slip itself is not repeated."""
    for trail in places(RAW):
        if trail and trail[-1] in WORDS:
            slip = f"{trail[-1]}qz"
            seen = outcome(with_key(slip, trail))
            assert slip not in seen, trail
            assert "a key here is not known" in seen or "needs just one of" in seen, trail


@pytest.mark.parametrize("inner", ["", "~", "[]", "{zyxqv: }", "{from: 2091, exhibit: zyxqv}"])
def test_no_key_is_shown_for_what_stands_under_it(inner: str) -> None:
    """What is wrong under a key that nobody knows is told without that key."""
    lines = WHOLE.splitlines()
    for place, line in enumerate(lines):
        if line.endswith(":"):
            text = "\n".join([*lines[: place + 1], f"  zyxqv: {inner}", *lines[place + 1 :]])
            found = intake.understand(datafile.parse(text, "case.yaml"), DAY)
            assert found.problems
            assert "zyxqv" not in f"{found} {[str(problem) for problem in found.problems]}"


BROKEN = [
    "Zyxqv: [",
    "Zyxqv: 'open",
    "\tZyxqv: 1",
    "Zyxqv: a: b",
    "Zyxqv: &Zyxqv 1",
    "Zyxqv: *Zyxqv",
    "Zyxqv: !Zyxqv 1",
    "? [Zyxqv]\n: Zyxqv",
    "Zyxqv: 1\nZyxqv: 2",
    "Zyxqv:",
    "Zyxqv: {Zyxqv: {Zyxqv: }}",
    "Zyxqv: null",
    "Zyxqv: \0",
    "Zyxqv: \ud800",
    "---\nZyxqv: 1",
    "%Zyxqv Zyxqv",
    "@Zyxqv",
    "Zyxqv: " + "[" * 50,
    "'Zyxqv': 1 Zyxqv",
    "- Zyxqv",
]


@pytest.mark.parametrize("broken", BROKEN)
def test_no_word_of_a_broken_file_is_shown(broken: str, caplog: pytest.LogCaptureFixture) -> None:
    """The parser quotes the line that it stumbles over; its words are not passed on."""
    caplog.set_level(logging.DEBUG)
    lines = WHOLE.splitlines()
    for place in (0, 1, 30, len(lines)):
        text = "\n".join([*lines[:place], broken, *lines[place:]])
        found = intake.understand(datafile.parse(text, "case.yaml"), DAY)
        assert found.case is None
        assert found.problems
        assert "zyxqv" not in f"{found} {[str(problem) for problem in found.problems]}".casefold()
    assert "zyxqv" not in caplog.text.casefold()


def test_no_name_of_an_exhibit_is_shown(tmp_path: Path) -> None:
    """Of names on the disk only that of the case file is shown."""
    path = tmp_path / "case.yaml"
    for name in ("zyxqv.pdf", "zyxqv/notes.pdf", "../zyxqv.pdf", "/zyxqv", "zyxqv" * 40, "é" * 200):
        path.write_text(json.dumps(with_value(name, ("exhibits", 0, "file"))), "utf-8")
        found = intake.read(path, DAY)
        assert [problem.what for problem in found.problems] == ["the exhibit's file is not there"]
        assert name not in "".join(map(str, found.problems))


@pytest.mark.parametrize(
    "raw", [b"zyxqv: \xff", b"zyxqv: \0", b"\xff\xfezyxqv", b"zyxqv: " * 300_000]
)
def test_no_byte_of_an_unreadable_file_is_shown(tmp_path: Path, raw: bytes) -> None:
    """Only what hinders the reading is told."""
    path = tmp_path / "case.yaml"
    path.write_bytes(raw)
    found = intake.read(path, DAY)
    assert found.problems
    assert "zyxqv" not in f"{found!r} {[str(problem) for problem in found.problems]}"


def test_a_case_keeps_its_values_to_itself() -> None:
    """The text forms of a case and of all in it are the names of the models."""
    found = intake.understand(datafile.parse(WHOLE, "case.yaml"), DAY)
    records = list(records_in(found.case))
    assert {type(record).__name__ for record in records} >= {"Case", "Name", "Dose", "Evidence"}
    assert {f"<{type(record).__name__}>" for record in records} == {
        *(str(record) for record in records),
        *(repr(record) for record in records),
    }
    assert repr(found) == "<Intake>"


def reached(value: object, seen: dict[int, object]) -> Iterator[object]:
    """Yield every value of the program that is reached from one; of the library none."""
    if id(value) in seen or type(value).__module__ in ("priorauth.library", "priorauth.payer"):
        return
    seen[id(value)] = value
    inner: list[object] = []
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield value
        inner = [getattr(value, one.name) for one in dataclasses.fields(value)]
    elif isinstance(value, Record):
        yield value
        inner = [getattr(value, name) for name in type(value).model_fields]
    elif isinstance(value, tuple | list | dict):
        if hasattr(value, "_fields"):  # a tuple with names
            yield value
        inner = [*value.values()] if isinstance(value, dict) else [*value]
    for one in inner:
        yield from reached(one, seen)


def test_what_is_made_of_a_case_keeps_its_values_to_itself() -> None:
    """Trials, findings, questions and dates too are shown by the names of their kinds."""
    case = intake.understand(datafile.parse(WHOLE, "case.yaml"), DAY).case
    assert case
    verdict = weigh_case(case, Library.open(), DAY)
    facts = Facts(case, DAY)
    spans = [Span(dose.start, dose.start) for trial in facts.trials() for dose in trial.last.doses]
    frame = facts.frame(Window(years=5))
    weeks = [trial.time() for trial in facts.trials()]
    amounts = [trial.highest for trial in facts.trials()]
    told = [trial_fact(one) for one in verdict.trials]
    made = [
        verdict,
        facts,
        told,
        verdict.questions,
        verdict.deadlines,
        spans,
        frame,
        weeks,
        amounts,
    ]
    found = [one for one in reached(made, {}) if not isinstance(one, Problem | Place)]
    kinds = {type(one).__name__ for one in found}
    assert kinds >= {
        *("Verdict", "Finding", "Judgement", "Fact", "TrialVerdict", "Trial", "Question"),
        *("PartialDate", "Span", "Interval", "Frame", "Weeks", "Amount", "Deadline", "Facts"),
    }
    of_the_case = [one for one in found if not type(one).__module__.startswith(REFERENCE)]
    assert {f"<{type(one).__name__}>" for one in of_the_case} == set(map(repr, of_the_case))


REFERENCE = "priorauth.reference"


# --- whatever is thrown at it ---------------------------------------------------------------------

VALUES = st.recursive(
    st.text(max_size=20) | st.sampled_from(["2025", "2025-03", "notes", "yes", "7", "F33.2", "-1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(sorted(WORDS)) | st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(st.data())
def test_whatever_stands_anywhere_is_a_case_or_a_problem(data: st.DataObject) -> None:
    """Nothing raises, and every problem knows its line and what to write."""
    raw = raw_case()
    for _ in range(data.draw(st.integers(1, 3))):
        trail = data.draw(st.sampled_from(list(places(raw))[1:]))
        holder_of(raw, trail)[trail[-1]] = copy.deepcopy(data.draw(VALUES))
    found = intake.understand(datafile.parse(json.dumps(raw, indent=1), "case.yaml"), DAY)
    assert found.case is not None or found.problems
    assert all(problem.place.line for problem in found.problems)


@given(VALUES)
def test_any_values_are_a_case_or_problems(raw: object) -> None:
    """Values that a program made have no lines, and are checked all the same."""
    found = intake.understand(Datafile("example", copy.deepcopy(raw)), DAY)  # type: ignore[arg-type]
    assert found.case is None
    assert found.problems
