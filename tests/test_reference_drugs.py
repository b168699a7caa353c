"""The drug table agrees with its sources, and a written name means exactly one drug."""

from __future__ import annotations

import csv
from decimal import Decimal
from itertools import chain
from pathlib import Path
from time import perf_counter

import pytest
from pydantic import TypeAdapter

from priorauth.reference import Mark, drugs, read_table
from priorauth.reference.drugs import DoseUnit, Form, Indication, Product, Purpose, Role

DOMAIN = Path(__file__).parents[2] / "shared" / "domain"
TABLES = ("drugs.csv", "augmentation.csv")
INDICATIONS = {
    "yes": Indication.DEPRESSION,
    "adjunct": Indication.ADJUNCT,
    "no": Indication.OTHER,
}
AMERICAN = {"mood stabiliser": "mood stabilizer", "wake-promoting": "wake-promoting agent"}
# Where the table says more than one figure, or says it in another unit or column.
OTHER_GREATEST = {"trazodone": "600", "fluoxetine weekly": "90", "liothyronine": ""}
OTHER_MARK = {"bupropion hydrobromide": Mark.V2}  # its greatest dose is from a secondary page


def rows() -> list[dict[str, str]]:
    """Return the rows of both tables, or none where the folder is absent."""
    found: list[dict[str, str]] = []
    for table in TABLES:
        if (DOMAIN / table).exists():
            with (DOMAIN / table).open(encoding="utf-8", newline="") as file:
                found += csv.DictReader(file)
    return found


needs_domain = pytest.mark.skipif(
    not rows(), reason="the folder of domain facts is not beside this checkout"
)


def product(name: str) -> Product:
    """Return what the name means; it must mean something."""
    found = drugs.find(name)
    assert found is not None, name
    return found


def form_of(row: dict[str, str]) -> Form:
    """Return the form that a row describes: the first that its name can mean."""
    return product(row["generic"]).forms[0]


def number(text: str) -> Decimal | None:
    """Return the number, or None for an empty cell."""
    return Decimal(text) if text else None


@needs_domain
def test_every_row_is_in_the_table() -> None:
    """No drug of the two tables is missing."""
    assert [row["generic"] for row in rows() if drugs.find(row["generic"]) is None] == []


@needs_domain
@pytest.mark.parametrize("row", rows(), ids=lambda row: row["generic"])
def test_a_row_agrees(row: dict[str, str]) -> None:
    """Doses, class, indication, code and mark are those of the row."""
    generic, form, drug = row["generic"], form_of(row), product(row["generic"]).drug
    assert form.least == number(row["min_effective_mg_day"])
    greatest = OTHER_GREATEST.get(generic, row["label_max_mg_day"])
    assert form.greatest == number(greatest)
    assert drug.drug_class == AMERICAN.get(row["class"], row["class"])
    assert form.indication is INDICATIONS[row["indication_mdd"]]
    assert row["rxcui"] in {drug.rxnorm, form.rxnorm}
    assert form.mark == OTHER_MARK.get(generic, Mark(row["conf"]))


@needs_domain
@pytest.mark.parametrize("row", rows(), ids=lambda row: row["generic"])
def test_a_rows_brands_are_known(row: dict[str, str]) -> None:
    """Every brand of a row leads to its drug, apart from the ones that the row excludes."""
    brands = [part.split("(")[0].strip() for part in row["brands"].split(";")]
    named = [brand for brand in brands if brand and brand != "generics" and "NOT" not in brand]
    assert [b for b in named if product(b).drug != product(row["generic"]).drug] == []


@needs_domain
def test_no_note_is_copied() -> None:
    """No note repeats a sentence of its source of eight words or more."""
    written = " ".join(form.note for drug in drugs.drugs() for form in drug.forms).casefold()
    parts = chain.from_iterable(row["note"].casefold().split(";") for row in rows())
    long = [part.strip() for part in parts if len(part.split()) >= 8]
    assert [part for part in long if part in written] == []


