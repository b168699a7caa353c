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
    ("given", "ask"), [({}, "the prescriber"), ({"ask": "the practice"}, "the practice")]
)
def test_a_question_goes_to_who_knows_the_answer(given: dict[str, str], ask: str) -> None:
    """The prescriber is asked, or whom the policy names; a question that is settled, nobody."""
    asked = rule("attestation", attestation="rems", question=QUESTION, **given)
    assert judged(asked).judgement.ask == ask
    assert judged(asked, attestations={"rems": NO}).judgement.ask == ask
    assert judged(asked, attestations={"rems": YES}).judgement.ask == ""


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
F10_20 = "F10.20 Alcohol dependence, uncomplicated"
TREATED = "Is any dependence being treated?"
BY_CODE = rule("exclusion", diagnoses=["F10"])
BY_WORD = rule("exclusion", attestation="none", question=TREATED)
BY_BOTH = rule("exclusion", diagnoses=["F10"], attestation="none", question=TREATED)
SAID_YES = f"{TREATED} Yes: Alex Moreno, MD, 11/16/2026"
SAID_NO = f"{TREATED} No: Alex Moreno, MD, 11/16/2026"
EXCLUSIONS = [
    (BY_CODE, ["F33.2"], None, MET, "None among the diagnoses listed (F33.2)"),
    (BY_CODE, ["F33.2", "F10.20"], None, NOT_MET, F10_20),
    (BY_CODE, [], None, UNKNOWN, "no diagnosis is recorded"),
    (BY_WORD, ["F33.2", "F10.20"], YES, MET, SAID_YES),
    (BY_WORD, ["F33.2"], NO, NOT_MET, SAID_NO),
    (BY_WORD, ["F33.2"], None, UNKNOWN, NOBODY),
    (BY_BOTH, ["F33.2"], YES, MET, SAID_YES),
    (BY_BOTH, ["F33.2"], None, UNKNOWN, NOBODY),
    (BY_BOTH, ["F33.2", "F10.20"], None, UNKNOWN, f"{F10_20}; {NOBODY}"),
    (BY_BOTH, ["F33.2", "F10.20"], YES, MET, f"{F10_20}; {SAID_YES}"),
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
        (BY_CODE, ["F10.20"], "Ask the prescriber whether the diagnosis still stands."),
        (BY_CODE, [], "Write the diagnoses under `diagnoses:`."),
        (
            BY_BOTH,
            ["F10.20"],
            f"{TREATED} Write the answer as `none:` under `attestations:`.",
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


# --- psychosis ------------------------------------------------------------------------------------

F33_3 = "F33.3 Major depressive disorder, recurrent, severe with psychotic symptoms"
FREE = "Is the patient free of psychosis?"
PSYCHOSES = ["F20", "F32.3", "F33.3"]
BY_CODES = rule("exclusion", diagnoses=PSYCHOSES)
BY_ANSWER = rule("exclusion", diagnoses=PSYCHOSES, attestation="free", question=FREE)
BY_NAME = rule("attestation", attestation="no_psychosis", question=FREE)
IS_FREE = f"{FREE} Yes: Alex Moreno, MD, 11/16/2026"
NOT_FREE = f"{FREE} No: Alex Moreno, MD, 11/16/2026"
WITH = "Episode recorded with psychotic features"
DISAGREE = "the answer and the rest of the record do not agree on psychosis"
SPLIT = "the episode and the diagnosis code do not agree on psychotic features"
CONTRADICTIONS: list[tuple[Any, tuple[str, str], Any, Answer, str]] = [
    # The word and the code, the word and the episode.
    (BY_ANSWER, ("F33.2", "no"), YES, MET, IS_FREE),
    (BY_ANSWER, ("F33.3", "yes"), YES, UNKNOWN, f"{F33_3}; {WITH}; {IS_FREE}; {DISAGREE}"),
    (BY_ANSWER, ("F33.3", ""), YES, UNKNOWN, f"{F33_3}; {IS_FREE}; {DISAGREE}"),
    (BY_ANSWER, ("F33.2", "yes"), YES, UNKNOWN, f"{WITH}; {IS_FREE}; {DISAGREE}"),
    (BY_ANSWER, ("F29", ""), YES, UNKNOWN, ""),
    (BY_ANSWER, ("F10.150", ""), YES, UNKNOWN, ""),
    (BY_ANSWER, ("F33.3", "yes"), NO, NOT_MET, f"{F33_3}; {NOT_FREE}"),
    (BY_ANSWER, ("F33.3", "yes"), None, UNKNOWN, f"{F33_3}; {NOBODY}"),
    (BY_NAME, ("F33.2", "no"), YES, MET, IS_FREE),
    (BY_NAME, ("F33.3", ""), YES, UNKNOWN, f"{F33_3}; {IS_FREE}; {DISAGREE}"),
    (BY_NAME, ("F33.2", "yes"), YES, UNKNOWN, f"{WITH}; {IS_FREE}; {DISAGREE}"),
    # The code and the episode, where the codes alone decide.
    (BY_CODES, ("F33.3", "yes"), None, NOT_MET, F33_3),
    (BY_CODES, ("F33.3", ""), None, NOT_MET, F33_3),
    (BY_CODES, ("F33.3", "no"), None, UNKNOWN, f"{F33_3}; {SPLIT}"),
    (
        BY_CODES,
        ("F33.2", "yes"),
        None,
        UNKNOWN,
        f"None among the diagnoses listed (F33.2); {SPLIT}",
    ),
    (
        BY_CODES,
        ("F33.1", "yes"),
        None,
        UNKNOWN,
        f"None among the diagnoses listed (F33.1); {SPLIT}",
    ),
    (
        BY_CODES,
        ("F33.9", "yes"),
        None,
        UNKNOWN,
        f"None among the diagnoses listed (F33.9); {SPLIT}",
    ),
    (BY_CODES, ("F33.2", "no"), None, MET, "None among the diagnoses listed (F33.2)"),
    (BY_CODES, ("F20.9", "no"), None, NOT_MET, "F20.9 Schizophrenia, unspecified"),
    (BY_CODE, ("F33.2", "yes"), None, MET, "None among the diagnoses listed (F33.2)"),
]


@pytest.mark.parametrize(("asked", "said", "word", "answer", "because"), CONTRADICTIONS)
def test_what_the_record_contradicts_is_unknown(
    asked: Any,  # noqa: ANN401 - a criterion
    said: tuple[str, str],
    word: Any,  # noqa: ANN401 - an attestation
    answer: Answer,
    because: str,
) -> None:
    """Where word, code and episode disagree on psychosis, none of them is believed: it is asked."""
    code, episode = said
    found = judged(
        asked,
        diagnoses=[{"code": code}],
        episode={"psychotic_features": episode} if episode else {},
        attestations={"free": word, "no_psychosis": word} if word else {},
    )
    assert answer is found.answer
    assert because in ("", found.because)
    assert found.answer is not UNKNOWN or found.would_change


def test_a_yes_stands_against_a_code_by_its_reason() -> None:
    """Where both are right, the person says why; the reviewer reads code, answer and reason."""
    word = YES | {"despite": "Psychosis in 2019 only; the benefits outweigh the risks."}
    found = judged(BY_ANSWER, diagnoses=[{"code": "F33.3"}], attestations={"free": word})
    assert (found.answer, found.because.split("; ")[0]) == (MET, F33_3)
    reason = "Psychosis in 2019 only; the benefits outweigh the risks: Alex Moreno, MD, 11/16/2026"
    assert found.because == f"{F33_3}; {FREE} Yes; {reason}"


def test_a_disagreement_asks_which_is_right() -> None:
    """Who is to be asked, and what to write when both are right."""
    found = judged(BY_ANSWER, diagnoses=[{"code": "F33.3"}], attestations={"free": YES})
    assert found.judgement.ask == "the prescriber"
    assert found.would_change == (
        "Is there a psychosis? A diagnosis or the episode says so, an attestation denies it: "
        "correct the one that is wrong. If both are right, write `despite:` beside the answer: in "
        "the prescriber's words, why it stands all the same."
    )


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
