"""What rests on a person's word or on the request itself: attestation, exclusion, quantity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cases import MET, NOT_MET, UNKNOWN, judged, rule

if TYPE_CHECKING:
    from priorauth.criteria import Answer

YES = {"answer": "yes", "by": "Alex Moreno, MD", "on": "2026-11-16"}
NO = YES | {"answer": "no"}
QUESTION = "Is the site certified in the REMS?"
ATTESTED = rule("attestation", attestation="rems", question=QUESTION)
OPEN = f"{QUESTION} Write the answer as `rems:` under `attestations:`."
NOBODY = "nobody has answered for it"


@pytest.mark.parametrize(
    ("attestations", "answer", "because", "would_change"),
    [
        ({"rems": YES}, MET, f"{QUESTION} Yes: Alex Moreno, MD, 11/16/2026", ""),
        (
            {"rems": NO},
            NOT_MET,
            f"{QUESTION} No: Alex Moreno, MD, 11/16/2026",
            f"A yes to: {QUESTION}",
        ),
        ({}, UNKNOWN, NOBODY, OPEN),
        ({"pdmp": YES}, UNKNOWN, NOBODY, OPEN),
        (
            {"rems": YES | {"statement": "The site is certified in the REMS."}},
            MET,
            "The site is certified in the REMS: Alex Moreno, MD, 11/16/2026",
            "",
        ),
        (
            {"rems": NO | {"statement": "The site is certified in the REMS."}},
            NOT_MET,
            f"{QUESTION} No: Alex Moreno, MD, 11/16/2026",
            f"A yes to: {QUESTION}",
        ),
    ],
)
def test_a_person_stands_for_a_yes(
    attestations: dict[str, Any], answer: Answer, because: str, would_change: str
) -> None:
    """Who said so, and when; where nobody did, the question itself is asked."""
    found = judged(ATTESTED, attestations=attestations)
    assert (answer, because, would_change) == (found.answer, found.because, found.would_change)


# --- exclusions -----------------------------------------------------------------------------------

F33_2 = "F33.2 Major depressive disorder, recurrent severe without psychotic features"
F20_9 = "F20.9 Schizophrenia, unspecified"
BY_CODE = rule("exclusion", diagnoses=["F20"])
BY_WORD = rule("exclusion", attestation="none", question="Is the patient free of psychosis?")
BY_BOTH = rule(
    "exclusion",
    diagnoses=["F20"],
    attestation="none",
    question="Is the patient free of psychosis?",
)
SAID_YES = "Is the patient free of psychosis? Yes: Alex Moreno, MD, 11/16/2026"
SAID_NO = "Is the patient free of psychosis? No: Alex Moreno, MD, 11/16/2026"
EXCLUSIONS = [
    (BY_CODE, ["F33.2"], None, MET, "None among the diagnoses listed (F33.2)"),
    (BY_CODE, ["F33.2", "F20.9"], None, NOT_MET, F20_9),
    (BY_CODE, [], None, UNKNOWN, "no diagnosis is recorded"),
    (BY_WORD, ["F33.2", "F20.9"], YES, MET, SAID_YES),
    (BY_WORD, ["F33.2"], NO, NOT_MET, SAID_NO),
    (BY_WORD, ["F33.2"], None, UNKNOWN, NOBODY),
    (BY_BOTH, ["F33.2"], YES, MET, SAID_YES),
    (BY_BOTH, ["F33.2"], None, UNKNOWN, NOBODY),
    (BY_BOTH, ["F33.2", "F20.9"], None, UNKNOWN, f"{F20_9}; {NOBODY}"),
    (BY_BOTH, ["F33.2", "F20.9"], YES, MET, f"{F20_9}; {SAID_YES}"),
    (BY_BOTH, ["F33.2"], NO, NOT_MET, SAID_NO),
    (BY_BOTH, [], YES, MET, SAID_YES),
]


@pytest.mark.parametrize(("asked", "codes", "word", "answer", "because"), EXCLUSIONS)
def test_what_would_exclude_is_absent_by_code_or_by_word(
    asked: Any,  # noqa: ANN401 - a criterion
    codes: list[str],
    word: dict[str, str] | None,
    answer: Answer,
    because: str,
) -> None:
    """A person's word decides where it is asked for; a code that raises the question is shown."""
    found = judged(
        asked,
        diagnoses=[{"code": code} for code in codes],
        attestations={"none": word} if word else {},
    )
    assert (answer, because) == (found.answer, found.because)