@pytest.mark.parametrize(
    ("name", "agent", "form"),
    [
        ("Zoloft", "sertraline", "tablet or concentrate"),
        ("SERTRALINE HCL", "sertraline", "tablet or concentrate"),
        ("sertraline hydrochloride 	tablets", "sertraline", "tablet or concentrate"),
        ("escitalopram oxalate", "escitalopram", "tablet or solution"),
        ("Citalopram HBr", "citalopram", "tablet or solution"),
        ("Prozac", "fluoxetine", "daily capsule, tablet or solution"),
        ("fluoxetine", "fluoxetine", "daily capsule, tablet or solution"),
        ("prozac  weekly", "fluoxetine", "weekly delayed release"),
        ("Luvox CR", "fluvoxamine", "extended release"),
        ("Paxil", "paroxetine", "immediate release"),
        ("Paxil-CR", "paroxetine", "controlled release"),
        ("paroxetine controlled release", "paroxetine", "controlled release"),
        ("paroxetine mesylate", "paroxetine", "mesylate"),
        ("Pexeva", "paroxetine", "mesylate"),
        ("Effexor XR", "venlafaxine", "extended release"),
        ("venlafaxine hydrochloride extended-release capsules", "venlafaxine", "extended release"),
        ("venlafaxine ER", "venlafaxine", "extended release"),
        ("venlafaxine immediate release", "venlafaxine", "immediate release"),
        ("desvenlafaxine succinate ER", "desvenlafaxine", "extended release"),
        ("duloxetine delayed release", "duloxetine", "delayed release"),
        ("bupropion sr", "bupropion", "sustained release (12 hours)"),
        ("bupropion HCl sustained-release", "bupropion", "sustained release (12 hours)"),
        ("bupropion er (xl)", "bupropion", "extended release (24 hours)"),
        ("Bupropion XL", "bupropion", "extended release (24 hours)"),
        ("bupropion 24 hr extended release", "bupropion", "extended release (24 hours)"),
        ("Forfivo XL", "bupropion", "extended release 450 mg"),
        ("bupropion hydrobromide", "bupropion", "hydrobromide, extended release"),
        ("Aplenzin", "bupropion", "hydrobromide, extended release"),
        ("Zyban", "bupropion", "sustained release for smoking cessation"),
        ("Auvelity", "dextromethorphan-bupropion", "extended release 45 mg/105 mg"),
        (
            "bupropion/dextromethorphan",
            "dextromethorphan-bupropion",
            "extended release 45 mg/105 mg",
        ),
        ("Symbyax", "olanzapine-fluoxetine", "capsule"),
        ("olanzapine and fluoxetine", "olanzapine-fluoxetine", "capsule"),
        ("Silenor", "doxepin", "low-dose tablet for insomnia"),
        ("doxepin", "doxepin", "capsule or concentrate"),
        ("doxepin hcl tablets", "doxepin", "low-dose tablet for insomnia"),
        ("Seroquel XR", "quetiapine", "extended release"),
        ("quetiapine fumarate IR", "quetiapine", "immediate release"),
        ("Emsam", "selegiline transdermal", "patch"),
        ("lithium carbonate ER", "lithium", "tablet, capsule or solution"),
        ("T3", "liothyronine", "tablet"),
        ("intranasal esketamine", "esketamine", "nasal spray"),
        ("IV ketamine", "ketamine", "injection"),
    ],
)
def test_a_name_means_one_form(name: str, agent: str, form: str) -> None:
    """Brand, generic name, salt, release and spacing all lead to the same form."""
    found = product(name)
    assert found.drug.agent == agent
    assert found.form is not None
    assert found.form.name == form


@pytest.mark.parametrize(
    "name",
    [
        "",
        "tablet",
        "hydrochloride",
        "sertralin",  # no guessing
        "sertraline oxalate",  # not one of its salts
        "bupropion hydrobromide xl 174",
        "selegiline",  # by mouth it is another product
        "olanzapine",
        "effexor xr 150 mg",
    ],
)
def test_what_is_not_exactly_a_name_is_nothing(name: str) -> None:
    """A name is never stretched until it fits."""
    assert drugs.find(name) is None


@pytest.mark.parametrize(
    ("name", "least", "greatest"),
    [
        ("venlafaxine", ("75", "75"), ("225", "375")),
        ("bupropion", ("300", "300"), ("400", "450")),
        ("bupropion er", ("300", "300"), ("400", "450")),
        ("Wellbutrin", ("300", "300"), ("400", "450")),
        ("paroxetine", ("20", "25"), ("50", "62.5")),
        ("trazodone", ("150", "150"), ("375", "600")),
        ("amitriptyline", ("75", "75"), ("150", "300")),
        ("fluvoxamine", ("100", "100"), ("300", "300")),
        ("sertraline", ("50", "50"), ("200", "200")),
    ],
)
def test_a_bare_name_gives_ranges(
    name: str, least: tuple[str, str], greatest: tuple[str, str]
) -> None:
    """Where a name leaves the form open, the doses are ranges."""
    found = product(name)
    assert found.least_range == tuple(map(Decimal, least))
    assert found.greatest_range == tuple(map(Decimal, greatest))


def test_a_dose_that_no_label_names_has_no_range() -> None:
    """Lithium has neither a least nor a greatest dose for depression."""
    assert product("lithium").least_range is None
    assert product("lithium").greatest_range is None
    assert product("desvenlafaxine").greatest_range is None


def test_whether_the_least_dose_is_sure() -> None:
    """It is sure when all possible forms share it, and unsure when one differs or has none."""
    assert product("venlafaxine").least_is_sure
    assert not product("paroxetine").least_is_sure
    assert not product("quetiapine").least_is_sure
    assert not product("gepirone").least_is_sure


def test_units_that_are_traps() -> None:
    """Weekly, transdermal, microgram and session doses say so."""
    assert product("Prozac Weekly").unit is DoseUnit.MG_A_WEEK
    assert product("Emsam").unit is DoseUnit.MG_IN_24_HOURS
    assert product("Cytomel").unit is DoseUnit.MCG_A_DAY
    assert product("Spravato").unit is DoseUnit.MG_A_SESSION
    assert product("Auvelity").forms[0].counted_in == "dextromethorphan"
    assert product("Symbyax").forms[0].counted_in == "olanzapine"


