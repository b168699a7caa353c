"""The reader that the tables share, and the marks that every fact carries."""

from __future__ import annotations

import json
import shutil
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import pytest
from pydantic import TypeAdapter

from priorauth import datafile, reference
from priorauth.dates import PartialDate
from priorauth.problems import UnreadableError
from priorauth.reference import (
    Mark,
    TableError,
    deadlines,
    drugs,
    evidence,
    notices,
    of_table,
    products,
    quick_form,
    read_table,
    scales,
    services,
    snomed,
    specialties,
)
from priorauth.reference.table import MISTAKES, typed

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = reference.FOLDER
TABLES: dict[str, Any] = {
    "deadlines.yaml": deadlines._Table,  # noqa: SLF001 - the whole table, as its reader has it
    "drugs.yaml": drugs._Table,  # noqa: SLF001 - the same
    "evidence.yaml": evidence._Table,  # noqa: SLF001 - the same
    "notices.yaml": notices._Table,  # noqa: SLF001 - the same
    "products.yaml": products.Products,
    "scales.yaml": dict[str, tuple[scales.Scale, ...]],
    "services.yaml": dict[str, tuple[services.Service, ...]],
    "snomed.yaml": snomed.Map,
    "specialties.yaml": specialties._Table,  # noqa: SLF001 - the same
}


def test_what_was_read_nowhere_is_not_printable() -> None:
    """Only the mark M keeps a fact out of a letter."""
    assert [mark for mark in Mark if not mark.printable] == [Mark.M]


def test_a_table_that_is_not_there_is_named() -> None:
    """A missing table stops the program with its name."""
    with pytest.raises(UnreadableError, match=r"nothing\.yaml"):
        read_table("nothing.yaml", dict[str, str])


def test_a_table_of_another_shape_is_refused() -> None:
    """A table is typed when it is read, so that no half-read fact goes further."""
    with pytest.raises(TableError) as told:
        read_table("scales.yaml", dict[str, str])
    assert str(told.value) == "The table scales.yaml is damaged. Install priorauth again."


def test_every_table_is_held_to_pydantic() -> None:
    """No table is left out of the comparison below."""
    assert sorted(TABLES) == sorted(path.name for path in FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("name", TABLES)
def test_a_table_reads_as_pydantic_reads_it(name: str) -> None:
    """The quick reader and the strict one give equal values, types included."""
    raw = datafile.read(FOLDER / name).value
    strict = TypeAdapter(TABLES[name]).validate_python(raw)
    assert read_table(name, TABLES[name]) == strict
    assert repr(read_table(name, TABLES[name])) == repr(strict)


@pytest.mark.parametrize("name", TABLES)
def test_the_quick_form_of_a_table_is_fresh(name: str) -> None:
    """The JSON beside a table was built from it as it stands. Else: scripts/build_tables.py."""
    raw = (FOLDER / name).read_bytes()
    held = json.loads(quick_form(FOLDER / name).read_text(encoding="utf-8"))
    assert held == {"of": of_table(raw), "holds": datafile.parse(raw, name).value}


def test_a_quick_form_of_another_table_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What people write counts, also while nobody has built its quick form anew."""
    for path in (FOLDER / "snomed.yaml", quick_form(FOLDER / "snomed.yaml")):
        shutil.copy(path, tmp_path)
    own = tmp_path / "snomed.yaml"
    own.write_text(own.read_text(encoding="utf-8") + "extra: told\n", encoding="utf-8")
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    with pytest.raises(TableError):
        read_table("snomed.yaml", snomed.Map)


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        (str, "00100", "00100"),
        (int, "12", 12),
        (Decimal, "2.50", Decimal("2.50")),
        (bool, "yes", True),
        (bool, "no", False),
        (date, "2026-01-01", date(2026, 1, 1)),
        (PartialDate, "2025-03", PartialDate(2025, 3)),
        (Mark, "V2-low", Mark.V2_LOW),
        (int | None, "3", 3),
        (Literal["drug", "any"] | None, "any", "any"),
        (tuple[int, ...], ["1", "2"], (1, 2)),
        (frozenset[str], ["a"], frozenset({"a"})),
        (dict[str, int], {"a": "1"}, {"a": 1}),
        (
            scales.Threshold,
            {"value": "50", "source": "s", "mark": "V"},
            scales.Threshold(50, "s", Mark.V),
        ),
    ],
)
def test_each_type_of_field_is_made_from_text(kind: Any, raw: Any, expected: Any) -> None:  # noqa: ANN401
    """A table's file holds text, lists and mappings only."""
    assert typed(raw, kind) == expected


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (str, ["a"]),
        (str, {"a": "b"}),
        (int, "twelve"),
        (int, []),
        (Decimal, "much"),
        (bool, "perhaps"),
        (date, "2026"),
        (PartialDate, "2025-13"),
        (Mark, "W"),
        (Literal["drug", "any"], "all"),
        (tuple[int, ...], "12"),
        (frozenset[str], "abc"),
        (dict[str, int], ["a"]),
        (scales.Threshold, "50"),
        (scales.Threshold, {"value": "50", "source": "s"}),
        (scales.Threshold, {"value": "50", "source": "s", "mark": "V", "sauce": "s"}),
    ],
)
def test_what_is_no_value_of_its_type_stops_the_reading(kind: Any, raw: Any) -> None:  # noqa: ANN401
    """A wrong form, a wrong word, a missing key and an unknown one: nothing is passed over."""
    with pytest.raises(MISTAKES):
        typed(raw, kind)
