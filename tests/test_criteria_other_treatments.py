"""Treatment without drugs: psychotherapy, TMS, ECT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cases import MET, NOT_MET, UNKNOWN, judged, rule

from priorauth.criteria.facts import CONTRADICTED

if TYPE_CHECKING:
    from priorauth.criteria import Answer

CBT = {
    "psychotherapy": "CBT",
    "from": "2025-04-07",
    "to": "2025-06-29",  # 84 days
    "sessions": 12,
    "outcome": "no_response",
}


def with_(course: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the course with some values replaced; one that is None is left out."""
    return {key: value for key, value in {**course, **more}.items() if value is not None}


# --- psychotherapy --------------------------------------------------------------------------------

SAID = "CBT, 04/07/2025 to 06/29/2025, 12 sessions, no response"
EIGHT_SESSIONS = "A dated course of psychotherapy 8 or more sessions."
TWELVE_WEEKS = "A dated course of psychotherapy over 12 weeks or more."
EPISODE = "A dated course of psychotherapy in the current episode."

THERAPY: dict[str, tuple[dict[str, Any], list[Any], Answer, str, str]] = {
    "any course": ({}, [CBT], MET, SAID, ""),
    "a type the policy names, in other capitals": ({"types": ["cbt", "IPT"]}, [CBT], MET, SAID, ""),
    "a type the policy does not name": (
        {"types": ["IPT", "DBT"]},
        [CBT],
        UNKNOWN,
        "no psychotherapy of a type the policy names (IPT, DBT) is recorded",
        (
            "Dates, type and number of sessions of a psychotherapy of a type the policy names "
            "(IPT, DBT), or a summary from the therapist."
        ),
    ),
    "none on record": (
        {},
        [],
        UNKNOWN,
        "no psychotherapy is recorded",
        "Dates, type and number of sessions of a psychotherapy, or a summary from the therapist.",
    ),
    "enough sessions": ({"sessions": 12}, [CBT], MET, SAID, ""),
    "too few sessions": (
        {"sessions": 8},
        [with_(CBT, sessions=7)],
        NOT_MET,
        (
            "CBT, 04/07/2025 to 06/29/2025, 7 sessions, no response; not as the policy asks: "
            "the number of sessions"
        ),
        EIGHT_SESSIONS,
    ),
    "sessions not counted": (
        {"sessions": 8},
        [with_(CBT, sessions=None)],
        UNKNOWN,
        "CBT, 04/07/2025 to 06/29/2025, no response; not settled: the number of sessions",
        EIGHT_SESSIONS,
    ),
    "long enough": ({"weeks": 12}, [CBT], MET, SAID, ""),
    "a day too short": (
        {"weeks": 12},
        [with_(CBT, to="2025-06-28")],
        NOT_MET,
        (
            "CBT, 04/07/2025 to 06/28/2025, 12 sessions, no response; not as the policy asks: "
            "the dates"
        ),
        TWELVE_WEEKS,
    ),
    "known by months": (
        {"weeks": 12},
        [with_(CBT, **{"from": "2025-04", "to": "2025-06"})],
        UNKNOWN,
        "CBT, 04/2025 to 06/2025, 12 sessions, no response; not settled: the dates",
        TWELVE_WEEKS,
    ),
    "one month, and no length asked for": (
        {},
        [with_(CBT, **{"from": "2025-04", "to": "2025-04"})],
        MET,
        "CBT, 04/2025 to 04/2025, 12 sessions, no response",
        "",
    ),
    "no start": (
        {},
        [with_(CBT, **{"from": None})],
        UNKNOWN,
        "CBT, until 06/29/2025, 12 sessions, no response; not settled: the dates",
        "A dated course of psychotherapy.",
    ),
    "no dates": (
        {},
        [with_(CBT, **{"from": None, "to": None, "outcome": None})],
        UNKNOWN,
        "CBT, dates not recorded, 12 sessions, outcome not recorded; not settled: the dates",
        "A dated course of psychotherapy.",
    ),
    "no end": (
        {"weeks": 12},
        [with_(CBT, to=None)],
        UNKNOWN,
        "CBT, from 04/07/2025, end not recorded, 12 sessions, no response; not settled: the dates",
        TWELVE_WEEKS,
    ),
    "going on": (
        {"weeks": 12},
        [with_(CBT, to=None, ongoing="yes")],
        MET,
        "CBT, 04/07/2025 to present, 12 sessions, no response",
        "",
    ),
    "a shorter and a long enough course": (
        {"weeks": 12},
        [with_(CBT, psychotherapy="DBT", to="2025-04-30"), CBT],
        MET,
        SAID,
        "",
    ),
    "it failed": ({"outcomes": ["no_response"]}, [CBT], MET, SAID, ""),
    "it helped": (
        {"outcomes": ["no_response"]},
        [with_(CBT, outcome="response")],
        NOT_MET,
        (
            "CBT, 04/07/2025 to 06/29/2025, 12 sessions, response; not as the policy asks: "
            "the outcome"
        ),
        "A dated course of psychotherapy, with its outcome.",
    ),
    "the word and the scores of how it went differ": (
        {"outcomes": ["no_response"]},
        [with_(CBT, change={"scale": "PHQ-9", "before": 20, "after": 4})],
        UNKNOWN,
        f"{SAID}; not settled: the outcome",
        f"A dated course of psychotherapy, with its outcome. {CONTRADICTED}",
    ),
    "no session took place": (
        {},
        [with_(CBT, sessions=0)],
        NOT_MET,
        (
            "CBT, 04/07/2025 to 06/29/2025, 0 sessions, no response; not as the policy asks: "
            "the number of sessions"
        ),
        "A dated course of psychotherapy.",
    ),
    "how it went is not recorded": (
        {"outcomes": ["no_response"]},
        [with_(CBT, outcome=None)],
        UNKNOWN,
        (
            "CBT, 04/07/2025 to 06/29/2025, 12 sessions, outcome not recorded; not settled: "
            "the outcome"
        ),
        "A dated course of psychotherapy, with its outcome.",
    ),
}


