"""The person and the prescriber: age, diagnosis, severity, specialty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cases import MET, NOT_MET, UNKNOWN, judged, rule

from priorauth.case import EpisodeSeverity
from priorauth.reference.icd10cm import among

if TYPE_CHECKING:
    from priorauth.criteria import Answer

ASK_CODE = "Ask the prescriber whether another code is right, and list it first."
F33_2 = "F33.2 Major depressive disorder, recurrent severe without psychotic features"
F33_1 = "F33.1 Major depressive disorder, recurrent, moderate"


def coded(*codes: str) -> list[Any]:
    """Return diagnoses of a case file."""
    return [{"code": code} for code in codes]


# --- age ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("birth", "answer", "years"),
    [
        ("2008-11-22", MET, 18),
        ("2008-11-23", NOT_MET, 17),
        ("1961-11-23", MET, 64),
        ("1961-11-22", NOT_MET, 65),
    ],
)
def test_age_is_in_whole_years_on_the_day(birth: str, answer: Answer, years: int) -> None:
    """18 on the birthday, not the day before; below 65 until the eve of the birthday."""
    found = judged(rule("age", least=18, below=65), patient={"birth_date": birth})
    month, day, year = birth[5:7], birth[8:], birth[:4]
    assert (answer, f"Born {month}/{day}/{year}: {years} years old on 11/22/2026") == (
        found.answer,
        found.because,
    )
    assert found.would_change == ("" if answer is MET else "Nothing but the patient's age.")


# --- diagnosis ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("diagnoses", "answer", "because", "would_change"),
    [
        (coded("F33.2"), MET, F33_2, ""),
        (coded("F33.2", "F41.1"), MET, F33_2, ""),
        (
            coded("F41.1", "F33.2"),
            NOT_MET,
            "F41.1 Generalized anxiety disorder; the policy does not name this diagnosis",
            ASK_CODE,
        ),
        (
            coded("F33.2", "F31.4"),
            NOT_MET,
            (
                "F31.4 Bipolar disorder, current episode depressed, severe, without psychotic "
                "features; the policy excludes this diagnosis"
            ),
            "Ask the prescriber whether the diagnosis still stands.",
        ),
        (
            [],
            UNKNOWN,
            "no diagnosis is recorded",
            "Write the diagnosis code under `diagnoses:`; the prescriber states it.",
        ),
    ],
)
def test_the_first_diagnosis_is_wanted_and_none_is_barred(
    diagnoses: list[Any], answer: Answer, because: str, would_change: str
) -> None:
    """A code counts under its family; any code of a barred family stands in the way."""
    found = judged(rule("diagnosis", one_of=["F32", "F33"], none_of=["F31"]), diagnoses=diagnoses)
    assert (answer, because, would_change) == (found.answer, found.because, found.would_change)


SPLIT = "the episode and the diagnosis code do not agree on psychotic features"


@pytest.mark.parametrize(
    ("code", "episode", "asked", "answer"),
    [
        ("F33.2", "no", {"none_of": ["F33.3"]}, MET),
        ("F33.2", "yes", {"none_of": ["F33.3"]}, UNKNOWN),
        ("F33.3", "no", {"none_of": ["F33.3"]}, UNKNOWN),
        ("F33.3", "yes", {"none_of": ["F33.3"]}, NOT_MET),
        ("F33.2", "yes", {"one_of": ["F33.2"]}, UNKNOWN),
        ("F33.2", "yes", {"one_of": ["F33"]}, MET),
        ("F31.4", "yes", {"one_of": ["F33"], "none_of": ["F31"]}, NOT_MET),
    ],
)
def test_a_code_that_the_episode_contradicts_is_not_relied_on(
    code: str, episode: str, asked: dict[str, Any], answer: Answer
) -> None:
    """Only where the other code would be answered otherwise; a rule on the family stands."""
    found = judged(
        rule("diagnosis", **asked),
        diagnoses=coded(code),
        episode={"psychotic_features": episode},
    )
    assert answer is found.answer
    assert (answer is UNKNOWN) is (found.judgement.reason == SPLIT)


def test_a_policy_may_only_bar_diagnoses() -> None:
    """Without a list of wanted codes any first diagnosis will do."""
    found = judged(rule("diagnosis", none_of=["F31"]), diagnoses=coded("F41.1"))
    assert found.answer is MET


@pytest.mark.parametrize(
    ("code", "families", "expected"),
    [
        ("F33.2", ["F33"], True),
        ("F33.2", ["F33.2"], True),
        ("F33.2", ["f332"], True),
        ("F33.2", ["F33.1"], False),
        ("F10.20", ["F10.2"], True),
        ("F33.2", ["F3"], True),
        ("F33.2", [], False),
    ],
)
def test_a_code_lies_under_its_family(code: str, *, families: list[str], expected: bool) -> None:
    """With or without the dot, in any capitals."""
    assert expected is among(code, families)


# --- severity -------------------------------------------------------------------------------------

ASK_SEVERITY = "Write `severity:` under `episode:`; the prescriber states it."
SEVERITY: list[tuple[str, str, str, Answer, str]] = [
    ("severe", "F33.2", "severe", MET, f"Episode recorded as severe; {F33_2}"),
    ("severe", "F33.2", "moderate", MET, f"Episode recorded as severe; {F33_2}"),
    ("severe", "F33.9", "severe", MET, "Episode recorded as severe"),
    ("severe", "F31.4", "severe", MET, "Episode recorded as severe"),
    ("severe", "", "severe", MET, "Episode recorded as severe"),
    ("moderate", "F33.1", "severe", NOT_MET, f"Episode recorded as moderate; {F33_1}"),
    ("mild", "F33.0", "moderate", NOT_MET, ""),
    ("moderate", "F33.9", "severe", NOT_MET, "Episode recorded as moderate"),
    (
        "severe",
        "F33.1",
        "severe",
        UNKNOWN,
        (
            f"Episode recorded as severe; {F33_1}; "
            "the clinician's word and the diagnosis code do not agree on the severity"
        ),
    ),
    (
        "moderate",
        "F33.2",
        "severe",
        UNKNOWN,
        (
            f"Episode recorded as moderate; {F33_2}; "
            "the clinician's word and the diagnosis code do not agree on the severity"
        ),
    ),
    ("severe", "F33.1", "moderate", MET, f"Episode recorded as severe; {F33_1}"),
    ("severe", "F33.3", "severe", MET, ""),
    (
        "",
        "F33.2",
        "severe",
        UNKNOWN,
        f"{F33_2}; the severity of the episode is not recorded in the clinician's word",
    ),
    (
        "",
        "F33.1",
        "severe",
        UNKNOWN,
        f"{F33_1}; the severity of the episode is not recorded in the clinician's word",
    ),
    ("", "F33.9", "severe", UNKNOWN, "the severity of the episode is not recorded"),
    ("", "", "severe", UNKNOWN, "the severity of the episode is not recorded"),
]


@pytest.mark.parametrize(("said", "code", "least", "answer", "because"), SEVERITY)
def test_word_and_code_must_agree_on_the_severity(
    said: str, code: str, least: str, answer: Answer, because: str
) -> None:
    """The clinician's word is asked for; a code that says something else makes it a question."""
    found = judged(
        rule("severity", least=least),
        diagnoses=coded(code) if code else [],
        **({"episode": {"severity": said}} if said else {}),
    )
    assert answer is found.answer
    assert because in ("", found.because)


