"""What a letter cannot be without: each field of a case in words, in the order of asking.

Not for what a policy asks: `criteria` makes those questions from the findings.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from priorauth.asking.question import APPROVAL, CARD, DECISION, FORM, Choice, How
from priorauth.case import Benefit, Exhibit, Kind, LineOfBusiness
from priorauth.history import Outcome, Purpose, Source

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

PRACTICE = "the practice"
PRESCRIBER = "the prescriber"


@dataclass(frozen=True)
class Words:
    """A field of a case in words."""

    text: str
    why: str
    form: str = ""
    ask: str = ""
    how: How = How.TEXT
    choices: tuple[Choice, ...] = field(default=())
    none: str = ""  # what a `no` to it means, where a `no` is an answer


def choices(every: Iterable[StrEnum]) -> tuple[Choice, ...]:
    """Return words that a file can have as choices in plain words."""
    return tuple((one.value, one.value.replace("_", " ")) for one in every)


OUTCOMES = tuple(o for o in choices(Outcome) if o[0] != "contraindicated")
SOURCES = tuple(
    (value, f"the {words}" if value in ("chart", "pharmacy") else words)
    for value, words in choices(Source)
)
_KINDS = tuple(
    (str(kind), "REMS" if kind == "rems" else str(kind).replace("_", " "))
    for kind in Exhibit.model_fields["kind"].annotation.__args__  # type: ignore[union-attr]
)
_DAY = "year-month-day, such as 1984-03-09"
_DATE = "the day (2025-02-17): it is best; the month (2025-02) or year (2025) if no more is known"
_FIND = "the payer finds the member by it, and it stands on every page"
_FOUND = "the payer finds the prescriber by it"
_SIGNS = "it stands under the letter, beside the signature"
_ANSWER = "the payer's answer comes there"
_OWN = "in the prescriber's own words"
_DAY_OF = "year-month-day, such as 2026-10-12"
_HEAD = "it stands at the head of the letter"

# In the order in which they are asked. A `*` stands for the number of an entry.
FIELDS: dict[str, Words] = {
    "request.service": Words(
        "What is asked for?",
        "it decides which policy applies",
        "esketamine, iv_ketamine, tms or ect",
        PRESCRIBER,
    ),
    "request.kind": Words(
        "Which kind of request is it?",
        "each kind has rules of its own",
        how=How.CHOICE,
        choices=choices(Kind),
    ),
    "coverage.payer": Words(
        "Which payer is asked?",
        "it decides which policy applies",
        "a name that `priorauth payers` lists, or the payer's own name",
        CARD,
    ),
    "coverage.line_of_business": Words(
        "Which kind of plan is it?",
        "the policy is for some kinds of plan only, and the payer's time to answer depends on it",
        ask="the plan",
        how=How.CHOICE,
        choices=choices(LineOfBusiness),
    ),
    "coverage.benefit": Words(
        "Which benefit does the request go to?",
        "each benefit has a fax number and rules of its own",
        ask="the plan",
        how=How.CHOICE,
        choices=choices(Benefit),
    ),
    "patient.name.given": Words(
        "What is the patient's given name?", _FIND, "as on the member's card", CARD
    ),
    "patient.name.family": Words(
        "What is the patient's family name?", _FIND, "as on the member's card", CARD
    ),
    "patient.birth_date": Words("When was the patient born?", _FIND, _DAY, CARD, How.DATE),
    "coverage.member_id": Words(
        "What is the member number?", _FIND, "as on the card, with its letters", CARD
    ),
    "prescriber.name.given": Words(
        "What is the prescriber's given name?", _SIGNS, "one name, such as Alex", PRACTICE
    ),
    "prescriber.name.family": Words(
        "What is the prescriber's family name?", _SIGNS, "one name, such as Moreno", PRACTICE
    ),
    "prescriber.credentials": Words(
        "With which credentials does the prescriber sign?", _SIGNS, "MD, DO or NP", PRACTICE
    ),
    "prescriber.npi": Words("What is the prescriber's NPI?", _FOUND, "ten digits", PRACTICE),
    "prescriber.specialty": Words(
        "What is the prescriber's specialty?",
        "payers ask for a specialist",
        "as the board names it, such as psychiatry",
        PRACTICE,
    ),
    "practice.name": Words("What is the clinic's name?", _HEAD, "as on its letterhead", PRACTICE),
    "practice.npi": Words("What is the clinic's NPI?", _HEAD, "ten digits", PRACTICE),
    "practice.address.street": Words(
        "In which street is the clinic?", _HEAD, "street and number", PRACTICE
    ),
    "practice.address.city": Words(
        "In which city?", _HEAD, "the city, such as Overland Park", PRACTICE
    ),
    "practice.address.state": Words(
        "In which state?", _HEAD, "two capital letters, such as KS", PRACTICE
    ),
    "practice.address.zip": Words(
        "What is the ZIP code?", _HEAD, "five digits, such as 66212", PRACTICE
    ),
    "practice.phone": Words(
        "What is the clinic's telephone number?",
        "the payer's reviewer calls there",
        "ten digits, such as 913-555-0142",
        PRACTICE,
    ),
    "practice.fax": Words(
        "What is the clinic's fax number?",
        f"{_ANSWER}; payers cancel a request without it",
        "ten digits, such as 913-555-0143",
        PRACTICE,
    ),
    "request.codes.*.code": Words(
        "Which procedure code is asked for?",
        "the payer decides on it",
        "one code, such as J0013",
        PRESCRIBER,
    ),
    "request.codes.*.units": Words(
        "How many units of {code} are asked for in the whole request?{counted_in}",
        "the payer authorizes a number of units",
        "the number alone, such as 1344; where the order counts by session, `84 per session`",
        PRESCRIBER,
        How.UNITS,
    ),
    "request.plan": Words(
        "What is ordered: dose, how often, for how long?",
        "it is what the payer authorizes; the letter prints it as it is",
        "as it is ordered, such as: 84 mg twice weekly for 4 weeks, then weekly for 4 weeks",
        PRESCRIBER,
    ),
    "request.sessions": Words(
        "How many sessions are asked for in all?",
        "the payer authorizes a number, by which units a session are counted",
        "the number alone, such as 30",
        PRESCRIBER,
        How.NUMBER,
    ),
    "request.start": Words(
        "From which day on is the treatment asked for?",
        "the payer authorizes it for a time that begins with that day",
        "year-month-day, such as 2026-12-01",
        PRESCRIBER,
        How.DATE,
    ),
    "request.mg_per_week": Words(
        "How many mg a week are asked for?",
        "the policy limits them",
        "the number alone, such as 168",
        PRESCRIBER,
        How.NUMBER,
    ),
    "diagnoses.*.code": Words(
        "Which diagnosis is the request for?",
        "no payer decides without it",
        "an ICD-10-CM code, such as F33.2",
        PRESCRIBER,
    ),
    "course.started": Words(
        "When was the first session of the course under way?",
        "a renewal says since when the treatment is given",
        _DATE,
        PRACTICE,
        How.DATE,
    ),
    "course.sessions_given": Words(
        "How many sessions have been given so far?",
        "a renewal says how often the treatment was given",
        "the number alone, such as 15",
        PRACTICE,
        How.NUMBER,
    ),
    "course.authorization_ends": Words(
        "On which day does the present authorization end?",
        "a gap in treatment can be avoided only before that day",
        "year-month-day, such as 2026-12-14",
        APPROVAL,
        How.DATE,
    ),
    "answer.decision": Words(
        "What did the payer decide?",
        "an appeal answers that decision",
        ask=DECISION,
        how=How.CHOICE,
        choices=(
            ("denied", "denied"),
            ("approved_in_part", "approved in part"),
            ("ended", "ended"),
        ),
    ),
    "answer.on": Words(
        "On which day was it decided?",
        "the rules of that day count",
        "year-month-day, such as 2026-10-26",
        DECISION,
        How.DATE,
    ),
    "answer.level": Words(
        "Which review is asked for?",
        "each has a time limit of its own",
        ask=DECISION,
        how=How.CHOICE,
        choices=(("first", "first appeal"), ("second", "second appeal"), ("external", "external")),
    ),
    "answer.reasons.*.text": Words(
        "Which reasons does the payer give?",
        "an appeal answers each reason",
        "each word for word, as the decision has it; ` / ` between two of them",
        DECISION,
        How.REASONS,
    ),
    "answer.reasons.*.reply.by": Words(
        "Who replies so to the payer's reason?",
        "the letter names who says so",
        "the person's name",
        PRESCRIBER,
        How.NAMED,
    ),
    "answer.reasons.*.reply.on": Words(
        "On which day was that reply given?", "the letter says when", _DATE, PRESCRIBER, How.DATE
    ),
    "treatments.*.drug": Words(
        "Which drug was it?",
        "the entry has no drug yet",
        "one name, such as sertraline",
        PRESCRIBER,
    ),
    "treatments.*.purpose": Words(
        "What was {drug} given for?",
        "only what was given for depression counts; without an answer the case cannot be weighed",
        ask=PRESCRIBER,
        how=How.CHOICE,
        choices=choices(Purpose),
    ),
    "treatments.*.psychotherapy": Words(
        "Which psychotherapy was it?",
        "policies name kinds of it",
        "its kind, such as CBT",
        "the therapist",
    ),
    "treatments.*.tms": Words(
        "Which TMS protocol was it?",
        "the letter names it",
        "its name, such as theta burst",
        PRESCRIBER,
    ),
    "treatments.*.ect": Words(
        "Which placement did the ECT have?",
        "the letter names it",
        "one word, such as bilateral",
        PRESCRIBER,
    ),
    "treatments.*.doses.*.mg_per_day": Words(
        "How many mg a day of {drug} were taken from {from} on?",
        "only the time at an adequate dose counts",
        "the number alone, such as 150",
        "the pharmacy",
        How.NUMBER,
    ),
    "treatments.*.doses.*.mcg_per_day": Words(
        "How many micrograms a day of {drug} were taken from {from} on?",
        "only the time at an adequate dose counts",
        "the number alone, such as 25",
        "the pharmacy",
        How.NUMBER,
    ),
    "treatments.*.doses.*.mg_per_week": Words(
        "How many mg a week of {drug} were taken from {from} on?",
        "only the time at an adequate dose counts",
        "the number alone, such as 90",
        "the pharmacy",
        How.NUMBER,
    ),
    "treatments.*.doses.*.from": Words(
        "From when was this dose of {drug} taken?",
        "the payer counts weeks at a dose",
        _DATE,
        "the pharmacy",
        How.DATE,
    ),
    "scores.*.total": Words(
        "What is the total of the {scale}?",
        "a score needs its total",
        "the number alone, such as 22",
        PRESCRIBER,
        How.NUMBER,
    ),
    "scores.*.on": Words(
        "On which day was the {scale} filled in?",
        "a score needs its day",
        _DATE,
        PRESCRIBER,
        How.DATE,
    ),
    "attestations.*.by": Words(
        "Who stands for this answer ({criterion})?",
        "an answer counts when a person stands for it",
        "the person's name",
        PRESCRIBER,
        How.NAMED,
    ),
    "attestations.*.on": Words(
        "On which day was it said ({criterion})?",
        "the letter says when it was said",
        _DATE,
        PRESCRIBER,
        How.DATE,
    ),
    "exhibits.*.id": Words(
        "What short name does the document have here?",
        "evidence names it",
        "small letters, such as notes",
    ),
    "exhibits.*.title": Words(
        "What is the document {file}?",
        "the list of enclosures names it",
        "its title, such as Psychiatric progress notes",
    ),
    "exhibits.*.kind": Words(
        "Which kind of document is {file}?",
        "the packet is put in the payer's order",
        how=How.CHOICE,
        choices=_KINDS,
    ),
    "exhibits.*.file": Words(
        "Which file is it?",
        "it is enclosed",
        "the name of the file beside the case, such as notes.pdf",
    ),
    "attestations.*.answer": Words(
        "Is this so ({criterion})?",
        "an entry without its answer says nothing",
        "yes or no, as the person says it who stands for it",
        PRESCRIBER,
        How.CHOICE,
        (("yes", "yes"), ("no", "no")),
    ),
    "exceptions.*.criterion": Words(
        "From what is the exception asked for?",
        "the letter gives the reasons beside the requirement that is not met",
        ask=PRESCRIBER,
        how=How.CHOICE,
    ),
    "exceptions.*.reason": Words(
        "Why should the payer make an exception ({criterion})?",
        "without the prescriber's reasons no exception is asked for",
        "in the prescriber's own words",
        PRESCRIBER,
    ),
    "exceptions.*.by": Words(
        "Who gives these reasons?",
        "the letter names who says so",
        "the person's name",
        PRESCRIBER,
        How.NAMED,
    ),
    "exceptions.*.on": Words(
        "On which day were they given?", "the letter says when", _DATE, PRESCRIBER, How.DATE
    ),
    "rationale.why_this_treatment": Words(
        "Why this treatment for this patient?",
        "the letter asks for more than the policy grants, or for a use off the label, and prints "
        "the prescriber's own words; it has none without them",
        _OWN,
        PRESCRIBER,
    ),
    "rationale.risk_of_stopping": Words(
        "What is to be feared when the treatment stops?",
        "a renewal is for going on, and the letter prints the prescriber's own words",
        _OWN,
        PRESCRIBER,
    ),
    "rationale.risk_of_delay": Words(
        "What is to be feared from waiting?",
        "the request is urgent, and the letter prints the prescriber's own words",
        _OWN,
        PRESCRIBER,
    ),
    "rationale.safety": Words(
        "How is the patient kept safe during the treatment?",
        "its use is off the label, and the letter prints the prescriber's own words",
        _OWN,
        PRESCRIBER,
    ),
    "consents.part_2.by": Words(
        "Who signed the consent to send the record of the substance use disorder program?",
        "without it that record may not be sent (42 CFR Part 2)",
        "the name as signed, the patient's or of who may sign for the patient; `no` when none is",
        FORM,
        none="none is signed: leave that document out",
    ),
    "consents.part_2.on": Words(
        "On which day was that consent signed?",
        "the consent counts from that day",
        _DAY_OF,
        FORM,
        How.DATE,
    ),
    "consents.part_2.scope": Words(
        "Which records may go to whom, and for what, by that consent?",
        "a copy of the consent, or a clear explanation of its scope, goes along (42 CFR 2.32)",
        "as the form says it. Or enclose a copy, with `kind: consent`, and cite it in the file",
        FORM,
    ),
    "consents.psychotherapy_notes.by": Words(
        "Who signed the authorization to send the psychotherapy notes?",
        "without it nobody may send them (45 CFR 164.508)",
        "the name as signed; `no` when none is",
        FORM,
        none="none is signed: leave the notes out, or enclose a summary",
    ),
    "consents.psychotherapy_notes.on": Words(
        "On which day was that authorization signed?",
        "the authorization counts from that day",
        _DAY_OF,
        FORM,
        How.DATE,
    ),
}
DATE_FORM = _DATE