@pytest.mark.parametrize("what", THERAPY)
def test_a_dated_course_of_a_wanted_type_counts(what: str) -> None:
    """By its type, its sessions, its length and its outcome."""
    values, courses, answer, because, would_change = THERAPY[what]
    found = judged(rule("psychotherapy", **values), treatments=courses)
    assert (answer, because, would_change) == (found.answer, found.because, found.would_change)
    assert found.judgement.ask == ("" if answer is MET else "the therapist")


@pytest.mark.parametrize(
    ("onset", "weeks", "answer"),
    [
        ("2025-06-29", 0, MET),
        ("2025-06-30", 0, NOT_MET),
        ("2025-06", 0, UNKNOWN),
        ("", 0, UNKNOWN),
        ("2025-04-07", 12, MET),
        ("2025-04-08", 12, NOT_MET),
    ],
)
def test_a_course_counts_from_the_onset_of_the_episode(
    onset: str, weeks: int, answer: Answer
) -> None:
    """The last day is enough where no length is asked for."""
    values: dict[str, Any] = {"window": {"current_episode": "yes"}}
    values |= {"weeks": weeks} if weeks else {}
    sections: dict[str, Any] = {"episode": {"onset": onset}} if onset else {}
    found = judged(rule("psychotherapy", **values), treatments=[CBT], **sections)
    assert answer is found.answer
    assert found.would_change in ("", EPISODE, f"{TWELVE_WEEKS[:-1]} in the current episode.")


def test_a_look_back_is_part_of_the_question() -> None:
    """A course that ended in June 2025 is not in the year before 22 November 2026."""
    found = judged(rule("psychotherapy", window={"years": 1}), treatments=[CBT])
    assert found.answer is NOT_MET
    assert found.would_change == "A dated course of psychotherapy in the past year."


NAMED = ("CBT", "cognitive behavioral therapy", "IPT", "interpersonal psychotherapy", "ST")


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("Cognitive Behavioral Therapy (CBT)", True),
        ("CBT (Cognitive Behavioral Therapy)", True),
        ("cognitive-behavioral therapy", True),
        ("Interpersonal psychotherapy (IPT)", True),
        ("Supportive therapy (ST)", True),
        ("CBT (declined)", False),
        ("CBT-I", False),
        ("Dialectical behavior therapy (DBT)", False),
        ("Supportive therapy", False),
        ("CBTs", False),
    ],
)
def test_a_type_is_known_by_its_name_or_its_abbreviation(written: str, known: bool) -> None:  # noqa: FBT001 - a table's column
    """In brackets stands the one for the other; any other word in brackets is not read."""
    asked = rule("psychotherapy", types=list(NAMED))
    found = judged(asked, treatments=[with_(CBT, psychotherapy=written)])
    assert found.answer is (MET if known else UNKNOWN)


# --- devices --------------------------------------------------------------------------------------