@pytest.mark.parametrize(
    ("said", "code", "would_change"),
    [
        ("", "F33.2", ASK_SEVERITY),
        ("severe", "F33.1", "Ask the prescriber which is right, and correct the other."),
        ("moderate", "F33.1", "An episode that the prescriber finds severe."),
    ],
)
def test_the_question_on_severity_fits_the_answer(said: str, code: str, would_change: str) -> None:
    """Ask for the word, for the right one of two, or for another episode."""
    found = judged(
        rule("severity", least="severe"),
        diagnoses=coded(code),
        **({"episode": {"severity": said}} if said else {}),
    )
    assert (would_change, "the prescriber") == (found.would_change, found.judgement.ask)


def test_the_severities_are_in_their_order() -> None:
    """At least moderate means moderate or severe."""
    assert list(EpisodeSeverity) == ["mild", "moderate", "severe"]


# --- prescriber -----------------------------------------------------------------------------------

PERSON = "Alex Moreno, MD, {}, NPI 1234567893"
PRESCRIBER: list[tuple[dict[str, str], bool, Answer, str, str]] = [
    ({"specialty": "Psychiatry"}, False, MET, PERSON.format("Psychiatry"), ""),
    (
        {"specialty": "family medicine"},
        False,
        NOT_MET,
        PERSON.format("family medicine"),
        "A prescriber of the specialty that the policy names.",
    ),
    (
        {"specialty": "family medicine"},
        True,
        UNKNOWN,
        f"{PERSON.format('family medicine')}; no consultation is recorded",
        "Name the psychiatrist consulted under `prescriber: consultation:`.",
    ),
    (
        {"specialty": "family medicine", "consultation": "Robin Okafor, MD"},
        True,
        MET,
        "In consultation with Robin Okafor, MD",
        "",
    ),
    (
        {"specialty": "family medicine", "consultation": "Robin Okafor, MD"},
        False,
        NOT_MET,
        PERSON.format("family medicine"),
        "A prescriber of the specialty that the policy names.",
    ),
    (
        {"consultation": "Robin Okafor, MD"},
        True,
        MET,
        "In consultation with Robin Okafor, MD",
        "",
    ),
    (
        {"specialty": "family medicine", "consultation": "Robin Okafor, MD, Psychiatry"},
        True,
        MET,
        "In consultation with Robin Okafor, MD, Psychiatry",
        "",
    ),
    (
        {"specialty": "family medicine", "consultation": "Robin Okafor, MD, cardiology"},
        True,
        UNKNOWN,
        (
            "In consultation with Robin Okafor, MD, cardiology; the specialty named beside the "
            "colleague is not one that the policy names"
        ),
        "Name the psychiatrist consulted under `prescriber: consultation:`.",
    ),
    (
        {},
        True,
        UNKNOWN,
        "the prescriber's specialty is not recorded",
        "Write `specialty:` under `prescriber:`.",
    ),
    (
        {},
        False,
        UNKNOWN,
        "the prescriber's specialty is not recorded",
        "Write `specialty:` under `prescriber:`.",
    ),
]


