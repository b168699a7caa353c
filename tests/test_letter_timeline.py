"""The timeline figure: what it draws of a case, and that its numbers can be told apart."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from conftest import raw_case
from hypothesis import given
from hypothesis import strategies as st

from priorauth.letter import compose
from priorauth.letter.timeline import _APART, _labelled

if TYPE_CHECKING:
    from collections.abc import Callable

    from priorauth.criteria import Verdict
    from priorauth.letter.contract import Timeline

    Weigh = Callable[[Any], Verdict]


def figure(raw: dict[str, Any], verdict_of: Weigh) -> Timeline:
    """Return the figure of a case."""
    found = compose(verdict_of(raw)).timeline
    assert found is not None
    return found


@given(st.lists(st.floats(0, 470), min_size=1, max_size=60).map(sorted))
def test_no_number_stands_on_another(places: list[float]) -> None:
    """However near the days are; the latest score always has its number."""
    labelled = _labelled(places)
    kept = [place for place, has in zip(places, labelled, strict=True) if has]
    assert all(later - earlier >= _APART for earlier, later in pairwise(kept))
    assert labelled[-1]
    assert labelled[0] or places[-1] - places[0] < _APART


def test_scores_of_near_days_keep_their_dots(verdict_of: Weigh) -> None:
    """Each score is drawn; of numbers that would overprint one is left, and the legend says so."""
    raw = raw_case("esketamine")
    raw["scores"] = [
        {"scale": "PHQ-9", "total": str(20 - day), "on": f"2026-11-0{day}"} for day in range(1, 8)
    ]
    found = figure(raw, verdict_of)
    assert [point.label for point in found.tracks[0].points] == ["", "", "", "", "", "", "13"]
    assert "Where scores are near, not each has its number." in found.legend


def test_trials_that_count_are_drawn_however_old(verdict_of: Weigh) -> None:
    """The letter rests on them; what does not count is drawn for the recent years only."""
    raw = raw_case("iv-ketamine")
    first = next(one for one in raw["treatments"] if one.get("drug") == "fluoxetine")
    first["doses"] = [{"mg_per_day": "40", "from": "2009-01-05", "to": "2009-08-30"}]
    raw["treatments"].append(
        {"psychotherapy": "CBT", "from": "2008-01-07", "to": "2008-09-29", "outcome": "no_response"}
    )
    found = figure(raw, verdict_of)
    assert found.bars[0].label == "fluoxetine"
    assert found.bars[0].solid
    assert "CBT" not in [bar.label for bar in found.bars]
    assert found.note == "1 more is in the table only."
    assert len(found.ticks) <= 10


@pytest.mark.parametrize(
    ("last_on", "told", "sure"),
    [("2026-11-20", "08/18/2026 to 11/20/2026", True), (None, "since 08/18/2026", False)],
)
def test_the_course_has_one_bar(
    last_on: str | None, told: str, verdict_of: Weigh, *, sure: bool
) -> None:
    """Although the history lists it too; without its latest session its end is not sure."""
    raw = raw_case("esketamine-renewal")
    del raw["course"]["last_on"]
    raw["course"] |= {"last_on": last_on} if last_on else {}
    raw["treatments"].append({"esketamine": "intranasal", "from": "2026-08-18", "ongoing": "yes"})
    found = figure(raw, verdict_of)
    [bar] = [bar for bar in found.bars if "sketamine" in bar.label]
    assert f"esketamine {told}" in found.summary
    assert (bar.thick[1] > 0) is sure
    assert bar.thin[1] > 2