TMS = {
    "tms": "iTBS",
    "from": "2025-09-08",
    "to": "2025-10-31",
    "sessions": 36,
    "outcome": "no_response",
}
ECT = {"ect": "bilateral", "outcome": "contraindicated"}
NEITHER = "nothing on TMS or ECT is recorded"
FITS = "Sessions and outcome of TMS or ECT that fit the policy."
DEVICES: dict[str, tuple[dict[str, Any], list[Any], Answer, str, str]] = {
    "a full course": (
        {"sessions": 30},
        [TMS],
        MET,
        "TMS (iTBS), 09/08/2025 to 10/31/2025, 36 sessions, no response",
        "",
    ),
    "one session too few": (
        {"sessions": 37},
        [TMS],
        NOT_MET,
        "TMS (iTBS), 09/08/2025 to 10/31/2025, 36 sessions, no response",
        FITS,
    ),
    "sessions not counted": (
        {"sessions": 30},
        [with_(TMS, sessions=None)],
        UNKNOWN,
        "TMS (iTBS), 09/08/2025 to 10/31/2025, no response",
        FITS,
    ),
    "no number asked for": (
        {},
        [with_(TMS, sessions=None)],
        MET,
        "TMS (iTBS), 09/08/2025 to 10/31/2025, no response",
        "",
    ),
    "it helped": (
        {},
        [with_(TMS, outcome="response")],
        NOT_MET,
        "TMS (iTBS), 09/08/2025 to 10/31/2025, 36 sessions, response",
        FITS,
    ),
    "it helped, which is asked for": (
        {"outcomes": ["response", "remission"]},
        [with_(TMS, outcome="response")],
        MET,
        "TMS (iTBS), 09/08/2025 to 10/31/2025, 36 sessions, response",
        "",
    ),
    "outcome not recorded": (
        {"sessions": 37},
        [with_(TMS, outcome=None)],
        UNKNOWN,
        "TMS (iTBS), 09/08/2025 to 10/31/2025, 36 sessions, outcome not recorded",
        FITS,
    ),
    "cannot be given": (
        {"sessions": 6},
        [ECT],
        MET,
        "ECT (bilateral), dates not recorded, contraindicated",
        "",
    ),
    "not tolerated after three": (
        {"sessions": 6},
        [with_(ECT, sessions=3, outcome="intolerance")],
        MET,
        "ECT (bilateral), dates not recorded, 3 sessions, intolerance",
        "",
    ),
    "none on record": (
        {},
        [CBT],
        UNKNOWN,
        NEITHER,
        "Dates, sessions and outcome of TMS or ECT, or why it cannot be given.",
    ),
    "one that helped and one that cannot be given": (
        {},
        [with_(TMS, outcome="response"), ECT],
        MET,
        "ECT (bilateral), dates not recorded, contraindicated",
        "",
    ),
}


@pytest.mark.parametrize("what", DEVICES)
def test_a_course_of_tms_or_ect_counts_by_outcome_and_sessions(what: str) -> None:
    """A course that could not be given or borne needs no number of sessions."""
    values, courses, answer, because, would_change = DEVICES[what]
    found = judged(rule("prior_device", devices=["tms", "ect"], **values), treatments=courses)
    assert (answer, because, would_change) == (found.answer, found.because, found.would_change)


def test_a_course_of_another_device_is_no_course_of_this_one() -> None:
    """TMS does not answer a question about ECT."""
    found = judged(rule("prior_device", devices=["ect"]), treatments=[TMS])
    assert (found.answer, found.because) == (UNKNOWN, "nothing on ECT is recorded")


HELPED = with_(TMS, outcome="response")
MUST_HELP = {"devices": ["tms"], "outcomes": ["response", "remission"], "least_percent": "50"}


@pytest.mark.parametrize(
    ("given", "answer", "gain"),
    [
        ({"improvement_percent": 50}, MET, ", improved by 50 percent"),
        (
            {"change": {"scale": "MADRS", "before": 36, "after": 17}},
            MET,
            ", improved by 52.8 percent",
        ),
        ({"improvement_percent": 49}, UNKNOWN, ", improved by 49 percent"),
        ({}, UNKNOWN, ""),
    ],
)
def test_an_earlier_course_must_have_helped_as_much_as_is_asked(
    given: dict[str, Any], answer: Answer, gain: str
) -> None:
    """The improvement is the recorded one, or that of its scores; without either it is open.

    A response of less than half is a contradiction, so one of the two is to be corrected.
    """
    found = judged(rule("prior_device", **MUST_HELP), treatments=[with_(HELPED, **given)])
    assert found.answer is answer
    assert found.because == f"TMS (iTBS), 09/08/2025 to 10/31/2025, 36 sessions, response{gain}"


@pytest.mark.parametrize(
    ("onset", "ended", "answer"),
    [
        ("2025-11-01", "2025-10-31", MET),
        ("2025-10-31", "2025-10-31", NOT_MET),
        ("2025-10", "2025-10-31", NOT_MET),
        ("2025-10", "2025-10-15", UNKNOWN),
        ("2025", "2025-10-31", UNKNOWN),
        (None, "2025-10-31", UNKNOWN),
        ("2025-11-01", None, UNKNOWN),
    ],
)
def test_an_earlier_course_must_have_ended_before_the_episode_where_that_is_asked(
    onset: str | None, ended: str | None, answer: Answer
) -> None:
    """Dates that leave it open leave the criterion open."""
    asked = rule("prior_device", devices=["tms"], outcomes=["response"], before_episode="yes")
    episode = {"onset": onset} if onset else {}
    found = judged(asked, treatments=[with_(HELPED, to=ended)], episode=episode)
    assert found.answer is answer


def test_what_is_wanted_of_an_earlier_course_is_said_in_words() -> None:
    """Staff read which improvement is asked for, and before what."""
    asked = rule("prior_device", **MUST_HELP, before_episode="yes")
    found = judged(asked, treatments=[HELPED], episode={"onset": "2025-12-01"})
    assert found.would_change == (
        "Dates, sessions and outcome of TMS that fit the policy with an improvement of 50 percent "
        "or more before the present episode."
    )
