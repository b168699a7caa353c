"""A renewal's letter: the course so far, the response on each scale, the payer's own measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from conftest import lines_of, raw_case, words_of

from priorauth.letter import compose

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Made

    from priorauth.criteria import Verdict
    from priorauth.letter.contract import Renewal

    Weigh = Callable[[Any], Verdict]
    Html = Callable[[Any], str]

BEFORE = {"scale": "MADRS", "total": "38", "on": "2026-08-14", "baseline": "yes"}


def renewal(**course: str) -> Any:  # noqa: ANN401 - a case file's values
    """Return the renewal sample with other values in its course."""
    raw = raw_case("esketamine-renewal")
    raw["course"] |= course
    return raw


def scored(*later: dict[str, str]) -> Any:  # noqa: ANN401 - a case file's values
    """Return the renewal sample with one baseline and these scores on the MADRS."""
    raw = raw_case("esketamine-renewal")
    raw["scores"] = [BEFORE, *({"scale": "MADRS", **one} for one in later)]
    return raw


def shown(raw: Any, verdict_of: Weigh) -> Renewal:  # noqa: ANN401 - a case file's values
    """Return what the letter shows of the course."""
    found = compose(verdict_of(raw)).renewal
    assert found is not None
    return found


def test_the_letter_tells_the_course_so_far(made: Callable[[str], Made]) -> None:
    """Since when, how many sessions, at which dose, under which authorization, until when."""
    lines = lines_of(made("esketamine-renewal").html)
    place = lines.index("## Course so far, and response")
    assert lines[place + 1 : place + 8] == [
        "Treatment began | 08/18/2026",
        "Sessions given so far | 15, the last on 11/20/2026",
        "Dose at present | 84 mg a session",
        "Authorization | CF-2291-70384",
        "Authorized until | 12/14/2026",
        "Next renewal due | 03/14/2027, if an approval of 3 months begins 12/15/2026",
        "This is recorded in the enclosures [Ex. B p. 1, Ex. D p. 1]",
    ]


def test_the_response_has_dates_points_and_percent(verdict_of: Weigh) -> None:
    """On each scale with a baseline: both scores, their days, the change, the pages."""
    rows = shown(raw_case("esketamine-renewal"), verdict_of).responses
    assert [(r.scale, r.baseline, r.current, r.change) for r in rows] == [
        ("MADRS", "38 on 08/14/2026", "13 on 11/20/2026", "-25 points, improved by 65.8 percent"),
        ("PHQ-9", "23 on 08/14/2026", "7 on 11/20/2026", "-16 points, improved by 69.6 percent"),
    ]
    assert [[cite.text for cite in row.cites] for row in rows] == [["Ex. C p. 1"], ["Ex. C p. 1"]]


@pytest.mark.parametrize(
    ("total", "change"),
    [
        ("38", "+0 points, improved by 0 percent"),
        ("40", "+2 points, worsened by 5.3 percent"),
    ],
)
def test_no_improvement_is_told_as_it_is(total: str, change: str, verdict_of: Weigh) -> None:
    """A score that rose is not hidden, and the payer's criterion is not met."""
    raw = scored({"total": total, "on": "2026-11-20"})
    [row] = shown(raw, verdict_of).responses
    assert row.change == change
    assert verdict_of(raw).overall.value == "not_met"


@pytest.mark.parametrize(
    "later",
    [
        [{"total": "13", "on": "2026-11"}, {"total": "20", "on": "2026-11"}],
        [{"total": "13", "on": "2026"}],
        [],
    ],
)
def test_what_is_not_sure_is_no_row(later: list[dict[str, str]], verdict_of: Weigh) -> None:
    """Where the dates leave open which score is the latest, the letter shows no response."""
    assert shown(scored(*later), verdict_of).responses == ()


@pytest.mark.parametrize("started", ["2026-08-01", "2026-08", "2026-11-21"])
def test_what_is_not_before_treatment_is_no_row_of_it(started: str, verdict_of: Weigh) -> None:
    """A baseline from after the first dose, or a later score from before it, shows no response."""
    raw = scored({"total": "13", "on": "2026-11-20"})
    raw["course"] = {"started": started, "sessions_given": "15"}
    assert shown(raw, verdict_of).responses == ()
    assert verdict_of(raw).overall.value == "unknown"


def test_the_payers_own_measure_is_quoted_with_its_finding(verdict_of: Weigh) -> None:
    """By its number in the letter's table; a measure still open says nothing."""
    told = shown(raw_case("esketamine-renewal"), verdict_of).measure
    assert told == (
        "The payer's own measure (criterion 1): Depressive symptoms have improved on baseline, "
        "by the BDI, HDRS or MADRS. Finding: met."
    )
    assert shown(scored(), verdict_of).measure == ""


def test_a_policy_without_a_measure_of_response_claims_none(verdict_of: Weigh) -> None:
    """Cigna's renewal rests on a statement: the letter shows the scores and no measure."""
    raw = raw_case("esketamine-renewal")
    raw["coverage"]["payer"] = "cigna"
    found = shown(raw, verdict_of)
    assert found.measure == ""
    assert found.responses


def test_scores_are_told_once(made: Callable[[str], Made]) -> None:
    """What the response shows does not stand in the present state again."""
    labels = [row.label for row in made("esketamine-renewal").letter.state]
    assert labels == ["Diagnosis", "Onset of this episode"]


def test_the_figure_has_the_course(verdict_of: Weigh) -> None:
    """From its first session to its latest."""
    figure = compose(verdict_of(renewal())).timeline
    assert figure is not None
    assert figure.bars[-1].label == "esketamine"
    assert "esketamine 08/18/2026 to 11/20/2026" in figure.summary


def test_trials_before_a_renewal_are_not_counted_for_a_policy_that_asks_none(
    made: Callable[[str], Made],
) -> None:
    """The renewal rule is about the response: no heading claims that trials count for it."""
    titles = [group.title for group in made("esketamine-renewal").letter.treatments]
    assert titles[0] == "Antidepressant trials at a labeled antidepressant dose"


@pytest.mark.parametrize("key", ["started", "sessions_given"])
def test_a_course_without_its_main_facts_is_a_draft(key: str, verdict_of: Weigh) -> None:
    """Since when and how often is asked, never left out in silence."""
    raw = renewal()
    del raw["course"][key]
    questions = [question.text for question in verdict_of(raw).questions]
    assert any(f"`{key}:` under `course:`" in text for text in questions)


def test_other_requests_show_no_course(made: Callable[[str], Made]) -> None:
    """The block of renewals is empty in them."""
    assert made("esketamine").letter.renewal is None
    assert "Course so far" not in made("esketamine").text


def test_the_letter_asks_for_a_renewal(html_of: Html) -> None:
    """In the first sentence and in the last."""
    text = words_of(html_of("esketamine-renewal"))
    assert "Renewal of prior authorization is requested for esketamine" in text
    assert "Please renew the authorization of esketamine nasal spray (Spravato)" in text