@pytest.mark.parametrize(("told", "consulted", "answer", "because", "would_change"), PRESCRIBER)
def test_the_prescriber_or_a_colleague_consulted_has_the_specialty(
    told: dict[str, str], *, consulted: bool, answer: Answer, because: str, would_change: str
) -> None:
    """Another specialty is a question only where a consultation would be enough."""
    asked = rule("prescriber", specialties=["psychiatry"], or_consultation=consulted)
    found = judged(asked, prescriber=told)
    assert (answer, because, would_change) == (found.answer, found.because, found.would_change)


@pytest.mark.parametrize(
    "written",
    ["none", "None was consulted", "no", "No psychiatrist, so far", "there was none", "n/a"],
)
def test_words_that_nobody_was_consulted_are_no_consultation(written: str) -> None:
    """They never meet the criterion; a name that only begins like them does."""
    asked = rule("prescriber", specialties=["psychiatry"], or_consultation=True)
    told = {"specialty": "family medicine", "consultation": written}
    found = judged(asked, prescriber=told)
    assert (found.answer, "consultation with" in found.because) == (UNKNOWN, False)
    named = judged(asked, prescriber={**told, "consultation": "Nora Notley, MD"})
    assert named.answer is MET


@pytest.mark.parametrize(
    ("written", "wanted", "answer"),
    [
        ("psychiatrist", ["psychiatry"], MET),
        ("Board-certified in Psychiatry", ["psychiatry"], MET),
        ("Psychiatry & Neurology, Psychiatry", ["psychiatry"], MET),
        ("Psychiatry & Neurology (Psychiatry)", ["psychiatry"], MET),
        ("Child & Adolescent Psychiatry", ["psychiatrist"], MET),
        ("PMHNP-BC", ["psychiatric nurse practitioner"], MET),
        ("reproductive psychiatry", ["Reproductive Psychiatry"], MET),
        # The board's name is a neurologist's too.
        ("Psychiatry & Neurology", ["psychiatry"], UNKNOWN),
        ("reproductive psychiatry", ["psychiatry"], UNKNOWN),
        ("mental health", ["psychiatry"], UNKNOWN),
        ("family medicine", ["reproductive psychiatry"], UNKNOWN),
        ("psychiatry", ["geriatric psychiatry"], NOT_MET),
        ("Neurologist", ["psychiatry"], NOT_MET),
        ("PMHNP", ["psychiatry"], NOT_MET),
        ("family practice", ["psychiatry", "neurology"], NOT_MET),
    ],
)
def test_a_specialty_is_placed_however_it_is_written(
    written: str, wanted: list[str], answer: Answer
) -> None:
    """What cannot be placed is a question, never a no."""
    found = judged(rule("prescriber", specialties=wanted), prescriber={"specialty": written})
    assert answer is found.answer


@pytest.mark.parametrize("consulted", [False, True])
def test_a_specialty_that_cannot_be_placed_is_asked_for(*, consulted: bool) -> None:
    """In the widest of the names that the policy has; a consultation would do where it counts."""
    names = ["psychiatry", "psychiatrist", "geriatric psychiatry", "neurology"]
    asked = rule("prescriber", specialties=names, or_consultation=consulted)
    found = judged(asked, prescriber={"specialty": "Psychiatry & Neurology"})
    also = " Or: Name the psychiatrist consulted under `prescriber: consultation:`."
    assert found.would_change == (
        "Is the prescriber's specialty psychiatry or neurology? Write `specialty:` as the board "
        "names it, such as psychiatry." + (also if consulted else "")
    )
    assert found.judgement.ask == "the practice"
