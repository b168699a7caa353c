"""The index of ICD-10-CM holds the whole code set, and a look-up is quick."""

from __future__ import annotations

import csv
import runpy
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from priorauth.reference import icd10cm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).parents[1]
CODES = ROOT.parent / "shared" / "domain" / "codes.csv"
BUILD = ROOT / "scripts" / "build_icd10cm.py"
FIRST_LOOK_UP = """
from time import perf_counter
from priorauth.reference import icd10cm
start = perf_counter()
icd10cm.find("F33.2")
print(perf_counter() - start)
"""


def listed() -> list[dict[str, str]]:
    """Return the diagnosis codes of the domain table, or none where it is absent."""
    if not CODES.exists():
        return []
    with CODES.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["system"] == "ICD-10-CM"]


def members(index: Path) -> dict[str, bytes]:
    """Return the text of every member of an index."""
    with ZipFile(index) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("code", ["F33.2", "f33.2", "F332", " F33.2 "])
def test_a_code_is_found_however_it_is_written(code: str) -> None:
    """Case, dot and blanks around it do not matter."""
    assert icd10cm.find(code) == icd10cm.Icd10cmCode(
        "F33.2",
        "Major depressive disorder, recurrent severe without psychotic features",
        billable=True,
    )


@pytest.mark.parametrize(
    "code", ["", "F", "F3", "F33.6", "F33.22", "ZZZ", "F30-F39", "5", "A00-B99"]
)
def test_what_is_no_code_is_nothing(code: str) -> None:
    """Chapters, blocks and inventions are not codes."""
    assert icd10cm.find(code) is None


def test_a_category_is_not_billable() -> None:
    """A category exists and cannot be billed; the codes under it can."""
    category = icd10cm.find("F33")
    assert category is not None
    assert not category.billable
    assert icd10cm.children("F33") == ("F33.0", "F33.1", "F33.2", "F33.3", "F33.40")
    assert icd10cm.children("F33.4") == ("F33.40", "F33.41", "F33.42")
    assert icd10cm.children("F33", most=2) == ("F33.0", "F33.1")
    assert icd10cm.children("F33.2") == ()
    assert icd10cm.children("ZZZ") == ()
    assert icd10cm.children("F3") == ()


def test_remission_is_read_from_the_title() -> None:
    """Codes in partial, full or unspecified remission say so; codes never in remission do not."""
    remitted = ["F32.4", "F32.5", "F33.4", "F33.40", "F33.41", "F33.42", "F31.70", "F10.21"]
    assert [code for code in remitted if not icd10cm.in_remission(code)] == []
    ill = ["F33.2", "F32.9", "F32.A", "F33", "C91.00", "nothing"]  # C91.00: remission not achieved
    assert [code for code in ill if icd10cm.in_remission(code)] == []


@pytest.mark.skipif(not listed(), reason="the folder of domain facts is not beside this checkout")
def test_the_codes_of_the_domain_table_agree() -> None:
    """Each listed diagnosis code has its title and is billable as stated."""
    for row in listed():
        found = icd10cm.find(row["code"])
        assert found is not None, row["code"]
        assert (found.title, found.billable) == (row["description"], row["billable"] == "yes")


@pytest.fixture(scope="module")
def source() -> Iterator[ModuleType]:
    """Return the source of the codes, each of which is looked up there once for all tests."""
    found: ModuleType = pytest.importorskip("simple_icd_10_cm", reason="a development dependency")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("is_category_or_subcategory", "is_leaf", "get_description"):
            patch.setattr(found, name, cache(getattr(found, name)))
        yield found


@pytest.mark.no_cover
def test_the_whole_code_set_agrees_with_its_source(source: ModuleType) -> None:
    """Every code of the source is here with its title and whether it is a leaf, and no other."""
    listed = set(source.get_all_codes())
    expected = [code for code in listed if source.is_category_or_subcategory(code)]
    wrong = []
    for code in expected:
        found = icd10cm.find(code)
        title = " ".join(source.get_description(code).split())
        if found != icd10cm.Icd10cmCode(code, title, source.is_leaf(code)):
            wrong.append(code)
    assert wrong == []
    index = members(Path(icd10cm.__file__).with_name("icd10cm.zip"))
    assert sum(text.count(b"\n") for text in index.values()) == len(expected)


@pytest.mark.no_cover
@pytest.mark.usefixtures("source")
def test_the_build_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two builds are equal, and the shipped index holds the same text."""
    write = runpy.run_path(str(BUILD))["write"]
    built = [tmp_path / "one.zip", tmp_path / "two.zip"]
    for target in built:
        write(target)
    assert built[0].read_bytes() == built[1].read_bytes()
    # Compared by text, not by bytes: another zlib may pack it otherwise.
    assert members(built[0]) == members(Path(icd10cm.__file__).with_name("icd10cm.zip"))


def test_the_index_says_which_edition_it_is() -> None:
    """The edition in the file is the one that the program states."""
    with ZipFile(Path(icd10cm.__file__).with_name("icd10cm.zip")) as archive:
        assert archive.comment.decode() == icd10cm.EDITION
    assert icd10cm.LAST_DAY.isoformat() == "2026-09-30"


def test_the_first_look_up_is_quick() -> None:
    """A fresh process finds its first code in well under a tenth of a second."""
    runs = [
        subprocess.run(
            [sys.executable, "-c", FIRST_LOOK_UP], check=True, capture_output=True, cwd=ROOT
        )
        for _ in range(3)
    ]
    assert min(float(run.stdout) for run in runs) < 0.1