def test_what_the_doses_of_a_combination_are_is_said_in_words() -> None:
    """Of one ingredient alone the unit says it."""
    assert product("Symbyax").counted == "mg/day of olanzapine"
    assert product("Auvelity").counted == "mg/day of dextromethorphan"
    assert product("Aplenzin").counted == "mg/day"
    assert product("Emsam").counted == "mg/24 h"


def test_every_name_has_one_unit() -> None:
    """The forms behind one name are counted alike, so that a product has a unit."""
    for drug in drugs.drugs():
        for name in chain.from_iterable((*form.names, *form.brands) for form in drug.forms):
            assert len({form.unit for form in product(name).forms}) == 1, name


def test_what_counts_as_an_antidepressant() -> None:
    """Only a label for depression counts outright; OCD drugs of the class count off label."""
    counts = {drug.agent: drug.counts_as_antidepressant for drug in drugs.drugs()}
    assert {agent for agent, how in counts.items() if how == "off_label"} == {
        "fluvoxamine",
        "clomipramine",
    }
    never = {"milnacipran", "zuranolone", "ketamine", "esketamine", "aripiprazole", "lithium"}
    assert {counts[agent] for agent in never} == {"no"}
    assert {counts[agent] for agent in ("sertraline", "trazodone", "phenelzine")} == {"yes"}


def test_an_augmenting_drug_is_no_antidepressant() -> None:
    """Every drug whose role is augmentation counts as no antidepressant."""
    roles = {
        drug.counts_as_antidepressant for drug in drugs.drugs() if drug.role != "antidepressant"
    }
    assert roles == {"no"}
    assert product("buspirone").drug.role is Role.AUGMENTATION


def test_a_combination_names_its_parts() -> None:
    """A fixed combination is a drug of its own that knows its ingredients and classes."""
    symbyax = product("Symbyax").drug
    assert symbyax.ingredients == ("olanzapine", "fluoxetine")
    assert symbyax.class_parts == ("SGA", "SSRI")
    assert product("Viibryd").drug.class_parts == ("SSRI", "5-HT1A partial agonist")
    assert product("sertraline").drug.class_parts == ("SSRI",)


def test_forms_for_another_purpose() -> None:
    """A form for sleep or smoking says so and is never what a bare antidepressant's name means."""
    assert product("Zyban").forms[0].purpose is Purpose.SMOKING
    assert product("Silenor").forms[0].purpose is Purpose.SLEEP
    bare = [form for name in ("bupropion", "doxepin") for form in product(name).forms]
    assert {form.purpose for form in bare} == {Purpose.DEPRESSION}


def test_doses_for_sleep() -> None:
    """The drugs that are given for sleep carry the dose up to which that is usual."""
    doses = {n: product(n).forms[0].sleep_dose_to for n in ("trazodone", "doxepin", "quetiapine")}
    assert doses == {"trazodone": 100, "doxepin": 50, "quetiapine": 100}


def test_doses_are_in_order() -> None:
    """No form has a least dose above its greatest, or a sleep dose that reaches the least."""
    for form in chain.from_iterable(drug.forms for drug in drugs.drugs()):
        top = [dose for dose in (form.least, form.greatest_outpatient, form.greatest) if dose]
        assert top == sorted(top), form
        if form.least and form.sleep_dose_to:
            assert form.sleep_dose_to < form.least, form


def test_every_fact_has_a_source() -> None:
    """No form is without a source and a mark, and no mark is M: each was read somewhere."""
    forms = list(chain.from_iterable(drug.forms for drug in drugs.drugs()))
    assert all(form.source and form.mark is not Mark.M for form in forms)


def test_no_name_belongs_to_two_drugs() -> None:
    """Every name and brand, and every agent, leads back to its own drug."""
    for drug in drugs.drugs():
        for name in (drug.agent, *chain.from_iterable((*f.names, *f.brands) for f in drug.forms)):
            assert product(name).drug == drug, name


def test_near_names() -> None:
    """A slip of the pen is answered with names that are known, three at most."""
    assert drugs.nearest_names("sertralin")[0] == "sertraline"
    assert drugs.nearest_names("Lexapo")[0] == "Lexapro"
    assert len(drugs.nearest_names("venlafaxin xr")) <= 3
    assert drugs.nearest_names("qqqq") == ()


def test_reading_the_table_is_quick() -> None:
    """Reading and typing the table takes a small part of a command's half second."""
    TypeAdapter(dict[str, int])  # pydantic's own first-time cost is not the table's
    times = []
    for _ in range(3):
        start = perf_counter()
        read_table("drugs.yaml", drugs._Table)  # noqa: SLF001 - the very thing to measure
        times.append(perf_counter() - start)
    assert min(times) < 0.1  # 0.02 s on two quiet cores; CI is not always quiet
