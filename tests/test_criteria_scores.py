"""Rating scales: a score at or above a cut-off, a response since baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cases import MET, NOT_MET, UNKNOWN, judged, rule

if TYPE_CHECKING:
    from priorauth.criteria import Answer


def phq(total: int, on: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a PHQ-9 of a case file."""
    return {"scale": "PHQ-9", "total": total, "on": on, **more}


def madrs(total: int, on: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a MADRS of a case file."""
    return {"scale": "MADRS", "total": total, "on": on, **more}


# --- a cut-off ------------------------------------------------------------------------------------

WANTED = "PHQ-9 of 15 or more or MADRS of 28 or more"
OLD = "the score of 10/24/2026 is older than 28 days"
NEW_SCORE = f"A score from the past 28 days: {WANTED}."
WHICH = "the dates do not say which of these scores is the latest"
EXACT = "Write the exact day of each score."

SCORES: dict[str, tuple[list[Any], Answer, str, str]] = {
    "at the cut-off": ([phq(15, "2026-11-10")], MET, "PHQ-9 15 on 11/10/2026 (cut-off 15)", ""),
    "below the cut-off": (
        [phq(14, "2026-11-10")],
        NOT_MET,
        "PHQ-9 14 on 11/10/2026 (cut-off 15)",
        f"A score of {WANTED}.",
    ),
    "one scale of two": (
        [phq(14, "2026-11-10"), madrs(28, "2026-11-10")],
        MET,
        "MADRS 28 on 11/10/2026 (cut-off 28)",
        "",
    ),
    "neither scale": (
        [phq(14, "2026-11-10"), madrs(27, "2026-11-10")],
        NOT_MET,
        "PHQ-9 14 on 11/10/2026 (cut-off 15); MADRS 27 on 11/10/2026 (cut-off 28)",
        f"A score of {WANTED}.",
    ),
    "the latest counts": (
        [phq(20, "2026-11-01"), phq(14, "2026-11-10")],
        NOT_MET,
        "PHQ-9 14 on 11/10/2026 (cut-off 15)",
        f"A score of {WANTED}.",
    ),
    "28 days ago": ([phq(15, "2026-10-25")], MET, "PHQ-9 15 on 10/25/2026 (cut-off 15)", ""),
    "29 days ago": (
        [phq(15, "2026-10-24")],
        UNKNOWN,
        f"PHQ-9 15 on 10/24/2026 (cut-off 15); {OLD}",
        NEW_SCORE,
    ),
    "too low, and too old to say so": (
        [phq(3, "2026-10-24")],
        UNKNOWN,
        f"PHQ-9 3 on 10/24/2026 (cut-off 15); {OLD}",
        NEW_SCORE,
    ),
    "some day of this month": ([phq(15, "2026-11")], MET, "PHQ-9 15 on 11/2026 (cut-off 15)", ""),
    "some day of last month": (
        [phq(15, "2026-10")],
        UNKNOWN,
        (
            "PHQ-9 15 on 10/2026 (cut-off 15); the score of 10/2026 may be older than 28 days: "
            "its day is not known"
        ),
        NEW_SCORE,
    ),
    "one scale too old, the other too low": (
        [phq(15, "2026-10-24"), madrs(27, "2026-11-10")],
        UNKNOWN,
        f"PHQ-9 15 on 10/24/2026 (cut-off 15); {OLD}",
        NEW_SCORE,
    ),
    "another scale": (
        [{"scale": "QIDS-SR16", "total": 20, "on": "2026-11-10"}],
        UNKNOWN,
        "no score on a scale that the policy names is recorded",
        f"A dated score: {WANTED}.",
    ),
    "none": (
        [],
        UNKNOWN,
        "no score on a scale that the policy names is recorded",
        f"A dated score: {WANTED}.",
    ),
    "two of one day that agree": (
        [phq(15, "2026-11-10"), phq(20, "2026-11-10")],
        MET,
        "PHQ-9 15 on 11/10/2026 (cut-off 15); PHQ-9 20 on 11/10/2026 (cut-off 15)",
        "",
    ),
    "two of one day that do not": (
        [phq(14, "2026-11-10"), phq(20, "2026-11-10")],
        UNKNOWN,
        f"PHQ-9 14 on 11/10/2026 (cut-off 15); PHQ-9 20 on 11/10/2026 (cut-off 15); {WHICH}",
        EXACT,
    ),
    "a month that may be later than a day": (
        [phq(14, "2026-11-10"), phq(20, "2026-11")],
        UNKNOWN,
        f"PHQ-9 14 on 11/10/2026 (cut-off 15); PHQ-9 20 on 11/2026 (cut-off 15); {WHICH}",
        EXACT,
    ),
    "a month that is surely earlier": (
        [phq(14, "2026-11-10"), phq(20, "2026-10")],
        NOT_MET,
        "PHQ-9 14 on 11/10/2026 (cut-off 15)",
        f"A score of {WANTED}.",
    ),
}


@pytest.mark.parametrize("what", SCORES)
def test_the_latest_score_reaches_its_cut_off_in_time(what: str) -> None:
    """On one of several scales, no older than 28 days."""
    scores, answer, because, would_change = SCORES[what]
    asked = rule("score", scales={"PHQ-9": 15, "MADRS": 28}, within_days=28)
    found = judged(asked, scores=scores)
    assert (answer, because, would_change) == (found.answer, found.because, found.would_change)
    assert answer is judged(asked, scores=scores[::-1]).answer


EPISODE_SCORES: dict[str, tuple[str, str, Answer, str]] = {
    "on the day of the onset": ("2025-01-15", "2025-01-15", MET, ""),
    "long ago, in a long episode": ("2019-01-07", "2018", MET, ""),
    "the day before": (
        "2025-01-14",
        "2025-01-15",
        UNKNOWN,
        "the score of 01/14/2025 is from before this episode, which began 01/15/2025",
    ),
    "in the month of the onset": (
        "2025-01-20",
        "2025-01",
        UNKNOWN,
        "the dates do not say whether the score of 01/20/2025 is from this episode",
    ),
    "some day of a year that holds the onset": (
        "2025",
        "2025-01-15",
        UNKNOWN,
        "the dates do not say whether the score of 2025 is from this episode",
    ),
    "no onset": (
        "2026-11-10",
        "",
        UNKNOWN,
        "the onset is not recorded, so no score is surely from this episode",
    ),
}


@pytest.mark.parametrize("total", [14, 15])
@pytest.mark.parametrize("what", EPISODE_SCORES)
def test_without_a_limit_a_score_must_be_of_this_episode(what: str, total: int) -> None:
    """A score of another episode says nothing of this one, neither well nor ill."""
    on, onset, answer, reason = EPISODE_SCORES[what]
    asked = rule("score", scales={"PHQ-9": 15})
    found = judged(asked, scores=[phq(total, on)], episode={"onset": onset} if onset else {})
    decided = MET if total == 15 else NOT_MET
    assert (decided if answer is MET else answer) is found.answer
    assert found.because.endswith(reason)
    question = "Write the onset of the episode. A dated score" if not onset else "A dated score"
    wanted = f"{question} of this episode: PHQ-9 of 15 or more."
    assert (wanted == found.would_change) is (answer is UNKNOWN)


def test_a_scale_is_found_by_any_of_its_names() -> None:
    """Policy and case may write one scale in two ways."""
    asked = rule("score", scales={"HAMD-17": 17})
    score = {"scale": "HDRS-17", "total": 17, "on": "2026-11-10"}
    found = judged(asked, scores=[score], episode={"onset": "2025"})
    assert found.because == "HAM-D17 17 on 11/10/2026 (cut-off 17)"


# --- a response -----------------------------------------------------------------------------------

NONE = "no baseline and later score on one scale are recorded"
BOTH = "Both scores, dated, on one of: PHQ-9 or MADRS; mark the first with `baseline: yes`."
FIRST = phq(20, "2026-05-04", baseline=True)
HALF = "An improvement of 50 percent on the baseline."
RESPONSES: dict[str, tuple[list[Any], Answer, str, str]] = {
    "half": (
        [FIRST, phq(10, "2026-11-10")],
        MET,
        "PHQ-9 20 on 05/04/2026, 10 on 11/10/2026: improved by 50 percent",
        "",
    ),
    "less than half": (
        [FIRST, phq(11, "2026-11-10")],
        NOT_MET,
        "PHQ-9 20 on 05/04/2026, 11 on 11/10/2026: improved by 45 percent",
        HALF,
    ),
    "the latest counts": (
        [FIRST, phq(5, "2026-10-10"), phq(11, "2026-11-10")],
        NOT_MET,
        "PHQ-9 20 on 05/04/2026, 11 on 11/10/2026: improved by 45 percent",
        HALF,
    ),
    "the latest baseline counts": (
        [phq(27, "2025-05-04", baseline=True), FIRST, phq(11, "2026-11-10")],
        NOT_MET,
        "PHQ-9 20 on 05/04/2026, 11 on 11/10/2026: improved by 45 percent",
        HALF,
    ),
    "one scale of two": (
        [
            FIRST,
            phq(11, "2026-11-10"),
            madrs(40, "2026-05-04", baseline=True),
            madrs(20, "2026-11-10"),
        ],
        MET,
        (
            "MADRS 40 on 05/04/2026, 20 on 11/10/2026: improved by 50 percent; "
            "PHQ-9 20 on 05/04/2026, 11 on 11/10/2026: improved by 45 percent; "
            "one scale is enough for the policy; PHQ-9 does not show it"
        ),
        "",
    ),
    "both scales, the better one first": (
        [
            FIRST,
            phq(10, "2026-11-10"),
            madrs(40, "2026-05-04", baseline=True),
            madrs(4, "2026-11-10"),
        ],
        MET,
        (
            "MADRS 40 on 05/04/2026, 4 on 11/10/2026: improved by 90 percent; "
            "PHQ-9 20 on 05/04/2026, 10 on 11/10/2026: improved by 50 percent"
        ),
        "",
    ),
    "one scale better, the other worse": (
        [
            FIRST,
            phq(25, "2026-11-10"),
            madrs(40, "2026-05-04", baseline=True),
            madrs(20, "2026-11-10"),
        ],
        MET,
        (
            "MADRS 40 on 05/04/2026, 20 on 11/10/2026: improved by 50 percent; "
            "PHQ-9 20 on 05/04/2026, 25 on 11/10/2026: worsened by 25 percent; "
            "one scale is enough for the policy; PHQ-9 does not show it"
        ),
        "",
    ),
    "no baseline": ([phq(20, "2026-05-04"), phq(10, "2026-11-10")], UNKNOWN, NONE, BOTH),
    "no later score": ([FIRST], UNKNOWN, NONE, BOTH),
    "an earlier score only": ([FIRST, phq(10, "2026-05-03")], UNKNOWN, NONE, BOTH),
    "a score of the same day": ([FIRST, phq(10, "2026-05-04")], UNKNOWN, NONE, BOTH),
    "a baseline of nothing": (
        [phq(0, "2026-05-04", baseline=True), phq(10, "2026-11-10")],
        UNKNOWN,
        NONE,
        BOTH,
    ),
    "two scales that do not meet": (
        [FIRST, madrs(10, "2026-11-10")],
        UNKNOWN,
        NONE,
        BOTH,
    ),
    "perhaps later": (
        [FIRST, phq(10, "2026-05")],
        UNKNOWN,
        f"PHQ-9 20 on 05/04/2026, 10 on 05/2026: improved by 50 percent; {WHICH}",
        EXACT,
    ),
    "two latest scores that do not agree": (
        [FIRST, phq(10, "2026-11-10"), phq(11, "2026-11-10")],
        UNKNOWN,
        (
            "PHQ-9 20 on 05/04/2026, 10 on 11/10/2026: improved by 50 percent; "
            f"PHQ-9 20 on 05/04/2026, 11 on 11/10/2026: improved by 45 percent; {WHICH}"
        ),
        EXACT,
    ),
    "two latest scores that do": (
        [FIRST, phq(9, "2026-11-10"), phq(10, "2026-11")],
        MET,
        "PHQ-9 20 on 05/04/2026, 9 on 11/10/2026: improved by 55 percent",
        "",
    ),
    "one scale open, the other not enough": (
        [FIRST, phq(11, "2026-11-10"), madrs(40, "2026-05", baseline=True), madrs(10, "2026-05")],
        UNKNOWN,
        f"MADRS 40 on 05/2026, 10 on 05/2026: improved by 75 percent; {WHICH}",
        EXACT,
    ),
}


@pytest.mark.parametrize("what", RESPONSES)
def test_the_latest_score_has_improved_enough_on_its_baseline(what: str) -> None:
    """By half, on one of two scales."""
    scores, answer, because, would_change = RESPONSES[what]
    asked = rule("response", scales=["PHQ-9", "MADRS"], least_percent=50)
    found = judged(asked, scores=scores)
    assert (answer, because, would_change) == (found.answer, found.because, found.would_change)
    assert answer is judged(asked, scores=scores[::-1]).answer


@pytest.mark.parametrize(("total", "answer"), [(19, MET), (20, NOT_MET), (21, NOT_MET)])
def test_where_no_size_is_asked_for_any_improvement_will_do(total: int, answer: Answer) -> None:
    """No change is no improvement."""
    found = judged(rule("response", scales=["PHQ-9"]), scores=[FIRST, phq(total, "2026-11-10")])
    assert answer is found.answer
    wanted = "" if answer is MET else "Any improvement on the baseline."
    assert wanted == found.would_change


def test_a_finding_on_scores_cites_both_pages() -> None:
    """The baseline's page and the latest score's."""
    found = judged(
        rule("response", scales=["PHQ-9"]),
        exhibits=[{"id": "scales", "title": "Scales", "kind": "scales", "file": "s.pdf"}],
        scores=[
            FIRST | {"evidence": {"exhibit": "scales", "page": 1}},
            phq(10, "2026-11-10", evidence={"exhibit": "scales", "page": 2}),
        ],
    )
    assert [place.page for place in found.evidence] == [1, 2]


BASELINE = (
    "A score on the same scale from before the first dose, with its day: mark it with "
    "`baseline: yes`."
)
UNDER_WAY: dict[str, tuple[str, str, str, Answer, str]] = {
    "on the first day": ("2026-05-04", "2026-11-10", "2026-05-04", MET, ""),
    "before it": ("2026-05-04", "2026-11-10", "2026-05-20", MET, ""),
    "the baseline is from the day after": (
        "2026-05-05",
        "2026-11-10",
        "2026-05-04",
        UNKNOWN,
        BASELINE,
    ),
    "the baseline is from the month of the first day": (
        "2026-05-04",
        "2026-11-10",
        "2026-05",
        UNKNOWN,
        BASELINE,
    ),
    "the later score is from before treatment": (
        "2026-05-04",
        "2026-06-10",
        "2026-06-10",
        UNKNOWN,
        "A dated score on the same scale since treatment began.",
    ),
}


@pytest.mark.parametrize("what", UNDER_WAY)
def test_a_response_is_from_before_treatment_to_under_it(what: str) -> None:
    """A score after the first dose is no baseline, and one before it is no response."""
    before, after, started, answer, would_change = UNDER_WAY[what]
    found = judged(
        rule("response", scales=["PHQ-9"]),
        scores=[phq(20, before, baseline=True), phq(10, after)],
        course={"started": started},
    )
    assert (answer, would_change) == (found.answer, found.would_change)