@pytest.mark.parametrize(
    ("asked", "codes", "would_change"),
    [
        (BY_CODE, ["F20.9"], "Ask the prescriber whether the diagnosis still stands."),
        (BY_CODE, [], "Write the diagnoses under `diagnoses:`."),
        (
            BY_BOTH,
            ["F20.9"],
            "Is the patient free of psychosis? Write the answer as `none:` under `attestations:`.",
        ),
    ],
)
def test_the_question_on_an_exclusion_fits_the_answer(
    asked: Any,  # noqa: ANN401 - a criterion
    codes: list[str],
    would_change: str,
) -> None:
    """Whether the diagnosis stands, which there are, or what the person says."""
    found = judged(asked, diagnoses=[{"code": code} for code in codes])
    assert would_change == found.would_change


# --- quantity -------------------------------------------------------------------------------------

QUANTITIES: list[tuple[dict[str, Any], dict[str, Any], Answer, str, str]] = [
    (
        {"most_mg_per_week": 168},
        {"mg_per_week": 168},
        MET,
        "168 mg a week asked for, at most 168",
        "",
    ),
    (
        {"most_mg_per_week": 168},
        {"mg_per_week": "168.5"},
        NOT_MET,
        "168.5 mg a week asked for, at most 168",
        "At most 168 mg a week.",
    ),
    (
        {"most_mg_per_week": 168},
        {},
        UNKNOWN,
        "how many mg a week are asked for is not recorded",
        "Write how many mg a week are asked for under `request:`.",
    ),
    ({"most_sessions": 36}, {"sessions": 36}, MET, "36 sessions asked for, at most 36", ""),
    (
        {"most_sessions": 36, "most_mg_per_week": 168},
        {"sessions": 37},
        NOT_MET,
        "37 sessions asked for, at most 36; how many mg a week are asked for is not recorded",
        "Write how many mg a week are asked for under `request:`. At most 36 sessions.",
    ),
    (
        {"most_units": {"J0013": 84}},
        {"codes": [{"code": "J0013", "units": 84}]},
        MET,
        "84 units of J0013 asked for, at most 84",
        "",
    ),
    (
        {"most_units": {"J0013": 84}},
        {"codes": [{"code": "J0013", "units": 56}, {"code": "J0013", "units": 56}]},
        NOT_MET,
        "112 units of J0013 asked for, at most 84",
        "At most 84 units of J0013.",
    ),
    (
        {"most_units": {"J0013": 84}},
        {"codes": [{"code": "J0013", "units": 56}, {"code": "J0013"}]},
        UNKNOWN,
        "how many units of J0013 are asked for is not recorded",
        "Write how many units of J0013 are asked for under `request:`.",
    ),
    (
        {"most_units": {"J0013": 84}},
        {"codes": [{"code": "G2083", "units": 900}]},
        UNKNOWN,
        "the request states no quantity that the policy limits",
        "Write the quantity under `request:`.",
    ),
]


@pytest.mark.parametrize(("limits", "asked", "answer", "because", "would_change"), QUANTITIES)
def test_the_request_keeps_within_the_policys_limits(
    limits: dict[str, Any], asked: dict[str, Any], answer: Answer, because: str, would_change: str
) -> None:
    """Milligrams a week, sessions, and units of a code on all its lines together."""
    found = judged(rule("quantity", **limits), request=asked)
    assert (answer, because, would_change) == (found.answer, found.because, found.would_change)
