"""Rating scales: names, ranges and bands are those of the sources."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from priorauth.reference import Mark, scales
from priorauth.reference.scales import Rater, Scale

DOMAIN = Path(__file__).parents[2] / "shared" / "domain"


def rows(table: str) -> list[dict[str, str]]:
    """Return the rows of a table, or none where the folder is absent."""
    if not (DOMAIN / table).exists():
        return []
    with (DOMAIN / table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


needs_domain = pytest.mark.skipif(
    not rows("scales.csv"), reason="the folder of domain facts is not beside this checkout"
)


def scale(name: str) -> Scale:
    """Return the scale of that name; there must be one."""
    found = scales.find(name)
    assert found is not None, name
    return found


@needs_domain
def test_every_scale_of_the_table_is_known() -> None:
    """Each row is known; a row of two versions gives two scales."""
    names = [
        row["scale"].replace("QIDS-SR16 / C16", "QIDS-SR16 / QIDS-C16")
        for row in rows("scales.csv")
    ]
    single = [name for row in names for name in row.split(" / ")]
    assert [name for name in single if scales.find(name) is None] == []


@needs_domain
@pytest.mark.parametrize("row", rows("scales.csv"), ids=lambda row: row["scale"])
def test_ranges_agree(row: dict[str, str]) -> None:
    """The range is that of the row; what has no total has no range."""
    found = scale(row["scale"].split(" / ")[0])
    if not found.has_total:
        assert "no total" in row["range"]
        return
    assert row["range"].split(" (")[0] == f"{found.least}-{found.greatest}"


@needs_domain
def test_codes_agree() -> None:
    """Every LOINC code is that of the table, and where the table has none there is none."""
    known = {(row["scale"], row["kind"]): row["loinc"] for row in rows("loinc.csv")}
    known["C-SSRS", "panel"] = known["C-SSRS screener", "panel"]
    for found in scales.scales():
        total = found.loinc_total.code if found.loinc_total else ""
        panel = found.loinc_panel.code if found.loinc_panel else ""
        assert total == known.get((found.name, "total"), "")
        assert panel == known.get((found.name, "panel"), "")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("phq9", "PHQ-9"),
        ("PHQ 9", "PHQ-9"),
        ("HAM-D", "HAM-D"),
        ("HAMD17", "HAM-D17"),
        ("hamd-17", "HAM-D17"),
        ("HDRS", "HAM-D"),
        ("HRSD17", "HAM-D17"),
        ("QIDS", "QIDS"),
        ("qids-sr", "QIDS-SR16"),
        ("QIDS-C", "QIDS-C16"),
        ("BDI", "BDI"),
        ("madrs", "MADRS"),
        ("ybocs", "Y-BOCS"),
        ("CSSRS", "C-SSRS"),
    ],
)
def test_names_as_charts_write_them(written: str, name: str) -> None:
    """Case, spaces and hyphens do not matter; a name that leaves the version open stays so."""
    assert scale(written).name == name


def test_an_unknown_name_is_nothing() -> None:
    """What is not a name is answered with near names, not with a guess."""
    assert scales.find("MARDS") is None
    assert scales.find("Y-BOCS-II") is None
    assert scales.find("Hamilton") is None  # there is one for anxiety too
    assert scales.find("PHQ") is None  # there are shorter ones
    assert scales.nearest_names("MARDS") == ("MADRS",)


def test_no_name_belongs_to_two_scales() -> None:
    """Every name and alias leads back to its own scale."""
    for found in scales.scales():
        for name in (found.name, *found.aliases):
            assert scale(name) is found, name


@pytest.mark.parametrize(
    ("name", "total", "band"),
    [
        ("PHQ-9", 4, "minimal"),
        ("PHQ-9", 5, "mild"),
        ("PHQ-9", 14, "moderate"),
        ("PHQ-9", 15, "moderately severe"),
        ("PHQ-9", 20, "severe"),
        ("PHQ-9", 27, "severe"),
        ("PHQ-9", 28, None),
        ("MADRS", 34, "moderate"),
        ("MADRS", 35, "severe"),
        ("HAM-D17", 7, None),
        ("HAM-D17", 16, None),
        ("HAM-D17", 17, "moderate"),
        ("HAM-D17", 24, "severe"),
        ("QIDS-SR16", 16, "severe"),
        ("BDI-II", 29, "severe"),
        ("GAD-7", 15, "severe"),
        ("PCL-5", 60, None),
        ("C-SSRS", 5, None),
    ],
)
def test_bands(name: str, total: int, band: str | None) -> None:
    """A band is named only where a source that was read names it."""
    assert scale(name).band(total) == band


def test_bands_cover_the_range_once() -> None:
    """Bands follow each other without gap or overlap from the least to the greatest total."""
    for found in scales.scales():
        if found.bands:
            covered = [n for band in found.bands for n in range(band.least, band.greatest + 1)]
            assert found.least is not None
            assert found.greatest is not None
            assert covered == list(range(found.least, found.greatest + 1)), found.name


def test_what_a_scale_can_hold() -> None:
    """A total outside the range, and any total of a scale without one, is refused."""
    assert scale("PHQ-9").holds(0)
    assert scale("PHQ-9").holds(27)
    assert not scale("PHQ-9").holds(28)
    assert not scale("MADRS").holds(-1)
    assert not scale("C-SSRS").holds(5)


def test_two_raters_of_one_family() -> None:
    """The self-report and the clinician's version are two scales of one family."""
    own, clinicians, either = scale("QIDS-SR16"), scale("QIDS-C16"), scale("QIDS")
    assert {own.family, clinicians.family, either.family} == {"QIDS"}
    assert (own.rater, clinicians.rater) == (Rater.SELF, Rater.CLINICIAN)
    assert either.rater is Rater.EITHER


def test_response_and_remission() -> None:
    """Response is half the score; remission is where the source draws it, with its mark."""
    assert [t.value for t in scale("MADRS").remissions] == [10, 12]
    assert scale("PHQ-9").remissions[0].value == 4
    response = scale("PHQ-9").response_percent
    assert response is not None
    assert (response.value, response.mark) == (50, Mark.V)


def test_every_band_has_a_source() -> None:
    """No band is printable without a source that was read."""
    bands = [band for found in scales.scales() for band in found.bands]
    assert all(band.source != "not seen" for band in bands if band.mark.printable)


def test_higher_is_worse_everywhere() -> None:
    """No scale here runs the other way, so that a fall is always an improvement."""
    assert all(found.higher_is_worse for found in scales.scales())
